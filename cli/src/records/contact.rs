//! A contact, with its fields, lists and tags by name.

use benchmark_email::{
    Contact, FieldId, ListId, TagId, Value,
    contacts::{FieldValue, FoundContact, Reference},
};
use serde::{Serialize, Serializer};

use crate::{
    names::Names,
    output::{Column, joined},
};

/// A contact.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Contact"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactRecord {
    /// Its id.
    id: Option<String>,
    /// Its address.
    email: Option<String>,
    /// `Active` or `Inactive`.
    status: Option<String>,
    /// Why it is inactive.
    reason: Option<String>,
    /// The values of its fields, by label; a label that two fields have is followed by the id in brackets.
    #[cfg_attr(
        test,
        schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")
    )]
    fields: Fields,
    /// The lists that it is on.
    lists: Vec<ListName>,
    /// The tags that it has.
    tags: Vec<TagName>,
    /// When it was created, in UTC.
    created_at: Option<String>,
    /// When it was last changed, in UTC.
    updated_at: Option<String>,
    /// Its version (`__v`); none where a search found it.
    version: Option<i64>,
}

/// A list that a contact is on.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ListName {
    id: String,
    /// None for one that the account doesn't name.
    name: Option<String>,
}

/// A tag that a contact has.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct TagName {
    id: String,
    /// None for one that the structure doesn't name.
    label: Option<String>,
}

/// Values in the order of the structure.
#[derive(Debug)]
struct Fields(Vec<(String, Value)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(label, value)| (label, value)))
    }
}

impl Fields {
    fn new(held: &[FieldValue], names: &Names) -> Self {
        let value = |id: &FieldId| held.iter().find(|field| field.id == *id)?.value.clone();
        let known = names
            .fields()
            .iter()
            .filter_map(|(id, name)| Some((name.clone(), value(id)?)));
        let is_known = |id: &FieldId| names.fields().iter().any(|(known, _)| known == id);
        // A field that came after the structure was read is told by its id.
        let others = held.iter().filter(|field| !is_known(&field.id));
        let others = others.filter_map(|field| Some((field.id.to_string(), field.value.clone()?)));
        Self(known.chain(others).collect())
    }
}

fn lists(held: &[Reference<ListId>], names: &Names) -> Vec<ListName> {
    let by_name = |list: &Reference<ListId>| ListName {
        id: list.id.to_string(),
        name: names.list(&list.id).map(str::to_owned),
    };
    held.iter().map(by_name).collect()
}

fn tags(held: &[Reference<TagId>], names: &Names) -> Vec<TagName> {
    let by_name = |tag: &Reference<TagId>| TagName {
        id: tag.id.to_string(),
        label: names.tag(&tag.id).map(str::to_owned),
    };
    held.iter().map(by_name).collect()
}

impl ContactRecord {
    pub(crate) fn new(contact: &Contact, names: &Names) -> Self {
        let status = contact.status();
        Self {
            id: Some(contact.id.to_string()),
            email: Some(contact.key.as_str().to_owned()),
            status: status.map(|status| status.primary.to_string()),
            reason: status.and_then(|status| Some(status.secondary.as_ref()?.to_string())),
            fields: Fields::new(&contact.fields, names),
            lists: lists(&contact.lists, names),
            tags: tags(&contact.tags, names),
            created_at: contact.created_at.as_ref().map(ToString::to_string),
            updated_at: contact.updated_at.as_ref().map(ToString::to_string),
            version: contact.version,
        }
    }

    /// What a search found.
    pub(crate) fn found(row: &FoundContact, names: &Names) -> Self {
        Self {
            id: row.id.as_ref().map(ToString::to_string),
            email: row.key.as_ref().map(|key| key.as_str().to_owned()),
            status: row.primary_status.as_ref().map(ToString::to_string),
            reason: row.reason.as_ref().map(ToString::to_string),
            fields: Fields::new(&row.fields, names),
            lists: lists(&row.lists, names),
            tags: tags(&row.tags, names),
            created_at: row.created_at.as_ref().map(ToString::to_string),
            updated_at: row.updated_at.as_ref().map(ToString::to_string),
            version: None,
        }
    }

    /// One cell for each of [`contact_columns`].
    pub(crate) fn cells(&self, names: &Names) -> Vec<String> {
        let lists = self
            .lists
            .iter()
            .map(|list| list.name.as_ref().unwrap_or(&list.id).as_str());
        let tags = self
            .tags
            .iter()
            .map(|tag| tag.label.as_ref().unwrap_or(&tag.id).as_str());
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut cells = vec![
            or_nothing(&self.email),
            or_nothing(&self.status),
            or_nothing(&self.reason),
            joined(lists),
            joined(tags),
        ];
        cells.extend(names.fields().iter().map(|(_, name)| {
            let held = self.fields.0.iter().find(|(label, _)| label == name);
            held.map_or_else(String::new, |(_, value)| value.to_string())
        }));
        cells.extend([
            or_nothing(&self.created_at),
            or_nothing(&self.updated_at),
            or_nothing(&self.id),
            self.version
                .map_or_else(String::new, |version| version.to_string()),
        ]);
        cells
    }
}

/// The columns of a contact, in every format.
pub(crate) fn contact_columns(names: &Names) -> Vec<Column> {
    let mut columns = vec![
        Column::new("email", "Address"),
        Column::new("status", "Status"),
        Column::new("reason", "Reason").wide(),
        Column::new("lists", "Lists"),
        Column::new("tags", "Tags"),
    ];
    columns.extend(
        names
            .fields()
            .iter()
            .map(|(_, name)| Column::new(name, name)),
    );
    columns.extend([
        Column::new("createdAt", "Created").wide(),
        Column::new("updatedAt", "Updated").wide(),
        Column::new("id", "Id").wide(),
        Column::new("version", "Version").wide(),
    ]);
    columns
}
