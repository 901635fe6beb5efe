//! How many calls of this process wait for the account or work on it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::pacing::Priority;

/// How many calls wait for a permit or for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    /// Calls that somebody waits for.
    pub(crate) interactive: u32,
    /// Calls of bulk work.
    pub(crate) bulk: u32,
}

/// Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct CallCounter {
    interactive: Arc<AtomicU32>,
    bulk: Arc<AtomicU32>,
}

impl CallCounter {
    pub(super) fn calls(&self) -> Calls {
        Calls {
            interactive: self.interactive.load(Ordering::Relaxed),
            bulk: self.bulk.load(Ordering::Relaxed),
        }
    }

    /// Another call begins.
    pub(super) fn count(&self, priority: Priority) -> CountedCall {
        let counter = match priority {
            Priority::Interactive => &self.interactive,
            Priority::Bulk => &self.bulk,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        CountedCall(Arc::clone(counter))
    }
}

/// A call that is counted, until it is dropped.
#[derive(Debug)]
pub(super) struct CountedCall(Arc<AtomicU32>);

impl Drop for CountedCall {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
