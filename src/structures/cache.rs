//! Structures that were read, kept for a while. No I/O: its lock is held for a look, never for a request.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Structure;
use crate::StructureId;

/// How long a structure is answered from memory.
const FRESH: Duration = Duration::from_secs(300);
/// How long nobody asks again after a refusal raised doubts about a structure.
const ASSURED: Duration = Duration::from_secs(60);

/// The structures that are known. Clones of a client share them.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Known>);

#[derive(Default)]
struct Known {
    primary: Option<StructureId>,
    structures: HashMap<StructureId, Kept>,
    /// How often anything was forgotten.
    forgotten: u64,
}

struct Kept {
    structure: Structure,
    since: Instant,
    /// Whether it was read because of doubts.
    doubted: bool,
}

/// When a structure was asked for: what was forgotten since isn't kept.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    forgotten: u64,
}

impl Cache {
    /// To be called before a structure is asked for.
    pub(super) fn asking(&self) -> Asked {
        let forgotten = self.lock().forgotten;
        Asked { forgotten }
    }

    pub(super) fn primary(&self) -> Option<Structure> {
        let known = self.lock();
        let id = known.primary.as_ref()?;
        known.fresh(id).cloned()
    }

    pub(super) fn fresh(&self, id: &StructureId) -> Option<Structure> {
        self.lock().fresh(id).cloned()
    }

    /// What is remembered of a structure, however old.
    pub(super) fn remembered(&self, id: &StructureId) -> Option<Structure> {
        let known = self.lock();
        known.structures.get(id).map(|kept| kept.structure.clone())
    }

    /// A structure that was read because of doubts a moment ago. Any other is given up: doubts are about
    /// that.
    pub(super) fn assured(&self, id: &StructureId) -> Option<Structure> {
        let mut known = self.lock();
        match known.structures.get(id) {
            Some(kept) if kept.doubted && kept.since.elapsed() < ASSURED => {
                Some(kept.structure.clone())
            }
            _ => {
                known.structures.remove(id);
                None
            }
        }
    }

    pub(super) fn keep_all(&self, structures: &[Structure], asked: Asked) {
        let mut known = self.lock();
        known.primary = structures.first().map(|first| first.id().clone());
        for structure in structures {
            known.keep(structure, asked, false);
        }
    }

    pub(super) fn keep(&self, structure: &Structure, asked: Asked) {
        self.lock().keep(structure, asked, false);
    }

    pub(super) fn keep_doubted(&self, structure: &Structure, asked: Asked) {
        self.lock().keep(structure, asked, true);
    }

    pub(super) fn forget(&self, id: &StructureId) {
        let mut known = self.lock();
        known.forgotten = known.forgotten.wrapping_add(1);
        known.structures.remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn fresh(&self, id: &StructureId) -> Option<&Structure> {
        let kept = self.structures.get(id)?;
        (kept.since.elapsed() < FRESH).then_some(&kept.structure)
    }

    /// Several may ask at once, and their answers come in any order: an older one doesn't count.
    fn keep(&mut self, structure: &Structure, asked: Asked, doubted: bool) {
        let overtaken = self
            .fresh(structure.id())
            .is_some_and(|kept| kept.version() > structure.version());
        if overtaken || asked.forgotten != self.forgotten {
            return;
        }
        let kept = Kept {
            structure: structure.clone(),
            since: Instant::now(),
            doubted,
        };
        self.structures.insert(structure.id().clone(), kept);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::advance;

    use super::*;

    const A_SECOND: Duration = Duration::from_secs(1);

    fn version(number: i64) -> Structure {
        let json = json!({"_id": "s1", "label": "Default", "fields": [], "__v": number});
        serde_json::from_value(json).unwrap()
    }

    fn kept(cache: &Cache) -> Option<i64> {
        cache.fresh(version(0).id())?.version()
    }

    #[test]
    fn an_older_answer_that_comes_later_replaces_no_newer_one() {
        let cache = Cache::default();
        let asked = cache.asking();
        cache.keep(&version(2), asked);
        cache.keep(&version(1), asked);
        cache.keep_all(&[version(1)], asked);
        assert_eq!(kept(&cache), Some(2));
        cache.keep(&version(3), asked);
        assert_eq!(kept(&cache), Some(3));
    }

    #[test]
    fn what_was_asked_for_before_it_was_forgotten_is_not_kept() {
        let cache = Cache::default();
        let asked = cache.asking();
        cache.forget(version(1).id());
        cache.keep(&version(1), asked);
        cache.keep_doubted(&version(1), asked);
        assert_eq!(kept(&cache), None);
        cache.keep(&version(1), cache.asking());
        assert_eq!(kept(&cache), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_lasts_five_minutes_and_an_assurance_one() {
        let cache = Cache::default();
        cache.keep_all(&[version(2)], cache.asking());
        advance(FRESH.saturating_sub(A_SECOND)).await;
        assert!(cache.primary().is_some());
        advance(A_SECOND).await;
        assert_eq!((cache.primary(), kept(&cache)), (None, None));
        assert!(cache.remembered(version(2).id()).is_some());
        // Nothing fresh speaks against an older one.
        cache.keep_doubted(&version(1), cache.asking());
        advance(ASSURED.saturating_sub(A_SECOND)).await;
        assert!(cache.assured(version(1).id()).is_some());
        advance(A_SECOND).await;
        assert_eq!(kept(&cache), Some(1));
        assert_eq!(cache.assured(version(1).id()), None);
        assert_eq!(kept(&cache), None);
    }
}
