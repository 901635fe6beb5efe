//! The account outside of memory: the journal that survives a kill, snapshots, seeds, generated contacts.

mod fresh;
mod journal;
mod people;
mod snapshot;

pub(crate) use fresh::default_structure;
pub(crate) use journal::{Journal, Place};
pub(crate) use people::generate;
pub use snapshot::SeedError;
pub(crate) use snapshot::{Snapshot, read};
