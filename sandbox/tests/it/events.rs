use std::time::Duration;

use benchmark_email_sandbox::Sandbox;
use reqwest::Method;
use serde_json::json;

use super::account::{Account, id, path, refusal};

#[tokio::test]
async fn changes_of_a_contact_are_its_events_newest_first() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let jane = account.contact("jane@example.com").await;
    account.contact("john@example.com").await;
    let clock = account.sandbox.clock();
    clock.advance(Duration::from_secs(1));
    account.put(&path(&jane), jane.clone()).await;
    clock.advance(Duration::from_secs(1));
    let body = json!({ "status": { "primary": "Inactive", "secondary": "Unsubscribe" } });
    account.patch(&path(&jane), body).await;

    let (_, page) = account.get(&format!("{}/events", path(&jane))).await;
    assert_eq!(page["total"], 3);
    let types: Vec<_> = page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].clone())
        .collect();
    assert_eq!(
        types,
        ["contact-unsubscribed", "contact-updated", "contact-created"]
    );
    assert_eq!(page["records"][0]["contactId"], id(&jane));
    let (_, all) = account.get("/api/contact/events").await;
    assert_eq!(all["total"], 4);
}

#[tokio::test]
async fn events_are_filtered_by_type_and_age_and_paged() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let jane = account.contact("jane@example.com").await;
    account
        .sandbox
        .clock()
        .advance(Duration::from_secs(40 * 24 * 3600));
    account.put(&path(&jane), jane.clone()).await;
    for (query, total, shown) in [
        ("", 1, 1),
        ("?pastDays=90", 2, 2),
        ("?pastDays=90&types=contact-created", 1, 1),
        (
            "?pastDays=90&types=contact-created%2Ccontact-updated&size=1",
            2,
            1,
        ),
        ("?pastDays=90&size=1&page=3", 2, 0),
        ("?types=email-sent", 0, 0),
    ] {
        let (status, page) = account.get(&format!("/api/contact/events{query}")).await;
        assert_eq!(status, 200);
        assert_eq!(
            (&page["total"], page["records"].as_array().unwrap().len()),
            (&json!(total), shown),
            "{query}"
        );
    }
    for (query, name) in [
        ("pastDays=0", "pastDays"),
        ("pastDays=91", "pastDays"),
        ("page=0", "page"),
        ("size=x", "size"),
        ("types=contact-exploded", "types"),
        ("types=contact-created&types=contact-updated", "types"),
        ("types[]=contact-created", "types"),
        ("types%5B0%5D=contact-created", "types"),
        ("types=%5B%22contact-created%22%5D", "types"),
    ] {
        let answer = account.get(&format!("/api/contact/events?{query}")).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", name));
    }
}

#[tokio::test]
async fn an_event_of_a_seed_keeps_every_property() {
    let bounce = json!({
        "contactId": "66f1a6e4698f1bca60424901", "type": "email-bounced", "source": "email",
        "timestamp": "2026-03-28T14:30:00.000Z", "emailBounceType": "Permanent",
        "triggeredBy": { "type": "user", "userId": "64a1b2c3d4e5f6a7b8c9d400" },
    });
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let clock = account.sandbox.clock();
    clock.set(std::time::UNIX_EPOCH + Duration::from_secs(1_774_710_000));
    account
        .sandbox
        .restore(json!({ "events": [bounce] }))
        .unwrap();
    let (_, page) = account.get("/api/contact/events").await;
    assert_eq!(page, json!({ "records": [bounce], "total": 1 }));
}

#[tokio::test]
async fn events_of_an_unknown_contact_are_not_found() {
    let account = Account::new().await;
    let answer = account
        .get("/api/contact/64a1b2c3d4e5f6a7b8c9ffff/events")
        .await;
    assert_eq!(refusal(&answer), (404, "RecordNotFound", ""));
}

#[tokio::test]
async fn an_export_is_csv_with_the_columns_asked_for() {
    let account = Account::new().await;
    let company = account.field("Company").await;
    let contact = json!({
        "key": "jane@example.com", "contactStructureId": account.structure_id().await,
        "fields": [{ "_id": company, "value": "Acme, \"Inc.\"" }],
    });
    let jane = account.post("/api/contact", contact).await.1;
    let body = json!({
        "contactStructureId": jane["contactStructureId"],
        "source": ["_id", "key", "fields", "contactStatus"],
        "contactSpecification": { "filters": [] },
    });
    let answer = account
        .send(Method::POST, "/api/contact/export", Some(body.clone()))
        .await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let expected = format!(
        "_id,key,First Name,Last Name,Company,Seats,Birthday,Customer Since,Newsletter OK,contactStatus\r\n\
         {},jane@example.com,,,\"Acme, \"\"Inc.\"\"\",,,,,Active\r\n",
        id(&jane)
    );
    assert_eq!(answer.text().await.unwrap(), expected);
    let mut wrong = body;
    wrong["source"] = json!([]);
    let answer = account.post("/api/contact/export", wrong).await;
    assert_eq!(refusal(&answer), (400, "ValidationError", "source"));
}
