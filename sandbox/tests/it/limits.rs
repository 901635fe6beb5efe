use std::time::Duration;

use benchmark_email_sandbox::Sandbox;
use reqwest::Method;
use serde_json::json;

use super::account::{Account, read, refusal};

fn number(answer: &reqwest::Response, name: &str) -> u64 {
    answer.headers()[name].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_success_says_what_is_left() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let now = account
        .sandbox
        .clock()
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    for left in [3599, 3598] {
        let answer = account.send(Method::GET, "/api/contact", None).await;
        assert_eq!(number(&answer, "x-ratelimit-limit"), 3600);
        assert_eq!(number(&answer, "x-ratelimit-remaining"), left);
        assert_eq!(number(&answer, "x-ratelimit-reset"), now + 3600);
        assert_eq!(number(&answer, "x-monthly-limit"), 100_000);
        assert_eq!(number(&answer, "x-monthly-remaining"), 96_400 + left);
    }
}

#[tokio::test]
async fn a_refusal_says_what_is_left_only_if_that_is_how_the_rule_is_read() {
    let account = Account::new().await;
    let answer = account.send(Method::GET, "/api/contact/x", None).await;
    assert!(!answer.headers().contains_key("x-ratelimit-remaining"));
    account
        .sandbox
        .read_rule("limit-headers", "every-answer")
        .unwrap();
    let answer = account.send(Method::GET, "/api/contact/x", None).await;
    assert_eq!(
        (
            answer.status().as_u16(),
            number(&answer, "x-monthly-remaining")
        ),
        (404, 99_998)
    );
}

#[tokio::test]
async fn an_hours_window_passes_in_a_moment() {
    let account = Account::with(Sandbox::builder().stopped_clock().hourly_limit(2)).await;
    assert_eq!(account.get("/api/contact").await.0, 200);
    account.sandbox.clock().advance(Duration::from_secs(3555));
    assert_eq!(account.get("/api/contact").await.0, 200);
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(number(&answer, "retry-after"), 45);
    assert_eq!(number(&answer, "x-ratelimit-remaining"), 0);
    assert!(!answer.headers().contains_key("x-monthly-remaining"));
    let answer = read(answer).await;
    assert_eq!(refusal(&answer), (429, "TooManyRequestsError", ""));
    assert_eq!(
        answer.1["errors"][0]["message"],
        "Rate limit exceeded. Retry after 45 seconds."
    );
    account.sandbox.clock().advance(Duration::from_secs(45));
    assert_eq!(account.get("/api/contact").await.0, 200);
}

#[tokio::test]
async fn an_hour_after_the_clock_was_set_back_all_is_back() {
    let account = Account::with(Sandbox::builder().stopped_clock().hourly_limit(1)).await;
    assert_eq!(account.get("/api/contact").await.0, 200);
    let clock = account.sandbox.clock();
    clock.set(clock.now() - Duration::from_secs(365 * 24 * 3600));
    assert_eq!(account.get("/api/contact").await.0, 200);
    assert_eq!(account.get("/api/contact").await.0, 429);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(account.get("/api/contact").await.0, 200);
}

#[tokio::test]
async fn a_quota_lasts_until_the_next_period() {
    let account = Account::with(Sandbox::builder().stopped_clock().monthly_quota(1)).await;
    assert_eq!(account.get("/api/contact").await.0, 200);
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(number(&answer, "retry-after"), 30 * 24 * 3600);
    let answer = read(answer).await;
    assert_eq!(
        answer.1["errors"][0]["message"],
        "Monthly API quota exceeded."
    );
    account
        .sandbox
        .clock()
        .advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(account.get("/api/contact").await.0, 200);
}

#[tokio::test]
async fn what_is_left_can_be_set() {
    let account = Account::new().await;
    account.sandbox.set_hourly_left(1);
    account.sandbox.set_monthly_left(500_000);
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(
        (
            number(&answer, "x-ratelimit-remaining"),
            number(&answer, "x-ratelimit-limit")
        ),
        (0, 3600)
    );
    assert_eq!(number(&answer, "x-monthly-limit"), 500_000);
    assert_eq!(account.get("/api/contact").await.0, 429);
}

#[tokio::test]
async fn all_keys_of_an_account_share_its_hour() {
    let account = Account::with(Sandbox::builder().hourly_limit(1)).await;
    assert_eq!(account.get("/api/contact").await.0, 200);
    let request = reqwest::Client::new().get(format!("{}/api/contact", account.sandbox.base_url()));
    let answer = request
        .header("X-API-Key", account.sandbox.read_only_key())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 429);
}

#[tokio::test]
async fn the_date_is_the_sandboxs() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    let clock = account.sandbox.clock();
    clock.set(std::time::UNIX_EPOCH + Duration::from_secs(1_774_710_000));
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(answer.headers()["date"], "Sat, 28 Mar 2026 15:00:00 GMT");
    let jane = account.contact("jane@example.com").await;
    assert_eq!(jane["createdAt"], "2026-03-28T15:00:00.000Z");
}

#[tokio::test]
async fn the_clock_is_moved_over_http() {
    let account = Account::new().await;
    let (_, shown) = account
        .post(
            "/_sandbox/clock",
            json!({ "stopped": true, "set": "2026-03-28T14:30:00.000Z" }),
        )
        .await;
    assert_eq!(
        shown,
        json!({ "now": "2026-03-28T14:30:00.000Z", "stopped": true })
    );
    let (_, shown) = account
        .post("/_sandbox/clock", json!({ "advanceSeconds": 3600 }))
        .await;
    assert_eq!(shown["now"], "2026-03-28T15:30:00.000Z");
    assert_eq!(account.get("/_sandbox/clock").await.1, shown);
    assert_eq!(
        account
            .post("/_sandbox/clock", json!({ "advance": 1 }))
            .await
            .0,
        400
    );
}
