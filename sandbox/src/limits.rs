//! How many requests an account has left, in the hour and in the month, and the headers that say so.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::answer::Refusal;
use crate::clock::Moment;
use crate::rules::Rule;

const HOUR: i64 = 3600;
const PERIOD: i64 = 30 * 24 * HOUR;

/// An account's two counters.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    hourly: Counter,
    monthly: Counter,
}

#[derive(Clone, Copy, Debug)]
struct Counter {
    /// The limit of this window. Only what was set as left can make it other than the usual.
    limit: u64,
    usual: u64,
    used: u64,
    length: i64,
    /// `None`: the window begins with the next request.
    ends: Option<Moment>,
}

/// What is left after a request, as the headers show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    pub(crate) hourly_limit: u64,
    pub(crate) hourly: u64,
    pub(crate) hourly_reset: Moment,
    pub(crate) monthly_limit: u64,
    pub(crate) monthly: u64,
    pub(crate) monthly_reset: Moment,
}

impl Limits {
    pub(crate) fn new(hourly: u64, monthly: u64, now: Moment) -> Self {
        let monthly_ends = Some(now.plus_seconds(PERIOD));
        Self {
            hourly: Counter {
                limit: hourly,
                usual: hourly,
                used: 0,
                length: HOUR,
                ends: None,
            },
            monthly: Counter {
                limit: monthly,
                usual: monthly,
                used: 0,
                length: PERIOD,
                ends: monthly_ends,
            },
        }
    }

    /// Nothing used, and both windows anew.
    pub(crate) fn reset(&mut self, now: Moment) {
        *self = Self::new(self.hourly.usual, self.monthly.usual, now);
    }

    /// Counts one request, or refuses it without counting.
    pub(crate) fn take(&mut self, now: Moment) -> Result<Left, Refusal> {
        self.roll(now);
        if self.monthly.left() == 0 {
            let wait = now.seconds_until(self.monthly.reset(now));
            return Err(Refusal::too_many(
                Rule::MonthlyQuota,
                "Monthly API quota exceeded.",
                wait,
            ));
        }
        if self.hourly.left() == 0 {
            let wait = now.seconds_until(self.hourly.reset(now));
            let message = format!("Rate limit exceeded. Retry after {wait} seconds.");
            return Err(Refusal::too_many(Rule::HourlyLimit, message, wait));
        }
        self.hourly.begin(now);
        self.hourly.used += 1;
        self.monthly.used += 1;
        Ok(self.shown(now))
    }

    pub(crate) fn left(&mut self, now: Moment) -> Left {
        self.roll(now);
        self.shown(now)
    }

    /// Sets the limits, for good. As many requests stay used.
    pub(crate) fn set_limits(&mut self, hourly: Option<u64>, monthly: Option<u64>, now: Moment) {
        self.roll(now);
        for (counter, limit) in [(&mut self.hourly, hourly), (&mut self.monthly, monthly)] {
            if let Some(limit) = limit {
                counter.limit = limit;
                counter.usual = limit;
            }
        }
    }

    /// Sets how many requests are left. Where that is more than the limit, the limit grows for this window.
    pub(crate) fn set_left(&mut self, hourly: Option<u64>, monthly: Option<u64>, now: Moment) {
        self.roll(now);
        self.hourly.begin(now);
        for (counter, left) in [(&mut self.hourly, hourly), (&mut self.monthly, monthly)] {
            if let Some(left) = left {
                counter.limit = counter.limit.max(left);
                counter.used = counter.limit - left;
            }
        }
    }

    fn shown(&self, now: Moment) -> Left {
        Left {
            hourly_limit: self.hourly.limit,
            hourly: self.hourly.left(),
            hourly_reset: self.hourly.reset(now),
            monthly_limit: self.monthly.limit,
            monthly: self.monthly.left(),
            monthly_reset: self.monthly.reset(now),
        }
    }

    fn roll(&mut self, now: Moment) {
        for counter in [&mut self.hourly, &mut self.monthly] {
            if counter
                .ends
                .is_some_and(|ends| now < ends.plus_seconds(-counter.length))
            {
                // The clock was set back to before the window began.
                counter.end(None);
            }
        }
        if self.hourly.ends.is_some_and(|ends| ends <= now) {
            self.hourly.end(None);
        }
        self.monthly.begin(now);
        while let Some(ends) = self.monthly.ends.filter(|ends| *ends <= now) {
            self.monthly.end(Some(ends.plus_seconds(PERIOD)));
            // At the end of the clock's range a period can't end later.
            if self.monthly.ends == Some(ends) {
                break;
            }
        }
    }
}

impl Counter {
    fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// The window is over; the next one ends then.
    fn end(&mut self, next: Option<Moment>) {
        self.used = 0;
        self.limit = self.usual;
        self.ends = next;
    }

    fn begin(&mut self, now: Moment) {
        self.ends
            .get_or_insert_with(|| now.plus_seconds(self.length));
    }

    fn reset(&self, now: Moment) -> Moment {
        self.ends.unwrap_or_else(|| now.plus_seconds(self.length))
    }
}

impl Left {
    /// `X-RateLimit-*`.
    pub(crate) fn hourly_headers(&self, headers: &mut HeaderMap) {
        let reset = u64::try_from(self.hourly_reset.unix_seconds()).unwrap_or(0);
        put(headers, "x-ratelimit-limit", self.hourly_limit);
        put(headers, "x-ratelimit-remaining", self.hourly);
        put(headers, "x-ratelimit-reset", reset);
    }

    /// `X-Monthly-*`.
    pub(crate) fn monthly_headers(&self, headers: &mut HeaderMap) {
        put(headers, "x-monthly-limit", self.monthly_limit);
        put(headers, "x-monthly-remaining", self.monthly);
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: u64) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000_000 + seconds)
    }

    #[test]
    fn the_hour_begins_with_the_first_request_and_ends_an_hour_later() {
        let mut limits = Limits::new(2, 100, at(0));
        assert_eq!(limits.take(at(10)).unwrap().hourly, 1);
        assert_eq!(limits.take(at(20)).unwrap().hourly, 0);
        let refusal = limits.take(at(3565)).unwrap_err();
        assert_eq!(refusal.retry_after, Some(45));
        assert!(
            String::from_utf8_lossy(&refusal.envelope())
                .contains("Rate limit exceeded. Retry after 45 seconds.")
        );
        assert_eq!(limits.take(at(3610)).unwrap().hourly, 1);
    }

    #[test]
    fn more_left_than_the_limit_holds_for_this_window_only() {
        let mut limits = Limits::new(2, 10, at(0));
        limits.set_left(Some(50), Some(80), at(0));
        let left = limits.left(at(1));
        assert_eq!((left.hourly, left.hourly_limit), (50, 50));
        let left = limits.left(at(3600));
        assert_eq!((left.hourly, left.hourly_limit), (2, 2));
        assert_eq!((left.monthly, left.monthly_limit), (80, 80));
        limits.reset(at(3600));
        assert_eq!(limits.left(at(3600)).monthly_limit, 10);
    }

    #[test]
    fn a_limit_that_was_set_stays_and_so_does_what_is_used() {
        let mut limits = Limits::new(2, 10, at(0));
        limits.take(at(0)).unwrap();
        limits.set_limits(Some(5), None, at(1));
        assert_eq!(limits.left(at(1)).hourly, 4);
        limits.reset(at(1));
        assert_eq!(limits.left(at(1)).hourly, 5);
    }

    #[test]
    fn a_refused_request_costs_nothing() {
        let mut limits = Limits::new(1, 100, at(0));
        limits.take(at(0)).unwrap();
        limits.take(at(1)).unwrap_err();
        assert_eq!(limits.left(at(1)).monthly, 99);
    }

    #[test]
    fn a_clock_set_back_begins_both_windows_anew() {
        let mut limits = Limits::new(1, 2, at(0));
        limits.take(at(0)).unwrap();
        let back = -400 * 24 * 3600;
        let left = limits.take(at(back)).unwrap();
        assert_eq!((left.hourly, left.monthly), (0, 1));
        assert_eq!(left.hourly_reset, at(back + HOUR));
        assert_eq!(left.monthly_reset, at(back + PERIOD));
        limits.take(at(back + 10)).unwrap_err();
        assert_eq!(limits.take(at(back + HOUR)).unwrap().monthly, 0);
        assert_eq!(limits.take(at(back + PERIOD)).unwrap().monthly, 1);
    }

    #[test]
    fn the_quota_returns_with_the_next_period() {
        let mut limits = Limits::new(100, 1, at(0));
        limits.take(at(0)).unwrap();
        let refusal = limits.take(at(0)).unwrap_err();
        assert_eq!(refusal.retry_after, Some(30 * 24 * 3600));
        assert_eq!(limits.take(at(65 * 24 * 3600)).unwrap().monthly, 0);
    }
}
