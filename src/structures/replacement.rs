//! The body that replaces a structure: all that was read, and what is new or called otherwise. The service
//! removes what it leaves out, so it can only be made from a structure, and nothing can be taken out of it.

use std::{collections::HashMap, fmt};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::structure::{Document, Field, FieldRef, Structure, Tag, TagRef};
use crate::{Error, Value, structures::DataType, value::Likeness};

/// A whole structure to send, with fields and tags added or renamed; what a closure of
/// [`Structures::update`](super::Structures::update) changes. Documented: guide Manage Custom Fields.
///
/// Everything that was read goes back, properties that this version doesn't know included, but for
/// what the service keeps by itself: id and timestamps.
#[derive(Clone)]
pub struct StructureReplacement {
    known: Structure,
    version: i64,
    added: Vec<NewField>,
    tags: Vec<NewTag>,
}

/// A field that the service shall make.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct NewField {
    label: String,
    #[serde(rename = "dataType")]
    data_type: DataType,
    required: bool,
}

/// A tag that the service shall make.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct NewTag {
    label: String,
}

impl StructureReplacement {
    /// A replacement that changes nothing yet.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no version, without
    /// which somebody else's change would be lost; or when its fields or tags came in a form that isn't
    /// understood, and would be.
    pub fn new(structure: &Structure) -> Result<Self, Error> {
        let version = structure.version().ok_or_else(|| {
            Error::invalid(format!(
                "the structure {:?} has no version (`__v`), so it can't be replaced safely; add the fields in the web application",
                structure.label()
            ))
        })?;
        for list in ["fields", "tags"] {
            if let Some(kind) = structure.document().kept.odd(list) {
                return Err(Error::invalid(format!(
                    "the `{list}` of the structure {:?} came as {kind}, which this version doesn't read, so it can't be replaced without a loss; change it in the web application",
                    structure.label()
                )));
            }
        }
        Ok(Self {
            known: structure.clone(),
            version,
            added: Vec::new(),
            tags: Vec::new(),
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

    /// Adds a field, unless there is one with this label and data type; the service gives it an id. One
    /// that is there stays as `required` as it is.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the label is empty, or a field of another
    /// data type has it.
    pub fn add_field(
        &mut self,
        label: impl AsRef<str>,
        data_type: DataType,
        required: bool,
    ) -> Result<&mut Self, Error> {
        let label = label.as_ref();
        let known = self.known.fields().iter().map(|f| (&f.label, &f.data_type));
        let added = self.added.iter().map(|f| (&f.label, &f.data_type));
        match known.chain(added).find(|(known, _)| *known == label) {
            Some((_, known)) if *known == data_type => {}
            Some((_, known)) => {
                return Err(Error::invalid(format!(
                    "the structure {:?} has a field {label:?} already, of type {known}: choose another label",
                    self.known.label()
                )));
            }
            None => self.added.push(NewField {
                label: said(label)?,
                data_type,
                required,
            }),
        }
        Ok(self)
    }

    /// Gives a field another label. Its values stay.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no such field, naming the
    /// nearest; when the new label is empty, or another field has it.
    pub fn rename_field<'f>(
        &mut self,
        field: impl Into<FieldRef<'f>>,
        label: impl AsRef<str>,
    ) -> Result<&mut Self, Error> {
        let id = self.known.field(field)?.id.clone();
        let label = said(label.as_ref())?;
        let added = self.added.iter().any(|field| field.label == label);
        let fields = &mut self.known.document_mut().fields;
        if added || fields.iter().any(|f| f.label == label && f.id != id) {
            return Err(taken("field", &label));
        }
        for field in fields.iter_mut().filter(|field| field.id == id) {
            field.label.clone_from(&label);
        }
        Ok(self)
    }

    /// Adds a tag, unless there is one with this label; the service gives it an id.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the label is empty.
    pub fn add_tag(&mut self, label: impl AsRef<str>) -> Result<&mut Self, Error> {
        let label = label.as_ref();
        if !self.has_tag(label) {
            let label = said(label)?;
            self.tags.push(NewTag { label });
        }
        Ok(self)
    }

    /// Gives a tag another label. Who has it keeps it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no such tag, naming the
    /// nearest; when the new label is empty, or another tag has it.
    pub fn rename_tag<'t>(
        &mut self,
        tag: impl Into<TagRef<'t>>,
        label: impl AsRef<str>,
    ) -> Result<&mut Self, Error> {
        let tag = self.known.tag(tag)?;
        let (id, old) = (tag.id.clone(), tag.label.clone());
        let label = said(label.as_ref())?;
        if old != label && self.has_tag(&label) {
            return Err(taken("tag", &label));
        }
        let tags = &mut self.known.document_mut().tags;
        for tag in tags.iter_mut().filter(|tag| tag.id == id) {
            tag.label.clone_from(&label);
        }
        Ok(self)
    }

    fn has_tag(&self, label: &str) -> bool {
        let known = self.known.tags().iter().map(|tag| &tag.label);
        let mut all = known.chain(self.tags.iter().map(|tag| &tag.label));
        all.any(|known| known == label)
    }

    /// Whether a structure has what this one adds and calls what it has as this one does.
    pub(super) fn is_held_by(&self, structure: &Structure) -> bool {
        let (fields, tags) = (structure.fields(), structure.tags());
        self.known.fields().iter().all(|field| {
            let mut same = fields.iter().filter(|now| now.id == field.id);
            same.any(|now| now.label == field.label)
        }) && self.known.tags().iter().all(|tag| {
            let mut same = tags.iter().filter(|now| now.id == tag.id);
            same.any(|now| now.label == tag.label)
        }) && self.added.iter().all(|new| {
            let mut same = fields.iter().filter(|now| now.label == new.label);
            same.any(|now| now.data_type == new.data_type)
        }) && self
            .tags
            .iter()
            .all(|new| tags.iter().any(|now| now.label == new.label))
    }

    /// Whether a structure that doesn't hold this replacement may still have come of it, made of `before` by
    /// a service that keeps labels in its own way.
    pub(super) fn may_have_made(&self, now: &Structure, before: &Structure) -> bool {
        let (asked, now, before) = (labels(&self.known), labels(now), labels(before));
        let alike = |one: &str, other: &str| {
            Value::from(one).likeness(&other.into(), &DataType::Text) > Likeness::Different
        };
        let renamed = before.iter().any(|(id, old)| {
            let other = |labels: &HashMap<&str, &str>| labels.get(id).is_some_and(|new| new != old);
            other(&asked) && other(&now)
        });
        let fields = self.added.iter().map(|field| &field.label);
        let mut added = fields.chain(self.tags.iter().map(|tag| &tag.label));
        renamed
            || added.any(|asked| {
                let mut new = now.iter().filter(|(id, _)| !before.contains_key(*id));
                new.any(|(_, label)| alike(asked, label))
            })
    }

    /// The version that the service must still have.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }
}

/// The labels of all fields and tags, by id.
fn labels(structure: &Structure) -> HashMap<&str, &str> {
    let fields = structure.fields().iter();
    let fields = fields.map(|field| (field.id.as_str(), field.label.as_str()));
    let tags = structure.tags().iter();
    fields
        .chain(tags.map(|tag| (tag.id.as_str(), tag.label.as_str())))
        .collect()
}

fn said(label: &str) -> Result<String, Error> {
    if label.trim().is_empty() {
        return Err(Error::invalid("a label is empty: people go by it"));
    }
    Ok(label.to_owned())
}

fn taken(what: &str, label: &str) -> Error {
    Error::invalid(format!(
        "another {what} is called {label:?} already: choose another label"
    ))
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<K, N> {
    Known(K),
    New(N),
}

/// What is known and what is new, in one array.
fn joined<'a, K, N>(known: &'a [K], new: &'a [N]) -> Vec<Entry<&'a K, &'a N>> {
    let known = known.iter().map(Entry::Known);
    known.chain(new.iter().map(Entry::New)).collect()
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
            kept,
        } = self.known.document();
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("label", label)?;
        if let Some(name) = key_name {
            body.serialize_entry("keyName", name)?;
        }
        if let Some(kind) = key_type {
            body.serialize_entry("keyType", kind)?;
        }
        kept.write_list(
            &mut body,
            "fields",
            &joined::<Field, _>(fields, &self.added),
        )?;
        kept.write_list(&mut body, "tags", &joined::<Tag, _>(tags, &self.tags))?;
        kept.write(&mut body, "__v", Some(&self.version))?;
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
            .field("tags", &self.tags)
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

    #[test]
    fn what_a_service_made_of_it_in_its_own_way_may_be_ours() {
        let structure = |fields: &[(&str, &str)], tags: &[(&str, &str)]| -> Structure {
            let of = |(id, label): &(&str, &str)| serde_json::json!({"_id": id, "label": label, "dataType": "text"});
            serde_json::from_value(serde_json::json!({
                "_id": "s1", "label": "Default", "__v": 1,
                "fields": fields.iter().map(of).collect::<Vec<_>>(),
                "tags": tags.iter().map(of).collect::<Vec<_>>(),
            }))
            .unwrap()
        };
        let before = structure(&[("f1", "Company")], &[("t1", "VIP")]);
        let mut ours = StructureReplacement::new(&before).unwrap();
        ours.add_field("Seats ", DataType::Text, false).unwrap();
        ours.add_tag("Late ").unwrap();
        ours.rename_field("Company", "Employer ").unwrap();
        for (now, may) in [
            (structure(&[("f1", "Employer")], &[("t1", "VIP")]), true),
            (structure(&[("f1", "Firm")], &[("t1", "VIP")]), true),
            (structure(&[("f1", "Company"), ("f2", "seats")], &[]), true),
            (
                structure(&[("f1", "Company")], &[("t1", "VIP"), ("t2", "late")]),
                true,
            ),
            // Somebody else's.
            (
                structure(&[("f1", "Company")], &[("t1", "Very important")]),
                false,
            ),
            (
                structure(&[("f1", "Company"), ("f2", "Birthday")], &[("t2", "Lead")]),
                false,
            ),
            (structure(&[], &[]), false),
        ] {
            assert_eq!(ours.may_have_made(&now, &before), may, "{now:?}");
        }
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
