//! The lines in which calls wait for a permit, and the waiting. Callers look
//! for themselves at what is known of the account; whoever learns something new
//! wakes them.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use tokio::sync::{Mutex as Line, MutexGuard as LineGuard, Notify};
use tokio::time::{Instant, timeout_at};

use super::account::Account;
use super::calls::{CallCounter, CountedCall};
use super::decision::{Decision, Question};
use super::limit_headers::LimitHeaders;
use super::meaning::{Meaning, Throttle};
use super::moment::{Moment, Timeline};
use super::names::KeyName;
use super::pacing::{Pacing, Priority};
use super::slot::Slot;
use super::state::BudgetState;
use crate::{Error, clock::Clock};

/// A call that asks for a permit.
pub(crate) struct PermitRequest<'a> {
    pub(crate) pacing: Pacing,
    pub(crate) priority: Priority,
    pub(crate) max_wait: Duration,
    /// The API key that the request will carry.
    pub(crate) key: KeyName,
    pub(crate) clock: &'a dyn Clock,
    /// Hears until when the call waits, and again when that becomes later: the
    /// earliest time possible, as other calls may be first in line.
    pub(crate) on_wait: &'a mut (dyn FnMut(SystemTime) + Send),
}

/// Why a request may not be sent.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A limit asks for a longer wait than is allowed.
    Limit(LimitReached),
    /// The service refused the API key this long ago, with this answer.
    Key {
        ago: Duration,
        answer: Option<Arc<Error>>,
    },
}

/// A limit that asks for a longer wait than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LimitReached {
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
    _call: CountedCall,
    slot: Option<Slot>,
}

/// What all handles of a budget share.
#[derive(Default)]
pub(super) struct Shared {
    account: Mutex<Account>,
    /// Begins when the first call asks.
    timeline: OnceLock<Timeline>,
    /// Something happened that may let a waiting call go.
    changed: Notify,
    calls: CallCounter,
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

/// A later end of a wait is worth telling when it is later by this much.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// When a call that stands in line looks whether it still has time to: first after this, then each time after twice
/// as long, as many may stand there and for hours.
const SHORTEST_LOOK: Duration = Duration::from_secs(1);
const LONGEST_LOOK: Duration = Duration::from_secs(60 * 60);

/// Waits until a request may be sent.
pub(super) async fn acquire(
    shared: &Arc<Shared>,
    request: PermitRequest<'_>,
) -> Result<Permit, Refused> {
    let call = shared.calls.count(request.priority);
    let mut caller = Caller {
        timeline: shared.timeline(request.clock),
        request,
        told: None,
    };
    let _head = match shared.line(caller.request.pacing, caller.request.priority) {
        Some(line) => Some(caller.stand_in_line(shared, line).await?),
        None => None,
    };
    let slot = caller.wait_at_head(shared).await?;
    Ok(Permit {
        shared: Arc::clone(shared),
        _call: call,
        slot: Some(slot),
    })
}

/// A call on its way to a permit.
struct Caller<'a> {
    request: PermitRequest<'a>,
    timeline: Timeline,
    /// Until when it was told to wait.
    told: Option<Moment>,
}

impl Caller<'_> {
    fn now(&self) -> Moment {
        self.timeline.moment(Instant::now())
    }

    fn question(&self, now: Moment) -> Question {
        Question {
            now,
            pacing: self.request.pacing,
            priority: self.request.priority,
            key: self.request.key,
        }
    }

    /// The account, told what time it is.
    fn account<'shared>(
        &self,
        shared: &'shared Shared,
        now: Moment,
    ) -> MutexGuard<'shared, Account> {
        let mut account = shared.lock();
        account.tell_time(now, self.request.clock.now());
        account
    }

    /// Waits until the calls that came before have left.
    async fn stand_in_line<'line>(
        &mut self,
        shared: &Shared,
        line: &'line Line<()>,
    ) -> Result<LineGuard<'line, ()>, Refused> {
        if let Ok(head) = line.try_lock() {
            return Ok(head);
        }
        let mut head = pin!(line.lock());
        let mut look_again = self.request.max_wait.clamp(SHORTEST_LOOK, LONGEST_LOOK);
        loop {
            // The head may have more patience than this call.
            let now = self.now();
            let decision = self.account(shared, now).decide(self.question(now));
            self.follow(shared, decision, now)?;
            if let Ok(head) = timeout_at(Instant::now() + look_again, head.as_mut()).await {
                return Ok(head);
            }
            look_again = (look_again * 2).min(LONGEST_LOOK);
        }
    }

    /// Waits until the account lets the call go.
    async fn wait_at_head(&mut self, shared: &Shared) -> Result<Slot, Refused> {
        let since = self.now();
        let mut waiting = None;
        loop {
            // Made before it looks: no change from here on is missed, though it is awaited later.
            let changed = shared.changed.notified();

            let now = self.now();
            let decision = {
                let mut account = self.account(shared, now);
                let decision = account.decide(self.question(now));
                if let Decision::Go(slot) = decision {
                    account.begin(slot);
                    return Ok(slot);
                }
                decision
            };
            let until = self.follow(shared, decision, since)?;
            if self.request.priority == Priority::Interactive && waiting.is_none() {
                waiting = Some(Waiting::begin(shared, self.request.pacing));
            }
            match until {
                // Either way there is something new to look at.
                Some(until) => drop(timeout_at(self.timeline.instant(until), changed).await),
                None => changed.await,
            }
        }
    }

    /// When to look again; or the refusal, when that is too late for a call
    /// that has waited `since` then.
    fn follow(
        &mut self,
        shared: &Shared,
        decision: Decision,
        since: Moment,
    ) -> Result<Option<Moment>, Refused> {
        let date = |moment| shared.lock().date(moment);
        match decision {
            Decision::Go(_) => Ok(None),
            Decision::Hold { until } => Ok(until),
            Decision::Refuse { limit, until } => Err(Refused::Limit(LimitReached {
                limit,
                retry_at: until.and_then(date),
            })),
            Decision::RefuseKey { at } => Err(Refused::Key {
                ago: self.now().since(at),
                answer: shared.lock().refused_keys.answer(self.request.key),
            }),
            Decision::Wait { until, limit } if until.since(since) > self.request.max_wait => {
                Err(Refused::Limit(LimitReached {
                    limit,
                    retry_at: date(until),
                }))
            }
            Decision::Wait { until, .. } => {
                let news = self.told.is_none_or(|told| until > told + WORTH_TELLING);
                if let Some(date) = date(until).filter(|_| news) {
                    self.told = Some(until);
                    (self.request.on_wait)(date);
                }
                Ok(Some(until))
            }
        }
    }
}

impl Permit {
    /// Hands the permit back with the answer and learns from it.
    ///
    /// Any answer counts, an error too; the body need not have been read. Where a limit
    /// turned the request away: until when it keeps others away, if that is known.
    pub(crate) fn answered(mut self, headers: &HeaderMap, meaning: Meaning) -> Option<SystemTime> {
        let slot = self.slot.take()?;
        self.shared.end(slot, |account, now| {
            let throttle = meaning.throttle();
            account.learn(slot, now, LimitHeaders::of(headers), meaning);
            account.date(account.shut_until(throttle?)?)
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.shared.end(slot, |_, _| ());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timeline(&self, clock: &dyn Clock) -> Timeline {
        *self
            .timeline
            .get_or_init(|| Timeline::beginning(Instant::now(), clock.now()))
    }

    /// A call is over, and this is learned from it.
    fn end<T>(&self, slot: Slot, learn: impl FnOnce(&mut Account, Moment) -> T) -> T {
        let now = self
            .timeline
            .get()
            .map_or(slot.sent, |timeline| timeline.moment(Instant::now()));
        let mut account = self.lock();
        account.end(slot);
        let learned = learn(&mut account, now);
        drop(account);
        self.changed.notify_waiters();
        learned
    }

    /// Whether the service's clock is surely past that time since 1970.
    pub(super) fn service_is_past(&self, time: Duration) -> Option<bool> {
        let now = self.timeline.get()?.moment(Instant::now());
        self.lock().clock.is_past(time, now)
    }

    /// What is known now.
    pub(super) fn state(&self) -> BudgetState {
        self.timeline
            .get()
            .map(|timeline| self.lock().state(timeline.moment(Instant::now())))
            .unwrap_or_default()
    }

    /// Whether anything is known that a later call should go by.
    pub(super) fn matters(&self) -> bool {
        self.timeline
            .get()
            .is_some_and(|timeline| self.lock().matters(timeline.moment(Instant::now())))
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

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("state", &self.state())
            .field("calls", &self.calls.calls())
            .field("busy", &self.lock().busy())
            .finish_non_exhaustive()
    }
}
