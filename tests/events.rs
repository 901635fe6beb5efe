//! Events against the sandbox, and as the document shows them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::Duration;

use benchmark_email::{ContactId, Event, contacts::EventType};
use support::{account::Account, example, server_answering};
use wiremock::ResponseTemplate;

fn kinds(events: &[Event]) -> Vec<&EventType> {
    events
        .iter()
        .map(|event| event.kind.as_ref().unwrap())
        .collect()
}

/// Jane was created, changed and unsubscribed; John was created.
async fn history() -> (Account, ContactId) {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let mut made = account
        .populate(["jane".to_owned(), "john".to_owned()])
        .await;
    let mut jane = made.swap_remove(0);
    jane.set(&account.structure, "Company", "Acme").unwrap();
    contacts.replace(&jane).await.unwrap();
    contacts.unsubscribe(&jane.id).await.unwrap();
    (account, jane.id)
}

#[tokio::test]
async fn a_contacts_events_are_its_own() {
    let (account, jane) = history().await;
    let page = account
        .client
        .contacts()
        .events(&jane)
        .page(1)
        .await
        .unwrap();
    assert_eq!((page.total, page.number), (Some(3), 1));
    assert!(
        page.rows
            .iter()
            .all(|event| event.contact_id.as_ref() == Some(&jane))
    );
    let mut kinds: Vec<&str> = kinds(&page.rows).iter().map(|kind| kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        ["contact-created", "contact-unsubscribed", "contact-updated"]
    );
}

#[tokio::test]
async fn the_accounts_events_are_everybodys_page_after_page() {
    let (account, _) = history().await;
    let contacts = account.client.contacts();
    let events = contacts
        .all_events()
        .page_size(3)
        .stream()
        .all()
        .await
        .unwrap();
    assert_eq!(events.len(), 4);
    assert_eq!(account.asked("listEvents"), 2);
}

#[tokio::test]
async fn types_narrow_both() {
    let (account, jane) = history().await;
    let contacts = account.client.contacts();
    let wanted = [EventType::ContactCreated, EventType::ContactUnsubscribed];
    let all = contacts
        .all_events()
        .types(wanted.clone())
        .stream()
        .all()
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
    let hers = contacts
        .events(&jane)
        .types([EventType::ContactUpdated])
        .stream();
    assert_eq!(
        kinds(&hers.all().await.unwrap()),
        [&EventType::ContactUpdated]
    );
}

#[tokio::test]
async fn past_days_look_back_that_far() {
    let (account, _) = history().await;
    account
        .sandbox
        .clock()
        .advance(Duration::from_secs(3 * 24 * 3600));
    account.populate(["june".to_owned()]).await;
    let events = |days| account.client.contacts().all_events().past_days(days);
    assert_eq!(events(2).page(1).await.unwrap().total, Some(1));
    assert_eq!(events(90).page(1).await.unwrap().total, Some(5));
}

#[tokio::test]
async fn a_reading_goes_on_at_a_stored_cursor() {
    let (account, _) = history().await;
    let query = || account.client.contacts().all_events().page_size(3);
    let whole = query().stream().all().await.unwrap();
    let mut rows = query().stream();
    let mut came = vec![
        rows.next().await.unwrap().unwrap(),
        rows.next().await.unwrap().unwrap(),
    ];
    let stored = serde_json::to_string(&rows.cursor()).unwrap();
    let rest = query()
        .resume(serde_json::from_str(&stored).unwrap())
        .stream();
    came.extend(rest.all().await.unwrap());
    assert_eq!(came, whole);
}

#[tokio::test]
async fn events_of_an_unknown_contact_are_not_found() {
    let account = Account::new().await;
    let nobody = ContactId::new("66f1a6e4698f1bca60424901").unwrap();
    let error = account
        .client
        .contacts()
        .events(&nobody)
        .page(1)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn what_is_sent_is_what_the_document_shows() {
    let answer = ResponseTemplate::new(200).set_body_json(example("Events"));
    let (server, client) = server_answering(answer).await;
    let contacts = client.contacts();
    let types = || [EventType::ContactCreated, "contact-moved".into()];
    let all = contacts
        .all_events()
        .types(types())
        .past_days(7)
        .page_size(25);
    all.page(2).await.unwrap();
    let jane = ContactId::new("66f1a6e4698f1bca60424901").unwrap();
    contacts.events(&jane).types(types()).page(1).await.unwrap();
    contacts.events(&jane).page(1).await.unwrap();
    let sent: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|r| format!("{} {}?{}", r.method, r.url.path(), r.url.query().unwrap()))
        .collect();
    assert_eq!(
        sent,
        [
            "GET /api/contact/events?page=2&pastDays=7&size=25&types=contact-created%2Ccontact-moved",
            "GET /api/contact/66f1a6e4698f1bca60424901/events?page=1&size=100&types=contact-created%2Ccontact-moved",
            "GET /api/contact/66f1a6e4698f1bca60424901/events?page=1&size=100",
        ]
    );
}
