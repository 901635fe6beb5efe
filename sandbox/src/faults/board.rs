//! The armed faults of a sandbox: which of them strikes a request, and how often each did.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::fault::{Fault, FaultError, What, When};
use crate::limits::Left;

/// Names an armed fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FaultId(pub(crate) u64);
/// The faults of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Board>);

#[derive(Debug, Default)]
struct Board {
    last_id: u64,
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    id: FaultId,
    fault: Fault,
    seen: u64,
    struck: u64,
    dice: fastrand::Rng,
    left_before: Left,
}

/// An armed fault, as `GET /_sandbox/faults` lists it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ArmedFault {
    /// Its name.
    pub id: FaultId,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests it struck.
    pub struck: u64,
}

/// A fault that strikes a request.
pub(crate) struct Strike {
    pub(crate) what: What,
    pub(crate) delay: Option<Duration>,
    pub(crate) left_before: Left,
}

impl Faults {
    pub(crate) fn arm(&self, fault: Fault, left_before: Left) -> Result<FaultId, FaultError> {
        fault.check()?;
        let mut board = self.board();
        board.last_id += 1;
        let id = FaultId(board.last_id);
        let dice = fastrand::Rng::with_seed(fault.when.seed.unwrap_or(0));
        board.armed.push(Armed {
            id,
            fault,
            seen: 0,
            struck: 0,
            dice,
            left_before,
        });
        Ok(id)
    }

    pub(crate) fn list(&self) -> Vec<ArmedFault> {
        let shown = |armed: &Armed| ArmedFault {
            id: armed.id,
            fault: armed.fault.clone(),
            struck: armed.struck,
        };
        self.board().armed.iter().map(shown).collect()
    }

    /// Says whether there was one.
    pub(crate) fn clear(&self, id: FaultId) -> bool {
        let mut board = self.board();
        let before = board.armed.len();
        board.armed.retain(|armed| armed.id != id);
        board.armed.len() < before
    }

    pub(crate) fn clear_all(&self) {
        self.board().armed.clear();
    }

    /// The fault that strikes this request, counted.
    pub(crate) fn pick(&self, operation: Option<&str>, method: &Method) -> Option<Strike> {
        let mut board = self.board();
        let mut fitting = board
            .armed
            .iter_mut()
            .filter(|armed| armed.fits(operation, method));
        fitting.find_map(Armed::strike)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn fits(&self, operation: Option<&str>, method: &Method) -> bool {
        let When {
            operation: on,
            method: with,
            times,
            ..
        } = &self.fault.when;
        on.as_deref().is_none_or(|on| Some(on) == operation)
            && with
                .as_deref()
                .is_none_or(|with| with.eq_ignore_ascii_case(method.as_str()))
            && times.is_none_or(|times| self.struck < times)
    }

    fn strike(&mut self) -> Option<Strike> {
        self.seen += 1;
        let When {
            nth,
            probability,
            delay_ms,
            ..
        } = &self.fault.when;
        let hit = nth.is_none_or(|nth| nth == self.seen)
            && probability.is_none_or(|probability| self.dice.f64() < probability);
        hit.then(|| {
            self.struck += 1;
            Strike {
                what: self.fault.what.clone(),
                delay: delay_ms.map(Duration::from_millis),
                left_before: self.left_before,
            }
        })
    }
}
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::clock::Moment;
    use crate::limits::Limits;

    fn left() -> Left {
        Limits::new(1, 1, Moment::from_unix_seconds(0)).left(Moment::from_unix_seconds(0))
    }

    fn struck(fault: Fault, requests: usize) -> Vec<bool> {
        let faults = Faults::default();
        faults.arm(fault, left()).unwrap();
        (0..requests)
            .map(|_| faults.pick(Some("getContact"), &Method::GET).is_some())
            .collect()
    }

    #[test]
    fn a_fault_strikes_as_often_as_told() {
        assert_eq!(
            struck(Fault::status(500).times(2), 4),
            [true, true, false, false]
        );
        assert_eq!(
            struck(Fault::status(500).nth(2), 4),
            [false, true, false, false]
        );
        assert_eq!(struck(Fault::status(500).method("get"), 1), [true]);
        assert_eq!(struck(Fault::status(500).method("PUT"), 1), [false]);
        assert_eq!(struck(Fault::status(500).on("createContact"), 1), [false]);
    }

    #[test]
    fn chance_repeats_with_its_seed() {
        let first = struck(Fault::delay(Duration::ZERO).probability(0.5, 7), 64);
        let again = struck(Fault::delay(Duration::ZERO).probability(0.5, 7), 64);
        let other = struck(Fault::delay(Duration::ZERO).probability(0.5, 8), 64);
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first.contains(&true) && first.contains(&false));
    }
}
