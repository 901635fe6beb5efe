use serde_json::json;

use super::account::{Account, id, refusal};

#[tokio::test]
async fn a_list_is_created_and_read_back() {
    let account = Account::new().await;
    let list = account.list("Newsletter").await;
    assert_eq!(
        (&list["name"], &list["type"], &list["__v"]),
        (&json!("Newsletter"), &json!("static"), &json!(0))
    );
    assert_eq!(list.get("contactStructureId"), None);
    let at = format!(
        "/api/contact-structure/{}/lists/{}",
        account.structure_id().await,
        id(&list)
    );
    assert_eq!(account.get(&at).await, (200, list));
}

#[tokio::test]
async fn a_list_needs_a_name_of_at_most_a_thousand_characters() {
    let account = Account::new().await;
    let at = format!(
        "/api/contact-structure/{}/lists",
        account.structure_id().await
    );
    for body in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": 7 }),
        json!({ "name": "x".repeat(1001) }),
    ] {
        assert_eq!(
            refusal(&account.post(&at, body).await),
            (400, "ValidationError", "name")
        );
    }
    assert_eq!(
        account
            .post(&at, json!({ "name": "é".repeat(1000) }))
            .await
            .0,
        201
    );
    let typed = json!({ "name": "x", "type": "dynamic" });
    assert_eq!(
        refusal(&account.post(&at, typed).await),
        (400, "ValidationError", "type")
    );
}

#[tokio::test]
async fn an_unknown_list_or_structure_is_not_found() {
    let account = Account::new().await;
    let unknown = "64a1b2c3d4e5f6a7b8c9ffff";
    let structure = account.structure_id().await;
    for at in [
        format!("/api/contact-structure/{structure}/lists/{unknown}"),
        format!("/api/contact-structure/{unknown}/lists"),
        format!("/api/contact-structure/{structure}/lists/nonsense"),
    ] {
        assert_eq!(
            refusal(&account.get(&at).await),
            (404, "RecordNotFound", "")
        );
    }
}
