//! What can't be right fails before anything is sent, and says why.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{
    Client, Contact, ContactId, Error, ErrorKind, List, ListId, NewContact,
    contacts::{Criterion, EventType, Search},
    lists::ListSort,
};
use support::{API_KEY, example, server_answering, structure};
use wiremock::ResponseTemplate;

fn invalid(error: &Error, why: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(error.status(), None);
}

#[test]
fn a_wrong_base_url_or_key_is_told_at_once() {
    let build = |url: &str, key: &str| Client::builder().base_url(url).api_key(key).build();
    for (url, key, why) in [
        ("not a url", API_KEY, "is not a URL"),
        ("http://api.example.com", API_KEY, "plain http"),
        ("https://api.example.com", "", "is empty"),
        ("https://api.example.com", "bme_us_abc\n", "line break"),
        ("https://api.example.com", "bme us", "space"),
    ] {
        let error = build(url, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(why), "{error}");
    }
    let error = Client::builder().build().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no base URL: take it from Settings"),
        "{error}"
    );
    let error = Client::builder()
        .base_url("https://a.example")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("no API key"), "{error}");
}

#[test]
fn an_unknown_label_and_a_value_of_the_wrong_type_are_told() {
    let new = || NewContact::new(&structure(), "jane@example.com");
    invalid(
        &new().field("Fist Name", "Jane").unwrap_err(),
        "did you mean \"First Name\"?",
    );
    invalid(
        &new().field("Seats", "twelve").unwrap_err(),
        "takes a number; got text",
    );
    invalid(
        &new().field("First Name", 12).unwrap_err(),
        "takes text; got a number",
    );
    invalid(&new().field("Seats", f64::NAN).unwrap_err(), "infinite");
}

#[test]
fn an_id_with_a_slash_is_told() {
    invalid(&ContactId::new("a/../b").unwrap_err().into(), "holds '/'");
    invalid(&ContactId::new("..").unwrap_err().into(), "holds '.'");
    invalid(&ContactId::new("").unwrap_err().into(), "is empty");
}

#[tokio::test]
async fn what_is_found_wrong_late_is_still_found_before_anything_is_sent() {
    let (server, client) = server_answering(ResponseTemplate::new(500)).await;
    let contacts = client.contacts();

    for (address, why) in [
        ("", "is empty"),
        ("jane\n@example.com", "holds '\\n'"),
        ("jane", "no `@`"),
    ] {
        invalid(
            &contacts
                .create(NewContact::new(&structure(), address))
                .await
                .unwrap_err(),
            why,
        );
        invalid(
            &contacts.find(&structure(), address).await.unwrap_err(),
            why,
        );
    }
    let mut found: Contact = serde_json::from_value(example("Jane")).unwrap();
    found.version = None;
    invalid(
        &contacts.replace(&found).await.unwrap_err(),
        "get it before you replace it",
    );
    let lists = client.lists(structure().id());
    invalid(&lists.create("").await.unwrap_err(), "1 to 1,000");
    invalid(
        &lists.create(&"n".repeat(1001)).await.unwrap_err(),
        "this one has 1001",
    );

    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

/// Makes a mistake.
type Mistake = fn(Search) -> Search;

#[tokio::test]
async fn a_mistake_in_a_search_is_told_before_anything_is_sent() {
    let mistakes: &[(Mistake, &str)] = &[
        (|s| s, "no criterion: give one, or say everybody()"),
        (|s| s.everybody().tag("VIP"), "leave one of them out"),
        (
            |s| s.tag("VIP").or(|group| group),
            "a group of the search has no criterion",
        ),
        (
            |s| s.key("jane\n@example.com"),
            "holds '\\n', which no address does",
        ),
        (|s| s.key("jane"), "no `@`"),
        (|s| s.tag("VIPs"), "did you mean \"VIP\"?"),
        (
            |s| s.field("Fist Name", "Jane"),
            "did you mean \"First Name\"?",
        ),
        (|s| s.field("Seats", "twelve"), "takes a number; got text"),
        (|s| s.field("Seats", f64::NAN), "infinite"),
        (|s| s.field("Seats", None::<i32>), "give a value"),
        (
            |s| s.tag("VIP").or(|group| group.tag("Gold").key("jane")),
            "has no tag \"Gold\"",
        ),
        (
            |s| s.criterion(Criterion::new("KEY", "EQ", [0_u8; 0])),
            "the criterion on KEY has no value",
        ),
        (
            |s| s.criterion(Criterion::new("", "EQ", ["a"])),
            "needs a column and an operator",
        ),
        (
            |s| s.criterion(Criterion::new("KEY", "EQ", ["a"]).extra("operator", "NE")),
            "a second \"operator\"",
        ),
    ];
    let (server, client) = server_answering(ResponseTemplate::new(500)).await;
    let search = || client.contacts().search(&structure());
    for (mistake, why) in mistakes {
        let faulty = mistake(search());
        invalid(&faulty.page(1).await.unwrap_err(), why);
        invalid(&faulty.export_to(&mut Vec::new()).await.unwrap_err(), why);
        let mut rows = faulty.clone().stream();
        invalid(&rows.next().await.unwrap().unwrap_err(), why);
        assert!(rows.next().await.is_none(), "{why}");
        invalid(&faulty.pages().next().await.unwrap().unwrap_err(), why);
    }
    let good = || search().tag("VIP");
    let csv = good().columns([]).export_to(&mut Vec::new()).await;
    invalid(&csv.unwrap_err(), "name at least one");
    for (size, why) in [
        (0, "the page size is 0: give 1 or more"),
        (1001, "at most 1000"),
    ] {
        invalid(&good().page_size(size).page(1).await.unwrap_err(), why);
        invalid(
            &good().page_size(size).stream().all().await.unwrap_err(),
            why,
        );
    }
    invalid(
        &good().page(0).await.unwrap_err(),
        "the page is 0: give 1 or more",
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_mistake_about_lists_is_told_before_anything_is_sent() {
    let (server, client) = server_answering(ResponseTemplate::new(500)).await;
    let lists = client.lists(structure().id());
    let list: List = serde_json::from_value(example("Newsletter")).unwrap();
    let (id, long) = (list.id.clone(), "n".repeat(1001));
    for name in ["", &long] {
        let why = "1 to 1,000 characters";
        invalid(&lists.rename(&list, name).await.unwrap_err(), why);
        invalid(&lists.duplicate(&id, name).await.unwrap_err(), why);
        let two = [id.clone(), ListId::new("other").unwrap()];
        invalid(&lists.merge(&two, name).await.unwrap_err(), why);
    }
    let twice = [id.clone(), id.clone()];
    for (few, count) in [
        (&twice[..0], "got 0"),
        (&twice[..1], "got 1"),
        (&twice, "got 1"),
    ] {
        invalid(&lists.merge(few, "Both").await.unwrap_err(), count);
    }
    let why = "no list to delete: name at least one";
    invalid(&lists.delete_many(&[]).await.unwrap_err(), why);
    let mut listed = list;
    listed.version = None;
    let why = "get it before you rename it";
    invalid(&lists.rename(&listed, "News").await.unwrap_err(), why);

    let query = || lists.query();
    for (query, why) in [
        (query().page_size(0), "the page size is 0"),
        (query().name_contains("n".repeat(51)), "give at most 50"),
        (
            query().sort(ListSort::from("size:asc")),
            "choose one of name:asc",
        ),
    ] {
        invalid(&query.page(1).await.unwrap_err(), why);
        invalid(&query.stream().all().await.unwrap_err(), why);
    }
    invalid(&query().page(0).await.unwrap_err(), "the page is 0");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_mistake_about_events_is_told_before_anything_is_sent() {
    let (server, client) = server_answering(ResponseTemplate::new(500)).await;
    let contacts = client.contacts();
    let events = || contacts.all_events();
    for (query, why) in [
        (events().past_days(0), "1 to 90 days, not 0"),
        (events().past_days(91), "1 to 90 days, not 91"),
        (events().page_size(0), "the page size is 0"),
        (events().types([EventType::from("a,b")]), "joined by commas"),
        (events().types([EventType::from("")]), "joined by commas"),
    ] {
        invalid(&query.page(1).await.unwrap_err(), why);
        invalid(&query.stream().all().await.unwrap_err(), why);
    }
    invalid(&events().page(0).await.unwrap_err(), "the page is 0");
    let jane = ContactId::new("66f1a6e4698f1bca60424901").unwrap();
    let hers = contacts.events(&jane).page_size(0);
    invalid(&hers.page(1).await.unwrap_err(), "the page size is 0");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
