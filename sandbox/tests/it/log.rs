use std::sync::{Arc, Mutex};

use benchmark_email_sandbox::{Fault, RequestRecord, Sandbox};
use reqwest::Method;
use serde_json::json;

use super::account::Account;

#[tokio::test]
async fn each_request_is_logged_with_what_was_asked_and_answered() {
    let account = Account::new().await;
    let body = json!({ "key": "jane@example.com" });
    account.post("/api/contact?x=1", body.clone()).await;
    let requests = account.sandbox.requests();
    let [record] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(
        (
            record.method.as_str(),
            record.path.as_str(),
            record.query.as_deref()
        ),
        ("POST", "/api/contact", Some("x=1"))
    );
    assert_eq!(
        (record.operation, record.status),
        (Some("createContact"), Some(400))
    );
    assert_eq!(record.json(), Some(body));
    assert_eq!(record.rule, Some("contact-structure-required"));
    let key = account.sandbox.api_key();
    assert_eq!(
        record.key.as_deref(),
        Some(format!("…{}", &key[key.len() - 4..]).as_str())
    );
    assert_eq!(
        record.to_string(),
        "#1 POST /api/contact createContact -> 400 (rule contact-structure-required)"
    );
    assert!(!format!("{record:?}").contains("jane"));

    let (_, over_http) = account.get("/_sandbox/requests?after=0").await;
    assert_eq!(over_http[0]["body"]["key"], "jane@example.com");
    assert_eq!(
        over_http[0]["answer"]["errors"][0]["errorType"],
        "ValidationError"
    );
    assert_eq!(account.get("/_sandbox/requests?after=1").await.1, json!([]));
}

#[tokio::test]
async fn the_log_keeps_the_last_requests_only() {
    let account = Account::with(Sandbox::builder().keep_requests(2)).await;
    for _ in 0..5 {
        account.get("/api/contact").await;
    }
    let numbers: Vec<_> = account
        .sandbox
        .requests()
        .iter()
        .map(|request| request.number)
        .collect();
    assert_eq!(numbers, [4, 5]);
}

#[tokio::test]
async fn met_expectations_are_silent() {
    let account = Account::new().await;
    account.sandbox.expect("listContacts").times(2);
    account.sandbox.expect("getContact").answered(404);
    account.sandbox.expect("deleteContact").never();
    account.sandbox.expect("createContact").within(..=3);
    account.get("/api/contact").await;
    account.get("/api/contact/x").await;
    let unmet = account.sandbox.verify().unwrap_err().to_string();
    assert_eq!(
        unmet,
        "the sandbox was not asked as expected\n\
         - expected listContacts 2 times, got 1\n\
         it was asked\n  \
         #1 GET /api/contact listContacts -> 200\n  \
         #2 GET /api/contact/x getContact -> 404 (rule contact-exists)"
    );
    account.get("/api/contact").await;
    account.sandbox.verify().unwrap();
}

#[tokio::test]
#[should_panic(expected = "expected createContact at least 1 times, got 0\nit was asked nothing")]
async fn an_expectation_that_is_not_met_fails_the_test_on_drop() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.expect("createContact");
}

#[tokio::test]
#[should_panic(expected = "there is no operation \"makeContact\" to expect")]
async fn an_expectation_of_nothing_is_a_mistake_in_the_test() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.expect("makeContact");
}

#[tokio::test]
async fn a_listener_hears_of_each_request_once_it_has_its_answer_or_will_get_none() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    let listen = move |record: &RequestRecord| told.lock().unwrap().push(record.to_string());
    let account = Account::with(Sandbox::builder().on_request(listen)).await;
    heard.lock().unwrap().clear();
    account.get("/api/contact").await;
    account
        .sandbox
        .fault(Fault::drop_after_commit().on("createContact"));
    account
        .sandbox
        .fault(Fault::close_before_answer().on("listEvents"));
    account.sandbox.fault(Fault::html(502).on("listContacts"));
    let client = reqwest::Client::new();
    for (method, path) in [
        (Method::POST, "/api/contact"),
        (Method::GET, "/api/contact/events"),
        (Method::GET, "/api/contact"),
    ] {
        let url = format!("{}{path}", account.sandbox.base_url());
        let key = account.sandbox.api_key();
        drop(
            client
                .request(method, url)
                .header("X-API-Key", key)
                .send()
                .await,
        );
    }
    let heard: Vec<String> = heard
        .lock()
        .unwrap()
        .iter()
        .map(|line| line.split_once(' ').unwrap().1.to_owned())
        .collect();
    assert_eq!(
        heard,
        [
            "GET /api/contact listContacts -> 200",
            "POST /api/contact createContact -> no answer (rule content-type) (fault drop-after-commit)",
            "GET /api/contact/events listEvents -> no answer (fault close-before-answer)",
            "GET /api/contact listContacts -> 502 (fault html)",
        ]
    );
}
