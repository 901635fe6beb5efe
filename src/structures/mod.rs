//! Structures, the schema of contacts: fetched here, looked into by [`Structure`], which does no I/O.

mod day;
mod drift;
mod replacement;
mod structure;
mod typed;
mod update;
mod value;

use std::{collections::HashMap, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use crate::{Client, Error, ErrorKind, StructureId};

pub use day::RecurrentDate;
pub use replacement::StructureReplacement;
pub use structure::{Field, FieldRef, Structure, Tag, TagRef};
pub use typed::Decoder;
pub(crate) use typed::members;
#[cfg(feature = "schemars")]
pub use typed::{Difference, DifferenceKind, Differences};
pub(crate) use value::convert;
pub use value::{Json, Value};

/// How long a structure is answered from memory.
const FRESH: Duration = Duration::from_secs(300);
/// How long nobody asks again after a refusal raised doubts about a structure.
const ASSURED: Duration = Duration::from_secs(60);

/// The structures that are known, the primary one first where it is. Clones of a client share them.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Known>);

#[derive(Default)]
struct Known {
    primary: Option<StructureId>,
    structures: HashMap<StructureId, Kept>,
}

struct Kept {
    structure: Structure,
    since: Instant,
    /// Whether it was read because of doubts.
    doubted: bool,
}

impl Known {
    fn fresh(&self, id: &StructureId) -> Option<Structure> {
        let kept = self.structures.get(id)?;
        (kept.since.elapsed() < FRESH).then(|| kept.structure.clone())
    }

    fn assured(&self, id: &StructureId) -> Option<Structure> {
        let kept = self.structures.get(id)?;
        (kept.doubted && kept.since.elapsed() < ASSURED).then(|| kept.structure.clone())
    }

    fn keep(&mut self, structure: &Structure) {
        let kept = Kept {
            structure: structure.clone(),
            since: Instant::now(),
            doubted: false,
        };
        self.structures.insert(structure.id().clone(), kept);
    }
}

/// The structures of an account; from [`Client::structures`].
#[derive(Clone, Debug)]
pub struct Structures {
    client: Client,
}

impl Structures {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All structures. Documented: guide Manage Contacts, step 1.
    ///
    /// # Errors
    ///
    /// As any call: see [`ErrorKind`].
    pub async fn all(&self) -> Result<Vec<Structure>, Error> {
        let call = self.client.call();
        let result = call.raw.list_structures().await;
        call.finish("listStructures", result)
            .map(|structures| structures.0)
    }

    /// One structure.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub async fn get(&self, id: &StructureId) -> Result<Structure, Error> {
        let call = self.client.call();
        let result = call.raw.get_structure(id).await;
        call.finish("getStructure", result)
    }

    /// The account's first structure, which is the default one: most accounts have no other. Kept in
    /// memory for five minutes; [`all`](Self::all) and [`get`](Self::get) always ask.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the account has no structure, which no text about the API allows;
    /// otherwise as any call.
    pub async fn primary(&self) -> Result<Structure, Error> {
        // Held across the request on purpose: callers that come meanwhile get its answer.
        let mut known = self.client.structure_cache().0.lock().await;
        if let Some(primary) = known.primary.as_ref().and_then(|id| known.fresh(id)) {
            return Ok(primary);
        }
        let all = self.all().await?;
        for structure in &all {
            known.keep(structure);
        }
        let primary = all.into_iter().next().ok_or_else(|| {
            let why = "the account has no structure; make one in the web application";
            Error::new(ErrorKind::NotFound, why).on("listStructures")
        })?;
        known.primary = Some(primary.id().clone());
        Ok(primary)
    }

    /// One structure, from memory where it was read in the last five minutes.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn known(&self, id: &StructureId) -> Result<Structure, Error> {
        let mut known = self.client.structure_cache().0.lock().await;
        if let Some(structure) = known.fresh(id) {
            return Ok(structure);
        }
        let structure = self.get(id).await?;
        known.keep(&structure);
        Ok(structure)
    }

    /// What is remembered of a structure, however old.
    pub(crate) async fn remembered(&self, id: &StructureId) -> Option<Structure> {
        let known = self.client.structure_cache().0.lock().await;
        known.structures.get(id).map(|kept| kept.structure.clone())
    }

    /// A structure after a refusal that raises doubts about what is known of it: read anew, and kept; but
    /// not again within a minute, so that a thousand refusals don't cost a thousand requests.
    pub(crate) async fn doubted(&self, id: &StructureId) -> Result<Structure, Error> {
        let mut known = self.client.structure_cache().0.lock().await;
        if let Some(structure) = known.assured(id) {
            return Ok(structure);
        }
        known.structures.remove(id);
        let structure = self.get(id).await?;
        let kept = Kept {
            structure: structure.clone(),
            since: Instant::now(),
            doubted: true,
        };
        known.structures.insert(id.clone(), kept);
        Ok(structure)
    }

    /// Forgets a structure that [`known`](Self::known) and [`primary`](Self::primary) keep, because it
    /// changed: the next call reads it anew.
    pub async fn forget(&self, id: &StructureId) {
        self.client
            .structure_cache()
            .0
            .lock()
            .await
            .structures
            .remove(id);
    }

    /// Keeps what a structure is now, for [`known`](Self::known) and [`primary`](Self::primary).
    async fn remember(&self, structure: &Structure) {
        let mut known = self.client.structure_cache().0.lock().await;
        known.keep(structure);
    }
}
