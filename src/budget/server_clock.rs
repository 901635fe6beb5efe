//! The server's clock as seen from here. Resets are written in the server's
//! time and this machine's clock may be wrong, so each answer's `Date` narrows
//! down, between a lower and an upper bound, what the server's clock shows. A
//! `Date` that contradicts what is known counts once another answer agrees
//! with it: one alone may be wrong.

use std::time::Duration;

use super::moment::Moment;

/// How far the two clocks are taken to be apart at most while no `Date` was
/// believed.
pub(super) const UNMEASURED: Duration = Duration::from_secs(5 * 60);

/// `Date` is cut to the second, and a server may keep its text for a second.
const DATE_AGE: Duration = Duration::from_secs(2);

/// What a clock there shows at a moment here, at least and at most, in time since 1970.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    here: Moment,
    at_least: Duration,
    at_most: Duration,
}

impl Bounds {
    /// The same bounds, told for another moment.
    fn at(self, here: Moment) -> Self {
        let passed = here.since(self.here);
        let before = self.here.since(here);
        let at = |there: Duration| there.saturating_add(passed).saturating_sub(before);
        Self {
            here,
            at_least: at(self.at_least),
            at_most: at(self.at_most),
        }
    }

    /// What both allow, if that is anything.
    fn and(self, other: Self) -> Option<Self> {
        let known = self.at(other.here);
        let both = Self {
            here: other.here,
            at_least: known.at_least.max(other.at_least),
            at_most: known.at_most.min(other.at_most),
        };
        (both.at_least <= both.at_most).then_some(both)
    }
}

#[derive(Debug)]
pub(super) struct ServerClock {
    believed: Bounds,
    /// What is believed was read from answers; it is this machine's clock otherwise.
    measured: bool,
    /// Read from one answer, against what is believed.
    doubted: Option<Bounds>,
}

/// When an answer was written by its own account, and when it was under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dated {
    /// Its `Date`, as time since 1970.
    pub(super) date: Duration,
    /// Something else in it makes sense by that date.
    pub(super) fits: bool,
    pub(super) sent: Moment,
    pub(super) received: Moment,
}

impl ServerClock {
    /// Takes this machine's clock, set or not, for the server's until a `Date` is believed.
    pub(super) fn assume(&mut self, now: Moment, wall: Duration) {
        if !self.measured {
            self.believed = Bounds {
                here: now,
                at_least: wall,
                at_most: wall.saturating_add(UNMEASURED),
            };
        }
    }

    /// Learns from the `Date` of an answer. The server wrote it after the
    /// request was sent and before the answer was received.
    pub(super) fn measure(&mut self, dated: Dated) {
        let way = dated.received.since(dated.sent);
        let seen = Bounds {
            here: dated.received,
            at_least: dated.date,
            at_most: dated.date.saturating_add(DATE_AGE).saturating_add(way),
        };
        let confirmed = || self.doubted.and_then(|doubted| doubted.and(seen));
        let believed = if self.measured {
            self.believed.and(seen).or_else(confirmed)
        } else if dated.fits || self.is_near(seen) {
            Some(seen)
        } else {
            confirmed()
        };
        if let Some(believed) = believed {
            *self = Self {
                believed,
                measured: true,
                doubted: None,
            };
        } else {
            self.doubted = Some(seen);
        }
    }

    /// Whether this machine's clock may be right about it.
    fn is_near(&self, seen: Bounds) -> bool {
        let assumed = self.believed;
        let wide = Bounds {
            at_least: assumed.at_least.saturating_sub(UNMEASURED),
            ..assumed
        };
        wide.and(seen).is_some()
    }

    /// The first moment at which the server's clock surely shows `time`.
    pub(super) fn surely_shows(&self, time: Duration) -> Moment {
        let Bounds { here, at_least, .. } = self.believed;
        here + time.saturating_sub(at_least) - at_least.saturating_sub(time)
    }

    /// Whether the server's clock surely shows more than `time`; none where no `Date` was believed.
    pub(super) fn is_past(&self, time: Duration, now: Moment) -> Option<bool> {
        self.measured.then(|| self.believed.at(now).at_least > time)
    }

    /// Whether the server's clock can already show `time`.
    pub(super) fn may_show(&self, time: Duration, now: Moment) -> bool {
        self.believed.at(now).at_most >= time
    }
}

impl Default for ServerClock {
    /// Both clocks show the same.
    fn default() -> Self {
        let believed = Bounds {
            here: Moment::default(),
            at_least: Duration::ZERO,
            at_most: UNMEASURED,
        };
        Self {
            believed,
            measured: false,
            doubted: None,
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "overflow would fail the test"
)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(1_795_435_200);
    /// This machine's noon, on its own time line.
    const START: Moment = Moment::at(NOON);
    const HOUR: Duration = Duration::from_secs(3_600);

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// An answer that was 120 ms under way when the server's clock showed `there`.
    fn answer(sent: Moment, there: Duration) -> Dated {
        Dated {
            date: Duration::from_secs((there + ms(60)).as_secs()),
            fits: false,
            sent,
            received: sent + ms(120),
        }
    }

    /// A clock that saw an answer every 730 ms, each 120 ms on its way there
    /// and back, from a server whose clock showed `NOON` at `START`.
    fn after_answers(answers: u32) -> ServerClock {
        let mut clock = ServerClock::default();
        clock.assume(START, NOON);
        for answer in 0..answers {
            let after = ms(730) * answer;
            clock.measure(self::answer(START + after, NOON + after));
        }
        clock
    }

    /// How far the server's clock is taken to be ahead of this machine's.
    fn ahead(clock: &ServerClock) -> i64 {
        let shown = clock.surely_shows(NOON + HOUR).since_1970().as_secs();
        i64::try_from((NOON + HOUR).as_secs()).unwrap() - i64::try_from(shown).unwrap()
    }

    #[test]
    fn the_server_never_shows_less_than_the_lower_bound() {
        for answers in 1..200 {
            let reached = after_answers(answers).surely_shows(NOON + ms(500_000));
            assert!(reached >= START + ms(500_000), "{answers}");
        }
    }

    #[test]
    fn many_answers_narrow_it_down_to_the_latency() {
        let reached = after_answers(200).surely_shows(NOON + ms(500_000));
        assert!(reached <= START + ms(500_000 + 130));
    }

    #[test]
    fn the_upper_bound_is_the_age_of_a_date_and_the_way() {
        let clock = after_answers(1);
        let now = START + ms(120);
        assert!(clock.may_show(NOON + ms(2_120), now));
        assert!(!clock.may_show(NOON + ms(2_121), now));
        assert!(clock.may_show(NOON + ms(2_121), now + ms(1)));
    }

    #[test]
    fn one_date_that_contradicts_the_others_is_not_believed() {
        for wrong in [Duration::ZERO, NOON - HOUR, NOON + HOUR, NOON * 2] {
            let mut clock = after_answers(50);
            let now = START + ms(60_000);
            clock.measure(answer(now, wrong));
            assert_eq!(ahead(&clock), 0, "{wrong:?}");
            // Nor another one later, once an answer agreed with the first ones.
            clock.measure(answer(now + ms(1_000), NOON + ms(61_000)));
            clock.measure(answer(now + ms(2_000), wrong + ms(2_000)));
            assert_eq!(ahead(&clock), 0, "{wrong:?}");
        }
    }

    #[test]
    fn two_wrong_dates_that_contradict_each_other_are_not_believed() {
        let mut clock = after_answers(50);
        let now = START + ms(60_000);
        for wrong in [NOON - HOUR, NOON + HOUR, Duration::ZERO, NOON - HOUR] {
            clock.measure(answer(now, wrong));
        }
        assert_eq!(ahead(&clock), 0);
    }

    #[test]
    fn a_clock_that_was_set_is_believed_when_another_answer_agrees() {
        let mut clock = after_answers(50);
        let now = START + ms(60_000);
        clock.measure(answer(now, NOON + ms(60_000) - HOUR));
        assert_eq!(ahead(&clock), 0);
        clock.measure(answer(now + ms(5_000), NOON + ms(65_000) - HOUR));
        assert_eq!(ahead(&clock), -3_600);
        // And back again.
        clock.measure(answer(now + ms(10_000), NOON + ms(70_000)));
        assert_eq!(ahead(&clock), -3_600);
        clock.measure(answer(now + ms(15_000), NOON + ms(75_000)));
        assert_eq!(ahead(&clock), 0);
    }

    #[test]
    fn without_a_date_this_machines_clock_stands_in() {
        let mut clock = ServerClock::default();
        clock.assume(START, NOON);
        assert_eq!(clock.surely_shows(NOON + ms(5_000)), START + ms(5_000));
        assert!(clock.may_show(NOON + UNMEASURED, START));
        assert!(!clock.may_show(NOON + UNMEASURED + ms(1), START));
        // Somebody sets it.
        clock.assume(START + ms(1_000), NOON + HOUR);
        assert_eq!(clock.surely_shows(NOON + HOUR), START + ms(1_000));

        let near = NOON + HOUR - UNMEASURED + ms(3_000);
        clock.measure(answer(START + ms(1_000), near));
        clock.assume(START + ms(2_000), NOON + HOUR);
        let shown = clock.surely_shows(near).since(START);
        assert!((1_000..=2_120).contains(&shown.as_millis()), "{shown:?}");
    }

    #[test]
    fn the_first_date_must_fit_this_machines_clock_or_the_answer_or_another_one() {
        let first = |there: Duration, fits| {
            let mut clock = ServerClock::default();
            clock.assume(START, NOON);
            let dated = answer(START, there);
            clock.measure(Dated { fits, ..dated });
            clock
        };
        assert_eq!(ahead(&first(NOON + ms(299_000), false)), 299);
        assert_eq!(ahead(&first(NOON - ms(299_000), false)), -299);
        assert_eq!(ahead(&first(NOON + HOUR, true)), 3_600);
        for wrong in [Duration::ZERO, NOON - HOUR, NOON + HOUR] {
            let mut clock = first(wrong, false);
            assert_eq!(ahead(&clock), 0);
            clock.measure(answer(START + ms(500), wrong + ms(500)));
            assert_ne!(ahead(&clock), 0, "{wrong:?}");
        }
    }

    #[test]
    fn nothing_overflows() {
        let ends = [Duration::ZERO, NOON, Duration::MAX];
        for (date, at) in ends.into_iter().flat_map(|one| ends.map(|two| (one, two))) {
            let mut clock = after_answers(1);
            let at = Moment::at(at);
            for _ in 0..2 {
                clock.measure(answer(at, date.saturating_sub(ms(60))));
                clock.surely_shows(date);
                clock.may_show(date, at);
            }
        }
    }

    #[test]
    fn a_time_is_past_when_the_lower_bound_is_beyond_it() {
        let clock = after_answers(1);
        assert_eq!(clock.is_past(NOON, START + ms(1_120)), Some(true));
        assert_eq!(
            clock.is_past(NOON + ms(1_001), START + ms(1_120)),
            Some(false)
        );
        let mut unmeasured = ServerClock::default();
        unmeasured.assume(START, NOON);
        assert_eq!(unmeasured.is_past(Duration::ZERO, START), None);
    }
}
