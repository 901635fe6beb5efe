use serde_json::{Value, json};

use super::account::{Account, id, path, refusal};

async fn reading(rule: &str, reading: &str) -> Account {
    let account = Account::new().await;
    account.sandbox.read_rule(rule, reading).unwrap();
    account
}

async fn create(account: &Account, more: Value) -> super::account::Answer {
    let mut body =
        json!({ "key": "jane@example.com", "contactStructureId": account.structure_id().await });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    account.post("/api/contact", body).await
}

#[tokio::test]
async fn every_rule_is_listed_with_its_mark() {
    let account = Account::new().await;
    let (status, rules) = account.get("/_sandbox/rules").await;
    assert_eq!(status, 200);
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), account.sandbox.rules().len());
    for rule in rules {
        assert!(
            ["documented", "assumed"].contains(&rule["mark"].as_str().unwrap()),
            "{rule}"
        );
        assert!(!rule["says"].as_str().unwrap().is_empty());
        assert!(!rule["source"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_reading_is_chosen_over_http_and_undone_by_a_reset() {
    let account = Account::new().await;
    let put = account
        .put("/_sandbox/rules/lists-all", json!({ "reading": "records" }))
        .await;
    assert_eq!(put.0, 204);
    let path = format!(
        "/api/contact-structure/{}/lists/all",
        account.structure_id().await
    );
    assert_eq!(
        account.get(&path).await.1,
        json!({ "records": [], "total": 0 })
    );
    let wrong = account
        .put("/_sandbox/rules/lists-all", json!({ "reading": "csv" }))
        .await;
    assert_eq!(refusal(&wrong).0, 400);
    account.sandbox.reset().unwrap();
    let path = format!(
        "/api/contact-structure/{}/lists/all",
        account.structure_id().await
    );
    assert_eq!(account.get(&path).await.1, json!([]));
}

#[tokio::test]
async fn a_duplicate_key_may_update() {
    let account = reading("contact-key-unique", "update").await;
    let jane = account.contact("jane@example.com").await;
    let (status, again) = create(&account, json!({ "tags": [account.tag("VIP").await] })).await;
    assert_eq!(
        (status, &again["_id"], &again["__v"]),
        (200, &jane["_id"], &json!(1))
    );
    assert_eq!(again["tags"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_duplicate_key_may_make_two_contacts_of_which_both_are_found() {
    let account = reading("contact-key-unique", "twice").await;
    let jane = account.contact("jane@example.com").await;
    let again = account.contact("jane@example.com").await;
    assert_ne!(jane["_id"], again["_id"]);
    let criterion =
        json!({ "columnToFilter": "KEY", "operator": "EQ", "values": ["jane@example.com"] });
    let search = json!({
        "contactStructureId": jane["contactStructureId"],
        "page": 1,
        "pageSize": 10,
        "source": ["_id"],
        "contactSpecification": { "filters": [{ "criterias": [criterion] }] },
    });
    let (_, page) = account.post("/api/contact/search", search).await;
    let found = page["contacts"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    // Neither stands in the other's way, nor in a snapshot's.
    assert_eq!(account.put(&path(&again), again.clone()).await.0, 200);
    account.sandbox.restore(account.sandbox.snapshot()).unwrap();
    assert_eq!(account.contact_count().await, 2);
    account
        .sandbox
        .read_rule("contact-key-unique", "refuse")
        .unwrap();
    assert!(account.sandbox.restore(account.sandbox.snapshot()).is_err());
    assert_eq!(
        refusal(&create(&account, json!({})).await).1,
        "DuplicateFieldError"
    );
}

#[tokio::test]
async fn an_update_by_duplicate_key_does_not_bring_back_who_left() {
    let account = reading("contact-key-unique", "update").await;
    let jane = account.contact("jane@example.com").await;
    assert!(account.sandbox.deactivate(&id(&jane), "Bounce"));
    let (_, again) = create(&account, json!({})).await;
    assert_eq!(
        again["status"],
        json!({ "primary": "Inactive", "secondary": "Bounce" })
    );
    let back = create(&account, json!({ "status": { "primary": "Active" } })).await;
    assert_eq!(refusal(&back), (400, "ValidationError", "status.primary"));
}

#[tokio::test]
async fn case_of_keys_may_matter() {
    let account = reading("contact-key-case", "sensitive").await;
    account.contact("jane@example.com").await;
    account.contact("Jane@example.com").await;
}

#[tokio::test]
async fn all_contacts_may_come_in_a_wrapper() {
    let account = reading("contacts-shape", "wrapper").await;
    assert_eq!(
        account.get("/api/contact").await.1,
        json!({ "contacts": [], "totalRecords": 0 })
    );
    let jane = account.contact("jane@example.com").await;
    assert_eq!(
        account.get("/api/contact").await.1,
        json!({ "contacts": [jane], "totalRecords": 1 })
    );
}

#[tokio::test]
async fn lists_and_tags_may_be_plain_ids() {
    let account = reading("contact-refs-shape", "ids").await;
    let (list, tag) = (
        id(&account.list("Newsletter").await),
        account.tag("VIP").await,
    );
    let (_, jane) = create(&account, json!({ "lists": [list], "tags": [tag] })).await;
    assert_eq!(
        (&jane["lists"], &jane["tags"]),
        (&json!([list]), &json!([tag]))
    );
    assert_eq!(account.get("/api/contact").await.1[0], jane);
}

#[tokio::test]
async fn a_malformed_id_or_unknown_list_may_be_a_bad_request() {
    let account = reading("malformed-id", "validation").await;
    let answer = account.get("/api/contact/x").await;
    assert_eq!(refusal(&answer), (400, "ValidationError", "contactId"));
    let account = reading("list-exists", "validation").await;
    let lists = format!(
        "/api/contact-structure/{}/lists",
        account.structure_id().await
    );
    for id in ["x", "64a1b2c3d4e5f6a7b8c9ffff"] {
        let answer = account.get(&format!("{lists}/{id}")).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", "listId"));
    }
}

#[tokio::test]
async fn an_unknown_structure_may_be_not_found() {
    let account = reading("contact-structure-exists", "not-found").await;
    let body = json!({ "key": "a@example.com", "contactStructureId": "64a1b2c3d4e5f6a7b8c9ffff" });
    assert_eq!(
        refusal(&account.post("/api/contact", body).await),
        (404, "RecordNotFound", "")
    );
}

#[tokio::test]
async fn patch_may_ignore_other_properties() {
    let account = reading("patch-status-only", "ignore").await;
    let jane = path(&account.contact("jane@example.com").await);
    let body = json!({ "status": { "primary": "Active" }, "key": "other@example.com" });
    let (status, after) = account.patch(&jane, body).await;
    assert_eq!((status, &after["key"]), (200, &json!("jane@example.com")));
}

#[tokio::test]
async fn a_replacement_may_go_without_a_version() {
    let account = reading("version-required", "optional").await;
    let jane = path(&account.contact("jane@example.com").await);
    assert_eq!(
        account
            .put(&jane, json!({ "key": "jane@example.com" }))
            .await
            .0,
        200
    );
    let stale = account
        .put(&jane, json!({ "key": "jane@example.com", "__v": 0 }))
        .await;
    assert_eq!(refusal(&stale), (400, "ConcurrencyError", ""));
}

#[tokio::test]
async fn unknown_fields_lists_and_tags_may_be_dropped() {
    let account = Account::new().await;
    account.sandbox.read_rule("field-known", "ignore").unwrap();
    account.sandbox.read_rule("contact-refs", "ignore").unwrap();
    let unknown = "64a1b2c3d4e5f6a7b8c9ffff";
    let body = json!({ "fields": [{ "_id": unknown, "value": 1 }], "lists": [unknown], "tags": [unknown] });
    let (status, jane) = create(&account, body).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&jane["fields"], &jane["lists"], &jane["tags"]),
        (&json!([]), &json!([]), &json!([]))
    );
}

#[tokio::test]
async fn values_may_go_unchecked() {
    let account = reading("field-type", "accept").await;
    let seats = account.field("Seats").await;
    let body = json!({ "fields": [{ "_id": seats, "value": "a dozen" }] });
    assert_eq!(create(&account, body).await.0, 200);
}

#[tokio::test]
async fn texts_and_keys_may_be_tidied() {
    for (stored, name, key) in [
        ("as-sent", " Jane ", "Jane@Example.com"),
        ("tidied", "Jane", "jane@example.com"),
    ] {
        let account = reading("stored-text", stored).await;
        let fields = json!([
            { "_id": account.field("First Name").await, "value": " Jane " },
            { "_id": account.field("Seats").await, "value": 3 },
        ]);
        let (_, jane) = create(
            &account,
            json!({ "key": "Jane@Example.com", "fields": fields }),
        )
        .await;
        assert_eq!(jane["key"], key);
        assert_eq!(jane["fields"][0]["value"], name);
        assert_eq!(jane["fields"][1]["value"], 3);
    }
}

#[tokio::test]
async fn required_fields_may_be_enforced() {
    let account = reading("field-required", "enforce").await;
    let mut structure = account.structure().await;
    structure["fields"][0]["required"] = json!(true);
    let at = format!("/api/contact-structure/{}", id(&structure));
    assert_eq!(account.put(&at, structure.clone()).await.0, 200);
    let answer = create(&account, json!({})).await;
    assert_eq!(refusal(&answer), (400, "ValidationError", "fields"));
    assert_eq!(
        answer.1["errors"][0]["fieldId"],
        structure["fields"][0]["_id"]
    );
    let body = json!({ "fields": [{ "_id": structure["fields"][0]["_id"], "value": "Jane" }] });
    assert_eq!(create(&account, body).await.0, 200);
}

#[tokio::test]
async fn null_may_be_as_good_as_missing() {
    let nulls = json!({ "lists": null, "tags": null, "status": null, "fields": [{ "_id": "?", "value": null }] });
    let account = Account::new().await;
    assert_eq!(refusal(&create(&account, nulls.clone()).await).0, 400);
    account
        .sandbox
        .read_rule("null-properties", "ignore")
        .unwrap();
    let mut with_field = nulls;
    with_field["fields"][0]["_id"] = json!(account.field("Seats").await);
    let (status, jane) = create(&account, with_field).await;
    assert_eq!(
        (status, &jane["fields"], &jane["status"]["primary"]),
        (200, &json!([]), &json!("Active"))
    );
}

#[tokio::test]
async fn list_names_may_have_to_be_unique() {
    let account = reading("list-name-unique", "unique").await;
    account.list("Newsletter").await;
    let lists = format!(
        "/api/contact-structure/{}/lists",
        account.structure_id().await
    );
    let answer = account.post(&lists, json!({ "name": "Newsletter" })).await;
    assert_eq!(refusal(&answer), (400, "DuplicateFieldError", "name"));
}

#[tokio::test]
async fn paged_lists_may_be_a_bare_array() {
    let account = reading("lists-paged", "array").await;
    let list = account.list("Newsletter").await;
    let lists = format!(
        "/api/contact-structure/{}/lists",
        account.structure_id().await
    );
    assert_eq!(account.get(&lists).await.1[0]["_id"], list["_id"]);
}

#[tokio::test]
async fn a_search_for_all_may_be_refused_and_values_may_be_text() {
    let account = Account::new().await;
    let seats = account.field("Seats").await;
    create(
        &account,
        json!({ "fields": [{ "_id": seats, "value": 12 }] }),
    )
    .await;
    let mut search = json!({
        "contactStructureId": account.structure_id().await, "page": 1, "pageSize": 1,
        "source": ["fields"], "contactSpecification": { "filters": [] },
    });
    let value =
        |answer: super::account::Answer| answer.1["contacts"][0]["fields"][0]["value"].clone();
    assert_eq!(
        value(account.post("/api/contact/search", search.clone()).await),
        json!(12)
    );
    account.sandbox.read_rule("search-values", "text").unwrap();
    assert_eq!(
        value(account.post("/api/contact/search", search.clone()).await),
        json!("12")
    );
    account.sandbox.read_rule("search-all", "refuse").unwrap();
    search["contactSpecification"] = json!({ "filters": [{ "criterias": [] }] });
    assert_eq!(
        refusal(&account.post("/api/contact/search", search).await).0,
        400
    );
}
