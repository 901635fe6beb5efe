//! Values as text: from a command line or a table, and back.

use std::fmt;

use super::{RecurrentDate, Value, ValueError, day};
use crate::structures::DataType;

impl Value {
    /// The value that a text stands for in a field of this data type.
    ///
    /// | Data type | Text |
    /// |---|---|
    /// | text, and one that isn't known | any; kept to the letter |
    /// | number | `12`, `-1.5`, `1e3`; no separators of thousands, no decimal comma |
    /// | boolean | `true` `t` `yes` `y` `on` `1` or `false` `f` `no` `n` `off` `0`, in any case |
    /// | date | `YYYY-MM-DD`, also before the time of midnight |
    /// | recurrent date | `MM-DD`, `--MM-DD`, or a date, whose year is left out |
    ///
    /// But for text, spaces around don't count, and blank text is no value: what it is to mean, the caller
    /// decides.
    ///
    /// What [`check`](Self::check) lets a field of a known type take comes back from its text
    /// (`to_string`) as it was; but for [`Null`](Self::Null), whose text is empty, and for text with half
    /// of a character.
    ///
    /// ```
    /// use benchmark_email::{structures::DataType, Value};
    ///
    /// assert_eq!(Value::parse("007", &DataType::Text)?, Value::from("007"));
    /// assert_eq!(Value::parse(" 12 ", &DataType::Number)?, Value::from(12));
    /// assert_eq!(Value::parse("Yes", &DataType::Boolean)?, Value::from(true));
    /// assert_eq!(Value::parse("2026-03-28", &DataType::Date)?.to_string(), "2026-03-28");
    ///
    /// let why = Value::parse("03/04/2021", &DataType::Date).unwrap_err();
    /// assert_eq!(why.got(), "a date of another form");
    /// # Ok::<(), benchmark_email::value::ValueError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the data type takes, and what kind of text it got; never the text.
    pub fn parse(text: impl AsRef<str>, data_type: &DataType) -> Result<Self, ValueError> {
        let text = text.as_ref();
        if let DataType::Text | DataType::Unknown(_) = data_type {
            return Ok(Self::Text(text.to_owned()));
        }
        let text = text.trim();
        let parsed = match data_type {
            DataType::Number => number(text),
            DataType::Boolean => boolean(text).map(Self::Bool),
            DataType::Date => date(text).map(Self::from),
            DataType::RecurrentDate => RecurrentDate::read(text).map(Self::from),
            DataType::Text | DataType::Unknown(_) => None,
        };
        parsed.ok_or_else(|| ValueError::new(data_type, instead(text, data_type)))
    }
}

/// A number as JSON has them, kept to the letter; a plus sign and zeros before it are left out.
fn number(text: &str) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => ("", text.get(1..)?),
        b'-' => ("-", text.get(1..)?),
        _ => ("", text),
    };
    digits.as_bytes().first().filter(|b| b.is_ascii_digit())?;
    let shorter = digits.trim_start_matches('0');
    let zero = if shorter.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    match serde_json::from_str(&format!("{sign}{zero}{shorter}")) {
        Ok(number @ (Value::Number(_) | Value::Other(_))) => Some(number),
        _ => None,
    }
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(&["true", "t", "yes", "y", "on", "1"]) {
        Some(true)
    } else if is_one_of(&["false", "f", "no", "n", "off", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// A date, unless a time of day would be lost with it.
fn date(text: &str) -> Option<&str> {
    let (date, time) = day::split(text)?;
    time.is_none_or(day::is_midnight).then_some(date)
}

/// What a text is that isn't what was expected; never the text itself.
fn instead(text: &str, data_type: &DataType) -> &'static str {
    let only = |others: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        digits > 0
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || others.contains(c))
    };
    let is_date_like = matches!(data_type, DataType::Date | DataType::RecurrentDate);
    match data_type {
        _ if text.is_empty() => "nothing",
        DataType::Number if only("+-.,' \u{a0}\u{202f}") => "a number of another form",
        DataType::Date if day::split(text).is_some() => "a date with a time of day",
        _ if is_date_like && only("-") && text.len() <= "YYYY-MM-DD".len() => {
            "no such day, or a date of another form"
        }
        _ if is_date_like && only("-/.") => "a date of another form",
        _ => "other text",
    }
}

/// The value as text, as [`Value::parse`] reads it: nothing for [`Null`](Value::Null), and what no data
/// type is known for as JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Other(json) => f.write_str(json.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, data_type: &DataType) -> Option<String> {
        let value = Value::parse(text, data_type).ok()?;
        value.check(data_type).unwrap();
        Some(serde_json::to_string(&value).unwrap())
    }

    #[test]
    fn text_becomes_a_value_of_the_data_type() {
        use DataType::{Boolean, Date, Number, RecurrentDate, Text};
        for (data_type, text, json) in [
            (Text, " 007 ", r#"" 007 ""#),
            (Text, "", r#""""#),
            (Number, "12", "12"),
            (Number, " -12 ", "-12"),
            (Number, "+007", "7"),
            (Number, "-00", "-0"),
            (Number, "0", "0"),
            (Number, "00.50", "0.50"),
            (Number, "1.5e3", "1.5e3"),
            (Number, "9007199254740993", "9007199254740993"),
            (Number, "12345678901234567890123", "12345678901234567890123"),
            (Boolean, "TRUE", "true"),
            (Boolean, "t", "true"),
            (Boolean, "No", "false"),
            (Boolean, "0", "false"),
            (Date, "2026-03-28", r#""2026-03-28""#),
            (Date, "2026-03-28T00:00:00.000Z", r#""2026-03-28""#),
            (Date, "2026-03-28 00:00:00+09:00", r#""2026-03-28""#),
            (RecurrentDate, "03-28", r#""03-28""#),
            (RecurrentDate, "--03-28", r#""03-28""#),
            (RecurrentDate, "1987-03-28", r#""03-28""#),
        ] {
            assert_eq!(parse(text, &data_type).as_deref(), Some(json), "{text:?}");
        }
    }

    #[test]
    fn what_isnt_of_the_data_type_is_told_without_being_shown() {
        use DataType::{Boolean, Date, Number, RecurrentDate};
        for (data_type, text, got) in [
            (Number, " ", "nothing"),
            (Number, "twelve", "other text"),
            (Number, "1,234", "a number of another form"),
            (Number, "1 234", "a number of another form"),
            (Number, "1.234.567", "a number of another form"),
            (Number, ".5", "a number of another form"),
            (Number, "5.", "a number of another form"),
            (Number, "inf", "other text"),
            (Number, "NaN", "other text"),
            (Number, "null", "other text"),
            (Number, "--1", "a number of another form"),
            (Number, "[1]", "other text"),
            (Number, "1 2", "a number of another form"),
            (Boolean, "2", "other text"),
            (Boolean, "", "nothing"),
            (Date, "03/04/2021", "a date of another form"),
            (Date, "2026-02-29", "no such day, or a date of another form"),
            (Date, "28-03-2026", "no such day, or a date of another form"),
            (Date, "2026-03-28T14:30:00Z", "a date with a time of day"),
            (Date, "2026-03-28T", "a date with a time of day"),
            (Date, "soon", "other text"),
            (
                RecurrentDate,
                "02-30",
                "no such day, or a date of another form",
            ),
            (RecurrentDate, "3/28", "a date of another form"),
        ] {
            let why = Value::parse(text, &data_type).unwrap_err();
            assert_eq!((why.got(), why.data_type()), (got, &data_type), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_a_field_takes_comes_back_from_its_text(
            json in "(true|false|-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?)\
                |\"(0[1-9]|1[0-2])-[0-2][1-8]\"|\"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-2][1-8]\"",
            text in ".*",
        ) {
            use DataType::{Boolean, Date, Number, RecurrentDate, Text};
            let mut taken = 0;
            for value in [serde_json::from_str(&json).unwrap(), Value::from(text)] {
                for data_type in [Text, Number, Boolean, Date, RecurrentDate] {
                    if value.check(&data_type).is_ok() {
                        taken += 1;
                        let back = Value::parse(value.to_string(), &data_type);
                        prop_assert!(back == Ok(value.clone()), "{json} as {data_type}");
                    }
                }
            }
            prop_assert!(taken >= 2, "{json}");
        }
    }
}
