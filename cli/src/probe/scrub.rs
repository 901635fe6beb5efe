//! Requests and answers made fit to be shown: ids, addresses and labels are replaced, each by the same everywhere,
//! and what the probe didn't make is left out.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// Replaces what is somebody's.
pub(super) struct Scrub<'p> {
    /// Ids of the probe's own things.
    own: &'p [String],
    labels: &'p [String],
    ids: HashMap<String, usize>,
    addresses: HashMap<String, usize>,
}

const ID_LENGTH: usize = 24;

impl<'p> Scrub<'p> {
    pub(super) fn new(own: &'p [String], labels: &'p [String]) -> Self {
        Self {
            own,
            labels,
            ids: HashMap::new(),
            addresses: HashMap::new(),
        }
    }

    /// A list of contacts or lists keeps the probe's own; how many others there were is said.
    pub(super) fn answer(&mut self, body: &Value) -> Value {
        match body {
            Value::Array(rows) => self.rows(rows),
            Value::Object(object) => {
                let mut shown = Map::new();
                for (name, value) in object {
                    let value = match (name.as_str(), value) {
                        ("records" | "contacts", Value::Array(rows)) => self.rows(rows),
                        _ => self.value(value),
                    };
                    shown.insert(name.clone(), value);
                }
                Value::Object(shown)
            }
            other => self.value(other),
        }
    }

    fn rows(&mut self, rows: &[Value]) -> Value {
        let is_own = |row: &&Value| {
            let id = row.get("_id").and_then(Value::as_str);
            id.is_none_or(|id| self.own.iter().any(|own| own == id))
        };
        let (own, others): (Vec<_>, Vec<_>) = rows.iter().partition(is_own);
        let mut shown: Vec<_> = own.into_iter().map(|row| self.value(row)).collect();
        if !others.is_empty() {
            shown.push(json!(format!(
                "and {} that the probe didn't make",
                others.len()
            )));
        }
        Value::Array(shown)
    }

    pub(super) fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(object) => {
                let shown = object
                    .iter()
                    .map(|(name, value)| (name.clone(), self.value(value)));
                Value::Object(shown.collect())
            }
            other => other.clone(),
        }
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (number, label) in self.labels.iter().enumerate() {
            if text == *label {
                return format!("label-{}", number + 1);
            }
            // In the words of a refusal, which quotes it; a short one may be part of any word.
            if label.len() >= 3 {
                text = text.replace(label.as_str(), &format!("label-{}", number + 1));
            }
        }
        let mut shown = String::new();
        let is_part = |c: char| c.is_alphanumeric() || "@.+-_%".contains(c);
        for piece in text.split_inclusive(|c| !is_part(c)) {
            let end = piece
                .char_indices()
                .next_back()
                .filter(|(_, c)| !is_part(*c));
            let (word, rest) = piece.split_at(end.map_or(piece.len(), |(at, _)| at));
            shown.push_str(&self.word(word));
            shown.push_str(rest);
        }
        shown
    }

    fn word(&mut self, word: &str) -> String {
        if word.contains('@') || word.contains("%40") {
            let known = self.addresses.len() + 1;
            let number = *self
                .addresses
                .entry(word.to_ascii_lowercase())
                .or_insert(known);
            // The two cases of a letter are part of what is asked.
            let name = if word == word.to_ascii_lowercase() {
                "address"
            } else {
                "Address"
            };
            let turned = word
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_uppercase());
            let name = if turned {
                name.to_ascii_uppercase()
            } else {
                name.to_owned()
            };
            return format!("{name}-{number}@example.com");
        }
        if word.len() == ID_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let known = self.ids.len() + 1;
            let number = *self.ids.entry(word.to_owned()).or_insert(known);
            return format!("id-{number}");
        }
        word.to_owned()
    }
}
