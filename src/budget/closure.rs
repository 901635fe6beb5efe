//! For how long a limit that turned a request away is believed. One answer may
//! be wrong, so it keeps everybody away only so long; then one call looks.

use std::time::Duration;

use super::moment::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closure {
    /// Nobody goes before.
    look: Moment,
    /// As long as the answer asked: from `look` on until then, one call at a time.
    until: Moment,
}

impl Closure {
    /// Closed from now on, for as long as an answer asked, of which `believed` at
    /// most without a look.
    pub(super) fn new(now: Moment, asked: Duration, believed: Duration) -> Self {
        Self {
            look: now + asked.min(believed),
            until: now + asked,
        }
    }

    /// Of two, what each says longer.
    pub(super) fn or_longer(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| Self {
            look: self.look.max(other.look),
            until: self.until.max(other.until),
        })
    }

    /// When somebody may look at the latest.
    pub(super) fn look(self) -> Moment {
        self.look
    }

    pub(super) fn state(self, now: Moment) -> ClosureState {
        if now < self.look {
            ClosureState::Shut
        } else if now < self.until {
            ClosureState::Doubted
        } else {
            ClosureState::Over
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClosureState {
    /// Nobody goes.
    Shut,
    /// It asked for longer than one answer is believed: one call looks.
    Doubted,
    Over,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::at(Duration::from_secs(1_795_435_200));

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn it_is_shut_doubted_and_over() {
        let short = Closure::new(NOON, secs(45), secs(3_600));
        assert_eq!(short.look(), NOON + secs(45));
        assert_eq!(short.state(NOON + secs(44)), ClosureState::Shut);
        assert_eq!(short.state(NOON + secs(45)), ClosureState::Over);

        let long = Closure::new(NOON, Duration::MAX, secs(3_600));
        assert_eq!(long.look(), NOON + secs(3_600));
        assert_eq!(long.state(NOON + secs(3_599)), ClosureState::Shut);
        assert_eq!(long.state(NOON + secs(3_600)), ClosureState::Doubted);
        assert_eq!(long.state(NOON + secs(1 << 40)), ClosureState::Doubted);
    }

    #[test]
    fn of_two_the_longer_holds() {
        let short = Closure::new(NOON, secs(45), secs(3_600));
        let long = Closure::new(NOON, secs(7_200), secs(3_600));
        assert_eq!(short.or_longer(None), short);
        for both in [short.or_longer(Some(long)), long.or_longer(Some(short))] {
            assert_eq!(both, long);
        }
    }
}
