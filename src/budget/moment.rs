//! Moments as dates. What is known of an account is dated, so that it can be
//! told to another process; how long something takes is measured on a clock
//! that nobody sets.

use std::{
    ops::{Add, Sub},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

/// The documented window, and how long one answer is believed.
pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);

/// A date on this process's [`Timeline`], as time since 1970. Arithmetic ends at
/// the first and last date instead of overflowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(Duration);

impl Moment {
    #[cfg(test)]
    pub(super) const fn at(since_1970: Duration) -> Self {
        Self(since_1970)
    }

    #[cfg(test)]
    pub(super) fn since_1970(self) -> Duration {
        self.0
    }

    /// How long it is after another moment; zero if it isn't.
    pub(super) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(earlier))
    }
}

/// Dates this process's monotonic clock: by this machine's date when the line
/// begins, and by elapsed time from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    began: Instant,
    date: Moment,
}

/// As far ahead as a timer can be set without overflow.
const FARTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

impl Timeline {
    pub(super) fn beginning(now: Instant, date: SystemTime) -> Self {
        Self {
            began: now,
            date: Moment(since_1970(date)),
        }
    }

    pub(super) fn moment(&self, instant: Instant) -> Moment {
        self.date + instant.saturating_duration_since(self.began)
    }

    /// For a timer: the beginning, for what came before it.
    pub(super) fn instant(&self, moment: Moment) -> Instant {
        self.began + moment.since(self.date).min(FARTHEST)
    }
}

pub(super) fn since_1970(date: SystemTime) -> Duration {
    date.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(1_795_435_200);

    #[test]
    fn a_moment_is_a_date_and_comes_back_as_an_instant() {
        let began = Instant::now();
        let line = Timeline::beginning(began, SystemTime::UNIX_EPOCH + NOON);
        assert_eq!(line.moment(began), Moment::at(NOON));
        let later = began + Duration::from_millis(1_500);
        let moment = line.moment(later);
        assert_eq!(moment, Moment::at(NOON + Duration::from_millis(1_500)));
        assert_eq!(line.instant(moment), later);
        assert_eq!(moment.since(Moment::at(NOON)).as_millis(), 1_500);
        assert_eq!(Moment::at(NOON).since(moment), Duration::ZERO);
    }

    #[test]
    fn nothing_overflows() {
        let began = Instant::now();
        let line = Timeline::beginning(began, SystemTime::UNIX_EPOCH - NOON);
        let end = Moment::at(Duration::MAX);
        assert_eq!(end + NOON, end);
        assert_eq!(Moment::default() - NOON, Moment::default());
        assert!(line.instant(end) > began + NOON / 10);
        assert_eq!(line.instant(Moment::default()), began);
        assert_eq!(line.moment(began - NOON / 1_000_000), Moment::default());
    }
}
