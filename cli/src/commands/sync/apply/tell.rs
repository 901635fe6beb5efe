//! What a person or a program hears while a plan is applied, and in the end.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{outcome::Outcome, rejects};
use crate::{
    context::Context,
    output::{Exit, Failure, Format, Output},
    records::{AppliedRecord, AppliedStepRecord},
    sync::apply::{Ended, Journal, Stopped, Tally},
};

/// Without a terminal a line comes so often.
const A_LINE_EVERY: Duration = Duration::from_secs(30);
/// A bar is drawn no more often than this.
const A_BAR_EVERY: Duration = Duration::from_millis(100);

/// Tells of progress.
#[derive(Debug)]
pub(super) struct Teller {
    output: Output,
    total: u64,
    done: u64,
    before: u64,
    began: Instant,
    last: Instant,
    is_terminal: bool,
    is_drawn: bool,
}

impl Teller {
    pub(super) fn new(output: Output, journal: &Journal) -> Result<Self, Failure> {
        let counts = &journal.about().counts;
        let tally = journal.tally()?;
        let before = ended(&tally);
        Ok(Self {
            output,
            total: counts.steps.values().sum(),
            done: before,
            before,
            began: Instant::now(),
            last: Instant::now(),
            is_terminal: std::io::stderr().is_terminal(),
            is_drawn: false,
        })
    }

    pub(super) fn ended(&mut self, ended: &Ended) -> Result<(), Failure> {
        if ended.end.is_some() {
            self.done += 1;
        }
        if self.output.format() == Format::Jsonl {
            let event = AppliedStepRecord {
                event: "change",
                step: ended.task.id,
                kind: ended.task.kind().name(),
                email: ended.task.address(),
                outcome: ended.end.as_ref().map_or("open", |end| end.name()),
            };
            print(&event)?;
        }
        self.draw();
        Ok(())
    }

    pub(super) fn stopping(&mut self, flying: usize) {
        self.over();
        self.output.note(&format!(
            "Stopping: {flying} requests are under way. Once more stops at once; nothing is lost either way."
        ));
    }

    /// Nothing is drawn any more.
    pub(super) fn over(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    fn draw(&mut self) {
        let every = if self.is_terminal {
            A_BAR_EVERY
        } else {
            A_LINE_EVERY
        };
        if self.last.elapsed() < every || self.output.is_quiet() {
            return;
        }
        self.last = Instant::now();
        let line = self.line();
        if self.is_terminal {
            self.is_drawn = true;
            let _ = write!(std::io::stderr(), "\r\x1b[K{}", Output::fit_stderr(&line));
        } else {
            self.output.note(&line);
        }
    }

    /// How far it is, how fast, and how long it will take.
    fn line(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        #[allow(clippy::cast_precision_loss, reason = "it is an estimate")]
        let rate = (self.done - self.before) as f64 / seconds;
        #[allow(clippy::cast_precision_loss, reason = "it is an estimate")]
        let left = self.total.saturating_sub(self.done) as f64 / rate.max(0.001);
        let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
        let minutes = left.as_secs().div_ceil(60);
        format!(
            "{} of {} changes, {rate:.1} a second, about {minutes} min left",
            self.done, self.total
        )
    }
}

/// Tells how a run ended, and gives the exit code.
pub(super) fn conclude(
    context: &Context,
    journal: &Journal,
    plan: &Path,
    stopped: Option<&Stopped>,
    outcome: Outcome,
) -> Result<Exit, Failure> {
    let counts = &journal.about().counts;
    let tally = journal.tally()?;
    let total: u64 = counts.steps.values().sum();
    let left = total.saturating_sub(ended(&tally));
    let rejects = rejects::write(plan, journal)?;
    match context.output.format() {
        Format::Table | Format::Csv => {
            Output::text(&text(&tally, total, counts.rejected))?;
        }
        Format::Json | Format::Jsonl => Output::plain(&json(&tally, total, counts.rejected)?)?,
    }
    if rejects.rows > 0 {
        let files = rejects.files.iter().map(|path| path.display().to_string());
        context.output.note(&format!(
            "rows that weren't carried out: {}, in {}",
            rejects.rows,
            files.collect::<Vec<_>>().join(", ")
        ));
    }
    let outcome = match outcome {
        Outcome::Bound(_) if left == 0 => Outcome::Over,
        outcome => outcome,
    };
    let again = "run the same command again: it goes on where it is";
    match (outcome, stopped) {
        (Outcome::TurnedAway(why), _) => {
            let why = Failure::from(*why).about(&format!("{left} changes are left"));
            Err(if why.exit() == Exit::Later {
                why.next(again)
            } else {
                why
            })
        }
        (Outcome::Stopped(stop), _) => Ok(stop.into()),
        (Outcome::Bound(option), _) => Err(Failure::failed(format!(
            "{left} changes are left, as {option} said"
        ))
        .with_exit(Exit::Later)
        .next(again)),
        (Outcome::Over, Some(Stopped::Canary { address, differs })) => {
            let told: Vec<_> = differs
                .iter()
                .map(|differs| {
                    format!(
                        "{}: planned {:?}, found {:?}",
                        differs.label, differs.planned, differs.now
                    )
                })
                .collect();
            Err(Failure::failed(format!(
                "{address} was read back and isn't what was planned: {}; nothing else was done",
                told.join("; ")
            ))
            .next("if the service may keep it so, go on with --canary 0"))
        }
        (Outcome::Over, Some(Stopped::SameRefusal { why })) => Err(Failure::failed(format!(
            "the same refusal ten times running: {why}; {left} changes are left"
        ))
        .next("mend the cause; what is left is done by the same command")),
        (Outcome::Over, Some(Stopped::NoAnswer)) => Err(Failure::failed(format!(
            "the service doesn't answer; {left} changes are left"
        ))
        .next(again)),
        (Outcome::Over, _) => {
            let fine = ["done", "already", "protected"];
            let all_fine = tally.keys().all(|(_, end)| fine.contains(&end.as_str()));
            Ok(if all_fine { Exit::Done } else { Exit::Partly })
        }
    }
}

/// How many steps are over, in one way or another.
pub(super) fn ended(tally: &Tally) -> u64 {
    let over = tally.iter().filter(|((_, end), _)| end != "open");
    over.map(|(_, number)| number).sum()
}

/// What became of a plan, for people.
pub(in super::super) fn text(tally: &Tally, total: u64, rejected: u64) -> String {
    let mut lines = vec![format!("{} of {total} changes are over.", ended(tally))];
    for ((kind, end), number) in tally {
        let told = match end.as_str() {
            "done" => "done",
            "already" => "were so already",
            "protected" => "left meanwhile, and stay as they are",
            "gone" => "were deleted meanwhile",
            "conflict" => "were changed by somebody else",
            "taken" => "exist by now",
            "refused" => "are refused by the service",
            _ => "are open: it isn't known whether the service did them",
        };
        lines.push(format!("  {kind:<8} {number:>7} {told}"));
    }
    if rejected > 0 {
        lines.push(format!(
            "  rows rejected when the plan was made: {rejected}"
        ));
    }
    lines.join("\n")
}

/// The same for programs.
pub(in super::super) fn json(tally: &Tally, total: u64, rejected: u64) -> Result<String, Failure> {
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for ((_, end), number) in tally {
        *outcomes.entry(end.clone()).or_default() += number;
    }
    let event = AppliedRecord {
        event: "summary",
        steps: total,
        outcomes,
        rejected,
    };
    serde_json::to_string(&event).map_err(|why| Failure::failed(why.to_string()))
}

fn print(event: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(event).map_err(|why| Failure::failed(why.to_string()))?;
    Output::plain(&text)
}
