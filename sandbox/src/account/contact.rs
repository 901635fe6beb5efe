//! A contact, its status and its references to lists and tags, in the shape the service shows.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::extra::{self, Extra};
use super::{Id, Version};
use crate::clock::Moment;

/// One contact.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) key: Box<str>,
    #[serde(rename = "contactStructureId")]
    pub(crate) structure_id: Id,
    #[serde(default)]
    pub(crate) fields: Box<[FieldValue]>,
    pub(crate) status: Status,
    #[serde(default)]
    pub(crate) lists: Box<[Ref]>,
    #[serde(default)]
    pub(crate) tags: Box<[Ref]>,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    #[serde(rename = "__v")]
    pub(crate) version: Version,
    /// What the client sent and no text names.
    #[serde(flatten, with = "extra", default)]
    pub(crate) extra: Extra,
}

/// The value of one custom field.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FieldValue {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) value: Value,
}

/// A contact's reference to a list or a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ref {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
}

/// Whether a contact may be written to, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "primary")]
pub(crate) enum Status {
    Active,
    Inactive { secondary: Box<str> },
}

impl Contact {
    pub(crate) fn is_on(&self, list: Id) -> bool {
        self.lists.iter().any(|entry| entry.id == list)
    }

    pub(crate) fn value_of(&self, field: Id) -> Option<&Value> {
        self.fields
            .iter()
            .find(|entry| entry.id == field)
            .map(|entry| &entry.value)
    }
}

impl Status {
    pub(crate) fn primary(&self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive { .. } => "Inactive",
        }
    }

    pub(crate) fn secondary(&self) -> Option<&str> {
        match self {
            Self::Active => None,
            Self::Inactive { secondary } => Some(secondary),
        }
    }
}

/// Addresses and values stay out of debug output.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_contact_reads_back_as_written() {
        let wire = json!({
            "_id": "66f1a6e4698f1bca60424901",
            "key": "jane.smith@example.com",
            "contactStructureId": "64a1b2c3d4e5f6a7b8c9d0e1",
            "fields": [{ "_id": "64a1b2c3d4e5f6a7b8c9d100", "value": "Jane" }],
            "status": { "primary": "Inactive", "secondary": "Bounce" },
            "lists": [{ "_id": "64a1b2c3d4e5f6a7b8c9d200" }],
            "tags": [],
            "createdAt": "2026-03-28T14:30:00.000Z",
            "updatedAt": "2026-03-28T14:30:00.000Z",
            "__v": 3,
            "shoeSize": 44
        });
        let contact: Contact = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(serde_json::to_value(&contact).unwrap(), wire);
        assert!(!format!("{contact:?}").contains("jane"));
    }

    #[test]
    fn an_active_contact_shows_no_reason() {
        assert_eq!(
            serde_json::to_value(Status::Active).unwrap(),
            json!({ "primary": "Active" })
        );
    }
}
