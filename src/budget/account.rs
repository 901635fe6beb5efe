//! Everything known of one account's limits, and how answers change it. Pure:
//! no waiting, no locks, no clock of its own.

use std::time::{Duration, SystemTime};

use super::closure::{Closure, ClosureState};
use super::keys::RefusedKeys;
use super::limit_headers::LimitHeaders;
use super::meaning::{Meaning, Throttle};
use super::moment::{HOUR, Moment, since_1970};
use super::pacing::Pacing;
use super::server_clock::{Dated, ServerClock};
use super::slot::Slot;
use super::state::BudgetState;
use super::window::{LIMIT, Sighting, Window};

/// How long a 429 closes the hour when neither it nor the reset says, and a
/// block the account.
const UNSAID: Duration = Duration::from_secs(60);

/// However soon a 429 says to come back, nobody does before this.
const SHORTEST_CLOSURE: Duration = Duration::from_secs(1);

/// How often one call looks whether a used-up quota is back, when no answer
/// said when it will be.
const QUOTA_LOOK: Duration = Duration::from_secs(10 * 60);

/// No billing period is longer.
const LONGEST_PERIOD: Duration = Duration::from_secs(31 * 24 * 60 * 60);

#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) clock: ServerClock,
    /// This machine's date at some moment, to tell moments as dates.
    wall: Option<(Moment, SystemTime)>,
    window: Option<Window>,
    /// Successes come without rate limit headers.
    headerless: bool,
    closed: Option<Closure>,
    blocked: Option<Closure>,
    quota: Option<Quota>,
    pub(super) refused_keys: RefusedKeys,
    pub(super) in_flight: u32,
    pub(super) unseen: Unseen,
    /// When the last paced call was due.
    pub(super) last_due: Option<Moment>,
    waiting_even: u32,
    waiting_burst: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Quota {
    limit: Option<u32>,
    pub(super) remaining: u32,
    seen: Moment,
    back_at: Option<Moment>,
}

impl Quota {
    /// When somebody may look whether a used-up quota is back.
    pub(super) fn look(&self) -> Moment {
        self.back_at.unwrap_or(self.seen + QUOTA_LOOK)
    }

    /// When it is back, if an answer said so.
    pub(super) fn back_at(&self) -> Option<Moment> {
        self.back_at
    }
}

/// Calls that left while nothing was known of the hour.
#[derive(Debug, Default)]
pub(super) struct Unseen {
    pub(super) in_flight: u32,
    pub(super) last_left: Option<Moment>,
}

impl Account {
    pub(super) fn tell_time(&mut self, now: Moment, wall: SystemTime) {
        self.wall = Some((now, wall));
        self.clock.assume(now, since_1970(wall));
    }

    /// A call leaves.
    pub(super) fn begin(&mut self, slot: Slot) {
        self.in_flight = self.in_flight.saturating_add(1);
        if slot.unseen {
            self.unseen.in_flight = self.unseen.in_flight.saturating_add(1);
            self.unseen.last_left = Some(slot.sent);
        }
        if slot.due.is_some() {
            self.last_due = slot.due;
        }
        if slot.probes_key {
            self.refused_keys.probe(slot.key, slot.sent);
        }
    }

    /// The call is over, with or without an answer.
    pub(super) fn end(&mut self, slot: Slot) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if slot.unseen {
            self.unseen.in_flight = self.unseen.in_flight.saturating_sub(1);
        }
    }

    /// Learns what the answer to this call says.
    pub(super) fn learn(
        &mut self,
        slot: Slot,
        now: Moment,
        headers: LimitHeaders,
        meaning: Meaning,
    ) {
        let is_the_services = match meaning {
            Meaning::Foreign => return,
            Meaning::Success => headers.tells_limits(),
            Meaning::Refusal | Meaning::Limited { .. } | Meaning::BadKey(_) => true,
        };
        if let Some(date) = headers.date.filter(|_| is_the_services) {
            self.clock.measure(Dated {
                date,
                fits: headers.reset_fits_date(),
                sent: slot.sent,
                received: now,
            });
        }
        let is_success = matches!(meaning, Meaning::Success);
        self.learn_window(slot.sent, now, headers, is_success);
        self.learn_quota(slot.sent, now, headers);
        match meaning {
            Meaning::Limited {
                throttle,
                retry_after,
            } => {
                // A blocked address is turned away whatever its key is.
                if throttle != Throttle::AuthenticationBlock {
                    self.refused_keys.accept(slot.key, slot.sent);
                }
                self.limited(now, throttle, retry_after);
            }
            Meaning::BadKey(answer) => self.refused_keys.refuse(slot.key, now, answer),
            Meaning::Success | Meaning::Refusal | Meaning::Foreign => {
                self.refused_keys.accept(slot.key, slot.sent);
                self.let_through(slot.sent, headers);
            }
        }
    }

    fn learn_window(&mut self, sent: Moment, now: Moment, headers: LimitHeaders, is_success: bool) {
        let Some(remaining) = headers.remaining else {
            if is_success {
                self.headerless = self.current_window(now).is_none();
            }
            return;
        };
        self.headerless = false;
        let limit = headers.limit.or(self.window.map(|window| window.limit()));
        let sighting = Sighting {
            limit: limit.unwrap_or(LIMIT).max(remaining),
            remaining,
            reset: headers.reset,
            sent,
            received: now,
        };
        match &mut self.window {
            Some(window) => window.update(sighting, self.in_flight, &self.clock),
            None => self.window = Some(Window::new(sighting)),
        }
    }

    fn learn_quota(&mut self, sent: Moment, now: Moment, headers: LimitHeaders) {
        let Some(remaining) = headers.quota_remaining else {
            return;
        };
        let surely_newer = self.quota.is_none_or(|quota| sent >= quota.seen);
        let less = self.quota.is_none_or(|quota| remaining < quota.remaining);
        if surely_newer || less {
            self.quota = Some(Quota {
                limit: headers.quota_limit.or(self.quota_limit()),
                remaining,
                seen: now,
                back_at: None,
            });
        }
    }

    fn quota_limit(&self) -> Option<u32> {
        self.quota.and_then(|quota| quota.limit)
    }

    /// A limit turned the call away.
    fn limited(&mut self, now: Moment, throttle: Throttle, retry_after: Option<Duration>) {
        match throttle {
            Throttle::Hourly => {
                let reset = self
                    .window
                    .and_then(|window| window.ends_at(&self.clock))
                    .filter(|&end| end > now);
                let until_reset = || reset.map_or(UNSAID, |end| end.since(now));
                let asked = retry_after.map(|wait| wait.max(SHORTEST_CLOSURE));
                let asked = asked.unwrap_or_else(until_reset);
                let closed = Closure::new(now, asked, HOUR).or_longer(self.closed);
                self.closed = Some(closed);
                if let Some(window) = &mut self.window {
                    window.close(closed.look());
                }
            }
            Throttle::MonthlyQuota => {
                self.quota = Some(Quota {
                    limit: self.quota_limit(),
                    remaining: 0,
                    seen: now,
                    back_at: retry_after.map(|wait| now + wait.min(LONGEST_PERIOD)),
                });
            }
            Throttle::AuthenticationBlock => {
                let asked = retry_after.unwrap_or(UNSAID);
                self.blocked = Some(Closure::new(now, asked, HOUR).or_longer(self.blocked));
            }
        }
    }

    /// No limit turned the call away: what should be over by when it was sent, is.
    fn let_through(&mut self, sent: Moment, headers: LimitHeaders) {
        let holds = |closure: &Closure| closure.state(sent) == ClosureState::Shut;
        self.closed = self.closed.filter(holds);
        self.blocked = self.blocked.filter(holds);
        // An answer that tells the quota was learned from already.
        if headers.quota_remaining.is_none() {
            self.quota = self
                .quota
                .filter(|quota| quota.remaining > 0 || sent < quota.look());
        }
    }

    /// The window, unless it is over.
    pub(super) fn current_window(&self, now: Moment) -> Option<Window> {
        self.window
            .filter(|window| !window.is_over(now, &self.clock))
    }

    pub(super) fn headerless(&self) -> bool {
        self.headerless
    }

    /// The quota, if no more of it is left than calls under way will take.
    pub(super) fn scarce_quota(&self) -> Option<Quota> {
        self.quota.filter(|quota| quota.remaining <= self.in_flight)
    }

    /// Until when this limit keeps everybody away, if that is known.
    pub(super) fn shut_until(&self, throttle: Throttle) -> Option<Moment> {
        match throttle {
            Throttle::Hourly => self.closed.map(Closure::look),
            Throttle::MonthlyQuota => self.quota?.back_at,
            Throttle::AuthenticationBlock => self.blocked.map(Closure::look),
        }
    }

    pub(super) fn closed(&self) -> Option<Closure> {
        self.closed
    }

    pub(super) fn blocked(&self) -> Option<Closure> {
        self.blocked
    }

    /// Whether anything is known that a later call should go by.
    pub(super) fn matters(&self, now: Moment) -> bool {
        let holds = |closure: Option<Closure>| {
            closure.is_some_and(|closure| closure.state(now) != ClosureState::Over)
        };
        self.current_window(now)
            .is_some_and(|window| window.matters(now))
            || holds(self.closed)
            || holds(self.blocked)
            || self
                .quota
                .is_some_and(|quota| quota.remaining == 0 && quota.look() > now)
            || self.refused_keys.matter(now)
    }

    /// Calls of this pacing that somebody waits for.
    pub(super) fn waiting(&self, pacing: Pacing) -> u32 {
        match pacing {
            Pacing::Even => self.waiting_even,
            Pacing::Burst => self.waiting_burst,
            Pacing::Off => 0,
        }
    }

    fn waiting_mut(&mut self, pacing: Pacing) -> Option<&mut u32> {
        match pacing {
            Pacing::Even => Some(&mut self.waiting_even),
            Pacing::Burst => Some(&mut self.waiting_burst),
            Pacing::Off => None,
        }
    }

    pub(super) fn wait_begins(&mut self, pacing: Pacing) {
        if let Some(waiting) = self.waiting_mut(pacing) {
            *waiting = waiting.saturating_add(1);
        }
    }

    pub(super) fn wait_ends(&mut self, pacing: Pacing) {
        if let Some(waiting) = self.waiting_mut(pacing) {
            *waiting = waiting.saturating_sub(1);
        }
    }

    /// What this machine's clock will show at that moment, or showed.
    pub(super) fn date(&self, moment: Moment) -> Option<SystemTime> {
        let (then, wall) = self.wall?;
        if moment >= then {
            wall.checked_add(moment.since(then))
        } else {
            wall.checked_sub(then.since(moment))
        }
    }

    /// Everything that a call which is over must have taken back, counted together.
    pub(super) fn busy(&self) -> u32 {
        let counts = [
            self.in_flight,
            self.unseen.in_flight,
            self.waiting_even,
            self.waiting_burst,
        ];
        counts.into_iter().fold(0, u32::saturating_add)
    }

    pub(super) fn state(&self, now: Moment) -> BudgetState {
        let current = self.current_window(now);
        let resets_at = current.and_then(|window| window.resets_at(&self.clock));
        BudgetState {
            limit: self.window.map(|window| window.limit()),
            remaining: current.map(|window| window.remaining()),
            resets_at: resets_at.and_then(|moment| self.date(moment)),
            quota_limit: self.quota_limit(),
            quota_remaining: self.quota.map(|quota| quota.remaining),
        }
    }
}
