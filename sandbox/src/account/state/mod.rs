//! The account outside of memory: the journal that survives a kill, snapshots, seeds, generated contacts.

mod fresh;
mod journal;
mod line;
mod people;
mod place;
mod salvage;
mod snapshot;

pub(crate) use fresh::default_structure;
pub(crate) use journal::{Found, Journal};
pub(crate) use line::{DEEPEST, is_too_deep};
pub(crate) use people::generate;
pub(crate) use place::Place;
pub(crate) use salvage::complete;
pub use snapshot::SeedError;
pub(crate) use snapshot::{Snapshot, read};
