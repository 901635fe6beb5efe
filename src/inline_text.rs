//! Short text of the service's own making, kept without an allocation.
//!
//! Ids and timestamps are documented as 24 ASCII characters each, and a contact has about ten of them:
//! text of that length is kept in place. Owns no rule of what the text may be.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const IN_PLACE: usize = 24;

/// Immutable text; [`IN_PLACE`] bytes of it take no allocation.
// A text has one form only, so that the derived comparison is right.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct InlineText(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    InPlace([u8; IN_PLACE]),
    Boxed(Box<str>),
}

impl InlineText {
    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            // It was text when it came in.
            Form::InPlace(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
            Form::Boxed(text) => text,
        }
    }
}

impl From<&str> for InlineText {
    fn from(text: &str) -> Self {
        Self(match text.as_bytes().try_into() {
            Ok(bytes) => Form::InPlace(bytes),
            Err(_) => Form::Boxed(text.into()),
        })
    }
}

impl Ord for InlineText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for InlineText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for InlineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for InlineText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for InlineText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = InlineText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<InlineText, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_length_comes_back_whole() {
        let long = "ä€é".repeat(20);
        for text in (0..long.len()).filter_map(|end| long.get(..end)) {
            assert_eq!(InlineText::from(text).as_str(), text);
            let json = serde_json::to_string(&InlineText::from(text)).unwrap();
            assert_eq!(
                serde_json::from_str::<InlineText>(&json).unwrap().as_str(),
                text
            );
        }
    }

    #[test]
    fn order_is_that_of_the_text_whatever_its_length() {
        let [short, exact, long] = [
            "b",
            "a23456789012345678901234",
            "ab3456789012345678901234567",
        ];
        let mut all = [long, short, exact].map(InlineText::from);
        all.sort();
        assert_eq!(all.each_ref().map(InlineText::as_str), [exact, long, short]);
    }
}
