//! The lists of a structure.

use crate::{
    Client, Error, ListId, ListKind, StructureId, Timestamp, raw::types, wire::wire_object,
};

/// The lists of a structure; from [`Client::lists`].
#[derive(Clone, Debug)]
pub struct Lists {
    client: Client,
    structure: StructureId,
}

impl Lists {
    pub(crate) fn new(client: Client, structure: StructureId) -> Self {
        Self { client, structure }
    }

    /// Creates an empty list. Documented: guide Manage Lists. Whether names must be unique is not.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the name is empty or longer than 1,000
    /// characters, before anything is sent; otherwise as any call.
    pub async fn create(&self, name: &str) -> Result<List, Error> {
        let body = types::ListCreate {
            name: list_name(name)?,
            type_: None,
        };
        let call = self.client.call();
        let result = call.raw.create_list(&self.structure, &body).await;
        call.finish("createList", result)
    }

    /// One list. Documented: guide Manage Lists.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) or, as the provider's OpenAPI document has it,
    /// [`Validation`](crate::ErrorKind::Validation) when none has this id; otherwise as any call.
    pub async fn get(&self, id: &ListId) -> Result<List, Error> {
        let call = self.client.call();
        let result = call.raw.get_list(&self.structure, id).await;
        call.finish("getList", result)
    }
}

fn list_name(name: &str) -> Result<types::ListName, Error> {
    types::ListName::try_from(name).map_err(|_| {
        Error::invalid(format!(
            "the name of a list has 1 to 1,000 characters; this one has {}",
            name.chars().count()
        ))
    })
}

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
