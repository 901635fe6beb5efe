//! Search against the sandbox: every criterion, pages, resuming, and what changes meanwhile; and what
//! it does with a service that answers otherwise than assumed.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{
    Error, ErrorKind, NewContact,
    contacts::{Criterion, FoundContact, PrimaryStatus, Search, SearchColumn},
    paging::Cursor,
};
use benchmark_email_sandbox::Fault;
use futures_util::TryStreamExt;
use serde_json::json;
use support::{account::Account, example, server_answering, structure};
use wiremock::ResponseTemplate;

/// What comes before the `@`, in the order found.
fn names(found: &[FoundContact]) -> Vec<&str> {
    let name = |row| -> Option<&str> {
        let row: &FoundContact = row;
        Some(row.key.as_ref()?.as_str().split_once('@')?.0)
    };
    found.iter().map(|row| name(row).unwrap()).collect()
}

async fn found(search: Search) -> Vec<FoundContact> {
    search.stream().all().await.unwrap()
}

/// Jane (Acme, 12 seats, VIP, on a list), John (Acme, 3 seats, has left), June (nothing).
async fn three() -> (Account, benchmark_email::ListId) {
    let account = Account::new().await;
    let (client, structure) = (&account.client, &account.structure);
    let list = client.lists(structure.id()).create("News").await.unwrap();
    let new = |address: &str| NewContact::new(structure, address);
    let jane = new("jane@example.com")
        .field("Company", "Acme")
        .and_then(|new| new.field("Seats", 12))
        .and_then(|new| new.field("Newsletter OK", true))
        .and_then(|new| new.field("Birthday", "02-29"))
        .unwrap()
        .list(&list.id);
    let mut jane = client.contacts().create(jane).await.unwrap();
    jane.add_tag(structure, "VIP").unwrap();
    client.contacts().replace(&jane).await.unwrap();
    let john = new("john@example.com")
        .field("Company", "Acme")
        .and_then(|new| new.field("Seats", 3))
        .unwrap();
    let john = client.contacts().create(john).await.unwrap();
    client.contacts().unsubscribe(&john.id).await.unwrap();
    client
        .contacts()
        .create(new("june@example.com"))
        .await
        .unwrap();
    (account, list.id)
}

#[tokio::test]
async fn an_address_is_found_in_whichever_structure_holds_it() {
    let account = Account::new().await;
    let (first, second) = (account.structure.id().as_str(), "64a1b2c3d4e5f6a7b8c9dfff");
    let mut seed = account.sandbox.snapshot();
    let mut other = seed["structures"][0].clone();
    other["_id"] = json!(second);
    other["label"] = json!("Partners");
    seed["structures"].as_array_mut().unwrap().push(other);
    seed["contacts"] = json!([
        {"key": "jane@example.com", "contactStructureId": first},
        {"key": "jane@example.com", "contactStructureId": second},
        {"key": "joan@example.com", "contactStructureId": second},
    ]);
    account.sandbox.restore(seed).unwrap();
    let contacts = account.client.contacts();
    let structures_of = async |address: &str| {
        let found = contacts.find_everywhere(address).await.unwrap();
        let mut of: Vec<_> = found.iter().map(|c| c.structure_id.to_string()).collect();
        of.sort();
        assert!(found.iter().all(|contact| contact.key.as_str() == address));
        of
    };
    let mut both = [first, second];
    both.sort_unstable();
    assert_eq!(structures_of("jane@example.com").await, both);
    assert_eq!(structures_of("joan@example.com").await, [second]);
    assert!(structures_of("nobody@example.com").await.is_empty());

    let asked = account.sandbox.requests().len();
    assert!(contacts.find_everywhere("jane").await.is_err());
    assert_eq!(account.sandbox.requests().len(), asked);
    let refused = Fault::status(403).on("searchContacts").times(1);
    account.sandbox.fault(refused);
    assert!(contacts.find_everywhere("joan@example.com").await.is_err());
}

#[tokio::test]
async fn each_criterion_finds_who_meets_it() {
    let (account, list) = three().await;
    let search = || account.client.contacts().search(&account.structure);
    for (search, expected) in [
        (search().key("june@example.com"), vec!["june"]),
        (search().field("Company", "Acme"), vec!["jane", "john"]),
        (search().field("Seats", 3), vec!["john"]),
        (search().field("Newsletter OK", true), vec!["jane"]),
        (search().field("Birthday", "02-29"), vec!["jane"]),
        (search().list(&list), vec!["jane"]),
        (search().tag("VIP"), vec!["jane"]),
        (search().tag("Lead"), vec![]),
        (search().status(PrimaryStatus::Inactive), vec!["john"]),
        (search().everybody(), vec!["jane", "john", "june"]),
        (
            search().criterion(Criterion::new("LIST_ID", "EQ", [list.as_str()])),
            vec!["jane"],
        ),
    ] {
        let asked = format!("{search:?}");
        assert_eq!(names(&found(search).await), expected, "{asked}");
    }
}

#[tokio::test]
async fn criteria_of_a_group_must_all_hold_and_one_group_must() {
    let (account, list) = three().await;
    let search = || account.client.contacts().search(&account.structure);
    let acme = || search().field("Company", "Acme");
    assert_eq!(names(&found(acme().field("Seats", 12)).await), ["jane"]);
    assert_eq!(found(acme().field("Seats", 5)).await, []);
    let either = acme()
        .tag("VIP")
        .or(|group| group.key("june@example.com").status(PrimaryStatus::Active))
        .or(|group| group.list(&list).tag("Lead"));
    assert_eq!(names(&found(either).await), ["jane", "june"]);
    let by_groups_alone = search()
        .or(|group| group.key("john@example.com"))
        .or(|group| group.key("june@example.com"));
    assert_eq!(names(&found(by_groups_alone).await), ["john", "june"]);
}

#[tokio::test]
async fn a_row_tells_what_a_contact_is() {
    let (account, list) = three().await;
    let contacts = account.client.contacts();
    let row = &found(contacts.search(&account.structure).tag("VIP")).await[0];
    let whole = contacts.get(row.id.as_ref().unwrap()).await.unwrap();
    assert_eq!(row.fields, whole.fields);
    assert!(whole.is_on(&list) && whole.has_tag(&row.tags[0].id));
    assert_eq!(whole.tag_labels(&account.structure).unwrap(), ["VIP"]);
    assert_eq!(row.primary_status, Some(PrimaryStatus::Active));
}

#[tokio::test]
async fn pages_hold_what_was_asked_for_and_tell_the_total() {
    let account = Account::new().await;
    account.populate((0..25).map(|n| format!("c{n:02}"))).await;
    let search = || {
        let search = account.client.contacts().search(&account.structure);
        search.everybody().page_size(10)
    };

    let last = search().page(3).await.unwrap();
    assert_eq!((last.number, last.total, last.rows.len()), (3, Some(25), 5));
    assert_eq!(account.asked("searchContacts"), 1);

    let mut pages = search().pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().rows.len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(account.asked("searchContacts"), 4);

    // As a stream for whoever has its extensions.
    let all: Vec<FoundContact> = search().stream().try_collect().await.unwrap();
    assert_eq!(names(&all).len(), 25);
    assert_eq!(account.asked("searchContacts"), 7);
}

#[tokio::test]
async fn a_stored_cursor_goes_on_in_the_midst_of_a_page() {
    let account = Account::new().await;
    account.populate((0..7).map(|n| format!("c{n}"))).await;
    let search = || {
        let search = account.client.contacts().search(&account.structure);
        search.everybody().page_size(3)
    };
    let mut rows = search().stream();
    let mut came = Vec::new();
    for _ in 0..4 {
        came.push(rows.next().await.unwrap().unwrap());
    }
    let stored = serde_json::to_string(&rows.cursor()).unwrap();
    assert!(!stored.contains('@'), "{stored}");
    drop(rows);

    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    assert_eq!((cursor.rows_seen(), cursor.next_page()), (4, 2));
    came.extend(
        search()
            .resume(cursor.clone())
            .stream()
            .all()
            .await
            .unwrap(),
    );
    assert_eq!(names(&came), ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]);

    // Of another search it is refused, and no request is spent.
    let before = account.asked("searchContacts");
    let other = search().page_size(4).resume(cursor).stream();
    let error = other.all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(account.asked("searchContacts"), before);
}

#[tokio::test]
async fn contacts_that_are_deleted_while_they_are_read_are_told_at_the_end() {
    let account = Account::new().await;
    account.populate((0..6).map(|n| format!("c{n}"))).await;
    let contacts = account.client.contacts();
    let search = contacts.search(&account.structure).everybody().page_size(2);
    let mut rows = search.clone().stream();
    let (mut deleted, mut told) = (0, None);
    while let Some(row) = rows.next().await {
        match row {
            Ok(row) => {
                contacts.delete(&row.id.unwrap()).await.unwrap();
                deleted += 1;
            }
            Err(error) => told = Some(error),
        }
    }
    let told = told.expect("half of them were passed over in silence");
    assert_eq!(told.kind(), ErrorKind::Incomplete);
    assert!(
        deleted < 6 && told.to_string().contains("of the 6"),
        "{told}"
    );
    assert_eq!(told.operation(), Some("searchContacts"));

    // Taken first, none is passed over.
    for row in search.stream().all().await.unwrap() {
        contacts.delete(&row.id.unwrap()).await.unwrap();
    }
    assert_eq!(contacts.list().await.unwrap(), []);
}

#[tokio::test]
async fn contacts_that_come_while_they_are_read_come_too() {
    let account = Account::new().await;
    account.populate((0..4).map(|n| format!("c{n}"))).await;
    let search = account.client.contacts().search(&account.structure);
    let mut rows = search.everybody().page_size(2).stream();
    let mut came = vec![rows.next().await.unwrap().unwrap()];
    account.populate(["new".to_owned()]).await;
    while let Some(row) = rows.next().await {
        came.push(row.unwrap());
    }
    assert_eq!(names(&came), ["c0", "c1", "c2", "c3", "new"]);
}

#[tokio::test]
async fn a_key_that_may_only_read_may_search_and_export() {
    let (account, _) = three().await;
    let search = || {
        account
            .reader()
            .contacts()
            .search(&account.structure)
            .tag("VIP")
    };
    assert_eq!(names(&found(search()).await), ["jane"]);
    let mut csv = Vec::new();
    assert!(search().export_to(&mut csv).await.unwrap() > 0);
}

#[tokio::test]
async fn values_that_come_as_text_are_known_again() {
    let (account, _) = three().await;
    account.sandbox.read_rule("search-values", "text").unwrap();
    let search = || account.client.contacts().search(&account.structure);
    assert_eq!(names(&found(search().field("Seats", 12)).await), ["jane"]);
    let search = search().field("Newsletter OK", true);
    assert_eq!(names(&found(search).await), ["jane"]);
}

#[tokio::test]
async fn a_service_that_takes_no_search_for_everybody_is_passed_on() {
    let account = Account::new().await;
    account.sandbox.read_rule("search-all", "refuse").unwrap();
    let search = account.client.contacts().search(&account.structure);
    let error = search.everybody().page(1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
}

/// What a service says that answers Jane to every search.
async fn to_jane_for(make: impl FnOnce(Search) -> Search) -> Result<Vec<FoundContact>, Error> {
    let (_server, client) =
        server_answering(ResponseTemplate::new(200).set_body_json(example("SearchFoundJane")))
            .await;
    let search = client.contacts().search(&structure());
    make(search).stream().all().await
}

#[tokio::test]
async fn a_service_that_ignores_an_assumed_criterion_is_found_out() {
    for (error, lacks) in [
        (to_jane_for(|s| s.tag("VIP")).await, "the tag 64a1"),
        (
            to_jane_for(|s| s.field("Seats", 99)).await,
            "in the field 64a1",
        ),
        (
            to_jane_for(|s| s.tag("VIP").or(|g| g.field("Seats", 99))).await,
            "in the field 64a1",
        ),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        let text = error.to_string();
        assert!(
            text.contains(lacks) && text.contains("Search::criterion"),
            "{text}"
        );
    }
    // What Jane is, and what is stated by the caller, is let through.
    for rows in [
        to_jane_for(|s| s.field("Seats", 12)).await,
        to_jane_for(|s| s.field("Seats", 99).or(|g| g.field("Seats", 12))).await,
        to_jane_for(|s| s.criterion(Criterion::new("TAG", "HAS", ["VIP"]))).await,
    ] {
        assert_eq!(rows.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_search_is_sent_as_documented() {
    let (server, client) =
        server_answering(ResponseTemplate::new(200).set_body_json(example("SearchFoundJane")))
            .await;
    let structure = structure();
    let list = benchmark_email::ListId::new("l1").unwrap();
    let criterion = Criterion::new("KEY", "ENDS_WITH", ["@example.com", "@example.org"])
        .extra("caseSensitive", false);
    let _ = client
        .contacts()
        .search(&structure)
        .key("jane.smith@example.com")
        .field("Seats", 12)
        .or(|group| group.tag("VIP").list(&list).criterion(criterion))
        .columns([SearchColumn::Key, SearchColumn::UpdatedAt])
        .page_size(7)
        .page(3)
        .await
        .unwrap();
    let requests = server.received_requests().await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    let criterion = |column: &str, value: serde_json::Value| json!({"columnToFilter": column, "operator": "EQ", "values": [value]});
    let mut seats = criterion("FIELD_ID", json!(12));
    seats["fieldId"] = json!(structure.field("Seats").unwrap().id);
    let tag = structure.tag("VIP").unwrap().id.as_str();
    assert_eq!(
        body,
        json!({
            "contactStructureId": structure.id(),
            "page": 3,
            "pageSize": 7,
            // The id, and what the criteria are checked by, come with what was asked for.
            "source": ["_id", "key", "fields", "tags", "updatedAt"],
            "contactSpecification": {"filters": [
                {"criterias": [criterion("KEY", json!("jane.smith@example.com")), seats]},
                {"criterias": [criterion("TAG_ID", json!(tag)), criterion("LIST_ID", json!("l1")), {
                    "columnToFilter": "KEY", "operator": "ENDS_WITH",
                    "values": ["@example.com", "@example.org"], "caseSensitive": false,
                }]},
            ]},
        })
    );
}
