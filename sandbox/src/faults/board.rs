//! The armed faults of a sandbox: which of them strikes a request, and how often each did.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    fault: Arc<Fault>,
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
    /// Whether it struck as often as it may, and will strike no more.
    pub spent: bool,
}

/// A fault that strikes a request.
pub(crate) struct Strike {
    pub(crate) fault: Arc<Fault>,
    pub(crate) delay: Option<Duration>,
    pub(crate) left_before: Left,
}

impl Strike {
    pub(crate) fn what(&self) -> &What {
        &self.fault.what
    }
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
            fault: Arc::new(fault),
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
            fault: Fault::clone(&armed.fault),
            struck: armed.struck,
            spent: armed.is_spent(),
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
            ..
        } = &self.fault.when;
        on.as_deref().is_none_or(|on| Some(on) == operation)
            && with
                .as_deref()
                .is_none_or(|with| with.eq_ignore_ascii_case(method.as_str()))
            && !self.is_spent()
    }

    fn is_spent(&self) -> bool {
        let When { times, nth, .. } = &self.fault.when;
        times.is_some_and(|times| self.struck >= times) || nth.is_some_and(|nth| self.seen >= nth)
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
                fault: Arc::clone(&self.fault),
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
    fn a_fault_that_struck_as_often_as_it_may_is_spent() {
        let spent = |fault: Fault, requests: usize| {
            let faults = Faults::default();
            faults.arm(fault, left()).unwrap();
            for _ in 0..requests {
                let _ = faults.pick(Some("getContact"), &Method::GET);
            }
            faults.list().iter().all(|armed| armed.spent)
        };
        assert!(!spent(Fault::status(500).times(2), 1));
        assert!(spent(Fault::status(500).times(2), 2));
        assert!(!spent(Fault::status(500).nth(2), 1));
        assert!(spent(Fault::status(500).nth(2), 2));
        assert!(!spent(Fault::status(500), 9));
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
