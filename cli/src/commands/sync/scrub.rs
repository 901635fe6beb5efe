//! `bme sync scrub`: a plan without anybody in it. Nothing is sent.

use std::{fs, io::ErrorKind, path::PathBuf};

use super::{super::writing::confirm, apply};
use crate::{
    context::Context,
    output::{Exit, Failure},
    sync::{self, apply::Lock},
};

/// What is left are numbers: how many steps of each kind there are, and how they ended. A scrubbed plan can be looked
/// at, and not be applied.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Don't ask.
    #[arg(short, long)]
    yes: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let shown = self.plan.display();
        if !self.yes {
            let question = format!("Scrub {shown}? It can't be applied any more.");
            let instead = "say --yes if you mean it, or look at it with bme sync status";
            confirm(question, "nothing was scrubbed", instead).await?;
        }
        let lock = Lock::take(&self.plan)?;
        sync::scrub(&self.plan)?;
        let rejects = apply::path_of_rejects(&self.plan);
        match fs::remove_file(&rejects) {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                let what = format!("{} can't be removed", rejects.display());
                return Err(Failure::io(&what, &why));
            }
            _ => {}
        }
        drop(lock);
        context
            .output
            .note(&format!("{shown} holds no addresses and values any more."));
        Ok(Exit::Done)
    }
}
