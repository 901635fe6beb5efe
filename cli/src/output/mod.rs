//! What a person or a program gets to see: rows and records in four formats, errors, exit codes.

mod args;
mod cells;
mod csv_pipe;
mod exit;
mod failure;
mod file;
mod progress;
mod rows;
mod table;
mod terminal;
mod time;

use std::io::{self, IsTerminal as _, Write};

use anstyle::Style;
use clap::ValueEnum;
use serde::Serialize;

#[cfg(test)]
pub(crate) use self::failure::Report;
pub(crate) use self::{
    args::OutputArgs,
    cells::joined,
    csv_pipe::CsvPipe,
    exit::{EXIT_CODES, Exit},
    failure::{Failure, failed_as_json},
    file::{new_private_file, replace_file},
    progress::Progress,
    rows::{Column, Rows},
    time::{clock_on_the_wall, iso, length},
};

/// In which format to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON value.
    Json,
    /// One JSON value a line.
    Jsonl,
    /// Comma-separated values, RFC 4180, UTF-8.
    Csv,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set; anywhere if `CLICOLOR_FORCE` is.
    #[default]
    Auto,
    /// Anywhere.
    Always,
    /// Nowhere.
    Never,
}

/// The way to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
    quiet: bool,
    bom: bool,
    raw: bool,
    colour: Colour,
}

const BOLD: Style = Style::new().bold();

impl Output {
    pub(crate) fn new(args: &OutputArgs) -> Self {
        Self {
            format: args.format,
            quiet: args.quiet,
            bom: args.bom,
            raw: args.raw,
            colour: args.color,
        }
    }

    /// Whether to say less.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    pub(crate) fn format(self) -> Format {
        self.format
    }

    /// Prints one thing: in a table its properties one below the other, as CSV a header and a row.
    pub(crate) fn record(
        self,
        columns: Vec<Column>,
        record: &impl Serialize,
        cells: Vec<String>,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => {
                let width = terminal::width();
                let pairs = columns
                    .iter()
                    .zip(&cells)
                    .filter(|(_, cell)| !cell.is_empty());
                let pairs: Vec<_> = pairs
                    .map(|(column, cell)| (column.heading.as_str(), cell.as_str()))
                    .collect();
                let style = Self::style(terminal::stdout_is_coloured(self.colour));
                Self::write(|out| table::properties(out, &pairs, width, style))
            }
            Format::Json => Self::write(|out| {
                serde_json::to_writer_pretty(&mut *out, record)?;
                writeln!(out)
            }),
            Format::Jsonl | Format::Csv => {
                let mut rows = self.rows(columns);
                rows.push(record, cells)?;
                rows.finish()
            }
        }
    }

    /// Rows to come, one after the other.
    pub(crate) fn rows(self, columns: Vec<Column>) -> Rows {
        Rows::new(self, columns)
    }

    /// Prints text with nothing in it that a terminal would obey.
    pub(crate) fn text(text: &str) -> Result<(), Failure> {
        Self::plain(&table::fitted(text, terminal::width()))
    }

    /// Prints text that is the same in every format.
    pub(crate) fn plain(text: &str) -> Result<(), Failure> {
        Self::write(|out| writeln!(out, "{text}"))
    }

    /// Warns on stderr, always.
    pub(crate) fn warn(self, text: &str) {
        self.tell("warning", &format!("bme: warning: {text}"), text);
    }

    /// Tells something on stderr, unless asked to say less.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            self.tell("note", text, text);
        }
    }

    /// One line for people, or one object. Nobody is left to hear of a closed stderr.
    fn tell(self, kind: &str, for_people: &str, text: &str) {
        let line = match self.format {
            Format::Json | Format::Jsonl => serde_json::json!({ kind: text }).to_string(),
            Format::Table | Format::Csv => table::fitted(for_people, terminal::stderr_width()),
        };
        progress::wipe();
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Tells of a failure on stderr, and which exit code it is.
    pub(crate) fn failed(self, failure: &Failure) -> Exit {
        progress::wipe();
        match self.format {
            Format::Json | Format::Jsonl => failed_as_json(failure),
            Format::Table | Format::Csv => {
                let style = Self::style(terminal::stderr_is_coloured(self.colour));
                failure.print(&mut io::stderr().lock(), style);
                failure.exit()
            }
        }
    }

    /// Text for stderr, no wider than it.
    pub(crate) fn fit_stderr(text: &str) -> String {
        let fitted = table::fitted(text, terminal::stderr_width());
        // What waits for an answer ends in a space.
        if text.ends_with(' ') {
            format!("{} ", fitted.trim_end())
        } else {
            fitted
        }
    }

    /// Whether somebody sits before a terminal and can be asked.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn style(coloured: bool) -> Style {
        if coloured { BOLD } else { Style::new() }
    }

    fn write(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        print(&mut out)
            .and_then(|()| out.flush())
            .map_err(|error| Failure::stdout(&error))
    }
}
