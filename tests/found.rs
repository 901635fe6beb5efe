//! What a search answers is held against what was asked.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Client, Contact, Error, ErrorKind};
use serde_json::json;
use support::{server_answering, structure};
use wiremock::{MockServer, ResponseTemplate};

/// A service that answers every search with these rows, whatever was asked.
async fn answering(keys: &[&str], total: u64) -> (MockServer, Client) {
    let rows: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(place, key)| json!({"_id": format!("c{place}"), "key": key}))
        .collect();
    let page = json!({"contacts": rows, "totalRecords": total});
    server_answering(ResponseTemplate::new(200).set_body_json(page)).await
}

async fn find_jane(client: &Client) -> Result<Option<Contact>, Error> {
    let contacts = client.contacts();
    contacts.find(&structure(), "jane@example.com").await
}

#[tokio::test]
async fn the_exact_address_comes_before_one_in_other_case() {
    let (_server, client) = answering(&["Jane@example.com", "jane@example.com"], 2).await;
    let found = find_jane(&client).await.unwrap();
    assert_eq!(found.unwrap().id.as_str(), "c1");
}

#[tokio::test]
async fn an_address_in_other_case_is_the_same() {
    let (_server, client) = answering(&["Jane@Example.com"], 1).await;
    let found = find_jane(&client).await.unwrap();
    assert_eq!(found.unwrap().id.as_str(), "c0");
}

#[tokio::test]
async fn other_people_are_not_who_was_asked_for() {
    let (_server, client) = answering(&["joan@example.com"], 1).await;
    let error = find_jane(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Unreadable, Some("searchContacts"))
    );
}

#[tokio::test]
async fn nobody_means_none_in_all() {
    let (_server, client) = answering(&[], 0).await;
    let found = find_jane(&client).await.unwrap();
    assert_eq!(found, None);
    let (_server, client) = answering(&[], 1).await;
    let error = find_jane(&client).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Unreadable,
        "one was counted and none came"
    );
}
