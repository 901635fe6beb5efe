//! A structure: the fields and tags of a set of contacts, found by name. No I/O.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{
    Error, FieldId, StructureId, TagId, Timestamp, Value, redact,
    structures::{DataType, PredefinedField},
    wire::{FromJson, Kept, Read, Text, wire_object},
};

/// The schema of a set of contacts. Every contact belongs to one structure.
///
/// Cheap to clone. Fields are found by label or predefined name:
///
/// ```
/// # let json = r#"{"_id":"64a1b2c3d4e5f6a7b8c9d0e1","label":"Default Contacts","fields":[
/// #   {"_id":"64a1b2c3d4e5f6a7b8c9d100","label":"First Name","dataType":"text","predefinedField":"firstName"}]}"#;
/// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
/// assert_eq!(structure.field("First Name")?.id, structure.field("firstName")?.id);
///
/// let error = structure.field("Frist Name").unwrap_err();
/// assert!(error.to_string().contains(r#"did you mean "First Name"?"#));
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Structure(Arc<Document>);

wire_object! {
    /// What the service sends.
    pub(super) struct Document {
        required pub(crate) id: StructureId = "_id",
        required pub(crate) label: String = "label",
        optional pub(crate) key_name: String = "keyName",
        optional pub(crate) key_type: String = "keyType",
        many pub(crate) fields: Vec<Field> = "fields",
        many pub(crate) tags: Vec<Tag> = "tags",
        optional pub(crate) created_at: Timestamp = "createdAt",
        optional pub(crate) updated_at: Timestamp = "updatedAt",
        optional pub(crate) version: i64 = "__v",
    }
}

wire_object! {
    /// The definition of a custom field. Documented: guide Manage Custom Fields.
    pub struct Field {
        /// Names the field on the wire.
        required pub id: FieldId = "_id",
        /// What people call it.
        required pub label: String = "label",
        /// What its values are.
        required pub data_type: DataType = "dataType",
        /// Whether each contact needs a value. Whether the service enforces it is not stated.
        optional pub required: bool = "required",
        /// The standard field that it stands for.
        optional pub predefined: PredefinedField = "predefinedField",
    }
}

wire_object! {
    /// The definition of a tag. Documented: guide Manage Custom Fields.
    pub struct Tag {
        /// Names the tag on the wire.
        required pub id: TagId = "_id",
        /// What people call it.
        required pub label: String = "label",
    }
}

impl Document {
    /// The properties that this version of the client doesn't know, as the JSON they came in.
    pub(super) fn unknown_json(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        let known = Self::PROPERTIES;
        self.kept.whole().filter(|(name, _)| !known.contains(name))
    }
}

impl Structure {
    /// One made up, for tests.
    pub(crate) fn made<'a>(
        label: &str,
        fields: impl IntoIterator<Item = (&'a str, DataType)>,
        tags: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let field = |(place, (label, data_type)): (usize, (&str, DataType))| Field {
            id: FieldId::made_of(&format!("field {place} {label}")),
            label: label.to_owned(),
            data_type,
            required: None,
            predefined: None,
            kept: Kept::default(),
        };
        let tag = |(place, label): (usize, &str)| Tag {
            id: TagId::made_of(&format!("tag {place} {label}")),
            label: label.to_owned(),
            kept: Kept::default(),
        };
        Self(Arc::new(Document {
            id: StructureId::made_of(label),
            label: label.to_owned(),
            key_name: Some("Email".to_owned()),
            key_type: None,
            fields: fields.into_iter().enumerate().map(field).collect(),
            tags: tags.into_iter().enumerate().map(tag).collect(),
            created_at: None,
            updated_at: None,
            version: Some(0),
            kept: Kept::default(),
        }))
    }

    /// The structure's id.
    #[must_use]
    pub fn id(&self) -> &StructureId {
        &self.0.id
    }

    /// What people call the structure.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// What the key of its contacts is called, mostly `Email`.
    #[must_use]
    pub fn key_name(&self) -> Option<&str> {
        self.0.key_name.as_deref()
    }

    /// The custom fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0.fields
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.0.tags
    }

    /// The version (`__v`) that a replacement of the structure must carry.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        self.0.version
    }

    /// The properties that this version of the client doesn't know, with their JSON text.
    pub fn unknown_properties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.unknown_properties()
    }

    /// The properties that this version knows and that came in a form that it doesn't read, with their
    /// JSON text. They are written back by a replacement.
    pub fn unexpected_properties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.unexpected_properties()
    }

    pub(crate) fn labels(&self) -> Vec<&str> {
        self.fields().iter().map(|f| f.label.as_str()).collect()
    }

    pub(super) fn document(&self) -> &Document {
        &self.0
    }

    /// To change a copy that is nobody else's.
    pub(super) fn document_mut(&mut self) -> &mut Document {
        Arc::make_mut(&mut self.0)
    }

    /// The field with this label or, where no label is so, with this predefined name
    /// (`firstName`); or with this [`FieldId`]. Case matters.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when there is none, naming the nearest labels; or
    /// when several have the label: then only the id tells them apart.
    pub fn field<'f>(&self, field: impl Into<FieldRef<'f>>) -> Result<&Field, Error> {
        let name = match field.into() {
            FieldRef::Name(name) => name,
            FieldRef::Id(id) => {
                let known = self.field_by_id(id);
                return known.ok_or_else(|| self.lacks("field", id));
            }
        };
        let found = self.fields_named(name);
        let ids = found.iter().map(|f| f.id.as_str());
        only(&found, ids, "field", name, self, self.labels().into_iter())
    }

    /// The fields with this label or, where no label is so, with this predefined name.
    pub(crate) fn fields_named(&self, name: &str) -> Vec<&Field> {
        let labelled: Vec<&Field> = self.fields().iter().filter(|f| f.label == name).collect();
        if !labelled.is_empty() {
            return labelled;
        }
        let predefined = |f: &&Field| f.predefined.as_ref().is_some_and(|p| p.as_str() == name);
        self.fields().iter().filter(predefined).collect()
    }

    /// The field with this id.
    #[must_use]
    pub fn field_by_id(&self, id: &FieldId) -> Option<&Field> {
        self.fields().iter().find(|f| f.id == *id)
    }

    /// The tag with this label, or with this [`TagId`]. Case matters.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when there is none, naming the nearest labels, or
    /// when several have the label: then only the id tells them apart.
    pub fn tag<'t>(&self, tag: impl Into<TagRef<'t>>) -> Result<&Tag, Error> {
        let label = match tag.into() {
            TagRef::Name(label) => label,
            TagRef::Id(id) => {
                let known = self.tags().iter().find(|tag| tag.id == *id);
                return known.ok_or_else(|| self.lacks("tag", id));
            }
        };
        let found: Vec<&Tag> = self.tags().iter().filter(|t| t.label == label).collect();
        let ids = found.iter().map(|t| t.id.as_str());
        only(
            &found,
            ids,
            "tag",
            label,
            self,
            self.tags().iter().map(|t| t.label.as_str()),
        )
    }

    fn lacks(&self, what: &str, id: impl fmt::Display) -> Error {
        let label = self.label();
        Error::invalid(format!(
            "the structure {label:?} has no {what} with the id {id}"
        ))
    }

    /// The field of this name, if it can take the value.
    pub(crate) fn accept<'f>(
        &self,
        field: impl Into<FieldRef<'f>>,
        value: &Value,
    ) -> Result<&Field, Error> {
        let field = self.field(field)?;
        let name = &field.label;
        value.check(&field.data_type).map_err(|why| {
            Error::invalid(format!(
                "the field {name:?} of the structure {:?} is of type {} and {why}",
                self.label(),
                field.data_type
            ))
        })?;
        Ok(field)
    }
}

macro_rules! references {
    ($( $(#[$meta:meta])* $reference:ident { $(#[$name_meta:meta])* Name, $id:ident } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $reference<'a> {
            $(#[$name_meta])*
            Name(&'a str),
            /// An id.
            Id(&'a $id),
        }

        impl<'a> From<&'a str> for $reference<'a> {
            fn from(name: &'a str) -> Self {
                Self::Name(name)
            }
        }

        impl<'a> From<&'a String> for $reference<'a> {
            fn from(name: &'a String) -> Self {
                Self::Name(name)
            }
        }

        impl<'a> From<&'a $id> for $reference<'a> {
            fn from(id: &'a $id) -> Self {
                Self::Id(id)
            }
        }
    )* };
}

references! {
    /// Names a field: by its label or predefined name, or by its id where a label occurs twice.
    FieldRef {
        /// A label or predefined name.
        Name, FieldId
    }

    /// Names a tag: by its label, or by its id where a label occurs twice.
    TagRef {
        /// A label.
        Name, TagId
    }
}

/// The one thing found; or an error that says what there is instead.
fn only<'a, T>(
    found: &[&'a T],
    ids: impl Iterator<Item = &'a str>,
    what: &str,
    name: &str,
    structure: &Structure,
    names: impl Iterator<Item = &'a str>,
) -> Result<&'a T, Error> {
    let name = &shorten(name);
    match found {
        [one] => Ok(one),
        [] => {
            let label = structure.label();
            Err(Error::invalid(format!(
                "the structure {label:?} has no {what} {name:?}{}",
                near(name, names)
            )))
        }
        _ => Err(Error::invalid(format!(
            "the structure {:?} has {} {what}s called {name:?}: name one by its id ({})",
            structure.label(),
            found.len(),
            ids.collect::<Vec<_>>().join(", "),
        ))),
    }
}

/// What somebody took for a label may be a whole file.
fn shorten(name: &str) -> String {
    const LONGEST: usize = 100;
    match name
        .char_indices()
        .nth(LONGEST)
        .and_then(|(end, _)| name.get(..end))
    {
        Some(beginning) => format!("{beginning}..."),
        None => name.to_owned(),
    }
}

/// `; did you mean "First Name"?`, or what there is when nothing is near.
fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.len() {
        0 => "; it has none at all".to_owned(),
        count => did_you_mean(name, &names).unwrap_or_else(|| match count {
            ..=10 => format!("; it has {}", quoted(&names, ", ")),
            _ => format!("; it has {count} others"),
        }),
    }
}

/// `; did you mean "First Name"?`, if anything is near.
pub(crate) fn did_you_mean(name: &str, names: &[&str]) -> Option<String> {
    const NEAR: f64 = 0.8;
    const AS_NEAR_AS_THE_BEST: f64 = 0.05;
    let wanted = name.to_lowercase();
    let score = |candidate: &str| strsim::jaro_winkler(&wanted, &candidate.to_lowercase());
    let mut scored: Vec<(f64, &str)> = names.iter().map(|name| (score(name), *name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    let close = scored
        .iter()
        .take_while(|(score, _)| *score >= NEAR.max(best - AS_NEAR_AS_THE_BEST));
    let close: Vec<&str> = close.take(3).map(|(_, name)| *name).collect();
    (!close.is_empty()).then(|| format!("; did you mean {}?", quoted(&close, " or ")))
}

fn quoted(names: &[&str], between: &str) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("{:?}", shorten(name)))
        .collect();
    quoted.join(between)
}

impl fmt::Debug for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redact::debug(f, |f| {
            f.debug_struct("Structure")
                .field("id", self.id())
                .field("label", &self.label())
                .field("fields", &self.labels())
                .field("tags", &self.tags().len())
                .field("version", &self.version())
                .finish()
        })
    }
}

impl Serialize for Structure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl FromJson for Structure {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let read = Document::read(deserializer)?;
        Ok(read.map(|document| Self(Arc::new(document))))
    }

    fn read_text(text: Text<'_>) -> Read<Self> {
        Document::read_text(text).map(|document| Self(Arc::new(document)))
    }
}

impl<'de> Deserialize<'de> for Structure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Document::deserialize(deserializer).map(|document| Self(Arc::new(document)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure() -> Structure {
        serde_json::from_value(serde_json::json!({
            "_id": "s1", "label": "Default", "__v": 3, "color": "blue",
            "fields": [
                {"_id": "f1", "label": "First Name", "dataType": "text", "predefinedField": "firstName"},
                {"_id": "f2", "label": "Seats", "dataType": "number", "required": true},
                {"_id": "f3", "label": "Notes", "dataType": "text"},
                {"_id": "f4", "label": "Notes", "dataType": "text"},
                {"_id": "f5", "label": "firstName", "dataType": "boolean"},
            ],
            "tags": [
                {"_id": "t1", "label": "VIP"},
                {"_id": "t2", "label": "Lead"},
                {"_id": "t3", "label": "Lead"},
            ],
        }))
        .unwrap()
    }

    #[test]
    fn a_label_wins_over_a_predefined_name() {
        assert_eq!(structure().field("firstName").unwrap().id.as_str(), "f5");
    }

    #[test]
    fn a_label_as_long_as_a_file_is_shortened_in_a_hint() {
        let long = "Seats ".repeat(10_000);
        let structure: Structure = serde_json::from_value(serde_json::json!({
            "_id": "s1", "label": "Default",
            "fields": [{"_id": "f1", "label": long, "dataType": "text"}],
        }))
        .unwrap();
        for asked in ["Zebra", long.trim_start_matches('S')] {
            let told = structure.field(asked).unwrap_err().to_string();
            assert!(
                told.contains("Seats Seats") && told.len() < 500,
                "{}",
                told.len()
            );
        }
    }

    #[test]
    fn of_tags_with_one_label_the_id_names_one() {
        let structure = structure();
        let error = structure.tag("Lead").unwrap_err().to_string();
        assert!(error.contains("name one by its id (t2, t3)"), "{error}");
        let id = TagId::new("t3").unwrap();
        assert_eq!(structure.tag(&id).unwrap().id, id);
        let gone = TagId::new("t9").unwrap();
        let error = structure.tag(&gone).unwrap_err().to_string();
        assert!(error.contains("no tag with the id t9"), "{error}");
    }

    #[test]
    fn an_unknown_label_is_told_with_the_nearest() {
        let error = structure().field("first name").unwrap_err().to_string();
        assert!(
            error.contains("has no field \"first name\"; did you mean \"First Name\""),
            "{error}"
        );
        let error = structure().field("Shoe size").unwrap_err().to_string();
        assert!(
            error.contains("it has ") && error.contains("\"Seats\""),
            "{error}"
        );
        let error = structure().tag("VIPs").unwrap_err().to_string();
        assert!(error.contains("did you mean \"VIP\"?"), "{error}");
    }

    #[test]
    fn a_label_that_occurs_twice_needs_the_id() {
        let error = structure().field("Notes").unwrap_err().to_string();
        assert!(
            error.contains("2 fields called \"Notes\"") && error.contains("(f3, f4)"),
            "{error}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_told_with_the_right_one() {
        let structure = structure();
        assert!(structure.accept("Seats", &12.into()).is_ok());
        let error = structure
            .accept("Seats", &"12".into())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("\"Seats\"") && error.contains("takes a number; got text"),
            "{error}"
        );
    }

    #[test]
    fn a_structure_goes_back_as_it_came() {
        let json = serde_json::to_value(structure()).unwrap();
        assert_eq!(json["color"], "blue");
        assert_eq!(json["__v"], 3);
        assert_eq!(
            json["fields"][1],
            serde_json::json!({"_id": "f2", "label": "Seats", "dataType": "number", "required": true})
        );
    }
}
