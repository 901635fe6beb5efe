//! What searches see where they lag behind the writes: the contacts as they were a while ago.
//!
//! The index is a copy of the contacts, and every edit of them, each made to the copy when it is old enough.
//! It exists only while there is a lag.

use std::collections::VecDeque;
use std::time::Duration;

use super::Contacts;
use super::contacts::Edit;
use crate::clock::{Clock, Moment};

/// The contacts as they were a while ago.
#[derive(Debug)]
pub(super) struct Index {
    clock: Clock,
    lag: Duration,
    seen: Contacts,
    /// Not seen yet, with the time at which they were made; oldest first.
    unseen: VecDeque<(Moment, Edit)>,
}

impl Index {
    /// All that there is is seen.
    pub(super) fn new(seen: Contacts, clock: Clock) -> Self {
        Self {
            clock,
            lag: Duration::ZERO,
            seen,
            unseen: VecDeque::new(),
        }
    }

    /// An index of other contacts that lags as this one does.
    pub(super) fn restarted(&self, seen: Contacts) -> Self {
        let mut index = Self::new(seen, self.clock.clone());
        index.lag = self.lag;
        index
    }

    pub(super) fn contacts(&self) -> &Contacts {
        &self.seen
    }

    pub(super) fn lag(&self) -> Duration {
        self.lag
    }

    pub(super) fn set_lag(&mut self, lag: Duration) {
        self.lag = lag;
    }

    pub(super) fn set_case_sensitive(&mut self, case_sensitive: bool) {
        self.seen.set_case_sensitive(case_sensitive);
    }

    /// Takes note of an edit that is made now.
    pub(super) fn note(&mut self, edit: Edit) {
        self.unseen.push_back((self.clock.moment(), edit));
    }

    /// Makes the edits that are due.
    pub(super) fn refresh(&mut self) {
        let now = self.clock.moment();
        let lag = i64::try_from(self.lag.as_millis()).unwrap_or(i64::MAX);
        while let Some((made, edit)) = self.unseen.pop_front() {
            if made.plus_ms(lag) > now {
                self.unseen.push_front((made, edit));
                return;
            }
            self.seen.apply(edit);
        }
    }
}
