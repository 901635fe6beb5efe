//! The account outside of memory: the journal that survives a kill, snapshots, and seeds.

mod journal;
mod seed;

pub(crate) use journal::Journal;
pub(crate) use seed::default_structure;
