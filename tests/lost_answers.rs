//! Changes whose answers get lost, one case at a time: what the caller is told, and what the service was
//! asked.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::Duration;

use benchmark_email::{Contact, ErrorKind, NewContact, RetryPolicy};
use benchmark_email_sandbox::Fault;
use serde_json::json;
use support::account::Account;

/// An account whose client doesn't wait long between attempts.
async fn account() -> Account {
    let mut account = Account::new().await;
    let brisk = RetryPolicy::default().base_delay(Duration::from_millis(1));
    account.client = account.client.with_retry(brisk);
    account
}

async fn jane(account: &Account) -> Contact {
    let new = NewContact::new(&account.structure, "jane@example.com");
    let new = new.field("First Name", "Jane").unwrap();
    account.client.contacts().create(new).await.unwrap()
}

/// What the sandbox does with each of the next requests of an operation, in turn.
fn script<const N: usize>(account: &Account, operation: &str, faults: [Fault; N]) {
    for fault in faults {
        account.sandbox.fault(fault.on(operation).times(1));
    }
}

#[tokio::test]
async fn a_proxys_404_after_a_lost_deletion_proves_nothing() {
    let account = account().await;
    let jane = jane(&account).await;
    let lost_then_404 = [Fault::close_before_answer(), Fault::html(404)];
    script(&account, "deleteContact", lost_then_404);
    let error = account
        .client
        .contacts()
        .delete(&jane.id)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
    account.client.contacts().get(&jane.id).await.unwrap();

    // Nor does one on the look after a failure.
    script(&account, "deleteContact", [Fault::html(500)]);
    script(&account, "getContact", [Fault::html(404)]);
    let error = account
        .client
        .contacts()
        .delete(&jane.id)
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    account.client.contacts().get(&jane.id).await.unwrap();

    // Nor an envelope that speaks of something else.
    let odd = json!({"errors": [{"errorType": "RouteNotFound", "message": "No such route"}]});
    script(&account, "deleteContact", [Fault::close_before_answer()]);
    script(&account, "deleteContact", [Fault::status(404).body(odd)]);
    let error = account
        .client
        .contacts()
        .delete(&jane.id)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404), "{error}");
    account.client.contacts().get(&jane.id).await.unwrap();
}

#[tokio::test]
async fn the_services_own_404_after_a_lost_deletion_is_a_success() {
    let account = account().await;
    let first = jane(&account).await;
    script(&account, "deleteContact", [Fault::drop_after_commit()]);
    let gone = account.client.contacts().delete(&first.id).await.unwrap();
    assert_eq!((gone, account.asked("getContact")), (None, 0));

    let second = jane(&account).await;
    script(&account, "deleteContact", [Fault::truncated_json()]);
    let hasty = account.client.with_retry(RetryPolicy::none());
    let gone = hasty.contacts().delete(&second.id).await.unwrap();
    assert_eq!((gone, account.asked("getContact")), (None, 1));
}

#[tokio::test]
async fn a_proxys_404_is_told_as_a_wrong_base_url_and_looked_into_no_further() {
    let account = account().await;
    let jane = jane(&account).await;
    for operation in [
        "getContact",
        "deleteContact",
        "createContact",
        "replaceContact",
    ] {
        account.sandbox.fault(Fault::html(404).on(operation));
    }
    let contacts = account.client.contacts();
    let asked = account.sandbox.requests().len();
    let new = NewContact::new(&account.structure, "joe@example.com");
    for error in [
        contacts.get(&jane.id).await.unwrap_err(),
        contacts.delete(&jane.id).await.unwrap_err(),
        contacts.create(new).await.unwrap_err(),
        contacts.replace(&jane).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        assert!(!error.is_not_found() && error.status() == Some(404));
        let text = error.to_string();
        assert!(text.contains("not the service's own answer"), "{text}");
        assert!(
            text.contains("check that the base URL is the service's"),
            "{text}"
        );
    }
    assert_eq!(account.sandbox.requests().len(), asked + 4);
    account.sandbox.clear_faults();
}
