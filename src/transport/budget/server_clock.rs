//! The server's clock as seen from here. Resets are written in the server's
//! time and this machine's clock may be wrong, so each answer's `Date` narrows
//! down, between a lower and an upper bound, what the server's clock shows.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How far the server may be ahead of this machine while no `Date` was seen.
const UNMEASURED: Duration = Duration::from_secs(5 * 60);

/// `Date` is cut to the second, and a server may keep its text for a second.
const DATE_AGE: Duration = Duration::from_secs(2);

/// A moment here, and what a clock showed there, in time since 1970.
#[derive(Clone, Copy, Debug)]
struct Mark {
    here: Instant,
    there: Duration,
}

impl Mark {
    fn shows(&self, now: Instant) -> Duration {
        match now.checked_duration_since(self.here) {
            Some(passed) => self.there + passed,
            None => self.there.saturating_sub(self.here - now),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    at_least: Mark,
    at_most: Mark,
}

#[derive(Debug, Default)]
pub(super) struct ServerClock {
    bounds: Option<Bounds>,
    measured: bool,
}

impl ServerClock {
    /// Takes this machine's clock for the server's until a `Date` is seen.
    pub(super) fn assume(&mut self, now: Instant, wall: SystemTime) {
        if !self.measured {
            let there = wall
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default();
            self.bounds = Some(Bounds {
                at_least: Mark { here: now, there },
                at_most: Mark {
                    here: now,
                    there: there + UNMEASURED,
                },
            });
        }
    }

    /// Learns from the `Date` of an answer. The server wrote it after the
    /// request was sent and before the answer was received.
    pub(super) fn measure(&mut self, date: Duration, sent: Instant, received: Instant) {
        let seen = Bounds {
            at_least: Mark {
                here: received,
                there: date,
            },
            at_most: Mark {
                here: sent,
                there: date + DATE_AGE,
            },
        };
        let narrowed = match self.bounds.filter(|_| self.measured) {
            None => seen,
            Some(known) => {
                let tighter = Bounds {
                    at_least: later(known.at_least, seen.at_least, received),
                    at_most: earlier(known.at_most, seen.at_most, received),
                };
                let possible = tighter.at_least.shows(received) <= tighter.at_most.shows(received);
                // Otherwise one of the clocks was set: start again.
                if possible { tighter } else { seen }
            }
        };
        self.bounds = Some(narrowed);
        self.measured = true;
    }

    /// The first moment at which the server's clock surely shows `time`.
    pub(super) fn surely_shows(&self, time: Duration) -> Option<Instant> {
        let Mark { here, there } = self.bounds?.at_least;
        match time.checked_sub(there) {
            Some(ahead) => here.checked_add(ahead),
            None => here.checked_sub(there.saturating_sub(time)).or(Some(here)),
        }
    }

    /// Whether the server's clock can already show `time`.
    pub(super) fn may_show(&self, time: Duration, now: Instant) -> bool {
        self.bounds
            .is_none_or(|bounds| bounds.at_most.shows(now) >= time)
    }
}

fn later(one: Mark, other: Mark, now: Instant) -> Mark {
    if one.shows(now) >= other.shows(now) {
        one
    } else {
        other
    }
}

fn earlier(one: Mark, other: Mark, now: Instant) -> Mark {
    if one.shows(now) <= other.shows(now) {
        one
    } else {
        other
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(1_795_435_200);

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// A clock that saw an answer every 730 ms, each 120 ms on its way back
    /// and forth, from a server whose clock showed `NOON` at `start`.
    fn after_answers(start: Instant, answers: u32) -> ServerClock {
        let mut clock = ServerClock::default();
        for answer in 0..answers {
            let sent = ms(730) * answer;
            let date = Duration::from_secs((NOON + sent + ms(60)).as_secs());
            clock.measure(date, start + sent, start + sent + ms(120));
        }
        clock
    }

    #[test]
    fn the_server_never_shows_less_than_the_lower_bound() {
        let start = Instant::now();
        for answers in 1..200 {
            let reached = after_answers(start, answers)
                .surely_shows(NOON + ms(500_000))
                .unwrap();
            assert!(reached >= start + ms(500_000), "{answers}");
        }
    }

    #[test]
    fn many_answers_narrow_it_down_to_the_latency() {
        let start = Instant::now();
        let reached = after_answers(start, 200)
            .surely_shows(NOON + ms(500_000))
            .unwrap();
        assert!(reached <= start + ms(500_000 + 130));
    }

    #[test]
    fn a_clock_that_was_set_is_measured_anew() {
        let start = Instant::now();
        let mut clock = after_answers(start, 50);
        // An hour back: the old lower bound no longer holds.
        let now = start + ms(60_000);
        let back = ms(1_795_431_600_000);
        clock.measure(back, now - ms(100), now);
        let reached = clock.surely_shows(back + ms(10_000)).unwrap();
        assert_eq!(reached, now + ms(10_000));
    }

    #[test]
    fn without_a_date_this_machines_clock_stands_in() {
        let start = Instant::now();
        let mut clock = ServerClock::default();
        clock.assume(start, SystemTime::UNIX_EPOCH + NOON);
        assert_eq!(
            clock.surely_shows(NOON + ms(5_000)),
            Some(start + ms(5_000))
        );
        assert!(clock.may_show(NOON + UNMEASURED, start));
        assert!(!clock.may_show(NOON + UNMEASURED + ms(1), start));

        clock.measure(ms(1_795_435_191_000), start, start + ms(100));
        clock.assume(start, SystemTime::UNIX_EPOCH + NOON);
        assert_eq!(
            clock.surely_shows(NOON),
            Some(start + ms(9_100)),
            "a Date outweighs it"
        );
    }
}
