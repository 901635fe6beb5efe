//! How many calls of this process wait for the account or work on it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::line::Shared;
use super::pacing::Priority;

/// How many calls wait for a permit or for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    /// Calls that somebody waits for.
    pub(crate) interactive: u32,
    /// Calls of bulk work.
    pub(crate) bulk: u32,
}

#[derive(Debug, Default)]
pub(super) struct CallCounter {
    interactive: AtomicU32,
    bulk: AtomicU32,
}

impl CallCounter {
    pub(super) fn calls(&self) -> Calls {
        Calls {
            interactive: self.interactive.load(Ordering::Relaxed),
            bulk: self.bulk.load(Ordering::Relaxed),
        }
    }

    fn of(&self, priority: Priority) -> &AtomicU32 {
        match priority {
            Priority::Interactive => &self.interactive,
            Priority::Bulk => &self.bulk,
        }
    }
}

/// A call that is counted, until it is dropped.
#[derive(Debug)]
pub(super) struct CountedCall {
    pub(super) shared: Arc<Shared>,
    priority: Priority,
}

impl CountedCall {
    pub(super) fn begin(shared: &Arc<Shared>, priority: Priority) -> Self {
        shared.calls.of(priority).fetch_add(1, Ordering::Relaxed);
        Self {
            shared: Arc::clone(shared),
            priority,
        }
    }
}

impl Drop for CountedCall {
    fn drop(&mut self) {
        let calls = self.shared.calls.of(self.priority);
        calls.fetch_sub(1, Ordering::Relaxed);
    }
}
