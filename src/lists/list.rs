//! A list as the service keeps it.

use crate::{
    ListId, Timestamp,
    lists::ListKind,
    wire::{Kept, wire_object},
};

wire_object! {
    /// A list of contacts. Documented: guide Manage Lists, and the provider's OpenAPI document.
    pub struct List {
        /// Names the list.
        required pub id: ListId = "_id",
        /// What people call it.
        required pub name: String = "name",
        /// How it gets its contacts.
        optional pub kind: ListKind = "type",
        /// When it was created.
        optional pub created_at: Timestamp = "createdAt",
        /// When it was last changed.
        optional pub updated_at: Timestamp = "updatedAt",
        /// How many contacts are on it; only where lists are paged.
        optional pub total_contacts: u64 = "totalContacts",
        /// How many campaigns use it; only where lists are paged.
        optional pub total_campaigns: u64 = "totalCampaigns",
        /// The version (`__v`) that a change must carry; not where all lists are listed.
        optional pub version: i64 = "__v",
    }
}

impl List {
    /// One made up, for tests.
    pub(crate) fn made(name: &str) -> Self {
        Self {
            id: ListId::made_of(name),
            name: name.to_owned(),
            kind: Some(ListKind::Static),
            created_at: None,
            updated_at: None,
            total_contacts: None,
            total_campaigns: None,
            version: Some(0),
            kept: Kept::default(),
        }
    }
}
