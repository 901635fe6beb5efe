//! API keys that the service refused. Bad keys that are tried again and again
//! get the whole address blocked, so a refused key is refused here from then
//! on, but for one call a minute that finds out whether it is good again.

use std::{sync::Arc, time::Duration};

use super::moment::Moment;
use super::names::KeyName;
use crate::Error;

/// How often a refused key is tried.
const PROBED_EVERY: Duration = Duration::from_secs(60);

/// A refusal that is older is not worth remembering beside newer ones.
const STALE: Duration = Duration::from_secs(60 * 60);

/// The refused keys of one account: hardly ever more than one.
#[derive(Debug, Default)]
pub(super) struct RefusedKeys(Vec<RefusedKey>);

#[derive(Debug)]
struct RefusedKey {
    key: KeyName,
    at: Moment,
    next_probe: Moment,
    answer: Arc<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyState {
    /// Nothing is known against it.
    Good,
    /// It was refused, and one call may find out whether it still is.
    Doubted,
    /// It was refused then.
    Refused { at: Moment },
}

impl RefusedKeys {
    pub(super) fn state(&self, key: KeyName, now: Moment) -> KeyState {
        match self.get(key) {
            None => KeyState::Good,
            Some(refused) if refused.next_probe <= now => KeyState::Doubted,
            Some(refused) => KeyState::Refused { at: refused.at },
        }
    }

    /// What the service answered when it refused the key.
    pub(super) fn answer(&self, key: KeyName) -> Option<Arc<Error>> {
        self.get(key).map(|refused| Arc::clone(&refused.answer))
    }

    fn get(&self, key: KeyName) -> Option<&RefusedKey> {
        self.0.iter().find(|refused| refused.key == key)
    }

    /// Whether a key is refused now.
    pub(super) fn matter(&self, now: Moment) -> bool {
        self.0.iter().any(|refused| refused.next_probe > now)
    }

    /// A call leaves to find out.
    pub(super) fn probe(&mut self, key: KeyName, now: Moment) {
        let mut refused = self.0.iter_mut();
        if let Some(refused) = refused.find(|refused| refused.key == key) {
            refused.next_probe = now + PROBED_EVERY;
        }
    }

    /// The service refused the key.
    pub(super) fn refuse(&mut self, key: KeyName, now: Moment, answer: Arc<Error>) {
        self.0
            .retain(|refused| refused.key != key && now.since(refused.at) < STALE);
        self.0.push(RefusedKey {
            key,
            at: now,
            next_probe: now + PROBED_EVERY,
            answer,
        });
    }

    /// The service took the key for a request that was sent then.
    pub(super) fn accept(&mut self, key: KeyName, sent: Moment) {
        self.0
            .retain(|refused| refused.key != key || sent < refused.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const NOON: Moment = Moment::at(Duration::from_secs(1_795_435_200));

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn answer() -> Arc<Error> {
        Arc::new(Error::new(ErrorKind::Unauthorized, "refused"))
    }

    #[test]
    fn a_refused_key_is_doubted_once_a_minute() {
        let (bad, good) = (KeyName::of("bad"), KeyName::of("good"));
        let mut keys = RefusedKeys::default();
        assert_eq!(keys.state(bad, NOON), KeyState::Good);
        keys.refuse(bad, NOON, answer());
        let refused = KeyState::Refused { at: NOON };
        assert_eq!(keys.state(bad, NOON + secs(59)), refused);
        assert_eq!(keys.state(bad, NOON + secs(60)), KeyState::Doubted);
        assert_eq!(keys.state(good, NOON), KeyState::Good);
        assert!(keys.answer(bad).is_some() && keys.answer(good).is_none());

        keys.probe(bad, NOON + secs(70));
        keys.probe(good, NOON + secs(70));
        assert_eq!(keys.state(bad, NOON + secs(129)), refused);
        assert_eq!(keys.state(bad, NOON + secs(130)), KeyState::Doubted);

        let again = NOON + secs(140);
        keys.refuse(bad, again, answer());
        let refused = KeyState::Refused { at: again };
        assert_eq!(keys.state(bad, again + secs(59)), refused);
    }

    #[test]
    fn a_key_that_is_taken_after_it_was_refused_is_good_again() {
        let (key, other) = (KeyName::of("key"), KeyName::of("other"));
        let mut keys = RefusedKeys::default();
        keys.refuse(key, NOON, answer());
        keys.refuse(other, NOON, answer());
        keys.accept(key, NOON - secs(1));
        assert_ne!(keys.state(key, NOON), KeyState::Good);
        keys.accept(key, NOON);
        assert_eq!(keys.state(key, NOON), KeyState::Good);
        assert_ne!(keys.state(other, NOON), KeyState::Good);
    }

    #[test]
    fn old_refusals_go_when_another_one_comes() {
        let mut keys = RefusedKeys::default();
        keys.refuse(KeyName::of("old"), NOON, answer());
        keys.refuse(KeyName::of("new"), NOON + STALE / 2, answer());
        assert_eq!(keys.0.len(), 2);
        keys.refuse(KeyName::of("newest"), NOON + STALE, answer());
        assert_eq!(keys.0.len(), 2);
        assert!(keys.get(KeyName::of("old")).is_none());
    }
}
