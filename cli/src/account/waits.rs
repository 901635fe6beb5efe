//! What the program waits for, told while it waits; and how many requests it made.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use benchmark_email::observe::{Attempt, Observer, Wait, WaitReason};

use crate::output::{Output, clock_on_the_wall};

/// Shorter waits are nobody's business.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// How many requests went out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    all: Arc<AtomicU64>,
    repeats: Arc<AtomicU64>,
}

impl Requests {
    /// All of them.
    pub(crate) fn all(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }

    /// Those that were sent once more.
    pub(crate) fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }
}

/// Tells of waits on stderr, and counts requests.
#[derive(Debug)]
pub(super) struct Waits {
    pub(super) output: Output,
    pub(super) requests: Requests,
}

impl Observer for Waits {
    fn attempt_started(&self, attempt: &Attempt) {
        self.requests.all.fetch_add(1, Ordering::Relaxed);
        if attempt.number > 1 {
            self.requests.repeats.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn waiting(&self, wait: &Wait) {
        let left = wait
            .until
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        if left < WORTH_TELLING {
            return;
        }
        let what = match wait.reason {
            WaitReason::Budget => "the account's requests of this hour are used up",
            _ => "the last attempt failed",
        };
        let until = clock_on_the_wall(wait.until);
        self.output.note(&format!(
            "Waiting {} s, until {until}: {what}.",
            left.as_secs()
        ));
    }
}
