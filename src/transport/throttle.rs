//! Tells the provider's three kinds of 429 apart. They share one status and
//! one `errorType`, so the message decides, and the headers where it doesn't.
//! What to do about each is the retry judgement's and the budget's business.

use std::time::Duration;

use http::StatusCode;

use crate::budget::Throttle;

/// No hourly limit asks for more than this.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Which limit an answer reports; `None` for any status but 429.
///
/// `messages` are the answer's `errors[].message`, matched against the texts
/// of the provider's rate limits page (documented):
///
/// - `Rate limit exceeded. Retry after 45 seconds.`
/// - `Monthly API quota exceeded.`
/// - `Too many failed authentication attempts. Please try again later.`
///
/// A text that fits none is judged by the quota left (`X-Monthly-Remaining`)
/// and by the length of the wait; in doubt it is the hourly limit.
pub(crate) fn classify<'a>(
    status: StatusCode,
    messages: impl IntoIterator<Item = &'a str>,
    retry_after: Option<Duration>,
    quota_remaining: Option<u32>,
) -> Option<Throttle> {
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let said = messages.into_iter().find_map(said);
    let implied = || {
        let days = retry_after.is_some_and(|wait| wait > HOUR);
        if quota_remaining == Some(0) || days {
            Throttle::MonthlyQuota
        } else {
            Throttle::Hourly
        }
    };
    Some(said.unwrap_or_else(implied))
}

fn said(message: &str) -> Option<Throttle> {
    let message = message.to_ascii_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if speaks_of(&["authentication"]) {
        Some(Throttle::AuthenticationBlock)
    } else if speaks_of(&["monthly", "quota"]) {
        Some(Throttle::MonthlyQuota)
    } else if speaks_of(&["rate limit"]) {
        Some(Throttle::Hourly)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURLY: &str = "Rate limit exceeded. Retry after 45 seconds.";
    const MONTHLY: &str = "Monthly API quota exceeded.";
    const BLOCK: &str = "Too many failed authentication attempts. Please try again later.";

    fn of_429(messages: &[&str], wait: Option<u64>, quota: Option<u32>) -> Option<Throttle> {
        let wait = wait.map(Duration::from_secs);
        classify(
            StatusCode::TOO_MANY_REQUESTS,
            messages.iter().copied(),
            wait,
            quota,
        )
    }

    #[test]
    fn the_providers_messages_decide() {
        assert_eq!(
            of_429(&[HOURLY], Some(45), Some(900)),
            Some(Throttle::Hourly)
        );
        assert_eq!(
            of_429(&[MONTHLY], Some(900_000), None),
            Some(Throttle::MonthlyQuota)
        );
        assert_eq!(
            of_429(&[BLOCK], Some(600), None),
            Some(Throttle::AuthenticationBlock)
        );
    }

    #[test]
    fn a_message_outweighs_the_headers() {
        assert_eq!(
            of_429(&[HOURLY], Some(900_000), Some(0)),
            Some(Throttle::Hourly)
        );
        assert_eq!(
            of_429(&[MONTHLY], Some(1), Some(900)),
            Some(Throttle::MonthlyQuota)
        );
        assert_eq!(
            of_429(&[BLOCK], Some(900_000), Some(0)),
            Some(Throttle::AuthenticationBlock)
        );
    }

    #[test]
    fn capitals_and_other_errors_around_the_message_do_not_matter() {
        assert_eq!(
            of_429(
                &["Something else", "MONTHLY api QUOTA exceeded"],
                None,
                None
            ),
            Some(Throttle::MonthlyQuota)
        );
    }

    #[test]
    fn without_a_known_message_the_headers_decide() {
        assert_eq!(of_429(&[], None, None), Some(Throttle::Hourly));
        assert_eq!(
            of_429(&["Slow down"], Some(3_600), Some(1)),
            Some(Throttle::Hourly)
        );
        assert_eq!(
            of_429(&["Slow down"], Some(3_601), None),
            Some(Throttle::MonthlyQuota)
        );
        assert_eq!(
            of_429(&["Slow down"], Some(45), Some(0)),
            Some(Throttle::MonthlyQuota)
        );
    }

    #[test]
    fn only_a_429_is_a_throttle() {
        for status in [200, 400, 401, 403, 503] {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            assert_eq!(classify(status, [MONTHLY], None, Some(0)), None);
        }
    }
}
