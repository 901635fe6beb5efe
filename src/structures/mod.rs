//! Structures, the schema of contacts: fetched here, looked into by [`Structure`], which does no I/O.

mod cache;
mod drift;
mod replacement;
mod structure;
mod update;

use std::{fmt, sync::Arc};

use crate::{Error, ErrorKind, StructureId, caller::Caller, wire::Listing};

pub use crate::open_sets::{DataType, PredefinedField};
pub(crate) use cache::Cache;
pub use replacement::StructureReplacement;
pub(crate) use structure::did_you_mean;
pub use structure::{Field, FieldRef, Structure, Tag, TagRef};

/// The structures of an account; from [`Client::structures`](crate::Client::structures).
#[derive(Clone)]
pub struct Structures {
    caller: Caller,
    cache: Arc<Cache>,
}

impl Structures {
    pub(crate) fn new(caller: Caller, cache: Arc<Cache>) -> Self {
        Self { caller, cache }
    }

    /// All structures. Documented: guide Manage Contacts, step 1.
    ///
    /// # Errors
    ///
    /// As any call: see [`ErrorKind`].
    pub fn all(&self) -> impl Future<Output = Result<Vec<Structure>, Error>> + use<> {
        let call = self.caller.call();
        call.ask_all(async |raw| raw.list_structures().await)
    }

    /// One structure.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub fn get(&self, id: &StructureId) -> impl Future<Output = Result<Structure, Error>> + use<> {
        let id = id.clone();
        self.caller
            .ask(async move |raw| raw.get_structure(&id).await)
    }

    /// The account's first structure, which is the default one: most accounts have no other. Kept in
    /// memory for five minutes; [`all`](Self::all) and [`get`](Self::get) always ask. Nobody waits for
    /// another's request: callers that find nothing in memory at the same time each ask.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the account has no structure, which no text about the API allows;
    /// otherwise as any call.
    pub fn primary(&self) -> impl Future<Output = Result<Structure, Error>> + use<> {
        let Self { caller, cache } = self.clone();
        async move {
            if let Some(primary) = cache.primary() {
                return Ok(primary);
            }
            let asked = cache.asking();
            let all = caller.call();
            let all = all.ask_list(async |raw| raw.list_structures().await);
            let Listing { rows, unread, .. } = all.await?;
            cache.keep_all(&rows, asked);
            // Those after it may be as odd as they like.
            if let Some(odd) = unread.into_iter().find(|odd| odd.element() == Some(0)) {
                return Err(odd);
            }
            rows.into_iter().next().ok_or_else(|| {
                let why = "the account has no structure; make one in the web application";
                Error::new(ErrorKind::NotFound, why).on("listStructures")
            })
        }
    }

    /// One structure, from memory where it was read in the last five minutes.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn known(
        &self,
        id: &StructureId,
    ) -> impl Future<Output = Result<Structure, Error>> + use<> {
        let (structures, id) = (self.clone(), id.clone());
        async move {
            let cache = &structures.cache;
            if let Some(structure) = cache.fresh(&id) {
                return Ok(structure);
            }
            let asked = cache.asking();
            let structure = structures.get(&id).await?;
            cache.keep(&structure, asked);
            Ok(structure)
        }
    }

    /// What is remembered of a structure, however old.
    pub(crate) fn remembered(&self, id: &StructureId) -> Option<Structure> {
        self.cache.remembered(id)
    }

    /// A structure after a refusal that raises doubts about what is known of it: read anew, and kept; but
    /// not again within a minute, so that a thousand refusals don't cost a thousand requests.
    pub(crate) async fn doubted(&self, id: &StructureId) -> Result<Structure, Error> {
        let cache = &self.cache;
        if let Some(structure) = cache.assured(id) {
            return Ok(structure);
        }
        let asked = cache.asking();
        let structure = self.get(id).await?;
        cache.keep_doubted(&structure, asked);
        Ok(structure)
    }

    /// Forgets a structure that [`known`](Self::known) and [`primary`](Self::primary) keep, because it
    /// changed: the next call reads it anew, and what is being read now isn't kept. Nothing is sent.
    pub fn forget(&self, id: &StructureId) {
        self.cache.forget(id);
    }

    /// Keeps what a structure is now, for [`known`](Self::known) and [`primary`](Self::primary).
    fn remember(&self, structure: &Structure) {
        let cache = &self.cache;
        cache.keep(structure, cache.asking());
    }
}

impl fmt::Debug for Structures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Structures").field(&self.caller).finish()
    }
}
