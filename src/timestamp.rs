//! Instants as the service writes them.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::{inline_text::InlineText, wire::read_as_text};

/// An instant, in the service's own words.
///
/// Documented: ISO 8601 in UTC with milliseconds (`2026-03-28T14:30:00.000Z`). The text is kept as it
/// came, so that it goes back unchanged and an unexpected text is no error. Timestamps of this form
/// sort as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(InlineText);

read_as_text! { Timestamp }

impl Timestamp {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The instant, if the text is of the documented form, with any number of decimals or none.
    #[must_use]
    pub fn as_system_time(&self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(self.since_1970()?)
    }

    /// The instant, if the text is one with a date, a time and an offset from UTC. With the feature `chrono`.
    ///
    /// ```
    /// use benchmark_email::Timestamp;
    ///
    /// let created: Timestamp = serde_json::from_str(r#""2026-03-28T14:30:00.250Z""#)?;
    /// let instant = created.as_datetime().unwrap();
    /// assert_eq!(instant.timestamp_millis(), 1_774_708_200_250);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[cfg(feature = "chrono")]
    #[must_use]
    pub fn as_datetime(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        let instant = chrono::DateTime::parse_from_rfc3339(self.as_str()).ok()?;
        Some(instant.to_utc())
    }

    /// The time since 1970, if the text is of the documented form, with any number of decimals or none.
    pub(crate) fn since_1970(&self) -> Option<Duration> {
        let (date, time) = self.as_str().strip_suffix('Z')?.split_once('T')?;
        let (year, month, day) = three(date, '-')?;
        let (time, decimals) = time.split_once('.').unwrap_or((time, "0"));
        let (hour, minute, second) = three(time, ':')?;
        let in_range = year < 10_000 && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !in_range || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let fraction = format!("{:0<9.9}", number(decimals).map(|_| decimals)?);
        let days = days_since_1970(year, month, day)?;
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Duration::new(seconds, fraction.parse().ok()?))
    }
}

fn number(digits: &str) -> Option<u64> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok())?
}

fn three(text: &str, separator: char) -> Option<(u64, u64, u64)> {
    let mut numbers = text.split(separator).map(number);
    let three = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(three)
}

/// Days of the Gregorian calendar, counted from March, so that a leap day ends a year.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month < 3 {
        year.checked_sub(1)?
    } else {
        year
    };
    if year > 9_999 {
        return None;
    }
    let month = (month + 9) % 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    // From the first of March of the year 0 to the first of January 1970 there are 719,468 days.
    (year * 365 + leap_days + (month * 153 + 2) / 5 + day).checked_sub(719_469)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since_1970(text: &str) -> Option<Duration> {
        let stamp: Timestamp = serde_json::from_value(text.into()).unwrap();
        stamp.since_1970()
    }

    #[test]
    fn the_documented_form_is_a_time() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("1970-01-01T00:00:00Z", 0),
            ("1999-12-31T23:59:59.999Z", 946_684_799_999),
            ("2000-02-29T00:00:00.1Z", 951_782_400_100),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2026-03-28T14:30:00.123456Z", 1_774_708_200_123),
            ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
        ] {
            assert_eq!(since_1970(text).unwrap().as_millis(), millis, "{text}");
        }
    }

    #[test]
    #[cfg(feature = "chrono")]
    fn the_two_ways_to_read_an_instant_agree() {
        let stamp = |text: &str| -> Timestamp { serde_json::from_value(text.into()).unwrap() };
        for text in ["1970-01-01T00:00:00Z", "2026-03-28T14:30:00.123456Z"] {
            let one = stamp(text).as_datetime().unwrap().timestamp_micros();
            let other = stamp(text).as_system_time().unwrap();
            let other = other.duration_since(UNIX_EPOCH).unwrap().as_micros();
            assert_eq!(u128::try_from(one), Ok(other), "{text}");
        }
        let elsewhere = stamp("2026-03-28T23:30:00+09:00").as_datetime();
        assert_eq!(elsewhere, stamp("2026-03-28T14:30:00Z").as_datetime());
        for text in ["", "2026-03-28", "2026-02-29T14:30:00Z", "soon"] {
            assert_eq!(stamp(text).as_datetime(), None, "{text}");
        }
    }

    #[test]
    fn any_other_text_is_no_time() {
        for text in [
            "",
            "2026-03-28",
            "2026-03-28T14:30:00.000",
            "2026-03-28T14:30:00.000+02:00",
            "2026-13-28T14:30:00Z",
            "2026-00-28T14:30:00Z",
            "2026-03-32T14:30:00Z",
            "2026-03-28T24:30:00Z",
            "2026-03-28T14:60:00Z",
            "2026-03-28T14:30:61Z",
            "2026-03-28T14:30:00.xZ",
            "2026-03-28T14:30:00.Z",
            "2026-03-28T14:30Z",
            "2026-03-28-01T14:30:00Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "99999999999999999999-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "+2026-03-28T14:30:00Z",
        ] {
            assert_eq!(since_1970(text), None, "{text}");
        }
    }
}
