//! Every fault against every class of operation, over real sockets: how many requests the server saw,
//! and what the caller got. The tables in `docs/reliability.md` are this test's expectation;
//! `UPDATE_DOCS=1 cargo test --test fault_matrix` writes them anew, for a person to read.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{fmt::Write as _, io::Write as _, sync::Arc, time::Duration};

use benchmark_email::{
    Client, Contact, Error, ErrorKind, NewContact, Structure,
    budget::{Budget, Pacing},
    retry::RetryPolicy,
};
use benchmark_email_sandbox::{Fault, Sandbox};
use support::{API_KEY, scripted::Scripted, tables::compare};

const ADDRESS: &str = "jane.smith@example.com";
const CLASSES: [Class; 6] = [
    Class::Get,
    Class::Replace,
    Class::Unsubscribe,
    Class::Delete,
    Class::Create,
    Class::CreateList,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Get,
    Replace,
    Unsubscribe,
    Delete,
    Create,
    CreateList,
}

impl Class {
    fn operation(self) -> &'static str {
        match self {
            Self::Get => "getContact",
            Self::Replace => "replaceContact",
            Self::Unsubscribe => "updateContactStatus",
            Self::Delete => "deleteContact",
            Self::Create => "createContact",
            Self::CreateList => "createList",
        }
    }

    async fn call(
        self,
        client: &Client,
        jane: &Contact,
        structure: &Structure,
    ) -> Result<(), Error> {
        match self {
            Self::Get => client.contacts().get(&jane.id).await.map(drop),
            Self::Replace => client.contacts().replace(jane).await.map(drop),
            Self::Unsubscribe => client.contacts().unsubscribe(&jane.id).await.map(drop),
            Self::Delete => client.contacts().delete(&jane.id).await.map(drop),
            Self::Create => client
                .contacts()
                .create(NewContact::new(structure, ADDRESS))
                .await
                .map(drop),
            Self::CreateList => client.lists(structure.id()).create("News").await.map(drop),
        }
    }
}

/// What goes wrong.
enum Trouble {
    /// Nobody listens.
    Refused,
    /// The sandbox, with this fault on the operation.
    Sandbox(Fault),
    /// These bytes, whatever is asked.
    Bytes(Vec<u8>),
}

fn client_of(base_url: &str, key: &str, attempt: Duration) -> Client {
    Client::builder()
        .base_url(base_url)
        .api_key(key)
        .attempt_timeout(attempt)
        // What the budget makes of an answer is the budget's own tests' business.
        .budget(Budget::new())
        .max_body(64 * 1024)
        .retry(
            RetryPolicy::default()
                .max_attempts(3)
                .base_delay(Duration::from_millis(1))
                .max_wait(Duration::from_secs(2))
                // The sandbox's search is up to date.
                .search_lag(Duration::ZERO),
        )
        .build()
        .unwrap()
        .with_pacing(Pacing::Off)
}

impl Trouble {
    fn stalls(&self) -> bool {
        matches!(self, Self::Sandbox(fault) if format!("{fault:?}").contains("Stall"))
    }
}

/// Long enough for a busy machine; where the server stalls, as short as that allows.
const PATIENCE: Duration = Duration::from_secs(60);
const STALL: Duration = Duration::from_secs(2);

/// One cell: requests that the server saw, and the outcome.
async fn cell(trouble: &Trouble, class: Class, once: bool) -> (usize, Result<(), Error>) {
    let patience = if trouble.stalls() { STALL } else { PATIENCE };
    match trouble {
        Trouble::Refused => {
            let client = client_of("http://127.0.0.1:1", API_KEY, patience);
            (0, class.call(&client, &jane(), &support::structure()).await)
        }
        Trouble::Bytes(bytes) => {
            let server = Scripted::answering(bytes.clone()).await;
            let client = client_of(&server.base_url, API_KEY, patience);
            let outcome = class.call(&client, &jane(), &support::structure()).await;
            (server.seen(), outcome)
        }
        Trouble::Sandbox(fault) => {
            let sandbox = Sandbox::start().await.unwrap();
            let client = client_of(sandbox.base_url(), sandbox.api_key(), patience);
            let patient = client_of(sandbox.base_url(), sandbox.api_key(), PATIENCE);
            let structure = patient.structures().primary().await.unwrap();
            let contacts = patient.contacts();
            let mut jane = contacts
                .create(NewContact::new(&structure, "jane@example.com"))
                .await
                .unwrap();
            jane.set(&structure, "Company", "Acme").unwrap();
            let before = sandbox.requests().len();
            let fault = fault.clone().on(class.operation());
            sandbox.fault(if once { fault.times(1) } else { fault });
            let outcome = class.call(&client, &jane, &structure).await;
            let seen = sandbox.requests().len() - before;
            sandbox.clear_faults();
            check(&patient, &structure, &jane, class, &outcome).await;
            (seen, outcome)
        }
    }
}

/// Whatever was told must be so.
async fn check(
    client: &Client,
    structure: &Structure,
    jane: &Contact,
    class: Class,
    outcome: &Result<(), Error>,
) {
    let contacts = client.contacts();
    let all = contacts.list().await.unwrap();
    let known = |done: bool| match outcome {
        Ok(()) => assert!(done, "{class:?} told success, and nothing was done"),
        Err(error) if error.is_outcome_unknown() => {}
        Err(error) => assert!(!done, "{class:?} told {error}, and it was done"),
    };
    match class {
        Class::Get | Class::CreateList => {}
        Class::Delete => known(all.is_empty()),
        Class::Create => {
            let created = all.iter().filter(|c| c.key == ADDRESS).count();
            assert!(created < 2, "two contacts");
            known(created == 1);
        }
        Class::Unsubscribe => known(!contacts.get(&jane.id).await.unwrap().is_active()),
        Class::Replace => {
            let now = contacts.get(&jane.id).await.unwrap();
            known(now.field(structure, "Company").unwrap().is_some());
        }
    }
}

fn jane() -> Contact {
    serde_json::from_value(support::example("Jane")).unwrap()
}

fn http(status: &str, headers: &[&str], body: &[u8]) -> Trouble {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for header in headers {
        write!(bytes, "{header}\r\n").unwrap();
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    Trouble::Bytes(bytes)
}

fn too_many(message: &str, retry_after: Option<&str>) -> Trouble {
    let body =
        serde_json::json!({"errors": [{"errorType": "TooManyRequestsError", "message": message}]});
    let fault = Fault::status(429).body(body);
    Trouble::Sandbox(match retry_after {
        Some(wait) => fault.with_header("Retry-After", wait),
        None => fault,
    })
}

fn bomb() -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 8 << 20]).unwrap();
    gzip.finish().unwrap()
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn faults() -> Vec<(&'static str, Trouble)> {
    use Trouble::{Bytes, Refused, Sandbox};
    const HOURLY: &str = "Rate limit exceeded. Retry after 1 seconds.";
    let html = b"<html>Bad gateway</html>";
    vec![
        ("connection refused", Refused),
        (
            "closed before the answer",
            Sandbox(Fault::close_before_answer()),
        ),
        (
            "reset before the answer",
            Sandbox(Fault::reset_before_answer()),
        ),
        (
            "answer lost after the commit",
            Sandbox(Fault::drop_after_commit()),
        ),
        (
            "reset after the commit",
            Sandbox(Fault::reset_after_commit()),
        ),
        ("closed in mid body", Sandbox(Fault::close_mid_body())),
        ("reset in mid body", Sandbox(Fault::reset_mid_body())),
        (
            "headers that never come",
            Sandbox(Fault::stall_before_answer()),
        ),
        (
            "headers that never come, after the commit",
            Sandbox(Fault::stall_after_commit()),
        ),
        ("a body that stalls", Sandbox(Fault::stall_mid_body())),
        ("truncated JSON", Sandbox(Fault::truncated_json())),
        ("200 with HTML", Sandbox(Fault::html(200))),
        (
            "wrong content type",
            Sandbox(Fault::content_type("text/plain")),
        ),
        (
            "no HTTP at all",
            Bytes(b"220 mail.example.com ESMTP\r\n".to_vec()),
        ),
        ("500 with HTML", Sandbox(Fault::html(500))),
        ("502 with HTML", Sandbox(Fault::html(502))),
        ("503 with HTML", Sandbox(Fault::html(503))),
        ("504 with HTML", Sandbox(Fault::html(504))),
        ("502 with an empty body", http("502 Bad Gateway", &[], b"")),
        (
            "502 that is not UTF-8",
            http("502 Bad Gateway", &[], b"\xff\xfe\x00"),
        ),
        (
            "500 with an empty body",
            http("500 Internal Server Error", &[], b""),
        ),
        (
            "503 with an empty body",
            http("503 Service Unavailable", &[], b""),
        ),
        (
            "504 with an empty body",
            http("504 Gateway Timeout", &[], b""),
        ),
        (
            "500 that is not UTF-8",
            http("500 Internal Server Error", &[], b"\xff\xfe\x00"),
        ),
        (
            "503 that is not UTF-8",
            http("503 Service Unavailable", &[], b"\xff\xfe\x00"),
        ),
        (
            "504 that is not UTF-8",
            http("504 Gateway Timeout", &[], b"\xff\xfe\x00"),
        ),
        (
            "503, Retry-After: 1",
            Sandbox(Fault::status(503).with_header("Retry-After", "1")),
        ),
        ("408 with HTML", Sandbox(Fault::html(408))),
        ("429 hourly, no Retry-After", too_many(HOURLY, None)),
        ("429 hourly, Retry-After: 0", too_many(HOURLY, Some("0"))),
        ("429 hourly, Retry-After: 1", too_many(HOURLY, Some("1"))),
        ("429 hourly, Retry-After: -1", too_many(HOURLY, Some("-1"))),
        (
            "429 hourly, Retry-After: soon",
            too_many(HOURLY, Some("soon")),
        ),
        (
            "429 hourly, Retry-After: 3600",
            too_many(HOURLY, Some("3600")),
        ),
        (
            "429 hourly, Retry-After: 99999999999999999999",
            too_many(HOURLY, Some("99999999999999999999")),
        ),
        (
            "429 hourly, Retry-After: a date in 2099",
            too_many(HOURLY, Some("Thu, 01 Jan 2099 00:00:00 GMT")),
        ),
        (
            "429 hourly, Retry-After: a past date",
            too_many(HOURLY, Some("Thu, 01 Jan 2015 00:00:00 GMT")),
        ),
        (
            "429 monthly quota",
            too_many("Monthly API quota exceeded.", Some("864000")),
        ),
        (
            "429 authentication block",
            too_many(
                "Too many failed authentication attempts. Please try again later.",
                Some("1"),
            ),
        ),
        ("401", Sandbox(Fault::status(401))),
        ("403", Sandbox(Fault::status(403))),
        (
            "a body over the bound",
            http("200 OK", &[], &vec![b' '; 65 * 1024]),
        ),
        (
            "a gzip bomb",
            http("200 OK", &["Content-Encoding: gzip"], &bomb()),
        ),
        (
            "a refusal over the bound",
            http("502 Bad Gateway", &[], &vec![b'x'; 256 * 1024]),
        ),
        (
            "a redirect to another host",
            http("302 Found", &["Location: https://elsewhere.invalid/"], b""),
        ),
        (
            "a redirect to http",
            http(
                "301 Moved Permanently",
                &["Location: http://elsewhere.invalid/"],
                b"",
            ),
        ),
        (
            "a redirect to itself",
            http("308 Permanent Redirect", &["Location: /api/contact"], b""),
        ),
        (
            "404 with every header twice",
            http(
                "404 Not Found",
                &[
                    "X-RateLimit-Remaining: 9",
                    "X-RateLimit-Remaining: x",
                    "Retry-After: 1",
                    "Retry-After: 2",
                ],
                html,
            ),
        ),
    ]
}

/// What a cell shows, and what the error says.
async fn tell(trouble: &Trouble, class: Class, once: bool) -> (String, Option<String>) {
    match cell(trouble, class, once).await {
        (seen, Ok(())) => (format!("{seen}: done"), None),
        (seen, Err(error)) => {
            assert_eq!(error.operation(), Some(class.operation()));
            let text = error.to_string();
            let shown = format!("{text}{error:?}");
            assert!(
                !shown.contains(ADDRESS) && !shown.contains(API_KEY),
                "{shown}"
            );
            (
                format!("{seen}: {:?}", error.kind()),
                Some(text.replace('|', "\\|")),
            )
        }
    }
}

async fn table(once: bool) -> String {
    // Those that stall mostly wait; the others would make a busy machine busier.
    let busy = Arc::new(tokio::sync::Semaphore::new(6));
    let mut running = tokio::task::JoinSet::new();
    let mut names = Vec::new();
    for (name, trouble) in faults() {
        // What is scripted goes wrong always.
        if once && !matches!(trouble, Trouble::Sandbox(_)) {
            continue;
        }
        let trouble = Arc::new(trouble);
        for class in CLASSES {
            let (place, busy, trouble) = (
                (names.len(), class as usize),
                Arc::clone(&busy),
                Arc::clone(&trouble),
            );
            running.spawn(async move {
                let _permit = if trouble.stalls() {
                    None
                } else {
                    Some(busy.acquire().await.unwrap())
                };
                (place, tell(&trouble, class, once).await)
            });
        }
        names.push(name);
    }
    let mut cells = running.join_all().await;
    cells.sort_by_key(|(place, _)| *place);

    let mut table = String::from(
        "| Fault | get | replace | unsubscribe | delete | create | create a list |\n|---|---|---|---|---|---|---|\n",
    );
    let mut told = String::from("\n| Fault | What `get` says |\n|---|---|\n");
    for (name, row) in names.iter().zip(cells.chunks(CLASSES.len())) {
        let shown: Vec<&str> = row.iter().map(|(_, (cell, _))| cell.as_str()).collect();
        writeln!(table, "| {name} | {} |", shown.join(" | ")).unwrap();
        if let Some(text) = &row[0].1.1 {
            writeln!(told, "| {name} | {text} |").unwrap();
        }
    }
    if !once {
        table.push_str(&told);
    }
    table
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_once_is_mended_where_it_can_be() {
    compare("once", &table(true).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_always_ends_soon_and_is_told() {
    compare("always", &table(false).await);
}

#[tokio::test]
async fn a_kind_is_never_invented() {
    // The matrix prints kinds; this one pins what a caller branches on.
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.fault(Fault::status(401).on("listContacts"));
    let client = client_of(
        sandbox.base_url(),
        sandbox.api_key(),
        Duration::from_secs(20),
    );
    let error = client.contacts().list().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unauthorized, 1)
    );
}
