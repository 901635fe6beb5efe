//! The columns that a search answers.

use serde::{Deserialize, Serialize};

/// A column of the answer to a search, of those that the service knows: one unknown name fails the
/// whole request. Documented: guide Search Contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SearchColumn {
    /// The contact's id, which always comes.
    #[serde(rename = "_id")]
    Id,
    /// The e-mail address.
    #[serde(rename = "key")]
    Key,
    /// The values of the custom fields.
    #[serde(rename = "fields")]
    Fields,
    /// The tags.
    #[serde(rename = "tags")]
    Tags,
    /// The lists.
    #[serde(rename = "lists")]
    Lists,
    /// `Active` or `Inactive`.
    #[serde(rename = "contactStatus")]
    Status,
    /// The reason of an inactive contact.
    #[serde(rename = "contactSubStatus")]
    Reason,
    /// When it was created.
    #[serde(rename = "createdAt")]
    CreatedAt,
    /// When it was last changed.
    #[serde(rename = "updatedAt")]
    UpdatedAt,
}

impl SearchColumn {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Id,
        Self::Key,
        Self::Fields,
        Self::Tags,
        Self::Lists,
        Self::Status,
        Self::Reason,
        Self::CreatedAt,
        Self::UpdatedAt,
    ];
}
