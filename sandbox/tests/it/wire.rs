//! What the sandbox makes of nonsense, slowness and crowds.

use std::time::Duration;

use benchmark_email_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::account::{Account, refusal};

/// Sends bytes as they are and reads until the connection ends.
async fn raw(sandbox: &Sandbox, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    // The other end may have had enough before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer))
        .await
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn post(sandbox: &Sandbox, content_type: &str, body: &[u8]) -> (u16, String) {
    let head = format!(
        "POST /api/contact HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {}\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        sandbox.api_key(),
        body.len()
    );
    let answer = raw(sandbox, &[head.as_bytes(), body].concat()).await;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{answer:?}"));
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn is_envelope(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    value["errors"][0]["errorType"].is_string() && value["errors"][0]["message"].is_string()
}

#[tokio::test]
async fn an_unknown_path_is_not_found_in_the_envelope() {
    let account = Account::new().await;
    for path in [
        "/nowhere",
        "/api",
        "/api/contact/",
        "//api/contact",
        "/api/contact/x/y/z",
        "/API/CONTACT",
        "/api/contact/../contact-structure%00",
    ] {
        let answer = account.get(path).await;
        assert_eq!(
            (refusal(&answer).0, refusal(&answer).1),
            (404, "RecordNotFound"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_says_which_are_right() {
    let account = Account::new().await;
    let answer = account
        .send(Method::PUT, "/api/contact", Some(json!({})))
        .await;
    let allow = answer.headers()["allow"].to_str().unwrap().to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let answer = super::account::read(answer).await;
    assert_eq!(refusal(&answer), (405, "MethodNotAllowedError", ""));
}

#[tokio::test]
async fn a_body_must_be_declared_as_json_and_be_an_object() {
    let account = Account::new().await;
    let (status, body) = post(&account.sandbox, "text/plain", b"{}").await;
    assert!(status == 400 && is_envelope(&body), "{status} {body}");
    for text in [
        "",
        "{",
        "[]",
        "null",
        "1e999",
        "{\"a\":1}x",
        "\"text\"",
        "{\"key\":\"\\ud800\"}",
    ] {
        let (status, body) = post(&account.sandbox, "application/json", text.as_bytes()).await;
        assert!(
            status == 400 && is_envelope(&body),
            "{text}: {status} {body}"
        );
    }
    let (status, _) = post(
        &account.sandbox,
        "Application/JSON; charset=utf-8",
        b"{\"key\":1}",
    )
    .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let account = Account::new().await;
    let long = format!("{{\"key\":\"{}\"}}", "x".repeat(1024 * 1024));
    let (status, body) = post(&account.sandbox, "application/json", long.as_bytes()).await;
    assert!(status == 413 && is_envelope(&body), "{status} {body}");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, body) = post(&account.sandbox, "application/json", deep.as_bytes()).await;
    assert!(status == 400 && is_envelope(&body), "{status} {body}");
}

#[tokio::test]
async fn random_bodies_are_refused_in_the_envelope() {
    let account = Account::new().await;
    let mut dice = fastrand::Rng::with_seed(1);
    for _ in 0..300 {
        let length = dice.usize(..200);
        let body: Vec<u8> = std::iter::repeat_with(|| dice.u8(..))
            .take(length)
            .collect();
        let (status, body) = post(&account.sandbox, "application/json", &body).await;
        assert!(status == 400 && is_envelope(&body), "{status} {body}");
    }
}

/// A JSON value of any kind, with odd texts and numbers in it.
fn odd(dice: &mut fastrand::Rng, depth: u32) -> Value {
    let texts = [
        "",
        "\0",
        "\u{202e}",
        "💥",
        "../..",
        "Active",
        "static",
        "a@b",
        "64a1b2c3d4e5f6a7b8c9d0e1",
        "EQ",
        "KEY",
    ];
    match dice.u32(0..if depth == 0 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => json!(dice.bool()),
        2 => json!(dice.i64(..)),
        3 => json!(dice.u64(..)),
        4 => json!(f64::from_bits(dice.u64(..))),
        5 | 6 => json!(texts[dice.usize(..texts.len())]),
        7 => (0..dice.usize(..4)).map(|_| odd(dice, depth - 1)).collect(),
        _ => {
            let names = [
                "_id",
                "key",
                "value",
                "label",
                "dataType",
                "primary",
                "secondary",
                "criterias",
                "filters",
                "columnToFilter",
                "operator",
                "values",
                "fieldId",
                "action",
                "required",
                "predefinedField",
            ];
            let member = |dice: &mut fastrand::Rng| {
                (
                    names[dice.usize(..names.len())].to_owned(),
                    odd(dice, depth - 1),
                )
            };
            Value::Object((0..dice.usize(..5)).map(|_| member(dice)).collect())
        }
    }
}

#[tokio::test]
async fn odd_values_anywhere_in_a_body_never_break_anything() {
    let account = Account::with(
        Sandbox::builder()
            .hourly_limit(1_000_000)
            .monthly_quota(1_000_000),
    )
    .await;
    let structure = account.structure_id().await;
    let (contact, list) = (
        account.contact("jane@example.com").await,
        account.list("Newsletter").await,
    );
    let (contact, list) = (super::account::id(&contact), super::account::id(&list));
    let one = format!("/api/contact-structure/{structure}");
    let targets = [
        (Method::POST, "/api/contact".to_owned()),
        (Method::PUT, format!("/api/contact/{contact}")),
        (Method::PATCH, format!("/api/contact/{contact}")),
        (Method::POST, "/api/contact/search".to_owned()),
        (Method::POST, "/api/contact/export".to_owned()),
        (Method::PUT, one.clone()),
        (Method::POST, format!("{one}/lists")),
        (Method::DELETE, format!("{one}/lists")),
        (Method::POST, format!("{one}/lists/merge")),
        (Method::PATCH, format!("{one}/lists/{list}")),
        (Method::POST, format!("{one}/lists/{list}/duplicate")),
        (Method::POST, "/_sandbox/faults".to_owned()),
        (Method::PUT, "/_sandbox/state".to_owned()),
        (Method::PUT, "/_sandbox/account".to_owned()),
    ];
    let names = [
        "key",
        "contactStructureId",
        "fields",
        "lists",
        "tags",
        "status",
        "__v",
        "name",
        "listIds",
        "page",
        "pageSize",
        "source",
        "contactSpecification",
        "label",
        "type",
        "fault",
        "contacts",
        "standing",
    ];
    let mut dice = fastrand::Rng::with_seed(2);
    for _ in 0..100 {
        for (method, path) in &targets {
            let mut body = json!({ "contactStructureId": structure, "key": "a@b", "name": "x", "page": 1, "pageSize": 1,
                "source": ["key"], "__v": 0, "contactSpecification": { "filters": [] }, "label": "x", "fields": [] });
            for _ in 0..dice.usize(1..4) {
                body[names[dice.usize(..names.len())]] = odd(&mut dice, 4);
            }
            let answer = account.send(method.clone(), path, Some(body.clone())).await;
            let status = answer.status();
            assert!(
                !status.is_server_error(),
                "{method} {path} {body}: {status}"
            );
            let text = answer.text().await.unwrap();
            assert!(
                status.is_success() || is_envelope(&text),
                "{method} {path} {body}: {status} {text}"
            );
        }
        account.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn odd_paths_and_queries_never_break_anything() {
    let account = Account::new().await;
    let mut dice = fastrand::Rng::with_seed(3);
    let pieces = [
        "api",
        "contact",
        "contact-structure",
        "lists",
        "all",
        "events",
        "..",
        "%2e%2e",
        "%00",
        "%ff",
        "%",
        "",
        "_sandbox",
        "faults",
        "?",
        "page=1",
        "&",
        "types=,",
        "=",
        "size=99999999999999999999",
        "sort=name:asc",
        "%25",
        "+",
    ];
    for _ in 0..400 {
        let parts: Vec<_> = (0..dice.usize(1..7))
            .map(|_| pieces[dice.usize(..pieces.len())])
            .collect();
        let request = format!(
            "GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {}\r\n\r\n",
            parts.join("/"),
            account.sandbox.api_key()
        );
        let answer = raw(&account.sandbox, request.as_bytes()).await;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{request}: {answer:?}"));
        assert!(
            head.starts_with("HTTP/1.1 200") || is_envelope(body),
            "{request}: {answer}"
        );
    }
}

#[tokio::test]
async fn what_is_not_http_is_turned_away_and_the_next_one_served() {
    let account = Account::new().await;
    let mut dice = fastrand::Rng::with_seed(4);
    for _ in 0..100 {
        let length = dice.usize(1..300);
        let mut bytes: Vec<u8> = std::iter::repeat_with(|| dice.u8(..))
            .take(length)
            .collect();
        bytes.extend(b"\r\n\r\n");
        let answer = raw(&account.sandbox, &bytes).await;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{answer:?}"));
        assert!(
            head.starts_with("HTTP/1.1 4") && is_envelope(body),
            "{answer:?}"
        );
    }
    let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1024 * 1024));
    let answer = raw(&account.sandbox, long.as_bytes()).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer:?}"
    );
    assert_eq!(account.get("/api/contact").await.0, 200);
}

#[tokio::test]
async fn a_client_that_sends_half_a_request_holds_up_nobody() {
    let account = Account::new().await;
    let mut slow = Vec::new();
    for half in [
        "GET /api/con",
        "POST /api/contact HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(account.sandbox.address()).await.unwrap();
            stream.write_all(half.as_bytes()).await.unwrap();
            slow.push(stream);
        }
    }
    let answer = tokio::time::timeout(Duration::from_secs(2), account.get("/api/contact")).await;
    assert_eq!(answer.unwrap().0, 200);
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_up_nobody() {
    let account = Account::with(Sandbox::builder().contacts(20_000)).await;
    let mut deaf = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(account.sandbox.address()).await.unwrap();
        let request = format!(
            "GET /api/contact HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n",
            account.sandbox.api_key()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        deaf.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let created =
        tokio::time::timeout(Duration::from_secs(5), account.contact("jane@example.com")).await;
    assert!(created.is_ok());
}

#[tokio::test]
async fn many_idle_connections_hold_up_nobody() {
    let account = Account::new().await;
    let mut idle = Vec::new();
    // As many as an ordinary limit of open files allows; `sandbox/load` goes further.
    for _ in 0..300 {
        idle.push(TcpStream::connect(account.sandbox.address()).await.unwrap());
    }
    assert_eq!(account.get("/api/contact").await.0, 200);
}

#[tokio::test]
async fn sandboxes_share_nothing() {
    let start = |number: u64| async move {
        let account = Account::with(
            Sandbox::builder()
                .stopped_clock()
                .hourly_limit(1000 + number),
        )
        .await;
        account
            .sandbox
            .clock()
            .set(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + number * 86_400));
        for contact in 0..=number % 5 {
            account
                .contact(&format!("c{contact}@s{number}.example.com"))
                .await;
        }
        (number, account)
    };
    let sandboxes = futures_util::future::join_all((0..64).map(start)).await;
    let mut addresses = std::collections::HashSet::new();
    for (number, account) in &sandboxes {
        assert!(addresses.insert(account.sandbox.address()));
        let (_, all) = account.get("/api/contact").await;
        let all = all.as_array().unwrap();
        assert_eq!(all.len() as u64, number % 5 + 1);
        let domain = format!("@s{number}.example.com");
        assert!(
            all.iter()
                .all(|contact| contact["key"].as_str().unwrap().ends_with(&domain))
        );
        let time = account
            .sandbox
            .clock()
            .now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        assert_eq!(time.as_secs(), 1_700_000_000 + number * 86_400);
        let overview = account.get("/_sandbox").await.1;
        assert_eq!(overview["limits"]["hourlyLimit"], 1000 + number);
        // The key of another sandbox opens nothing here.
        let foreign = &sandboxes[usize::try_from((number + 1) % 64).unwrap()].1;
        let request =
            reqwest::Client::new().get(format!("{}/api/contact", account.sandbox.base_url()));
        assert_eq!(
            request
                .header("X-API-Key", foreign.sandbox.api_key())
                .send()
                .await
                .unwrap()
                .status(),
            401
        );
    }
}

#[tokio::test]
async fn the_port_is_free_when_the_sandbox_is_gone() {
    let account = Account::new().await;
    let address = account.sandbox.address();
    let open = TcpStream::connect(address).await.unwrap();
    drop(account);
    assert!(TcpStream::connect(address).await.is_err());
    let mut buffer = [0; 1];
    let mut open = open;
    let ended = tokio::time::timeout(Duration::from_secs(2), open.read(&mut buffer))
        .await
        .unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)));
}

#[test]
fn it_serves_a_thread_that_never_polls() {
    // A runtime of its own: what starts it may block.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let mut stream = std::net::TcpStream::connect(sandbox.address()).unwrap();
    std::io::Write::write_all(
        &mut stream,
        b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"));
}
