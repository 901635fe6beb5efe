//! The provider's error table, row by row, and every error message that its pages print: what the
//! caller gets.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{error::Error as _, io, iter, time::Duration};

use benchmark_email::{ContactId, ErrorKind, NewContact, error::ErrorType};
use serde_json::json;
use support::{API_KEY, refusal, server_answering, structure};
use wiremock::ResponseTemplate;

/// Status, `errorType`, message -> kind, and what the text must advise.
const TABLE: &[(u16, &str, &str, ErrorKind, &str)] = &[
    (
        401,
        "UnauthorizedError",
        "Invalid API key",
        ErrorKind::Unauthorized,
        "Settings > API Keys",
    ),
    (
        401,
        "UnauthorizedError",
        "API key expired",
        ErrorKind::Unauthorized,
        "Settings > API Keys",
    ),
    (
        403,
        "ForbiddenError",
        "API key missing required scope: contacts:write",
        ErrorKind::MissingScope,
        "widen the key's scopes",
    ),
    (
        403,
        "ForbiddenError",
        "This endpoint is not accessible via API key",
        ErrorKind::Forbidden,
        "open to API keys",
    ),
    (
        403,
        "ForbiddenError",
        "Account does not have API access",
        ErrorKind::Forbidden,
        "good standing",
    ),
    (
        400,
        "ValidationError",
        "contactStructureId is required",
        ErrorKind::Validation,
        "contactStructureId is required",
    ),
    (
        400,
        "ValidationError",
        "key is required",
        ErrorKind::Validation,
        "key is required",
    ),
    (
        400,
        "DuplicateFieldError",
        "API key name is already in use",
        ErrorKind::Duplicate,
        "update it instead",
    ),
    (
        400,
        "ConcurrencyError",
        "Document version mismatch",
        ErrorKind::Conflict,
        "read it again",
    ),
    (
        400,
        "ContactFieldInUseError",
        "in use",
        ErrorKind::FieldInUse,
        "forms",
    ),
    (
        404,
        "RecordNotFound",
        "Contact not found",
        ErrorKind::NotFound,
        "may have been deleted",
    ),
    (
        400,
        "RecordNotFound",
        "List not found",
        ErrorKind::NotFound,
        "may have been deleted",
    ),
    (
        429,
        "TooManyRequestsError",
        "Rate limit exceeded. Retry after 45 seconds.",
        ErrorKind::RateLimited,
        "wait",
    ),
    (
        429,
        "TooManyRequestsError",
        "Monthly API quota exceeded.",
        ErrorKind::QuotaExceeded,
        "next billing month",
    ),
    (
        429,
        "TooManyRequestsError",
        "Too many failed authentication attempts. Please try again later.",
        ErrorKind::AuthenticationBlocked,
        "stop, check the API key",
    ),
];

#[tokio::test]
async fn each_row_becomes_its_kind_with_the_services_words_and_advice() {
    for (status, error_type, message, kind, advice) in TABLE {
        let (_server, client) = server_answering(refusal(*status, error_type, message)).await;
        let contact = NewContact::new(&structure(), "jane.smith@example.com");
        let error = client.contacts().create(contact).await.unwrap_err();

        assert_eq!(error.kind(), *kind, "{error}");
        assert_eq!(error.status(), Some(*status));
        assert_eq!(error.operation(), Some("createContact"));
        assert_eq!(error.errors().len(), 1);
        assert_eq!(
            error.errors()[0].error_type,
            Some(ErrorType::from(*error_type))
        );
        assert_eq!(error.errors()[0].message(), *message);
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("createContact: {status} {error_type}: {message}")),
            "{text}"
        );
        assert!(text.contains(advice), "{text}");
        assert!(!format!("{error:?}{error}").contains(API_KEY));
    }
}

#[tokio::test]
async fn the_missing_scope_is_named() {
    let (_server, client) = server_answering(refusal(
        403,
        "ForbiddenError",
        "API key missing required scope: contacts:write",
    ))
    .await;
    let id = ContactId::new("c1").unwrap();
    let error = client.contacts().delete(&id).await.unwrap_err();
    assert_eq!(error.missing_scope(), Some("contacts:write"));
    assert!(error.is_access());
}

#[tokio::test]
async fn every_item_of_errors_is_kept() {
    let body = json!({"errors": [
        {"errorType": "ValidationError", "message": "key is required", "field": "key"},
        {"errorType": "ValidationError", "message": "not a number", "fieldId": "64a1b2c3d4e5f6a7b8c9d103"},
    ]});
    let (_server, client) = server_answering(ResponseTemplate::new(400).set_body_json(body)).await;
    let error = client.structures().all().await.unwrap_err();
    assert_eq!(error.errors().len(), 2);
    assert_eq!(error.errors()[0].field(), Some("key"));
    assert_eq!(
        error.errors()[1].field_id.as_ref().unwrap().as_str(),
        "64a1b2c3d4e5f6a7b8c9d103"
    );
    assert!(
        error
            .to_string()
            .contains("key is required (property `key`); ValidationError: not a number"),
        "{error}"
    );
}

#[tokio::test]
async fn the_forms_that_use_a_field_are_named() {
    let body = support::example("ContactFieldInUseError");
    let (_server, client) = server_answering(ResponseTemplate::new(400).set_body_json(body)).await;
    let error = client.structures().all().await.unwrap_err();
    let debug = error.errors()[0].debug.as_ref().unwrap();
    assert_eq!(debug.affected_forms[0].name(), Some("Homepage signup"));
    assert!(
        error.to_string().contains("(form \"Homepage signup\")"),
        "{error}"
    );
}

#[tokio::test]
async fn the_wait_that_the_server_asks_for_is_told() {
    let answer = refusal(
        429,
        "TooManyRequestsError",
        "Rate limit exceeded. Retry after 3000 seconds.",
    )
    .insert_header("Retry-After", "3000")
    .insert_header("X-RateLimit-Remaining", "0");
    let (_server, client) = server_answering(answer).await;
    let error = client.contacts().list().await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3000)));
    let at = error
        .retry_at()
        .unwrap()
        .duration_since(std::time::SystemTime::now())
        .unwrap();
    assert!((2900..=3000).contains(&at.as_secs()), "{at:?}");
    assert_eq!(error.header("x-ratelimit-remaining"), Some("0"));
}

#[tokio::test]
async fn an_answer_that_is_not_the_services_keeps_status_headers_and_body() {
    for (status, kind) in [
        (401, ErrorKind::Unauthorized),
        (404, ErrorKind::Unreadable),
        (502, ErrorKind::Server),
        (418, ErrorKind::UnexpectedStatus),
    ] {
        for body in [
            &b"<html>Bad gateway</html>"[..],
            b"",
            b"\xff\xfe",
            b"{\"errors\": [{\"errorType\": 3}]}",
        ] {
            let answer = ResponseTemplate::new(status)
                .set_body_raw(body, "text/html")
                .insert_header("X-Proxy", "edge");
            let (_server, client) = server_answering(answer).await;
            let error = client
                .contacts()
                .get(&ContactId::new("c1").unwrap())
                .await
                .unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (kind, Some(status)),
                "{error}"
            );
            assert_eq!(error.header("x-proxy"), Some("edge"));
            assert_eq!(error.body(), String::from_utf8_lossy(body));
            assert!(error.errors().is_empty());
        }
    }
}

#[tokio::test]
async fn a_key_that_the_server_echoes_is_blanked() {
    let (_server, client) = server_answering(refusal(
        401,
        "UnauthorizedError",
        &format!("bad key {API_KEY}"),
    ))
    .await;
    let error = client.contacts().list().await.unwrap_err();
    assert!(
        !format!(
            "{error}{error:?}{}{}",
            error.body(),
            error.errors()[0].message()
        )
        .contains(API_KEY)
    );
    assert!(error.to_string().contains("bad key ***"));
}

#[tokio::test]
async fn a_redirect_is_an_error_and_the_key_goes_nowhere() {
    let elsewhere = wiremock::MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        let (server, client) = server_answering(answer).await;
        let error = client.contacts().list().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::UnexpectedStatus, Some(status))
        );
        assert!(error.to_string().contains("never followed"), "{error}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_success_that_is_not_json_is_told_as_such() {
    for body in ["<html>Welcome</html>", "", "[{\"_id\":"] {
        let (_server, client) =
            server_answering(ResponseTemplate::new(200).set_body_raw(body, "text/html")).await;
        let error = client.contacts().list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
    }
}

#[tokio::test]
async fn an_answer_over_the_bound_is_refused() {
    let server = wiremock::MockServer::start().await;
    let body = ResponseTemplate::new(200)
        .set_body_raw(format!("[{}]", " ".repeat(5000)), "application/json");
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(body)
        .mount(&server)
        .await;
    let client = |bytes| {
        benchmark_email::Client::builder()
            .base_url(server.uri())
            .api_key(API_KEY)
            .max_body(bytes)
            .build()
            .unwrap()
    };
    let error = client(5001).contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(
        error.to_string().contains("more than 5001 bytes"),
        "{error}"
    );
    assert_eq!(client(5002).contacts().list().await.unwrap(), []);
}

#[tokio::test]
async fn nobody_listening_is_told_with_the_cause() {
    let client = support::hasty_client_of("http://127.0.0.1:1");
    let error = client.contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("refused"), "{error}");
    let sources = iter::successors(error.source(), |&source| source.source());
    let refused = sources
        .filter_map(|source| source.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
    assert!(refused, "{error:?}");
}
