//! Structures, the schema of contacts: fetched here, looked into by [`Structure`], which does no I/O.

mod day;
mod replacement;
mod structure;
mod typed;
mod value;

use std::time::Duration;

use tokio::{sync::Mutex, time::Instant};

use crate::{Client, Error, ErrorKind, StructureId};

pub use day::RecurrentDate;
pub use replacement::StructureReplacement;
pub use structure::{Field, Structure, Tag};
pub use typed::Decoder;
pub(crate) use typed::members;
#[cfg(feature = "schemars")]
pub use typed::{Difference, DifferenceKind, Differences};
pub use value::Value;
pub(crate) use value::convert;

/// How long [`Structures::primary`] answers from memory.
const FRESH: Duration = Duration::from_secs(300);

/// The primary structure, once it is known. Clones of a client share it.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Option<(Instant, Structure)>>);

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
        if let Some((since, structure)) = &*known
            && since.elapsed() < FRESH
        {
            return Ok(structure.clone());
        }
        let first = self.all().await?.into_iter().next();
        let structure = first.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "the account has no structure; make one in the web application",
            )
            .on("listStructures")
        })?;
        *known = Some((Instant::now(), structure.clone()));
        Ok(structure)
    }
    /// Keeps what is known of the primary structure up to date.
    #[cfg(feature = "schemars")]
    async fn remember(&self, structure: &Structure) {
        let mut known = self.client.structure_cache().0.lock().await;
        if let Some((since, primary)) = &mut *known
            && primary.id() == structure.id()
        {
            (*since, *primary) = (Instant::now(), structure.clone());
        }
    }
}
