//! The value of a custom field: tolerant when read, checked against its field before it is sent.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, value::RawValue};

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
    /// A number that 64 bits hold exactly.
    Number(Number),
    /// Text, or a date.
    Text(String),
    /// An array or object, which no data type known to this version asks for, a number that no number
    /// type here holds exactly, or text with half of a character (`"\ud800"`); as it came.
    Other(Json),
}

impl Value {
    /// The text, if it is one, and one of whole characters.
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
            Self::Other(json) => json.as_str().parse().ok(),
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

    /// The values, if it is a list of values.
    ///
    /// No data type known to this version takes a list; one that isn't known may, and a list goes to it by
    /// `Value::try_from(vec![..])`.
    #[must_use]
    pub fn as_list(&self) -> Option<Vec<Self>> {
        match self {
            Self::Other(json) => serde_json::from_str(json.as_str()).ok(),
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
            Self::Other(json) if json.is_text() => "text with half of a character",
            Self::Other(_) if self.as_f64().is_some() => "a number",
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
            (DataType::Text, Self::Other(json)) if json.is_text() => return Ok(()),
            (DataType::Number, Self::Other(_)) if self.as_f64().is_some() => return Ok(()),
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

/// `YYYY-MM-DD`, from the year 1 on.
pub(super) fn is_date(text: &str) -> bool {
    let Some((year, day)) = text.split_once('-') else {
        return false;
    };
    let Some(year @ 1..) = digits(year, 4) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    is_day(day, leap)
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

/// JSON as it came, to the letter.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    fn is_text(&self) -> bool {
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

impl TryFrom<Vec<Value>> for Value {
    type Error = Error;

    fn try_from(values: Vec<Value>) -> Result<Self, Error> {
        let json = serde_json::value::to_raw_value(&values);
        json.map(|json| Self::Other(Json(json)))
            .map_err(|_| Error::invalid("the list of values can't be written as JSON"))
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

impl TryFrom<f32> for Value {
    type Error = Error;

    /// # Errors
    ///
    /// As for `f64`.
    fn try_from(number: f32) -> Result<Self, Error> {
        f64::from(number).try_into()
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

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Ok(match json.get().as_bytes() {
            // Without escapes the text is what stands between the quotes: it stays where it is.
            [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => {
                let mut text = String::from(Box::<str>::from(json));
                text.pop();
                text.remove(0);
                Self::Text(text)
            }
            // JSON allows half of a character, `"\ud800"`, and no string of ours does.
            [b'"', ..] => match serde_json::from_str(json.get()) {
                Ok(text) => Self::Text(text),
                Err(_) => Self::Other(Json(json)),
            },
            b"null" => Self::Null,
            b"true" => Self::Bool(true),
            b"false" => Self::Bool(false),
            [b'[' | b'{', ..] => Self::Other(Json(json)),
            _ => match serde_json::from_str::<Number>(json.get()) {
                // It must go back to the letter.
                Ok(number) if number.to_string() == json.get() => Self::Number(number),
                _ => Self::Other(Json(json)),
            },
        })
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
        for good in ["2024-02-29", "2000-02-29", "2026-12-31"] {
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
            "2026-03-28T14:30",
            "0000-01-01",
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
    fn a_number_beyond_every_type_is_still_a_number() {
        let value: Value = serde_json::from_str("12345678901234567890123").unwrap();
        assert!(value.check(&DataType::Number).is_ok());
        assert!(value.as_f64().is_some_and(|number| number > 1e22));
        assert!(value.check(&DataType::Text).is_err());
    }

    #[test]
    fn text_with_half_of_a_character_is_still_text() {
        for json in [r#""\ud800""#, r#""a\udc00b""#, r#""\udc00\ud800""#] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert!(matches!(&value, Value::Other(other) if other.as_str() == json));
            assert_eq!((value.as_str(), value.as_f64()), (None, None));
            assert!(value.check(&DataType::Text).is_ok());
            let refused = value.check(&DataType::Date).unwrap_err();
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

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Value::from("Jane")), "Value(text)");
    }
}
