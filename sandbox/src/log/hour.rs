//! How much was asked in each minute of the last hour, by the sandbox's clock.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clock::Moment;

const MINUTES: i64 = 60;

/// The minutes in which something was asked; of the last hour only.
#[derive(Debug, Default)]
pub(super) struct Hour(BTreeMap<i64, Minute>);

/// One minute.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Minute {
    /// When it began.
    pub(crate) at: Moment,
    pub(crate) requests: u64,
    /// Those that were answered 429.
    pub(crate) too_many: u64,
    /// What the account had left in the hour after the last of them that had a good key.
    pub(crate) left: Option<u64>,
}

impl Hour {
    /// A request arrived. Minutes that are over, or not yet there after a clock was set back, go.
    pub(super) fn arrived(&mut self, at: Moment) {
        let now = minute(at);
        self.0
            .retain(|minute, _| (now - MINUTES..=now).contains(minute));
        let new = Minute {
            at: at.minute(),
            requests: 0,
            too_many: 0,
            left: None,
        };
        self.0.entry(now).or_insert(new).requests += 1;
    }

    /// A request that arrived then was answered 429.
    pub(super) fn refused(&mut self, arrived: Moment) {
        if let Some(minute) = self.0.get_mut(&minute(arrived)) {
            minute.too_many += 1;
        }
    }

    /// After a request that arrived then so many were left.
    pub(super) fn left(&mut self, arrived: Moment, left: u64) {
        if let Some(minute) = self.0.get_mut(&minute(arrived)) {
            minute.left = Some(left);
        }
    }

    /// Oldest first.
    pub(super) fn until(&self, now: Moment) -> Vec<Minute> {
        let now = minute(now);
        let last_hour = self.0.range(now - MINUTES + 1..=now);
        last_hour.map(|(_, minute)| *minute).collect()
    }
}

fn minute(at: Moment) -> i64 {
    at.unix_seconds().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_200_000_000 + seconds)
    }

    #[test]
    fn each_minute_counts_its_own_and_an_hour_later_it_is_gone() {
        let mut hour = Hour::default();
        for seconds in [0, 59, 60] {
            hour.arrived(at(seconds));
        }
        hour.refused(at(59));
        hour.left(at(60), 7);
        let seen = |now| {
            let minutes = hour.until(at(now)).into_iter();
            minutes
                .map(|m| (m.at, m.requests, m.too_many, m.left))
                .collect::<Vec<_>>()
        };
        let (first, second) = ((at(0), 2, 1, None), (at(60), 1, 0, Some(7)));
        assert_eq!(seen(60), [first, second]);
        assert_eq!(seen(3600), [second]);
        assert_eq!(seen(3660), []);
        // A clock set back shows nothing of what is to come.
        assert_eq!(seen(0), [first]);
    }

    #[test]
    fn no_more_than_an_hour_is_kept() {
        let mut hour = Hour::default();
        for minute in (0..500).chain((0..500).rev()) {
            hour.arrived(at(minute * 60));
        }
        assert!(hour.0.len() <= 61, "{}", hour.0.len());
    }
}
