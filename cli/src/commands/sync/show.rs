//! `bme sync show`: a plan, whole or in part.

use std::path::PathBuf;

use super::{html, summary};
use crate::{
    context::Context,
    output::{Column, Exit, Failure},
    records::{RejectedRecord, StepRecord},
    sync::PlanFile,
};

/// Shows a plan.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Show all of these, instead of the summary.
    #[arg(long, value_name = "KIND")]
    only: Option<Only>,
    /// Write the whole plan to this file instead, as a page without scripts for whoever must say yes.
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    html: Option<PathBuf>,
    /// Show addresses in full on that page.
    #[arg(long, requires = "html")]
    full: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// Every step.
    Steps,
    /// People who have left.
    Suppress,
    /// Contacts that would be updated.
    Update,
    /// Contacts that would be created.
    Create,
    /// Contacts that would be deleted.
    Delete,
    /// Rows that can't be taken.
    Rejected,
    /// How many there are of each, and nothing of anybody.
    Counts,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(to) = &self.html {
            html::write(&PlanFile::open(&self.plan)?, to, self.full)?;
            context
                .output
                .note(&format!("{} shows the plan", to.display()));
            return Ok(Exit::Done);
        }
        match self.only {
            None => summary::print(context, &self.plan)?,
            Some(Only::Counts) => {
                let plan = PlanFile::open(&self.plan)?;
                summary::counts_alone(context, &plan)?;
            }
            Some(Only::Rejected) => self.rejected(context)?,
            Some(Only::Steps) => self.steps(context, None)?,
            Some(Only::Suppress) => self.steps(context, Some("suppress"))?,
            Some(Only::Update) => self.steps(context, Some("update"))?,
            Some(Only::Create) => self.steps(context, Some("create"))?,
            Some(Only::Delete) => self.steps(context, Some("delete"))?,
        }
        Ok(Exit::Done)
    }

    fn steps(&self, context: &Context, kind: Option<&str>) -> Result<(), Failure> {
        let plan = PlanFile::open(&self.plan)?;
        let mut rows = context.output.rows(vec![
            Column::new("id", "step"),
            Column::new("kind", "kind"),
            Column::new("email", "email"),
            Column::new("changes", "changes"),
            Column::new("requests", "requests").wide(),
        ]);
        plan.steps(kind, None, |step| {
            let record = StepRecord {
                id: step.id,
                kind: &step.kind,
                email: &step.address,
                changes: &step.changes,
                rows: &step.places,
                requests: step.requests,
            };
            let cells = vec![
                step.id.to_string(),
                step.kind.clone(),
                step.address.clone(),
                summary::differences(&step, &plan).join("; "),
                step.requests.to_string(),
            ];
            rows.push(&record, cells)
        })?;
        rows.finish()
    }

    fn rejected(&self, context: &Context) -> Result<(), Failure> {
        let plan = PlanFile::open(&self.plan)?;
        let columns = ["source", "line", "column", "reason"];
        let columns = columns.map(|name| Column::new(name, name));
        let mut rows = context.output.rows(columns.to_vec());
        plan.rejected(None, |row| {
            let record = RejectedRecord {
                source: &row.place.source,
                line: row.place.line,
                column: row.column.as_deref(),
                reason: &row.reason,
            };
            let cells = vec![
                row.place.source.clone(),
                row.place.line.to_string(),
                row.column.clone().unwrap_or_default(),
                row.reason.clone(),
            ];
            rows.push(&record, cells)
        })?;
        rows.finish()
    }
}
