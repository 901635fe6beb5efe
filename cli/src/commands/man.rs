//! `bme man`.

use std::{fs, path::PathBuf};

use crate::output::{Exit, Failure};

/// One page a command; read them with `man -l DIR/bme.1`, or copy them to a folder of man pages.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where to; made if it isn't there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Args {
    pub(super) fn run(self, arguments: clap::Command) -> Result<Exit, Failure> {
        let fail = |error: std::io::Error| {
            Failure::io(
                &format!(
                    "the man pages can't be written to {}",
                    self.folder.display()
                ),
                &error,
            )
        };
        fs::create_dir_all(&self.folder).map_err(fail)?;
        clap_mangen::generate_to(arguments, &self.folder).map_err(fail)?;
        Ok(Exit::Done)
    }
}
