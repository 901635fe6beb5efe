//! What makes the calls of one client: the way out that clones share, and how the calls are made.

use std::{fmt, sync::Arc, time::Duration};

use progenitor_client::ResponseValue;
use tokio::time::timeout;

use crate::{
    Error, raw,
    settle::Looks,
    transport::{Answered, Call, CallOptions, Shared, time_until},
    wire::Again,
};

/// What a client and each of its resources ask with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: CallOptions,
}

impl Caller {
    /// The same with at most so many attempts.
    pub(crate) fn with_attempts(&self, attempts: u32) -> Self {
        let mut caller = self.clone();
        caller.options.policy = self.options.policy.max_attempts(attempts);
        caller
    }

    pub(crate) fn call(&self) -> Call {
        Call::begin(&self.shared, self.options)
    }

    /// Asks by a method of the generated client.
    ///
    /// The future owns what it needs, so that calls can be put together and awaited later.
    pub(crate) fn ask<T, R, F>(
        &self,
        request: R,
    ) -> impl Future<Output = Result<T, Error>> + use<T, R, F>
    where
        T: Again,
        R: FnOnce(raw::Client) -> F,
        F: Future<Output = Answered<T>>,
    {
        let answer = self.call().ask(request);
        async move { answer.await.map(ResponseValue::into_inner) }
    }

    /// The same for the requests of one call that begins now: one deadline for all of them.
    pub(crate) fn begun(&self) -> Self {
        let mut caller = self.clone();
        caller.options.deadline = self.options.deadline();
        caller
    }

    /// Whether a [begun](Self::begun) call has time for a wait of this length, and for more after it.
    pub(crate) fn has_time_for(&self, wait: Duration) -> bool {
        time_until(self.options.deadline).is_none_or(|left| wait < left)
    }

    /// Repeated looks of a [begun](Self::begun) call for what a search that lags may not show yet.
    pub(crate) fn looks(&self) -> Looks {
        let clock = Arc::clone(&self.shared.clock);
        Looks::begin(self.options.policy, clock, self.options.deadline)
    }

    /// Whether the service's clock is surely past that time since 1970; none where too little is known of it.
    pub(crate) fn service_is_past(&self, time: Duration) -> Option<bool> {
        self.shared.budget.service_is_past(time)
    }

    /// Waits for something within a [begun](Self::begun) call; none where its deadline comes first.
    pub(crate) async fn in_time<T>(&self, wait: impl Future<Output = T>) -> Option<T> {
        match time_until(self.options.deadline) {
            None => Some(wait.await),
            Some(left) => timeout(left, wait).await.ok(),
        }
    }

    /// The policy's backoff after so many rounds of a call that takes several requests.
    pub(crate) fn backoff(&self, round: u32) -> Duration {
        self.options
            .policy
            .backoff(round, self.shared.clock.jitter())
    }

    /// How many bytes one element of a stream may hold.
    pub(crate) fn max_element(&self) -> usize {
        self.shared.bounds.body / 4
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}
