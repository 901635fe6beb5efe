//! Sends what is next, and hears what came of it, until everything is done or somebody says stop.

use std::time::{Duration, SystemTime};

use benchmark_email::Client;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{
    outcome::Outcome,
    service::{self, Said},
    tell::Teller,
};
use crate::{
    interrupt::Stops,
    output::Failure,
    sync::apply::{Journal, Next, Run, Stopped},
};

/// So long what is in flight may take after being asked to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far a run may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) until: Option<Duration>,
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
    let until = bounds.until.map(|until| began + until);
    let mut under_way = JoinSet::new();
    let mut outcome = Outcome::Over;
    let mut patience: Option<Instant> = None;
    loop {
        let wait = match run.next(now(), journal)? {
            Next::Send { step, ask } => {
                journal.commit()?;
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
                outcome = Outcome::Late;
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
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}
