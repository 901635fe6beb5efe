//! What the headers of one answer say about the account's limits, as written:
//! numbers and times in the server's terms, not yet believed.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};

use super::moment::HOUR;

/// The rate limit headers of one answer. Headers: documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LimitHeaders {
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

impl LimitHeaders {
    /// Reads the headers; what is absent or no number is `None`, and of several the first counts. One
    /// pass: looking each name up would cost twice as much, on every answer.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            match name.as_str() {
                "x-ratelimit-limit" => keep(&mut read.limit, || count(value)),
                "x-ratelimit-remaining" => keep(&mut read.remaining, || count(value)),
                "x-ratelimit-reset" => keep(&mut read.reset, || number(value)),
                "x-monthly-limit" => keep(&mut read.quota_limit, || count(value)),
                "x-monthly-remaining" => keep(&mut read.quota_remaining, || count(value)),
                "date" => keep(&mut read.date, || since_1970(value)),
                _ => {}
            }
        }
        read
    }

    /// Whether the reset makes sense by the answer's own `Date`: at most an hour after it.
    pub(super) fn reset_fits_date(&self) -> bool {
        let (Some(reset), Some(date)) = (self.reset, self.date) else {
            return false;
        };
        let hour = date.as_secs()..=date.as_secs().saturating_add(HOUR.as_secs());
        hour.contains(&reset)
    }

    /// Whether any of the limit headers is there.
    pub(super) fn tells_limits(&self) -> bool {
        let Self {
            limit,
            remaining,
            reset,
            quota_limit,
            quota_remaining,
            date: _,
        } = self;
        reset.is_some()
            || [limit, remaining, quota_limit, quota_remaining]
                .into_iter()
                .any(Option::is_some)
    }
}

fn keep<T>(known: &mut Option<T>, read: impl FnOnce() -> Option<T>) {
    if known.is_none() {
        *known = read();
    }
}

fn since_1970(value: &HeaderValue) -> Option<Duration> {
    let date = httpdate::parse_http_date(value.to_str().ok()?).ok()?;
    date.duration_since(SystemTime::UNIX_EPOCH).ok()
}

/// A number of requests; more than fit are as good as the most that fit.
fn count(value: &HeaderValue) -> Option<u32> {
    number(value).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Digits and nothing else, at most as many as always fit; `parse` would take "+5".
fn number(value: &HeaderValue) -> Option<u64> {
    let digits = value.as_bytes().trim_ascii();
    let add = |number: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        Some(number * 10 + u64::from(digit))
    };
    (1..=19)
        .contains(&digits.len())
        .then(|| digits.iter().try_fold(0, add))?
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> LimitHeaders {
        let headers = headers.iter();
        LimitHeaders::of(
            &headers
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
        )
    }

    #[test]
    fn every_header_is_read() {
        let read = read(&[
            ("x-ratelimit-limit", "3600"),
            ("x-ratelimit-remaining", "3599"),
            ("x-ratelimit-reset", "1795435200"),
            ("x-monthly-limit", "100000"),
            ("x-monthly-remaining", "0"),
            ("date", "Thu, 01 Jan 1970 00:01:00 GMT"),
        ]);
        assert_eq!(
            read,
            LimitHeaders {
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
            let read = read(&[
                ("x-ratelimit-limit", garbage),
                ("x-ratelimit-remaining", garbage),
                ("x-ratelimit-reset", garbage),
                ("x-monthly-remaining", garbage),
                ("date", garbage),
            ]);
            assert_eq!(read, LimitHeaders::default(), "{garbage:?}");
        }
    }
}
