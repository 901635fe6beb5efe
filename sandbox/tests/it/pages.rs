use reqwest::Method;

use super::account::Account;

#[tokio::test]
async fn the_pages_come_with_a_policy_that_bars_what_is_foreign() {
    let account = Account::new().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/_sandbox/page/style.css", "text/css; charset=utf-8"),
        ("/_sandbox/page/page.js", "text/javascript; charset=utf-8"),
        ("/_sandbox/page/samples.json", "application/json"),
        ("/openapi.yaml", "application/yaml"),
        ("/openapi.json", "application/json"),
    ] {
        let answer = account.send(Method::GET, path, None).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &content_type.parse().unwrap())
        );
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(!answer.text().await.unwrap().is_empty());
    }
    let missing = account
        .send(Method::GET, "/_sandbox/page/mod.rs", None)
        .await;
    assert_eq!(missing.status(), 404);
    assert!(
        account.sandbox.requests().is_empty(),
        "looking at the page is no request of the API"
    );
}

#[tokio::test]
async fn contacts_are_found_by_part_of_a_key_or_value() {
    let seed = serde_json::json!({ "contacts": [
        { "key": "jane@example.com", "fields": { "Company": "Acme" } },
        { "key": "john@example.org", "fields": { "Seats": 1234 } },
    ] });
    let account = Account::with(benchmark_email_sandbox::Sandbox::builder().seed(seed)).await;
    for (find, keys) in [
        ("", vec!["john@example.org", "jane@example.com"]),
        ("JANE", vec!["jane@example.com"]),
        ("acm", vec!["jane@example.com"]),
        ("123", vec!["john@example.org"]),
        ("nobody", vec![]),
    ] {
        let (_, page) = account
            .get(&format!("/_sandbox/contacts?find={find}"))
            .await;
        let found: Vec<_> = page["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["key"].clone())
            .collect();
        assert_eq!(
            (found.len(), page["total"].as_u64()),
            (keys.len(), Some(keys.len() as u64))
        );
        assert_eq!(found, keys, "{find}");
    }
}
