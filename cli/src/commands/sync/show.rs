//! `bme sync show`: a plan, whole or in part.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::summary;
use crate::{
    context::Context,
    output::{Column, Exit, Failure},
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

/// A step, for programs.
#[derive(Serialize)]
struct StepRecord<'a> {
    id: i64,
    kind: &'a str,
    email: &'a str,
    changes: &'a Value,
    rows: &'a Value,
    requests: u64,
}

/// A rejected row, for programs.
#[derive(Serialize)]
struct RejectedRecord<'a> {
    source: &'a str,
    line: u64,
    column: Option<&'a str>,
    reason: &'a str,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.only {
            None => summary::print(context, &self.plan)?,
            Some(Only::Counts) => {
                let plan = PlanFile::open(&self.plan)?;
                let text = serde_json::to_string_pretty(&plan.about.counts)
                    .map_err(|why| Failure::failed(why.to_string()))?;
                crate::output::Output::plain(&text)?;
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
