//! `bme completions`.

use clap_complete::Shell;

use crate::output::{Exit, Failure, Output};

/// Load it from your shell's start-up file, for example `source <(bme completions bash)`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

impl Args {
    pub(super) fn run(self, mut arguments: clap::Command) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut arguments, "bme", &mut script);
        Output::plain(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Exit::Done)
    }
}
