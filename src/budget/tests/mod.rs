//! How a budget behaves towards its callers, told at a desk where callers ask
//! and answers come in.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod believing;
mod giving_up;
mod keys;
mod learning;
mod refusing;
mod sharing;
mod waiting;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep};

use super::story::IDLE;
use super::*;
use crate::clock::Clock;

/// On the server's clock.
const NOON: u64 = 1_795_435_200;
const ONE_O_CLOCK: u64 = NOON + 3_600;
const LATENCY: Duration = Duration::from_millis(100);
const PATIENT: Duration = Duration::from_secs(7_200);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// It is noon when it is made; from then on it follows tokio's clock.
#[derive(Debug)]
struct Noon(Instant);

impl Clock for Noon {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + secs(NOON) + self.0.elapsed()
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

/// A budget and its callers, at noon.
#[derive(Clone)]
struct Desk {
    budget: Budget,
    clock: Arc<Noon>,
}

impl Desk {
    fn new() -> Self {
        Self {
            budget: Budget::new(),
            clock: Arc::new(Noon(Instant::now())),
        }
    }

    /// A desk that knows: so many left until one o'clock.
    async fn knowing(remaining: u32) -> Self {
        let desk = Self::new();
        desk.observe()
            .await
            .answered(&left(remaining), Meaning::Success);
        desk
    }

    async fn ask(
        &self,
        pacing: Pacing,
        priority: Priority,
        max_wait: Duration,
    ) -> Result<Permit, LimitReached> {
        let asked = self.ask_with("key", pacing, priority, max_wait).await;
        asked.map_err(|refused| match refused {
            Refused::Limit(limit) => limit,
            Refused::Key { .. } => panic!("{refused:?}"),
        })
    }

    /// The same with an API key that may have been refused.
    async fn ask_with(
        &self,
        key: &str,
        pacing: Pacing,
        priority: Priority,
        max_wait: Duration,
    ) -> Result<Permit, Refused> {
        let request = PermitRequest {
            pacing,
            priority,
            max_wait,
            key: KeyName::of(key),
            clock: &*self.clock,
            on_wait: &mut |_| {},
        };
        self.budget.acquire(request).await
    }

    /// A permit that the budget has no say in.
    async fn observe(&self) -> Permit {
        self.ask(Pacing::Off, Priority::Bulk, PATIENT)
            .await
            .unwrap()
    }

    async fn burst(&self, priority: Priority) -> Result<Permit, LimitReached> {
        self.ask(Pacing::Burst, priority, PATIENT).await
    }

    fn spawn(
        &self,
        pacing: Pacing,
        priority: Priority,
    ) -> JoinHandle<Result<Permit, LimitReached>> {
        let desk = self.clone();
        tokio::spawn(async move { desk.ask(pacing, priority, PATIENT).await })
    }

    fn is_idle(&self) -> bool {
        format!("{:?}", self.budget).ends_with(IDLE)
    }

    fn remaining(&self) -> Option<u32> {
        self.budget.state().remaining
    }

    /// The date in so many seconds.
    fn date_in(&self, seconds: u64) -> SystemTime {
        self.clock.now() + secs(seconds)
    }

    fn date(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + secs(seconds)
    }
}

fn headers(pairs: &[(&'static str, u64)]) -> HeaderMap {
    pairs
        .iter()
        .map(|&(name, value)| (name.parse().unwrap(), value.into()))
        .collect()
}

/// An answer that says so many are left until one o'clock.
fn left(remaining: u32) -> HeaderMap {
    left_until(remaining, ONE_O_CLOCK)
}

fn left_until(remaining: u32, reset: u64) -> HeaderMap {
    headers(&[
        ("x-ratelimit-limit", 3_600),
        ("x-ratelimit-remaining", remaining.into()),
        ("x-ratelimit-reset", reset),
    ])
}

fn quota(remaining: u32) -> HeaderMap {
    let mut headers = left(3_000);
    headers.insert("x-monthly-limit", 100_000.into());
    headers.insert("x-monthly-remaining", remaining.into());
    headers
}

/// A 429 of this kind that asks for so many seconds.
fn limited(throttle: Throttle, seconds: u64) -> Meaning {
    Meaning::Limited {
        throttle,
        retry_after: Some(secs(seconds)),
    }
}

/// A 429 of this kind that says nothing of a wait.
fn limited_somehow(throttle: Throttle) -> Meaning {
    Meaning::Limited {
        throttle,
        retry_after: None,
    }
}

/// Lets every task run that can.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

fn count_done<T>(tasks: &[JoinHandle<T>]) -> usize {
    tasks.iter().filter(|task| task.is_finished()).count()
}
