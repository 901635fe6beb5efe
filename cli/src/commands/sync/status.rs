//! `bme sync status`: how far a plan was carried out. Nothing is sent.

use std::path::PathBuf;

use super::apply;
use crate::{
    context::Context,
    output::{Exit, Failure, Format, Output},
    sync::PlanFile,
};

/// Tells how far a plan was carried out; also while it is being applied.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let plan = PlanFile::glance(&self.plan)?;
        let tally = plan.tally()?;
        let counts = &plan.about.counts;
        let total: u64 = counts.steps.values().sum();
        match context.output.format() {
            Format::Table | Format::Csv => {
                Output::text(&apply::text(&tally, total, counts.rejected))?;
            }
            Format::Json | Format::Jsonl => {
                Output::plain(&apply::json(&tally, total, counts.rejected)?)?;
            }
        }
        Ok(Exit::Done)
    }
}
