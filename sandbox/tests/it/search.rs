use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::account::{Account, id, refusal};

async fn by_key(account: &Account, key: &str) -> Value {
    body(account, json!([{ "criterias": [criterion("KEY", key)] }])).await
}

async fn body(account: &Account, filters: Value) -> Value {
    json!({
        "contactStructureId": account.structure_id().await,
        "page": 1,
        "pageSize": 10,
        "source": ["_id", "key"],
        "contactSpecification": { "filters": filters },
    })
}

fn criterion(column: &str, value: &str) -> Value {
    json!({ "columnToFilter": column, "operator": "EQ", "values": [value] })
}

async fn found(account: &Account, body: Value) -> Vec<String> {
    let (status, page) = account.post("/api/contact/search", body).await;
    assert_eq!(status, 200, "{page}");
    let rows = page["contacts"].as_array().unwrap();
    rows.iter()
        .map(|row| row["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_contact_is_found_by_its_key() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    account.contact("john@example.com").await;
    let mut search = by_key(&account, "JANE@example.com").await;
    search["source"] = json!([
        "_id",
        "key",
        "fields",
        "tags",
        "lists",
        "contactStatus",
        "contactSubStatus",
        "createdAt",
        "updatedAt"
    ]);
    let (status, page) = account.post("/api/contact/search", search).await;
    assert_eq!((status, &page["totalRecords"]), (200, &json!(1)));
    let row = &page["contacts"][0];
    assert_eq!(row["_id"], jane["_id"]);
    assert_eq!(row["contactStructureId"], jane["contactStructureId"]);
    assert_eq!(row["contactStatus"], "Active");
    assert_eq!(row.get("contactSubStatus"), None);
    assert_eq!(row.get("__v"), None);
    let nobody = by_key(&account, "nobody@example.com").await;
    let answer = account.post("/api/contact/search", nobody).await;
    assert_eq!(answer, (200, json!({ "contacts": [], "totalRecords": 0 })));
}

#[tokio::test]
async fn each_part_of_a_search_is_required() {
    let account = Account::new().await;
    let whole = by_key(&account, "jane@example.com").await;
    for name in [
        "contactStructureId",
        "page",
        "pageSize",
        "source",
        "contactSpecification",
    ] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(name);
        let answer = account.post("/api/contact/search", part).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", name));
    }
}

#[tokio::test]
async fn one_bad_source_fails_the_whole_search() {
    let account = Account::new().await;
    for source in [
        json!([]),
        json!(["_ID"]),
        json!(["key", "nonsense"]),
        json!([1]),
        json!("key"),
    ] {
        let mut search = by_key(&account, "jane@example.com").await;
        search["source"] = source;
        let answer = account.post("/api/contact/search", search).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", "source"));
    }
}

#[tokio::test]
async fn criteria_are_joined_by_and_groups_by_or() {
    let account = Account::new().await;
    let list = id(&account.list("Newsletter").await);
    let (first, vip) = (account.field("First Name").await, account.tag("VIP").await);
    for (key, name, lists, tags) in [
        ("a@example.com", "Ann", vec![&list], vec![]),
        ("b@example.com", "Ann", vec![], vec![&vip]),
        ("c@example.com", "Bob", vec![&list], vec![&vip]),
    ] {
        let contact = json!({
            "key": key, "contactStructureId": account.structure_id().await,
            "fields": [{ "_id": first, "value": name }], "lists": lists, "tags": tags,
        });
        assert_eq!(account.post("/api/contact", contact).await.0, 200);
    }
    let mut named = criterion("FIELD_ID", "Ann");
    named["fieldId"] = json!(first);
    let on_list = criterion("LIST_ID", &list);
    let tagged = criterion("TAG_ID", &vip);
    let key = criterion("KEY", "c@example.com");
    for (filters, keys) in [
        (
            json!([{ "criterias": [named, on_list] }]),
            vec!["a@example.com"],
        ),
        (
            json!([{ "criterias": [named] }, { "criterias": [tagged] }]),
            vec!["a@example.com", "b@example.com", "c@example.com"],
        ),
        (
            json!([{ "criterias": [key, on_list] }]),
            vec!["c@example.com"],
        ),
        (json!([{ "criterias": [key, named] }]), vec![]),
        (
            json!([{ "criterias": [key] }, { "criterias": [named, on_list] }]),
            vec!["a@example.com", "c@example.com"],
        ),
        (
            json!([]),
            vec!["a@example.com", "b@example.com", "c@example.com"],
        ),
    ] {
        assert_eq!(
            found(&account, body(&account, filters.clone()).await).await,
            keys,
            "{filters}"
        );
    }
}

#[tokio::test]
async fn pages_cut_the_result_and_the_total_does_not_change() {
    let account = Account::new().await;
    for number in 0..5 {
        account.contact(&format!("c{number}@example.com")).await;
    }
    let mut search = body(&account, json!([])).await;
    search["pageSize"] = json!(2);
    for (page, keys) in [
        (1, vec!["c0", "c1"]),
        (2, vec!["c2", "c3"]),
        (3, vec!["c4"]),
        (4, vec![]),
    ] {
        search["page"] = json!(page);
        let (_, answer) = account.post("/api/contact/search", search.clone()).await;
        assert_eq!(answer["totalRecords"], 5);
        let keys: Vec<_> = keys
            .iter()
            .map(|key| format!("{key}@example.com"))
            .collect();
        assert_eq!(found(&account, search.clone()).await, keys);
    }
    for (name, value) in [
        ("page", json!(0)),
        ("pageSize", json!(0)),
        ("pageSize", json!(1001)),
        ("page", json!(1.5)),
        ("page", json!(-1)),
    ] {
        let mut wrong = search.clone();
        wrong[name] = value;
        let answer = account.post("/api/contact/search", wrong).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", name));
    }
}

#[tokio::test]
async fn an_unknown_column_operator_or_field_is_refused() {
    let account = Account::new().await;
    let mut no_values = criterion("KEY", "x");
    no_values["values"] = json!([]);
    let mut contains = criterion("KEY", "x");
    contains["operator"] = json!("CONTAINS");
    for (criterion, field) in [
        (criterion("key", "x"), "columnToFilter"),
        (contains, "operator"),
        (no_values, "values"),
        (criterion("FIELD_ID", "x"), "fieldId"),
    ] {
        let search = body(&account, json!([{ "criterias": [criterion] }])).await;
        let answer = account.post("/api/contact/search", search).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", field));
    }
}

#[tokio::test]
async fn very_many_values_take_no_longer_than_reading_them() {
    let account = Account::with(Sandbox::builder().contacts(2000)).await;
    account.contact("jane@example.com").await;
    let mut keys: Vec<_> = (0..100_000).map(|number| format!("{number}@")).collect();
    keys.push("Jane@example.com".to_owned());
    // The second group keeps the search from looking the keys up.
    let by = |column: &str, values: Value| {
        let criterion = json!({ "columnToFilter": column, "operator": "EQ", "values": values });
        json!({ "criterias": [criterion] })
    };
    let filters = [
        by("KEY", json!(keys)),
        by("CONTACT_STATUS", json!(["None"])),
    ];
    let body = json!({
        "contactStructureId": account.structure_id().await,
        "contactSpecification": { "filters": filters },
        "page": 1,
        "pageSize": 10,
        "source": ["key"],
    });
    let search = account.post("/api/contact/search", body);
    // Compared one by one it takes far longer.
    let (status, found) = tokio::time::timeout(std::time::Duration::from_secs(10), search)
        .await
        .unwrap();
    assert_eq!(
        (status, &found["totalRecords"]),
        (200, &json!(1)),
        "{found}"
    );
}
