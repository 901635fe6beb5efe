//! `bme sync scrub`: a plan without anybody in it. Nothing is sent.

use std::path::PathBuf;

use super::{super::writing::confirm, apply};
use crate::{
    context::Context,
    output::{Exit, Failure},
    sync::{self, PlanFile, apply::Lock},
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
        apply::remove_rejects(&self.plan, PlanFile::glance(&self.plan)?.sources()?.len())?;
        drop(lock);
        context
            .output
            .note(&format!("{shown} holds no addresses and values any more."));
        Ok(Exit::Done)
    }
}
