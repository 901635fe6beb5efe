//! Every contact as it arrives.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Contact, Error, ErrorKind, contacts::ContactStream};
use benchmark_email_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use support::{example, hasty_client_of, server_answering};
use wiremock::ResponseTemplate;

async fn collect(mut stream: ContactStream) -> (Vec<Contact>, Option<Error>) {
    let mut contacts = Vec::new();
    while let Some(next) = stream.next().await {
        match next {
            Ok(contact) => contacts.push(contact),
            Err(error) => {
                assert!(stream.next().await.is_none(), "it goes on after an error");
                return (contacts, Some(error));
            }
        }
    }
    (contacts, None)
}

async fn streamed(body: &str) -> (Vec<Contact>, Option<Error>) {
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let (_server, client) = server_answering(answer).await;
    collect(client.contacts().stream()).await
}

fn people(count: usize) -> Value {
    (0..count)
        .map(|n| {
            let mut jane = example("Jane");
            jane["_id"] = json!(format!("c{n}"));
            jane
        })
        .collect()
}

#[tokio::test]
async fn an_array_and_both_wrappers_are_read() {
    let people = people(3);
    for body in [
        people.clone(),
        json!({"total": 3, "records": people}),
        json!({"contacts": people, "next": [{"x": "]"}]}),
    ] {
        let (contacts, error) = streamed(&body.to_string()).await;
        assert!(error.is_none(), "{error:?}");
        let ids: Vec<_> = contacts.iter().map(|contact| contact.id.as_str()).collect();
        assert_eq!(ids, ["c0", "c1", "c2"]);
    }
}

#[tokio::test]
async fn the_stream_and_the_list_are_the_same() {
    let sandbox = Sandbox::builder().contacts(500).start().await.unwrap();
    let client = support::client_of(sandbox.base_url(), sandbox.api_key());
    let (contacts, error) = collect(client.contacts().stream()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(contacts.len(), 500);
    assert_eq!(contacts, client.contacts().list().await.unwrap());
}

#[tokio::test]
async fn a_broken_element_is_named_and_those_before_it_came() {
    let mut people = people(3);
    people[2]["key"] = json!(7);
    let (contacts, error) = streamed(&people.to_string()).await;
    let error = error.unwrap();
    assert_eq!((contacts.len(), error.kind()), (2, ErrorKind::Unreadable));
    assert!(
        error.to_string().starts_with("listContacts: 200 element 2"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_too_large_says_what_helps_there() {
    let sandbox = Sandbox::builder().contacts(100).start().await.unwrap();
    let strict = |bytes| {
        let client = benchmark_email::Client::builder()
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .max_body(bytes)
            .build();
        client.unwrap().contacts()
    };
    // All of them are too many; one of them isn't.
    let error = strict(4_000).list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().contains("`Contacts::stream`"), "{error}");
    let (contacts, error) = collect(strict(4_000).stream()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(contacts.len(), 100);
    // Each of them is too large, and the element is named.
    let (contacts, error) = collect(strict(400).stream()).await;
    let error = error.unwrap();
    assert_eq!((contacts.len(), error.kind()), (0, ErrorKind::TooLarge));
    let told = error.to_string();
    for part in [
        "element 0 at",
        "100 bytes",
        "raise `ClientBuilder::max_body`",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("read less"), "{told}");
    assert_eq!((error.status(), error.attempts()), (Some(200), 1));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_an_error_and_never_a_short_list() {
    let sandbox = Sandbox::builder().contacts(2_000).start().await.unwrap();
    let client = hasty_client_of(sandbox.base_url());
    assert_eq!(
        client
            .contacts()
            .stream()
            .next()
            .await
            .unwrap()
            .unwrap_err()
            .kind(),
        ErrorKind::Unauthorized
    );
    let client = support::client_of(sandbox.base_url(), sandbox.api_key());
    for fault in [
        Fault::close_mid_body(),
        Fault::reset_mid_body(),
        Fault::truncated_json(),
    ] {
        // The second attempt is the one that breaks off.
        sandbox.fault(Fault::html(502).on("listContacts").times(1));
        sandbox.fault(fault.on("listContacts").times(1));
        let (contacts, error) = collect(client.contacts().stream()).await;
        let error = error.expect("it broke off");
        assert_eq!((error.status(), error.attempts()), (Some(200), 2));
        assert!(error.header("x-ratelimit-remaining").is_some());
        assert!(contacts.len() < 2_000);
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::Interrupted, Some("listContacts")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_body_that_stalls_ends_with_an_error() {
    let sandbox = Sandbox::builder().contacts(100).start().await.unwrap();
    let client = benchmark_email::Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .idle_timeout(std::time::Duration::from_millis(300))
        .build()
        .unwrap();
    sandbox.fault(Fault::stall_mid_body().on("listContacts").times(1));
    let (_, error) = collect(client.contacts().stream()).await;
    let error = error.expect("it stalled");
    assert!(
        error.to_string().contains("nothing came for 300ms"),
        "{error}"
    );
}

#[tokio::test]
async fn a_failure_before_the_first_byte_is_tried_again() {
    let sandbox = Sandbox::builder().contacts(10).start().await.unwrap();
    let client = support::client_of(sandbox.base_url(), sandbox.api_key());
    sandbox.fault(Fault::html(502).on("listContacts").times(1));
    let (contacts, error) = collect(client.contacts().stream()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((contacts.len(), sandbox.requests().len()), (10, 2));
}

async fn texts(body: &str) -> (Vec<String>, Option<Error>) {
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let (_server, client) = server_answering(answer).await;
    let mut stream = client.contacts().stream_json();
    let mut texts = Vec::new();
    while let Some(next) = stream.next().await {
        match next {
            Ok(text) => texts.push(text),
            Err(error) => {
                assert!(stream.next().await.is_none(), "it goes on after an error");
                return (texts, Some(error));
            }
        }
    }
    (texts, None)
}

#[tokio::test]
async fn as_json_each_contact_comes_to_the_letter_even_one_that_no_type_reads() {
    let odd = [
        r#"{"__v": 1.50e2, "extra": 123456789012345678901234567890, "key":"a@example.com","_id":"c0"}"#,
        "{\n  \"key\": 7,\n  \"u\": \"\\u00e9\"\n}",
        "null",
    ];
    let (came, error) = texts(&format!(
        "{{\"total\": 3, \"records\": [ {} ]}}",
        odd.join(" , ")
    ))
    .await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(came, odd);
}

#[tokio::test]
async fn as_json_a_list_that_breaks_off_is_an_error() {
    let (came, error) = texts(r#"[{"_id":"c0"},{"_id":"c1"#).await;
    assert_eq!(came, [r#"{"_id":"c0"}"#]);
    assert_eq!(error.unwrap().kind(), ErrorKind::Interrupted);
}
