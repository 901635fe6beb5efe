//! The hourly window as the answers show it: how many requests are left and
//! until when. Answers overtake each other on their way, and what kind of
//! window the server keeps is not documented, so this module decides which
//! answer is the newer one and whether the reset stands still or moves.

use std::time::Duration;

use tokio::time::Instant;

use super::server_clock::ServerClock;

/// The documented window, wherever the headers don't tell.
pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);

/// Requests an hour, where no header says so (documented).
pub(super) const LIMIT: u32 = 3_600;

/// A reset further away than this can't be an hourly window's.
const FARTHEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A reset that is past by more than this was not meant as one.
const JUST_PAST: Duration = Duration::from_secs(5);

/// Resets are cut or rounded to the second: two that differ by no more than
/// this are the same one.
const SAME_RESET: u64 = 2;

/// A reset that stood still this long is not a moving one.
const STEADY: Duration = Duration::from_secs(10);

/// How long the pace of other programs must be watched to be believed as much
/// as what was known of it before.
const WATCH: u64 = 5 * 60;

/// The server may have rounded the reset down by up to a second.
const ROUNDING: Duration = Duration::from_secs(1);

/// The rate limit headers of one answer, and when it was under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// In the server's time, seconds since 1970.
    pub(super) reset: Option<u64>,
    pub(super) sent: Instant,
    pub(super) received: Instant,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    limit: u32,
    remaining: u32,
    reset: Option<Reset>,
    /// When the answer that is believed was received.
    seen: Instant,
    /// Set by a 429: nothing is known from then on.
    closed_until: Option<Instant>,
    others: Others,
}

/// A reset, and what its movements tell about the window.
#[derive(Clone, Copy, Debug)]
struct Reset {
    /// In the server's time, seconds since 1970.
    at: u64,
    /// Where it stands, give or take a second, and since when it stands there.
    anchor: (u64, Instant),
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

/// What other programs took from this window.
#[derive(Clone, Copy, Debug)]
struct Others {
    since: Instant,
    /// What was left then.
    left: u32,
    /// Our own requests answered since.
    ours: u32,
    /// What they took an hour in the windows before.
    hourly_before: u64,
    hourly: u64,
}

impl Window {
    pub(super) fn new(sighting: Sighting, clock: &ServerClock) -> Self {
        let Sighting {
            limit,
            remaining,
            received,
            ..
        } = sighting;
        let reset = plausible(&sighting, clock);
        let still = |at| Reset {
            at,
            kind: Kind::Assumed,
            anchor: (at, received),
        };
        Self {
            limit,
            remaining,
            reset: reset.map(still),
            seen: received,
            closed_until: None,
            others: Others {
                since: received,
                left: remaining,
                ours: 0,
                hourly_before: 0,
                hourly: 0,
            },
        }
    }

    /// Takes in another answer; so many of our requests are still under way.
    pub(super) fn update(&mut self, sighting: Sighting, in_flight: u32, clock: &ServerClock) {
        let next = Self::new(sighting, clock);
        let crossing = sighting.sent < self.seen;
        let same = self.is_same(&next);
        if same {
            self.others.ours += 1;
        }
        // Of two answers that crossed each other the later reset is the newer,
        // as a reset never goes back; within one window, less is newer.
        let older = !same && next.reset_at() < self.reset_at();
        if crossing && (older || (same && next.remaining >= self.remaining)) {
            return;
        }
        let came_back = same && next.remaining > self.remaining;
        let reset = match (self.reset, next.reset) {
            (Some(old), Some(new)) if near(old.anchor.0, new.at) => Some(old.stay(new, came_back)),
            (Some(old), Some(new)) => Some(old.move_to(new, clock)),
            (_, new) => new,
        };
        let others = if same {
            self.others.watch(next.remaining, in_flight, next.seen)
        } else {
            Others {
                hourly_before: self.others.hourly,
                hourly: self.others.hourly,
                ..next.others
            }
        };
        *self = Self {
            reset,
            others,
            ..next
        };
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self.reset_at(), other.reset_at()) {
            (Some(one), Some(two)) => near(one, two),
            (one, two) => one == two,
        }
    }

    fn reset_at(&self) -> Option<u64> {
        self.reset.map(|reset| reset.at)
    }

    /// The server turned a request away: what is known holds no longer than
    /// until then.
    pub(super) fn close(&mut self, until: Instant) {
        self.closed_until = Some(until);
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    pub(super) fn remaining(&self) -> u32 {
        self.remaining
    }

    /// Whether all requests come back at once, at the reset.
    pub(super) fn is_fixed(&self) -> bool {
        // With no reset to go by, they are taken to come back one by one.
        self.reset.is_some_and(|reset| reset.kind != Kind::Rolling)
    }

    /// When another answer would show whether the window really is fixed, if
    /// that isn't known yet.
    pub(super) fn proves_at(&self) -> Option<Instant> {
        let unproven = self.reset.filter(|reset| reset.kind == Kind::Assumed);
        unproven.map(|reset| reset.anchor.1 + STEADY)
    }

    /// When the server's clock shows the reset.
    pub(super) fn resets_at(&self, clock: &ServerClock) -> Option<Instant> {
        clock.surely_shows(Duration::from_secs(self.reset?.at))
    }

    /// When what is known of this window ends; not before its reset.
    pub(super) fn ends_at(&self, clock: &ServerClock) -> Option<Instant> {
        if self.closed_until.is_some() || !self.is_fixed() {
            return self.closed_until;
        }
        self.resets_at(clock)?.checked_add(ROUNDING)
    }

    pub(super) fn is_over(&self, now: Instant, clock: &ServerClock) -> bool {
        self.ends_at(clock).is_some_and(|end| end <= now)
    }

    /// How long until all requests are back.
    pub(super) fn all_back_in(&self, now: Instant, clock: &ServerClock) -> Duration {
        let reset = self.ends_at(clock).or_else(|| self.resets_at(clock));
        let time = reset.map(|reset| reset.saturating_duration_since(now));
        // A sliding window may call it a reset when one request comes back.
        let believable = |time: &Duration| {
            let most = u64::from(self.limit.max(LIMIT)) * 2 * time.as_secs() / HOUR.as_secs();
            self.is_fixed() || most >= u64::from(self.limit - self.remaining)
        };
        time.filter(believable).unwrap_or(HOUR)
    }

    /// What other programs will take in that time, going by what they took.
    pub(super) fn others_in(&self, time: Duration) -> u32 {
        let expected = self.others.hourly * time.as_secs() / HOUR.as_secs();
        u32::try_from(expected).unwrap_or(u32::MAX)
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
        let stood = now.saturating_duration_since(since) >= STEADY;
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

impl Others {
    fn watch(self, left: u32, in_flight: u32, now: Instant) -> Self {
        let taken = self
            .left
            .saturating_sub(left)
            .saturating_sub(self.ours + in_flight);
        let watched = now.saturating_duration_since(self.since).as_secs();
        let seen = u64::from(taken) * HOUR.as_secs() + self.hourly_before * WATCH;
        Self {
            hourly: seen / (watched + WATCH),
            ..self
        }
    }
}

/// Resets are cut or rounded to the second.
fn near(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= SAME_RESET
}

/// The reset, unless it is long past or absurdly far away.
fn plausible(sighting: &Sighting, clock: &ServerClock) -> Option<u64> {
    let at = clock.surely_shows(Duration::from_secs(sighting.reset?))?;
    let now = sighting.received;
    let past = now.saturating_duration_since(at) > JUST_PAST;
    let far = at.saturating_duration_since(now) > FARTHEST;
    sighting.reset.filter(|_| !past && !far)
}
