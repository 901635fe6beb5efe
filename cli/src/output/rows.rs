//! Rows of one kind in any format, written as they come.

use std::io::{self, BufWriter, Stdout, Write as _};

use anstyle::Style;
use serde::Serialize;

use crate::spreadsheet::guard;

use super::{Failure, Format, Output, table::Layout, terminal};

/// How many rows a table looks at before it fixes the widths of its columns.
const LOOKED_AT: usize = 200;

/// A column of rows.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Its name in CSV.
    pub(crate) name: String,
    /// Its name in a table.
    pub(crate) heading: String,
    /// Whether a table shows it.
    pub(crate) in_table: bool,
}

impl Column {
    /// A column that every format shows.
    pub(crate) fn new(name: impl Into<String>, heading: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            heading: heading.into(),
            in_table: true,
        }
    }

    /// The same, left out of tables.
    pub(crate) fn wide(mut self) -> Self {
        self.in_table = false;
        self
    }
}

/// Rows to come.
pub(crate) struct Rows {
    output: Output,
    columns: Vec<Column>,
    out: BufWriter<Stdout>,
    /// How many rows were pushed.
    count: u64,
    /// Rows of a table before its widths are fixed.
    waiting: Vec<Vec<String>>,
    layout: Option<Layout>,
    style: Style,
}

impl Rows {
    pub(super) fn new(output: Output, columns: Vec<Column>) -> Self {
        let style = Output::style(terminal::stdout_is_coloured(output.colour));
        Self {
            output,
            columns,
            out: BufWriter::new(io::stdout()),
            count: 0,
            waiting: Vec::new(),
            layout: None,
            style,
        }
    }

    /// Writes a row: `record` as JSON, or its `cells`, one for each column.
    pub(crate) fn push(
        &mut self,
        record: &impl Serialize,
        cells: Vec<String>,
    ) -> Result<(), Failure> {
        let first = self.count == 0;
        self.count += 1;
        match self.output.format {
            Format::Table => return self.table_row(cells),
            Format::Json => self
                .out
                .write_all(if first { b"[\n  " } else { b",\n  " })
                .and_then(|()| Ok(serde_json::to_writer(&mut self.out, record)?)),
            Format::Jsonl => serde_json::to_writer(&mut self.out, record)
                .map_err(io::Error::from)
                .and_then(|()| self.out.write_all(b"\n")),
            Format::Csv => self.csv_row(first, &cells),
        }
        .map_err(|error| Failure::stdout(&error))
    }

    /// Writes what is held back, so that a reader sees every row that was pushed.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.lay_out()?;
        self.out.flush().map_err(|error| Failure::stdout(&error))
    }

    /// Ends the output. Without it JSON stays unfinished, which says that it is not all.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let empty = self.count == 0;
        match self.output.format {
            Format::Table if empty => self.output.note("Nothing to show."),
            Format::Table => self.lay_out()?,
            Format::Json => self
                .out
                .write_all(if empty { b"[]\n" } else { b"\n]\n" })
                .map_err(|error| Failure::stdout(&error))?,
            Format::Csv if empty => self
                .csv_row(true, &[])
                .map_err(|error| Failure::stdout(&error))?,
            Format::Csv | Format::Jsonl => {}
        }
        self.out.flush().map_err(|error| Failure::stdout(&error))?;
        if let Some(left_out @ 1..) = self.layout.as_ref().map(Layout::left_out) {
            self.output.note(&format!(
                "{left_out} columns find no room here; -o csv prints them all."
            ));
        }
        Ok(())
    }

    fn csv_row(&mut self, first: bool, cells: &[String]) -> io::Result<()> {
        if first && self.output.bom {
            self.out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(&mut self.out);
        if first {
            csv.write_record(self.columns.iter().map(|column| column.name.as_str()))?;
        }
        if !cells.is_empty() {
            if self.output.raw {
                csv.write_record(cells)?;
            } else {
                csv.write_record(cells.iter().map(|cell| guard(cell).into_owned()))?;
            }
        }
        csv.flush()
    }

    fn table_row(&mut self, cells: Vec<String>) -> Result<(), Failure> {
        let shown = self
            .columns
            .iter()
            .zip(cells)
            .filter(|(column, _)| column.in_table);
        let cells: Vec<String> = shown
            .map(|(_, cell)| terminal::on_one_line(&cell).into_owned())
            .collect();
        if let Some(layout) = &self.layout {
            return layout
                .row(&mut self.out, &cells)
                .map_err(|error| Failure::stdout(&error));
        }
        self.waiting.push(cells);
        if self.waiting.len() >= LOOKED_AT {
            self.lay_out()?;
        }
        Ok(())
    }

    /// Fixes the widths by the rows so far, and writes the header and them.
    fn lay_out(&mut self) -> Result<(), Failure> {
        if self.output.format != Format::Table || self.layout.is_some() || self.waiting.is_empty() {
            return Ok(());
        }
        let shown = self.columns.iter().filter(|column| column.in_table);
        let header: Vec<String> = shown
            .map(|column| terminal::on_one_line(&column.heading).to_uppercase())
            .collect();
        let layout = Layout::new(&header, &self.waiting, terminal::width());
        let waiting = std::mem::take(&mut self.waiting);
        let written = layout
            .header(&mut self.out, &header, self.style)
            .and_then(|()| {
                waiting
                    .iter()
                    .try_for_each(|cells| layout.row(&mut self.out, cells))
            });
        self.layout = Some(layout);
        written.map_err(|error| Failure::stdout(&error))
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows")
            .field("columns", &self.columns)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
