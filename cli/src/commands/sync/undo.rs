//! `bme sync undo`: plans what takes an applied plan back. Nothing is changed.

use std::path::PathBuf;

use benchmark_email::Contact;

use super::{
    look::Look,
    plan::budget,
    reading::ReadBy,
    summary::{SAMPLE, sample},
};
use crate::{
    context::Context,
    output::{Column, Exit, Failure, Format, Output},
    records::UndoneRecord,
    sync::{
        About, Counts, Place, PlanFile, PlanWriter, Prerequisite, Rejected, Step,
        apply::{Applied, Known, Lock, Met, Undone, undo},
    },
};

/// Reads the account once, and writes a plan by which every contact goes back to what it was before, unless somebody
/// else changed the same since. Nobody who was unsubscribed is subscribed again, and nobody who was deleted is created.
/// Nothing is changed until that plan is applied.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan to take back.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Write the plan that does it to this file, which must not exist.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// Delete the contacts that the plan created, those that nobody changed since.
    #[arg(long)]
    delete_created: bool,
    /// By which request the contacts are read.
    #[arg(long, value_enum, value_name = "HOW", default_value = "list")]
    read_by: ReadBy,
}

/// What becomes of all steps.
#[derive(Debug, Default)]
struct Sorted {
    counts: Counts,
    /// What is kept, and what can't be undone.
    stays: Vec<Rejected>,
    record: UndoneRecord,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        // Nobody applies it meanwhile.
        let nobody_else = Lock::take(&self.plan)?;
        let mut look = Look::at(context, &self.plan).await?;
        known_to_the_end(&look.applied)?;
        let mut writer = PlanWriter::begin(&self.out, look.known.structure.clone())?;
        let mut sorted = Sorted::default();
        let take = |known: &Known, met: Met, there: Option<&Contact>| {
            if !met.is_again {
                let undone = undo(&met.task, there, known, self.delete_created);
                let places = self.places(met.places);
                if let Some(step) = sorted.sort(undone, places) {
                    writer.step(&step)?;
                }
            }
            Ok(())
        };
        look.each(context, self.read_by, take).await?;
        let Sorted {
            counts,
            stays,
            mut record,
        } = sorted;
        let counts = writer.with_overhead(&counts);
        record.requests = counts.all_requests();
        let about = About {
            structure: serde_json::value::to_raw_value(&look.known.structure)
                .map_err(|why| Failure::failed(why.to_string()))?,
            name: None,
            made_at: About::seconds_now(),
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            notes: vec![format!("It takes back {}.", self.plan.display())],
            lists: look.known.lists.clone(),
            budget: budget(&look.account.client),
            counts,
            ..look.applied.about().clone()
        };
        writer.finish(&about, &stays)?;
        drop(nobody_else);
        self.print(context, &record)?;
        let made = look.applied.prerequisites().iter();
        let made: Vec<_> = made.map(Prerequisite::to_string).collect();
        if !made.is_empty() {
            context.output.note(&format!(
                "What the plan made first stays: {}.",
                made.join(", ")
            ));
        }
        Ok(Exit::Done)
    }

    /// The rows that asked for a step; the plan itself where none did.
    fn places(&self, places: Vec<Place>) -> Vec<Place> {
        if !places.is_empty() {
            return places;
        }
        vec![Place {
            source: self.plan.display().to_string(),
            line: 0,
        }]
    }

    fn print(&self, context: &Context, record: &UndoneRecord) -> Result<(), Failure> {
        let numbers = [
            ("applied", record.applied),
            ("back", record.back),
            ("requests", record.requests),
            ("asBefore", record.as_before),
            ("kept", record.kept),
            ("never", record.never),
        ];
        if context.output.format() != Format::Table {
            let columns = numbers.map(|(name, _)| Column::new(name, name));
            let cells = numbers.map(|(_, number)| number.to_string());
            return context.output.record(columns.into(), record, cells.into());
        }
        let out = self.out.display();
        let mut lines = vec![format!("applied         {:>6}  changes", record.applied)];
        for (what, number, tells) in [
            ("go back", record.back, "to what they were before"),
            ("as before", record.as_before, "are so already"),
            ("kept", record.kept, "stay as they are now"),
            ("can't be undone", record.never, "unsubscribed or deleted"),
        ] {
            if number > 0 {
                lines.push(format!("{what:<15} {number:>6}  {tells}"));
            }
        }
        lines.push(format!("requests        {:>6}", record.requests));
        let plan = PlanFile::open(&self.out)?;
        for kind in ["update", "delete"] {
            sample(&plan, kind, &mut lines)?;
        }
        let mut stay = Vec::new();
        plan.rejected(Some(SAMPLE), |row| {
            let (source, line) = (&row.place.source, row.place.line);
            stay.push(format!("stays {source} line {line}: {}", row.reason));
            Ok::<_, Failure>(())
        })?;
        if !stay.is_empty() {
            lines.push(String::new());
            lines.append(&mut stay);
        }
        lines.push(String::new());
        lines.push(format!(
            "{out} holds the plan; nothing was changed. Look at all of it with: bme sync show {out}"
        ));
        Output::text(&lines.join("\n"))
    }
}

impl Sorted {
    /// Counts what becomes of a step; the step that takes it back, if one does.
    fn sort(&mut self, undone: Undone, places: Vec<Place>) -> Option<Step> {
        if matches!(undone, Undone::Nothing) {
            return None;
        }
        self.counts.records += 1;
        self.record.applied += 1;
        let reason = match undone {
            Undone::Nothing => return None,
            Undone::AsBefore => {
                self.counts.unchanged += 1;
                self.record.as_before += 1;
                return None;
            }
            Undone::Back(action) => {
                self.counts.planned += 1;
                self.counts.step(&action);
                self.record.back += 1;
                return Some(Step { places, action });
            }
            Undone::Kept(why) => {
                self.record.kept += 1;
                why
            }
            Undone::Never(why) => {
                self.record.never += 1;
                why.to_owned()
            }
        };
        self.counts.rejected += 1;
        let column = None;
        let stays = places.into_iter().next().map(|place| Rejected {
            place,
            column,
            reason,
        });
        self.stays.extend(stays);
        None
    }
}

/// Half a step can't be taken back.
fn known_to_the_end(applied: &Applied) -> Result<(), Failure> {
    if applied.tally().keys().any(|(_, end)| end == "open") {
        let why = "of some steps it isn't known whether the service did them; nothing was planned";
        return Err(Failure::failed(why).next("apply the plan again, which finds out"));
    }
    Ok(())
}
