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

async fn lists(account: &Account) -> String {
    format!(
        "/api/contact-structure/{}/lists",
        account.structure_id().await
    )
}

async fn member(account: &Account, key: &str, lists: &[&str]) {
    let body = json!({
        "key": key, "contactStructureId": account.structure_id().await, "lists": lists,
    });
    assert_eq!(account.post("/api/contact", body).await.0, 200);
}

async fn members(account: &Account, list: &str) -> u64 {
    let body = json!({
        "contactStructureId": account.structure_id().await, "page": 1, "pageSize": 1, "source": ["_id"],
        "contactSpecification": { "filters": [
            { "criterias": [{ "columnToFilter": "LIST_ID", "operator": "EQ", "values": [list] }] }
        ] },
    });
    account.post("/api/contact/search", body).await.1["totalRecords"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn a_list_is_renamed_at_its_current_version_only() {
    let account = Account::new().await;
    let list = account.list("Newsletter").await;
    let at = format!("{}/{}", lists(&account).await, id(&list));
    let (status, after) = account
        .patch(&at, json!({ "name": "News", "__v": 0 }))
        .await;
    assert_eq!(
        (status, &after["name"], &after["__v"]),
        (200, &json!("News"), &json!(1))
    );
    let stale = account.patch(&at, json!({ "name": "Old", "__v": 0 })).await;
    assert_eq!(refusal(&stale), (400, "ConcurrencyError", ""));
    let without = account.patch(&at, json!({ "name": "Old" })).await;
    assert_eq!(refusal(&without), (400, "ValidationError", "__v"));
}

#[tokio::test]
async fn a_deleted_list_goes_and_its_contacts_stay() {
    let account = Account::new().await;
    let list = id(&account.list("Newsletter").await);
    member(&account, "jane@example.com", &[&list]).await;
    let at = format!("{}/{list}", lists(&account).await);
    assert_eq!(account.delete(&at).await, (204, json!(null)));
    assert_eq!(refusal(&account.delete(&at).await).0, 404);
    let (_, all) = account.get("/api/contact").await;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["lists"]),
        (1, &json!([]))
    );
}

#[tokio::test]
async fn several_lists_are_deleted_all_or_none() {
    let account = Account::new().await;
    let (one, two) = (
        id(&account.list("One").await),
        id(&account.list("Two").await),
    );
    let at = lists(&account).await;
    let delete = |ids: serde_json::Value| {
        account.send(
            reqwest::Method::DELETE,
            &at,
            Some(json!({ "listIds": ids })),
        )
    };
    for ids in [
        json!([one, "64a1b2c3d4e5f6a7b8c9ffff"]),
        json!([]),
        json!([7]),
    ] {
        let answer = super::account::read(delete(ids).await).await;
        assert_eq!(refusal(&answer).0, 400);
    }
    assert_eq!(account.get(&at).await.1["total"], 2);
    assert_eq!(delete(json!([one, two])).await.status(), 204);
    assert_eq!(account.get(&at).await.1["total"], 0);
}

#[tokio::test]
async fn merging_makes_a_new_list_and_keeps_the_old_ones() {
    let account = Account::new().await;
    let (one, two) = (
        id(&account.list("One").await),
        id(&account.list("Two").await),
    );
    member(&account, "a@example.com", &[&one]).await;
    member(&account, "b@example.com", &[&two]).await;
    member(&account, "c@example.com", &[&one, &two]).await;
    member(&account, "d@example.com", &[]).await;
    let at = format!("{}/merge", lists(&account).await);
    let (status, merged) = account
        .post(&at, json!({ "name": "Both", "listIds": [one, two] }))
        .await;
    assert_eq!(
        (status, &merged["name"], &merged["__v"]),
        (200, &json!("Both"), &json!(0))
    );
    assert_eq!(members(&account, &id(&merged)).await, 3);
    assert_eq!(
        (members(&account, &one).await, members(&account, &two).await),
        (2, 2)
    );
    let alone = account
        .post(&at, json!({ "name": "One", "listIds": [one, one] }))
        .await;
    assert_eq!(refusal(&alone), (400, "ValidationError", "listIds"));
}

#[tokio::test]
async fn a_duplicate_has_the_same_contacts() {
    let account = Account::new().await;
    let list = id(&account.list("Newsletter").await);
    member(&account, "a@example.com", &[&list]).await;
    let at = format!("{}/{list}/duplicate", lists(&account).await);
    let nameless = account.post(&at, json!({})).await;
    assert_eq!(refusal(&nameless), (400, "ValidationError", "name"));
    account
        .sandbox
        .read_rule("list-duplicate", "optional")
        .unwrap();
    let (status, copy) = account.post(&at, json!({})).await;
    assert_eq!((status, &copy["name"]), (201, &json!("Copy of Newsletter")));
    let (_, named) = account.post(&at, json!({ "name": "Second" })).await;
    assert_eq!(named["name"], "Second");
    assert_eq!(members(&account, &id(&copy)).await, 1);
    assert_eq!(members(&account, &list).await, 1);
}

#[tokio::test]
async fn lists_are_paged_sorted_and_searched() {
    let account = Account::new().await;
    let at = lists(&account).await;
    for name in ["Beta", "Alpha", "Gamma news", "Delta News"] {
        account.list(name).await;
    }
    let newsletter = id(&account.list("Newsletter").await);
    member(&account, "a@example.com", &[&newsletter]).await;
    for (query, total, names) in [
        (
            "",
            5,
            vec!["Beta", "Alpha", "Gamma news", "Delta News", "Newsletter"],
        ),
        (
            "?size=2&page=2&sort=name:asc",
            5,
            vec!["Delta News", "Gamma news"],
        ),
        ("?sort=name:desc&size=1", 5, vec!["Newsletter"]),
        (
            "?criteria=NEWS",
            3,
            vec!["Gamma news", "Delta News", "Newsletter"],
        ),
        ("?sort=createdAt%3Aasc&size=1", 5, vec!["Beta"]),
    ] {
        let (status, page) = account.get(&format!("{at}{query}")).await;
        assert_eq!((status, &page["total"]), (200, &json!(total)), "{query}");
        let shown: Vec<_> = page["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|list| list["name"].clone())
            .collect();
        assert_eq!(shown, names, "{query}");
    }
    let (_, page) = account.get(&format!("{at}?criteria=newsletter")).await;
    assert_eq!(
        (
            &page["records"][0]["totalContacts"],
            &page["records"][0]["totalCampaigns"]
        ),
        (&json!(1), &json!(0))
    );
    let (_, all) = account.get(&format!("{at}/all")).await;
    assert_eq!(
        all[4],
        json!({ "_id": newsletter, "name": "Newsletter", "type": "static" })
    );
    for (query, name) in [
        ("sort=name", "sort"),
        ("sort=size:asc", "sort"),
        ("sort=name:up", "sort"),
        ("page=0", "page"),
        ("size=-1", "size"),
    ] {
        let answer = account.get(&format!("{at}?{query}")).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", name));
    }
    let long = account
        .get(&format!("{at}?criteria={}", "x".repeat(51)))
        .await;
    assert_eq!(refusal(&long), (400, "ValidationError", "criteria"));
}
