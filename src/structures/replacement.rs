//! The body that replaces a structure: all that was read, and what is new. The service removes what it
//! leaves out, so it can only be made from a structure, and nothing can be taken out of it.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::structure::{Document, Field, Structure};
use crate::{DataType, Error};

/// A whole structure to send, with fields added. Documented: guide Manage Custom Fields.
///
/// Everything that was read goes back, properties that this version doesn't know included, but for
/// what the service keeps by itself: id and timestamps.
#[derive(Clone)]
pub struct StructureReplacement {
    known: Structure,
    version: i64,
    added: Vec<NewField>,
}

/// A field that the service shall make.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct NewField {
    label: String,
    #[serde(rename = "dataType")]
    data_type: DataType,
    required: bool,
}

impl StructureReplacement {
    /// A replacement that changes nothing yet.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no version, without
    /// which somebody else's change would be lost.
    pub fn new(structure: &Structure) -> Result<Self, Error> {
        let version = structure.version().ok_or_else(|| {
            Error::invalid(format!(
                "the structure {:?} has no version (`__v`), so it can't be replaced safely; add the fields in the web application",
                structure.label()
            ))
        })?;
        Ok(Self {
            known: structure.clone(),
            version,
            added: Vec::new(),
        })
    }

    /// Adds a field; the service gives it an id.
    #[must_use]
    pub fn add(mut self, label: impl Into<String>, data_type: DataType, required: bool) -> Self {
        self.added.push(NewField {
            label: label.into(),
            data_type,
            required,
        });
        self
    }

    /// The version that the service must still have.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Known(&'a Field),
    New(&'a NewField),
}

impl Serialize for StructureReplacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document {
            id: _,
            label,
            key_name,
            key_type,
            fields,
            tags,
            created_at: _,
            updated_at: _,
            version: _,
            unknown: _,
        } = self.known.document();
        let known = fields.iter().map(Entry::Known);
        let fields: Vec<Entry<'_>> = known.chain(self.added.iter().map(Entry::New)).collect();
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("label", label)?;
        if let Some(name) = key_name {
            body.serialize_entry("keyName", name)?;
        }
        if let Some(kind) = key_type {
            body.serialize_entry("keyType", kind)?;
        }
        body.serialize_entry("fields", &fields)?;
        body.serialize_entry("tags", tags)?;
        body.serialize_entry("__v", &self.version)?;
        for (name, value) in self.known.document().unknown_json() {
            body.serialize_entry(name, value)?;
        }
        body.end()
    }
}

impl fmt::Debug for StructureReplacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StructureReplacement")
            .field("structure", &self.known.id())
            .field("version", &self.version)
            .field("added", &self.added)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_that_was_read_goes_back_with_what_is_new() {
        let read = r#"{"_id":"s1","label":"Default","keyName":"Email","keyType":null,"fields":[{"_id":"f1","label":"Notes","dataType":"rich_text","required":null,"width":12345678901234567890123}],"tags":[{"_id":"t1","label":"VIP","colour":"red"}],"createdAt":"2026-03-28T14:30:00.000Z","__v":7,"note":{"b":1.10,"a":[]}}"#;
        let structure: Structure = serde_json::from_str(read).unwrap();
        let body =
            StructureReplacement::new(&structure)
                .unwrap()
                .add("Seats", DataType::Number, true);
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"label":"Default","keyName":"Email","fields":[{"_id":"f1","label":"Notes","dataType":"rich_text","required":null,"width":12345678901234567890123},{"label":"Seats","dataType":"number","required":true}],"tags":[{"_id":"t1","label":"VIP","colour":"red"}],"__v":7,"note":{"b":1.10,"a":[]}}"#
        );
    }

    /// Names that nobody knows, with the JSON text of their values.
    fn unknown() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            Just("null".to_owned()),
            "-?[1-9][0-9]{0,40}(\\.[0-9]{1,30})?",
            ".*".prop_map(|text| serde_json::to_string(&text).unwrap()),
            Just(r#"{"b":[1.10,null],"a":{}}"#.to_owned()),
        ];
        let entries = proptest::collection::vec(value, 0..4);
        entries.prop_map(|values| {
            let entries = values.iter().enumerate();
            entries
                .map(|(n, value)| format!(r#","x{n}":{value}"#))
                .collect::<Vec<_>>()
                .concat()
        })
    }

    proptest! {
        #[test]
        fn nothing_unknown_is_lost_at_any_level(
            (whole, field, tag) in (unknown(), unknown(), unknown()),
            label in ".+",
        ) {
            let label = serde_json::to_string(&label).unwrap();
            let fields = format!(r#""fields":[{{"_id":"f1","label":{label},"dataType":"text"{field}}}"#);
            let tags = format!(r#""tags":[{{"_id":"t1","label":{label}{tag}}}]"#);
            let read = format!(r#"{{"_id":"s1","label":{label},{fields}],{tags},"__v":7{whole}}}"#);
            let structure: Structure = serde_json::from_str(&read).unwrap();
            let body = StructureReplacement::new(&structure).unwrap();
            let body = body.add("New", DataType::Date, false);
            let new = r#"{"label":"New","dataType":"date","required":false}"#;
            prop_assert_eq!(
                serde_json::to_string(&body).unwrap(),
                format!(r#"{{"label":{label},{fields},{new}],{tags},"__v":7{whole}}}"#)
            );
        }
    }

    #[test]
    fn a_structure_without_a_version_is_not_replaced() {
        let read = r#"{"_id":"s1","label":"Default","fields":[]}"#;
        let structure: Structure = serde_json::from_str(read).unwrap();
        let error = StructureReplacement::new(&structure).unwrap_err();
        assert!(error.to_string().contains("no version"), "{error}");
    }
}
