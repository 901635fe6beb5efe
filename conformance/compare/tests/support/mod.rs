//! A small document to change, and changes written as data.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(unreachable_pub)]

use benchmark_email_compare::source;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// The document as it was released.
pub const RELEASED: &str = include_str!("released.yaml");

/// What the first word of a place stands for.
const PLACES: [(&str, &str); 4] = [
    ("GET", "/paths/~1things~1{thingId}/get"),
    ("PUT", "/paths/~1things~1{thingId}/put"),
    ("Thing", "/components/schemas/Thing"),
    ("ThingInput", "/components/schemas/ThingInput"),
];

/// One change of a document: a value at a place is set, removed or renamed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A JSON pointer, or a word of `PLACES` and the rest of one.
    pub at: String,
    to: Option<Value>,
    #[serde(default)]
    removed: bool,
    renamed: Option<String>,
}

impl Change {
    fn apply(&self, document: &mut Value) {
        let (word, rest) = self.at.split_once('/').unwrap_or((&self.at, ""));
        let place = PLACES.iter().find(|(known, _)| *known == word);
        let pointer = place.map_or(self.at.clone(), |(_, place)| format!("{place}/{rest}"));
        let (parent, key) = pointer.trim_end_matches('/').rsplit_once('/').unwrap();
        let parent = document
            .pointer_mut(parent)
            .unwrap_or_else(|| panic!("no {pointer}"));
        let key = key.replace("~1", "/");
        match parent {
            Value::Array(items) => self.apply_to_element(items, key.parse().unwrap()),
            Value::Object(members) => {
                let old = members.remove(&key);
                assert!(self.to.is_some() || old.is_some(), "no {pointer}");
                if let Some(new) = &self.to {
                    members.insert(key, new.clone());
                } else if let Some(name) = &self.renamed {
                    members.insert(name.clone(), old.unwrap());
                }
            }
            _ => panic!("{pointer} has no parent"),
        }
    }

    fn apply_to_element(&self, items: &mut Vec<Value>, index: usize) {
        match &self.to {
            Some(new) if index == items.len() => items.push(new.clone()),
            Some(new) => items[index] = new.clone(),
            None => assert!(self.removed && !items.remove(index).is_null()),
        }
    }
}

/// The rows of a table.
pub fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    let rows: Vec<T> = serde_json::from_value(source::parse(text).unwrap()).unwrap();
    assert!(!rows.is_empty());
    rows
}

/// `released.yaml` after some changes.
pub fn changed(changes: &[Change]) -> Value {
    let released = source::parse(RELEASED).unwrap();
    let mut document = released.clone();
    for change in changes {
        change.apply(&mut document);
    }
    assert!(
        document != released,
        "{}: nothing was changed",
        changes[0].at
    );
    document
}
