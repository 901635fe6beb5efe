//! The account's budget: how many requests are left, learned from every
//! answer, and who may spend them when. Callers ask for a permit before each
//! attempt and hand it back with the answer. What is known and what follows
//! from it is the account's (`account`, pure); here are the handle, the lines
//! in which calls wait, and the waiting. No task runs in the background, and
//! nothing is sent from here.

mod account;
mod meaning;
mod pacing;
mod reading;
mod server_clock;
mod window;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use tokio::sync::{Mutex as Line, MutexGuard as LineGuard, Notify};
use tokio::time::{Instant, timeout_at};

use self::account::{Account, Leave, Turn};
pub(crate) use self::meaning::{Meaning, Throttle};
pub use self::pacing::{Pacing, Priority};
use self::reading::Reading;
use crate::clock::Clock;

/// An account's requests: so many an hour, so many a billing period, shared by
/// everything that uses the account.
///
/// A handle is cheap to clone, and all clones are one budget. Clients of the
/// same account in the same process share one without being told to; give them
/// one explicitly where the account can't be recognised, as with two API keys
/// of one account.
///
/// What is left is learned from the headers of every answer (documented:
/// `X-RateLimit-Limit`, `-Remaining`, `-Reset`, `X-Monthly-Limit`,
/// `-Remaining`), so other programs on the account are noticed.
///
/// ```
/// use benchmark_email::Budget;
///
/// let budget = Budget::new();
/// let same = budget.clone();
/// assert_eq!(same.state().remaining, None); // no answer seen yet
/// ```
#[derive(Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

/// What the latest answers told about a [`Budget`]. `None` is unknown: no
/// answer said so yet, or the hour it spoke of is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetState {
    /// Requests the account may send an hour.
    pub limit: Option<u32>,
    /// Requests left in this hour.
    pub remaining: Option<u32>,
    /// When the hour ends, on this machine's clock.
    pub resets_at: Option<SystemTime>,
    /// Requests the account may send in a billing period.
    pub quota_limit: Option<u32>,
    /// Requests left in this billing period.
    pub quota_remaining: Option<u32>,
}

/// A limit that asks for a longer wait than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Which limit.
    pub(crate) limit: Throttle,
    /// When it ends, on this machine's clock, if that is known.
    pub(crate) retry_at: Option<SystemTime>,
}

/// Leave to send one request. Dropping it unanswered gives its place back.
#[must_use = "a permit that is dropped gives its place back"]
#[derive(Debug)]
pub(crate) struct Permit {
    shared: Arc<Shared>,
    leave: Option<Leave>,
}

#[derive(Default)]
struct Shared {
    account: Mutex<Account>,
    /// Something happened that may let a waiting call go.
    changed: Notify,
    even: Lines,
    burst: Lines,
}

/// First come, first served. Whoever holds the lock is at the head of the line
/// and watches the account; it guards no data and keeps no answer from being
/// learned. A call that is dropped leaves its line, wherever it stands.
#[derive(Default)]
struct Lines {
    interactive: Line<()>,
    bulk: Line<()>,
}

/// One call's wish for a permit.
struct Wish<'a> {
    pacing: Pacing,
    priority: Priority,
    max_wait: Duration,
    clock: &'a dyn Clock,
    on_wait: &'a mut (dyn FnMut(SystemTime) + Send),
    told: Option<Instant>,
}

/// A later end of a wait is worth telling when it is later by this much.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// How often a call that stands in line looks whether it still has time to.
const SHORTEST_LOOK: Duration = Duration::from_secs(1);
const LONGEST_LOOK: Duration = Duration::from_secs(60 * 60);

impl Budget {
    /// A budget of its own, of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shared: Arc::default(),
        }
    }

    /// The budget of this account in this process: the same for the same names,
    /// for as long as anybody holds it.
    pub(crate) fn shared(base_url: &str, account: &str) -> Self {
        type Known = HashMap<(String, String), Weak<Shared>>;
        static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, shared| shared.strong_count() > 0);
        let name = (base_url.to_owned(), account.to_owned());
        if let Some(shared) = known.get(&name).and_then(Weak::upgrade) {
            return Self { shared };
        }
        let budget = Self::new();
        known.insert(name, Arc::downgrade(&budget.shared));
        budget
    }

    /// What is known of the budget now.
    #[must_use]
    pub fn state(&self) -> BudgetState {
        self.shared.lock().state(Instant::now())
    }

    /// Waits until a request may be sent.
    ///
    /// `on_wait` hears until when, and again when it becomes later: the
    /// earliest time possible, as other calls may be first in line.
    ///
    /// # Errors
    ///
    /// [`Refused`] as soon as the account's limits ask for a wait that ends
    /// later than `max_wait` from now. Standing in line behind this process's
    /// own calls doesn't count, nor does waiting for one of their answers.
    pub(crate) async fn acquire(
        &self,
        pacing: Pacing,
        priority: Priority,
        max_wait: Duration,
        clock: &dyn Clock,
        mut on_wait: impl FnMut(SystemTime) + Send,
    ) -> Result<Permit, Refused> {
        let on_wait = &mut on_wait;
        let mut wish = Wish {
            pacing,
            priority,
            max_wait,
            clock,
            on_wait,
            told: None,
        };
        let _head = match self.shared.line(pacing, priority) {
            Some(line) => Some(self.stand_in_line(line, &mut wish).await?),
            None => None,
        };
        self.wait_at_head(&mut wish).await
    }

    /// Waits until the calls that came before have left.
    async fn stand_in_line<'line>(
        &self,
        line: &'line Line<()>,
        wish: &mut Wish<'_>,
    ) -> Result<LineGuard<'line, ()>, Refused> {
        if let Ok(head) = line.try_lock() {
            return Ok(head);
        }
        let mut head = pin!(line.lock());
        loop {
            // The head may have more patience than this call.
            let now = Instant::now();
            let turn = self
                .shared
                .account(now, wish)
                .turn(now, wish.pacing, wish.priority);
            self.shared.heed(turn, now, wish)?;
            let look_again = now + wish.max_wait.clamp(SHORTEST_LOOK, LONGEST_LOOK);
            if let Ok(head) = timeout_at(look_again, head.as_mut()).await {
                return Ok(head);
            }
        }
    }

    /// Waits until the account lets the call go.
    async fn wait_at_head(&self, wish: &mut Wish<'_>) -> Result<Permit, Refused> {
        let shared = &*self.shared;
        let since = Instant::now();
        let mut waiting = None;
        loop {
            // Made before it looks: no change from here on is missed, though it is awaited later.
            let changed = shared.changed.notified();

            let now = Instant::now();
            let turn = {
                let mut account = shared.account(now, wish);
                let turn = account.turn(now, wish.pacing, wish.priority);
                if let Turn::Go(leave) = turn {
                    account.depart(leave);
                    return Ok(Permit {
                        shared: Arc::clone(&self.shared),
                        leave: Some(leave),
                    });
                }
                turn
            };
            let until = shared.heed(turn, since, wish)?;
            if wish.priority == Priority::Interactive && waiting.is_none() {
                waiting = Some(Waiting::begin(shared, wish.pacing));
            }
            match until {
                // Either way there is something new to look at.
                Some(until) => drop(timeout_at(until, changed).await),
                None => changed.await,
            }
        }
    }
}

impl Permit {
    /// Hands the permit back with the answer and learns from it.
    ///
    /// Any answer counts, an error too; the body need not have been read.
    pub(crate) fn answered(mut self, headers: &HeaderMap, meaning: Meaning) {
        let Some(leave) = self.leave.take() else {
            return;
        };
        let now = Instant::now();
        {
            let mut account = self.shared.lock();
            account.arrive(leave);
            if meaning != Meaning::Foreign {
                account.learn(leave.sent, now, Reading::of(headers), meaning);
            }
        }
        self.shared.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            self.shared.lock().arrive(leave);
            self.shared.changed.notify_waiters();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account, told what time it is.
    fn account(&self, now: Instant, wish: &Wish<'_>) -> MutexGuard<'_, Account> {
        let mut account = self.lock();
        account.tell_time(now, wish.clock.now());
        account
    }

    fn line(&self, pacing: Pacing, priority: Priority) -> Option<&Line<()>> {
        let lines = match pacing {
            Pacing::Even => &self.even,
            Pacing::Burst => &self.burst,
            Pacing::Off => return None,
        };
        Some(match priority {
            Priority::Interactive => &lines.interactive,
            Priority::Bulk => &lines.bulk,
        })
    }

    /// When to look again; or the refusal, when that is too late for a call
    /// that has waited `since` then.
    fn heed(
        &self,
        turn: Turn,
        since: Instant,
        wish: &mut Wish<'_>,
    ) -> Result<Option<Instant>, Refused> {
        let date = |moment| self.lock().date(moment);
        match turn {
            Turn::Go(_) => Ok(None),
            Turn::Hold { until } => Ok(until),
            Turn::Refuse { limit, until } => Err(Refused {
                limit,
                retry_at: until.and_then(date),
            }),
            Turn::Wait { until, limit } if until - since > wish.max_wait => Err(Refused {
                limit,
                retry_at: date(until),
            }),
            Turn::Wait { until, .. } => {
                let news = wish.told.is_none_or(|told| until > told + WORTH_TELLING);
                if let Some(date) = date(until).filter(|_| news) {
                    wish.told = Some(until);
                    (wish.on_wait)(date);
                }
                Ok(Some(until))
            }
        }
    }
}

/// An interactive call that waits: bulk work of the same pacing lets it go
/// first. Ends when the call leaves, is refused or is dropped.
struct Waiting<'a> {
    shared: &'a Shared,
    pacing: Pacing,
}

impl<'a> Waiting<'a> {
    fn begin(shared: &'a Shared, pacing: Pacing) -> Self {
        shared.lock().wait_begins(pacing);
        Self { shared, pacing }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.lock().wait_ends(self.pacing);
        self.shared.changed.notify_waiters();
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Budget").field(&self.state()).finish()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Whether the answer tells anything of the account's limits.
pub(crate) fn has_limit_headers(headers: &HeaderMap) -> bool {
    Reading::of(headers).tells_limits()
}

/// `X-Monthly-Remaining`: requests left in the billing period.
pub(crate) fn quota_remaining(headers: &HeaderMap) -> Option<u32> {
    Reading::of(headers).quota_remaining
}
