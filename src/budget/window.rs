//! The hourly window as the answers show it: how many requests are left and
//! until when. Answers overtake each other on their way, and what kind of
//! window the server keeps is not documented, so this module decides which
//! answer is the newer one and whether the reset stands still or moves. A reset
//! that makes no sense by the server's clock, as far as that is known at the
//! moment, is done without.

use std::time::Duration;

use super::moment::{HOUR, Moment};
use super::others::Others;
use super::server_clock::{ServerClock, UNMEASURED};

/// Requests an hour, where no header says so (documented).
pub(super) const LIMIT: u32 = 3_600;

/// A reset that is past by more than this was not meant as one.
const JUST_PAST: Duration = Duration::from_secs(5);

/// Resets are cut or rounded to the second: two that differ by no more than
/// this are the same one.
const SAME_RESET: u64 = 2;

/// A reset that stood still this long is not a moving one.
const STEADY: Duration = Duration::from_secs(10);

/// The server may have rounded the reset down by up to a second.
const ROUNDING: Duration = Duration::from_secs(1);

/// No window is believed to be longer.
const LONGEST: Duration = HOUR;

/// The rate limit headers of one answer, and when it was under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// In the server's time, seconds since 1970.
    pub(super) reset: Option<u64>,
    pub(super) sent: Moment,
    pub(super) received: Moment,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    limit: u32,
    remaining: u32,
    reset: Option<Reset>,
    /// When the answer that is believed was received.
    seen: Moment,
    /// Set by a 429: nothing is known from then on.
    closed_until: Option<Moment>,
    others: Others,
}

/// A reset, and what its movements tell about the window.
#[derive(Clone, Copy, Debug)]
struct Reset {
    /// In the server's time, seconds since 1970.
    at: u64,
    /// Where it stands, give or take a second, and since when it stands there.
    anchor: (u64, Moment),
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Fixed until proven otherwise.
    Assumed,
    /// All requests come back at once, at the reset.
    Fixed,
    /// Requests come back one by one: a sliding window or a token bucket.
    Rolling,
}

impl Window {
    pub(super) fn new(sighting: Sighting) -> Self {
        let Sighting {
            limit,
            remaining,
            reset,
            received,
            ..
        } = sighting;
        Self {
            limit,
            remaining,
            reset: reset.map(|at| Reset {
                at,
                kind: Kind::Assumed,
                anchor: (at, received),
            }),
            seen: received,
            closed_until: None,
            others: Others::unwatched(remaining, received),
        }
    }

    /// Takes in another answer; so many of our requests are still under way.
    pub(super) fn update(&mut self, sighting: Sighting, in_flight: u32, clock: &ServerClock) {
        let mut next = Self::new(sighting);
        let crossing = sighting.sent < self.seen;
        let known = |window: &Self| window.reset(clock).map(|(reset, _)| reset);
        let (reset, next_reset) = (known(self), known(&next));
        let same = match (reset, next_reset) {
            (Some(one), Some(two)) => near(one.at, two.at),
            (one, two) => one.is_none() && two.is_none(),
        };
        if same {
            self.others.count_ours();
        }
        // Of two answers that crossed each other the later reset is the newer,
        // as a reset never goes back; within one window, less is newer.
        let older = !same && next_reset.map(|reset| reset.at) < reset.map(|reset| reset.at);
        if crossing && (older || (same && next.remaining >= self.remaining)) {
            return;
        }
        let came_back = same && next.remaining > self.remaining;
        if let (Some(old), Some(new)) = (reset, next_reset) {
            next.reset = Some(if near(old.anchor.0, new.at) {
                old.stay(new, came_back)
            } else {
                old.move_to(new, clock)
            });
        }
        next.others = if same {
            self.others.watch(next.remaining, in_flight, next.seen)
        } else {
            self.others.in_next_window(next.remaining, next.seen)
        };
        *self = next;
    }

    /// The reset and when the server's clock shows it, unless it is long past or absurdly far away by what
    /// is known now of that clock.
    fn reset(&self, clock: &ServerClock) -> Option<(Reset, Moment)> {
        let reset = self.reset?;
        let at = clock.surely_shows(Duration::from_secs(reset.at));
        let past = self.seen.since(at) > JUST_PAST;
        let far = at.since(self.seen) > HOUR + UNMEASURED;
        (!past && !far).then(|| (reset, at.min(self.seen + LONGEST)))
    }

    /// The server turned a request away: what is known holds no longer than
    /// until then.
    pub(super) fn close(&mut self, until: Moment) {
        self.closed_until = Some(until);
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    pub(super) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// When the window is reset, where all requests come back at once then.
    fn fixed_reset(&self, clock: &ServerClock) -> Option<Moment> {
        // With no reset to go by, they are taken to come back one by one.
        self.reset(clock)
            .and_then(|(reset, at)| (reset.kind != Kind::Rolling).then_some(at))
    }

    pub(super) fn is_fixed(&self, clock: &ServerClock) -> bool {
        self.fixed_reset(clock).is_some()
    }

    /// When another answer would show whether the window really is fixed, if
    /// that isn't known yet.
    pub(super) fn proves_at(&self, clock: &ServerClock) -> Option<Moment> {
        let (reset, _) = self.reset(clock)?;
        (reset.kind == Kind::Assumed).then(|| reset.anchor.1 + STEADY)
    }

    /// When the server's clock shows the reset.
    pub(super) fn resets_at(&self, clock: &ServerClock) -> Option<Moment> {
        self.reset(clock).map(|(_, at)| at)
    }

    /// When what is known of this window ends; not before its reset.
    pub(super) fn ends_at(&self, clock: &ServerClock) -> Option<Moment> {
        self.closed_until.or_else(|| {
            let reset = self.fixed_reset(clock)?;
            Some(reset + ROUNDING)
        })
    }

    pub(super) fn is_over(&self, now: Moment, clock: &ServerClock) -> bool {
        self.ends_at(clock).is_some_and(|end| end <= now)
    }

    /// Whether it may still be going on, if it isn't over.
    pub(super) fn matters(&self, now: Moment) -> bool {
        now.since(self.seen) <= LONGEST
    }

    /// How long until all requests are back.
    pub(super) fn all_back_in(&self, now: Moment, clock: &ServerClock) -> Duration {
        let known = self.reset(clock);
        let fixed = known.is_some_and(|(reset, _)| reset.kind != Kind::Rolling);
        let reset = known.map(|(_, at)| if fixed { at + ROUNDING } else { at });
        let time = self.closed_until.or(reset).map(|reset| reset.since(now));
        // A sliding window may call it a reset when one request comes back.
        let believable = |time: &Duration| {
            let most = u64::from(self.limit.max(LIMIT)) * 2 * time.as_secs() / HOUR.as_secs();
            fixed || most >= u64::from(self.limit.saturating_sub(self.remaining))
        };
        time.filter(believable).unwrap_or(HOUR)
    }

    /// What other programs will take in that time, going by what they took.
    pub(super) fn others_in(&self, time: Duration) -> u32 {
        self.others.expected_in(time)
    }
}

impl Reset {
    /// Another answer shows it where it was.
    fn stay(self, new: Self, came_back: bool) -> Self {
        let (place, since) = self.anchor;
        let (_, now) = new.anchor;
        if came_back {
            return Self {
                kind: Kind::Rolling,
                anchor: (place, now),
                ..new
            };
        }
        let stood = now.since(since) >= STEADY;
        let kind = if stood { Kind::Fixed } else { self.kind };
        Self {
            kind,
            anchor: self.anchor,
            ..new
        }
    }

    /// Another answer shows it elsewhere.
    fn move_to(self, new: Self, clock: &ServerClock) -> Self {
        let (place, _) = self.anchor;
        let (_, now) = new.anchor;
        let came = clock.may_show(Duration::from_secs(place), now);
        let kind = match self.kind {
            _ if new.at > place && !came => Kind::Rolling,
            Kind::Fixed => Kind::Fixed,
            Kind::Assumed | Kind::Rolling => Kind::Assumed,
        };
        Self { kind, ..new }
    }
}

/// Resets are cut or rounded to the second.
fn near(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= SAME_RESET
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_window_is_back_when_the_second_of_its_reset_is_over() {
        let seconds = |seconds| Moment::at(Duration::from_secs(seconds));
        let window = Window::new(Sighting {
            limit: 3_600,
            remaining: 10,
            reset: Some(1_600),
            sent: seconds(999),
            received: seconds(1_000),
        });
        let back = window.all_back_in(seconds(1_000), &ServerClock::default());
        assert_eq!(back, Duration::from_secs(601));
    }
}
