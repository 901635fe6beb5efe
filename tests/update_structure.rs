//! A structure changed by a closure: fields and tags added and renamed, and nothing lost.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::Duration;

use benchmark_email::{
    Error, ErrorKind, NewContact, StructureId,
    retry::RetryPolicy,
    structures::{DataType, StructureReplacement},
};
use benchmark_email_sandbox::Fault;
use serde_json::{Value, json};
use support::account::Account;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

type Edited<'a> = Result<&'a mut StructureReplacement, Error>;

fn all_of_it(s: &mut StructureReplacement) -> Edited<'_> {
    s.add_field("Renewal", DataType::Date, false)?
        .rename_field("Company", "Employer")?
        .add_tag(String::from("Late"))?
        .rename_tag("VIP", "Very important")
}

async fn raw(account: &Account) -> Value {
    let path = format!("/api/contact-structure/{}", account.structure.id());
    let (_, mut structure) = account.send("GET", &path, None).await;
    for clockwork in ["updatedAt", "__v"] {
        structure.as_object_mut().unwrap().remove(clockwork);
    }
    structure
}

#[tokio::test]
async fn what_is_named_changes_and_everything_else_stays() {
    let account = Account::new().await;
    account
        .change_structure(|now| {
            now["note"] = json!({"b": 1, "a": []});
            now["fields"][0]["width"] = json!(40);
            now["tags"][0]["colour"] = json!("red");
        })
        .await;
    let mut expected = raw(&account).await;
    let structures = account.client.structures();
    let after = structures.update(account.structure.id(), all_of_it).await;
    let after = after.unwrap();

    let renewal = &after.field("Renewal").unwrap().id;
    let late = &after.tag("Late").unwrap().id;
    let field = json!({"_id": renewal, "label": "Renewal", "dataType": "date", "required": false});
    expected["fields"].as_array_mut().unwrap().push(field);
    let tag = json!({"_id": late, "label": "Late"});
    expected["tags"].as_array_mut().unwrap().push(tag);
    let relabel = |items: &mut Value, from: &str, to: &str| {
        let mut items = items.as_array_mut().unwrap().iter_mut();
        let item = items.find(|item| item["label"] == from).unwrap();
        item["label"] = json!(to);
    };
    relabel(&mut expected["fields"], "Company", "Employer");
    relabel(&mut expected["tags"], "VIP", "Very important");
    assert_eq!(raw(&account).await, expected);

    // It is known from now on, without another look.
    let asked = account.sandbox.requests().len();
    assert_eq!(structures.primary().await.unwrap(), after);
    assert_eq!(account.sandbox.requests().len(), asked);
    let new = NewContact::new(&after, "jane@example.com");
    let new = new.field("Employer", "Acme").unwrap();
    let mut jane = account.client.contacts().create(new).await.unwrap();
    jane.add_tag(&after, "Late").unwrap();
    account.client.contacts().replace(&jane).await.unwrap();
}

#[tokio::test]
async fn another_label_alone_is_sent() {
    let account = Account::new().await;
    let structures = account.client.structures();
    let id = account.structure.id();
    let renamed = structures
        .update(id, |s| s.rename_field("Company", "Employer"))
        .await
        .unwrap();
    assert!(renamed.field("Employer").is_ok() && renamed.field("Company").is_err());
    let renamed = structures
        .update(id, |s| s.rename_tag("VIP", "Very important"))
        .await
        .unwrap();
    assert!(renamed.tag("Very important").is_ok() && renamed.tag("VIP").is_err());
    assert_eq!(structures.get(id).await.unwrap(), renamed);
    assert_eq!(account.asked("replaceStructure"), 2);
}

#[tokio::test]
async fn what_is_so_already_is_not_sent() {
    let account = Account::new().await;
    account.sandbox.expect("replaceStructure").never();
    let same = account
        .client
        .structures()
        .update(account.structure.id(), |s| {
            s.add_field("Seats", DataType::Number, true)?
                .rename_field("Seats", "Seats")?
                .add_tag("VIP")?
                .rename_tag("VIP", "VIP")
        })
        .await;
    assert_eq!(same.unwrap(), account.structure);
}

#[tokio::test]
async fn a_change_that_cannot_be_is_told_before_anything_is_sent() {
    let account = Account::new().await;
    account.sandbox.expect("replaceStructure").never();
    let structures = account.client.structures();
    let refused = async |change: fn(&mut StructureReplacement) -> Edited<'_>, told: &str| {
        let refused = structures.update(account.structure.id(), change).await;
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(told), "{error}");
    };
    refused(
        |s| s.rename_field("Compnay", "x"),
        "did you mean \"Company\"?",
    )
    .await;
    refused(
        |s| s.rename_field("Company", "Seats"),
        "another field is called \"Seats\"",
    )
    .await;
    refused(|s| s.rename_field("Company", " "), "a label is empty").await;
    refused(
        |s| s.add_field("Seats", DataType::Text, false),
        "of type number",
    )
    .await;
    refused(
        |s| s.add_field("", DataType::Text, false),
        "a label is empty",
    )
    .await;
    refused(
        |s| {
            s.add_field("New", DataType::Text, false)?
                .rename_field("Seats", "New")
        },
        "another field is called \"New\"",
    )
    .await;
    refused(|s| s.rename_tag("Leads", "x"), "did you mean \"Lead\"?").await;
    refused(
        |s| s.add_tag("x")?.rename_tag("VIP", "x"),
        "another tag is called \"x\"",
    )
    .await;
    refused(|s| s.add_tag(""), "a label is empty").await;
}

fn stale() -> Fault {
    let item = json!({"errorType": "ConcurrencyError", "message": "Document version mismatch"});
    Fault::status(400)
        .body(json!({ "errors": [item] }))
        .on("replaceStructure")
}

#[tokio::test]
async fn after_a_conflict_the_closure_runs_again_on_what_is_there_now() {
    let account = Account::new().await;
    let structures = account.client.structures();
    account.sandbox.fault(stale().times(2));
    let mut runs = 0;
    let after = structures.update(account.structure.id(), |s| {
        runs += 1;
        all_of_it(s)
    });
    assert!(after.await.unwrap().tag("Late").is_ok());
    assert_eq!((runs, account.asked("replaceStructure")), (3, 3));

    account.sandbox.fault(stale());
    let refused = structures.update(account.structure.id(), |s| s.add_tag("Later"));
    assert!(refused.await.unwrap_err().is_conflict());
    assert_eq!(account.asked("replaceStructure"), 3 + 5);
    account.sandbox.clear_faults();
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_look_and_not_by_doing_it_again() {
    for (fault, puts) in [
        (Fault::drop_after_commit(), 1),
        (Fault::truncated_json(), 1),
        (Fault::close_before_answer(), 2),
    ] {
        let account = Account::new().await;
        let policy = RetryPolicy::default().base_delay(Duration::from_millis(1));
        let structures = account.client.with_retry(policy).structures();
        account.sandbox.fault(fault.on("replaceStructure").times(1));
        // A renaming can't be done twice: the old label is gone.
        let after = structures.update(account.structure.id(), all_of_it);
        let after = after.await.unwrap();
        assert!(after.field("Employer").is_ok() && after.field("Company").is_err());
        assert!(account.asked("replaceStructure") >= puts);
    }
}

#[tokio::test]
async fn a_lost_change_that_the_service_keeps_in_its_own_way_is_not_made_twice() {
    let structure = |version: u32, tags: &[&str]| {
        let tag = |label: &&str| json!({"_id": format!("id of {label}"), "label": label});
        let tags: Vec<_> = tags.iter().map(tag).collect();
        json!({"_id": "s1", "label": "Default", "fields": [], "tags": tags, "__v": version})
    };
    for (now, puts) in [
        // Ours, but for a space.
        (structure(2, &["VIP", "Late"]), 1),
        // Somebody else's.
        (structure(2, &["VIP", "Lead"]), 2),
    ] {
        let server = MockServer::start().await;
        let answer = |body: &Value| ResponseTemplate::new(200).set_body_json(body);
        Mock::given(method("GET"))
            .respond_with(answer(&structure(1, &["VIP"])))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .respond_with(answer(&now))
            .mount(&server)
            .await;
        Mock::given(method("PUT"))
            .respond_with(ResponseTemplate::new(500))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        let done = answer(&structure(3, &["VIP", "Lead", "Late "]));
        Mock::given(method("PUT"))
            .respond_with(done)
            .mount(&server)
            .await;
        let structures = support::hasty_client_of(&server.uri()).structures();
        let id = StructureId::new("s1").unwrap();
        let outcome = structures.update(&id, |s| s.add_tag("Late ")).await;
        let sent = server.received_requests().await.unwrap();
        let sent = sent
            .iter()
            .filter(|request| request.method.as_str() == "PUT");
        assert_eq!(sent.count(), puts, "{outcome:?}");
        match outcome {
            Ok(after) => assert_eq!(after.tags().len(), 3),
            Err(error) => assert!(error.is_outcome_unknown() && puts == 1, "{error}"),
        }
    }
}
