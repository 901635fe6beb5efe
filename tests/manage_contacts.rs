//! The guide Manage Contacts against the sandbox: its seven steps through the client, and each rule
//! that the sandbox enforces, broken once.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{
    ContactId, ErrorKind, ListId, NewContact, StructureId, Value,
    contacts::{PrimaryStatus, StatusReason},
};
use serde_json::json;
use support::account::Account;

#[tokio::test]
#[allow(
    clippy::too_many_lines,
    reason = "one story, told in the guide's order"
)]
async fn the_seven_steps_do_what_the_guide_says() {
    let account = Account::new().await;
    let (contacts, structure) = (account.client.contacts(), &account.structure);

    // 1. The structure.
    assert_eq!(
        account
            .client
            .structures()
            .get(structure.id())
            .await
            .unwrap(),
        *structure
    );
    let labels: Vec<&str> = structure
        .fields()
        .iter()
        .map(|field| field.label.as_str())
        .collect();
    let expected = [
        "First Name",
        "Last Name",
        "Company",
        "Seats",
        "Birthday",
        "Customer Since",
        "Newsletter OK",
    ];
    assert_eq!(labels, expected);

    // 2. Create, with a value of each data type and a list.
    let list = account
        .client
        .lists(structure.id())
        .create("Newsletter")
        .await
        .unwrap();
    let new = NewContact::new(structure, "jane.smith@example.com")
        .field("firstName", "Jane")
        .and_then(|new| new.field("Seats", 12))
        .and_then(|new| new.field("Birthday", "02-29"))
        .and_then(|new| new.field("Customer Since", "2026-03-28"))
        .and_then(|new| new.field("Newsletter OK", true))
        .unwrap()
        .list(&list.id);
    let jane = contacts.create(new).await.unwrap();
    assert!(jane.is_active() && jane.is_on(&list.id));
    assert_eq!(
        jane.field(structure, "Seats")
            .unwrap()
            .and_then(Value::as_i64),
        Some(12)
    );

    // 3. Get.
    assert_eq!(contacts.get(&jane.id).await.unwrap(), jane);
    let found = contacts
        .find(structure, "jane.smith@example.com")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&found.id, &found.fields, &found.lists),
        (&jane.id, &jane.fields, &jane.lists)
    );

    // 4. Unsubscribe.
    let gone = contacts.unsubscribe(&jane.id).await.unwrap();
    let status = gone.status().unwrap();
    assert_eq!(status.primary, PrimaryStatus::Inactive);
    assert_eq!(status.secondary, Some(StatusReason::Unsubscribe));

    // 5. Replace.
    let mut whole = contacts.get(&jane.id).await.unwrap();
    whole
        .set(structure, "Company", "Acme, Inc.")
        .unwrap()
        .set(structure, "Seats", None::<i64>)
        .unwrap();
    let replaced = contacts.replace(&whole).await.unwrap();
    assert_eq!(
        replaced
            .field(structure, "Company")
            .unwrap()
            .and_then(Value::as_str),
        Some("Acme, Inc.")
    );
    assert_eq!(
        replaced
            .field(structure, "First Name")
            .unwrap()
            .and_then(Value::as_str),
        Some("Jane")
    );
    assert!(
        replaced
            .field(structure, "Seats")
            .unwrap()
            .is_none_or(Value::is_null)
    );
    assert!(replaced.is_on(&list.id) && !replaced.is_active());
    assert!(replaced.version > whole.version);

    // 6. Delete.
    assert_eq!(
        contacts.delete(&jane.id).await.unwrap().unwrap().id,
        jane.id
    );
    assert!(contacts.get(&jane.id).await.unwrap_err().is_not_found());

    // 7. List.
    let keys = ["a@example.com", "b@example.com"];
    for key in keys {
        contacts
            .create(NewContact::new(structure, key))
            .await
            .unwrap();
    }
    let all = contacts.list().await.unwrap();
    assert_eq!(
        all.iter()
            .map(|contact| contact.key.as_str())
            .collect::<Vec<_>>(),
        keys
    );
}

#[tokio::test]
async fn an_address_that_exists_is_a_duplicate() {
    let account = Account::new().await;
    let new = || NewContact::new(&account.structure, "jane@example.com");
    let first = account.client.contacts().create(new()).await.unwrap();
    let error = account.client.contacts().create(new()).await.unwrap_err();
    assert!(error.is_duplicate(), "{error}");
    assert_eq!(account.client.contacts().list().await.unwrap(), [first]);
}

#[tokio::test]
async fn nobody_is_found_by_an_address_that_is_not_there() {
    let account = Account::new().await;
    account.jane().await;
    let found = account
        .client
        .contacts()
        .find(&account.structure, "joan@example.com")
        .await
        .unwrap();
    assert_eq!(found, None);
}

#[tokio::test]
async fn a_key_that_may_only_read_is_told_which_scope_it_lacks() {
    let account = Account::new().await;
    let reader = account.reader();
    assert_eq!(reader.contacts().list().await.unwrap(), []);
    let error = reader
        .contacts()
        .create(NewContact::new(&account.structure, "a@example.com"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.missing_scope()),
        (ErrorKind::MissingScope, Some("contacts:write"))
    );
}

#[tokio::test]
async fn an_unknown_key_is_unauthorized() {
    let account = Account::new().await;
    let stranger = support::client_of(account.sandbox.base_url(), support::API_KEY);
    let error = stranger.contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn an_unknown_id_is_not_found() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let id = ContactId::new("66f1a6e4698f1bca60424901").unwrap();
    assert!(contacts.get(&id).await.unwrap_err().is_not_found());
    assert!(contacts.unsubscribe(&id).await.unwrap_err().is_not_found());
    assert!(contacts.delete(&id).await.unwrap_err().is_not_found());
    let structure = StructureId::new("66f1a6e4698f1bca60424901").unwrap();
    assert!(
        account
            .client
            .structures()
            .get(&structure)
            .await
            .unwrap_err()
            .is_not_found()
    );
    let list = ListId::new("66f1a6e4698f1bca60424901").unwrap();
    assert!(
        account
            .client
            .lists(account.structure.id())
            .get(&list)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let jane = contacts
        .create(NewContact::new(&account.structure, "jane@example.com"))
        .await
        .unwrap();
    let (mut mine, mut theirs) = (jane.clone(), jane);
    theirs.set(&account.structure, "Company", "Theirs").unwrap();
    contacts.replace(&theirs).await.unwrap();
    mine.set(&account.structure, "Company", "Mine").unwrap();
    let error = contacts.replace(&mine).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let kept = contacts.get(&mine.id).await.unwrap();
    assert_eq!(
        kept.field(&account.structure, "Company")
            .unwrap()
            .and_then(Value::as_str),
        Some("Theirs")
    );
}

#[tokio::test]
async fn unsubscribing_twice_does_no_more() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let jane = contacts
        .create(NewContact::new(&account.structure, "jane@example.com"))
        .await
        .unwrap();
    contacts.unsubscribe(&jane.id).await.unwrap();
    assert!(!contacts.unsubscribe(&jane.id).await.unwrap().is_active());
}

#[tokio::test]
async fn required_properties_are_required() {
    let account = Account::new().await;
    let told = |message: &str| (400, "ValidationError".to_owned(), message.to_owned());
    let id = account.structure.id();
    assert_eq!(
        account
            .refused("POST", "/api/contact", json!({"contactStructureId": id}))
            .await,
        told("key is required")
    );
    assert_eq!(
        account
            .refused("POST", "/api/contact", json!({"key": "a@example.com"}))
            .await,
        told("contactStructureId is required")
    );
    let lists = format!("/api/contact-structure/{id}/lists");
    assert_eq!(
        account.refused("POST", &lists, json!({})).await,
        told("name is required")
    );
}

#[tokio::test]
async fn a_field_that_the_structure_lacks_is_refused() {
    let account = Account::new().await;
    let fields = json!([{"_id": "64a1b2c3d4e5f6a7b8c9ffff", "value": "x"}]);
    let body = json!({"key": "a@example.com", "contactStructureId": account.structure.id(), "fields": fields});
    let (status, error_type, _) = account.refused("POST", "/api/contact", body).await;
    assert_eq!((status, error_type.as_str()), (400, "ValidationError"));
}

#[tokio::test]
async fn the_status_rules_hold() {
    let account = Account::new().await;
    let jane = account.jane().await;
    let path = format!("/api/contact/{}", jane["_id"].as_str().unwrap());
    for (why, status) in [
        (
            "case matters",
            json!({"primary": "inactive", "secondary": "Unsubscribe"}),
        ),
        (
            "case matters",
            json!({"primary": "Inactive", "secondary": "unsubscribe"}),
        ),
        ("the pair is needed", json!({"primary": "Inactive"})),
        (
            "only Unsubscribe may be set",
            json!({"primary": "Inactive", "secondary": "Bounce"}),
        ),
    ] {
        let (code, error_type, _) = account
            .refused("PATCH", &path, json!({"status": status}))
            .await;
        assert_eq!(
            (code, error_type.as_str()),
            (400, "ValidationError"),
            "{why}: {status}"
        );
    }
    let (_, same) = account.send("GET", &path, None).await;
    assert_eq!(same["status"]["primary"], "Active");

    let left = json!({"status": {"primary": "Inactive", "secondary": "Unsubscribe"}});
    assert_eq!(account.send("PATCH", &path, Some(left)).await.0, 200);
    let back = json!({"status": {"primary": "Active"}});
    assert_eq!(account.refused("PATCH", &path, back.clone()).await.0, 400);

    let (_, mut whole) = account.send("GET", &path, None).await;
    whole["status"] = back["status"].clone();
    assert_eq!(account.refused("PUT", &path, whole).await.0, 400);
    let (_, same) = account.send("GET", &path, None).await;
    assert_eq!(
        same["status"],
        json!({"primary": "Inactive", "secondary": "Unsubscribe"})
    );
}

#[tokio::test]
async fn a_replacement_erases_what_it_leaves_out_and_needs_the_version() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let new = NewContact::new(&account.structure, "jane@example.com")
        .field("Company", "Acme")
        .unwrap();
    let jane = contacts.create(new).await.unwrap();
    let path = format!("/api/contact/{}", jane.id);
    let mut body = json!({"key": "jane@example.com", "contactStructureId": account.structure.id()});
    assert_eq!(account.refused("PUT", &path, body.clone()).await.0, 400);
    body["__v"] = json!(jane.version);
    assert_eq!(account.send("PUT", &path, Some(body)).await.0, 200);
    assert_eq!(
        contacts
            .get(&jane.id)
            .await
            .unwrap()
            .field(&account.structure, "Company")
            .unwrap(),
        None
    );
}
