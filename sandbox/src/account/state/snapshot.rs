//! An account as one JSON document: what a snapshot gives, a restore takes, and a seed may abbreviate.
//!
//! ```json
//! {
//!   "lists": ["Newsletter"],
//!   "contacts": [
//!     { "key": "jane@example.com", "fields": { "First Name": "Jane" }, "lists": ["Newsletter"], "tags": ["VIP"] }
//!   ]
//! }
//! ```
//!
//! What is left out is filled in: the default structure, ids, times, versions, the status `Active`. Fields
//! may be named by label, lists by name and tags by label, and the contact of an event by its address.

use std::fmt;
use std::io;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::line::{DEEPEST, is_too_deep};
use crate::account::{Account, Change, Contact, Event, Form, Id, List, Structure};
use crate::clock::Moment;

/// An account, to be written as a snapshot.
pub(crate) struct Snapshot<'a>(pub(crate) &'a Account);

impl Serialize for Snapshot<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(account) = self;
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("structures", account.structures())?;
        map.serialize_entry("lists", &Rows(|| account.lists()))?;
        map.serialize_entry("forms", account.forms())?;
        map.serialize_entry("contacts", &Rows(|| account.contacts().iter()))?;
        map.serialize_entry("events", &Rows(|| account.events()))?;
        map.end()
    }
}

struct Rows<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Rows<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

/// Why a document can't become the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the seed can't be used: {}", self.0)
    }
}

impl std::error::Error for SeedError {}

impl From<io::Error> for SeedError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// The account that a document describes, in which several contacts may have one key or not.
pub(crate) fn read(document: Value, now: Moment, keys_repeat: bool) -> Result<Account, SeedError> {
    let Value::Object(mut document) = document else {
        return wrong("it is no JSON object");
    };
    let mut section = |name: &str| match document.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(SeedError(format!("{name} is no array"))),
    };
    let (structures, lists, forms) = (section("structures")?, section("lists")?, section("forms")?);
    let (contacts, events) = (section("contacts")?, section("events")?);
    if let Some(unknown) = document.keys().next() {
        return wrong(&format!(
            "{unknown:?} is none of structures, lists, forms, contacts, events"
        ));
    }

    let mut account = if structures.is_empty() {
        Account::fresh(now)
    } else {
        Account::default()
    };
    for (place, item) in structures.into_iter().enumerate() {
        let structure: Structure = finish("structures", place, structure(item, &mut account, now))?;
        account.apply(Change::Structure(Box::new(structure)));
    }
    for (place, item) in lists.into_iter().enumerate() {
        let list: List = finish("lists", place, list(item, &mut account, now))?;
        account.apply(Change::List(list));
    }
    for (place, item) in forms.into_iter().enumerate() {
        let form: Form = finish("forms", place, item)?;
        account.apply(Change::Form(form));
    }
    for (place, item) in contacts.into_iter().enumerate() {
        let contact: Contact = finish("contacts", place, contact(item, &mut account, now))?;
        check(&contact, &account, keys_repeat)
            .map_err(|reason| SeedError(format!("contacts[{place}] {reason}")))?;
        account.apply(Change::Contact(Box::new(contact)));
    }
    for (place, item) in events.into_iter().enumerate() {
        let event: Event = finish("events", place, event(item, &account, now))?;
        account.apply(Change::Event(event));
    }
    Ok(account)
}

fn finish<T: DeserializeOwned>(section: &str, place: usize, item: Value) -> Result<T, SeedError> {
    if is_too_deep(&item) {
        return Err(SeedError(format!(
            "{section}[{place}] nests deeper than {DEEPEST} levels"
        )));
    }
    serde_json::from_value(item).map_err(|error| SeedError(format!("{section}[{place}]: {error}")))
}

fn check(contact: &Contact, account: &Account, keys_repeat: bool) -> Result<(), String> {
    let Some(structure) = account.structure(contact.structure_id) else {
        return Err("is of a structure that isn't there".to_owned());
    };
    if account.contacts().get(contact.id).is_some() {
        return Err(format!("has the _id {} of another", contact.id));
    }
    let same = account.contacts().with_key(structure.id, &contact.key);
    if same.is_some() && !keys_repeat {
        return Err("has the key of another".to_owned());
    }
    if let Some(value) = contact
        .fields
        .iter()
        .find(|value| structure.field(value.id).is_none())
    {
        return Err(format!(
            "has a value for the field {}, which isn't there",
            value.id
        ));
    }
    if let Some(list) = contact
        .lists
        .iter()
        .find(|list| account.list(structure.id, list.id).is_none())
    {
        return Err(format!("is on the list {}, which isn't there", list.id));
    }
    if let Some(tag) = contact.tags.iter().find(|tag| !structure.has_tag(tag.id)) {
        return Err(format!("has the tag {}, which isn't there", tag.id));
    }
    Ok(())
}

fn structure(item: Value, account: &mut Account, now: Moment) -> Value {
    let Value::Object(mut item) = item else {
        return item;
    };
    for name in ["fields", "tags"] {
        let parts = item.entry(name).or_insert_with(|| json!([]));
        for part in parts
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            fill(part, "_id", || json!(account.new_id(now)));
        }
    }
    fill(&mut item, "label", || json!("Contacts"));
    fill(&mut item, "keyName", || json!("Email"));
    fill(&mut item, "keyType", || json!("email"));
    complete(item, account, now)
}

fn list(item: Value, account: &mut Account, now: Moment) -> Value {
    let mut item = match item {
        Value::Object(item) => item,
        Value::String(name) => Map::from_iter([("name".to_owned(), json!(name))]),
        other => return other,
    };
    let first = account.structures().first().map(|structure| structure.id);
    fill(&mut item, "contactStructureId", || json!(first));
    fill(&mut item, "type", || json!("static"));
    complete(item, account, now)
}

fn contact(item: Value, account: &mut Account, now: Moment) -> Value {
    let Value::Object(mut item) = item else {
        return item;
    };
    let first = account.structures().first().map(|structure| structure.id);
    fill(&mut item, "contactStructureId", || json!(first));
    fill(&mut item, "status", || json!({ "primary": "Active" }));
    let id = item
        .get("contactStructureId")
        .and_then(Value::as_str)
        .and_then(Id::parse);
    if let Some(structure) = id.and_then(|id| account.structure(id)) {
        if let Some(Value::Object(by_label)) = item.get("fields") {
            let named = |label: &String| {
                let known = structure.fields.iter().find(|field| field.label == *label);
                known.map_or_else(|| json!(label), |field| json!(field.id))
            };
            let values = by_label
                .iter()
                .map(|(label, value)| json!({ "_id": named(label), "value": value }));
            let values = values.collect();
            item.insert("fields".to_owned(), values);
        }
        let lists = account
            .lists_in(structure.id)
            .map(|list| (list.id, list.name.as_str()));
        name_refs(&mut item, "lists", &lists.collect::<Vec<_>>());
        let tags = structure
            .tags
            .iter()
            .map(|tag| (tag.id, tag.label.as_str()));
        name_refs(&mut item, "tags", &tags.collect::<Vec<_>>());
    }
    complete(item, account, now)
}

/// An event says by address or id whom it is about.
fn event(item: Value, account: &Account, now: Moment) -> Value {
    let Value::Object(mut item) = item else {
        return item;
    };
    fill(&mut item, "timestamp", || json!(now));
    fill(&mut item, "source", || json!("api"));
    if let Some(Value::String(name)) = item.get("contactId") {
        let found = account.structures().iter().find_map(|structure| {
            let contact = account.contacts().with_key(structure.id, name)?;
            Some(json!(contact.id))
        });
        if let Some(id) = found {
            item.insert("contactId".to_owned(), id);
        }
    }
    Value::Object(item)
}

/// Replaces names by references; what is no name stays as it is.
fn name_refs(item: &mut Map<String, Value>, section: &str, known: &[(Id, &str)]) {
    for entry in item
        .get_mut(section)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Value::String(name) = entry {
            let found = known.iter().find(|(_, known)| known == name);
            *entry = json!({ "_id": found.map_or_else(|| json!(name), |(id, _)| json!(id)) });
        }
    }
}

/// What every document has.
fn complete(mut item: Map<String, Value>, account: &mut Account, now: Moment) -> Value {
    fill(&mut item, "_id", || json!(account.new_id(now)));
    fill(&mut item, "createdAt", || json!(now));
    let created = item.get("createdAt").cloned().unwrap_or_default();
    fill(&mut item, "updatedAt", || created);
    fill(&mut item, "__v", || json!(0));
    Value::Object(item)
}

fn fill(item: &mut Map<String, Value>, name: &str, value: impl FnOnce() -> Value) {
    item.entry(name).or_insert_with(value);
}

fn wrong<T>(reason: &str) -> Result<T, SeedError> {
    Err(SeedError(reason.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn now() -> Moment {
        Moment::from_unix_seconds(1_774_710_000)
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let seed = json!({
            "lists": ["Newsletter"],
            "contacts": [
                { "key": "jane@example.com", "fields": { "First Name": "Jane" }, "lists": ["Newsletter"], "tags": ["VIP"] },
            ],
            "events": [{ "contactId": "jane@example.com", "type": "email-opened" }],
        });
        let account = read(seed, now(), false).unwrap();
        let structure = account.structures().first().unwrap();
        let jane = account
            .contacts()
            .with_key(structure.id, "jane@example.com")
            .unwrap();
        let wire = serde_json::to_value(jane).unwrap();
        assert_eq!(wire.pointer("/fields/0/value"), Some(&json!("Jane")));
        assert_eq!(
            wire.pointer("/fields/0/_id"),
            Some(&json!(structure.fields.first().unwrap().id))
        );
        assert_eq!(
            wire.pointer("/lists/0/_id"),
            Some(&json!(account.lists().next().unwrap().id))
        );
        assert_eq!(
            wire.pointer("/tags/0/_id"),
            Some(&json!(structure.tags.first().unwrap().id))
        );
        assert_eq!(wire.pointer("/status/primary"), Some(&json!("Active")));
        let event = serde_json::to_value(account.events().next().unwrap()).unwrap();
        assert_eq!(event["contactId"], wire["_id"]);
        assert_eq!(event["timestamp"], json!(now()));
    }

    #[test]
    fn a_snapshot_reads_back_as_written() {
        let mut account = Account::fresh(now());
        super::super::generate(&mut account, 20, now()).unwrap();
        let written = serde_json::to_value(Snapshot(&account)).unwrap();
        let again = read(written.clone(), now(), false).unwrap();
        assert_eq!(serde_json::to_value(Snapshot(&again)).unwrap(), written);
    }

    #[test]
    fn a_seed_that_makes_no_sense_is_refused_with_the_place() {
        for (seed, reason) in [
            (json!([]), "no JSON object"),
            (json!({ "contact": [] }), "\"contact\" is none of"),
            (json!({ "contacts": {} }), "contacts is no array"),
            (
                json!({ "contacts": [{}] }),
                "contacts[0]: missing field `key`",
            ),
            (
                json!({ "contacts": [{ "key": "a@b.c" }, { "key": "a@b.c" }] }),
                "contacts[1] has the key of another",
            ),
            (
                json!({ "contacts": [{ "key": "a@b.c", "lists": ["None"] }] }),
                "contacts[0]: \"None\" is not an id",
            ),
            (
                json!({ "contacts": [{ "key": "a@b.c", "fields": { "Firstname": 1 } }] }),
                "contacts[0]: \"Firstname\" is not an id",
            ),
            (
                json!({ "contacts": [{ "key": "a@b.c", "contactStructureId": "64a1b2c3d4e5f6a7b8c9d0e1" }] }),
                "isn't there",
            ),
            (
                json!({ "structures": [{ "fields": [{ "label": "X" }] }] }),
                "structures[0]: missing field `dataType`",
            ),
            (
                json!({ "contacts": [{ "key": "a@b.c", "deep": (0..100).fold(json!(1), |inner, _| json!([inner])) }] }),
                "contacts[0] nests deeper than 100 levels",
            ),
        ] {
            let error = read(seed, now(), false).err().unwrap().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
