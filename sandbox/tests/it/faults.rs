use std::io::ErrorKind;
use std::time::{Duration, Instant};

use benchmark_email_sandbox::{Fault, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::account::{Account, read};

/// What arrives on a raw connection before it ends, and how it ends.
async fn wire(sandbox: &Sandbox, patience: Duration) -> (String, Result<(), ErrorKind>) {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let request = format!(
        "GET /api/contact-structure HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\r\n",
        sandbox.api_key()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut arrived = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        match timeout(patience, stream.read(&mut piece)).await {
            Err(_) => break Err(ErrorKind::TimedOut),
            Ok(Err(error)) => break Err(error.kind()),
            Ok(Ok(0)) => break Ok(()),
            Ok(Ok(length)) => arrived.extend(&piece[..length]),
        }
    };
    (String::from_utf8(arrived).unwrap(), end)
}

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn a_status_of_choice_is_answered_and_nothing_is_done() {
    let account = Account::new().await;
    let fault = Fault::status(503)
        .body(json!({ "errors": [] }))
        .with_header("Retry-After", "2");
    account.sandbox.fault(fault.on("createContact").times(1));
    let body =
        json!({ "key": "a@example.com", "contactStructureId": account.structure_id().await });
    let answer = account
        .send(Method::POST, "/api/contact", Some(body.clone()))
        .await;
    assert_eq!(answer.headers()["retry-after"], "2");
    assert_eq!(read(answer).await, (503, json!({ "errors": [] })));
    assert_eq!(account.get("/api/contact").await, (200, json!([])));
    assert_eq!(account.post("/api/contact", body).await.0, 200);
}

#[tokio::test]
async fn a_late_commit_comes_after_the_client_gave_up() {
    let account = Account::new().await;
    let delay = Duration::from_millis(600);
    account
        .sandbox
        .fault(Fault::commit_late(delay).on("createContact").times(1));
    let body =
        json!({ "key": "a@example.com", "contactStructureId": account.structure_id().await });
    let start = Instant::now();
    let lost = account.try_send(Method::POST, "/api/contact", Some(body));
    assert!(lost.await.is_err());
    assert!(start.elapsed() < delay, "the connection closes at once");
    assert_eq!(account.get("/api/contact").await.1, json!([]));
    let arrived = async {
        while account.get("/api/contact").await.1 == json!([]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LONG, arrived).await.unwrap();
    assert!(start.elapsed() >= delay);
    let all = account.get("/api/contact").await.1;
    assert_eq!(all[0]["key"], "a@example.com");
}

#[tokio::test]
async fn a_proxys_page_is_html() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::html(502));
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (502, &"text/html".parse().unwrap())
    );
    assert!(answer.text().await.unwrap().contains("502 Bad Gateway"));
}

#[tokio::test]
async fn a_delay_is_real_time() {
    let account = Account::with(Sandbox::builder().stopped_clock()).await;
    account
        .sandbox
        .fault(Fault::delay(Duration::from_millis(120)).times(1));
    let start = Instant::now();
    assert_eq!(account.get("/api/contact").await.0, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_ends_quietly() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::close_before_answer());
    assert_eq!(wire(&account.sandbox, LONG).await, (String::new(), Ok(())));
}

#[tokio::test]
async fn a_connection_reset_before_the_answer_ends_with_an_error() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::reset_before_answer());
    let (arrived, end) = wire(&account.sandbox, LONG).await;
    assert_eq!(
        (arrived.as_str(), end),
        ("", Err(ErrorKind::ConnectionReset))
    );
}

/// The length that the head promised and the body that came.
fn head_and_body(arrived: &str) -> (usize, &str) {
    let (head, body) = arrived.split_once("\r\n\r\n").unwrap();
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    (line.parse().unwrap(), body)
}

#[tokio::test]
async fn a_body_cut_in_the_middle_had_its_whole_length_promised() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::close_mid_body());
    let (arrived, end) = wire(&account.sandbox, LONG).await;
    let (promised, body) = head_and_body(&arrived);
    assert_eq!((body.len(), end), (promised / 2, Ok(())));
}

#[tokio::test]
async fn a_body_reset_in_the_middle_ends_with_an_error() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::reset_mid_body());
    let (arrived, end) = wire(&account.sandbox, LONG).await;
    let (promised, body) = head_and_body(&arrived);
    assert_eq!(
        (body.len(), end),
        (promised / 2, Err(ErrorKind::ConnectionReset))
    );
}

#[tokio::test]
async fn a_stalled_head_never_comes() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::stall_before_answer());
    assert_eq!(
        wire(&account.sandbox, SHORT).await,
        (String::new(), Err(ErrorKind::TimedOut))
    );
}

#[tokio::test]
async fn a_stalled_body_stops_half_way() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::stall_mid_body());
    let (arrived, end) = wire(&account.sandbox, SHORT).await;
    let (promised, body) = head_and_body(&arrived);
    assert_eq!((body.len(), end), (promised / 2, Err(ErrorKind::TimedOut)));
}

#[tokio::test]
async fn a_streamed_answer_can_be_cut_as_well() {
    let account = Account::new().await;
    account.contact("jane@example.com").await;
    account
        .sandbox
        .fault(Fault::close_mid_body().on("listContacts"));
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn truncated_json_is_a_complete_message() {
    let account = Account::new().await;
    account.sandbox.fault(Fault::truncated_json());
    for path in ["/api/contact-structure", "/api/contact"] {
        let answer = account.send(Method::GET, path, None).await;
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        assert!(
            serde_json::from_str::<Value>(&text).is_err(),
            "{path}: {text}"
        );
    }
}

#[tokio::test]
async fn what_was_done_before_the_answer_was_lost_stays_done() {
    for (fault, name) in [
        (Fault::drop_after_commit(), "drop-after-commit"),
        (Fault::reset_after_commit(), "reset-after-commit"),
        (Fault::close_mid_body(), "close-mid-body"),
    ] {
        let account = Account::new().await;
        account.sandbox.fault(fault.on("createContact").times(1));
        let body =
            json!({ "key": "a@example.com", "contactStructureId": account.structure_id().await });
        let sent = account
            .try_send(Method::POST, "/api/contact", Some(body.clone()))
            .await;
        let lost = match sent {
            Ok(answer) => answer.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(lost, "{name}");
        assert_eq!(account.contact_count().await, 1, "{name}");
        assert_eq!(account.post("/api/contact", body).await.0, 400, "{name}");
        let requests = account.sandbox.requests();
        let struck = requests
            .iter()
            .find(|request| request.operation == Some("createContact"));
        assert_eq!(struck.unwrap().fault, Some(name));
    }
}

#[tokio::test]
async fn a_stall_after_the_commit_is_logged_without_a_status() {
    let account = Account::new().await;
    let body =
        json!({ "key": "a@example.com", "contactStructureId": account.structure_id().await });
    account
        .sandbox
        .fault(Fault::stall_after_commit().on("createContact"));
    let sent = account.try_send(Method::POST, "/api/contact", Some(body));
    assert!(timeout(SHORT, sent).await.is_err());
    let requests = account.sandbox.requests();
    assert_eq!(requests.last().unwrap().status, None);
    assert_eq!(account.contact_count().await, 1);
}

#[tokio::test]
async fn headers_can_be_changed_and_taken_away() {
    let account = Account::new().await;
    let ask = || account.send(Method::GET, "/api/contact", None);
    let id = account.sandbox.fault(Fault::content_type("text/plain"));
    assert_eq!(ask().await.headers()["content-type"], "text/plain");
    assert!(account.sandbox.clear_fault(id));
    account
        .sandbox
        .fault(Fault::header("Date", "yesterday").times(1));
    assert_eq!(ask().await.headers()["date"], "yesterday");
    account
        .sandbox
        .fault(Fault::without_header("X-RateLimit-Remaining").times(1));
    let answer = ask().await;
    assert!(!answer.headers().contains_key("x-ratelimit-remaining"));
    assert!(answer.headers().contains_key("x-ratelimit-limit"));
}

#[tokio::test]
async fn stale_limits_show_what_was_left_when_the_fault_was_armed() {
    let account = Account::new().await;
    account.get("/api/contact").await;
    account.sandbox.fault(Fault::stale_limits());
    for _ in 0..3 {
        let answer = account.send(Method::GET, "/api/contact", None).await;
        assert_eq!(answer.headers()["x-ratelimit-remaining"], "3599");
    }
}

#[tokio::test]
async fn faults_are_armed_and_cleared_over_http() {
    let account = Account::new().await;
    let fault =
        json!({ "fault": "status", "status": 500, "operation": "listContacts", "times": 2 });
    let (status, armed) = account.post("/_sandbox/faults", fault).await;
    assert_eq!(status, 201);
    assert_eq!(account.get("/api/contact").await.0, 500);
    let listed = account.get("/_sandbox/faults").await.1;
    assert_eq!(
        (&listed[0]["id"], &listed[0]["struck"]),
        (&armed["id"], &json!(1))
    );
    let path = format!("/_sandbox/faults/{}", armed["id"]);
    assert_eq!(account.delete(&path).await.0, 204);
    assert_eq!(account.delete(&path).await.0, 404);
    assert_eq!(account.get("/api/contact").await.0, 200);
    let (status, refused) = account
        .post("/_sandbox/faults", json!({ "fault": "explode" }))
        .await;
    assert_eq!(
        (status, refused["errors"][0]["errorType"].as_str()),
        (400, Some("ValidationError"))
    );
}

#[tokio::test]
#[should_panic(expected = "there is no operation \"creatContact\"")]
async fn a_fault_on_an_operation_that_does_not_exist_is_a_mistake_in_the_test() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::status(500).on("creatContact"));
}

#[tokio::test]
async fn even_the_date_can_be_taken_away() {
    let account = Account::new().await;
    let fault = json!({ "fault": "headers", "headers": { "Date": null } });
    assert_eq!(account.post("/_sandbox/faults", fault).await.0, 201);
    for path in ["/api/contact", "/api/contact/nonsense"] {
        let answer = account.send(Method::GET, path, None).await;
        assert!(!answer.headers().contains_key("date"), "{path}");
        read(answer).await;
    }
    account.sandbox.clear_faults();
    let answer = account.send(Method::GET, "/api/contact", None).await;
    assert!(answer.headers().contains_key("date"));
}
