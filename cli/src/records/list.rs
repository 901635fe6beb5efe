//! A list.

use benchmark_email::List;
use serde::Serialize;

use crate::output::Column;

/// A list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "List"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListRecord {
    /// Its id.
    id: String,
    name: String,
    /// How it gets its contacts; `static` is the only way now.
    kind: Option<String>,
    /// How many contacts are on it, where the service told.
    contacts: Option<u64>,
    /// How many campaigns use it, where the service told.
    campaigns: Option<u64>,
    /// When it was created, in UTC.
    created_at: Option<String>,
    /// When it was last changed, in UTC.
    updated_at: Option<String>,
    /// Its version (`__v`).
    version: Option<i64>,
}

impl ListRecord {
    pub(crate) fn new(list: &List) -> Self {
        Self {
            id: list.id.to_string(),
            name: list.name.clone(),
            kind: list.kind.as_ref().map(ToString::to_string),
            contacts: list.total_contacts,
            campaigns: list.total_campaigns,
            created_at: list.created_at.as_ref().map(ToString::to_string),
            updated_at: list.updated_at.as_ref().map(ToString::to_string),
            version: list.version,
        }
    }

    /// One cell for each of [`list_columns`].
    pub(crate) fn cells(&self) -> Vec<String> {
        fn text<T: ToString>(value: Option<&T>) -> String {
            value.map(ToString::to_string).unwrap_or_default()
        }
        vec![
            self.name.clone(),
            text(self.contacts.as_ref()),
            text(self.campaigns.as_ref()),
            text(self.created_at.as_ref()),
            text(self.updated_at.as_ref()),
            text(self.kind.as_ref()),
            self.id.clone(),
            text(self.version.as_ref()),
        ]
    }
}

/// The columns of a list, in every format.
pub(crate) fn list_columns() -> Vec<Column> {
    vec![
        Column::new("name", "Name"),
        Column::new("contacts", "Contacts"),
        Column::new("campaigns", "Campaigns"),
        Column::new("createdAt", "Created"),
        Column::new("updatedAt", "Updated").wide(),
        Column::new("kind", "Kind").wide(),
        Column::new("id", "Id"),
        Column::new("version", "Version").wide(),
    ]
}
