//! The one reader of records: values separated by a character, after RFC 4180, in UTF-8, whatever the line ends.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use csv_core::ReadRecordResult;

use super::{Damage, Numbering, Record, Source, SourceError, Span};

/// A record beyond this is a missing quote rather than a record.
const LONGEST_RECORD: usize = 32 << 20;
const BUFFER: usize = 1 << 16;
/// What a file is looked at to tell its delimiter.
const LOOKED_AT: u64 = 1 << 20;
const RECORDS_LOOKED_AT: usize = 100;
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Reads a source record by record.
#[derive(Debug)]
pub(crate) struct Records<'s> {
    source: &'s Source,
    scanner: Scanner<&'s File>,
}

impl<'s> Records<'s> {
    pub(super) fn start(source: &'s Source) -> Result<Self, SourceError> {
        let mut scanner = scanner(&source.file, source.layout.start, source.layout.delimiter)
            .map_err(|why| source.fails(format!("it can't be read: {why}")))?;
        // The header.
        scanner
            .next(&mut Record::default())
            .map_err(|why| source.fails(why.to_string()))?;
        Ok(Self { source, scanner })
    }

    /// Reads the next record into `record`; false behind the last.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or a record is so long that a quote must be missing.
    pub(crate) fn next(&mut self, record: &mut Record) -> Result<bool, SourceError> {
        let more = self
            .scanner
            .next(record)
            .map_err(|why| self.source.fails(why.to_string()))?;
        if more {
            self.inspect(record);
        }
        Ok(more)
    }

    /// Looks for what makes a record useless whatever it means.
    fn inspect(&self, record: &mut Record) {
        let layout = &self.source.layout;
        match layout.numbering {
            Numbering::Lines => {}
            Numbering::Rows => record.line = self.scanner.records,
            Numbering::Records => record.line = self.scanner.records.saturating_sub(1),
        }
        if record.damage.is_some() || record.is_blank() {
            return;
        }
        if let Some((column, reason)) = layout.damaged.get(&self.scanner.records) {
            record.damage = Some(Damage {
                column: Some(*column),
                reason: reason.clone(),
            });
            return;
        }
        let columns = self.source.columns.len();
        let cells = record.ends.len();
        let surplus = record.cells().skip(columns).any(|cell| !cell.is_empty());
        record.damage = if cells < columns || surplus {
            Some(Damage {
                column: None,
                reason: format!(
                    "it has {cells} values, the header {columns}: is a quote or a separator missing?"
                ),
            })
        } else {
            record.cells().enumerate().find_map(|(column, cell)| {
                let reason = odd_characters(cell)?;
                Some(Damage {
                    column: Some(column),
                    reason: reason.to_owned(),
                })
            })
        };
    }
}

/// Reads records again, in any order, by where they stand.
#[derive(Debug)]
pub(crate) struct Lookup<'s> {
    source: &'s Source,
    scanner: Scanner<io::Chain<&'static [u8], io::Take<&'s File>>>,
}

/// What stands before a record that is read again: a blank line, since the reader takes a mark of the encoding away
/// from the beginning of what it is given, and a record may begin with one.
const BEFORE: &[u8] = b"\n";

impl<'s> Lookup<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        let nothing = BEFORE.chain((&source.file).take(0));
        Self {
            source,
            scanner: Scanner::new(nothing, source.layout.delimiter),
        }
    }

    /// Reads the record that stands there into `record`; its line is not told again.
    ///
    /// # Errors
    ///
    /// When the file can't be read any more.
    pub(crate) fn read(&mut self, span: Span, record: &mut Record) -> Result<(), SourceError> {
        let unreadable =
            |why: io::Error| self.source.fails(format!("it can't be read again: {why}"));
        let mut file = &self.source.file;
        let start = self.source.layout.start + span.start;
        file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        self.scanner.restart(BEFORE.chain(file.take(span.length)));
        self.scanner.next(record).map_err(unreadable)?;
        Ok(())
    }
}

fn odd_characters(cell: &str) -> Option<&'static str> {
    if cell.contains('\u{fffd}') {
        Some("it holds bytes that the encoding doesn't have; say --encoding if another was meant")
    } else if cell.contains('\0') {
        Some("it holds a NUL character")
    } else {
        None
    }
}

/// The columns that the first record names, each by a name of its own.
pub(super) fn header(source: &Source) -> Result<Vec<String>, SourceError> {
    let mut record = Record::default();
    let mut scanner = scanner(&source.file, source.layout.start, source.layout.delimiter)
        .map_err(|why| source.fails(format!("it can't be read: {why}")))?;
    scanner
        .next(&mut record)
        .map_err(|why| source.fails(why.to_string()))?;
    let mut seen: HashMap<String, u32> = HashMap::new();
    let columns = record.cells().enumerate().map(|(index, name)| {
        let name = match name.trim() {
            "" => format!("column {}", index + 1),
            name => name.to_owned(),
        };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        match *times {
            1 => name,
            times => format!("{name} ({times})"),
        }
    });
    Ok(columns.collect())
}

/// The delimiter under which the first records are most alike: most of them have as many values as the
/// header, and more than one.
pub(super) fn find_delimiter(name: &str, file: &File, start: u64) -> Result<u8, SourceError> {
    let broken = |why: io::Error| SourceError::io(name, "it can't be read", &why);
    let mut head = Vec::new();
    let mut from = file;
    from.seek(SeekFrom::Start(start)).map_err(broken)?;
    from.take(LOOKED_AT)
        .read_to_end(&mut head)
        .map_err(broken)?;
    let mut best = (0, 0, b',');
    for delimiter in DELIMITERS {
        let (alike, values) = likeness(&head, delimiter);
        if values > 1 && (alike, values) > (best.0, best.1) {
            best = (alike, values, delimiter);
        }
    }
    Ok(best.2)
}

/// How many of the first records, in thousandths, have as many values as the first; and how many it has.
fn likeness(head: &[u8], delimiter: u8) -> (usize, usize) {
    let mut scanner = Scanner::new(head, delimiter);
    let mut record = Record::default();
    let (mut values, mut alike, mut records) = (0, 0, 0);
    while records < RECORDS_LOOKED_AT && matches!(scanner.next(&mut record), Ok(true)) {
        if records == 0 {
            values = record.ends.len();
        }
        alike += usize::from(record.ends.len() == values);
        records += 1;
    }
    (alike * 1000 / records.max(1), values)
}

fn scanner(file: &File, start: u64, delimiter: u8) -> io::Result<Scanner<&File>> {
    let mut file = file;
    file.seek(SeekFrom::Start(start))?;
    Ok(Scanner::new(file, delimiter))
}

/// Splits bytes into records, and knows the line of each.
#[derive(Debug)]
struct Scanner<R> {
    input: R,
    core: csv_core::Reader,
    buffer: Vec<u8>,
    /// The part of the buffer that is not read yet.
    from: usize,
    until: usize,
    output: Vec<u8>,
    ends: Vec<usize>,
    /// What ends a line: a carriage return where the file has no line feed.
    line_end: Option<u8>,
    /// The line that is being read, from 1.
    line: u64,
    /// How many records were read.
    records: u64,
    /// How many bytes were read.
    position: u64,
    ended: bool,
}

impl<R: Read> Scanner<R> {
    fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: vec![0; BUFFER],
            from: 0,
            until: 0,
            output: vec![0; 1 << 10],
            ends: vec![0; 64],
            line_end: None,
            line: 1,
            records: 0,
            position: 0,
            ended: false,
        }
    }

    /// Goes on elsewhere, with input that begins a record.
    fn restart(&mut self, input: R) {
        self.input = input;
        self.core.reset();
        (self.from, self.until, self.ended) = (0, 0, false);
    }

    fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        let (mut length, mut cells, mut quotes, mut begins) = (0, 0, 0, self.position);
        record.damage = None;
        record.line = 0;
        loop {
            if self.from == self.until && !self.ended {
                self.fill()?;
            }
            let input = self.buffer.get(self.from..self.until).unwrap_or_default();
            let output = self.output.get_mut(length..).unwrap_or_default();
            let ends = self.ends.get_mut(cells..).unwrap_or_default();
            let (result, read, written, ended) = self.core.read_record(input, output, ends);
            let raw = input.get(..read).unwrap_or_default();
            let content = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
            let line_end = self.line_end.unwrap_or(b'\n');
            let lines = |bytes: &[u8]| memchr::memchr_iter(line_end, bytes).count();
            let before = raw.get(..content.unwrap_or(raw.len())).unwrap_or_default();
            if let (0, Some(content)) = (record.line, content) {
                record.line = self.line + u64::try_from(lines(before)).unwrap_or(0);
                begins = self.position + u64::try_from(content).unwrap_or(0);
            }
            self.line += u64::try_from(lines(raw)).unwrap_or(0);
            quotes += memchr::memchr_iter(b'"', raw).count();
            self.from += read;
            self.position += u64::try_from(read).unwrap_or(0);
            length += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.output.len() >= LONGEST_RECORD {
                        return Err(io::Error::other(format!(
                            "the record that begins on line {} is longer than {} MiB: is a quote missing?",
                            record.line,
                            LONGEST_RECORD >> 20
                        )));
                    }
                    self.output.resize(self.output.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(false),
            }
        }
        self.records += 1;
        record.span = Span {
            start: begins,
            length: self.position.saturating_sub(begins),
        };
        // A record that the end of the file ends, not a line break, and that has an odd number of quotes.
        let unclosed = self.ended && quotes % 2 == 1;
        self.hand_over(record, length, cells);
        if unclosed {
            record.damage = Some(Damage {
                column: None,
                reason: "a quote is opened and never closed: is the file whole?".to_owned(),
            });
        }
        Ok(true)
    }

    /// Gives the record its text; bytes that aren't UTF-8 become U+FFFD.
    fn hand_over(&self, record: &mut Record, length: usize, cells: usize) {
        let bytes = self.output.get(..length).unwrap_or_default();
        record.text.clear();
        record.ends.clear();
        let ends = self.ends.get(..cells).unwrap_or_default();
        if let Ok(text) = std::str::from_utf8(bytes) {
            record.text.push_str(text);
            record.ends.extend_from_slice(ends);
            return;
        }
        let mut start = 0;
        for end in ends {
            let cell = bytes.get(start..*end).unwrap_or_default();
            record.text.push_str(&String::from_utf8_lossy(cell));
            record.ends.push(record.text.len());
            start = *end;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.from = 0;
        self.until = loop {
            match self.input.read(&mut self.buffer) {
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.ended = self.until == 0;
        if self.line_end.is_none() {
            let read = self.buffer.get(..self.until).unwrap_or_default();
            let first = read.iter().find(|byte| matches!(byte, b'\r' | b'\n'));
            self.line_end = match first {
                Some(b'\r') if !read.contains(&b'\n') => Some(b'\r'),
                Some(_) => Some(b'\n'),
                None => None,
            };
        }
        Ok(())
    }
}
