//! Contacts as Rust structs, against the sandbox.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::collections::BTreeMap;

use benchmark_email::{ErrorKind, NewContact, Value, value::RecurrentDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use support::account::Account;

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Customer {
    #[serde(rename = "Email")]
    email: String,
    #[serde(rename = "firstName")]
    first: String,
    #[serde(rename = "Seats")]
    seats: Option<u32>,
    #[serde(rename = "Birthday")]
    birthday: Option<RecurrentDate>,
    #[serde(rename = "Customer Since")]
    since: Option<chrono::NaiveDate>,
    #[serde(rename = "Newsletter OK", default)]
    ok: bool,
}

fn jane() -> Customer {
    Customer {
        email: "jane.smith@example.com".to_owned(),
        first: "Jane".to_owned(),
        seats: Some(12),
        birthday: Some(RecurrentDate::new(2, 29).unwrap()),
        since: chrono::NaiveDate::from_ymd_opt(2026, 3, 28),
        ok: true,
    }
}

#[tokio::test]
async fn a_struct_comes_back_from_the_service_as_it_was_sent() {
    let account = Account::new().await;
    let structure = &account.structure;
    let new = NewContact::new(structure, jane().email)
        .fields(&jane())
        .unwrap();
    let created = account.client.contacts().create(new).await.unwrap();
    assert_eq!(structure.decode::<Customer>(&created).unwrap(), jane());

    let got = account.client.contacts().get(&created.id).await.unwrap();
    assert_eq!(structure.decode::<Customer>(&got).unwrap(), jane());
    let found = account
        .client
        .contacts()
        .find(structure, &jane().email)
        .await
        .unwrap();
    assert_eq!(
        structure.decode::<Customer>(&found.unwrap()).unwrap(),
        jane()
    );
}

#[tokio::test]
async fn what_is_none_is_not_sent() {
    let account = Account::new().await;
    let structure = &account.structure;
    let sparse = Customer {
        seats: None,
        birthday: None,
        since: None,
        ok: false,
        ..jane()
    };
    let new = NewContact::new(structure, jane().email)
        .fields(&sparse)
        .unwrap();
    let created = account.client.contacts().create(new).await.unwrap();
    let requests = account.sandbox.requests();
    let sent = requests
        .iter()
        .find(|r| r.operation == Some("createContact"))
        .unwrap();
    let sent = sent.json().unwrap();
    assert_eq!(sent["fields"].as_array().unwrap().len(), 2, "{sent}");
    assert_eq!(structure.decode::<Customer>(&created).unwrap(), sparse);
}

#[tokio::test]
async fn a_number_that_the_service_keeps_as_text_is_a_number() {
    let account = Account::new().await;
    let field = |label| account.structure.field(label).unwrap().id.clone();
    let body = json!({
        "key": "jane@example.com", "contactStructureId": account.structure.id(),
        "fields": [{"_id": field("First Name"), "value": "Jane"}, {"_id": field("Seats"), "value": "12"}],
    });
    let (status, jane) = account.send("POST", "/api/contact", Some(body)).await;
    assert_eq!(status, 200, "{jane}");
    let jane = account.client.contacts().list().await.unwrap().remove(0);
    assert_eq!(
        jane.field(&account.structure, "Seats").unwrap(),
        Some(&"12".into())
    );
    let customer: Customer = account.structure.decode(&jane).unwrap();
    assert_eq!(customer.seats, Some(12));
}

#[tokio::test]
async fn a_field_renamed_since_is_named() {
    #[derive(Debug, Deserialize)]
    struct Sized {
        #[serde(rename = "Team size")]
        _size: u32,
    }
    let account = Account::new().await;
    let before = &account.structure;
    let new = NewContact::new(before, "jane@example.com")
        .field("Seats", 12)
        .unwrap();
    let jane = account.client.contacts().create(new).await.unwrap();

    let path = format!("/api/contact-structure/{}", before.id());
    let mut body = serde_json::to_value(before).unwrap();
    for name in ["_id", "createdAt", "updatedAt"] {
        body.as_object_mut().unwrap().remove(name);
    }
    body["fields"][3]["label"] = "Team size".into();
    let (status, _) = account.send("PUT", &path, Some(body)).await;
    assert_eq!(status, 200);

    let error = before.decode::<Sized>(&jane).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(
        error.to_string().contains("has no field \"Team size\""),
        "{error}"
    );
    assert!(
        error.to_string().contains("read the structure again"),
        "{error}"
    );
    let after = account.client.structures().get(before.id()).await.unwrap();
    assert!(after.decode::<Sized>(&jane).is_ok());
}

#[tokio::test]
async fn one_decoder_serves_every_contact_and_an_untyped_map_holds_all() {
    let account = Account::new().await;
    let structure = &account.structure;
    for seats in 0..20 {
        let new = NewContact::new(structure, format!("run+{seats}@example.com"))
            .fields(&BTreeMap::from([("Seats", seats)]))
            .unwrap();
        account.client.contacts().create(new).await.unwrap();
    }
    let decoder = structure.decoder::<BTreeMap<String, Value>>();
    let contacts = account.client.contacts().list().await.unwrap();
    let mut seats: Vec<i64> = contacts
        .iter()
        .map(|contact| decoder.decode(contact).unwrap()["Seats"].as_i64().unwrap())
        .collect();
    seats.sort_unstable();
    assert_eq!(seats, (0..20).collect::<Vec<_>>());
}
