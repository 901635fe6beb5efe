//! What becomes a value of itself.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Number;

use super::{Value, json::Json};
use crate::Error;

/// What [`NewContact::field`](crate::NewContact::field) takes: a [`Value`] or what becomes one.
pub(crate) fn convert<V>(value: V) -> Result<Value, Error>
where
    V: TryInto<Value>,
    V::Error: Into<Error>,
{
    value.try_into().map_err(Into::into)
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => { $(
        impl From<$integer> for Value {
            fn from(number: $integer) -> Self {
                Self::Number(number.into())
            }
        }
    )* };
}

from_integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Not every number of these types can be sent.
macro_rules! try_from_floats {
    ($($float:ty)*) => { $(
        impl TryFrom<$float> for Value {
            type Error = Error;

            /// By way of its shortest text: a 32-bit 0.1 is sent as `0.1`.
            ///
            /// # Errors
            ///
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for infinities and what is not a number:
            /// JSON has none.
            fn try_from(number: $float) -> Result<Self, Error> {
                let shortest = number.to_string().parse().ok().and_then(Number::from_f64);
                shortest.map(Self::Number).ok_or_else(|| {
                    Error::invalid("an infinite number, or none, can't be the value of a field")
                })
            }
        }

        impl TryFrom<Option<$float>> for Value {
            type Error = Error;

            /// None is [`Null`](Value::Null).
            ///
            /// # Errors
            ///
            /// As for the number itself.
            fn try_from(number: Option<$float>) -> Result<Self, Error> {
                number.map_or(Ok(Self::Null), TryInto::try_into)
            }
        }
    )* };
}

try_from_floats! { f32 f64 }

impl TryFrom<Vec<Value>> for Value {
    type Error = Error;

    /// # Errors
    ///
    /// None with values as they come from here; what can't be written as JSON is
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput).
    fn try_from(values: Vec<Value>) -> Result<Self, Error> {
        let json = serde_json::value::to_raw_value(&values);
        json.map(|json| Self::Other(Json::new(json)))
            .map_err(|_| Error::invalid("the list of values can't be written as JSON"))
    }
}

impl Value {
    /// An object of values.
    pub(crate) fn object(members: &[(String, Self)]) -> Option<Self> {
        struct Members<'a>(&'a [(String, Value)]);

        impl Serialize for Members<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }

        let json = serde_json::value::to_raw_value(&Members(members)).ok()?;
        Some(Self::Other(Json::new(json)))
    }
}

impl TryFrom<serde_json::Value> for Value {
    type Error = Error;

    /// ```
    /// use benchmark_email::Value;
    /// use serde_json::json;
    ///
    /// assert_eq!(Value::try_from(json!("Jane"))?, Value::from("Jane"));
    /// assert_eq!(Value::try_from(json!(12))?, Value::from(12));
    /// assert_eq!(Value::try_from(json!(["a", "b"]))?.to_string(), r#"["a","b"]"#);
    /// # Ok::<(), benchmark_email::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None with JSON as `serde_json` parses it; what can't be written as JSON is
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput).
    fn try_from(json: serde_json::Value) -> Result<Self, Error> {
        match json {
            serde_json::Value::String(text) => Ok(Self::Text(text)),
            other => serde_json::from_str(&other.to_string())
                .map_err(|_| Error::invalid("the value can't be written as JSON")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_float_that_json_has_becomes_a_number_and_none_of_one_is_null() {
        let number = |value: Result<Value, Error>| serde_json::to_string(&value.unwrap()).unwrap();
        assert_eq!(number(Value::try_from(0.1_f32)), "0.1");
        assert_eq!(number(Value::try_from(1.5)), "1.5");
        assert_eq!(number(Value::try_from(Some(1.5))), "1.5");
        assert_eq!(number(Value::try_from(None::<f64>)), "null");
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Value::try_from(none).is_err() && Value::try_from(Some(none)).is_err());
        }
        assert!(convert(Some(1.5)).is_ok() && convert(Some(3_u8)).is_ok());
    }

    #[test]
    fn json_becomes_what_the_same_json_is_read_as() {
        for json in [
            json!(null),
            json!(true),
            json!(12),
            json!(-1.25),
            json!("Zoë \"Z\""),
            json!([1, "a"]),
            json!({"a": null}),
        ] {
            let read: Value = serde_json::from_str(&json.to_string()).unwrap();
            assert!(Value::try_from(json.clone()).unwrap() == read, "{json}");
        }
    }
}
