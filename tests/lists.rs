//! Lists against the sandbox, and both shapes of their listings.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use benchmark_email::{
    ErrorKind, List, ListId, NewContact,
    lists::{ListSort, Lists},
};
use benchmark_email_sandbox::Fault;
use serde_json::{Value, json};
use support::{account::Account, example, server_answering, structure};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

fn lists_of(account: &Account) -> Lists {
    account.client.lists(account.structure.id())
}

fn names(lists: &[List]) -> Vec<&str> {
    lists.iter().map(|list| list.name.as_str()).collect()
}

async fn named(account: &Account, names: &[&str]) -> Vec<List> {
    let mut made = Vec::new();
    for name in names {
        made.push(lists_of(account).create(name).await.unwrap());
    }
    made
}

#[tokio::test]
async fn lists_are_found_by_name_sorted_and_paged() {
    let account = Account::new().await;
    let made = named(&account, &["Beta", "News 1", "Alpha", "News 2", "Gamma"]).await;
    let new = NewContact::new(&account.structure, "jane@example.com").list(&made[1].id);
    account.client.contacts().create(new).await.unwrap();
    let query = || lists_of(&account).query();

    let page = query().name_contains("news").page(1).await.unwrap();
    assert_eq!(
        (page.total, names(&page.rows)),
        (Some(2), vec!["News 1", "News 2"])
    );
    assert_eq!(page.rows[0].total_contacts, Some(1));
    assert_eq!(page.rows[0].version, Some(0));

    let sorted = query().sort(ListSort::NameAscending).page_size(2).stream();
    let all = ["Alpha", "Beta", "Gamma", "News 1", "News 2"];
    assert_eq!(names(&sorted.all().await.unwrap()), all);
    assert_eq!(account.asked("listLists"), 4);
    let last = query()
        .sort(ListSort::NameDescending)
        .page_size(2)
        .page(3)
        .await;
    assert_eq!(names(&last.unwrap().rows), ["Alpha"]);
}

#[tokio::test]
async fn a_listing_goes_on_at_a_stored_cursor() {
    let account = Account::new().await;
    named(&account, &["A", "B", "C"]).await;
    let query = || lists_of(&account).query().page_size(2);
    let mut rows = query().stream();
    rows.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&rows.cursor()).unwrap();
    let rest = query()
        .resume(serde_json::from_str(&stored).unwrap())
        .stream();
    assert_eq!(names(&rest.all().await.unwrap()), ["B", "C"]);
}

#[tokio::test]
async fn all_lists_come_in_one_request() {
    let account = Account::new().await;
    named(&account, &["A", "B"]).await;
    let all = lists_of(&account).all().await.unwrap();
    assert_eq!(names(&all), ["A", "B"]);
    assert_eq!(all[0].version, None);
    assert_eq!(account.asked("listAllLists"), 1);
}

#[tokio::test]
async fn a_list_is_found_by_its_name() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    assert_eq!(lists.find("News").await.unwrap(), None);
    let made = lists.create("News").await.unwrap();
    assert_eq!(lists.find("News\n").await.unwrap().unwrap().id, made.id);
    assert_eq!(lists.find("news").await.unwrap(), None);

    let twin = lists.create("News").await.unwrap();
    let told = lists.find("News").await.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::InvalidInput);
    let ids = format!("({}, {})", made.id, twin.id);
    assert!(told.to_string().contains(&ids), "{told}");
}

#[tokio::test]
async fn a_list_that_isnt_there_is_created() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let made = lists.find_or_create(" News ").await.unwrap();
    assert_eq!(made.name, "News");
    assert_eq!(lists.find_or_create("News").await.unwrap().id, made.id);
    assert_eq!(account.asked("createList"), 1);

    lists.create("News").await.unwrap();
    let told = lists.find_or_create("News").await.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::InvalidInput);
    let asked = account.sandbox.requests().len();
    assert!(lists.find_or_create("  ").await.is_err());
    assert_eq!(account.sandbox.requests().len(), asked);
}

#[tokio::test]
async fn a_list_whose_creation_was_not_answered_is_looked_for_by_its_name() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let lost = Fault::drop_after_commit().on("createList").times(1);
    account.sandbox.fault(lost);
    let made = lists.find_or_create("News").await.unwrap();
    assert_eq!(names(&lists.all().await.unwrap()), ["News"]);
    assert_eq!(made.name, "News");

    account
        .sandbox
        .fault(Fault::close_before_answer().on("createList"));
    let told = lists.find_or_create("Other").await.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::OutcomeUnknown, "{told}");
    assert_eq!(names(&lists.all().await.unwrap()), ["News"]);
}

#[tokio::test]
async fn both_shapes_of_a_listing_are_read() {
    let rows = example("AllLists");
    let wrapped = |total: Option<i64>| match total {
        Some(total) => json!({"records": rows, "total": total}),
        None => json!({"records": rows}),
    };
    for (answer, total) in [
        (rows.clone(), None),
        (wrapped(None), None),
        (wrapped(Some(2)), Some(2)),
    ] {
        let (server, client) =
            server_answering(ResponseTemplate::new(200).set_body_json(answer)).await;
        let lists = client.lists(structure().id());
        assert_eq!(
            names(&lists.all().await.unwrap()),
            ["Newsletter", "Partners"]
        );
        let page = lists.query().page(1).await.unwrap();
        assert_eq!(
            (page.total, names(&page.rows)),
            (total, vec!["Newsletter", "Partners"])
        );
        let all = lists.query().stream().all().await.unwrap();
        assert_eq!(names(&all), ["Newsletter", "Partners"]);
        // Without a total, another page tells whether there is more.
        let asked = server.received_requests().await.unwrap().len();
        assert_eq!(asked, if total.is_some() { 3 } else { 4 });
    }
}

#[tokio::test]
async fn a_service_that_ignores_the_page_is_read_once() {
    let answer = ResponseTemplate::new(200).set_body_json(example("AllLists"));
    let (server, client) = server_answering(answer).await;
    let lists = client.lists(structure().id());
    let all = lists.query().page_size(1).stream().all().await.unwrap();
    assert_eq!(names(&all), ["Newsletter", "Partners"]);
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_list_is_renamed_at_the_version_that_was_read() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let old = lists.create("News").await.unwrap();
    let new = lists.rename(&old, "Monthly News").await.unwrap();
    assert_eq!((new.name.as_str(), new.version), ("Monthly News", Some(1)));
    let stale = lists.rename(&old, "Weekly News").await.unwrap_err();
    assert!(stale.is_conflict(), "{stale}");
    assert_eq!(lists.get(&old.id).await.unwrap().name, "Monthly News");
}

#[tokio::test]
async fn a_renaming_whose_answer_was_lost_is_looked_up() {
    for fault in [Fault::drop_after_commit(), Fault::status(503)] {
        let account = Account::new().await;
        let lists = lists_of(&account);
        let old = lists.create("News").await.unwrap();
        account.sandbox.fault(fault.on("updateList").times(1));
        let new = lists.rename(&old, "Monthly News").await.unwrap();
        assert_eq!((new.name.as_str(), new.version), ("Monthly News", Some(1)));
    }
}

/// What a renaming comes to whose only attempt fails, by what a look shows then.
#[tokio::test]
async fn a_lost_renaming_is_told_by_what_the_list_is_called_now() {
    let named = |name: &str, version: u32| json!({"_id": "l1", "name": name, "__v": version});
    let old: List = serde_json::from_value(named("News", 3)).unwrap();
    let (done, failed) = (None, Some(ErrorKind::Server));
    let (overtaken, unknown) = (Some(ErrorKind::Conflict), Some(ErrorKind::OutcomeUnknown));
    for (asked, now, expected) in [
        ("Weekly", named("News", 3), failed),
        ("Weekly", named("Weekly", 4), done),
        // Kept in the service's own way, and changed once more since.
        (" Weekly", named("weekly", 5), done),
        ("Weekly", named("News", 4), overtaken),
        ("Weekly", named("News", 5), unknown),
        ("Weekly", named("Daily", 4), unknown),
        // The service may have made the old name of the new one.
        ("NEWS", named("News ", 4), unknown),
        ("NEWS", named("NEWS", 4), done),
    ] {
        let server = MockServer::start().await;
        for (verb, answer) in [
            ("PATCH", ResponseTemplate::new(500)),
            ("GET", ResponseTemplate::new(200).set_body_json(&now)),
        ] {
            let mock = Mock::given(method(verb)).respond_with(answer);
            mock.mount(&server).await;
        }
        let client = support::hasty_client_of(&server.uri());
        let outcome = client.lists(structure().id()).rename(&old, asked).await;
        let told = outcome.as_ref().err().map(benchmark_email::Error::kind);
        assert_eq!(told, expected, "{asked} {now} {outcome:?}");
    }
}

#[tokio::test]
async fn a_deleted_list_is_gone_and_its_contacts_stay() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let list = lists.create("News").await.unwrap();
    let new = NewContact::new(&account.structure, "jane@example.com").list(&list.id);
    let jane = account.client.contacts().create(new).await.unwrap();
    lists.delete(&list.id).await.unwrap();
    assert!(lists.get(&list.id).await.unwrap_err().is_not_found());
    assert!(lists.delete(&list.id).await.unwrap_err().is_not_found());
    assert!(
        !account
            .client
            .contacts()
            .get(&jane.id)
            .await
            .unwrap()
            .is_on(&list.id)
    );
}

#[tokio::test]
async fn several_lists_are_deleted_in_one_request() {
    let account = Account::new().await;
    let made = named(&account, &["A", "B", "C"]).await;
    let ids = [&made[0].id, &made[2].id, &made[0].id].map(ListId::clone);
    lists_of(&account).delete_many(&ids).await.unwrap();
    assert_eq!(names(&lists_of(&account).all().await.unwrap()), ["B"]);
    assert_eq!(account.asked("deleteLists"), 1);
}

#[tokio::test]
async fn deletions_whose_answer_was_lost_are_looked_up() {
    // A list that is gone is not found, or a bad request: the texts disagree.
    for reading in ["not-found", "validation"] {
        let account = Account::new().await;
        account.sandbox.read_rule("list-exists", reading).unwrap();
        let made = named(&account, &["A", "B", "C"]).await;
        let lists = lists_of(&account);
        for operation in ["deleteList", "deleteLists"] {
            let fault = Fault::drop_after_commit().on(operation).times(1);
            account.sandbox.fault(fault);
        }
        lists.delete(&made[0].id).await.unwrap();
        let rest = [made[1].id.clone(), made[2].id.clone()];
        lists.delete_many(&rest).await.unwrap();
        assert_eq!(lists.all().await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_deletion_that_was_never_carried_out_is_no_success() {
    let account = Account::new().await;
    let list = named(&account, &["A"]).await.remove(0);
    account
        .sandbox
        .fault(Fault::close_before_answer().on("deleteList"));
    let error = lists_of(&account).delete(&list.id).await.unwrap_err();
    // No attempt was answered: the service may still be at it.
    assert!(error.is_outcome_unknown(), "{error}");
    account.sandbox.clear_faults();
    account.sandbox.fault(Fault::html(500).on("deleteList"));
    let error = lists_of(&account).delete(&list.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
}

#[tokio::test]
async fn a_copy_and_a_merged_list_hold_the_contacts() {
    let account = Account::new().await;
    let (lists, contacts) = (lists_of(&account), account.client.contacts());
    let made = named(&account, &["A", "B"]).await;
    for (name, list) in ["jane", "john"].iter().zip(&made) {
        let address = format!("{name}@example.com");
        let new = NewContact::new(&account.structure, address).list(&list.id);
        contacts.create(new).await.unwrap();
    }
    let copy = lists.duplicate(&made[0].id, "A, a copy").await.unwrap();
    let ids: Vec<ListId> = made.iter().map(|list| list.id.clone()).collect();
    let merged = lists.merge(&ids, "Both").await.unwrap();
    assert_eq!(
        (copy.name.as_str(), merged.name.as_str()),
        ("A, a copy", "Both")
    );
    for (list, count) in [(&copy, 1), (&merged, 2), (&made[0], 1)] {
        let on_it = contacts
            .search(&account.structure)
            .list(&list.id)
            .page(1)
            .await;
        assert_eq!(on_it.unwrap().total, Some(count), "{}", list.name);
    }
}

#[tokio::test]
async fn a_list_that_may_have_been_made_is_not_made_twice() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let made = named(&account, &["A", "B"]).await;
    let ids = [made[0].id.clone(), made[1].id.clone()];
    for operation in ["createList", "duplicateList", "mergeLists"] {
        let before = lists.all().await.unwrap().len();
        account
            .sandbox
            .fault(Fault::drop_after_commit().on(operation));
        let told = match operation {
            "createList" => lists.create("New").await,
            "duplicateList" => lists.duplicate(&ids[0], "Copy").await,
            _ => lists.merge(&ids, "Both").await,
        };
        assert!(told.unwrap_err().is_outcome_unknown(), "{operation}");
        assert_eq!(lists.all().await.unwrap().len(), before + 1, "{operation}");
    }
}

/// The only request that the server saw.
#[tokio::test]
async fn a_name_that_another_list_has_is_refused_with_what_to_do() {
    let account = Account::new().await;
    let lists = lists_of(&account);
    let made = named(&account, &["A", "B"]).await;
    let ids = [made[0].id.clone(), made[1].id.clone()];
    let rule = account.sandbox.read_rule("list-name-unique", "unique");
    rule.unwrap();
    for told in [
        lists.create("B").await,
        lists.rename(&made[0], "B").await,
        lists.duplicate(&ids[0], "B").await,
        lists.merge(&ids, "B").await,
    ] {
        let error = told.unwrap_err();
        assert!(error.is_duplicate(), "{error}");
        let told = error.to_string();
        assert!(
            told.ends_with("; find the list of this name, or choose another name"),
            "{told}"
        );
    }
}

async fn sent(server: &wiremock::MockServer) -> (String, Value) {
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    let body = serde_json::from_slice(&requests[0].body).unwrap_or(Value::Null);
    let query = requests[0]
        .url
        .query()
        .map_or(String::new(), |q| format!("?{q}"));
    let path = requests[0].url.path();
    let path = path.strip_prefix("/api/contact-structure/64a1b2c3d4e5f6a7b8c9d0e1/lists");
    (
        format!("{} {}{query}", requests[0].method, path.unwrap()),
        body,
    )
}

#[tokio::test]
async fn what_is_sent_is_what_the_document_shows() {
    let newsletter: List = serde_json::from_value(example("Newsletter")).unwrap();
    let id = &newsletter.id;
    let two = ["64a1b2c3d4e5f6a7b8c9d200", "64a1b2c3d4e5f6a7b8c9d201"];
    let two = two.map(|id| ListId::new(id).unwrap());
    let server = |status: u16, answer: &str| {
        let answer = match status {
            204 => ResponseTemplate::new(204),
            _ => ResponseTemplate::new(status).set_body_json(example(answer)),
        };
        async move {
            let (server, client) = server_answering(answer).await;
            let lists = client.lists(structure().id());
            (server, lists)
        }
    };

    let (seen, lists) = server(200, "NewsletterRenamed").await;
    lists
        .rename(&newsletter, "Monthly Newsletter")
        .await
        .unwrap();
    let path = format!("PATCH /{id}");
    assert_eq!(sent(&seen).await, (path, example("RenameNewsletter")));

    let (seen, lists) = server(204, "").await;
    lists.delete(id).await.unwrap();
    assert_eq!(sent(&seen).await, (format!("DELETE /{id}"), Value::Null));

    let (seen, lists) = server(204, "").await;
    lists.delete_many(&two).await.unwrap();
    assert_eq!(
        sent(&seen).await,
        ("DELETE ".into(), example("DeleteTwoLists"))
    );

    let (seen, lists) = server(201, "NewsletterCopy").await;
    lists.duplicate(id, "Newsletter (copy)").await.unwrap();
    let path = format!("POST /{id}/duplicate");
    assert_eq!(sent(&seen).await, (path, example("DuplicateNewsletter")));

    let (seen, lists) = server(200, "MergedList").await;
    lists.merge(&two, "Everybody").await.unwrap();
    assert_eq!(
        sent(&seen).await,
        ("POST /merge".into(), example("MergeTwoLists"))
    );

    let (seen, lists) = server(200, "AllLists").await;
    lists.all().await.unwrap();
    assert_eq!(sent(&seen).await, ("GET /all".into(), Value::Null));

    let (seen, lists) = server(200, "ListPage").await;
    let query = lists
        .query()
        .name_contains("a & b")
        .sort(ListSort::NameAscending);
    query.page_size(25).page(2).await.unwrap();
    let path = "GET ?criteria=a+%26+b&page=2&size=25&sort=name%3Aasc".to_owned();
    assert_eq!(sent(&seen).await, (path, Value::Null));
}
