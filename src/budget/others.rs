//! What other programs take from the account's hour: what it shrinks by beyond
//! our own requests.

use std::time::Duration;

use super::moment::{HOUR, Moment};

/// How long the pace of other programs must be watched to be believed as much
/// as what was known of it before.
const WATCH: u64 = 5 * 60;

/// What other programs took from this window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Others {
    since: Moment,
    /// What was left then.
    left: u32,
    /// Our own requests answered since.
    ours: u32,
    /// What they took an hour in the windows before.
    hourly_before: u64,
    hourly: u64,
}

impl Others {
    /// Nothing was seen of them: so many are left now.
    pub(super) fn unwatched(left: u32, now: Moment) -> Self {
        Self {
            since: now,
            left,
            ours: 0,
            hourly_before: 0,
            hourly: 0,
        }
    }

    /// Another window begins.
    pub(super) fn in_next_window(self, left: u32, now: Moment) -> Self {
        Self {
            hourly_before: self.hourly,
            hourly: self.hourly,
            ..Self::unwatched(left, now)
        }
    }

    /// One of our own requests was answered.
    pub(super) fn count_ours(&mut self) {
        self.ours = self.ours.saturating_add(1);
    }

    /// So many are left now, with so many of our requests under way.
    pub(super) fn watch(self, left: u32, in_flight: u32, now: Moment) -> Self {
        let taken = self
            .left
            .saturating_sub(left)
            .saturating_sub(self.ours)
            .saturating_sub(in_flight);
        let watched = now.since(self.since).as_secs();
        let seen = u64::from(taken) * HOUR.as_secs() + self.hourly_before.saturating_mul(WATCH);
        Self {
            hourly: seen / watched.saturating_add(WATCH),
            ..self
        }
    }

    /// What they will take in that time, going by what they took.
    pub(super) fn expected_in(&self, time: Duration) -> u32 {
        let expected = self.hourly.saturating_mul(time.as_secs()) / HOUR.as_secs();
        u32::try_from(expected).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_took_in_one_hour_counts_at_the_beginning_of_the_next() {
        let begin = Moment::default();
        let half = HOUR / 2;
        let busy = Others::unwatched(1_000, begin).watch(400, 0, begin + half);
        assert_eq!(busy.expected_in(HOUR), 1_028);
        let second = Duration::from_secs(1);
        let next = busy.in_next_window(1_000, begin + HOUR);
        let quiet = next.watch(1_000, 0, begin + HOUR + second);
        assert_eq!(quiet.expected_in(HOUR), 1_024);
        // By the end of the hour what was seen of it counts for more.
        let later = next.watch(1_000, 0, begin + HOUR + half);
        assert_eq!(later.expected_in(HOUR), 146);
    }
}
