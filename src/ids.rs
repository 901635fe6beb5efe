//! Identifiers, one type for each kind of thing, so that mixing two up doesn't compile.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{fingerprint::fingerprint, inline_text::InlineText, redact};

macro_rules! ids {
    ($( $(#[$meta:meta])* $id:ident, $what:literal; )*) => { $(
        $(#[$meta])*
        ///
        /// Documented: 24 hexadecimal characters. Assumed: the service may change that, so any word
        /// of at most 64 letters, digits, `-` and `_` is taken. One that the service sent is kept
        /// whatever it is, so long as it can stand in a path.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $id(InlineText);

        impl $id {
            /// Checks and takes an id.
            ///
            /// # Errors
            ///
            /// When it is empty, longer than 64 characters, or holds anything but letters, digits, `-`
            /// and `_`; nothing is sent. As an [`Error`](crate::Error) it is an
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput).
            pub fn new(id: impl Into<String>) -> Result<Self, InvalidId> {
                let id = id.into();
                check(&id, $what)?;
                Ok(Self(id.as_str().into()))
            }

            /// One made up, of a text: the same each time.
            pub(crate) fn made_of(text: &str) -> Self {
                Self(format!("{:024x}", fingerprint(text.as_bytes())).as_str().into())
            }

            /// The id as the service writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $id {
            type Err = InvalidId;

            fn from_str(id: &str) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl TryFrom<&str> for $id {
            type Error = InvalidId;

            fn try_from(id: &str) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl TryFrom<String> for $id {
            type Error = InvalidId;

            fn try_from(id: String) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl From<&$id> for $id {
            fn from(id: &$id) -> Self {
                id.clone()
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($id)).field(&redact::addresses(self.as_str())).finish()
            }
        }

        impl AsRef<str> for $id {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        $crate::wire::read_as_text! { $id }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl de::Visitor<'_> for Visitor {
                    type Value = $id;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a ", $what, " id"))
                    }

                    fn visit_str<E: de::Error>(self, id: &str) -> Result<$id, E> {
                        if walks(id) {
                            return Err(E::custom(concat!("a ", $what, " id that can't stand in a path")));
                        }
                        Ok($id(id.into()))
                    }
                }

                deserializer.deserialize_str(Visitor)
            }
        }
    )* };
}

ids! {
    /// Names a contact.
    ContactId, "contact";
    /// Names a structure.
    StructureId, "structure";
    /// Names a custom field of a structure.
    FieldId, "field";
    /// Names a list.
    ListId, "list";
    /// Names a tag of a structure.
    TagId, "tag";
}

/// Whether an id would leave its segment of a path. `\` does too: URLs take it for `/`.
fn walks(id: &str) -> bool {
    // Most ids are a word, which is told without a branch for each letter.
    let is_word = id
        .bytes()
        .fold(true, |word, byte| word & byte.is_ascii_alphanumeric());
    if is_word {
        return id.is_empty();
    }
    matches!(id, "." | "..") || id.contains(['/', '\\']) || id.contains(char::is_control)
}

/// Why a text is no id: which, and what is wrong with it. `?` turns it into an [`Error`](crate::Error).
///
/// ```
/// use benchmark_email::{ContactId, Error, ErrorKind};
///
/// let why = ContactId::new("a/b").unwrap_err();
/// assert!(why.to_string().starts_with("the contact id holds '/'"));
/// assert_eq!(Error::from(why).kind(), ErrorKind::InvalidInput);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId(String);

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidId {}

fn check(id: &str, what: &str) -> Result<(), InvalidId> {
    let why = if id.is_empty() {
        "is empty".to_owned()
    } else if let Some(odd) = id
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
    {
        format!("holds {odd:?}, and an id has only letters, digits, `-` and `_`")
    } else if id.len() > 64 {
        format!("has {} characters, and an id has at most 64", id.len())
    } else {
        return Ok(());
    };
    Err(InvalidId(format!("the {what} id {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_would_walk_the_path_is_refused() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a%2fb",
            "a b",
            "a\nb",
            "é",
            &"a".repeat(65),
        ] {
            let error = ContactId::new(bad).unwrap_err();
            assert!(error.to_string().contains("contact id"), "{error}");
        }
        assert_eq!(
            ContactId::new("66f1a6e4698f1bca60424901")
                .unwrap()
                .as_str()
                .len(),
            24
        );
    }

    #[test]
    fn an_id_from_the_service_is_kept_unless_it_walks_the_path() {
        assert_eq!(
            serde_json::from_str::<ListId>("\"a:b\"").unwrap().as_str(),
            "a:b"
        );
        for bad in ["", ".", "..", "a/b", "..\\..", "a\nb"] {
            assert!(
                serde_json::from_value::<ListId>(bad.into()).is_err(),
                "{bad}"
            );
        }
    }
}
