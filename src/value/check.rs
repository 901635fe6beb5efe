//! Which values a data type takes.

use std::fmt;

use super::{
    Value,
    day::{is_date, is_recurrent_date},
};
use crate::{Error, structures::DataType};

/// Why a value, or a text, is none that a data type takes. Shows the types and never the value, which is
/// personal data.
///
/// ```
/// use benchmark_email::{structures::DataType, Value};
///
/// let why = Value::parse("many", &DataType::Number).unwrap_err();
/// assert_eq!(why.to_string(), "takes a number; got other text");
/// assert_eq!(why.takes(), "a number");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    data_type: DataType,
    got: &'static str,
}

impl ValueError {
    pub(super) fn new(data_type: &DataType, got: &'static str) -> Self {
        Self {
            data_type: data_type.clone(),
            got,
        }
    }

    /// The data type that doesn't take it.
    #[must_use]
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// What the data type takes, for people: `a number`.
    #[must_use]
    pub fn takes(&self) -> &'static str {
        match self.data_type {
            DataType::Text => "text",
            DataType::Number => "a number",
            DataType::Boolean => "true or false",
            DataType::Date => "a date that exists, as text: YYYY-MM-DD",
            DataType::RecurrentDate => "a day that exists, as text: MM-DD",
            DataType::Unknown(_) => "anything",
        }
    }

    /// What it got instead, for people: `other text`.
    #[must_use]
    pub fn got(&self) -> &'static str {
        self.got
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "takes {}; got {}", self.takes(), self.got)
    }
}

impl std::error::Error for ValueError {}

impl From<ValueError> for Error {
    fn from(why: ValueError) -> Self {
        Error::invalid(format!("a field of the type {} {why}", why.data_type))
    }
}

impl Value {
    /// Whether a field of this data type can take the value. What isn't known takes anything, and every
    /// type takes [`Null`](Self::Null).
    ///
    /// # Errors
    ///
    /// What the data type takes instead.
    pub fn check(&self, data_type: &DataType) -> Result<(), ValueError> {
        let fits = match (data_type, self) {
            (_, Self::Null)
            | (DataType::Unknown(_), _)
            | (DataType::Text, Self::Text(_))
            | (DataType::Number, Self::Number(_))
            | (DataType::Boolean, Self::Bool(_)) => true,
            (DataType::Text, Self::Other(json)) => json.is_text(),
            (DataType::Number, Self::Other(_)) => self.as_f64().is_some(),
            (DataType::Date, Self::Text(text)) => is_date(text),
            (DataType::RecurrentDate, Self::Text(text)) => is_recurrent_date(text),
            _ => false,
        };
        let got = match (data_type, self) {
            _ if fits => return Ok(()),
            (DataType::Date | DataType::RecurrentDate, Self::Text(_)) => "other text",
            _ => self.kind(),
        };
        Err(ValueError::new(data_type, got))
    }
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
    fn a_number_beyond_every_type_is_still_a_number() {
        let value: Value = serde_json::from_str("12345678901234567890123").unwrap();
        assert!(value.check(&DataType::Number).is_ok());
        assert!(value.as_f64().is_some_and(|number| number > 1e22));
        assert!(value.check(&DataType::Text).is_err());
    }
}
