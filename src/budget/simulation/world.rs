//! Workers, other programs and a server in virtual time, and the count of
//! what the server let through.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::servers::{Answer, HOUR, LIMIT, Server};
use crate::budget::{Budget, KeyName, Meaning, Pacing, Permit, PermitRequest, Priority, Throttle};
use crate::clock::Clock;

/// The hour in which every story begins, counted from 1970.
pub(super) const FIRST_HOUR: u64 = 498_732;

/// So far the server's clock is ahead of this machine's.
const SKEW: Duration = Duration::from_millis(2_700);

/// A small, fast, seeded generator (splitmix64): runs repeat exactly.
#[derive(Clone, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Evenly from `low..high`, in milliseconds.
    pub(super) fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(low + self.next() % (high - low))
    }

    /// The time to the next of events that come `per_second`, at random.
    fn exponential(&mut self, per_second: f64) -> Duration {
        let unit = (f64::from(u32::try_from(self.next() >> 32).unwrap()) + 1.0) / 4_294_967_297.0;
        Duration::from_secs_f64(-unit.ln() / per_second)
    }
}

/// This machine's clock: follows tokio's.
#[derive(Debug)]
pub(super) struct VirtualClock {
    began: Instant,
    date: Duration,
}

impl VirtualClock {
    fn since_1970(&self) -> Duration {
        self.date + self.began.elapsed()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.since_1970()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// Another program on the account, which sends without a look at any header.
#[derive(Clone, Copy, Debug)]
pub(super) enum Other {
    Nobody,
    Steady { per_second: f64 },
    Poisson { per_second: f64 },
    Bursts { of: u32, every: Duration },
}

/// What the server saw in one of its hours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hour {
    pub(super) ours: u32,
    pub(super) theirs: u32,
    pub(super) refused_us: u32,
    pub(super) refused_them: u32,
}

impl Hour {
    pub(super) fn used(&self) -> f64 {
        f64::from(self.ours + self.theirs) / f64::from(LIMIT)
    }
}

/// One world: cloned handles see the same one.
#[derive(Clone)]
pub(super) struct World {
    server: Arc<Mutex<Box<dyn Server>>>,
    hours: Arc<Mutex<BTreeMap<u64, Hour>>>,
    pub(super) clock: Arc<VirtualClock>,
}

#[derive(Clone, Copy, PartialEq)]
enum Sender {
    Us,
    Them,
}

impl World {
    /// A world in which it is so many seconds past a full hour.
    pub(super) fn new(second: u64, server: impl Server + 'static) -> Self {
        let date = Duration::from_secs(FIRST_HOUR * 3_600 + second);
        Self {
            server: Arc::new(Mutex::new(Box::new(server))),
            hours: Arc::default(),
            clock: Arc::new(VirtualClock {
                began: Instant::now(),
                date,
            }),
        }
    }

    fn handle(&self, sender: Sender) -> (Answer, Option<HeaderMap>) {
        let now = self.clock.since_1970() + SKEW;
        let mut server = self.server.lock().unwrap();
        let answer = server.handle(now);
        let headers = (sender == Sender::Us).then(|| server.headers(answer, now));
        let mut hours = self.hours.lock().unwrap();
        let hour = hours.entry(now.as_secs() / HOUR.as_secs()).or_default();
        let count = match (sender, answer.accepted) {
            (Sender::Us, true) => &mut hour.ours,
            (Sender::Us, false) => &mut hour.refused_us,
            (Sender::Them, true) => &mut hour.theirs,
            (Sender::Them, false) => &mut hour.refused_them,
        };
        *count += 1;
        (answer, headers)
    }

    /// One attempt with a permit: 60 to 200 ms there and back. Whether the
    /// server accepted it.
    pub(super) async fn attempt(&self, permit: Permit, dice: &mut Dice) -> bool {
        sleep(dice.millis(30, 100)).await;
        let (answer, headers) = self.handle(Sender::Us);
        sleep(dice.millis(30, 100)).await;
        let meaning = match answer.retry_after() {
            None => Meaning::Success,
            retry_after => Meaning::Limited {
                throttle: Throttle::Hourly,
                retry_after,
            },
        };
        permit.answered(&headers.unwrap(), meaning);
        answer.accepted
    }

    /// One call, tried until the server accepts it; how long it waited.
    pub(super) async fn call(
        &self,
        budget: &Budget,
        (pacing, priority): (Pacing, Priority),
        dice: &mut Dice,
    ) -> Duration {
        let mut waited = Duration::ZERO;
        loop {
            let began = Instant::now();
            let request = PermitRequest {
                pacing,
                priority,
                max_wait: 2 * HOUR,
                key: KeyName::of("key"),
                clock: &*self.clock,
                on_wait: &mut |_| {},
            };
            let permit = budget.acquire(request).await.unwrap();
            waited += began.elapsed();
            if self.attempt(permit, dice).await {
                return waited;
            }
        }
    }

    /// `calls` calls by as many workers as there are budgets named; returns
    /// when all are done.
    pub(super) async fn work(
        &self,
        budgets: impl IntoIterator<Item = Budget>,
        options: (Pacing, Priority),
        calls: u32,
    ) {
        let left = Arc::new(Mutex::new(calls));
        let mut workers = JoinSet::new();
        for (seed, budget) in (1_u64..).zip(budgets) {
            let (world, left) = (self.clone(), Arc::clone(&left));
            workers.spawn(async move {
                let mut dice = Dice(seed);
                let take = || {
                    let mut left = left.lock().unwrap();
                    left.checked_sub(1).map(|less| *left = less)
                };
                while take().is_some() {
                    world.call(&budget, options, &mut dice).await;
                }
            });
        }
        workers.join_all().await;
    }

    /// Lets another program send until the set is dropped.
    #[must_use = "the other program stops when this is dropped"]
    pub(super) fn disturb(&self, other: Other) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let world = self.clone();
        tasks.spawn(async move {
            let mut dice = Dice(4_711);
            loop {
                let (pause, requests) = match other {
                    Other::Nobody => return,
                    Other::Steady { per_second } => (Duration::from_secs_f64(1.0 / per_second), 1),
                    Other::Poisson { per_second } => (dice.exponential(per_second), 1),
                    Other::Bursts { of, every } => (every, of),
                };
                sleep(pause).await;
                for _ in 0..requests {
                    world.handle(Sender::Them);
                }
            }
        });
        tasks
    }

    /// Every hour of the story, the partial ones at both ends included.
    pub(super) fn hours(&self) -> Vec<Hour> {
        self.hours.lock().unwrap().values().copied().collect()
    }

    /// The hours that the story covers from beginning to end.
    pub(super) fn full_hours(&self) -> Vec<Hour> {
        let mut hours = self.hours();
        hours.pop();
        hours.into_iter().skip(1).collect()
    }
}
