//! From an answer to an [`Error`]: the provider's error table, in one place.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, response::Parts};
use reqwest::Response;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{operation::Operation, retry_after::retry_after, throttle::classify};
use crate::{
    Error, ErrorKind,
    budget::{Meaning, Throttle, has_limit_headers, quota_remaining},
    error::{ApiError, ErrorType, missing_scope},
    key::ApiKey,
    redact,
};

/// What a refusal says, as an error, and what it means to the account's budget. Never fails: a body that is not the
/// provider's envelope is a proxy's or a gateway's, and is kept as it is.
pub(crate) fn refusal(
    operation: &'static str,
    head: &Parts,
    body: &[u8],
    key: &ApiKey,
    now: SystemTime,
) -> (Error, Meaning) {
    let (status, headers) = (head.status, &head.headers);
    let text = key.hide_in(&String::from_utf8_lossy(body));
    let errors = envelope(&text);
    let own = is_the_services(headers, &errors);
    let message = if errors.is_empty() {
        describe(status, headers, body, own)
    } else {
        String::new()
    };
    let wait = retry_after(headers, now);
    let messages = errors.iter().map(ApiError::message);
    // A gateway's 429 is about the gateway.
    let throttle = own
        .then(|| classify(status, messages, wait, quota_remaining(headers)))
        .flatten();
    let error = Error::new(kind(status, &errors, throttle), message)
        .on(operation)
        .answered(status, &key.hide_in_headers(headers))
        .with_errors(errors)
        .with_body(text.as_bytes())
        .with_wait(wait, now);
    let meaning = match throttle {
        _ if !own => Meaning::Foreign,
        Some(throttle) => Meaning::Limited {
            throttle,
            retry_after: wait,
        },
        None if status == StatusCode::UNAUTHORIZED => Meaning::BadKey(Arc::new(error.copy())),
        None => Meaning::Refusal,
    };
    (error, meaning)
}

/// Whether a refusal is the service's own: it has the error envelope or the limit headers. Anything else
/// is a gateway's or a proxy's, and no fact about the account or what is in it.
pub(super) fn is_the_services(headers: &HeaderMap, errors: &[ApiError]) -> bool {
    !errors.is_empty() || has_limit_headers(headers)
}

/// Whether the error is about a success, of another shape than expected, that is the service's own: it has
/// the limit headers, which the service promises on every success. Documented: page Rate limits.
pub(crate) fn is_the_services_success(error: &Error) -> bool {
    let success = error.status().is_some_and(|status| status / 100 == 2);
    success && has_limit_headers(error.headers())
}

/// The success for the generated client, under the code that the document declares: the provider's
/// texts disagree about some, and any 2xx says that the request was carried out.
pub(super) fn success(operation: &Operation, mut head: Parts, body: Bytes) -> Response {
    head.status = StatusCode::from_u16(operation.success).unwrap_or(head.status);
    http::Response::from_parts(head, body).into()
}

/// The refusal for the generated client: in the envelope that it knows, whatever the body was, since
/// it would lose status and headers of anything else. Its errors print all that they hold, so the
/// headers come without the API key and without addresses. The URL goes, as it does where no answer
/// came: part of a list's name, which is text of any kind, may stand in its query.
pub(super) fn for_generated(mut head: Parts, error: &Error, key: &ApiKey) -> Response {
    #[derive(Serialize)]
    struct Envelope<'a> {
        errors: &'a [ApiError],
    }

    head.extensions.clear();
    head.headers = key.hide_in_headers(&head.headers);
    redact::headers(&mut head.headers, redact::addresses);
    head.headers.remove(header::CONTENT_LENGTH);
    let told = serde_json::to_vec(&Envelope {
        errors: error.errors(),
    });
    let body = match told {
        Ok(told) if !error.errors().is_empty() => told,
        _ => {
            let item = serde_json::json!({"errorType": "Unreadable", "message": error.to_string()});
            serde_json::json!({ "errors": [item] }).to_string().into()
        }
    };
    let body = Bytes::from(body);
    http::Response::from_parts(head, body).into()
}

/// The same for an error that repeats an answer which an earlier call got.
pub(super) fn repeated(error: &Error, key: &ApiKey) -> Option<Response> {
    let status = error.status()?;
    let head = http::Response::builder().status(status).body(()).ok()?;
    let (head, ()) = head.into_parts();
    Some(for_generated(head, error, key))
}

/// The errors of the provider's envelope; none when it is not one. `errors` may be a list or its one
/// element.
fn envelope(body: &str) -> Vec<ApiError> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        errors: &'a RawValue,
    }
    let Ok(Envelope { errors }) = serde_json::from_str(body) else {
        return Vec::new();
    };
    let items = serde_json::from_str::<Vec<&RawValue>>(errors.get());
    let items = items.unwrap_or_else(|_| vec![errors]);
    items.into_iter().filter_map(ApiError::of_item).collect()
}

/// By `errorType` where conflicts, duplicates and (for lists) unknown ids share a status; otherwise by
/// status, which an `errorType` can't contradict.
fn kind(status: StatusCode, errors: &[ApiError], throttle: Option<Throttle>) -> ErrorKind {
    match throttle {
        Some(Throttle::Hourly) => return ErrorKind::RateLimited,
        Some(Throttle::MonthlyQuota) => return ErrorKind::QuotaExceeded,
        Some(Throttle::AuthenticationBlock) => return ErrorKind::AuthenticationBlocked,
        None => {}
    }
    let by_status = match status.as_u16() {
        400 | 422 => ErrorKind::Validation,
        401 => ErrorKind::Unauthorized,
        403 if errors
            .iter()
            .any(|error| missing_scope(error.message()).is_some()) =>
        {
            ErrorKind::MissingScope
        }
        403 => ErrorKind::Forbidden,
        // Whoever doesn't know the path may say so; only the service knows what it has.
        404 if errors.is_empty() => ErrorKind::Unreadable,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        // A 429 that reports no limit of the account's.
        429 | 500..=599 => ErrorKind::Server,
        _ => ErrorKind::UnexpectedStatus,
    };
    if !matches!(status.as_u16(), 400 | 404 | 409 | 410 | 412 | 422) {
        return by_status;
    }
    let mut types = errors.iter().filter_map(|error| error.error_type.as_ref());
    let by_type = types.find_map(|error_type| match error_type {
        ErrorType::DuplicateField => Some(ErrorKind::Duplicate),
        ErrorType::Concurrency => Some(ErrorKind::Conflict),
        ErrorType::ContactFieldInUse => Some(ErrorKind::FieldInUse),
        ErrorType::RecordNotFound => Some(ErrorKind::NotFound),
        ErrorType::Validation => Some(ErrorKind::Validation),
        _ => None,
    });
    by_type.unwrap_or(by_status)
}

/// What came instead of an envelope.
fn describe(status: StatusCode, headers: &HeaderMap, body: &[u8], own: bool) -> String {
    if status.is_redirection() {
        return "a redirect, which is never followed: the API key must not go elsewhere; check the base URL".to_owned();
    }
    let reason = status
        .canonical_reason()
        .unwrap_or("a status without a name");
    let what = if body.is_empty() {
        "an empty body".to_owned()
    } else {
        what(headers, body)
    };
    if own && status != StatusCode::NOT_FOUND {
        format!("{reason}, with {what}")
    } else {
        format!("{reason}, with {what}: not the service's own answer")
    }
}

/// `312 bytes of text/html`.
pub(super) fn what(headers: &HeaderMap, body: &[u8]) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("no content type");
    let kind = kind.split(';').next().unwrap_or(kind);
    format!("{} bytes of {kind}", body.len())
}
