//! The structure changes after it was read, and a contact that goes by it is refused: what changed is
//! told.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Contact, Error, ErrorKind, NewContact};
use benchmark_email_sandbox::Fault;
use serde_json::{Value, json};
use support::account::Account;

/// The field or tag with this label, in a structure's JSON.
fn labelled<'a>(items: &'a mut Value, label: &str) -> &'a mut Value {
    let items = items.as_array_mut().unwrap();
    items
        .iter_mut()
        .find(|item| item["label"] == label)
        .unwrap()
}

fn without(items: &mut Value, label: &str) {
    let items = items.as_array_mut().unwrap();
    items.retain(|item| item["label"] != label);
}

async fn jane(account: &Account) -> Contact {
    let new = NewContact::new(&account.structure, "jane@example.com");
    account.client.contacts().create(new).await.unwrap()
}

/// A refusal of what the structure no longer allows, told with exactly this.
fn assert_told(error: &Error, drift: &str) {
    assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    let told = error.drift().unwrap_or_else(|| panic!("no word: {error}"));
    let (_, told) = told.split_once("changed since it was read: ").unwrap();
    let (told, advice) = told.split_once("; ").unwrap();
    assert_eq!(
        (told, advice),
        (drift, "read it again and go by what it says now")
    );
    assert!(error.to_string().contains(drift), "{error}");
    assert!(error.to_string().contains("ValidationError: "), "{error}");
}

#[tokio::test]
async fn a_removed_field_is_named_to_who_creates_a_contact() {
    let account = Account::new().await;
    let new = NewContact::new(&account.structure, "jane@example.com");
    let new = new.field("Seats", 3).unwrap();
    account
        .change_structure(|now| without(&mut now["fields"], "Seats"))
        .await;
    let error = account.client.contacts().create(new).await.unwrap_err();
    assert_told(&error, r#"the field "Seats" was removed"#);
}

#[tokio::test]
async fn a_retyped_field_is_named_to_who_updates_and_the_next_update_knows() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    account
        .change_structure(|now| labelled(&mut now["fields"], "Seats")["dataType"] = json!("text"))
        .await;
    let contacts = account.client.contacts();
    let asked = account.asked("getStructure");
    let error = contacts
        .update(&jane.id, |c| c.set("Seats", 3))
        .await
        .unwrap_err();
    assert_told(
        &error,
        r#"the field "Seats" was of type number and is of type text now"#,
    );
    contacts
        .update(&jane.id, |c| c.set("Seats", "3"))
        .await
        .unwrap();
    assert_eq!(account.asked("getStructure"), asked + 1);
}

#[tokio::test]
async fn what_was_renamed_is_not_named_beside_what_was_removed() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    account
        .change_structure(|now| {
            without(&mut now["fields"], "Company");
            labelled(&mut now["fields"], "First Name")["label"] = json!("Given Name");
            labelled(&mut now["fields"], "Seats")["label"] = json!("Not used");
        })
        .await;
    let error = account
        .client
        .contacts()
        .update(&jane.id, |c| {
            c.set("First Name", "Jane")?.set("Company", "Acme")
        })
        .await
        .unwrap_err();
    assert_told(&error, r#"the field "Company" was removed"#);
}

#[tokio::test]
async fn only_what_the_refusal_names_is_told_to_have_changed() {
    const FIELD: &str = r#"the field "First Name" is called "Given Name" now"#;
    const TAG: &str = r#"the tag "VIP" is called "Very important" now"#;
    for (named, told) in [
        (json!({"field": "fields", "fieldId": "Seats"}), None),
        (json!({"fieldId": "First Name"}), Some(FIELD.to_owned())),
        (json!({"field": "First Name"}), Some(FIELD.to_owned())),
        (json!({"field": "fields[0].value"}), Some(FIELD.to_owned())),
        (json!({"field": "tags"}), Some(TAG.to_owned())),
        (json!({}), Some(format!("{FIELD}, {TAG}"))),
    ] {
        let account = Account::new().await;
        let jane = jane(&account).await;
        account
            .change_structure(|now| {
                labelled(&mut now["fields"], "First Name")["label"] = json!("Given Name");
                labelled(&mut now["tags"], "VIP")["label"] = json!("Very important");
            })
            .await;
        let mut item = json!({"errorType": "ValidationError", "message": "too large"});
        for (name, value) in named.as_object().unwrap() {
            let label = value.as_str().unwrap();
            item[name] = match name.as_str() {
                "fieldId" => json!(account.structure.field(label).unwrap().id),
                _ => json!(label),
            };
        }
        let fault = Fault::status(400).body(json!({ "errors": [item] }));
        account.sandbox.fault(fault.on("replaceContact").times(1));
        let contacts = account.client.contacts();
        let updated = contacts.update(&jane.id, |c| {
            c.set("First Name", "Jane")?.set("Seats", 3)?.add_tag("VIP")
        });
        let error = updated.await.unwrap_err();
        match told {
            Some(told) => assert_told(&error, &told),
            None => assert_eq!(error.drift(), None, "{named}"),
        }
    }
}

#[tokio::test]
async fn a_removed_tag_is_named_to_who_replaces() {
    let account = Account::new().await;
    let mut jane = jane(&account).await;
    jane.add_tag(&account.structure, "VIP").unwrap();
    account
        .change_structure(|now| without(&mut now["tags"], "VIP"))
        .await;
    let error = account.client.contacts().replace(&jane).await.unwrap_err();
    assert_told(&error, r#"the tag "VIP" was removed"#);
    // A client that never read the structure has nothing to compare with, and asks for nothing.
    let asked = account.asked("getStructure");
    let other = support::client_of(account.sandbox.base_url(), account.sandbox.api_key());
    let error = other.contacts().replace(&jane).await.unwrap_err();
    assert_eq!((error.kind(), error.drift()), (ErrorKind::Validation, None));
    assert_eq!(account.asked("getStructure"), asked);
}

#[tokio::test]
async fn an_upsert_is_told_whether_it_creates_or_updates() {
    let account = Account::new().await;
    account
        .change_structure(|now| without(&mut now["fields"], "Seats"))
        .await;
    let contacts = account.client.contacts();
    let key = "jane@example.com";
    let upserted = contacts.upsert(&account.structure, key, |c| c.set("Seats", 3));
    assert_told(
        &upserted.await.unwrap_err(),
        r#"the field "Seats" was removed"#,
    );

    let account = Account::new().await;
    let jane = jane(&account).await;
    account
        .change_structure(|now| without(&mut now["fields"], "Seats"))
        .await;
    let contacts = account.client.contacts();
    let upserted = contacts.upsert(&account.structure, jane.key.as_str(), |c| c.set("Seats", 3));
    assert_told(
        &upserted.await.unwrap_err(),
        r#"the field "Seats" was removed"#,
    );
}

#[tokio::test]
async fn an_upsert_goes_by_the_structure_that_it_is_given_whether_it_creates_or_updates() {
    let account = Account::new().await;
    let (structure, contacts) = (&account.structure, account.client.contacts());
    let there = jane(&account).await;
    // The client knows of it; who wrote the labels doesn't.
    let renamed = account
        .client
        .structures()
        .update(structure.id(), |s| s.rename_field("Company", "Employer"))
        .await
        .unwrap();
    for key in ["new@example.com", there.key.as_str()] {
        let upserted = contacts.upsert(structure, key, |c| c.set("Company", "Acme"));
        let contact = upserted.await.unwrap().into_contact();
        let company = contact.field(&renamed, "Employer").unwrap().unwrap();
        assert_eq!(company.as_str(), Some("Acme"), "{key}");
    }
    for key in ["newer@example.com", there.key.as_str()] {
        let upserted = contacts.upsert(structure, key, |c| c.set("Employer", "Acme"));
        let error = upserted.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    account
        .change_structure(|now| without(&mut now["fields"], "Seats"))
        .await;
    for key in ["newest@example.com", there.key.as_str()] {
        let upserted = contacts.upsert(structure, key, |c| {
            c.set("Company", "Acme, Inc.")?.set("Seats", 3)
        });
        assert_told(
            &upserted.await.unwrap_err(),
            r#"the field "Seats" was removed"#,
        );
    }
}

#[tokio::test]
async fn many_refusals_cost_one_look() {
    let account = Account::new().await;
    account
        .change_structure(|now| without(&mut now["fields"], "Seats"))
        .await;
    let asked = account.asked("getStructure");
    for name in ["a", "b", "c"] {
        let new = NewContact::new(&account.structure, format!("{name}@example.com"));
        let new = new.field("Seats", 3).unwrap();
        let error = account.client.contacts().create(new).await.unwrap_err();
        assert_told(&error, r#"the field "Seats" was removed"#);
    }
    assert_eq!(account.asked("getStructure"), asked + 1);
}

#[tokio::test]
async fn a_refusal_that_is_no_drift_is_told_as_it_is() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    let contacts = account.client.contacts();
    let refuse = |item: Value| {
        let fault = Fault::status(400).body(json!({ "errors": [item] }));
        account.sandbox.fault(fault.on("replaceContact").times(1));
    };
    let asked = account.asked("getStructure");
    refuse(json!({"errorType": "ValidationError", "message": "no", "field": "key"}));
    refuse(json!({"errorType": "DuplicateFieldError", "message": "no", "field": "fields"}));
    for _ in 0..2 {
        let refused = contacts.update(&jane.id, |c| c.set("Seats", 3)).await;
        assert_eq!(refused.unwrap_err().drift(), None);
    }
    assert_eq!(account.asked("getStructure"), asked);

    // It looks like drift, and there is none.
    refuse(json!({"errorType": "ValidationError", "message": "no", "field": "fields"}));
    let refused = contacts.update(&jane.id, |c| c.set("Seats", 3)).await;
    assert_eq!(refused.unwrap_err().drift(), None);
    assert_eq!(account.asked("getStructure"), asked + 1);
}

#[tokio::test]
async fn a_look_that_fails_hides_no_refusal() {
    let gone = json!({"errors": [{"errorType": "RecordNotFound", "message": "no structure"}]});
    for (status, body, told) in [
        (500, json!(""), false),
        (503, json!(""), false),
        (404, json!("<html>"), false),
        (404, gone, true),
    ] {
        let account = Account::new().await;
        let jane = jane(&account).await;
        account
            .change_structure(|now| without(&mut now["fields"], "Seats"))
            .await;
        let armed = Fault::status(status).body(body).on("getStructure");
        account.sandbox.fault(armed);
        let asked = account.asked("getStructure");
        let update = account.client.contacts();
        let update = update.update(&jane.id, |c| c.set("Seats", 3));
        let error = update.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
        assert_eq!(error.status(), Some(400));
        assert_eq!(account.asked("getStructure"), asked + 1);
        let gone = error
            .drift()
            .is_some_and(|drift| drift.ends_with("exists no more"));
        assert_eq!(gone, told, "{error}");
    }
}
