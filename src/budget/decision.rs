//! The one decision made from what is known of an account: may this call go
//! now, and if not, when? Pure; it changes nothing.

use std::time::Duration;

use super::account::Account;
use super::closure::ClosureState;
use super::keys::KeyState;
use super::meaning::Throttle;
use super::moment::{HOUR, Moment};
use super::names::KeyName;
use super::pacing::{Pace, Pacing, Priority, Prospect, RUN, pace};
use super::slot::Slot;
use super::window::{LIMIT, Window};

/// Calls that may be under way before the first answer has told what is left.
const UNSEEN_INTERACTIVE: u32 = 8;
const UNSEEN_BULK: u32 = 1;

/// An answer that takes longer holds nobody back any more.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Leave now.
    Go(Slot),
    /// A limit says: not before.
    Wait { until: Moment, limit: Throttle },
    /// Somebody else's answer is awaited, at most until then.
    Hold { until: Option<Moment> },
    /// No waiting will help, or only until then.
    Refuse {
        limit: Throttle,
        until: Option<Moment>,
    },
    /// The service refused the API key then.
    RefuseKey { at: Moment },
}

/// A call that asks whether it may leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) now: Moment,
    pub(super) pacing: Pacing,
    pub(super) priority: Priority,
    /// The API key that it would carry.
    pub(super) key: KeyName,
}

impl Question {
    /// The slot of a call that may leave.
    fn slot(self) -> Slot {
        Slot {
            sent: self.now,
            unseen: false,
            due: None,
            key: self.key,
            probes_key: false,
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

impl Account {
    /// May a call leave now?
    pub(super) fn decide(&self, call: Question) -> Decision {
        let key = self.refused_keys.state(call.key, call.now);
        if let KeyState::Refused { at } = key {
            return Decision::RefuseKey { at };
        }
        let others_first = call.priority == Priority::Bulk && self.waiting(call.pacing) > 0;
        match self.decide_alone(call) {
            Decision::Go(_) if others_first => Decision::Hold { until: None },
            Decision::Go(slot) => Decision::Go(Slot {
                probes_key: key == KeyState::Doubted,
                ..slot
            }),
            other => other,
        }
    }

    /// The same with a good key, if nobody else waited.
    fn decide_alone(&self, call: Question) -> Decision {
        let Question {
            now,
            pacing,
            priority,
            key: _,
        } = call;
        if pacing == Pacing::Off {
            return Decision::Go(call.slot());
        }
        let mut looks = false;
        if let Some(blocked) = self.blocked() {
            match blocked.state(now) {
                ClosureState::Shut => {
                    return Decision::Refuse {
                        limit: Throttle::AuthenticationBlock,
                        until: Some(blocked.look()),
                    };
                }
                ClosureState::Doubted => looks = true,
                ClosureState::Over => {}
            }
        }
        if let Some(quota) = self.scarce_quota() {
            if quota.remaining > 0 {
                return Decision::Hold { until: None };
            }
            if quota.look() > now {
                return Decision::Refuse {
                    limit: Throttle::MonthlyQuota,
                    until: quota.back_at(),
                };
            }
            looks = true;
        }
        if let Some(closed) = self.closed() {
            match closed.state(now) {
                ClosureState::Shut => {
                    return Decision::Wait {
                        until: closed.look(),
                        limit: Throttle::Hourly,
                    };
                }
                ClosureState::Doubted => looks = true,
                ClosureState::Over => {}
            }
        }
        if looks {
            return self.decide_unseen(call, 1);
        }
        let known = self.current_window(now);
        if known.is_none() && !self.headerless() {
            return self.decide_unseen(call, most_unseen(priority));
        }
        let prospect = known.map_or(NO_HEADERS, |window| self.prospect(&window, now));
        match pace(prospect, pacing, priority) {
            Pace::Free => Decision::Go(call.slot()),
            Pace::Every(interval) => self.decide_paced(call, interval),
            Pace::Closed => self.decide_closed(call, known),
        }
    }

    /// Nothing may be spent before the reset, unless it turns out that requests
    /// come back one by one: worth one look, once per window.
    fn decide_closed(&self, call: Question, window: Option<Window>) -> Decision {
        let look = window
            .filter(|window| window.remaining() > self.in_flight)
            .and_then(|window| window.proves_at(&self.clock));
        let end = window.and_then(|window| window.ends_at(&self.clock));
        match look.or(end) {
            Some(until) if until > call.now => Decision::Wait {
                until,
                limit: Throttle::Hourly,
            },
            _ => self.decide_unseen(call, most_unseen(call.priority)),
        }
    }

    fn prospect(&self, window: &Window, now: Moment) -> Prospect {
        let until_reset = window.all_back_in(now, &self.clock);
        let fixed = window.is_fixed(&self.clock);
        Prospect {
            limit: window.limit(),
            left: window.remaining().saturating_sub(self.in_flight),
            others: if fixed {
                window.others_in(until_reset)
            } else {
                0
            },
            until_reset,
            fixed,
        }
    }

    /// Something is to be found out: so many calls go and do it, the others wait for them.
    fn decide_unseen(&self, call: Question, most: u32) -> Decision {
        let patient_until = self.unseen.last_left.map(|left| left + PATIENCE);
        match patient_until.filter(|&until| self.unseen.in_flight >= most && until > call.now) {
            None => Decision::Go(Slot {
                unseen: true,
                ..call.slot()
            }),
            until => Decision::Hold { until },
        }
    }

    fn decide_paced(&self, call: Question, interval: Duration) -> Decision {
        // A pause is made up for, but only by a short run.
        let earliest = call.now - interval.saturating_mul(RUN);
        let next = self.last_due.map(|last| last + interval);
        let due = next.map_or(earliest, |next| next.max(earliest));
        if due <= call.now {
            Decision::Go(Slot {
                due: Some(due),
                ..call.slot()
            })
        } else {
            Decision::Wait {
                until: due,
                limit: Throttle::Hourly,
            }
        }
    }
}

fn most_unseen(priority: Priority) -> u32 {
    match priority {
        Priority::Interactive => UNSEEN_INTERACTIVE,
        Priority::Bulk => UNSEEN_BULK,
    }
}
