//! Sends what is next, and hears what came of it, until everything is done or somebody says stop.

use std::time::{Duration, UNIX_EPOCH};

use benchmark_email::Client;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{
    CANARY_PASSED,
    outcome::Outcome,
    service::{self, Said},
    tell::Teller,
};
use crate::{
    account::Requests,
    interrupt::Stops,
    output::Failure,
    sync::apply::{Journal, Next, Run, Stopped},
};

/// So long what is in flight may take after being asked to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far a run may go.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) until: Option<Instant>,
    pub(super) max_requests: Option<u64>,
    pub(super) requests: Requests,
}

/// How many requests a run may still begin.
struct Allowance {
    max: u64,
    requests: Requests,
    /// What was sent before the first step, and what was sent once more then.
    before: u64,
    repeats_before: u64,
    begun: u64,
}

impl Allowance {
    fn of(bounds: &Bounds) -> Option<Self> {
        let requests = bounds.requests.clone();
        Some(Self {
            max: bounds.max_requests?,
            before: requests.all(),
            repeats_before: requests.repeats(),
            requests,
            begun: 0,
        })
    }

    /// What was begun may not have gone out yet; what was sent once more counts too.
    fn is_used_up(&self) -> bool {
        let repeats = self.requests.repeats() - self.repeats_before;
        let begun = self.before + self.begun + repeats;
        begun.max(self.requests.all()) >= self.max
    }
}

pub(super) async fn drive(
    client: &Client,
    run: &mut Run,
    journal: &mut Journal,
    mut teller: Teller,
    bounds: Bounds,
    stops: &mut Stops,
) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let mut allowance = Allowance::of(&bounds);
    let until = bounds.until;
    let mut under_way = JoinSet::new();
    let mut outcome = Outcome::Over;
    let mut patience: Option<Instant> = None;
    let mut knows_canary = false;
    loop {
        if allowance.as_ref().is_some_and(Allowance::is_used_up) && run.stopped().is_none() {
            run.stop(Stopped::Asked);
            outcome = Outcome::Bound("--max-requests");
        }
        let wait = match run.next(now(), journal)? {
            Next::Send { step, ask } => {
                journal.commit()?;
                if let Some(allowance) = &mut allowance {
                    allowance.begun += 1;
                }
                if run.is_past_canary() && !knows_canary {
                    journal.learn(CANARY_PASSED, "passed")?;
                    knows_canary = true;
                }
                let (client, structure) = (client.clone(), run.known.structure.clone());
                under_way.spawn(async move { (step, service::ask(client, structure, ask).await) });
                continue;
            }
            Next::Wait { until } => until,
            Next::Over => break,
        };
        journal.commit()?;
        let pause = wait.map(|until| Duration::from_millis(until.saturating_sub(now())));
        tokio::select! {
            joined = under_way.join_next(), if !under_way.is_empty() => {
                let Some(Ok((step, said))) = joined else {
                    return Err(Failure::failed("a request ended without an answer"));
                };
                match said {
                    Said::Answer(answer) => {
                        if let Some(ended) = run.answered(step, answer, now(), journal)? {
                            teller.ended(&ended)?;
                        }
                    }
                    Said::TurnedAway(why) => {
                        run.turned_away(step, journal)?;
                        if matches!(outcome, Outcome::Over) {
                            outcome = Outcome::TurnedAway(Box::new(why));
                        }
                    }
                }
            }
            () = sleep(pause.unwrap_or_default()), if pause.is_some() => {}
            () = sleep_until(until.unwrap_or(began)), if until.is_some() && patience.is_none() => {
                run.stop(Stopped::Asked);
                outcome = Outcome::Bound("--until");
                patience = Some(Instant::now() + PATIENCE);
            }
            asked = stops.next() => {
                outcome = Outcome::Stopped(asked);
                if run.stopped().is_some() && patience.is_some() {
                    break;
                }
                run.stop(Stopped::Asked);
                patience = Some(Instant::now() + PATIENCE);
                teller.stopping(run.flying());
            }
            () = sleep_until(patience.unwrap_or(began)), if patience.is_some() => break,
        }
    }
    journal.commit()?;
    teller.over();
    Ok(outcome)
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
