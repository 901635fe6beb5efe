//! A table that is laid out record by record, for whoever has records and no text.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter},
};

use super::{Layout, Numbering, Source, json_lines::write_record};

/// A table in the making.
#[derive(Debug)]
pub(crate) struct Table {
    out: BufWriter<File>,
    columns: Vec<String>,
    records: u64,
    damaged: HashMap<u64, (usize, String)>,
}

impl Table {
    /// A table with these columns, each with a name of its own.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn new(columns: Vec<String>) -> io::Result<Self> {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        write_record(&mut out, columns.iter().map(String::as_str))?;
        Ok(Self {
            out,
            columns,
            records: 0,
            damaged: HashMap::new(),
        })
    }

    /// Adds a record, a cell for each column.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn record<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
        self.records += 1;
        write_record(&mut self.out, cells)
    }

    /// Adds a record that says nothing.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn blank(&mut self) -> io::Result<()> {
        self.records += 1;
        write_record(&mut self.out, self.columns.iter().map(|_| ""))
    }

    /// Adds a record that can't be taken, and why; its first cell is the address, as far as it is known.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn damaged(&mut self, address: &str, reason: String) -> io::Result<()> {
        self.records += 1;
        // The header is the first record of the file.
        self.damaged.insert(self.records + 1, (0, reason));
        let rest = self.columns.iter().skip(1).map(|_| "");
        write_record(&mut self.out, std::iter::once(address).chain(rest))
    }

    /// The table as a source of this name.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn finish(self, name: String) -> io::Result<Source> {
        Ok(Source {
            name,
            columns: self.columns,
            notes: Vec::new(),
            file: self
                .out
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?,
            layout: Layout {
                delimiter: b',',
                numbering: Numbering::Records,
                damaged: self.damaged,
                ..Layout::default()
            },
        })
    }
}
