//! Whether two values say the same: one answer for all who ask.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    RecurrentDate, Value,
    day::{self, is_midnight},
    text::boolean,
};
use crate::structures::DataType;

/// How far two values agree in a field of a data type; from [`Value::likeness`]. In order: the least
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// They say different things.
    Different,
    /// They differ in what a service may change when it stores a value, and only in that: spaces around
    /// text, upper and lower case, the last digits of a number, the time of day of a date, blank text for
    /// no value, or a value alone in a list. Whether this service does so is not stated.
    Alike,
    /// They say the same, whatever form they have: the number 12 and the text `12.0` in a field of
    /// numbers.
    Same,
}

impl Value {
    /// How far two values agree in a field of this data type. In answers a value may be text whatever its
    /// type, and a date may have a time of day; no value at all is [`Null`](Self::Null). In a field whose
    /// type isn't known a number or boolean makes the other be read as one.
    ///
    /// ```
    /// use benchmark_email::{structures::DataType, Value, value::Likeness};
    ///
    /// let sent = Value::from(12);
    /// assert_eq!(sent.likeness(&"12.0".into(), &DataType::Number), Likeness::Same);
    /// assert_eq!(sent.likeness(&13.into(), &DataType::Number), Likeness::Different);
    ///
    /// let sent = Value::from(" Acme");
    /// assert_eq!(sent.likeness(&"acme".into(), &DataType::Text), Likeness::Alike);
    /// ```
    #[must_use]
    pub fn likeness(&self, other: &Self, data_type: &DataType) -> Likeness {
        if self == other {
            return Likeness::Same;
        }
        match (self.is_blank(), other.is_blank()) {
            (true, true) => return Likeness::Alike,
            (false, false) => {}
            _ => return Likeness::Different,
        }
        let (one, two) = (self, other);
        let read = match data_type {
            DataType::Number => numbers(one, two),
            DataType::Boolean => booleans(one, two),
            DataType::Date => dates(one, two),
            DataType::RecurrentDate => days(one, two),
            DataType::Unknown(_) if one.is_number() || two.is_number() => numbers(one, two),
            DataType::Unknown(_) if one.as_bool().or(two.as_bool()).is_some() => booleans(one, two),
            DataType::Text | DataType::Unknown(_) => None,
        };
        read.or_else(|| lists(one, two, data_type))
            .unwrap_or_else(|| texts(one, two))
    }

    fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    fn is_number(&self) -> bool {
        self.kind() == "a number"
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        }
    }
}

fn alike_if(alike: bool) -> Likeness {
    if alike {
        Likeness::Alike
    } else {
        Likeness::Different
    }
}

/// Exactly, since 64 bits don't tell 9007199254740993 from the number before it; but a service may keep
/// no more than they hold.
fn numbers(one: &Value, other: &Value) -> Option<Likeness> {
    let (one, other) = (one.text(), other.text());
    let (one, other) = (one.trim(), other.trim());
    if decimal(one)? == decimal(other)? {
        return Some(Likeness::Same);
    }
    let (one, other): (f64, f64) = (one.parse().ok()?, other.parse().ok()?);
    Some(alike_if(one.total_cmp(&other).is_eq() && one.is_finite()))
}

/// Sign, digits without zeros at either end, and the place of the point before them.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    text.parse::<f64>().ok()?;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.trim_start_matches(['-', '+']);
    let (whole, broken) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{broken}");
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let point = i64::try_from(significant.len()).ok()? - i64::try_from(broken.len()).ok()?;
    let significant = significant.trim_end_matches('0').to_owned();
    Some((negative, significant, exponent.checked_add(point)?))
}

fn booleans(one: &Value, other: &Value) -> Option<Likeness> {
    let read = |value: &Value| boolean(value.text().trim());
    let same = read(one)? == read(other)?;
    Some(if same {
        Likeness::Same
    } else {
        Likeness::Different
    })
}

fn dates(one: &Value, other: &Value) -> Option<Likeness> {
    let (one, one_time) = day::split(one.as_str()?.trim())?;
    let (other, other_time) = day::split(other.as_str()?.trim())?;
    let is_whole = |time: Option<&str>| time.is_none_or(is_midnight);
    Some(if one != other {
        Likeness::Different
    } else if is_whole(one_time) && is_whole(other_time) {
        Likeness::Same
    } else {
        Likeness::Alike
    })
}

fn days(one: &Value, other: &Value) -> Option<Likeness> {
    let read = |value: &Value| RecurrentDate::read(value.as_str()?.trim());
    let same = read(one)? == read(other)?;
    Some(if same {
        Likeness::Same
    } else {
        Likeness::Different
    })
}

fn lists(one: &Value, other: &Value, data_type: &DataType) -> Option<Likeness> {
    let alone = |list: &[Value], value: &Value| match list {
        [only] => only.likeness(value, data_type).min(Likeness::Alike),
        _ => Likeness::Different,
    };
    Some(match (one.as_list(), other.as_list()) {
        (None, None) => return None,
        (Some(list), None) => alone(&list, other),
        (None, Some(list)) => alone(&list, one),
        (Some(one), Some(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(&other);
            let likeness = pairs.map(|(one, other)| one.likeness(other, data_type));
            likeness.min().unwrap_or(Likeness::Same)
        }
        _ => Likeness::Different,
    })
}

fn texts(one: &Value, other: &Value) -> Likeness {
    let (one, other) = (one.text(), other.text());
    if one == other {
        return Likeness::Same;
    }
    alike_if(one.trim().to_lowercase() == other.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(data_type: &DataType, pair: &str) -> Likeness {
        let (one, other): (Value, Value) = serde_json::from_str(pair).unwrap();
        let likeness = one.likeness(&other, data_type);
        assert_eq!(likeness, other.likeness(&one, data_type), "{pair}");
        assert_eq!(one.likeness(&one, data_type), Likeness::Same, "{pair}");
        likeness
    }

    #[test]
    fn values_agree_as_far_as_their_data_type_says() {
        use DataType::{Boolean, Date, Number, RecurrentDate, Text, Unknown};
        use Likeness::{Alike, Different, Same};
        let unknown = || Unknown("colour".to_owned());
        for (data_type, pair, expected) in [
            (Text, r#"["Acme", "ACME "]"#, Alike),
            (Text, r#"["Zoë", "ZOË"]"#, Alike),
            (Text, r#"["Acme", "Acme"]"#, Same),
            (Text, r#"["Acme", "Bolt"]"#, Different),
            (Text, r#"["12", "12.0"]"#, Different),
            (Text, r#"["12", 12]"#, Same),
            (Text, r#"["Acme", ""]"#, Different),
            (Text, r#"["Acme", null]"#, Different),
            (Text, r#"[" ", null]"#, Alike),
            (Text, r#"["a", ["a"]]"#, Alike),
            (Text, r#"["a", ["b"]]"#, Different),
            (Number, r"[12, 12.0]", Same),
            (Number, r#"[12, "12"]"#, Same),
            (Number, r#"[1200, "1.2e3"]"#, Same),
            (Number, r#"["012.50", 12.5]"#, Same),
            (Number, r#"[0, "-0.0"]"#, Same),
            (Number, r"[12, -12]", Different),
            (Number, r"[12, 120]", Different),
            (Number, r"[9007199254740993, 9007199254740992]", Alike),
            (
                Number,
                r"[0.1234567890123456789, 0.12345678901234568]",
                Alike,
            ),
            (Number, r"[1e400, 1e401]", Different),
            (Number, r#"[12, "twelve"]"#, Different),
            (Number, r#"["Twelve", "twelve"]"#, Alike),
            (Number, r#"["inf", "Infinity"]"#, Different),
            (Boolean, r#"[true, "TRUE"]"#, Same),
            (Boolean, r"[true, 1]", Same),
            (Boolean, r"[true, false]", Different),
            (Boolean, r#"[true, "false"]"#, Different),
            (Date, r#"["2026-03-28", "2026-03-28T00:00:00.000Z"]"#, Same),
            (Date, r#"["2026-03-28", "2026-03-28T14:30:00Z"]"#, Alike),
            (Date, r#"["2026-03-28", "2026-03-29"]"#, Different),
            (Date, r#"["2026-03-28", "28.3.2026"]"#, Different),
            (RecurrentDate, r#"["03-28", "2026-03-28T00:00:00Z"]"#, Same),
            (RecurrentDate, r#"["03-28", "03-29"]"#, Different),
            (unknown(), r#"[12, "12.0"]"#, Same),
            (unknown(), r#"[true, "True"]"#, Same),
            (unknown(), r#"["12", "12.0"]"#, Different),
            (unknown(), r#"["Red", "red"]"#, Alike),
            (unknown(), r#"[["a", 1], ["A", "1"]]"#, Alike),
            (unknown(), r#"[["a", "b"], ["a"]]"#, Different),
            (unknown(), r"[[], []]", Same),
        ] {
            assert_eq!(likeness(&data_type, pair), expected, "{data_type} {pair}");
        }
    }
}
