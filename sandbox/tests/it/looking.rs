//! What the page looks by: which sandbox it is, what is new, one request, one contact, the last hour.

use std::time::Duration;

use benchmark_email_sandbox::{Fault, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::Account;

#[tokio::test]
async fn two_sandboxes_can_be_told_apart() {
    let (one, other) = (Account::new().await, Account::new().await);
    let instance = async |account: &Account| account.get("/_sandbox").await.1["instance"].clone();
    assert_eq!(instance(&one).await, instance(&one).await);
    assert_ne!(instance(&one).await, instance(&other).await);
}

#[tokio::test]
async fn the_log_tells_what_is_new_since_a_revision() {
    let account = Account::new().await;
    let changed = async |since: &Value| {
        let path = format!("/_sandbox/requests?changed={since}");
        account.get(&path).await.1
    };
    account.get("/api/contact").await;
    let first = changed(&json!(0)).await;
    assert_eq!(first["requests"][0]["number"], 1);
    assert!(first["requests"][0]["durationMs"].as_f64().unwrap() > 0.0);
    assert!(first["requests"][0].get("answer").is_none(), "{first}");
    assert_eq!(changed(&first["revision"]).await["requests"], json!([]));

    account.get("/api/contact/nobody").await;
    let second = changed(&first["revision"]).await;
    let numbers: Vec<_> = second["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["number"])
        .collect();
    assert_eq!(numbers, [2]);
    let (status, whole) = account.get("/_sandbox/requests/2").await;
    assert_eq!((status, &whole["rule"]), (200, &json!("contact-exists")));
    assert_eq!(whole["answer"]["errors"][0]["errorType"], "RecordNotFound");
    assert_eq!(whole["hourlyLeft"], 3598);

    account
        .send(Method::DELETE, "/_sandbox/requests", None)
        .await;
    let (_, overview) = account.get("/_sandbox").await;
    assert_eq!(
        overview["firstRequest"], 3,
        "so that those before can be taken off the page"
    );
    assert_ne!(overview["revision"]["log"], second["revision"]);
    assert_eq!(account.get("/_sandbox/requests/2").await.0, 404);
}

#[tokio::test]
async fn a_request_that_was_struck_has_the_whole_fault() {
    let account = Account::new().await;
    let fault =
        json!({ "fault": "status", "status": 503, "operation": "listContacts", "times": 1 });
    account.post("/_sandbox/faults", fault.clone()).await;
    account.get("/api/contact").await;
    assert_eq!(
        account.get("/_sandbox/requests/1").await.1["struckBy"],
        fault
    );
    assert_eq!(account.get("/_sandbox/faults").await.1[0]["spent"], true);
}

#[tokio::test]
async fn a_contact_has_what_it_was_before_and_what_happened() {
    let account = Account::new().await;
    let contact = account.contact("jane@example.com").await;
    let id = contact["_id"].as_str().unwrap();
    let (_, before) = account.get("/_sandbox").await;
    assert!(account.sandbox.deactivate(id, "Bounce"));
    let (_, after) = account.get("/_sandbox").await;
    assert_ne!(before["revision"]["account"], after["revision"]["account"]);

    let (_, shown) = account.get(&format!("/_sandbox/contacts/{id}")).await;
    let versions: Vec<_> = shown["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (&v["__v"], &v["status"]["primary"]))
        .collect();
    assert_eq!(
        versions,
        [
            (&json!(0), &json!("Active")),
            (&json!(1), &json!("Inactive"))
        ]
    );
    assert_eq!(shown["contact"]["__v"], 1);
    let events: Vec<_> = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["type"])
        .collect();
    assert_eq!(events, ["contact-updated", "contact-created"]);

    account
        .send(Method::DELETE, &format!("/api/contact/{id}"), None)
        .await;
    let (status, gone) = account.get(&format!("/_sandbox/contacts/{id}")).await;
    assert_eq!((status, &gone["contact"]), (200, &Value::Null));
    assert_eq!(gone["versions"].as_array().unwrap().len(), 2);
    assert_eq!(
        account
            .get("/_sandbox/contacts/66f1a6e4698f1bca60424901")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn the_hour_is_told_minute_by_minute() {
    let account = Account::with(Sandbox::builder().stopped_clock().hourly_limit(2)).await;
    for _ in 0..3 {
        account.get("/api/contact").await;
    }
    account.sandbox.clock().advance(Duration::from_secs(60));
    account.sandbox.fault(Fault::status(429).times(1));
    account.get("/api/contact").await;
    let (_, hour) = account.get("/_sandbox/hour").await;
    let minute = |at: usize| {
        (
            &hour[at]["requests"],
            &hour[at]["tooMany"],
            &hour[at]["left"],
        )
    };
    assert_eq!(minute(0), (&json!(3), &json!(1), &json!(0)));
    assert_eq!(minute(1), (&json!(1), &json!(1), &Value::Null));
}

#[tokio::test]
async fn limits_are_set_for_good_and_what_is_left_for_the_hour() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let limits =
        async |change: Value| account.put("/_sandbox/account", change).await.1["limits"].clone();
    let limit = limits(json!({ "hourlyLeft": 999_999 })).await["hourlyLimit"].clone();
    assert_eq!(limit, 999_999);
    account.sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(limits(json!({})).await["hourlyLimit"], 3600);
    limits(json!({ "hourlyLimit": 10, "monthlyLimit": 20 })).await;
    account
        .sandbox
        .clock()
        .advance(Duration::from_secs(60 * 24 * 3600));
    let after = limits(json!({})).await;
    assert_eq!(
        (&after["hourlyLimit"], &after["monthlyLeft"]),
        (&json!(10), &json!(20))
    );
}
