//! Searches and exports that see each change of a contact later than everything else does.

use std::time::Duration;

use benchmark_email_sandbox::{Fault, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, path, read};

const LAG: Duration = Duration::from_secs(2);
const ALMOST: Duration = Duration::from_millis(1_999);
const THE_REST: Duration = Duration::from_millis(1);

/// An account whose clock stands still, and whose searches lag.
async fn lagging() -> Account {
    Account::with(Sandbox::builder().stopped_clock().search_lag(LAG)).await
}

async fn question(account: &Account, filters: Value) -> Value {
    json!({
        "contactStructureId": account.structure_id().await,
        "page": 1,
        "pageSize": 10,
        "source": ["key", "fields", "contactStatus"],
        "contactSpecification": { "filters": filters },
    })
}

/// The rows of a search with these filters, and how many it promises.
async fn rows(account: &Account, filters: Value) -> (Vec<Value>, Value) {
    let asked = question(account, filters).await;
    let (status, page) = account.post("/api/contact/search", asked).await;
    assert_eq!(status, 200, "{page}");
    let rows = page["contacts"].as_array().unwrap().clone();
    (rows, page["totalRecords"].clone())
}

async fn keys(account: &Account) -> Vec<String> {
    let (rows, total) = rows(account, json!([])).await;
    assert_eq!(total, rows.len());
    let key = |row: &Value| row["key"].as_str().unwrap().to_owned();
    rows.iter().map(key).collect()
}

async fn by_key(account: &Account, key: &str) -> usize {
    let criterion = json!({ "columnToFilter": "KEY", "operator": "EQ", "values": [key] });
    rows(account, json!([{ "criterias": [criterion] }]))
        .await
        .0
        .len()
}

/// An export of all, without its head.
async fn exported(account: &Account) -> Vec<String> {
    let asked = question(account, json!([])).await;
    let answer = account.send(Method::POST, "/api/contact/export", Some(asked));
    let csv = answer.await.text().await.unwrap();
    csv.lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_contact_is_found_when_the_lag_has_passed_and_got_at_once() {
    let account = lagging().await;
    let clock = account.sandbox.clock();
    let jane = account.contact("jane@example.com").await;
    for (wait, found) in [(Duration::ZERO, 0), (ALMOST, 0), (THE_REST, 1)] {
        clock.advance(wait);
        assert_eq!(keys(&account).await.len(), found);
        assert_eq!(by_key(&account, "Jane@example.com").await, found);
        assert_eq!(exported(&account).await.len(), found);
        assert_eq!(account.get(&path(&jane)).await.0, 200);
        assert_eq!(account.contact_count().await, 1);
    }
}

#[tokio::test]
async fn a_change_and_a_deletion_are_seen_late_too_each_in_its_time() {
    let account = lagging().await;
    let clock = account.sandbox.clock();
    let mut jane = account.contact("jane@example.com").await;
    clock.advance(Duration::from_secs(1));
    jane["key"] = json!("joan@example.com");
    assert_eq!(account.put(&path(&jane), jane.clone()).await.0, 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!(account.delete(&path(&jane)).await.0, 200);
    assert_eq!(keys(&account).await, ["jane@example.com"]);
    assert!(exported(&account).await[0].starts_with("jane@example.com"));
    clock.advance(Duration::from_secs(1));
    assert_eq!(keys(&account).await, ["joan@example.com"]);
    assert!(exported(&account).await[0].starts_with("joan@example.com"));
    assert_eq!(by_key(&account, "jane@example.com").await, 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(keys(&account).await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_goes_with_a_field_or_a_list_is_seen_late_too() {
    let account = lagging().await;
    let (field, list) = (account.field("Company").await, account.list("News").await);
    let body = json!({
        "key": "jane@example.com",
        "contactStructureId": account.structure_id().await,
        "fields": [{ "_id": field, "value": "Acme" }],
        "lists": [{ "_id": list["_id"] }],
    });
    assert_eq!(account.post("/api/contact", body).await.0, 200);
    account.sandbox.clock().advance(LAG);
    let on_list = json!([{ "criterias": [
        { "columnToFilter": "LIST_ID", "operator": "EQ", "values": [list["_id"]] },
    ] }]);

    let mut structure = account.structure().await;
    let at = format!("/api/contact-structure/{}", account.structure_id().await);
    let fields = structure["fields"].as_array_mut().unwrap();
    fields.retain(|known| known["_id"] != field.as_str());
    assert_eq!(account.put(&at, structure).await.0, 200);
    let lists = format!("{at}/lists/{}", list["_id"].as_str().unwrap());
    let gone = account.send(Method::DELETE, &lists, None).await;
    assert!(gone.status().is_success());

    let (before, _) = rows(&account, on_list.clone()).await;
    assert_eq!(before[0]["fields"][0]["value"], "Acme");
    account.sandbox.clock().advance(LAG);
    assert_eq!(rows(&account, on_list).await.0, [] as [Value; 0]);
    let (after, _) = rows(&account, json!([])).await;
    assert_eq!(after[0]["fields"], json!([]));
}

#[tokio::test]
async fn the_lag_can_be_changed_at_any_time() {
    let account = lagging().await;
    let sandbox = &account.sandbox;
    account.contact("jane@example.com").await;
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(by_key(&account, "jane@example.com").await, 0);
    let shorter = account
        .put("/_sandbox/search", json!({ "lagMs": 1000 }))
        .await;
    assert_eq!(shorter.0, 204);
    assert_eq!(by_key(&account, "jane@example.com").await, 1);

    let reading = || {
        let rules = sandbox.rules();
        rules
            .iter()
            .find(|rule| rule.name == "search-lag")
            .unwrap()
            .reading
    };
    assert_eq!(reading(), Some("later"));
    assert_eq!(account.get("/_sandbox").await.1["searchLagMs"], 1000);
    sandbox.set_search_lag(Duration::ZERO);
    assert_eq!(reading(), Some("at-once"));
    account.contact("john@example.com").await;
    assert_eq!(by_key(&account, "john@example.com").await, 1);
    // Chosen by its name alone, it is two seconds.
    sandbox.read_rule("search-lag", "later").unwrap();
    account.contact("jack@example.com").await;
    sandbox.clock().advance(ALMOST);
    assert_eq!(by_key(&account, "jack@example.com").await, 0);
    sandbox.clock().advance(THE_REST);
    assert_eq!(by_key(&account, "jack@example.com").await, 1);
}

#[tokio::test]
async fn a_restored_account_is_seen_at_once_and_a_reset_ends_the_lag() {
    let account = lagging().await;
    let sandbox = &account.sandbox;
    account.contact("jane@example.com").await;
    sandbox.restore(sandbox.snapshot()).unwrap();
    assert_eq!(keys(&account).await, ["jane@example.com"]);
    account.contact("john@example.com").await;
    assert_eq!(keys(&account).await, ["jane@example.com"]);
    sandbox.reset().unwrap();
    account.contact("jack@example.com").await;
    assert_eq!(keys(&account).await, ["jack@example.com"]);
}

#[tokio::test]
async fn a_late_commit_is_made_when_a_stopped_clock_is_moved_on() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let late = Fault::commit_late(LAG).on("createContact").times(1);
    account.sandbox.fault(late);
    let body =
        json!({ "key": "jane@example.com", "contactStructureId": account.structure_id().await });
    let lost = account.try_send(Method::POST, "/api/contact", Some(body.clone()));
    assert!(lost.await.is_err());
    account.sandbox.clock().advance(ALMOST);
    assert_eq!(account.contact_count().await, 0);
    account.sandbox.clock().advance(THE_REST);
    assert_eq!(account.contact_count().await, 1);
    let second = account.send(Method::POST, "/api/contact", Some(body)).await;
    assert_eq!(read(second).await.0, 400);
}
