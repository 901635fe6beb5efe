//! Which step is next, when one is late, and when to stop: pure, in whatever time it is told.

use std::collections::{BTreeMap, HashMap};

use super::{
    known::Known,
    progress::{Answer, Ask, Progress, Then},
    task::{Differs, End, Task, Turn},
};

/// So many refusals of one kind, one after the other, and something is wrong with the plan or the account.
const SAME_REFUSALS: u32 = 10;

/// So many lost answers, one after the other, and the service isn't there.
const LOST_ANSWERS: u32 = 10;

/// Where the steps stand, and how far they have come.
pub(crate) trait Book {
    type Error;

    /// The next step that nothing was asked for in this run.
    fn next_task(&mut self) -> Result<Option<Task>, Self::Error>;

    /// Hears of a stage that must be on the disk before anything else is sent.
    fn note(&mut self, task: &Task) -> Result<(), Self::Error>;
}

/// All steps of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) known: Known,
    in_flight: usize,
    /// Steps that wait for their time, by it.
    late: BTreeMap<(u64, i64), (Progress, Ask)>,
    /// Steps of which a request is under way.
    flying: HashMap<i64, Progress>,
    /// A step that has to wait for others before it.
    held: Option<Task>,
    /// How many were refused in the same way, the last ones.
    refusals: Option<(String, u32)>,
    /// How many answers were lost, the last ones.
    losses: u32,
    /// From one request to the next, in milliseconds, and when the next one may be sent.
    gap: u64,
    free_at: u64,
    /// Whether one of the first steps was begun, and whether others were after all of them.
    canary: Option<bool>,
    stopped: Option<Stopped>,
}

/// Why a run stops before its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stopped {
    /// Whoever runs it said so.
    Asked,
    /// One of the first steps, read back, isn't what was planned.
    Canary {
        address: String,
        differs: Vec<Differs>,
    },
    /// The service refuses everything in the same way.
    SameRefusal { why: String },
    /// The service doesn't answer any more.
    NoAnswer,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Send this for that step; the journal first.
    Send { step: i64, ask: Ask },
    /// Nothing before that time, in milliseconds since 1970, or before an answer comes.
    Wait { until: Option<u64> },
    /// Everything was done that can be done in this run.
    Over,
}

/// A step that ended, or was left open.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) task: Task,
    /// None where it can't be told in this run.
    pub(crate) end: Option<End>,
}

impl Run {
    pub(crate) fn new(known: Known, in_flight: usize) -> Self {
        Self {
            known,
            in_flight: in_flight.max(1),
            late: BTreeMap::new(),
            flying: HashMap::new(),
            held: None,
            refusals: None,
            losses: 0,
            gap: 0,
            free_at: 0,
            canary: None,
            stopped: None,
        }
    }

    /// No two requests are sent within so many milliseconds.
    pub(crate) fn with_gap(mut self, gap: u64) -> Self {
        self.gap = gap;
        self
    }

    /// Whether some of the first steps were read back in this run, and all were as planned.
    pub(crate) fn is_past_canary(&self) -> bool {
        self.canary == Some(true)
    }

    /// Nothing new is begun from now on.
    pub(crate) fn stop(&mut self, why: Stopped) {
        self.stopped.get_or_insert(why);
    }

    pub(crate) fn stopped(&self) -> Option<&Stopped> {
        self.stopped.as_ref()
    }

    /// How many requests are under way.
    pub(crate) fn flying(&self) -> usize {
        self.flying.len()
    }

    /// What to do now.
    ///
    /// # Errors
    ///
    /// Whatever the book says.
    pub(crate) fn next<B: Book>(&mut self, now: u64, book: &mut B) -> Result<Next, B::Error> {
        if self.stopped.is_some() {
            return Ok(match self.flying.len() {
                0 => Next::Over,
                _ => Next::Wait { until: None },
            });
        }
        if self.flying.len() >= self.in_flight {
            return Ok(Next::Wait { until: None });
        }
        if now < self.free_at {
            let until = Some(self.free_at);
            return Ok(Next::Wait { until });
        }
        loop {
            let first = self.late.first_key_value().map(|(at, _)| *at);
            if let Some(at) = first.filter(|(due, _)| *due <= now)
                && let Some((progress, ask)) = self.late.remove(&at)
            {
                return self.send(progress, ask, now, book);
            }
            let wait = Next::Wait {
                until: first.map(|(due, _)| due),
            };
            let task = match self.held.take() {
                Some(task) => Some(task),
                None => book.next_task()?,
            };
            let Some(task) = task else {
                let is_over = first.is_none() && self.flying.is_empty();
                return Ok(if is_over { Next::Over } else { wait });
            };
            if !self.may_begin(&task) {
                self.held = Some(task);
                return Ok(wait);
            }
            self.canary = match task.turn {
                Turn::Canary => Some(false),
                Turn::HalfDoneSuppression => self.canary,
                Turn::Suppression | Turn::Rest => self.canary.map(|_| true),
            };
            let mut progress = Progress::new(task);
            match progress.begin(&self.known, now) {
                Then::Ask(ask) => return self.send(progress, ask, now, book),
                Then::Later(due, ask) => {
                    self.late.insert((due, progress.task.id), (progress, ask));
                }
                Then::End(_) | Then::Open | Then::Differs(_) => {}
            }
        }
    }

    /// What came of a request: whether the step ended by it.
    ///
    /// # Errors
    ///
    /// Whatever the book says.
    pub(crate) fn answered<B: Book>(
        &mut self,
        step: i64,
        answer: Answer,
        now: u64,
        book: &mut B,
    ) -> Result<Option<Ended>, B::Error> {
        let Some(mut progress) = self.flying.remove(&step) else {
            return Ok(None);
        };
        self.losses = match answer {
            Answer::Lost => self.losses + 1,
            _ => 0,
        };
        if self.losses >= LOST_ANSWERS {
            self.stop(Stopped::NoAnswer);
        }
        let then = progress.answered(answer, &mut self.known, now);
        if std::mem::take(&mut progress.is_news) {
            book.note(&progress.task)?;
        }
        let task = progress.task.clone();
        let end = match then {
            Then::Ask(ask) => {
                // It is sent before anything new is begun.
                self.late.insert((0, step), (progress, ask));
                return Ok(None);
            }
            Then::Later(due, ask) => {
                self.late.insert((due, step), (progress, ask));
                return Ok(None);
            }
            Then::Open => None,
            Then::End(end) => {
                self.count(&end);
                Some(end)
            }
            Then::Differs(differs) => {
                self.stop(Stopped::Canary {
                    address: task.address().to_owned(),
                    differs,
                });
                Some(End::Done)
            }
        };
        Ok(Some(Ended { task, end }))
    }

    /// The request was surely not carried out, and nothing else will be.
    ///
    /// # Errors
    ///
    /// Whatever the book says.
    pub(crate) fn turned_away<B: Book>(&mut self, step: i64, book: &mut B) -> Result<(), B::Error> {
        self.stop(Stopped::Asked);
        let Some(mut progress) = self.flying.remove(&step) else {
            return Ok(());
        };
        progress.take_back();
        book.note(&progress.task)
    }

    fn send<B: Book>(
        &mut self,
        mut progress: Progress,
        ask: Ask,
        now: u64,
        book: &mut B,
    ) -> Result<Next, B::Error> {
        self.free_at = now.saturating_add(self.gap);
        if std::mem::take(&mut progress.is_news) {
            book.note(&progress.task)?;
        }
        let step = progress.task.id;
        self.flying.insert(step, progress);
        Ok(Next::Send { step, ask })
    }

    /// None before all of an earlier turn ended, and the canary one by one.
    fn may_begin(&self, task: &Task) -> bool {
        let late = self.late.values().map(|(progress, _)| progress);
        let mut others = self.flying.values().chain(late);
        others.all(|other| other.task.turn >= task.turn && task.turn != Turn::Canary)
    }

    fn count(&mut self, end: &End) {
        let End::Refused { kind, why } = end else {
            self.refusals = None;
            return;
        };
        let times = match &self.refusals {
            Some((same, times)) if same == kind => times + 1,
            _ => 1,
        };
        self.refusals = Some((kind.clone(), times));
        if times >= SAME_REFUSALS {
            self.stop(Stopped::SameRefusal { why: why.clone() });
        }
    }
}
