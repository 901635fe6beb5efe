//! What can't be right fails before anything is sent, and says why.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Client, Contact, ContactId, Error, ErrorKind, NewContact};
use support::{API_KEY, example, server_answering, structure};
use wiremock::ResponseTemplate;

fn invalid(error: &Error, why: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(error.status(), None);
}

#[test]
fn a_wrong_base_url_or_key_is_told_at_once() {
    let build = |url: &str, key: &str| Client::builder().base_url(url).api_key(key).build();
    for (url, key, why) in [
        ("not a url", API_KEY, "is not a URL"),
        ("http://api.example.com", API_KEY, "plain http"),
        ("https://api.example.com", "", "is empty"),
        ("https://api.example.com", "bme_us_abc\n", "line break"),
        ("https://api.example.com", "bme us", "space"),
    ] {
        let error = build(url, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(why), "{error}");
    }
    let error = Client::builder().build().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no base URL: take it from Settings"),
        "{error}"
    );
    let error = Client::builder()
        .base_url("https://a.example")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("no API key"), "{error}");
}

#[test]
fn an_unknown_label_and_a_value_of_the_wrong_type_are_told() {
    let new = || NewContact::new(&structure(), "jane@example.com");
    invalid(
        &new().field("Fist Name", "Jane").unwrap_err(),
        "did you mean \"First Name\"?",
    );
    invalid(
        &new().field("Seats", "twelve").unwrap_err(),
        "takes a number; got text",
    );
    invalid(
        &new().field("First Name", 12).unwrap_err(),
        "takes text; got a number",
    );
    invalid(&new().field("Seats", f64::NAN).unwrap_err(), "infinite");
}

#[test]
fn an_id_with_a_slash_is_told() {
    invalid(&ContactId::new("a/../b").unwrap_err(), "holds '/'");
    invalid(&ContactId::new("..").unwrap_err(), "holds '.'");
    invalid(&ContactId::new("").unwrap_err(), "is empty");
}

#[tokio::test]
async fn what_is_found_wrong_late_is_still_found_before_anything_is_sent() {
    let (server, client) = server_answering(ResponseTemplate::new(500)).await;
    let contacts = client.contacts();

    for (address, why) in [
        ("", "is empty"),
        ("jane\n@example.com", "holds '\\n'"),
        ("jane", "no `@`"),
    ] {
        invalid(
            &contacts
                .create(NewContact::new(&structure(), address))
                .await
                .unwrap_err(),
            why,
        );
        invalid(
            &contacts.find(&structure(), address).await.unwrap_err(),
            why,
        );
    }
    let mut found: Contact = serde_json::from_value(example("Jane")).unwrap();
    found.version = None;
    invalid(
        &contacts.replace(&found).await.unwrap_err(),
        "get it before you replace it",
    );
    let lists = client.lists(structure().id());
    invalid(&lists.create("").await.unwrap_err(), "1 to 1,000");
    invalid(
        &lists.create(&"n".repeat(1001)).await.unwrap_err(),
        "this one has 1001",
    );

    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
