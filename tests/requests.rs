//! What goes over the wire: the exact request of each step of the guide Manage Contacts.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Client, Contact, ContactId, ListId, NewContact, TagId};
use serde_json::{Value, json};
use support::{API_KEY, example, server_answering, structure};
use wiremock::{MockServer, Request, ResponseTemplate};

const JANE: &str = "/api/contact/66f1a6e4698f1bca60424901";

/// The only request that the server saw; its headers are what every request must carry.
async fn only_request(server: &MockServer) -> (String, Value) {
    let mut requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    let request: Request = requests.remove(0);
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(header("x-api-key"), Some(API_KEY));
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(
        header("api-version"),
        None,
        "no text about the API names this header"
    );
    assert!(
        header("user-agent")
            .unwrap()
            .starts_with("benchmark-email-rust/")
    );
    let body = if request.body.is_empty() {
        Value::Null
    } else {
        assert_eq!(header("content-type"), Some("application/json"));
        serde_json::from_slice(&request.body).unwrap()
    };
    (format!("{} {}", request.method, request.url.path()), body)
}

async fn answering(name: &str) -> (MockServer, Client) {
    server_answering(ResponseTemplate::new(200).set_body_json(example(name))).await
}

fn jane() -> Contact {
    serde_json::from_value(example("Jane")).unwrap()
}

fn jane_id() -> ContactId {
    jane().id
}

#[tokio::test]
async fn step_1_reads_the_structures() {
    let (server, client) = answering("Structures").await;
    let structures = client.structures().all().await.unwrap();
    assert_eq!(structures, [structure()]);
    assert_eq!(
        only_request(&server).await,
        ("GET /api/contact-structure".into(), Value::Null)
    );
}

#[tokio::test]
async fn step_1_keeps_the_first_structure() {
    let (server, client) = answering("Structures").await;
    let first = client.structures().primary().await.unwrap();
    assert_eq!(client.clone().structures().primary().await.unwrap(), first);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn step_2_creates_with_fields_by_id_and_lists() {
    let (server, client) = answering("Jane").await;
    let list = ListId::new("64a1b2c3d4e5f6a7b8c9d200").unwrap();
    let new = NewContact::new(&structure(), "jane.smith@example.com")
        .field("firstName", "Joan")
        .and_then(|new| new.field("First Name", "Jane"))
        .and_then(|new| new.field("Seats", 12))
        .unwrap()
        .list(&list)
        .list(&list);
    let created = client.contacts().create(new).await.unwrap();
    assert_eq!(created, jane());
    assert_eq!(
        only_request(&server).await,
        ("POST /api/contact".into(), example("CreateJane"))
    );
}

#[tokio::test]
async fn a_creation_sends_its_tags_along() {
    let (server, client) = answering("Jane").await;
    let tag = TagId::new("64a1b2c3d4e5f6a7b8c9d300").unwrap();
    let new = NewContact::new(&structure(), "jane.smith@example.com");
    let new = new.tag(&tag).tag(&tag);
    client.contacts().create(new).await.unwrap();
    let (_, sent) = only_request(&server).await;
    assert_eq!(sent["tags"], json!([{ "_id": tag.as_str() }]));
}

#[tokio::test]
async fn step_3_gets_by_id() {
    let (server, client) = answering("Jane").await;
    assert_eq!(client.contacts().get(&jane_id()).await.unwrap(), jane());
    assert_eq!(
        only_request(&server).await,
        (format!("GET {JANE}"), Value::Null)
    );
}

#[tokio::test]
async fn step_4_unsubscribes_with_the_pair() {
    let (server, client) = answering("JaneUnsubscribed").await;
    let gone = client.contacts().unsubscribe(&jane_id()).await.unwrap();
    assert!(!gone.is_active());
    assert_eq!(
        only_request(&server).await,
        (format!("PATCH {JANE}"), example("Unsubscribe"))
    );
}

#[tokio::test]
async fn step_5_replaces_with_everything_that_was_read() {
    let (server, client) = answering("JaneReplaced").await;
    let mut read = example("Jane");
    read["newsletterDay"] = json!({"day": "Monday"});
    let mut contact: Contact = serde_json::from_value(read.clone()).unwrap();
    contact.set(&structure(), "Seats", 15).unwrap();
    client.contacts().replace(&contact).await.unwrap();
    read["fields"][1]["value"] = json!(15);
    assert_eq!(only_request(&server).await, (format!("PUT {JANE}"), read));
}

#[tokio::test]
async fn step_6_deletes_and_returns_what_was_deleted() {
    let (server, client) = answering("Jane").await;
    assert_eq!(
        client.contacts().delete(&jane_id()).await.unwrap(),
        Some(jane())
    );
    assert_eq!(
        only_request(&server).await,
        (format!("DELETE {JANE}"), Value::Null)
    );
}

#[tokio::test]
async fn step_7_lists_everybody() {
    let (server, client) = answering("Contacts").await;
    assert_eq!(client.contacts().list().await.unwrap(), [jane()]);
    assert_eq!(
        only_request(&server).await,
        ("GET /api/contact".into(), Value::Null)
    );
}

#[tokio::test]
async fn find_searches_by_key_with_every_column() {
    let (server, client) = answering("SearchFoundJane").await;
    let found = client
        .contacts()
        .find(&structure(), "jane.smith@example.com")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.id, found.version), (jane_id(), None));
    let mut body = example("SearchByKey");
    body["source"] = json!([
        "_id",
        "key",
        "fields",
        "tags",
        "lists",
        "contactStatus",
        "contactSubStatus",
        "createdAt",
        "updatedAt"
    ]);
    assert_eq!(
        only_request(&server).await,
        ("POST /api/contact/search".into(), body)
    );
}

#[tokio::test]
async fn lists_are_created_by_name() {
    let (server, client) =
        server_answering(ResponseTemplate::new(201).set_body_json(example("Newsletter"))).await;
    let list = client
        .lists(structure().id())
        .create("Newsletter")
        .await
        .unwrap();
    assert_eq!((list.name.as_str(), list.version), ("Newsletter", Some(0)));
    let path = "POST /api/contact-structure/64a1b2c3d4e5f6a7b8c9d0e1/lists".to_owned();
    assert_eq!(
        only_request(&server).await,
        (path, example("CreateNewsletter"))
    );
}

#[tokio::test]
async fn a_base_url_with_a_slash_and_a_path_is_kept() {
    let (server, _) = answering("Contacts").await;
    let client = support::client_of(&format!("{}/gateway/", server.uri()), API_KEY);
    client.contacts().list().await.unwrap();
    assert_eq!(only_request(&server).await.0, "GET /gateway/api/contact");
}

#[tokio::test]
async fn a_delete_that_the_service_answers_with_nothing_is_a_success() {
    for status in [200, 204] {
        let nothing = ResponseTemplate::new(status).insert_header("X-RateLimit-Remaining", "7");
        let (server, client) = server_answering(nothing).await;
        assert_eq!(client.contacts().delete(&jane_id()).await.unwrap(), None);
        assert_eq!(server.received_requests().await.unwrap().len(), 1);

        // Without the service's headers anybody may have said so.
        let (server, client) = server_answering(ResponseTemplate::new(status)).await;
        let error = client.contacts().delete(&jane_id()).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(server.received_requests().await.unwrap().len(), 2);
    }
}
