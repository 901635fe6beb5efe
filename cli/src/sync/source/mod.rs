//! What an operator has, as records of text: files of values separated by commas or tabs, JSON lines, workbooks,
//! each also compressed, archives of them, standard input and the output of a command.
//!
//! Whatever comes is first laid out as one file of separated values in UTF-8 ([`spool`] brings it to disk, [`text`]
//! decodes it, [`json_lines`] and [`workbook`] turn their rows into records), so that one reader, [`delimited`], reads
//! all of it, as often as needed, with memory for one record. This room knows nothing of contacts.

mod delimited;
mod json_lines;
mod spool;
mod table;
mod text;
mod workbook;

use std::{
    collections::HashMap,
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
};

pub(crate) use delimited::{Lookup, Records};
pub(crate) use table::Table;
pub(crate) use text::encoding;

/// Where records come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file; its name tells its format.
    File(PathBuf),
    /// Standard input.
    Standard,
    /// A command for the shell, whose output is read and whose exit status must be 0.
    Command(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Standard => f.write_str("standard input"),
            Self::Command(command) => write!(f, "`{command}`"),
        }
    }
}

/// What the operator says of the sources; what is left out is found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The encoding of text.
    pub(crate) encoding: Option<&'static encoding_rs::Encoding>,
    /// What separates values.
    pub(crate) delimiter: Option<u8>,
    /// The sheet of a workbook; the first unless named.
    pub(crate) sheet: Option<String>,
}

/// A source whose columns are known and whose records can be read.
#[derive(Debug)]
pub(crate) struct Source {
    /// What it is called in messages: a path, with the name inside an archive.
    pub(crate) name: String,
    /// The columns, as the header names them; a name that occurred before has its number behind it.
    pub(crate) columns: Vec<String>,
    /// What was found out about the file that its owner should know.
    pub(crate) notes: Vec<String>,
    file: File,
    layout: Layout,
}

impl Source {
    /// Reads the records from the first one on.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn records(&self) -> Result<Records<'_>, SourceError> {
        Records::start(self)
    }

    /// Reads records again, in any order.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup::new(self)
    }

    fn fails(&self, why: impl Into<String>) -> SourceError {
        SourceError::new(&self.name, why)
    }
}

/// How the records lie in the file.
#[derive(Debug, Default)]
struct Layout {
    /// Where the text begins, behind a mark of its encoding.
    start: u64,
    delimiter: u8,
    numbering: Numbering,
    /// Cells that a spreadsheet has damaged: by record, the column and what happened to it.
    damaged: HashMap<u64, (usize, String)>,
}

/// What the number of a record counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Numbering {
    /// Lines of text, from 1; a record has the number of its first.
    #[default]
    Lines,
    /// Rows of a workbook or lines of JSON, of which each is a record.
    Rows,
    /// Records behind the header, from 1.
    Records,
}

/// One record: its cells as text, and where it stands.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The line of its source, from 1, on which it begins.
    pub(crate) line: u64,
    /// Where it stands in its file.
    pub(crate) span: Span,
    text: String,
    ends: Vec<usize>,
    /// Why it can't be used, where it can't.
    pub(crate) damage: Option<Damage>,
}

/// Where a record stands: its first byte behind the mark of the encoding, and how many bytes it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// What is wrong with a record before anybody asks what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The column, from 0, if it is one.
    pub(crate) column: Option<usize>,
    /// What is wrong, and what to do about it.
    pub(crate) reason: String,
}

impl Record {
    /// The cells, in the order of the columns.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|column| self.cell(column))
    }

    /// One cell; none behind the last.
    pub(crate) fn cell(&self, column: usize) -> Option<&str> {
        let end = *self.ends.get(column)?;
        let start = match column.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// Whether no cell holds more than spaces.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.trim().is_empty())
    }
}

/// A source that can't be read: which, and why.
#[derive(Debug)]
pub(crate) struct SourceError {
    /// Its name.
    pub(crate) source: String,
    /// What is wrong, and what to do about it.
    pub(crate) why: String,
}

impl SourceError {
    fn new(source: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            why: why.into(),
        }
    }

    fn io(source: impl Into<String>, what: &str, why: &io::Error) -> Self {
        Self::new(source, format!("{what}: {why}"))
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.why)
    }
}

impl std::error::Error for SourceError {}

/// Opens a source: one, or as many as an archive holds.
///
/// # Errors
///
/// When it can't be read, has no header, or is a command that fails.
pub(crate) fn open(origin: &Origin, options: &Options) -> Result<Vec<Source>, SourceError> {
    spool::fetch(origin)?
        .into_iter()
        .map(|fetched| arrange(fetched, options))
        .collect()
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Separated,
    Tabs,
    JsonLines,
    Workbook,
    Archive,
}

impl Format {
    /// The format that the ending of a name tells; separated values where it tells none.
    fn of(name: &str) -> Self {
        let ending = Path::new(name)
            .extension()
            .and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("tsv" | "tab") => Self::Tabs,
            Some("jsonl" | "ndjson") => Self::JsonLines,
            Some("xlsx" | "xlsm") => Self::Workbook,
            Some("zip") => Self::Archive,
            _ => Self::Separated,
        }
    }
}

/// Lays a fetched file out as separated values, and reads its header.
fn arrange(fetched: spool::Fetched, options: &Options) -> Result<Source, SourceError> {
    let spool::Fetched { name, format, file } = fetched;
    let mut notes = Vec::new();
    let (file, layout) = match format {
        Format::Workbook => workbook::lay_out(&name, file, options, &mut notes)?,
        Format::JsonLines => {
            let (file, start) = text::decode(&name, file, options, &mut notes)?;
            json_lines::lay_out(&name, &file, start)?
        }
        Format::Separated | Format::Tabs | Format::Archive => {
            let (file, start) = text::decode(&name, file, options, &mut notes)?;
            let delimiter = match (options.delimiter, format) {
                (Some(given), _) => given,
                (None, Format::Tabs) => b'\t',
                (None, _) => delimited::find_delimiter(&name, &file, start)?,
            };
            let layout = Layout {
                start,
                delimiter,
                ..Layout::default()
            };
            (file, layout)
        }
    };
    let mut source = Source {
        name,
        columns: Vec::new(),
        notes,
        file,
        layout,
    };
    source.columns = delimited::header(&source)?;
    Ok(source)
}

#[cfg(test)]
mod tests;
