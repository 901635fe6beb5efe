//! Everything known of one account's limits, and the one decision made from
//! it: may this call go now, and if not, when? No waiting, no locks: the
//! handle in the module above does both.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::BudgetState;
use super::pacing::{Pace, Pacing, Priority, Prospect, RUN, pace};
use super::reading::Reading;
use super::server_clock::ServerClock;
use super::window::{HOUR, LIMIT, Sighting, Window};
use super::{Meaning, Throttle};

/// Calls that may be under way before the first answer has told what is left.
const UNSEEN_INTERACTIVE: u32 = 8;
const UNSEEN_BULK: u32 = 1;

/// An answer that takes longer holds nobody back any more.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a 429 closes the hour when neither it nor the reset says.
const UNSAID: Duration = Duration::from_secs(60);

/// However soon a 429 says to come back, nobody does before this.
const BREATH: Duration = Duration::from_secs(1);

/// How often one call looks whether a used-up quota is back, when no answer
/// said when it will be.
const QUOTA_LOOK: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, Default)]
pub(super) struct Account {
    clock: ServerClock,
    /// This machine's date at some moment, to tell moments as dates.
    wall: Option<(Instant, SystemTime)>,
    window: Option<Window>,
    /// Answers come without rate limit headers.
    headerless: bool,
    closed_until: Option<Instant>,
    blocked_until: Option<Instant>,
    quota: Option<Quota>,
    in_flight: u32,
    unseen: Unseen,
    /// When the last paced call was due.
    last_due: Option<Instant>,
    waiting_even: u32,
    waiting_burst: u32,
}

#[derive(Clone, Copy, Debug)]
struct Quota {
    limit: Option<u32>,
    remaining: u32,
    seen: Instant,
    back_at: Option<Instant>,
}

/// Calls that left while nothing was known of the hour.
#[derive(Debug, Default)]
struct Unseen {
    in_flight: u32,
    last_left: Option<Instant>,
}

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Leave now.
    Go(Leave),
    /// A limit says: not before.
    Wait { until: Instant, limit: Throttle },
    /// Somebody else's answer is awaited, at most until then.
    Hold { until: Option<Instant> },
    /// No waiting will help, or only until then.
    Refuse {
        limit: Throttle,
        until: Option<Instant>,
    },
}

/// A call that leaves: what its answer, or its end without one, must undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leave {
    pub(super) sent: Instant,
    /// Nothing was known of the hour.
    unseen: bool,
    /// When it was due, if it was paced.
    due: Option<Instant>,
}

impl Leave {
    fn at(now: Instant) -> Self {
        Self {
            sent: now,
            unseen: false,
            due: None,
        }
    }
}

impl Account {
    pub(super) fn tell_time(&mut self, now: Instant, wall: SystemTime) {
        self.wall = Some((now, wall));
        self.clock.assume(now, wall);
    }

    /// May a call leave now? Changes nothing.
    pub(super) fn turn(&self, now: Instant, pacing: Pacing, priority: Priority) -> Turn {
        let turn = self.turn_alone(now, pacing, priority);
        let others_first = priority == Priority::Bulk && self.waiting(pacing) > 0;
        if others_first && matches!(turn, Turn::Go(_)) {
            return Turn::Hold { until: None };
        }
        turn
    }

    /// The same, if nobody else waited.
    fn turn_alone(&self, now: Instant, pacing: Pacing, priority: Priority) -> Turn {
        if pacing == Pacing::Off {
            return Turn::Go(Leave::at(now));
        }
        if let Some(until) = self.blocked_until.filter(|&until| until > now) {
            return Turn::Refuse {
                limit: Throttle::AuthenticationBlock,
                until: Some(until),
            };
        }
        let mut quota_is_due = false;
        if let Some(quota) = self.quota.filter(|quota| quota.remaining <= self.in_flight) {
            if quota.remaining > 0 {
                return Turn::Hold { until: None };
            }
            if quota.back_at.unwrap_or(quota.seen + QUOTA_LOOK) > now {
                return Turn::Refuse {
                    limit: Throttle::MonthlyQuota,
                    until: quota.back_at,
                };
            }
            quota_is_due = true;
        }
        if let Some(until) = self.closed_until.filter(|&until| until > now) {
            return Turn::Wait {
                until,
                limit: Throttle::Hourly,
            };
        }
        let known = self
            .window
            .filter(|window| !window.is_over(now, &self.clock));
        if quota_is_due || (known.is_none() && !self.headerless) {
            return self.turn_unseen(now, priority);
        }
        let prospect = known.map_or(NO_HEADERS, |window| self.prospect(&window, now));
        match pace(prospect, pacing, priority) {
            Pace::Free => Turn::Go(Leave::at(now)),
            Pace::Every(interval) => self.turn_paced(now, interval),
            Pace::Closed => self.turn_closed(now, known, priority),
        }
    }

    /// Nothing may be spent before the reset, unless it turns out that requests
    /// come back one by one: worth one look, once per window.
    fn turn_closed(&self, now: Instant, window: Option<Window>, priority: Priority) -> Turn {
        let end = window.and_then(|window| window.ends_at(&self.clock));
        let look = window.filter(|window| window.remaining() > self.in_flight);
        let look = look.and_then(|window| window.proves_at());
        match look {
            Some(look) if look <= now => self.turn_unseen(now, priority),
            _ => Turn::Wait {
                until: look.or(end).unwrap_or(now + UNSAID),
                limit: Throttle::Hourly,
            },
        }
    }

    fn prospect(&self, window: &Window, now: Instant) -> Prospect {
        let until_reset = window.all_back_in(now, &self.clock);
        let others = if window.is_fixed() {
            window.others_in(until_reset)
        } else {
            0
        };
        Prospect {
            limit: window.limit(),
            left: window.remaining().saturating_sub(self.in_flight),
            others,
            until_reset,
            fixed: window.is_fixed(),
        }
    }

    /// Nothing is known: a few calls go and find out, the others wait for them.
    fn turn_unseen(&self, now: Instant, priority: Priority) -> Turn {
        let most = match priority {
            Priority::Interactive => UNSEEN_INTERACTIVE,
            Priority::Bulk => UNSEEN_BULK,
        };
        let patient_until = self.unseen.last_left.map(|left| left + PATIENCE);
        match patient_until.filter(|&until| self.unseen.in_flight >= most && until > now) {
            None => Turn::Go(Leave {
                unseen: true,
                ..Leave::at(now)
            }),
            until => Turn::Hold { until },
        }
    }

    fn turn_paced(&self, now: Instant, interval: Duration) -> Turn {
        // A pause is made up for, but only by a short run.
        let earliest = now.checked_sub(interval.saturating_mul(RUN));
        let next = self.last_due.and_then(|last| last.checked_add(interval));
        let due = match (next, earliest) {
            (Some(next), Some(earliest)) => next.max(earliest),
            (Some(next), None) => next,
            (None, Some(earliest)) => earliest,
            (None, None) => now,
        };
        if due <= now {
            Turn::Go(Leave {
                due: Some(due),
                ..Leave::at(now)
            })
        } else {
            Turn::Wait {
                until: due,
                limit: Throttle::Hourly,
            }
        }
    }

    pub(super) fn depart(&mut self, leave: Leave) {
        self.in_flight += 1;
        if leave.unseen {
            self.unseen.in_flight += 1;
            self.unseen.last_left = Some(leave.sent);
        }
        if leave.due.is_some() {
            self.last_due = leave.due;
        }
    }

    /// The call is over, with or without an answer.
    pub(super) fn arrive(&mut self, leave: Leave) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if leave.unseen {
            self.unseen.in_flight = self.unseen.in_flight.saturating_sub(1);
        }
    }

    /// Learns what an answer says.
    pub(super) fn learn(
        &mut self,
        sent: Instant,
        now: Instant,
        reading: Reading,
        meaning: Meaning,
    ) {
        if let Some(date) = reading.date {
            self.clock.measure(date, sent, now);
        }
        self.learn_window(sent, now, reading);
        self.learn_quota(sent, now, reading);
        self.see_quota_back(sent, reading, meaning.throttle());
        let Meaning::Limited {
            throttle,
            retry_after,
        } = meaning
        else {
            return;
        };
        match throttle {
            Throttle::Hourly => self.close(now, retry_after),
            Throttle::MonthlyQuota => {
                let limit = self.quota.and_then(|quota| quota.limit);
                let back_at = retry_after.map(|wait| now + wait);
                self.quota = Some(Quota {
                    limit,
                    remaining: 0,
                    seen: now,
                    back_at,
                });
            }
            Throttle::AuthenticationBlock => {
                let until = retry_after.map(|wait| now + wait);
                self.blocked_until = self.blocked_until.max(until);
            }
        }
    }

    fn learn_window(&mut self, sent: Instant, now: Instant, reading: Reading) {
        let Some(remaining) = reading.remaining else {
            let known = self
                .window
                .is_some_and(|window| !window.is_over(now, &self.clock));
            self.headerless = !known;
            return;
        };
        self.headerless = false;
        let limit = reading.limit.or(self.window.map(|window| window.limit()));
        let limit = limit.unwrap_or(LIMIT).max(remaining);
        let sighting = Sighting {
            limit,
            remaining,
            reset: reading.reset,
            sent,
            received: now,
        };
        match &mut self.window {
            Some(window) => window.update(sighting, self.in_flight, &self.clock),
            None => self.window = Some(Window::new(sighting, &self.clock)),
        }
    }

    fn learn_quota(&mut self, sent: Instant, now: Instant, reading: Reading) {
        let Some(remaining) = reading.quota_remaining else {
            return;
        };
        let surely_newer = self.quota.is_none_or(|quota| sent >= quota.seen);
        let less = self.quota.is_none_or(|quota| remaining < quota.remaining);
        if surely_newer || less {
            let limit = reading
                .quota_limit
                .or(self.quota.and_then(|quota| quota.limit));
            self.quota = Some(Quota {
                limit,
                remaining,
                seen: now,
                back_at: None,
            });
        }
    }

    /// An answer that the quota let through, sent after it should be back, shows that it is, though
    /// it says nothing of it.
    fn see_quota_back(&mut self, sent: Instant, reading: Reading, throttle: Option<Throttle>) {
        let is_back = self.quota.is_some_and(|quota| {
            quota.remaining == 0 && sent >= quota.back_at.unwrap_or(quota.seen + QUOTA_LOOK)
        });
        if is_back && throttle.is_none() && reading.quota_remaining.is_none() {
            self.quota = None;
        }
    }

    fn close(&mut self, now: Instant, retry_after: Option<Duration>) {
        let reset = self.window.and_then(|window| window.ends_at(&self.clock));
        let until = match retry_after {
            Some(wait) => now + wait.max(BREATH),
            None => reset.filter(|&end| end > now).unwrap_or(now + UNSAID),
        };
        // Of two answers, the longer wait holds.
        self.closed_until = self.closed_until.max(Some(until));
        if let Some(window) = &mut self.window {
            window.close(until);
        }
    }

    /// Calls of this pacing that somebody waits for.
    fn waiting(&self, pacing: Pacing) -> u32 {
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
            *waiting += 1;
        }
    }

    pub(super) fn wait_ends(&mut self, pacing: Pacing) {
        if let Some(waiting) = self.waiting_mut(pacing) {
            *waiting = waiting.saturating_sub(1);
        }
    }

    /// What this machine's clock will show at that moment, or showed.
    pub(super) fn date(&self, moment: Instant) -> Option<SystemTime> {
        let (then, wall) = self.wall?;
        match moment.checked_duration_since(then) {
            Some(later) => wall.checked_add(later),
            None => wall.checked_sub(then.saturating_duration_since(moment)),
        }
    }

    /// Whether nobody waits and nothing is under way.
    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        let waiting = self.waiting_even + self.waiting_burst;
        self.in_flight + self.unseen.in_flight + waiting == 0
    }

    pub(super) fn state(&self, now: Instant) -> BudgetState {
        let current = self
            .window
            .filter(|window| !window.is_over(now, &self.clock));
        let resets_at = current.and_then(|window| window.resets_at(&self.clock));
        BudgetState {
            limit: self.window.map(|window| window.limit()),
            remaining: current.map(|window| window.remaining()),
            resets_at: resets_at.and_then(|moment| self.date(moment)),
            quota_limit: self.quota.and_then(|quota| quota.limit),
            quota_remaining: self.quota.map(|quota| quota.remaining),
        }
    }
}

/// An account that doesn't tell is taken for one with the documented limit.
const NO_HEADERS: Prospect = Prospect {
    limit: LIMIT,
    left: LIMIT,
    until_reset: HOUR,
    others: 0,
    fixed: false,
};
