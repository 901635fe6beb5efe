//! Values of custom fields: read from JSON and from text, printed, checked against a data type, and
//! compared. No I/O.

mod check;
mod convert;
mod day;
mod json;
mod likeness;
mod text;

use std::fmt;

use serde_json::Number;

use crate::wire::whole;

pub use check::ValueError;
pub(crate) use convert::convert;
pub use day::RecurrentDate;
pub use json::Json;
pub use likeness::Likeness;

/// The value of a custom field.
///
/// `Debug` shows the kind and never the value, which is personal data; `Display` shows the value.
///
/// How each data type is written in JSON is assumed: text as a string, a number as a number, a boolean
/// as a boolean, a date as `YYYY-MM-DD`, a recurrent date as `MM-DD`. The provider's `OpenAPI`
/// document says that every value is a string, so reading takes whatever comes.
///
/// `==` holds for values that are written alike to the letter. Whether two values mean the same to a
/// field is told by [`likeness`](Self::likeness).
///
/// ```
/// use benchmark_email::{structures::DataType, Value};
///
/// assert_eq!(Value::from("Jane").as_str(), Some("Jane"));
/// assert_eq!(Value::from(12).as_i64(), Some(12));
/// assert!(Value::from(None::<&str>).is_null());
/// assert!(Value::try_from(f64::NAN).is_err());
///
/// let seats = Value::parse("12", &DataType::Number)?;
/// assert_eq!((seats.as_i64(), seats.to_string().as_str()), (Some(12), "12"));
/// # Ok::<(), benchmark_email::Error>(())
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

    /// The number, if it is a whole one within the range, in any spelling: `12`, `12.0`, `1.2e1`.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_whole()?.try_into().ok()
    }

    /// The same of a larger range.
    pub(crate) fn as_whole(&self) -> Option<i128> {
        match self {
            Self::Number(number) => match number.as_i64() {
                Some(number) => Some(number.into()),
                None => whole(&number.to_string()),
            },
            Self::Other(json) if !json.is_text() => whole(json.as_str()),
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

    pub(crate) fn kind(&self) -> &'static str {
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
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Value::from("Jane")), "Value(text)");
    }
}
