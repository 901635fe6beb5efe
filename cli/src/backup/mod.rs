//! What an account holds, as files: written whole or not at all, and looked over without the account.
//!
//! A backup is a folder, or the same files as a tar archive: `structures.json`, `lists.json`, `contacts.jsonl`,
//! `events.jsonl` where they were asked for, and `manifest.json`, which is written last and without which it is no
//! backup. Arrows: `write` and `read` -> `manifest`; `restore` -> `read`. Nothing here asks the service or prints.

mod manifest;
mod read;
mod restore;
mod write;

pub(crate) use manifest::{About, Manifest};
pub(crate) use read::{Found, Place, look};
pub(crate) use restore::restorable;
pub(crate) use write::Draft;

/// The structures, one a line, as a JSON array.
pub(crate) const STRUCTURES: &str = "structures.json";
/// The lists of each structure, one structure a line, as a JSON array of `{"structure": ID, "lists": [..]}`.
pub(crate) const LISTS: &str = "lists.json";
/// The contacts, one a line.
pub(crate) const CONTACTS: &str = "contacts.jsonl";
/// The events, one a line.
pub(crate) const EVENTS: &str = "events.jsonl";
/// What the other files are.
pub(crate) const MANIFEST: &str = "manifest.json";

#[cfg(test)]
mod tests;
