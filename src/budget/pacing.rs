//! How fast the requests that are left may be spent: a pure function of what
//! is left, until when, and who asks.

use std::time::Duration;

/// How the requests that are left in the account's hour are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pacing {
    /// Evenly until the hour ends, less what other programs on the account are
    /// seen to take: about one request a second when the whole hour is left,
    /// a few at once after a pause. Uses the hour and is hardly ever turned
    /// away. For bulk work.
    Even,
    /// At once, until only the reserve is left, the last hundredth of the hour:
    /// that is spread evenly. For calls that somebody waits for, and for jobs
    /// that fit into the hour.
    Burst,
    /// Nobody waits and nothing is refused here; the server may do both. What
    /// the answers tell about the budget is still learned.
    Off,
}

/// Who goes first, and how deep into the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Somebody waits for it: goes before bulk work and may spend the last
    /// hundredth of the hour, the reserve.
    Interactive,
    /// Goes after interactive calls and leaves the reserve to them.
    Bulk,
}

/// So many requests may follow each other at once after a pause.
pub(super) const RUN: u32 = 10;

/// What is known of the window when somebody asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prospect {
    pub(super) limit: u32,
    /// Requests left, those under way counted as spent.
    pub(super) left: u32,
    /// What other programs are expected to take until the reset.
    pub(super) others: u32,
    pub(super) until_reset: Duration,
    /// All requests come back at the reset; otherwise one by one until then.
    pub(super) fixed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// At once.
    Free,
    /// One in this time.
    Every(Duration),
    /// Nothing before the reset.
    Closed,
}

/// The last hundredth of the hour: what bulk work leaves to interactive calls,
/// and what another program may take between two of our answers without making
/// us ask once too often.
pub(super) fn reserve(limit: u32) -> u32 {
    (limit / 100).clamp(1, 100)
}

pub(super) fn pace(prospect: Prospect, pacing: Pacing, priority: Priority) -> Pace {
    let Prospect {
        limit,
        left,
        until_reset,
        others,
        fixed,
    } = prospect;
    let reserve = reserve(limit);
    if pacing == Pacing::Off || (pacing == Pacing::Burst && left > reserve) {
        return Pace::Free;
    }
    if !fixed {
        // All that was spent is back by the reset, so this pace holds for ever.
        let sustained = until_reset / limit.saturating_sub(reserve).max(1);
        let slower = if left < reserve {
            reserve.div_ceil(left.max(1))
        } else {
            1
        };
        return Pace::Every(sustained * slower);
    }
    let spendable = match priority {
        Priority::Interactive => left,
        Priority::Bulk => {
            let ours = left.saturating_sub(reserve);
            // Others get what they took so far, but never more than half.
            ours.saturating_sub(others).max(ours.div_ceil(2))
        }
    };
    match spendable {
        0 => Pace::Closed,
        _ => Pace::Every(until_reset / spendable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTES_30: Duration = Duration::from_secs(1_800);

    fn left(left: u32) -> Prospect {
        Prospect {
            limit: 3_600,
            left,
            until_reset: MINUTES_30,
            others: 0,
            fixed: true,
        }
    }

    fn moving(left: u32) -> Prospect {
        Prospect {
            fixed: false,
            ..self::left(left)
        }
    }

    fn every(seconds: u64) -> Pace {
        Pace::Every(Duration::from_secs(seconds))
    }

    #[test]
    fn even_spreads_what_is_left_but_the_reserve() {
        assert_eq!(pace(left(936), Pacing::Even, Priority::Bulk), every(2));
        assert_eq!(pace(left(37), Pacing::Even, Priority::Bulk), every(1_800));
        assert_eq!(pace(left(36), Pacing::Even, Priority::Bulk), Pace::Closed);
        assert_eq!(
            pace(left(900), Pacing::Even, Priority::Interactive),
            every(2)
        );
        assert_eq!(
            pace(left(1), Pacing::Even, Priority::Interactive),
            every(1_800)
        );
        assert_eq!(
            pace(left(0), Pacing::Even, Priority::Interactive),
            Pace::Closed
        );
    }

    #[test]
    fn even_leaves_others_what_they_take_but_never_more_than_half() {
        let shared = |others| Prospect {
            others,
            ..left(1_236)
        };
        assert_eq!(pace(shared(300), Pacing::Even, Priority::Bulk), every(2));
        assert_eq!(pace(shared(600), Pacing::Even, Priority::Bulk), every(3));
        assert_eq!(pace(shared(9_000), Pacing::Even, Priority::Bulk), every(3));
    }

    #[test]
    fn burst_is_free_down_to_the_reserve_which_bulk_leaves_alone() {
        assert_eq!(pace(left(37), Pacing::Burst, Priority::Bulk), Pace::Free);
        assert_eq!(
            pace(left(37), Pacing::Burst, Priority::Interactive),
            Pace::Free
        );
        assert_eq!(pace(left(36), Pacing::Burst, Priority::Bulk), Pace::Closed);
        assert_eq!(
            pace(left(36), Pacing::Burst, Priority::Interactive),
            every(50)
        );
    }

    #[test]
    fn off_never_waits() {
        assert_eq!(pace(left(0), Pacing::Off, Priority::Bulk), Pace::Free);
    }

    #[test]
    fn where_requests_come_back_one_by_one_they_are_spent_as_they_come() {
        let sustained = MINUTES_30 / (3_600 - 36);
        assert_eq!(
            pace(moving(3_600), Pacing::Even, Priority::Bulk),
            Pace::Every(sustained)
        );
        assert_eq!(
            pace(moving(36), Pacing::Even, Priority::Bulk),
            Pace::Every(sustained)
        );
        assert_eq!(
            pace(moving(18), Pacing::Even, Priority::Bulk),
            Pace::Every(sustained * 2)
        );
        assert_eq!(
            pace(moving(0), Pacing::Burst, Priority::Bulk),
            Pace::Every(sustained * 36)
        );
    }

    #[test]
    fn the_reserve_is_a_hundredth_within_bounds() {
        assert_eq!([0, 60, 3_600, u32::MAX].map(reserve), [1, 1, 36, 100]);
        let nothing = Prospect {
            limit: 0,
            left: 0,
            ..moving(0)
        };
        assert_eq!(pace(nothing, Pacing::Even, Priority::Bulk), every(1_800));
    }
}
