//! The server's clock as seen from here. Resets are written in the server's
//! time and this machine's clock may be wrong, so each answer's `Date` narrows
//! down, between a lower and an upper bound, what the server's clock shows.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How far the server may be ahead of this machine while no `Date` was seen.
const UNMEASURED: Duration = Duration::from_secs(5 * 60);

/// `Date` is cut to the second, and a server may keep its text for a second.
const DATE_AGE: Duration = Duration::from_secs(2);

/// What a clock there shows at a moment here, at least and at most, in time since 1970.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    here: Instant,
    at_least: Duration,
    at_most: Duration,
}

impl Bounds {
    /// The same bounds, told for another moment.
    fn at(self, here: Instant) -> Self {
        let passed = here.saturating_duration_since(self.here);
        let before = self.here.saturating_duration_since(here);
        let at = |there: Duration| (there + passed).saturating_sub(before);
        Self {
            here,
            at_least: at(self.at_least),
            at_most: at(self.at_most),
        }
    }
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
                here: now,
                at_least: there,
                at_most: there + UNMEASURED,
            });
        }
    }

    /// Learns from the `Date` of an answer. The server wrote it after the
    /// request was sent and before the answer was received.
    pub(super) fn measure(&mut self, date: Duration, sent: Instant, received: Instant) {
        let seen = Bounds {
            here: received,
            at_least: date,
            at_most: date + DATE_AGE + received.saturating_duration_since(sent),
        };
        let narrowed = match self.bounds.filter(|_| self.measured) {
            None => seen,
            Some(known) => {
                let known = known.at(received);
                let at_least = known.at_least.max(seen.at_least);
                let at_most = known.at_most.min(seen.at_most);
                // Otherwise one of the clocks was set: start again.
                if at_least <= at_most {
                    Bounds {
                        at_least,
                        at_most,
                        ..seen
                    }
                } else {
                    seen
                }
            }
        };
        self.bounds = Some(narrowed);
        self.measured = true;
    }

    /// The first moment at which the server's clock surely shows `time`.
    pub(super) fn surely_shows(&self, time: Duration) -> Option<Instant> {
        let Bounds { here, at_least, .. } = self.bounds?;
        match time.checked_sub(at_least) {
            Some(ahead) => here.checked_add(ahead),
            None => here
                .checked_sub(at_least.saturating_sub(time))
                .or(Some(here)),
        }
    }

    /// Whether the server's clock can already show `time`.
    pub(super) fn may_show(&self, time: Duration, now: Instant) -> bool {
        self.bounds
            .is_none_or(|bounds| bounds.at(now).at_most >= time)
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
