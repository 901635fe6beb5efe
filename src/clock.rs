//! The wall clock and the dice: the one place where the library asks what
//! time it is and draws jitter, so that a test decides both.
//! Elapsed time and sleeping are tokio's and follow its paused clock.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

/// What the library takes from outside itself: the date, and chance.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time on this machine's clock, which may differ from the server's.
    fn now(&self) -> SystemTime;

    /// A number drawn evenly from `0.0..1.0`, new on every call.
    fn jitter(&self) -> f64;
}

/// The machine's own clock and the standard library's random keys.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Spreads retries; nothing here needs to be secret. Each `RandomState`
    /// has keys of its own, so hashing the same thing gives a new number.
    fn jitter(&self) -> f64 {
        unit(RandomState::new().hash_one(()))
    }
}

/// Maps the full range of `u64` evenly onto `0.0..1.0`.
fn unit(bits: u64) -> f64 {
    // 32 bits convert without loss and are fine enough for a delay.
    let high = u32::try_from(bits >> 32).unwrap_or(u32::MAX);
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_covers_the_unit_interval_and_never_reaches_one() {
        assert!(unit(0).abs() < f64::EPSILON);
        assert!(unit(u64::MAX) < 1.0);
        assert!((unit(1 << 63) - 0.5).abs() < f64::EPSILON);

        let drawn: Vec<f64> = (0..1_000).map(|_| SystemClock.jitter()).collect();
        let mean = drawn.iter().sum::<f64>() / 1_000.0;
        assert!((0.4..0.6).contains(&mean), "mean {mean}");
        assert!(drawn.iter().any(|&draw| draw < 0.1) && drawn.iter().any(|&draw| draw > 0.9));
    }
}
