//! What the headers of one answer say about the account's limits, as written:
//! numbers and times in the server's terms, not yet believed.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, HeaderName};

use crate::transport::retry_after;

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
static QUOTA_LIMIT: HeaderName = HeaderName::from_static("x-monthly-limit");
static QUOTA_REMAINING: HeaderName = HeaderName::from_static("x-monthly-remaining");

/// The rate limit headers of one answer. Headers: documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// `X-RateLimit-Limit`: requests an hour.
    pub(super) limit: Option<u32>,
    /// `X-RateLimit-Remaining`: requests left in the hour.
    pub(super) remaining: Option<u32>,
    /// `X-RateLimit-Reset`: when the hour ends, in seconds since 1970.
    pub(super) reset: Option<u64>,
    /// `X-Monthly-Limit`: requests a billing period.
    pub(super) quota_limit: Option<u32>,
    /// `X-Monthly-Remaining`: requests left in the billing period.
    pub(super) quota_remaining: Option<u32>,
    /// `Date`: the server's clock, cut to the second, as time since 1970.
    pub(super) date: Option<Duration>,
}

impl Reading {
    /// Reads the headers; what is absent or no number is `None`.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let date = retry_after::date(headers, &DATE);
        Self {
            limit: count(headers, &LIMIT),
            remaining: count(headers, &REMAINING),
            reset: number(headers, &RESET),
            quota_limit: count(headers, &QUOTA_LIMIT),
            quota_remaining: count(headers, &QUOTA_REMAINING),
            date: date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok()),
        }
    }
}

/// A number of requests; more than fit are as good as the most that fit.
fn count(headers: &HeaderMap, name: &HeaderName) -> Option<u32> {
    number(headers, name).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    // `parse` alone would take "+5".
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn reading(headers: &[(&'static str, &str)]) -> Reading {
        let headers = headers.iter();
        Reading::of(
            &headers
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
        )
    }

    #[test]
    fn every_header_is_read() {
        let read = reading(&[
            ("x-ratelimit-limit", "3600"),
            ("x-ratelimit-remaining", "3599"),
            ("x-ratelimit-reset", "1795435200"),
            ("x-monthly-limit", "100000"),
            ("x-monthly-remaining", "0"),
            ("date", "Thu, 01 Jan 1970 00:01:00 GMT"),
        ]);
        assert_eq!(
            read,
            Reading {
                limit: Some(3_600),
                remaining: Some(3_599),
                reset: Some(1_795_435_200),
                quota_limit: Some(100_000),
                quota_remaining: Some(0),
                date: Some(Duration::from_secs(60)),
            }
        );
    }

    #[test]
    fn what_is_no_number_is_ignored() {
        for garbage in [
            "",
            "-1",
            "+1",
            "1.5",
            "many",
            "0x10",
            "1, 2",
            "99999999999999999999999",
        ] {
            let read = reading(&[
                ("x-ratelimit-limit", garbage),
                ("x-ratelimit-remaining", garbage),
                ("x-ratelimit-reset", garbage),
                ("x-monthly-remaining", garbage),
                ("date", garbage),
            ]);
            assert_eq!(read, Reading::default(), "{garbage:?}");
        }
    }
}
