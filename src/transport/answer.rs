//! From an answer to an [`Error`]: the provider's error table, in one place.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, response::Parts};
use reqwest::Response;
use serde::Deserialize;

use super::{
    budget::quota_remaining,
    retry_after::retry_after,
    throttle::{Throttle, classify},
};
use crate::{ApiError, ApiKey, Error, ErrorKind, ErrorType};

/// What a refusal says, as an error, and which limit it reports. Never fails: a body that is not the
/// provider's envelope is a proxy's or a gateway's, and is kept as it is.
pub(super) fn refusal(
    operation: &'static str,
    head: &Parts,
    body: &[u8],
    key: &ApiKey,
    now: SystemTime,
) -> (Error, Option<Throttle>) {
    let (status, headers) = (head.status, &head.headers);
    let text = key.hide_in(&String::from_utf8_lossy(body));
    let errors = envelope(&text);
    let message = if errors.is_empty() {
        describe(status, headers, body)
    } else {
        String::new()
    };
    let wait = retry_after(headers, now);
    let messages = errors.iter().map(ApiError::message);
    let throttle = classify(status, messages, wait, quota_remaining(headers));
    let error = Error::new(kind(status, &errors, throttle), message)
        .on(operation)
        .answered(status, headers)
        .with_errors(errors)
        .with_body(text.as_bytes())
        .with_wait(wait, now);
    (error, throttle)
}

/// The refusal for the generated client: in the envelope that it knows, whatever the body was, since
/// it would lose status and headers of anything else.
pub(super) fn for_generated(mut head: Parts, body: Bytes, error: &Error) -> Response {
    let body = if error.errors().is_empty() {
        head.headers.remove(header::CONTENT_LENGTH);
        let item = serde_json::json!({"errorType": "Unreadable", "message": error.to_string()});
        Bytes::from(serde_json::json!({ "errors": [item] }).to_string())
    } else {
        body
    };
    http::Response::from_parts(head, body).into()
}

/// The errors of the provider's envelope; none when it is not one.
fn envelope(body: &str) -> Vec<ApiError> {
    #[derive(Deserialize)]
    struct Envelope {
        errors: Vec<ApiError>,
    }
    serde_json::from_str::<Envelope>(body)
        .map(|envelope| envelope.errors)
        .unwrap_or_default()
}

/// By `errorType` where there is one, since conflicts, duplicates and (for lists) unknown ids share
/// the status 400; otherwise by status.
fn kind(status: StatusCode, errors: &[ApiError], throttle: Option<Throttle>) -> ErrorKind {
    match throttle {
        Some(Throttle::Hourly) => return ErrorKind::RateLimited,
        Some(Throttle::MonthlyQuota) => return ErrorKind::QuotaExceeded,
        Some(Throttle::AuthenticationBlock) => return ErrorKind::AuthenticationBlocked,
        None => {}
    }
    let named_scope = || {
        errors
            .iter()
            .any(|e| e.message().contains("missing required scope"))
    };
    for error in errors {
        match error.error_type {
            ErrorType::DuplicateField => return ErrorKind::Duplicate,
            ErrorType::Concurrency => return ErrorKind::Conflict,
            ErrorType::ContactFieldInUse => return ErrorKind::FieldInUse,
            ErrorType::RecordNotFound => return ErrorKind::NotFound,
            ErrorType::Validation => return ErrorKind::Validation,
            _ => {}
        }
    }
    match status.as_u16() {
        400 | 422 => ErrorKind::Validation,
        401 => ErrorKind::Unauthorized,
        403 if named_scope() => ErrorKind::MissingScope,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::UnexpectedStatus,
    }
}

/// What came instead of an envelope.
fn describe(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> String {
    if status.is_redirection() {
        return "a redirect, which is never followed: the API key must not go elsewhere; check the base URL".to_owned();
    }
    let reason = status
        .canonical_reason()
        .unwrap_or("a status without a name");
    if body.is_empty() {
        return format!("{reason}, with an empty body");
    }
    format!(
        "{reason}, with {}: not the service's own answer",
        what(headers, body)
    )
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
