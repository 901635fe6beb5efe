//! Why a contact doesn't fit a type: names and types, never a value.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::name::Meaning;
use crate::{
    Contact, Error, ErrorKind, Structure,
    structures::{DataType, did_you_mean},
};

/// The error of the deserializers. What serde and a type's own code say about a value is dropped, for it
/// may quote the value.
#[derive(Debug)]
pub(super) enum Misfit {
    /// The type needs a member that the contact doesn't have.
    Missing(&'static str),
    /// Fields that share the name that the type asks for.
    Several(String),
    /// The type denies this member.
    Denied(String),
    /// A value of another type than this; which value is not known yet.
    Refused(Option<String>),
    /// The value of a member.
    Value {
        name: String,
        expected: String,
        got: &'static str,
        data_type: Option<(DataType, bool)>,
    },
}

impl Misfit {
    /// The member whose value it is about.
    pub(super) fn member(&self) -> Option<&str> {
        match self {
            Self::Value { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The same, of the member that it is about: its name, what it is, and the data type of its field with
    /// whether it is of that.
    pub(super) fn of<T>(
        self,
        name: &str,
        got: &'static str,
        data_type: Option<(&DataType, bool)>,
    ) -> Self {
        let Self::Refused(said) = self else {
            return self;
        };
        let target = short(std::any::type_name::<T>());
        // serde's own wrappers say nothing to a reader.
        let expected = if target.contains("__") {
            said.unwrap_or_else(|| "another type".to_owned())
        } else {
            target
        };
        Self::Value {
            name: name.to_owned(),
            expected,
            got,
            data_type: data_type.map(|(known, fits)| (known.clone(), fits)),
        }
    }

    /// The error of a contact that was to become a `T`.
    pub(super) fn tell<T>(self, structure: &Structure, contact: &Contact) -> Error {
        const LATELY: &str =
            "if it was added or renamed since the structure was read, read the structure again";
        let target = short(std::any::type_name::<T>());
        let label = structure.label();
        let why = match self {
            Self::Missing(name) => match structure.meaning(name) {
                Meaning::Nothing => {
                    let near = did_you_mean(name, &structure.labels()).unwrap_or_default();
                    format!("the structure {label:?} has no field {name:?}{near} ({LATELY})")
                }
                Meaning::Tag => {
                    format!("{name:?} is a tag of the structure {label:?}, not a field")
                }
                _ => format!(
                    "the field {name:?} has no value; an `Option`, or a default, would allow that"
                ),
            },
            Self::Several(name) => format!(
                "the structure {label:?} has several fields called {name:?}; rename all but one in the web application"
            ),
            Self::Denied(name) => format!("it denies the field {name:?}"),
            Self::Refused(said) => {
                let said = said.unwrap_or_else(|| "something else".to_owned());
                format!("a contact, or one of its values, is not {said}")
            }
            Self::Value {
                name,
                expected,
                got,
                data_type,
            } => {
                let known = match data_type {
                    None => String::new(),
                    Some((data_type, true)) => format!("; its data type is {data_type}"),
                    Some((data_type, false)) => format!(
                        "; its data type was {data_type}, and has changed if the value is right: read the structure again"
                    ),
                };
                format!("the field {name:?} should be {expected}, and its value is {got}{known}")
            }
        };
        let message = format!("the contact {} is no {target}: {why}", contact.id);
        Error::new(ErrorKind::Mismatch, message)
    }
}

/// `core::option::Option<alloc::string::String>` -> `Option<String>`.
fn short(type_name: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let mut out = String::with_capacity(type_name.len());
    for piece in type_name.split_inclusive(|c: char| !word(c)) {
        out.push_str(piece.rsplit("::").next().unwrap_or_default());
    }
    out
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a contact that doesn't fit the type")
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Refused(None)
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Refused(Some(expected.to_string()))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Refused(Some(expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Refused(Some(expected.to_string()))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Refused(Some(format!("one of {}", expected.join(", "))))
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::Denied(name.to_owned())
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Missing(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::Several(name.to_owned())
    }
}
