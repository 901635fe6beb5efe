//! Stories of one account, made of bytes: callers who come, wait, leave and are
//! given up, answers that say anything, clocks that somebody sets. Whatever
//! happens, nothing panics, nobody is told to wait for longer than one answer is
//! believed, nobody waits for longer once the story is over, and nothing of a
//! call is left behind. Told by `proptest` in the tests, and by the fuzz target
//! `budget`, which takes in this file as it is.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue};
use tokio::{
    task::{JoinHandle, yield_now},
    time::{Instant, sleep, timeout},
};

use crate::{
    Error, ErrorKind,
    budget::{
        Budget, KeyName, Meaning, Pacing, Permit, PermitRequest, Priority, Refused, Throttle,
    },
    clock::Clock,
};

/// How the `Debug` of a budget ends of which no call is left.
pub(crate) const IDLE: &str = "calls: Calls { interactive: 0, bulk: 0 }, busy: 0, .. }";

const NOON: u64 = 1_795_435_200;
const HOUR: u64 = 3_600;
const MONTH: u64 = 31 * 24 * HOUR;

/// The server may have rounded the reset down by up to a second.
const AN_HOUR: Duration = Duration::from_secs(HOUR + 1);

/// An answer that is awaited holds others back for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes as choices; when they are used up, the first of everything.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                first
            }
            None => 0,
        }
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()].clone()
    }

    /// Once in four times.
    fn rarely(&mut self) -> bool {
        self.byte().is_multiple_of(4)
    }

    /// One of these, or anything.
    fn number(&mut self, likely: &[u64]) -> u64 {
        match usize::from(self.byte()) {
            place if place < likely.len() * 8 => likely[place % likely.len()],
            _ => u64::from_le_bytes([0; 8].map(|_: u8| self.byte())),
        }
    }
}

/// This machine's clock, which somebody may set.
#[derive(Debug)]
struct SetClock(Mutex<(SystemTime, Instant)>);

impl SetClock {
    fn set(&self, date: SystemTime) {
        *self.0.lock().unwrap() = (date, Instant::now());
    }
}

impl Clock for SetClock {
    fn now(&self) -> SystemTime {
        let (date, since) = *self.0.lock().unwrap();
        date.checked_add(since.elapsed()).unwrap_or(date)
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

fn date(seconds: u64) -> SystemTime {
    let far = Duration::from_secs(seconds);
    SystemTime::UNIX_EPOCH
        .checked_add(far)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

struct Story {
    budget: Budget,
    clock: Arc<SetClock>,
    began: Instant,
    callers: Vec<JoinHandle<Result<Permit, Refused>>>,
    permits: Vec<Permit>,
}

/// Tells the story that these bytes are, and checks it.
pub(crate) fn tell(bytes: &[u8]) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(async {
            let mut story = Story::begin();
            let mut choices = Choices(bytes);
            while !choices.0.is_empty() {
                story.go_on(&mut choices).await;
            }
            story.end().await;
        });
}

impl Story {
    fn begin() -> Self {
        let began = Instant::now();
        Self {
            budget: Budget::new(),
            clock: Arc::new(SetClock(Mutex::new((date(NOON), began)))),
            began,
            callers: Vec::new(),
            permits: Vec::new(),
        }
    }

    async fn go_on(&mut self, choices: &mut Choices<'_>) {
        match choices.byte() % 8 {
            0 | 1 => self.call(choices),
            2..=4 => self.answer(choices),
            5 => {
                let seconds = [0, 1, 5, 11, 60, 600, HOUR, 30 * HOUR, MONTH];
                sleep(Duration::from_secs(choices.one_of(&seconds))).await;
            }
            6 if choices.rarely() => {
                let dates = [NOON, 0, NOON - HOUR, NOON + HOUR, NOON * 2, 253_402_300_799];
                self.clock.set(date(choices.one_of(&dates)));
            }
            6 if !self.permits.is_empty() => drop(self.permits.remove(0)),
            _ if !self.callers.is_empty() => {
                let place = usize::from(choices.byte()) % self.callers.len();
                self.callers.remove(place).abort();
            }
            _ => {}
        }
        self.settle().await;
    }

    /// Lets everybody act who can.
    async fn settle(&mut self) {
        for _ in 0..8 {
            yield_now().await;
        }
        for caller in std::mem::take(&mut self.callers) {
            if !caller.is_finished() {
                self.callers.push(caller);
                continue;
            }
            match caller.await {
                Ok(Ok(permit)) => self.permits.push(permit),
                Ok(Err(refused)) => self.check(&refused),
                Err(stopped) => assert!(stopped.is_cancelled(), "{stopped}"),
            }
        }
    }

    fn call(&mut self, choices: &mut Choices<'_>) {
        let pacing = choices.one_of(&[Pacing::Even, Pacing::Burst, Pacing::Off]);
        let priority = choices.one_of(&[Priority::Bulk, Priority::Interactive]);
        let waits = [
            Duration::MAX,
            Duration::ZERO,
            Duration::from_secs(120),
            AN_HOUR,
        ];
        let max_wait = choices.one_of(&waits);
        let key = KeyName::of(choices.one_of(&["one", "other"]));
        let call = ask(
            self.budget.clone(),
            Arc::clone(&self.clock),
            pacing,
            priority,
            max_wait,
            key,
        );
        self.callers.push(tokio::spawn(call));
    }

    fn answer(&mut self, choices: &mut Choices<'_>) {
        if self.permits.is_empty() {
            return;
        }
        let place = usize::from(choices.byte()) % self.permits.len();
        let permit = self.permits.remove(place);
        let wait = choices.number(&[
            0,
            1,
            45,
            HOUR,
            HOUR + 1,
            MONTH + 1,
            99_999_999_999,
            u64::MAX,
        ]);
        let retry_after = (!choices.rarely()).then(|| Duration::from_secs(wait));
        let limited = |throttle| Meaning::Limited {
            throttle,
            retry_after,
        };
        let bad_key = Error::new(ErrorKind::Unauthorized, "");
        let meaning = choices.one_of(&[
            Meaning::Success,
            Meaning::Success,
            Meaning::Success,
            Meaning::Refusal,
            Meaning::Foreign,
            limited(Throttle::Hourly),
            limited(Throttle::MonthlyQuota),
            limited(Throttle::AuthenticationBlock),
            Meaning::BadKey(Arc::new(bad_key)),
        ]);
        permit.answered(&self.headers(choices), meaning);
    }

    fn headers(&self, choices: &mut Choices<'_>) -> HeaderMap {
        let now = NOON + self.began.elapsed().as_secs();
        let few = [3_600, 3_599, 37, 36, 1, 0, u64::from(u32::MAX), u64::MAX];
        let times = [
            now + 1_800,
            now,
            now + 1,
            now + 10,
            now + HOUR,
            now + 24 * HOUR,
            now.saturating_sub(1),
            now.saturating_sub(HOUR),
            0,
            now * 1_000,
            u64::MAX,
        ];
        let mut headers = HeaderMap::new();
        for (name, likely) in [
            ("x-ratelimit-limit", &few[..]),
            ("x-ratelimit-remaining", &few),
            ("x-ratelimit-reset", &times),
            ("x-monthly-limit", &few),
            ("x-monthly-remaining", &few),
        ] {
            if !choices.rarely() {
                headers.insert(name, choices.number(likely).into());
            }
        }
        // The last date that a header can hold.
        let written = choices.number(&times).min(253_402_300_799);
        let written = httpdate::fmt_http_date(date(written));
        headers.insert("date", HeaderValue::try_from(written).unwrap());
        headers
    }

    /// No refusal is for longer than what one answer is believed.
    fn check(&self, refused: &Refused) {
        let Refused::Limit(reached) = refused else {
            return;
        };
        let longest = match reached.limit {
            Throttle::Hourly | Throttle::AuthenticationBlock => AN_HOUR,
            Throttle::MonthlyQuota => Duration::from_secs(MONTH),
        };
        check_wait(&self.clock, reached.retry_at, longest);
    }

    /// When the last answer has come, everybody who asks gets a permit in time.
    async fn end(mut self) {
        for caller in self.callers.drain(..) {
            caller.abort();
        }
        self.permits.clear();
        for _ in 0..8 {
            yield_now().await;
        }
        for priority in [Priority::Bulk, Priority::Interactive] {
            for pacing in [Pacing::Even, Pacing::Burst, Pacing::Off] {
                self.last_call(pacing, priority).await;
            }
        }
        let end = format!("{:?}", self.budget);
        assert!(end.ends_with(IDLE), "{end}");
    }

    async fn last_call(&self, pacing: Pacing, priority: Priority) {
        // A key, a block and a quota may stand in the way, one after the other.
        for _ in 0..4 {
            let (budget, clock) = (self.budget.clone(), Arc::clone(&self.clock));
            let key = KeyName::of("one");
            let call = ask(budget, clock, pacing, priority, Duration::MAX, key);
            let asked = timeout(AN_HOUR + PATIENCE, call).await;
            let Err(refused) = asked.expect("nobody waits for longer than an hour") else {
                return;
            };
            self.check(&refused);
            sleep(Duration::from_secs(match refused {
                Refused::Key { .. } => 60,
                Refused::Limit(reached) => match reached.limit {
                    Throttle::MonthlyQuota => MONTH,
                    Throttle::AuthenticationBlock => HOUR,
                    Throttle::Hourly => panic!("it would have waited"),
                },
            }))
            .await;
        }
        panic!("nobody is let through: {:?}", self.budget);
    }
}

/// One call's way to its permit.
async fn ask(
    budget: Budget,
    clock: Arc<SetClock>,
    pacing: Pacing,
    priority: Priority,
    max_wait: Duration,
    key: KeyName,
) -> Result<Permit, Refused> {
    let mut on_wait = |until| check_wait(&clock, Some(until), AN_HOUR);
    let request = PermitRequest {
        pacing,
        priority,
        max_wait,
        key,
        clock: &*clock,
        on_wait: &mut on_wait,
    };
    budget.acquire(request).await
}

fn check_wait(clock: &SetClock, until: Option<SystemTime>, longest: Duration) {
    let now = clock.now();
    let wait = until.and_then(|until| until.duration_since(now).ok());
    assert!(wait.unwrap_or_default() <= longest, "{wait:?}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_story_ends_badly(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            super::tell(&bytes);
        }
    }

    #[test]
    fn a_call_may_stand_in_line_for_a_month() {
        super::tell(&[
            0, 12, 37, 2, 0, 91, 10, 0, 224, 0, 45, 45, 0, 18, 0, 0, 45, 4, 0, 0, 0, 15, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 65, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 55, 0, 0,
            0, 0, 9, 9, 9, 9, 9, 9, 125, 125, 125, 125, 125, 125, 125, 125, 125, 125, 125, 125,
            125, 10,
        ]);
    }

    #[test]
    fn overflow_is_checked() {
        let most = std::hint::black_box(u8::MAX);
        assert!(std::panic::catch_unwind(|| most + std::hint::black_box(1)).is_err());
    }
}
