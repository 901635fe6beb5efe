//! What a person or a program gets to see: rows and records in four formats, errors, exit codes.

mod args;
mod cells;
mod exit;
mod failure;
mod rows;
mod table;
mod terminal;
mod time;

use std::io::{self, IsTerminal as _, Write};

use anstyle::Style;
use clap::ValueEnum;
use serde::Serialize;

pub(crate) use self::{
    args::OutputArgs,
    cells::joined,
    exit::{EXIT_CODES, Exit},
    failure::{Failure, failed_as_json},
    rows::{Column, Rows},
    time::clock_on_the_wall,
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

    /// Prints text that is the same in every format.
    pub(crate) fn plain(text: &str) -> Result<(), Failure> {
        Self::write(|out| writeln!(out, "{text}"))
    }

    /// Warns on stderr, always.
    pub(crate) fn warn(text: &str) {
        let _ = writeln!(
            io::stderr().lock(),
            "bme: warning: {}",
            terminal::harmless(text)
        );
    }

    /// Tells something on stderr, unless asked to say less.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            // Nobody is left to hear of a closed stderr.
            let _ = writeln!(io::stderr().lock(), "{}", terminal::harmless(text));
        }
    }

    /// Tells of a failure on stderr, and which exit code it is.
    pub(crate) fn failed(self, failure: &Failure) -> Exit {
        match self.format {
            Format::Json | Format::Jsonl => failed_as_json(failure),
            Format::Table | Format::Csv => {
                let style = Self::style(terminal::stderr_is_coloured(self.colour));
                failure.print(&mut io::stderr().lock(), style);
                failure.exit()
            }
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
