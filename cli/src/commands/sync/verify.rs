//! `bme sync verify`: whether the account still is what a plan made of it. Nothing is changed.

use std::path::PathBuf;

use benchmark_email::Contact;

use super::{look::Look, reading::ReadBy};
use crate::{
    context::Context,
    output::{Column, Exit, Failure, Format, Output},
    records::{StepDifferenceRecord, VerifiedRecord},
    sync::apply::{Differs, Known, Met, Verdict, verify},
};

/// Reads the account once and holds every change that was applied against it. What somebody else changed beside that
/// doesn't matter. Exits with 3 where a change isn't there.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// By which request the contacts are read.
    #[arg(long, value_enum, value_name = "HOW", default_value = "list")]
    read_by: ReadBy,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut look = Look::at(context, &self.plan).await?;
        let mut record = VerifiedRecord::default();
        let take = |known: &Known, met: Met, there: Option<&Contact>| {
            match verdict(&met, there, known) {
                Some(Verdict::AsPlanned) => record.as_planned += 1,
                Some(Verdict::Lacking(why)) => *record.lacking.entry(why).or_default() += 1,
                Some(Verdict::Differs(differs)) => {
                    record.differ += 1;
                    let differences = differs.into_iter().map(|differs| StepDifferenceRecord {
                        step: met.task.id,
                        kind: met.task.kind().name(),
                        email: met.task.address().to_owned(),
                        what: differs.label,
                        planned: differs.planned,
                        now: differs.now,
                    });
                    record.differences.extend(differences);
                }
                None => {}
            }
            Ok(())
        };
        look.each(context, self.read_by, take).await?;
        record.differences.sort_by_key(|difference| difference.step);
        print(context, &record)?;
        Ok(if record.differences.is_empty() {
            Exit::Done
        } else {
            Exit::Differences
        })
    }
}

/// What a contact tells of a step; nothing new where another one told of it before.
fn verdict(met: &Met, there: Option<&Contact>, known: &Known) -> Option<Verdict> {
    match verify(&met.task, there, known) {
        Verdict::Lacking(_) if met.is_again => None,
        // Whatever else it is, what was created once is there twice.
        _ if met.is_again => Some(Verdict::Differs(vec![Differs::of(
            "contact", "once", "twice",
        )])),
        verdict => Some(verdict),
    }
}

fn print(context: &Context, record: &VerifiedRecord) -> Result<(), Failure> {
    match context.output.format() {
        Format::Table => Output::text(&text(record)),
        Format::Json | Format::Jsonl => context.output.record(Vec::new(), record, Vec::new()),
        Format::Csv => {
            let columns = ["step", "kind", "email", "what", "planned", "now"];
            let columns = columns.map(|name| Column::new(name, name));
            let mut rows = context.output.rows(columns.to_vec());
            for difference in &record.differences {
                let cells = vec![
                    difference.step.to_string(),
                    difference.kind.to_owned(),
                    difference.email.clone(),
                    difference.what.clone(),
                    difference.planned.clone(),
                    difference.now.clone(),
                ];
                rows.push(difference, cells)?;
            }
            rows.finish()
        }
    }
}

fn text(record: &VerifiedRecord) -> String {
    let applied = record.as_planned + record.differ;
    let mut lines = vec![format!(
        "applied   {applied:>9}\n  as planned {:>6}",
        record.as_planned
    )];
    if record.differ > 0 {
        lines.push(format!("  different  {:>6}", record.differ));
    }
    let lacking: u64 = record.lacking.values().sum();
    if lacking > 0 {
        lines.push(format!("lacking   {lacking:>9}"));
        for (why, number) in &record.lacking {
            lines.push(format!("  {why:<10} {number:>6}  {}", lacks(why)));
        }
    }
    if !record.differences.is_empty() {
        lines.push(String::new());
    }
    for difference in &record.differences {
        lines.push(format!(
            "{} {}: {}: planned {:?}, found {:?}",
            difference.kind, difference.email, difference.what, difference.planned, difference.now
        ));
    }
    lines.join("\n")
}

/// Why a step wasn't carried out.
fn lacks(why: &str) -> &'static str {
    match why {
        "planned" => "nothing was sent yet: apply the plan",
        "open" => "it isn't known whether the service did it: apply the plan again",
        "protected" => "left meanwhile, and stay as they are",
        "gone" => "were deleted meanwhile",
        "conflict" => "were changed by somebody else",
        "taken" => "exist by now",
        _ => "are refused by the service",
    }
}
