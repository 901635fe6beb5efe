use reqwest::Method;

use super::account::{Account, read, refusal};

/// The answer to a request for the sandbox itself with these headers.
async fn ask(
    account: &Account,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, serde_json::Value) {
    let url = format!("{}{path}", account.sandbox.base_url());
    let mut request = reqwest::Client::new().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_foreign_page_changes_and_sees_nothing() {
    let account = Account::new().await;
    account.contact("jane@example.com").await;
    let port = account.sandbox.address().port();
    let other_port = format!("http://127.0.0.1:{}", port ^ 1);
    for origin in ["https://evil.example", "null", &other_port] {
        for (method, path) in [
            (Method::POST, "/_sandbox/reset"),
            (Method::DELETE, "/_sandbox/requests"),
            (Method::GET, "/_sandbox/keys"),
        ] {
            let headers = [("Origin", origin), ("Content-Type", "text/plain")];
            let answer = ask(&account, method, path, &headers).await;
            assert_eq!(refusal(&answer), (403, "ForbiddenError", ""), "{path}");
        }
    }
    assert_eq!(
        account.get("/api/contact").await.1[0]["key"],
        "jane@example.com"
    );
}

/// A page of another site needs no `Origin` to load something as a picture or a script.
#[tokio::test]
async fn what_a_browser_marks_as_asked_by_another_site_is_refused() {
    let account = Account::new().await;
    for (site, expected) in [
        ("cross-site", 403),
        // Another port of this machine is another program's page.
        ("same-site", 403),
        ("same-origin", 200),
        // Typed by hand into the address bar.
        ("none", 200),
    ] {
        for path in ["/_sandbox/keys", "/_sandbox/state", "/_sandbox/requests"] {
            let headers = [("Sec-Fetch-Site", site)];
            let answer = ask(&account, Method::GET, path, &headers).await;
            assert_eq!(answer.0, expected, "{site} {path}");
        }
    }
}

#[tokio::test]
async fn nothing_of_the_sandbox_itself_is_stored_or_taken_for_another_type() {
    let account = Account::new().await;
    for (method, path, host) in [
        (Method::GET, "/_sandbox", "localhost"),
        (Method::GET, "/_sandbox/state", "localhost"),
        (Method::POST, "/_sandbox/reset", "localhost"),
        (Method::GET, "/_sandbox/keys", "evil.example"),
    ] {
        let url = format!("{}{path}", account.sandbox.base_url());
        let request = reqwest::Client::new().request(method, url);
        let answer = request.header("Host", host).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(
            answer.headers()["x-content-type-options"],
            "nosniff",
            "{path}"
        );
    }
}

#[tokio::test]
async fn nobody_generates_more_contacts_at_once_than_fit() {
    let account = Account::new().await;
    for number in [1_000_001_u32, u32::MAX] {
        let body = serde_json::json!({ "generate": number });
        let answer = account.post("/_sandbox/contacts", body).await;
        assert_eq!(refusal(&answer), (400, "ValidationError", ""));
    }
    assert_eq!(account.contact_count().await, 0);
}

#[tokio::test]
async fn the_sandboxs_own_pages_may_ask_under_each_name_it_has() {
    let account = Account::new().await;
    let port = account.sandbox.address().port();
    for name in ["127.0.0.1", "localhost"] {
        let host = format!("{name}:{port}");
        let headers = [
            ("Host", host.as_str()),
            ("Origin", &format!("http://{host}")),
        ];
        let answer = ask(&account, Method::POST, "/_sandbox/reset", &headers).await;
        assert_eq!(answer.0, 204, "{host}");
    }
}

#[tokio::test]
async fn a_name_that_was_made_to_mean_this_machine_is_refused() {
    let account = Account::new().await;
    let headers = [
        ("Host", "evil.example:4000"),
        ("Origin", "http://evil.example:4000"),
    ];
    let answer = ask(&account, Method::GET, "/_sandbox/keys", &headers).await;
    assert_eq!(refusal(&answer), (403, "ForbiddenError", ""));
}

#[tokio::test]
async fn a_body_must_be_json_even_where_none_is_read() {
    let account = Account::new().await;
    let url = format!("{}/_sandbox/reset", account.sandbox.base_url());
    let request = reqwest::Client::new().post(url);
    let request = request.header("Content-Type", "text/plain").body("{}");
    let answer = read(request.send().await.unwrap()).await;
    assert_eq!(refusal(&answer), (400, "ValidationError", ""));
}
