//! Values as JSON: tolerant when read, and back to the letter.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, value::RawValue};

use super::Value;
use crate::wire::{FromJson, Odd, Read, Text, plain};

/// JSON as it came, to the letter.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    pub(super) fn new(json: Box<RawValue>) -> Self {
        Self(json)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    pub(super) fn is_text(&self) -> bool {
        self.as_str().starts_with('"')
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// The value is personal data: it isn't shown.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.as_str().len())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(json) => json.0.serialize(serializer),
        }
    }
}

impl Value {
    /// The value that JSON text is: any is one.
    fn of(json: Text<'_>) -> Self {
        if let Some(text) = plain(json.as_str()) {
            return Self::Text(text.to_owned());
        }
        let known = match json.as_str().as_bytes() {
            // JSON allows half of a character, `"\ud800"`, and no string of ours does.
            [b'"', ..] => serde_json::from_str(json.as_str()).ok().map(Self::Text),
            b"null" => Some(Self::Null),
            b"true" => Some(Self::Bool(true)),
            b"false" => Some(Self::Bool(false)),
            [b'[' | b'{', ..] => None,
            _ => {
                let number: Option<Number> = serde_json::from_str(json.as_str()).ok();
                // It must go back to the letter.
                let number = number.filter(|number| number.to_string() == json.as_str());
                number.map(Self::Number)
            }
        };
        known.unwrap_or_else(|| Self::Other(Json(json.keep())))
    }
}

impl FromJson for Value {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        Text::deserialize(deserializer).map(Self::read_text)
    }

    /// `null` is no value.
    fn read_text(text: Text<'_>) -> Read<Self> {
        match Self::of(text) {
            Self::Null => Read::Odd(Odd {
                json: RawValue::NULL.to_owned(),
                why: "no value".into(),
            }),
            value => Read::Is(value),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structures::DataType;

    #[test]
    fn any_json_is_read_and_goes_back_as_it_came() {
        for json in [
            "null",
            "true",
            "12",
            "9007199254740993",
            "18446744073709551615",
            "1.5",
            "1.50",
            "1e400",
            "12345678901234567890123",
            "0.1234567890123456789",
            "{\"b\":1,\"a\":2}",
            "\"x\"",
            "\"\"",
            "\"Zoë \\\"Z\\\" \\\\ Müller\"",
            "\"x\\ud800\"",
            "[1,\"a\"]",
            "{\"a\":[null]}",
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }

    #[test]
    fn text_with_half_of_a_character_is_still_text() {
        for json in [r#""\ud800""#, r#""a\udc00b""#, r#""\udc00\ud800""#] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert!(matches!(&value, Value::Other(other) if other.as_str() == json));
            assert_eq!((value.as_str(), value.as_f64()), (None, None));
            assert!(value.check(&DataType::Text).is_ok());
            let refused = value.check(&DataType::Date).unwrap_err().to_string();
            assert!(
                refused.ends_with("got text with half of a character"),
                "{refused}"
            );
        }
        let whole: Value = serde_json::from_str(r#""\ud83d\ude00""#).unwrap();
        assert_eq!(whole.as_str(), Some("\u{1f600}"));
    }

    #[test]
    fn a_list_is_made_read_and_taken_by_a_type_that_isnt_known() {
        let list = Value::try_from(vec![Value::from("a"), 1.into(), Value::Null]).unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["a",1,null]"#);
        let values = list.as_list().unwrap();
        assert_eq!(values, ["a".into(), 1.into(), Value::Null]);
        assert!(list.check(&DataType::Unknown("multi".into())).is_ok());
        assert!(list.check(&DataType::Text).is_err());
        let object: Value = serde_json::from_str(r#"{"a":1}"#).unwrap();
        assert_eq!(object.as_list(), None);
        assert_eq!(Value::from("[1]").as_list(), None);
    }
}
