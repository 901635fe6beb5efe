//! Days as values: a day of every year, and, with the feature `chrono`, a day of one year; and which days
//! exist.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Value;
use crate::Error;

/// A day of every year, for example a birthday: the value of a `recurrent_date` field.
///
/// Written as `MM-DD`, which is assumed: the provider's guide Manage Custom Fields says month and day and
/// shows no value.
///
/// ```
/// use benchmark_email::value::{RecurrentDate, Value};
///
/// let birthday = RecurrentDate::new(2, 29)?; // there are such years
/// assert_eq!(birthday.to_string(), "02-29");
/// assert_eq!(Value::from(birthday).as_recurrent_date(), Some(birthday));
/// assert!(RecurrentDate::new(4, 31).is_err());
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecurrentDate {
    month: u8,
    day: u8,
}

impl RecurrentDate {
    /// The day of this month, counted from 1; the 29th of February exists.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when no year has such a day.
    pub fn new(month: u8, day: u8) -> Result<Self, Error> {
        let date = Self { month, day };
        if is_recurrent_date(&date.to_string()) {
            return Ok(date);
        }
        Err(Error::invalid(format!(
            "no year has a day {day} of month {month}"
        )))
    }

    /// From 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// From 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// From `MM-DD`, `--MM-DD`, or from the end of `YYYY-MM-DD`, alone or before a time of day.
    pub(super) fn read(text: &str) -> Option<Self> {
        let alone = text.strip_prefix("--").unwrap_or(text);
        let text = if is_recurrent_date(alone) {
            alone
        } else {
            split(text)?.0.get(5..)?
        };
        let (month, day) = text.split_once('-')?;
        Some(Self {
            month: month.parse().ok()?,
            day: day.parse().ok()?,
        })
    }
}

impl Value {
    /// The day of every year, if it is the text of one: `MM-DD`, or a whole date, whose year is left
    /// out.
    #[must_use]
    pub fn as_recurrent_date(&self) -> Option<RecurrentDate> {
        RecurrentDate::read(self.as_str()?)
    }

    /// The day, if it is the text of one: `YYYY-MM-DD`, alone or before a time of day, which is left
    /// out. With the feature `chrono`.
    ///
    /// ```
    /// use benchmark_email::Value;
    /// use chrono::NaiveDate;
    ///
    /// let day = NaiveDate::from_ymd_opt(2026, 3, 28).unwrap();
    /// assert_eq!(Value::from(day).as_str(), Some("2026-03-28"));
    /// assert_eq!(Value::from("2026-03-28T14:30:00.000Z").as_date(), Some(day));
    /// assert_eq!(Value::from("2026-02-29").as_date(), None);
    /// ```
    #[cfg(feature = "chrono")]
    #[must_use]
    pub fn as_date(&self) -> Option<chrono::NaiveDate> {
        split(self.as_str()?)?.0.parse().ok()
    }
}

impl Value {
    /// The day of a date with a time of day, in any zone.
    pub(crate) fn day_before_time(&self) -> Option<&str> {
        let (day, time) = split(self.as_str()?)?;
        time.is_some().then_some(day)
    }
}

/// A date in `YYYY-MM-DD`, and the time of day behind it, if there is one.
pub(super) fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    is_date(date).then_some((date, time))
}

/// Whether a time of day is midnight, in whatever zone: `00:00:00.000Z`.
pub(super) fn is_midnight(time: &str) -> bool {
    let (time, zone) = match time
        .find(['Z', '+', '-'])
        .and_then(|at| time.split_at_checked(at))
    {
        Some((time, zone)) => (time, zone),
        None => (time, ""),
    };
    let is_zone = |c: char| c.is_ascii_digit() || matches!(c, 'Z' | '+' | '-' | ':');
    time.starts_with("00:00")
        && time.chars().all(|c| matches!(c, '0' | ':' | '.'))
        && zone.chars().all(is_zone)
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

impl fmt::Display for RecurrentDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for RecurrentDate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(text)
            .ok_or_else(|| Error::invalid("a recurrent date is a day that exists: MM-DD"))
    }
}

impl From<RecurrentDate> for Value {
    fn from(date: RecurrentDate) -> Self {
        Self::Text(date.to_string())
    }
}

/// A year beyond four digits makes a value that no field of the type `date` takes.
#[cfg(feature = "chrono")]
impl From<chrono::NaiveDate> for Value {
    fn from(date: chrono::NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl Serialize for RecurrentDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecurrentDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = RecurrentDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day of every year: MM-DD")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RecurrentDate, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structures::DataType;

    #[test]
    fn only_days_of_some_year_are_recurrent_dates() {
        for (month, day) in [(0, 1), (13, 1), (2, 30), (4, 31), (1, 0), (1, 255)] {
            assert!(RecurrentDate::new(month, day).is_err(), "{month}-{day}");
        }
        let last = RecurrentDate::new(12, 31).unwrap();
        assert_eq!((last.month(), last.day()), (12, 31));
    }

    #[test]
    fn a_recurrent_date_is_read_from_what_its_field_and_the_service_may_hold() {
        let leap_day = RecurrentDate::new(2, 29).unwrap();
        for text in ["02-29", "2024-02-29", "2024-02-29T00:00:00.000Z"] {
            assert_eq!(Value::from(text).as_recurrent_date(), Some(leap_day));
        }
        for text in ["", "2-29", "02-30", "2026-02-29", "é2-29"] {
            assert_eq!(Value::from(text).as_recurrent_date(), None, "{text}");
            assert!(serde_json::from_value::<RecurrentDate>(text.into()).is_err());
        }
        assert!(
            Value::from(leap_day)
                .check(&DataType::RecurrentDate)
                .is_ok()
        );
        assert_eq!(serde_json::to_string(&leap_day).unwrap(), r#""02-29""#);
    }

    #[test]
    #[cfg(feature = "chrono")]
    fn a_date_fits_its_field_and_comes_back() {
        for (year, fits) in [
            (1, true),
            (2024, true),
            (9999, true),
            (10_000, false),
            (-1, false),
        ] {
            let date = chrono::NaiveDate::from_ymd_opt(year, 2, 28).unwrap();
            let value = Value::from(date);
            assert_eq!(value.check(&DataType::Date).is_ok(), fits, "{year}");
            assert_eq!(value.as_date(), fits.then_some(date), "{year}");
        }
        assert_eq!(Value::from("é026-02-28").as_date(), None);
        assert_eq!(Value::from(20_260_228).as_date(), None);
    }
}
