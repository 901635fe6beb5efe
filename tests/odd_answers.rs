//! Answers that no text mentions but a service may give: each survived, or told as what it is.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::Duration;

use benchmark_email::{
    Contact, ContactId, ErrorKind, NewContact, budget::Pacing, retry::RetryPolicy,
};
use serde_json::{Value, json};
use support::{API_KEY, example, hasty_client_of, scripted::Scripted, server_answering, structure};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

fn jane() -> ContactId {
    ContactId::new("66f1a6e4698f1bca60424901").unwrap()
}

fn answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

#[tokio::test]
async fn another_2xx_is_a_success_too() {
    for status in [200, 201, 202] {
        let (_server, client) = server_answering(answer(status, &example("Jane"))).await;
        let new = NewContact::new(&structure(), "jane.smith@example.com");
        assert_eq!(client.contacts().create(new).await.unwrap().id, jane());
        assert_eq!(
            client.contacts().delete(&jane()).await.unwrap().unwrap().id,
            jane()
        );
        let (_server, client) = server_answering(answer(status, &example("Newsletter"))).await;
        assert_eq!(
            client
                .lists(structure().id())
                .create("News")
                .await
                .unwrap()
                .name,
            "Newsletter"
        );
    }
}

#[tokio::test]
async fn another_contact_than_the_one_asked_for_is_an_error() {
    let (_server, client) = server_answering(answer(200, &example("Jane"))).await;
    let other = ContactId::new("zzz").unwrap();
    assert_eq!(
        client.contacts().get(&other).await.unwrap_err().kind(),
        ErrorKind::Unreadable
    );
}

#[tokio::test]
async fn an_unsubscription_that_leaves_the_contact_active_is_none() {
    let (_server, client) = server_answering(answer(200, &example("Jane"))).await;
    let error = client.contacts().unsubscribe(&jane()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
}

#[tokio::test]
async fn an_unsubscription_that_answers_nothing_is_looked_up() {
    let server = MockServer::start().await;
    Mock::given(method("PATCH"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let gone = answer(200, &example("JaneUnsubscribed"));
    Mock::given(method("GET"))
        .respond_with(gone)
        .mount(&server)
        .await;
    let contact = hasty_client_of(&server.uri())
        .contacts()
        .unsubscribe(&jane())
        .await
        .unwrap();
    assert!(contact.is_inactive());
}

#[tokio::test]
async fn a_key_or_value_in_an_answer_of_another_shape_is_not_told() {
    for body in [
        json!({"_id": jane(), "fields": API_KEY}),
        json!({"_id": "c1", "__v": "Jane Secretname"}),
    ] {
        let odd = answer(200, &body)
            .insert_header("X-Request-Id", "r1")
            .insert_header("X-Echo", API_KEY);
        let (_server, client) = server_answering(odd).await;
        let error = client.contacts().get(&jane()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.attempts()),
            (ErrorKind::Unreadable, Some(200), 1)
        );
        assert_eq!(
            (error.header("x-request-id"), error.header("x-echo")),
            (Some("r1"), Some("***"))
        );
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains(API_KEY) && !shown.contains("Secretname"),
            "{shown}"
        );
        assert!(!error.body().contains(API_KEY));
        assert!(shown.contains("line 1, column"), "{shown}");
    }
}

#[tokio::test]
async fn a_key_in_a_header_is_blanked() {
    let echo = answer(400, &json!({})).insert_header("X-Echo", API_KEY);
    let (_server, client) = server_answering(echo).await;
    let error = client.contacts().get(&jane()).await.unwrap_err();
    assert_eq!(error.header("x-echo"), Some("***"));
}

#[tokio::test]
async fn the_head_of_an_answer_that_breaks_off_is_learned_from_and_shows_no_key() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-echo: {API_KEY}\r\n\
         x-request-id: r1\r\nx-ratelimit-limit: 3600\r\nx-ratelimit-remaining: 41\r\n\
         x-monthly-remaining: 12\r\n"
    );
    // The connection is lost, or the text is complete and the JSON isn't.
    for (length, kind) in [(100, ErrorKind::Interrupted), (7, ErrorKind::Unreadable)] {
        let answer = format!("{head}content-length: {length}\r\n\r\n{{\"_id\":");
        let server = Scripted::answering(answer.into_bytes()).await;
        let client = hasty_client_of(&server.base_url);
        let error = client.contacts().get(&jane()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{error}");
        let headers = (error.header("x-request-id"), error.header("x-echo"));
        assert_eq!(headers, (Some("r1"), Some("***")));
        let budget = client.budget();
        assert_eq!(
            (budget.limit, budget.remaining, budget.quota_remaining),
            (Some(3600), Some(41), Some(12))
        );
    }
}

#[tokio::test]
async fn one_odd_item_takes_none_of_the_others_along() {
    let body = json!({"errors": [
        {"errorType": "ContactFieldInUseError", "message": "in use", "fieldId": "", "debug": "text"},
        {"errorType": "ValidationError"},
        {"message": "no type"},
        7,
    ]});
    let (_server, client) = server_answering(answer(400, &body)).await;
    let error = client.contacts().get(&jane()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FieldInUse);
    let messages: Vec<_> = error
        .errors()
        .iter()
        .map(benchmark_email::error::ApiError::message)
        .collect();
    assert_eq!(messages, ["in use", "", "no type"]);
}

#[tokio::test]
async fn an_error_type_cannot_contradict_the_status() {
    for (status, kind) in [
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (503, ErrorKind::Server),
    ] {
        let (_server, client) =
            server_answering(support::refusal(status, "ValidationError", "odd")).await;
        assert_eq!(
            client.contacts().get(&jane()).await.unwrap_err().kind(),
            kind
        );
    }
    let (_server, client) = server_answering(support::refusal(422, "Odd", "odd")).await;
    assert_eq!(
        client.contacts().get(&jane()).await.unwrap_err().kind(),
        ErrorKind::Validation
    );
    let (_server, client) =
        server_answering(support::refusal(409, "ConcurrencyError", "odd")).await;
    assert!(
        client
            .contacts()
            .get(&jane())
            .await
            .unwrap_err()
            .is_conflict()
    );
}

#[tokio::test]
async fn a_429_without_a_known_message_is_told_by_the_quota_left() {
    let answer = support::refusal(429, "TooManyRequestsError", "Slow down")
        .insert_header("X-Monthly-Remaining", "0");
    let (_server, client) = server_answering(answer).await;
    assert_eq!(
        client.contacts().get(&jane()).await.unwrap_err().kind(),
        ErrorKind::QuotaExceeded
    );
}

/// A gateway may turn a request away for reasons of its own, and say for how long in whatever way.
#[tokio::test]
async fn a_429_that_is_not_the_services_own_is_a_failure_of_a_gateway() {
    for body in [
        "<html>Slow down</html>",
        "",
        "{\"message\": \"Rate limit exceeded\"}",
    ] {
        let page = ResponseTemplate::new(429)
            .set_body_raw(body, "text/html")
            .insert_header("Retry-After", "99999999999");
        let (server, client) = server_answering(page).await;
        let client = client.with_pacing(Pacing::Burst);
        for asked in 1..=3 {
            let error = client.contacts().get(&jane()).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (ErrorKind::Server, Some(429))
            );
            assert!(!error.is_rate_limited() && error.is_retryable());
            assert!(error.to_string().contains("not the service's own answer") || body.is_empty());
            assert_eq!(server.received_requests().await.unwrap().len(), asked);
        }
    }
}

#[tokio::test]
async fn a_gateway_with_a_wrong_clock_stops_no_bulk_work() {
    let server = MockServer::start().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let reset = now.unwrap().as_secs() + 1_800;
    let good = answer(200, &example("Jane"))
        .insert_header("X-RateLimit-Limit", "3600")
        .insert_header("X-RateLimit-Remaining", "2000")
        .insert_header("X-RateLimit-Reset", reset.to_string());
    let page = ResponseTemplate::new(502)
        .set_body_raw("<html>Bad gateway</html>", "text/html")
        .insert_header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
        .insert_header("Retry-After", "99999999999");
    let first = Mock::given(any()).respond_with(good.clone());
    first.up_to_n_times(1).mount(&server).await;
    let second = Mock::given(any()).respond_with(page);
    second.up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(good).mount(&server).await;

    let hasty = RetryPolicy::none().max_wait(Duration::from_secs(5));
    let client = support::client_of(&server.uri(), API_KEY).bulk();
    let contacts = client.with_retry(hasty).contacts();
    contacts.get(&jane()).await.unwrap();
    let error = contacts.get(&jane()).await.unwrap_err();
    assert_eq!(error.status(), Some(502));
    contacts.get(&jane()).await.unwrap();
}

#[tokio::test]
async fn a_429_is_the_services_own_by_its_envelope_or_by_any_limit_header() {
    let own = support::refusal(429, "TooManyRequestsError", "Rate limit exceeded.");
    let headers = [
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-Monthly-Limit",
        "X-Monthly-Remaining",
    ];
    let plain = |header| ResponseTemplate::new(429).insert_header(header, "7");
    for answer in headers.into_iter().map(plain).chain([own]) {
        let (_server, client) = server_answering(answer).await;
        let error = client.contacts().get(&jane()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert!(!error.to_string().contains("not the service's own answer"));
    }
    let odd = ResponseTemplate::new(429).insert_header("X-RateLimit-Remaining", "some");
    let (_server, client) = server_answering(odd).await;
    let error = client.contacts().get(&jane()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
}

#[tokio::test]
async fn a_value_with_half_of_a_character_is_read_and_goes_back() {
    const HALF: &str = r#"{"_id":"66f1a6e4698f1bca60424901","key":"j@example.com","contactStructureId":"s1","fields":[{"_id":"f1","value":"a\ud800"}],"lists":[],"tags":[],"__v":1}"#;
    let server = MockServer::start().await;
    let all = ResponseTemplate::new(200).set_body_raw(format!("[{HALF}]"), "application/json");
    Mock::given(path("/api/contact"))
        .respond_with(all)
        .mount(&server)
        .await;
    let one = ResponseTemplate::new(200).set_body_raw(HALF, "application/json");
    Mock::given(any()).respond_with(one).mount(&server).await;
    let contacts = hasty_client_of(&server.uri()).contacts();

    let half = contacts.get(&jane()).await.unwrap();
    assert_eq!(contacts.list().await.unwrap(), std::slice::from_ref(&half));
    assert_eq!(contacts.stream().next().await.unwrap().unwrap(), half);
    contacts.replace(&half).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let sent = String::from_utf8_lossy(&requests.last().unwrap().body);
    assert!(sent.contains(r#""value":"a\ud800""#), "{sent}");
}

#[tokio::test]
async fn of_a_long_body_8_kib_are_kept() {
    let page = ResponseTemplate::new(502).set_body_raw("x".repeat(20_000), "text/html");
    let (_server, client) = server_answering(page).await;
    let error = client.contacts().get(&jane()).await.unwrap_err();
    assert_eq!(error.body().len(), 8 * 1024);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_contact_of_another_structure_or_without_an_address_is_not_changed() {
    let (server, client) = server_answering(answer(200, &example("Jane"))).await;
    let mut jane: Contact = serde_json::from_value(example("Jane")).unwrap();
    let mut other = example("DefaultStructure");
    other["_id"] = json!("s2");
    let other = serde_json::from_value(other).unwrap();
    assert_eq!(
        jane.set(&other, "Seats", 1).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    let mut odd = example("Jane");
    odd["key"] = json!("no address");
    jane = serde_json::from_value(odd).unwrap();
    let error = client.contacts().replace(&jane).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_primary_structure_is_read_anew_after_five_minutes() {
    let (server, client) = server_answering(answer(200, &example("Structures"))).await;
    client.structures().primary().await.unwrap();
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(299)).await;
    tokio::time::resume();
    client.structures().primary().await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    tokio::time::resume();
    client.structures().primary().await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

/// Variables of the environment belong to the process, so each case is a process of its own.
#[test]
fn the_environment_names_service_and_key() {
    const CHILD: &str = "ENVIRONMENT_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        match benchmark_email::Client::from_env() {
            Ok(client) => println!("<{client:?}>"),
            Err(error) => println!("<{error}>"),
        }
        return;
    }
    let told = |variables: &[(&str, &str)]| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "the_environment_names_service_and_key",
                "--nocapture",
            ])
            .env_remove("BENCHMARK_EMAIL_BASE_URL")
            .env_remove("BENCHMARK_EMAIL_API_KEY")
            .env(CHILD, "1")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (url, key) = (
        ("BENCHMARK_EMAIL_BASE_URL", "https://api.example.com"),
        ("BENCHMARK_EMAIL_API_KEY", API_KEY),
    );
    assert!(told(&[url, key]).contains("base_url: \"https://api.example.com\""));
    assert!(told(&[url]).contains("BENCHMARK_EMAIL_API_KEY is not set"));
    assert!(told(&[key]).contains("BENCHMARK_EMAIL_BASE_URL is not set"));
}

#[tokio::test]
async fn no_setting_of_ones_own_lets_the_key_follow_a_redirect() {
    let elsewhere = MockServer::start().await;
    let server = MockServer::start().await;
    let redirect = ResponseTemplate::new(302).insert_header("Location", elsewhere.uri());
    Mock::given(method("GET"))
        .respond_with(redirect)
        .mount(&server)
        .await;
    let client = benchmark_email::Client::builder()
        .base_url(server.uri())
        .api_key(API_KEY)
        .http(|http| http.redirect(reqwest::redirect::Policy::limited(5)))
        .build()
        .unwrap();
    let error = client.contacts().get(&jane()).await.unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}
