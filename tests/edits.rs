//! Edits that lose nothing: `update` and `upsert` against the sandbox.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{
    Contact, ErrorKind, NewContact, Value, budget::Pacing, contacts::Upserted, retry::RetryPolicy,
};
use benchmark_email_sandbox::Fault;
use serde::Serialize;
use serde_json::json;
use support::account::Account;

async fn jane(account: &Account) -> Contact {
    let new = NewContact::new(&account.structure, "jane@example.com");
    let new = new.field("First Name", "Jane").unwrap();
    account.client.contacts().create(new).await.unwrap()
}

fn text<'a>(account: &Account, contact: &'a Contact, field: &str) -> Option<&'a str> {
    contact
        .field(&account.structure, field)
        .unwrap()
        .and_then(|value| value.as_str())
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_keeps_the_rest() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let list = account
        .client
        .lists(account.structure.id())
        .create("News")
        .await
        .unwrap();
    let after = account
        .client
        .contacts()
        .update(&before.id, |c| {
            c.set("Company", "Acme, Inc.")?
                .set("Seats", 3)?
                .add_tag("VIP")?
                .add_list(&list.id)
        })
        .await
        .unwrap();
    assert_eq!(text(&account, &after, "First Name"), Some("Jane"));
    assert_eq!(text(&account, &after, "Company"), Some("Acme, Inc."));
    assert!(after.is_on(&list.id) && after.tags.len() == 1);
    let bare = account
        .client
        .contacts()
        .update(&before.id, |c| {
            c.remove_tag("VIP")?
                .remove_list(&list.id)?
                .set("Seats", None::<i64>)
        })
        .await
        .unwrap();
    assert!(!bare.is_on(&list.id) && bare.tags.is_empty());
    assert_eq!(text(&account, &bare, "Company"), Some("Acme, Inc."));
}

#[tokio::test]
async fn a_struct_changes_the_fields_that_it_has_values_for() {
    #[derive(Serialize)]
    struct Row {
        #[serde(rename = "Email")]
        email: &'static str,
        #[serde(rename = "First Name")]
        first: Option<&'static str>,
        #[serde(rename = "Company")]
        company: Option<&'static str>,
    }
    let account = Account::new().await;
    let (contacts, structure) = (account.client.contacts(), &account.structure);
    let before = jane(&account).await;
    let mut row = Row {
        email: "jane@example.com",
        first: None,
        company: Some("Acme, Inc."),
    };
    let updated = contacts.update(&before.id, |c| c.fields(&row)).await;
    let updated = updated.unwrap();
    assert_eq!(text(&account, &updated, "First Name"), Some("Jane"));
    assert_eq!(text(&account, &updated, "Company"), Some("Acme, Inc."));

    row.email = "joan@example.com";
    row.first = Some("Joan");
    let error = contacts.update(&before.id, |c| c.fields(&row)).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("\"Email\" is the contact's"));

    let made = contacts.upsert(structure, "joan@example.com", |c| c.fields(&row));
    let joan = made.await.unwrap().into_contact();
    assert_eq!(text(&account, &joan, "First Name"), Some("Joan"));
}

#[tokio::test]
async fn a_closure_can_fail_with_an_error_of_the_callers_own() {
    #[derive(Debug)]
    enum Failure {
        Refused,
        Client(benchmark_email::Error),
    }

    impl From<benchmark_email::Error> for Failure {
        fn from(error: benchmark_email::Error) -> Self {
            Self::Client(error)
        }
    }

    let account = Account::new().await;
    let (contacts, structure) = (account.client.contacts(), &account.structure);
    let before = jane(&account).await;
    account.sandbox.expect("replaceContact").never();
    account.sandbox.expect("createContact").never();
    let refused = contacts.try_update(&before.id, |_| Err(Failure::Refused));
    assert!(matches!(refused.await, Err(Failure::Refused)));
    for address in ["jane@example.com", "new@example.com"] {
        let refused = contacts.try_upsert(structure, address, |_| Err(Failure::Refused));
        assert!(matches!(refused.await, Err(Failure::Refused)), "{address}");
    }
    let unknown = contacts.try_update(&before.id, |c| Ok::<_, Failure>(c.set("Frist Name", "J")?));
    let Err(Failure::Client(unknown)) = unknown.await else {
        panic!("the client's error is the caller's");
    };
    assert_eq!(unknown.kind(), ErrorKind::InvalidInput);
    account.sandbox.verify().unwrap();
}

#[tokio::test]
async fn a_contact_that_was_read_is_changed_by_one_request() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let jane = jane(&account).await;
    let read = contacts.get(&jane.id).await.unwrap();
    let before = account.sandbox.requests().len();
    let after = contacts.update_from(&read, |c| c.set("Seats", 1)).await;
    let after = after.unwrap();
    let again = contacts.update_from(&after, |c| c.set("Seats", 2)).await;
    assert_eq!(again.unwrap().version, after.version.map(|v| v + 1));
    let sent = account.sandbox.requests().split_off(before);
    let sent: Vec<_> = sent.iter().map(|request| request.operation).collect();
    assert_eq!(sent, [Some("replaceContact"); 2]);

    // Nothing is sent when nothing changes.
    let same = contacts.update_from(&after, |c| c.set("Seats", 1)).await;
    assert_eq!(same.unwrap(), after);
    assert_eq!(account.sandbox.requests().len(), before + 2);
}

#[tokio::test]
async fn a_contact_that_changed_since_it_was_read_is_read_again() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let stale = jane(&account).await;
    let theirs = contacts.update(&stale.id, |c| c.set("Company", "Acme, Inc."));
    theirs.await.unwrap();
    let (read, mut applied) = (account.asked("getContact"), 0);
    let ours = contacts.update_from(&stale, |c| {
        applied += 1;
        c.set("Seats", applied)
    });
    let ours = ours.await.unwrap();
    assert_eq!(account.asked("getContact"), read + 1);
    assert_eq!(text(&account, &ours, "Company"), Some("Acme, Inc."));
    let seats = ours.field(&account.structure, "Seats").unwrap();
    assert_eq!(seats.and_then(Value::as_i64), Some(2));

    // A search tells no version, and may leave out what a replacement would erase.
    let found = contacts.find(&account.structure, &stale.key).await.unwrap();
    let found = found.unwrap();
    assert_eq!(found.version, None);
    let ours = contacts.update_from(&found, |c| c.set("Seats", 3)).await;
    assert_eq!(
        text(&account, &ours.unwrap(), "Company"),
        Some("Acme, Inc.")
    );
    assert_eq!(account.asked("getContact"), read + 2);
}

#[tokio::test]
async fn a_value_that_says_the_same_stays_as_it_came() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let jane = jane(&account).await;
    let seats = &account.structure.field("Seats").unwrap().id;
    let mut body = serde_json::to_value(&jane).unwrap();
    body["fields"] = json!([{"_id": seats, "value": "12"}]);
    let path = format!("/api/contact/{}", jane.id);
    let (status, answer) = account.send("PUT", &path, Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    let changed = account.asked("replaceContact");
    let held = contacts.update(&jane.id, |c| c.set("Seats", 12)).await;
    let held = held.unwrap();
    assert_eq!(text(&account, &held, "Seats"), Some("12"));
    assert_eq!(account.asked("replaceContact"), changed);
    let other = contacts
        .update(&jane.id, |c| c.set("First Name", "jane"))
        .await;
    assert_eq!(text(&account, &other.unwrap(), "First Name"), Some("jane"));
    let other = contacts
        .update(&jane.id, |c| c.set("First Name", "Jane"))
        .await;
    assert_eq!(text(&account, &other.unwrap(), "First Name"), Some("Jane"));
}

#[tokio::test]
async fn nothing_changed_means_nothing_sent() {
    let account = Account::new().await;
    let before = jane(&account).await;
    account.sandbox.expect("replaceContact").never();
    let same = account
        .client
        .contacts()
        .update(&before.id, |c| c.set("First Name", "Jane"))
        .await;
    assert_eq!(same.unwrap(), before);
    let same = account
        .client
        .contacts()
        .update(&before.id, |c| c.set("Company", None::<&str>))
        .await;
    assert_eq!(same.unwrap(), before);
}

#[tokio::test]
async fn an_edit_that_cannot_be_is_told_before_anything_is_written() {
    let account = Account::new().await;
    let before = jane(&account).await;
    account.sandbox.expect("replaceContact").never();
    let contacts = account.client.contacts();
    for error in [
        contacts
            .update(&before.id, |c| c.set("Compny", "x"))
            .await
            .unwrap_err(),
        contacts
            .update(&before.id, |c| c.set("Seats", "x"))
            .await
            .unwrap_err(),
        contacts
            .update(&before.id, |c| c.add_tag("VPI"))
            .await
            .unwrap_err(),
        contacts
            .update(&before.id, |c| c.key("no address"))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}

#[tokio::test]
async fn somebody_elses_change_in_between_is_kept() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let other = support::client_of(account.sandbox.base_url(), account.sandbox.api_key());
    // The first replacement arrives too late, as if somebody had been faster.
    other
        .contacts()
        .update(&before.id, |c| c.set("Company", "Theirs"))
        .await
        .unwrap();
    account.sandbox.fault(
        Fault::status(400)
            .body(json!({"errors": [{"errorType": "ConcurrencyError", "message": "Document version mismatch"}]}))
            .on("replaceContact")
            .times(2),
    );
    let after = account
        .client
        .contacts()
        .update(&before.id, |c| c.set("Seats", 3))
        .await
        .unwrap();
    assert_eq!(text(&account, &after, "Company"), Some("Theirs"));
    assert_eq!(
        after
            .field(&account.structure, "Seats")
            .unwrap()
            .unwrap()
            .as_i64(),
        Some(3)
    );
}

#[tokio::test]
async fn others_that_keep_being_faster_are_a_conflict_in_the_end() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let stale = json!({"errors": [{"errorType": "ConcurrencyError", "message": "Document version mismatch"}]});
    account
        .sandbox
        .fault(Fault::status(400).body(stale).on("replaceContact"));
    let policy = RetryPolicy::default().base_delay(std::time::Duration::from_millis(1));
    let brisk = account.client.with_retry(policy);
    let error = brisk
        .contacts()
        .update(&before.id, |c| c.set("Seats", 3))
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    account.sandbox.clear_faults();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_updates_of_one_contact_all_arrive() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let list = |n: u32| format!("List {n}");
    let mut lists = Vec::new();
    for n in 0..16 {
        lists.push(
            account
                .client
                .lists(account.structure.id())
                .create(&list(n))
                .await
                .unwrap()
                .id,
        );
    }
    let sent = account.sandbox.requests().len();
    // Half of them by a client that knows nothing of the other's turns.
    let other = support::client_of(account.sandbox.base_url(), account.sandbox.api_key());
    let mut tasks = tokio::task::JoinSet::new();
    for (n, list) in lists.iter().cloned().enumerate() {
        let client = if n % 2 == 0 {
            account.client.clone()
        } else {
            other.clone()
        };
        let (id, client) = (before.id.clone(), client.with_pacing(Pacing::Off));
        tasks.spawn(async move {
            client
                .contacts()
                .update(&id, |c| c.add_list(&list))
                .await
                .unwrap()
        });
    }
    tasks.join_all().await;
    let after = account.client.contacts().get(&before.id).await.unwrap();
    assert!(lists.iter().all(|list| after.is_on(list)));
    println!("{} requests", account.sandbox.requests().len() - sent - 1);
}

#[tokio::test]
async fn an_upsert_creates_once_and_changes_after_that() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let first = contacts
        .upsert(&account.structure, "jane@example.com", |c| {
            c.set("First Name", "Jane")?.add_tag("VIP")
        })
        .await
        .unwrap();
    let Upserted::Created(created) = first else {
        panic!("{first:?}")
    };
    assert_eq!(
        (text(&account, &created, "First Name"), created.tags.len()),
        (Some("Jane"), 1)
    );
    let second = contacts
        .upsert(&account.structure, "jane@example.com", |c| {
            c.set("Company", "Acme")
        })
        .await
        .unwrap();
    let Upserted::Updated(updated) = second else {
        panic!("{second:?}")
    };
    assert_eq!(updated.id, created.id);
    assert_eq!(text(&account, &updated, "First Name"), Some("Jane"));
}

#[tokio::test]
async fn an_upsert_never_brings_back_who_has_left() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let contacts = account.client.contacts();
    contacts.unsubscribe(&before.id).await.unwrap();
    let after = contacts
        .upsert(&account.structure, "jane@example.com", |c| {
            c.set("Company", "Acme")
        })
        .await
        .unwrap()
        .into_contact();
    assert!(after.is_inactive());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upserts_of_one_address_at_once_make_one_contact() {
    let account = Account::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8_i64 {
        let (client, structure) = (
            account.client.with_pacing(Pacing::Off),
            account.structure.clone(),
        );
        tasks.spawn(async move {
            let contacts = client.contacts();
            contacts
                .upsert(&structure, "jane@example.com", |c| c.set("Seats", n))
                .await
                .unwrap()
        });
    }
    let made = tasks.join_all().await;
    let created = made
        .iter()
        .filter(|one| matches!(one, Upserted::Created(_)))
        .count();
    assert_eq!(
        (
            created,
            account.client.contacts().list().await.unwrap().len()
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn an_upsert_runs_its_closure_on_each_state_once() {
    let account = Account::new().await;
    let made = account
        .client
        .contacts()
        .upsert(&account.structure, "jane@example.com", |c| {
            let seats = c
                .get("Seats")?
                .and_then(benchmark_email::Value::as_i64)
                .unwrap_or(0);
            c.set("Seats", seats + 1)?.add_tag("VIP")
        })
        .await
        .unwrap()
        .into_contact();
    assert_eq!(
        made.field(&account.structure, "Seats")
            .unwrap()
            .unwrap()
            .as_i64(),
        Some(1)
    );
    assert_eq!(made.tags.len(), 1);
}

#[tokio::test]
async fn a_lost_replacement_with_others_after_it_is_not_taken_for_refused() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let (contacts, structure) = (account.client.contacts(), &account.structure);
    let mut mine = before.clone();
    mine.set(structure, "Seats", 1).unwrap();
    // Ours took place and its answer was lost; then two more changed it before we asked again.
    let other = support::client_of(account.sandbox.base_url(), account.sandbox.api_key());
    account
        .sandbox
        .fault(Fault::drop_after_commit().on("replaceContact").times(1));
    let ours = tokio::spawn(async move { contacts.replace(&mine).await });
    let (mut theirs, id) = (None, before.id.clone());
    while theirs.is_none() {
        let now = other.contacts().get(&id).await.unwrap();
        if now.version > before.version {
            theirs = Some(
                other
                    .contacts()
                    .update(&id, |c| c.set("Company", "Theirs"))
                    .await
                    .unwrap(),
            );
        }
    }
    match ours.await.unwrap() {
        // Ours came back in time.
        Ok(contact) => assert_eq!(contact.id, id),
        Err(error) => assert!(error.is_outcome_unknown(), "{error}"),
    }
}

#[tokio::test]
async fn the_deadline_holds_for_the_whole_of_an_edit() {
    let account = Account::new().await;
    let before = jane(&account).await;
    let slow = Fault::delay(std::time::Duration::from_millis(400));
    account.sandbox.fault(slow);
    let policy = RetryPolicy::default().deadline(std::time::Duration::from_millis(600));
    let brisk = account.client.with_retry(policy);
    let started = std::time::Instant::now();
    let error = brisk
        .contacts()
        .update(&before.id, |c| c.set("Seats", 1))
        .await
        .unwrap_err();
    assert!(
        started.elapsed() < std::time::Duration::from_millis(1_500),
        "{:?}",
        started.elapsed()
    );
    assert!(
        matches!(error.kind(), ErrorKind::Timeout | ErrorKind::OutcomeUnknown),
        "{error}"
    );
    account.sandbox.clear_faults();
}
