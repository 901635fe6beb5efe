//! Models of what the server may do. Which kind of window it keeps is not
//! documented, so there is one of each kind in use.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;

/// Requests an hour.
pub(super) const LIMIT: u32 = 3_600;
pub(super) const HOUR: Duration = Duration::from_secs(3_600);

/// What becomes of one request, in the server's own time since 1970.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub(super) accepted: bool,
    left: u32,
    reset: Duration,
    /// When it came, and when the next request would be accepted, if this one wasn't.
    came: Duration,
    free_at: Duration,
}

impl Answer {
    /// How long the server asks to wait, in whole seconds, if it refused.
    pub(super) fn retry_after(self) -> Option<Duration> {
        let wait = self.free_at.saturating_sub(self.came).as_secs_f64().ceil();
        (!self.accepted).then(|| Duration::from_secs_f64(wait))
    }
}

pub(super) trait Server: Send {
    fn handle(&mut self, now: Duration) -> Answer;

    /// What the headers of an answer written now say.
    fn headers(&self, answer: Answer, now: Duration) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-limit", LIMIT.into());
        headers.insert("x-ratelimit-remaining", answer.left.into());
        headers.insert("x-ratelimit-reset", answer.reset.as_secs().into());
        let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + now);
        headers.insert(DATE, date.parse().unwrap());
        headers
    }
}

/// All requests of a clock hour; all back at the full hour.
#[derive(Default)]
pub(super) struct FixedWindow {
    pub(super) hour: u64,
    pub(super) used: u32,
}

impl Server for FixedWindow {
    fn handle(&mut self, now: Duration) -> Answer {
        let hour = now.as_secs() / HOUR.as_secs();
        if hour != self.hour {
            *self = Self { hour, used: 0 };
        }
        let reset = HOUR * u32::try_from(hour + 1).unwrap();
        let accepted = self.used < LIMIT;
        self.used += u32::from(accepted);
        Answer {
            accepted,
            left: LIMIT - self.used,
            reset,
            came: now,
            free_at: reset,
        }
    }
}

/// What a sliding window may call its reset.
#[derive(Clone, Copy)]
pub(super) enum SlidingReset {
    /// The next request that comes back.
    Next,
    /// When all are back, if no more come.
    Clear,
}

/// All requests of the last sixty minutes; each comes back an hour later.
pub(super) struct SlidingWindow {
    pub(super) log: VecDeque<Duration>,
    pub(super) reset: SlidingReset,
}

impl Server for SlidingWindow {
    fn handle(&mut self, now: Duration) -> Answer {
        while self.log.front().is_some_and(|&oldest| oldest + HOUR <= now) {
            self.log.pop_front();
        }
        let limit = usize::try_from(LIMIT).unwrap();
        let accepted = self.log.len() < limit;
        if accepted {
            self.log.push_back(now);
        }
        let left = u32::try_from(limit - self.log.len()).unwrap();
        let next = *self.log.front().unwrap() + HOUR;
        let reset = match self.reset {
            SlidingReset::Next => next,
            SlidingReset::Clear => *self.log.back().unwrap() + HOUR,
        };
        Answer {
            accepted,
            left,
            reset,
            came: now,
            free_at: next,
        }
    }
}

/// A bucket of `LIMIT` tokens that fills in an hour; its reset is when it is
/// full.
pub(super) struct TokenBucket {
    /// When the bucket will be full: all there is to know.
    pub(super) full_at: Duration,
}

impl Server for TokenBucket {
    fn handle(&mut self, now: Duration) -> Answer {
        let token = HOUR / LIMIT;
        let full_at = self.full_at.max(now) + token;
        let accepted = full_at <= now + HOUR;
        if accepted {
            self.full_at = full_at;
        }
        let room = (now + HOUR).saturating_sub(self.full_at).as_nanos() / token.as_nanos();
        let left = u32::try_from(room).unwrap();
        Answer {
            accepted,
            left,
            reset: self.full_at,
            came: now,
            free_at: full_at.saturating_sub(HOUR),
        }
    }
}

/// Counts like another server and says nothing about it but in a `Retry-After`.
pub(super) struct Silent<S>(pub(super) S);

impl<S: Server> Server for Silent<S> {
    fn handle(&mut self, now: Duration) -> Answer {
        self.0.handle(now)
    }

    fn headers(&self, answer: Answer, now: Duration) -> HeaderMap {
        let mut headers = self.0.headers(answer, now);
        for name in [
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
        ] {
            headers.remove(name);
        }
        headers
    }
}

/// Counts like another server but writes something else for the reset.
pub(super) struct Misdated<S> {
    pub(super) server: S,
    pub(super) reset: fn(Duration) -> String,
}

impl<S: Server> Server for Misdated<S> {
    fn handle(&mut self, now: Duration) -> Answer {
        self.server.handle(now)
    }

    fn headers(&self, answer: Answer, now: Duration) -> HeaderMap {
        let mut headers = self.server.headers(answer, now);
        headers.insert("x-ratelimit-reset", (self.reset)(now).parse().unwrap());
        headers
    }
}
