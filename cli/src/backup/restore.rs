//! A backup as a source of rows with types, by labels and names, and what of it can't come back.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{self, BufRead as _, BufReader},
};

use benchmark_email::{
    Contact, FieldId, List, ListId, Structure, StructureId, structures::DataType,
};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{CONTACTS, EVENTS, Found, LISTS, STRUCTURES};
use crate::sync::{ColumnRule, LeftBy, Meaning, Rules, Source, Table};

/// What a backup holds, ready to be planned.
#[derive(Debug)]
pub(crate) struct Restorable {
    pub(crate) source: Source,
    pub(crate) rules: Rules,
    /// The fields by label.
    pub(crate) fields: IndexMap<String, DataType>,
    /// The names of all lists.
    pub(crate) lists: BTreeSet<String>,
    /// The labels of all tags.
    pub(crate) tags: BTreeSet<String>,
    /// What can't come back, a sentence each.
    pub(crate) lost: Vec<String>,
}

/// The lists of one structure.
#[derive(Deserialize)]
struct ListsOf {
    structure: StructureId,
    lists: Vec<List>,
}

const ADDRESS: &str = "address";
const LEFT: &str = "status";
const LISTS_COLUMN: &str = "lists";
const TAGS_COLUMN: &str = "tags";

/// Lays out the contacts of one structure of a backup, whose files were kept open: the structure of this label, or
/// the only one.
///
/// # Errors
///
/// Why that can't be done.
pub(crate) fn restorable(found: Found, name: String, label: &str) -> Result<Restorable, String> {
    let Found {
        manifest,
        mut files,
        ..
    } = found;
    let mut file = |name: &str| {
        files
            .remove(name)
            .ok_or_else(|| format!("{name} is missing"))
    };
    let (structures, lists, contacts) = (file(STRUCTURES)?, file(LISTS)?, file(CONTACTS)?);
    let structure = chosen(read(structures, STRUCTURES)?, label)?;
    let lists: Vec<ListsOf> = read(lists, LISTS)?;
    let lists: HashMap<ListId, String> = lists
        .into_iter()
        .filter(|of| of.structure == *structure.id())
        .flat_map(|of| of.lists)
        .map(|list| (list.id, list.name))
        .collect();
    let mut lost = Lost::default();
    let laid_out = lay_out(contacts, name, &structure, &lists, &mut lost);
    let source = laid_out.map_err(|why| format!("{CONTACTS} can't be read: {why}"))?;
    let events = manifest.and_then(|manifest| manifest.records(EVENTS));
    Ok(Restorable {
        source,
        rules: rules(&structure),
        fields: structure
            .fields()
            .iter()
            .map(|field| (field.label.clone(), field.data_type.clone()))
            .collect(),
        lists: lists.into_values().collect(),
        tags: structure
            .tags()
            .iter()
            .map(|tag| tag.label.clone())
            .collect(),
        lost: lost.told(events.unwrap_or_default()),
    })
}

fn read<T: serde::de::DeserializeOwned>(file: File, name: &str) -> Result<T, String> {
    serde_json::from_reader(BufReader::new(file))
        .map_err(|why| format!("{name} can't be read: {why}"))
}

fn chosen(structures: Vec<Structure>, label: &str) -> Result<Structure, String> {
    let labels: Vec<_> = structures
        .iter()
        .map(|structure| format!("{:?}", structure.label()))
        .collect();
    let labels = labels.join(", ");
    let only = structures.len() == 1;
    let mut called = structures
        .into_iter()
        .filter(|structure| only || structure.label() == label);
    match (called.next(), called.next()) {
        (Some(structure), None) => Ok(structure),
        (None, _) => Err(format!("it has no structure {label:?}; it has {labels}")),
        (Some(_), Some(_)) => Err(format!("it has several structures {label:?}")),
    }
}

fn field_column(label: &str) -> String {
    format!("field {label}")
}

fn rules(structure: &Structure) -> Rules {
    let mut rules = Rules::default();
    rules.usual.json = true;
    let mut say = |column: &str, meaning| rules.say(column, ColumnRule::meaning(meaning));
    say(ADDRESS, Meaning::Address(true));
    say(LEFT, Meaning::Left(LeftBy::Filled));
    say(LISTS_COLUMN, Meaning::Lists(','));
    say(TAGS_COLUMN, Meaning::Tags(','));
    for field in structure.fields() {
        say(
            &field_column(&field.label),
            Meaning::Field(field.label.clone()),
        );
    }
    rules
}

/// A record for each contact, on the line on which it stands.
fn lay_out(
    contacts: File,
    name: String,
    structure: &Structure,
    lists: &HashMap<ListId, String>,
    lost: &mut Lost,
) -> io::Result<Source> {
    let mut columns: Vec<String> = [ADDRESS, LEFT, LISTS_COLUMN, TAGS_COLUMN]
        .map(str::to_owned)
        .into();
    let fields = structure.fields();
    columns.extend(fields.iter().map(|field| field_column(&field.label)));
    let mut table = Table::new(columns)?;
    for line in BufReader::new(contacts).lines() {
        let line = line?;
        let Ok(contact) = serde_json::from_str::<Contact>(&line) else {
            table.damaged(
                "?",
                "it is no contact that this version of bme reads".to_owned(),
            )?;
            continue;
        };
        if contact.structure_id != *structure.id() {
            lost.elsewhere += 1;
            table.blank()?;
            continue;
        }
        let address = contact.key.as_str();
        if contact.is_active() {
            lost.properties(&line);
            let mut cells = vec![
                address.to_owned(),
                String::new(),
                named(
                    contact.lists.iter().map(|list| lists.get(&list.id)),
                    &mut lost.lists,
                ),
                named(
                    contact.tags.iter().map(|tag| {
                        let known = structure.tags().iter().find(|known| known.id == tag.id);
                        known.map(|tag| &tag.label)
                    }),
                    &mut lost.tags,
                ),
            ];
            cells.extend(values(&contact, structure, lost));
            table.record(cells.iter().map(String::as_str))?;
        } else if contact.is_inactive() {
            let reason = contact
                .status()
                .and_then(|status| status.secondary.as_ref());
            let reason = reason.map_or_else(|| "Inactive".to_owned(), ToString::to_string);
            let has_more = contact.fields.iter().any(|field| field.value.is_some())
                || !contact.lists.is_empty()
                || !contact.tags.is_empty();
            lost.left += u64::from(has_more);
            let rest = fields.iter().map(|_| "");
            let cells = [address, &reason, "", ""].into_iter().chain(rest);
            table.record(cells)?;
            *lost.reasons.entry(reason).or_default() += 1;
        } else {
            let why = "its status is neither Active nor Inactive, so it isn't known whether mail may be sent";
            table.damaged(address, why.to_owned())?;
        }
    }
    table.finish(name)
}

/// A JSON array of names; those that nothing is called count as lost.
fn named<'n>(names: impl Iterator<Item = Option<&'n String>>, lost: &mut u64) -> String {
    let mut known = Vec::new();
    for name in names {
        match name {
            Some(name) => known.push(name),
            None => *lost += 1,
        }
    }
    if known.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&known).unwrap_or_default()
    }
}

/// A cell for each field.
fn values(contact: &Contact, structure: &Structure, lost: &mut Lost) -> Vec<String> {
    let held: HashMap<&FieldId, _> = contact
        .fields
        .iter()
        .filter_map(|field| Some((&field.id, field.value.as_ref()?)))
        .filter(|(_, value)| !value.is_null())
        .collect();
    let mut known = 0;
    let cells = structure.fields().iter().map(|field| {
        let Some(value) = held.get(&field.id) else {
            return String::new();
        };
        known += 1;
        if value.check(&field.data_type).is_err() {
            *lost.values.entry(field.label.clone()).or_default() += 1;
            return String::new();
        }
        let text = serde_json::to_string(value).unwrap_or_default();
        // In a table this letter is what becomes of bytes that an encoding hasn't got.
        text.replace('\u{fffd}', "\\ufffd")
    });
    let cells = cells.collect();
    lost.fields += u64::try_from(held.len() - known).unwrap_or_default();
    cells
}

/// What can't come back, counted.
#[derive(Debug, Default)]
struct Lost {
    elsewhere: u64,
    /// People who have left of whom more is held than the address.
    left: u64,
    reasons: BTreeMap<String, u64>,
    /// Values that their fields don't take, by label.
    values: BTreeMap<String, u64>,
    /// Values, lists and tags that the structure doesn't name.
    fields: u64,
    lists: u64,
    tags: u64,
    properties: BTreeMap<String, u64>,
}

/// What a contact has that comes back, or that the service gives anew.
const KNOWN: [&str; 10] = [
    "_id",
    "key",
    "contactStructureId",
    "fields",
    "status",
    "lists",
    "tags",
    "createdAt",
    "updatedAt",
    "__v",
];

impl Lost {
    fn properties(&mut self, line: &str) {
        let properties: HashMap<String, &RawValue> = serde_json::from_str(line).unwrap_or_default();
        for name in properties.into_keys() {
            if !KNOWN.contains(&name.as_str()) {
                *self.properties.entry(name).or_default() += 1;
            }
        }
    }

    fn told(self, events: u64) -> Vec<String> {
        let mut told = vec![
            "Not restored: ids, versions, createdAt and updatedAt; the service gives new ones."
                .to_owned(),
        ];
        let mut say = |number: u64, what: String| {
            if number > 0 {
                told.push(format!("Not restored: {what}."));
            }
        };
        say(events, format!("events ({events}); the service takes none"));
        say(
            self.elsewhere,
            format!(
                "contacts of other structures ({}), whose rows count as blank",
                self.elsewhere
            ),
        );
        say(
            self.left,
            format!(
                "fields, lists and tags of people who have left ({})",
                self.left
            ),
        );
        for (reason, number) in self.reasons {
            if reason != "Unsubscribe" {
                say(
                    number,
                    format!(
                        "the reason {reason:?} of people who have left ({number}); they are unsubscribed"
                    ),
                );
            }
        }
        for (label, number) in self.values {
            say(
                number,
                format!("values of {label:?} ({number}), which the field doesn't take"),
            );
        }
        say(
            self.fields,
            format!(
                "values of fields that the structure hasn't got ({})",
                self.fields
            ),
        );
        say(
            self.lists,
            format!(
                "memberships of lists that aren't in the backup ({})",
                self.lists
            ),
        );
        say(
            self.tags,
            format!("tags that the structure hasn't got ({})", self.tags),
        );
        for (name, number) in self.properties {
            say(
                number,
                format!("the property {name:?} of contacts ({number}), which no client can set"),
            );
        }
        told
    }
}
