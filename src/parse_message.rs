//! The parser's messages without what they quote.
//!
//! A message of serde repeats the value or the name it stumbled over, and the body is a list of
//! people. Of a message in one of serde's own forms this keeps what the element's type wrote; any
//! other was made by the element's type, may hold anything, and is dropped.

use std::borrow::Cow;

use serde_json::error::Category;

/// What a message of serde may name of the value it found: the kind of the value, never the value.
const FOUND: [&str; 18] = [
    "boolean",
    "integer",
    "floating point",
    "number",
    "character",
    "string",
    "byte array",
    "null",
    "unit value",
    "Option value",
    "newtype struct",
    "sequence",
    "map",
    "enum",
    "unit variant",
    "newtype variant",
    "tuple variant",
    "struct variant",
];

/// Why a body could not be decoded, with the place and without what stands there.
pub(crate) fn of(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let message = whole
        .rsplit_once(" at line ")
        .map_or(whole.as_str(), |(message, _)| message);
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => format!("{} ({place})", without_values(message)),
        Category::Eof => format!("it ends too early ({place})"),
        Category::Syntax | Category::Io => format!("{message} ({place})"),
    }
}

/// The same without the place.
pub(crate) fn alone(error: &serde_json::Error) -> Cow<'static, str> {
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = whole.strip_suffix(&place).unwrap_or(&whole);
    match error.classify() {
        Category::Data => without_values(message),
        Category::Eof | Category::Syntax | Category::Io => message.to_owned().into(),
    }
}

/// Keeps of a message of serde what the element's type wrote and drops what the document did.
pub(crate) fn without_values(message: &str) -> Cow<'static, str> {
    wrong_value(message)
        .or_else(|| unknown_name(message))
        .or_else(|| known_name(message))
        .unwrap_or("the element's type refuses a value".into())
}

/// `invalid type: string "jane", expected u8`.
fn wrong_value(message: &str) -> Option<Cow<'static, str>> {
    if let Some((_, expected)) = message
        .strip_prefix("invalid length ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return Some(format!("invalid length, expected {expected}").into());
    }
    let (lead, found) = message.split_once(": ")?;
    if !matches!(lead, "invalid type" | "invalid value") {
        return None;
    }
    FOUND.iter().find_map(|kind| {
        let expected = after_value(found.strip_prefix(kind)?)?.strip_prefix(", expected ")?;
        Some(format!("{lead}: {kind}, expected {expected}").into())
    })
}

/// What follows a value that serde quotes: a string in escaped quotes, anything else in backticks
/// or not at all.
fn after_value(quoted: &str) -> Option<&str> {
    if let Some(string) = quoted.strip_prefix(" \"") {
        let mut escaped = false;
        let end = string.find(|char| {
            let is_end = char == '"' && !escaped;
            escaped = char == '\\' && !escaped;
            is_end
        })?;
        string.get(end + 1..)
    } else if let Some(value) = quoted.strip_prefix(" `") {
        // The value may be the character ` itself.
        value.find("`, ").and_then(|end| value.get(end + 1..))
    } else {
        Some(quoted)
    }
}

/// ``unknown variant `jane`, expected `Active` or `Inactive` ``.
fn unknown_name(message: &str) -> Option<Cow<'static, str>> {
    let lead = ["unknown variant", "unknown field"]
        .into_iter()
        .find(|lead| message.starts_with(lead))?;
    if message.ends_with("`, there are no variants") || message.ends_with("`, there are no fields")
    {
        return Some(lead.into());
    }
    // The name may contain the separator; what is expected doesn't.
    let (_, expected) = message.rsplit_once("`, expected ")?;
    Some(format!("{lead}, expected {expected}").into())
}

/// Messages that hold nothing but a name which the element's type wrote.
fn known_name(message: &str) -> Option<Cow<'static, str>> {
    let field = ["missing field `", "duplicate field `"]
        .into_iter()
        .find_map(|lead| message.strip_prefix(lead)?.strip_suffix('`'))
        .is_some_and(|name| !name.contains('`'));
    let untagged = message
        .strip_prefix("data did not match any variant of untagged enum ")
        .is_some_and(|name| {
            name.chars()
                .all(|char| char.is_alphanumeric() || char == '_')
        });
    (field || untagged).then(|| message.to_owned().into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::unwrap_in_result)]
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::de::{DeserializeOwned, Error as _};

    use super::without_values;
    use crate::stream::DecodeError;

    fn reason<T: DeserializeOwned>(text: &str) -> String {
        let error = serde_json::from_str::<T>(text).err().unwrap();
        DecodeError::parse(&error, 0).reason().to_owned()
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read only by serde")]
    struct Person {
        age: u8,
    }

    #[derive(Deserialize)]
    enum Status {
        Active,
        Inactive,
    }

    #[derive(Deserialize)]
    enum Never {}

    #[derive(Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "read only by serde")]
    enum Either {
        Number(u8),
        Truth(bool),
    }

    #[derive(Debug)]
    struct Chatty;

    impl<'de> Deserialize<'de> for Chatty {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            Err(D::Error::custom(format!("I don't like {text}")))
        }
    }

    #[test]
    fn a_wrong_type_is_named_without_its_value() {
        for (age, named) in [
            (r#""jane@example.com""#, "invalid type: string, expected u8"),
            (
                r#""a\", expected jane""#,
                "invalid type: string, expected u8",
            ),
            (r#""\\""#, "invalid type: string, expected u8"),
            ("1234", "invalid value: integer, expected u8"),
            ("12.34", "invalid type: floating point, expected u8"),
            ("true", "invalid type: boolean, expected u8"),
            ("null", "invalid type: null, expected u8"),
            (r#"{"jane":1}"#, "invalid type: map, expected u8"),
        ] {
            assert_eq!(reason::<Person>(&format!(r#"{{"age":{age}}}"#)), named);
        }
        let length = reason::<Person>("[]");
        assert_eq!(
            length,
            "invalid length, expected struct Person with 1 element"
        );
        let character = reason::<char>(r#""jane""#);
        assert_eq!(character, "invalid value: string, expected a character");
    }

    #[test]
    fn a_name_is_kept_if_the_type_wrote_it() {
        assert_eq!(reason::<Person>("{}"), "missing field `age`");
        let twice = reason::<Person>(r#"{"age":1,"age":2}"#);
        assert_eq!(twice, "duplicate field `age`");
        let neither = reason::<Either>(r#""Jane""#);
        assert_eq!(
            neither,
            "data did not match any variant of untagged enum Either"
        );
    }

    #[test]
    fn a_name_is_dropped_if_the_document_wrote_it() {
        let field = reason::<Person>(r#"{"jane`, expected ann":1}"#);
        assert_eq!(field, "unknown field, expected `age`");
        let variant = reason::<Status>(r#""Jane""#);
        assert_eq!(variant, "unknown variant, expected `Active` or `Inactive`");
        assert_eq!(
            reason::<Never>(r#""Jane`, expected ann""#),
            "unknown variant"
        );
    }

    #[test]
    fn a_message_of_the_type_itself_is_dropped() {
        for text in ["\"jane\"", "\"missing field `\"", "\"at line 1 column 2\""] {
            assert_eq!(reason::<Chatty>(text), "the element's type refuses a value");
        }
        assert_eq!(
            without_values("missing field `jane` or `ann`"),
            "the element's type refuses a value"
        );
        assert_eq!(
            without_values("data did not match any variant of untagged enum of jane@example.com"),
            "the element's type refuses a value"
        );
        assert_eq!(
            without_values("invalid value: jane, expected ann"),
            "the element's type refuses a value"
        );
        assert_eq!(
            without_values("invalid value: string jane, expected ann"),
            "the element's type refuses a value"
        );
    }

    #[test]
    fn a_fault_of_syntax_is_named_without_line_and_column() {
        assert_eq!(reason::<Vec<u8>>("[1,\n 2,]"), "trailing comma");
        assert_eq!(
            reason::<BTreeMap<String, u8>>("{1:2}"),
            "key must be a string"
        );
        assert_eq!(
            reason::<String>(r#""\ud800""#),
            "unexpected end of hex escape"
        );
    }
}
