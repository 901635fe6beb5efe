//! What can be said to every command about its output.

use std::path::PathBuf;

use super::{Colour, Format};

/// How to print.
#[derive(clap::Args, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// How to print what was asked for.
    #[arg(
        short = 'o',
        long = "output",
        global = true,
        value_name = "FORMAT",
        default_value = "table"
    )]
    pub(crate) format: Format,
    /// Begin CSV with a byte order mark, for Excel.
    #[arg(long, global = true)]
    pub(crate) bom: bool,
    /// Write CSV cells as they are, even those that a spreadsheet would run as a formula.
    #[arg(long, global = true)]
    pub(crate) raw: bool,
    /// When to use colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Colour,
    /// Say less.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Tell on stderr what is asked of the service; twice, in detail.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Write the same to this file, in detail.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
}
