use benchmark_email_sandbox::{KeyState, Sandbox, Standing};
use serde_json::{Value, json};

use super::account::{Account, path};

async fn ask(sandbox: &Sandbox, key: Option<&str>, method: &str) -> (u16, Value) {
    let url = format!("{}/api/contact", sandbox.base_url());
    let mut request = reqwest::Client::new().request(method.parse().unwrap(), url);
    if let Some(key) = key {
        request = request.header("X-API-Key", key);
    }
    if method == "POST" {
        request = request.json(&json!({}));
    }
    super::account::read(request.send().await.unwrap()).await
}

fn message(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["errors"][0]["message"].as_str().unwrap())
}

#[tokio::test]
async fn a_missing_or_unknown_key_is_refused_in_the_same_words() {
    let sandbox = Sandbox::start().await.unwrap();
    for key in [None, Some("bme_us_wrong"), Some("")] {
        let answer = ask(&sandbox, key, "GET").await;
        assert_eq!(message(&answer), (401, "Invalid API key"));
        assert_eq!(answer.1["errors"][0]["errorType"], "UnauthorizedError");
    }
}

#[tokio::test]
async fn a_read_only_key_reads_but_does_not_write() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(
        ask(&sandbox, Some(sandbox.read_only_key()), "GET").await.0,
        200
    );
    let answer = ask(&sandbox, Some(sandbox.read_only_key()), "POST").await;
    assert_eq!(
        message(&answer),
        (403, "API key missing required scope: contacts:write")
    );
    assert_eq!(answer.1["errors"][0]["errorType"], "ForbiddenError");
}

#[tokio::test]
async fn a_key_of_other_scopes_reads_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = sandbox.create_key(&["reports:read", "campaigns:write"]);
    let answer = ask(&sandbox, Some(&key), "GET").await;
    assert_eq!(
        message(&answer),
        (403, "API key missing required scope: contacts:read")
    );
}

#[tokio::test]
async fn a_key_that_is_switched_off_or_expired_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = sandbox.api_key();
    assert!(sandbox.set_key_state(key, KeyState::Inactive));
    assert_eq!(
        message(&ask(&sandbox, Some(key), "GET").await),
        (401, "Invalid API key")
    );
    assert!(sandbox.set_key_state(key, KeyState::Expired));
    assert_eq!(
        message(&ask(&sandbox, Some(key), "GET").await),
        (401, "API key expired")
    );
    assert!(sandbox.set_key_state(key, KeyState::Active));
    assert_eq!(ask(&sandbox, Some(key), "GET").await.0, 200);
    assert!(!sandbox.set_key_state("no such key", KeyState::Active));
}

#[tokio::test]
async fn an_account_out_of_standing_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (standing, status) in [
        (Standing::Suspended, 403),
        (Standing::PastDue, 403),
        (Standing::Terminated, 403),
        (Standing::PendingCancel, 200),
        (Standing::Open, 200),
    ] {
        sandbox.set_standing(standing);
        let answer = ask(&sandbox, Some(sandbox.api_key()), "GET").await;
        assert_eq!(answer.0, status, "{standing:?}");
        if status == 403 {
            assert_eq!(message(&answer).1, "Account does not have API access");
        }
    }
}

#[tokio::test]
async fn keys_look_like_the_services() {
    let sandbox = Sandbox::start().await.unwrap();
    for key in [sandbox.api_key(), sandbox.read_only_key()] {
        let tail = key.strip_prefix("bme_us_").unwrap();
        assert_eq!(tail.len(), 43);
        assert!(tail.chars().all(|c| c.is_ascii_alphanumeric()));
    }
    assert!(!format!("{sandbox:?}").contains(sandbox.api_key()));
}

#[tokio::test]
async fn many_bad_keys_block_good_ones_too_until_time_passes() {
    let sandbox = Sandbox::builder().stopped_clock().start().await.unwrap();
    for _ in 0..10 {
        assert_eq!(ask(&sandbox, Some("wrong"), "GET").await.0, 401);
    }
    let answer = ask(&sandbox, Some(sandbox.api_key()), "GET").await;
    let said = "Too many failed authentication attempts. Please try again later.";
    assert_eq!(message(&answer), (429, said));
    sandbox
        .clock()
        .advance(std::time::Duration::from_secs(15 * 60));
    assert_eq!(ask(&sandbox, Some(sandbox.api_key()), "GET").await.0, 200);
}

#[tokio::test]
async fn an_api_key_that_no_header_can_carry_is_refused() {
    for key in ["", "two words", "ключ", "line\n"] {
        let started = Sandbox::builder().api_key(key).start().await;
        let said = started.expect_err(key).to_string();
        assert!(said.contains("visible ASCII"), "{said}");
    }
}

#[tokio::test]
async fn a_missing_scope_may_be_judged_after_what_is_asked_for_is_looked_for() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    let body = json!({ "status": { "primary": "Inactive", "secondary": "Unsubscribe" } });
    let nobody = "/api/contact/000000000000000000000000".to_owned();
    let client = reqwest::Client::new();
    for (reading, of_nobody) in [("scope-first", 403), ("lookup-first", 404)] {
        account.sandbox.read_rule("scope-order", reading).unwrap();
        for (path, status) in [(&nobody, of_nobody), (&path(&jane), 403)] {
            let url = format!("{}{path}", account.sandbox.base_url());
            let key = account.sandbox.read_only_key();
            let sent = client
                .patch(url)
                .header("X-API-Key", key)
                .json(&body)
                .send()
                .await;
            assert_eq!(sent.unwrap().status(), status, "{reading} {path}");
        }
    }
}
