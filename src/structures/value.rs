//! The value of a custom field: tolerant when read, checked against its field before it is sent.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Number;

use crate::{DataType, Error};

/// The value of a custom field.
///
/// `Debug` shows the kind and never the value, which is personal data.
///
/// How each data type is written in JSON is assumed: text as a string, a number as a number, a boolean
/// as a boolean, a date as `YYYY-MM-DD`, a recurrent date as `MM-DD`. The provider's `OpenAPI`
/// document says that every value is a string, so reading takes whatever comes.
///
/// ```
/// use benchmark_email::Value;
///
/// assert_eq!(Value::from("Jane").as_str(), Some("Jane"));
/// assert_eq!(Value::from(12).as_i64(), Some(12));
/// assert!(Value::from(None::<&str>).is_null());
/// assert!(Value::try_from(f64::NAN).is_err());
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value; sent, it clears the field.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, as exact as it came.
    Number(Number),
    /// Text, or a date.
    Text(String),
    /// An array or object, which no data type known to this version asks for.
    Other(serde_json::Value),
}

impl Value {
    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one within the range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Other(_) => "an array or object",
        }
    }

    /// Whether a field of this data type can take the value; if not, what it takes instead.
    pub(crate) fn check(&self, data_type: &DataType) -> Result<(), String> {
        let expected = match (data_type, self) {
            (_, Self::Null)
            | (DataType::Unknown(_), _)
            | (DataType::Text, Self::Text(_))
            | (DataType::Number, Self::Number(_))
            | (DataType::Boolean, Self::Bool(_)) => return Ok(()),
            (DataType::Date, Self::Text(text)) if is_date(text) => return Ok(()),
            (DataType::RecurrentDate, Self::Text(text)) if is_recurrent_date(text) => return Ok(()),
            (DataType::Text, _) => "text",
            (DataType::Number, _) => "a number",
            (DataType::Boolean, _) => "true or false",
            (DataType::Date, _) => "a date that exists, as text: YYYY-MM-DD",
            (DataType::RecurrentDate, _) => "a day that exists, as text: MM-DD",
        };
        let got = match (data_type, self) {
            (DataType::Date | DataType::RecurrentDate, Self::Text(_)) => "other text",
            _ => self.kind(),
        };
        Err(format!("takes {expected}; got {got}"))
    }
}

/// `YYYY-MM-DD`, alone or before a time of day.
pub(super) fn is_date(text: &str) -> bool {
    let (date, time) = text
        .split_once('T')
        .map_or((text, None), |(date, time)| (date, Some(time)));
    let Some((year, day)) = date.split_once('-') else {
        return false;
    };
    let Some(year) = digits(year, 4) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    is_day(day, leap)
        && time.is_none_or(|time| time.len() >= 5 && time.starts_with(|c: char| c.is_ascii_digit()))
}

/// `MM-DD`; the 29th of February exists in some years.
pub(super) fn is_recurrent_date(text: &str) -> bool {
    is_day(text, true)
}

fn is_day(text: &str, leap: bool) -> bool {
    let Some((month, day)) = text.split_once('-') else {
        return false;
    };
    let (Some(month), Some(day)) = (digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.kind())
    }
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

from_integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl TryFrom<f64> for Value {
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for infinities and what is not a number: JSON
    /// has none.
    fn try_from(number: f64) -> Result<Self, Error> {
        Number::from_f64(number).map(Self::Number).ok_or_else(|| {
            Error::invalid("an infinite number, or none, can't be the value of a field")
        })
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the value of a field")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
                Number::from_f64(number)
                    .map(Value::Number)
                    .ok_or_else(|| E::custom("an infinite number"))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
                Deserialize::deserialize(de::value::SeqAccessDeserializer::new(items))
                    .map(Value::Other)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
                Deserialize::deserialize(de::value::MapAccessDeserializer::new(entries))
                    .map(Value::Other)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// What [`NewContact::field`](crate::NewContact::field) takes: a [`Value`] or what becomes one.
pub(crate) fn convert<V>(value: V) -> Result<Value, Error>
where
    V: TryInto<Value>,
    V::Error: Into<Error>,
{
    value.try_into().map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(data_type: &DataType, value: impl Into<Value>) -> bool {
        value.into().check(data_type).is_ok()
    }

    #[test]
    fn each_data_type_takes_its_own_values_and_null() {
        assert!(
            takes(&DataType::Text, "x")
                && !takes(&DataType::Text, 1)
                && takes(&DataType::Text, None::<bool>)
        );
        assert!(takes(&DataType::Number, 1) && !takes(&DataType::Number, "1"));
        assert!(takes(&DataType::Boolean, true) && !takes(&DataType::Boolean, "true"));
        assert!(takes(&DataType::Unknown("colour".into()), "red"));
    }

    #[test]
    fn only_days_that_exist_are_dates() {
        for good in [
            "2024-02-29",
            "2000-02-29",
            "2026-12-31",
            "2026-03-28T14:30:00.000Z",
        ] {
            assert!(takes(&DataType::Date, good), "{good}");
        }
        for bad in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "12-31",
            "",
            "2026-03-28T",
            "x",
        ] {
            assert!(!takes(&DataType::Date, bad), "{bad}");
        }
        for good in ["02-29", "12-31"] {
            assert!(takes(&DataType::RecurrentDate, good), "{good}");
        }
        for bad in ["02-30", "13-01", "2-29", "2026-02-28", "00-00"] {
            assert!(!takes(&DataType::RecurrentDate, bad), "{bad}");
        }
    }

    #[test]
    fn any_json_is_read_and_goes_back_as_it_came() {
        for json in [
            "null",
            "true",
            "12",
            "9007199254740993",
            "18446744073709551615",
            "1.5",
            "\"x\"",
            "[1,\"a\"]",
            "{\"a\":[null]}",
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Value::from("Jane")), "Value(text)");
    }
}
