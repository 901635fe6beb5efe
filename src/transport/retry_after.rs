//! Reads `Retry-After`: how long the server wants to be left alone. Whole
//! seconds or an HTTP date (RFC 9110, section 10.2.3). Knows nothing of what
//! is done about it.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};

/// No wait is read as longer than this, so that sums of times never overflow.
/// The longest the provider can mean is the rest of a billing period.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The wait an answer asks for, from the moment it was written.
///
/// | header | meaning |
/// |---|---|
/// | absent, negative, fractional or unreadable | `None` |
/// | `0`, or a date that is past | `Some(0)`: asked for, but nothing left to wait |
/// | seconds | that long, at most [`LONGEST`] |
/// | a date | until then: by the answer's own `Date`, else by `now` |
/// | more than one | the longest, as a wait is never cut short |
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let written = headers.get(DATE).and_then(date).unwrap_or(now);
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|value| parse(value.to_str().ok()?.trim(), written))
        .max()
}

/// The HTTP date that a header holds.
pub(crate) fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

fn parse(value: &str, written: SystemTime) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits alone fail to parse only when there are too many of them.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let wait = until.duration_since(written).unwrap_or_default();
    Some(wait.min(LONGEST))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NOON: &str = "Mon, 23 Nov 2026 12:00:00 GMT";

    /// Reads `Retry-After: value` on a machine whose clock says 12:00:00.
    fn read(values: &[&str], date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RETRY_AFTER, value.parse().unwrap());
        }
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        let now = httpdate::parse_http_date(NOON).unwrap();
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_taken_as_they_are() {
        assert_eq!(read(&["45"], None), Some(45));
        assert_eq!(read(&[" 45 "], None), Some(45));
        assert_eq!(read(&["3600"], Some(NOON)), Some(3_600));
        assert_eq!(read(&["0"], None), Some(0));
    }

    #[test]
    fn a_date_counts_from_the_answers_own_date() {
        let later = "Mon, 23 Nov 2026 12:00:30 GMT";
        assert_eq!(read(&[later], None), Some(30));
        // The server's clock is ten seconds ahead of ours: it means 20 s.
        let ahead = "Mon, 23 Nov 2026 12:00:10 GMT";
        assert_eq!(read(&[later], Some(ahead)), Some(20));
        assert_eq!(read(&[later], Some("yesterday")), Some(30));
    }

    #[test]
    fn a_date_in_the_past_asks_for_no_wait() {
        assert_eq!(read(&["Mon, 23 Nov 2026 11:00:00 GMT"], None), Some(0));
        assert_eq!(read(&["Thu, 01 Jan 1970 00:00:00 GMT"], None), Some(0));
    }

    #[test]
    fn a_huge_wait_is_bounded_and_never_dropped() {
        let longest = Some(LONGEST.as_secs());
        assert_eq!(read(&["99999999999"], None), longest);
        assert_eq!(read(&["99999999999999999999999999"], None), longest);
        assert_eq!(read(&["Fri, 31 Dec 9999 23:59:59 GMT"], None), longest);
    }

    #[test]
    fn what_is_no_wait_is_none() {
        let unreadable = [
            "",
            "-1",
            "1.5",
            "soon",
            "45 seconds",
            "+45",
            "0x10",
            "Mon, 99 Foo",
        ];
        for value in unreadable {
            assert_eq!(read(&[value], None), None, "{value:?}");
        }
        assert_eq!(read(&[], None), None);
    }

    #[test]
    fn of_several_the_longest_holds() {
        assert_eq!(read(&["10", "30", "soon"], None), Some(30));
    }
}
