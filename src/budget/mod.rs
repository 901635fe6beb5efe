//! The account's budget: how many requests are left, learned from every
//! answer, and who may spend them when. Callers ask for a permit before each
//! attempt and hand it back with the answer. What is known and what follows
//! from it is pure (`account`, `decision`); `line` does the waiting. No task
//! runs in the background, and nothing is sent from here.

mod account;
mod calls;
mod closure;
mod decision;
mod keys;
mod limit_headers;
mod line;
mod meaning;
mod moment;
mod names;
mod others;
mod pacing;
mod registry;
mod server_clock;
mod sha256;
mod slot;
mod state;
mod window;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use self::limit_headers::LimitHeaders;
use self::line::Shared;
pub(crate) use self::line::{LimitReached, Permit, PermitRequest, Refused};
pub(crate) use self::meaning::{Meaning, Throttle};
pub(crate) use self::names::{AccountName, KeyName};
pub use self::pacing::{Pacing, Priority};
pub use self::state::BudgetState;

/// An account's requests: so many an hour, so many a billing period, shared by
/// everything that uses the account.
///
/// A handle is cheap to clone, and all clones are one budget. Clients of the
/// same account in the same process share one without being told to, also one
/// after the other: what was learned of an account is kept for as long as it
/// matters, until the hour ends, the quota is back, a block or a refused API key
/// may be tried again. Give them one explicitly where the account can't be
/// recognised, as with two API keys of one account.
///
/// What is left is learned from the headers of every answer (documented:
/// `X-RateLimit-Limit`, `-Remaining`, `-Reset`, `X-Monthly-Limit`,
/// `-Remaining`), so other programs on the account are noticed.
///
/// ```
/// use benchmark_email::budget::Budget;
///
/// let budget = Budget::new();
/// let same = budget.clone();
/// assert_eq!(same.state().remaining, None); // no answer seen yet
/// ```
#[derive(Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

impl Budget {
    /// A budget of its own, of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shared: Arc::default(),
        }
    }

    /// The budget of this account in this process, the same for the same account.
    pub(crate) fn of(account: AccountName) -> Self {
        Self {
            shared: registry::shared(account),
        }
    }

    /// What is known of the budget now.
    #[must_use]
    pub fn state(&self) -> BudgetState {
        self.shared.state()
    }

    /// Whether the service's clock is surely past that time since 1970; none where no answer told its time.
    pub(crate) fn service_is_past(&self, time: Duration) -> Option<bool> {
        self.shared.service_is_past(time)
    }

    /// Waits until a request may be sent.
    ///
    /// # Errors
    ///
    /// [`Refused`] as soon as the account's limits ask for a wait that ends
    /// later than `max_wait` from now. Standing in line behind this process's
    /// own calls doesn't count, nor does waiting for one of their answers.
    pub(crate) async fn acquire(&self, request: PermitRequest<'_>) -> Result<Permit, Refused> {
        line::acquire(&self.shared, request).await
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shared, f)
    }
}

/// Whether the answer tells anything of the account's limits.
pub(crate) fn has_limit_headers(headers: &HeaderMap) -> bool {
    LimitHeaders::of(headers).tells_limits()
}

/// `X-Monthly-Remaining`: requests left in the billing period.
pub(crate) fn quota_remaining(headers: &HeaderMap) -> Option<u32> {
    LimitHeaders::of(headers).quota_remaining
}
