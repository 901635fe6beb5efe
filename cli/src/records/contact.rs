//! A contact, with its fields, lists and tags by name.

use std::collections::HashMap;

use benchmark_email::{Contact, Field, FieldId, List, ListId, Structure, Value};
use serde::{Serialize, Serializer};

use super::value;
use crate::output::{Column, joined};

/// The names of what a contact refers to.
#[derive(Debug)]
pub(crate) struct Names {
    structure: Structure,
    /// Each field with the name of its column: its label, with the id where that alone isn't clear.
    fields: Vec<(FieldId, String)>,
    lists: HashMap<ListId, String>,
}

/// The columns that every contact has; no field's column is called so.
const FIXED: [&str; 9] = [
    "id",
    "email",
    "status",
    "reason",
    "lists",
    "tags",
    "createdAt",
    "updatedAt",
    "version",
];

impl Names {
    pub(crate) fn new(structure: Structure, lists: impl IntoIterator<Item = List>) -> Self {
        let fields = structure
            .fields()
            .iter()
            .map(|field| (field.id.clone(), column_name(field, &structure)));
        Self {
            fields: fields.collect(),
            lists: lists.into_iter().map(|list| (list.id, list.name)).collect(),
            structure,
        }
    }
}

fn column_name(field: &Field, structure: &Structure) -> String {
    let same = structure
        .fields()
        .iter()
        .filter(|other| other.label == field.label)
        .count();
    if same > 1 || FIXED.contains(&field.label.as_str()) {
        format!("{} ({})", field.label, field.id)
    } else {
        field.label.clone()
    }
}

/// A contact.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactRecord {
    /// Its id.
    id: String,
    /// Its address.
    email: String,
    /// `Active` or `Inactive`.
    status: Option<String>,
    /// Why it is inactive.
    reason: Option<String>,
    /// The values of its fields, by label; a label that two fields have is followed by the id in brackets.
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
struct ListName {
    id: String,
    /// None for one that the account doesn't name.
    name: Option<String>,
}

/// A tag that a contact has.
#[derive(Debug, Serialize)]
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

impl ContactRecord {
    pub(crate) fn new(contact: &Contact, names: &Names) -> Self {
        let held = |id: &FieldId| {
            contact
                .fields
                .iter()
                .find(|field| field.id == *id)?
                .value
                .clone()
        };
        let known = names
            .fields
            .iter()
            .filter_map(|(id, name)| Some((name.clone(), held(id)?)));
        let is_known = |id: &FieldId| names.fields.iter().any(|(known, _)| known == id);
        // A field that came after the structure was read is told by its id.
        let others = contact.fields.iter().filter(|field| !is_known(&field.id));
        let others = others.filter_map(|field| Some((field.id.to_string(), field.value.clone()?)));
        let label = |id| {
            names
                .structure
                .tags()
                .iter()
                .find(|tag| tag.id == id)
                .map(|tag| tag.label.clone())
        };
        let status = contact.status();
        Self {
            id: contact.id.to_string(),
            email: contact.key.as_str().to_owned(),
            status: status.map(|status| status.primary.to_string()),
            reason: status.and_then(|status| Some(status.secondary.as_ref()?.to_string())),
            fields: Fields(known.chain(others).collect()),
            lists: contact
                .lists
                .iter()
                .map(|list| ListName {
                    id: list.id.to_string(),
                    name: names.lists.get(&list.id).cloned(),
                })
                .collect(),
            tags: contact
                .tags
                .iter()
                .map(|tag| TagName {
                    id: tag.id.to_string(),
                    label: label(tag.id.clone()),
                })
                .collect(),
            created_at: contact.created_at.as_ref().map(ToString::to_string),
            updated_at: contact.updated_at.as_ref().map(ToString::to_string),
            version: contact.version,
        }
    }

    /// One cell for each of [`contact_columns`].
    pub(crate) fn cells(&self, names: &Names) -> Vec<String> {
        let or_id = |name: &Option<String>, id: &String| name.clone().unwrap_or_else(|| id.clone());
        let lists: Vec<_> = self
            .lists
            .iter()
            .map(|list| or_id(&list.name, &list.id))
            .collect();
        let tags: Vec<_> = self
            .tags
            .iter()
            .map(|tag| or_id(&tag.label, &tag.id))
            .collect();
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut cells = vec![
            self.email.clone(),
            or_nothing(&self.status),
            or_nothing(&self.reason),
        ];
        cells.extend(names.fields.iter().map(|(_, name)| {
            let held = self.fields.0.iter().find(|(label, _)| label == name);
            held.map_or_else(String::new, |(_, value)| value::text(value))
        }));
        cells.extend([
            joined(lists.iter().map(String::as_str)),
            joined(tags.iter().map(String::as_str)),
            or_nothing(&self.created_at),
            or_nothing(&self.updated_at),
            self.id.clone(),
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
        Column::new("reason", "Reason"),
    ];
    columns.extend(names.fields.iter().map(|(_, name)| Column::new(name, name)));
    columns.extend([
        Column::new("lists", "Lists"),
        Column::new("tags", "Tags"),
        Column::new("createdAt", "Created"),
        Column::new("updatedAt", "Updated"),
        Column::new("id", "Id"),
        Column::new("version", "Version"),
    ]);
    columns
}
