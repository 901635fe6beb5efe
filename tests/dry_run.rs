//! A dry run reads, and changes nothing.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{Error, ErrorKind, NewContact};
use serde_json::{Value, json};
use support::account::Account;

fn body(error: &Error) -> Value {
    let body = error.unsent().and_then(|unsent| unsent.body.as_deref());
    body.map_or(Value::Null, |body| serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn whatever_would_change_the_account_is_kept_back_and_shown() {
    let account = Account::new().await;
    let id = account.structure.id();
    let lists = account.client.lists(id);
    let (one, two) = (
        lists.create("One").await.unwrap(),
        lists.create("Two").await.unwrap(),
    );
    let jane = account.populate(["jane".to_owned()]).await.remove(0);
    let before = account.sandbox.snapshot();
    let asked = account.sandbox.requests().len();

    let dry = account.client.dry_run();
    let (contacts, lists, structures) = (dry.contacts(), dry.lists(id), dry.structures());
    let new = NewContact::new(&account.structure, "joe@example.com")
        .field("Seats", 3)
        .unwrap();
    let both = [one.id.clone(), two.id.clone()];
    let kept = [
        ("createContact", contacts.create(new).await.err()),
        ("replaceContact", contacts.replace(&jane).await.err()),
        (
            "replaceContact",
            contacts.update(&jane.id, |c| c.set("Seats", 4)).await.err(),
        ),
        (
            "createContact",
            contacts
                .upsert(&account.structure, "joe@example.com", |c| Ok(c))
                .await
                .err(),
        ),
        (
            "updateContactStatus",
            contacts.unsubscribe(&jane.id).await.err(),
        ),
        ("deleteContact", contacts.delete(&jane.id).await.err()),
        ("createList", lists.create("Three").await.err()),
        ("updateList", lists.rename(&one, "Three").await.err()),
        (
            "duplicateList",
            lists.duplicate(&one.id, "Three").await.err(),
        ),
        ("mergeLists", lists.merge(&both, "Three").await.err()),
        ("deleteList", lists.delete(&one.id).await.err()),
        ("deleteLists", lists.delete_many(&both).await.err()),
        (
            "replaceStructure",
            structures.update(id, |s| s.add_tag("New")).await.err(),
        ),
    ];
    for (operation, error) in kept {
        let error = error.expect(operation);
        assert_eq!(error.kind(), ErrorKind::DryRun, "{error}");
        assert_eq!(error.unsent().unwrap().operation, operation);
        assert!(!error.is_outcome_unknown() && !error.is_retryable());
    }

    let requests = account.sandbox.requests();
    let reads: Vec<_> = requests[asked..]
        .iter()
        .map(|r| (r.method.as_str(), r.operation.unwrap()))
        .collect();
    for (method, operation) in reads {
        assert!(
            method == "GET" || operation == "searchContacts",
            "{method} {operation}"
        );
    }
    assert_eq!(account.sandbox.snapshot(), before);
}

#[tokio::test]
async fn what_is_kept_back_is_what_would_have_gone_out() {
    let account = Account::new().await;
    let jane = account.populate(["jane".to_owned()]).await.remove(0);
    let change = async |client: &benchmark_email::Client| {
        client
            .contacts()
            .update(&jane.id, |c| c.set("Company", "Acme, Inc.")?.add_tag("VIP"))
            .await
    };
    let kept = change(&account.client.dry_run()).await.unwrap_err();
    change(&account.client).await.unwrap();

    let requests = account.sandbox.requests();
    let sent = requests.last().unwrap();
    let unsent = kept.unsent().unwrap();
    assert_eq!(
        (unsent.method, unsent.path.as_str()),
        (sent.method.as_str(), sent.path.as_str())
    );
    assert_eq!(unsent.route, "/api/contact/{contactId}");
    assert_eq!(Some(body(&kept)), sent.json());

    let gone = account
        .client
        .dry_run()
        .contacts()
        .delete(&jane.id)
        .await
        .unwrap_err();
    assert_eq!(body(&gone), json!(null));
    for shown in [
        format!("{kept}"),
        format!("{kept:?}"),
        format!("{:?}", kept.unsent()),
    ] {
        assert!(
            !shown.contains("jane") && !shown.contains("Acme"),
            "{shown}"
        );
    }
}
