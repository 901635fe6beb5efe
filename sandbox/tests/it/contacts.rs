use serde_json::{Value, json};

use super::account::{Account, id, path, refusal};

#[tokio::test]
async fn a_created_contact_comes_back_as_sent() {
    let account = Account::new().await;
    let structure = account.structure_id().await;
    let (first, seats) = (
        account.field("First Name").await,
        account.field("Seats").await,
    );
    let list = id(&account.list("Newsletter").await);
    let sent = json!({
        "key": "jane.smith@example.com",
        "contactStructureId": structure,
        "fields": [{ "_id": first, "value": "Jane" }, { "_id": seats, "value": 12 }],
        "lists": [{ "_id": list, "action": "add" }],
        "tags": [account.tag("VIP").await],
    });
    let (status, created) = account.post("/api/contact", sent).await;
    assert_eq!(status, 200);
    assert_eq!(created["key"], "jane.smith@example.com");
    assert_eq!(created["contactStructureId"], structure);
    assert_eq!(created["fields"][1], json!({ "_id": seats, "value": 12 }));
    assert_eq!(created["status"], json!({ "primary": "Active" }));
    assert_eq!(created["lists"], json!([{ "_id": list }]));
    assert_eq!(
        created["tags"],
        json!([{ "_id": account.tag("VIP").await }])
    );
    assert_eq!(created["__v"], 0);
    assert_eq!(account.get(&path(&created)).await, (200, created));
}

#[tokio::test]
async fn a_contact_needs_key_and_structure() {
    let account = Account::new().await;
    let structure = account.structure_id().await;
    for (body, field) in [
        (json!({ "contactStructureId": structure }), "key"),
        (json!({ "key": "", "contactStructureId": structure }), "key"),
        (json!({ "key": "a@example.com" }), "contactStructureId"),
        (json!({}), "key"),
    ] {
        let answer = account.post("/api/contact", body).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", field));
        assert_eq!(
            answer.1["errors"][0]["message"],
            format!("{field} is required")
        );
    }
}

#[tokio::test]
async fn a_key_is_an_address() {
    let account = Account::new().await;
    let structure = account.structure_id().await;
    for key in [
        "jane",
        "@example.com",
        "jane@",
        "a@b@c",
        "jane smith@example.com",
        "a@b\n",
    ] {
        let body = json!({ "key": key, "contactStructureId": structure });
        let answer = account.post("/api/contact", body).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", "key"), "{key:?}");
    }
}

#[tokio::test]
async fn a_second_contact_with_the_same_key_is_refused() {
    let account = Account::new().await;
    account.contact("jane@example.com").await;
    let structure = account.structure_id().await;
    for key in ["jane@example.com", "Jane@Example.com"] {
        let body = json!({ "key": key, "contactStructureId": structure });
        let answer = account.post("/api/contact", body).await;
        assert_eq!(refusal(&answer), (400, "DuplicateFieldError", "key"));
    }
    assert_eq!(account.contact_count().await, 1);
}

#[tokio::test]
async fn a_deleted_contact_is_answered_once_and_then_unknown() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    assert_eq!(account.delete(&path(&jane)).await, (200, jane.clone()));
    for answer in [
        account.get(&path(&jane)).await,
        account.delete(&path(&jane)).await,
    ] {
        assert_eq!(refusal(&answer), (404, "RecordNotFound", ""));
        assert_eq!(answer.1["errors"][0]["message"], "Contact not found");
    }
    // Its key is free again.
    assert_ne!(id(&account.contact("jane@example.com").await), id(&jane));
}

#[tokio::test]
async fn a_replacement_erases_what_it_leaves_out() {
    let account = Account::new().await;
    let first = account.field("First Name").await;
    let list = id(&account.list("Newsletter").await);
    let body = json!({
        "key": "jane@example.com",
        "contactStructureId": account.structure_id().await,
        "fields": [{ "_id": first, "value": "Jane" }],
        "lists": [list],
        "tags": [account.tag("Lead").await],
        "shoeSize": 44,
    });
    let jane = account.post("/api/contact", body).await.1;
    assert_eq!(jane["shoeSize"], 44);
    let (status, after) = account
        .put(&path(&jane), json!({ "key": "jane@example.org", "__v": 0 }))
        .await;
    assert_eq!(status, 200);
    assert_eq!(after["key"], "jane@example.org");
    assert_eq!(
        (&after["fields"], &after["lists"], &after["tags"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(after.get("shoeSize"), None);
    assert_eq!(after["__v"], 1);
    assert_eq!(after["createdAt"], jane["createdAt"]);
}

#[tokio::test]
async fn what_was_read_can_be_sent_back() {
    let account = Account::new().await;
    let list = id(&account.list("Newsletter").await);
    let body = json!({
        "key": "jane@example.com",
        "contactStructureId": account.structure_id().await,
        "fields": [{ "_id": account.field("Birthday").await, "value": "02-29" }],
        "lists": [list],
        "nickname": { "deep": [1, null] },
    });
    let jane = account.post("/api/contact", body).await.1;
    let (status, mut after) = account.put(&path(&jane), jane.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(after["__v"], 1);
    after["__v"] = json!(0);
    after["updatedAt"] = jane["updatedAt"].clone();
    assert_eq!(after, jane);
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    assert_eq!(account.put(&path(&jane), jane.clone()).await.0, 200);
    let answer = account.put(&path(&jane), jane.clone()).await;
    assert_eq!(refusal(&answer), (400, "ConcurrencyError", ""));
    assert_eq!(
        answer.1["errors"][0]["message"],
        "Document version mismatch"
    );
    let mut without = jane.clone();
    without.as_object_mut().unwrap().remove("__v");
    assert_eq!(
        refusal(&account.put(&path(&jane), without).await),
        (400, "ValidationError", "__v")
    );
}

#[tokio::test]
async fn a_replacement_can_not_take_anothers_key() {
    let account = Account::new().await;
    account.contact("jane@example.com").await;
    let john = account.contact("john@example.com").await;
    let answer = account
        .put(&path(&john), json!({ "key": "jane@example.com", "__v": 0 }))
        .await;
    assert_eq!(refusal(&answer), (400, "DuplicateFieldError", "key"));
}

fn status(primary: &str, secondary: Option<&str>) -> Value {
    match secondary {
        Some(secondary) => json!({ "status": { "primary": primary, "secondary": secondary } }),
        None => json!({ "status": { "primary": primary } }),
    }
}

#[tokio::test]
async fn only_unsubscribe_may_be_set_in_its_case_and_with_its_pair() {
    let account = Account::new().await;
    let jane = path(&account.contact("jane@example.com").await);
    for (body, field) in [
        (status("active", None), "status.primary"),
        (status("inactive", Some("Unsubscribe")), "status.primary"),
        (status("Inactive", None), "status.secondary"),
        (status("Inactive", Some("unsubscribe")), "status.secondary"),
        (status("Inactive", Some("Bounce")), "status.secondary"),
        (status("Active", Some("Unsubscribe")), "status.secondary"),
        (json!({ "status": {} }), "status.primary"),
        (json!({ "status": "Inactive" }), "status"),
        (json!({}), "status"),
    ] {
        let answer = account.patch(&jane, body.clone()).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", field), "{body}");
    }
    let (code, after) = account
        .patch(&jane, status("Inactive", Some("Unsubscribe")))
        .await;
    assert_eq!(code, 200);
    assert_eq!(
        after["status"],
        json!({ "primary": "Inactive", "secondary": "Unsubscribe" })
    );
    assert_eq!(after["__v"], 1);
}

#[tokio::test]
async fn an_unsubscribed_contact_stays_unsubscribed() {
    let account = Account::new().await;
    let jane = path(&account.contact("jane@example.com").await);
    let body = status("Inactive", Some("Unsubscribe"));
    let gone = account.patch(&jane, body.clone()).await.1;
    let answer = account.patch(&jane, status("Active", None)).await;
    assert_eq!(refusal(&answer), (400, "ValidationError", "status.primary"));
    let mut back = gone.clone();
    back["status"] = json!({ "primary": "Active" });
    assert_eq!(
        refusal(&account.put(&jane, back).await),
        (400, "ValidationError", "status.primary")
    );
    // Saying it again changes nothing, and neither does a replacement without status.
    assert_eq!(account.patch(&jane, body).await, (200, gone));
    let (_, kept) = account
        .put(&jane, json!({ "key": "jane@example.com", "__v": 1 }))
        .await;
    assert_eq!(kept["status"]["secondary"], "Unsubscribe");
}

#[tokio::test]
async fn patch_takes_the_status_and_nothing_else() {
    let account = Account::new().await;
    let jane = path(&account.contact("jane@example.com").await);
    let mut body = status("Inactive", Some("Unsubscribe"));
    body["key"] = json!("other@example.com");
    assert_eq!(
        refusal(&account.patch(&jane, body).await),
        (400, "ValidationError", "key")
    );
}

#[tokio::test]
async fn a_value_must_fit_its_field() {
    let account = Account::new().await;
    let structure = account.structure_id().await;
    let field = account.field("Seats").await;
    let create = |fields: Value| json!({ "key": "a@example.com", "contactStructureId": structure, "fields": fields });
    for fields in [
        json!([{ "_id": field, "value": "twelve" }]),
        json!([{ "_id": "64a1b2c3d4e5f6a7b8c9ffff", "value": 1 }]),
        json!([{ "_id": "nonsense", "value": 1 }]),
    ] {
        let named = fields[0]["_id"].clone();
        let answer = account.post("/api/contact", create(fields)).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", "fields"));
        assert_eq!(answer.1["errors"][0]["fieldId"], named);
    }
    for fields in [
        json!([{ "value": 1 }]),
        json!([1]),
        json!({}),
        json!([{ "_id": 1 }]),
    ] {
        assert_eq!(account.post("/api/contact", create(fields)).await.0, 400);
    }
    let nothing = create(json!(null));
    assert_eq!(
        refusal(&account.post("/api/contact", nothing).await),
        (400, "ValidationError", "fields")
    );
    let cleared = create(json!([{ "_id": field, "value": null }]));
    assert_eq!(
        account.post("/api/contact", cleared).await.1["fields"],
        json!([])
    );
}

#[tokio::test]
async fn an_unknown_list_or_tag_is_refused() {
    let account = Account::new().await;
    let structure = account.structure_id().await;
    for name in ["lists", "tags"] {
        let mut body = json!({ "key": "a@example.com", "contactStructureId": structure });
        body[name] = json!([{ "_id": "64a1b2c3d4e5f6a7b8c9ffff" }]);
        let answer = account.post("/api/contact", body).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", name));
    }
}

#[tokio::test]
async fn all_contacts_come_in_one_answer_in_order() {
    let account = Account::new().await;
    // More than one batch of the stream.
    let structure = account.structure_id().await;
    for number in 0..300 {
        let body =
            json!({ "key": format!("c{number}@example.com"), "contactStructureId": structure });
        assert_eq!(account.post("/api/contact", body).await.0, 200);
    }
    let (status, all) = account.get("/api/contact").await;
    assert_eq!(status, 200);
    let keys: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["key"].clone())
        .collect();
    let sent: Vec<_> = (0..300)
        .map(|number| json!(format!("c{number}@example.com")))
        .collect();
    assert_eq!(keys, sent);
}

#[tokio::test]
async fn an_id_that_is_none_is_an_unknown_contact() {
    let account = Account::new().await;
    for nonsense in [
        "x",
        "%2e%2e",
        "66f1a6e4698f1bca6042490g",
        "%ff",
        "%00",
        "a%2Fb",
    ] {
        let answer = account.get(&format!("/api/contact/{nonsense}")).await;
        assert_eq!(refusal(&answer).0, 404, "{nonsense}");
    }
}
