//! What a type asks of a contact, read from its JSON Schema: labels, kinds of value, and which of them
//! must be there. Knows nothing of the account but its data types.

use std::fmt;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value as Json;

use crate::structures::DataType;

/// The format that marks a text as a day of every year.
pub(super) const RECURRENT_DATE: &str = "recurrent_date";

/// What a type asks for.
pub(super) struct Shape {
    /// The type's name.
    pub(super) name: String,
    /// Its members; none when it is no struct or map.
    pub(super) members: Option<Vec<Wanted>>,
}

/// A member.
pub(super) struct Wanted {
    pub(super) label: String,
    pub(super) required: bool,
    pub(super) kinds: Kinds,
}

/// What a value may be; several where the type takes one or the other.
#[derive(Debug, PartialEq)]
pub(super) struct Kinds(Vec<Kind>);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Anything,
    Text,
    /// Text that keeps rules of its own.
    Ruled(String),
    Number,
    Boolean,
    Date,
    RecurrentDate,
    Nested,
}

impl Shape {
    pub(super) fn of<T: JsonSchema>() -> Self {
        let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let schema = schema.as_value();
        let is_object = may_be(schema, "object");
        let mut members = Vec::new();
        collect(schema, true, &mut members);
        members.sort_by(|one, other| one.label.cmp(&other.label));
        Self {
            name: T::schema_name().into_owned(),
            members: (is_object || !members.is_empty()).then_some(members),
        }
    }
}

fn may_be(schema: &Json, kind: &str) -> bool {
    match schema.get("type") {
        Some(Json::String(only)) => only == kind,
        Some(Json::Array(some)) => some.iter().any(|one| one == kind),
        _ => false,
    }
}

/// The members of an object and of its parts; what only some of its forms have is never required.
fn collect(schema: &Json, always: bool, members: &mut Vec<Wanted>) {
    let required = |label: &str| {
        let listed = schema.get("required").and_then(Json::as_array);
        always && listed.is_some_and(|listed| listed.iter().any(|one| one == label))
    };
    let properties = schema.get("properties").and_then(Json::as_object);
    for (label, property) in properties.into_iter().flatten() {
        let kinds = Kinds::of(property);
        match members.iter_mut().find(|known| known.label == *label) {
            Some(known) => {
                known.required |= required(label);
                known.kinds.or(kinds);
            }
            None => members.push(Wanted {
                label: label.clone(),
                required: required(label),
                kinds,
            }),
        }
    }
    for (parts, always) in [("allOf", always), ("anyOf", false), ("oneOf", false)] {
        for part in schema
            .get(parts)
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            collect(part, always, members);
        }
    }
}

impl Kinds {
    fn of(schema: &Json) -> Self {
        let mut kinds = Self(Vec::new());
        kinds.read(schema);
        if kinds.0.is_empty() {
            // Nothing but `null`.
            kinds.0.push(Kind::Nested);
        }
        kinds
    }

    fn read(&mut self, schema: &Json) {
        let format = schema.get("format").and_then(Json::as_str);
        let listed = schema.get("enum").and_then(Json::as_array);
        let listed: Vec<&Json> = listed
            .into_iter()
            .flatten()
            .chain(schema.get("const"))
            .collect();
        let parts = ["allOf", "anyOf", "oneOf"].into_iter();
        let parts = parts
            .filter_map(|parts| schema.get(parts)?.as_array())
            .flatten();
        let parts: Vec<&Json> = parts.collect();
        if schema.get("$ref").is_some() {
            // Only a type that holds itself is not written in place.
            self.add(Kind::Nested);
        } else if !listed.is_empty() {
            for value in listed {
                self.add_value(value);
            }
        } else if let Some(kind) = schema.get("type") {
            let one = kind.as_str().into_iter();
            let some = kind
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Json::as_str);
            for kind in one.chain(some) {
                self.add_type(kind, format);
            }
        } else if parts.is_empty() {
            self.add(Kind::Anything);
        } else {
            for part in parts {
                self.read(part);
            }
        }
    }

    fn add(&mut self, kind: Kind) {
        if !self.0.contains(&kind) {
            self.0.push(kind);
        }
    }

    fn or(&mut self, other: Self) {
        for kind in other.0 {
            self.add(kind);
        }
    }

    fn add_type(&mut self, kind: &str, format: Option<&str>) {
        match (kind, format) {
            ("null", _) => {}
            ("string", None) => self.add(Kind::Text),
            ("string", Some("date")) => self.add(Kind::Date),
            ("string", Some(RECURRENT_DATE)) => self.add(Kind::RecurrentDate),
            ("string", Some(format)) => self.add(Kind::Ruled(format.to_owned())),
            ("integer" | "number", _) => self.add(Kind::Number),
            ("boolean", _) => self.add(Kind::Boolean),
            _ => self.add(Kind::Nested),
        }
    }

    fn add_value(&mut self, value: &Json) {
        match value {
            Json::Null => {}
            Json::Bool(_) => self.add(Kind::Boolean),
            Json::Number(_) => self.add(Kind::Number),
            Json::String(_) => self.add(Kind::Ruled("one of several words".to_owned())),
            Json::Array(_) | Json::Object(_) => self.add(Kind::Nested),
        }
    }

    /// Whether a value of the data type can be one of these.
    pub(super) fn fit(&self, data_type: &DataType) -> bool {
        self.0.iter().any(|kind| kind.fits(data_type))
    }

    /// Whether an address can be one of these.
    pub(super) fn fit_an_address(&self) -> bool {
        self.0.iter().any(|kind| match kind {
            Kind::Anything | Kind::Text => true,
            Kind::Ruled(format) => matches!(format.as_str(), "email" | "idn-email"),
            _ => false,
        })
    }

    /// The data type of a new field for these, if there is exactly one.
    pub(super) fn data_type(&self) -> Option<DataType> {
        match self.0.as_slice() {
            [Kind::Text | Kind::Ruled(_)] => Some(DataType::Text),
            [Kind::Number] => Some(DataType::Number),
            [Kind::Boolean] => Some(DataType::Boolean),
            [Kind::Date] => Some(DataType::Date),
            [Kind::RecurrentDate] => Some(DataType::RecurrentDate),
            _ => None,
        }
    }
}

impl Kind {
    fn fits(&self, data_type: &DataType) -> bool {
        match (self, data_type) {
            (Self::Nested, _) => false,
            (Self::Anything, _)
            // Nobody knows what these hold.
            | (_, DataType::Unknown(_))
            // The text of a day is text; what is sent is checked value by value.
            | (Self::Text, DataType::Text | DataType::Date | DataType::RecurrentDate)
            | (Self::Ruled(_), DataType::Text)
            | (Self::Number, DataType::Number)
            | (Self::Boolean, DataType::Boolean)
            | (Self::Date, DataType::Date)
            | (Self::RecurrentDate, DataType::RecurrentDate) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, kind) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" or ")?;
            }
            match kind {
                Kind::Anything => f.write_str("anything")?,
                Kind::Text => f.write_str("text")?,
                Kind::Ruled(rule) => write!(f, "text ({rule})")?,
                Kind::Number => f.write_str("number")?,
                Kind::Boolean => f.write_str("boolean")?,
                Kind::Date => f.write_str("date")?,
                Kind::RecurrentDate => f.write_str("recurrent_date")?,
                Kind::Nested => f.write_str("a nested value")?,
            }
        }
        Ok(())
    }
}
