//! A row of a search: the columns that were asked for, with the status spelt in its own way.

use crate::{
    Contact, ContactId, EmailAddress, ListId, Status, StructureId, TagId, Timestamp,
    contacts::{FieldValue, PrimaryStatus, Reference, StatusReason},
    wire::wire_object,
};

wire_object! {
    /// A row of a search. Documented: guide Search Contacts, and the provider's OpenAPI document, in
    /// which every property is optional.
    pub struct FoundContact {
        /// Names the contact.
        optional pub id: ContactId = "_id",
        /// The e-mail address.
        optional pub key: EmailAddress = "key",
        /// The structure that it belongs to.
        optional pub structure_id: StructureId = "contactStructureId",
        /// The values of its custom fields.
        many pub fields: Vec<FieldValue> = "fields",
        /// The tags that it has.
        many pub tags: Vec<Reference<TagId>> = "tags",
        /// The lists that it is on.
        many pub lists: Vec<Reference<ListId>> = "lists",
        /// `Active` or `Inactive`.
        optional pub primary_status: PrimaryStatus = "contactStatus",
        /// The reason of an inactive contact.
        optional pub reason: StatusReason = "contactSubStatus",
        /// When it was created.
        optional pub created_at: Timestamp = "createdAt",
        /// When it was last changed.
        optional pub updated_at: Timestamp = "updatedAt",
    }
}

impl FoundContact {
    /// The contact, where the row has an id and a key. It has no version, and nothing that a search
    /// doesn't answer, so it can't be replaced.
    pub(crate) fn into_contact(self, structure: &StructureId) -> Option<Contact> {
        let reason = self.reason;
        Some(Contact {
            id: self.id?,
            key: self.key?,
            structure_id: self.structure_id.unwrap_or_else(|| structure.clone()),
            fields: self.fields,
            status: self
                .primary_status
                .map(|primary| Status::new(primary, reason)),
            lists: self.lists,
            tags: self.tags,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: None,
            kept: self.kept,
        })
    }
}
