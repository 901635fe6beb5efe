//! What contacts were before their last change, for a person who looks for what a program did to them.

use std::collections::VecDeque;
use std::fmt;

use serde_json::Value;

use super::{Contact, Id};

/// What all of it may take; the oldest makes room.
const LARGEST: usize = 16 * 1024 * 1024;

/// Replaced and deleted versions of contacts, oldest first, as JSON: the smallest form, of a known size.
#[derive(Default)]
pub(crate) struct History {
    versions: VecDeque<(Id, Box<[u8]>)>,
    bytes: usize,
}

impl History {
    /// Keeps what a contact was.
    pub(super) fn keep(&mut self, contact: &Contact) {
        let Ok(json) = serde_json::to_vec(contact) else {
            return;
        };
        self.bytes += json.len();
        self.versions.push_back((contact.id, json.into()));
        while self.bytes > LARGEST {
            let Some((_, oldest)) = self.versions.pop_front() else {
                return;
            };
            self.bytes -= oldest.len();
        }
    }

    /// The earlier versions of a contact, oldest first.
    pub(crate) fn of(&self, contact: Id) -> impl Iterator<Item = Value> {
        let of_contact = self.versions.iter().filter(move |(id, _)| *id == contact);
        of_contact.filter_map(|(_, json)| serde_json::from_slice(json).ok())
    }
}

/// Addresses and values stay out of debug output.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "History({} versions)", self.versions.len())
    }
}
