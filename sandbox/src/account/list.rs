//! A list of contacts. Who is on it stands on the contacts.

use serde::{Deserialize, Serialize};

use super::{Id, Version};
use crate::clock::Moment;

/// A list, as stored; `api::lists` decides what of it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(rename = "contactStructureId")]
    pub(crate) structure_id: Id,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: ListKind,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    #[serde(rename = "__v")]
    pub(crate) version: Version,
}

/// The only kind there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ListKind {
    #[default]
    Static,
}
