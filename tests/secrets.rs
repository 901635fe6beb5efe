//! Neither the API key nor an e-mail address gets out in full: not by `Debug` or `Display` of anything
//! public, and not by any log at any level.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{
    fmt::{Debug, Write as _},
    io, iter,
    sync::{Arc, Mutex},
    time::Duration,
};

use benchmark_email::{
    Client, Contact, EmailAddress, Error, Event, NewContact, Structure, Value,
    contacts::{Criterion, FoundContact},
    retry::RetryPolicy,
};
use benchmark_email_sandbox::{Fault, Sandbox};
use serde_json::json;

const LOCAL: &str = "jane.smith.the.third";
const ADDRESS: &str = "jane.smith.the.third@example.com";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .map_err(|_| io::ErrorKind::Other)?
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What goes to the `log` crate, whose logger is one for the whole process.
struct Logger(Log);

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.0.lock().unwrap().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

fn assert_silent(text: &str, key: &str) {
    for secret in [key, LOCAL] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "shows {secret}");
    }
}

fn contact() -> serde_json::Value {
    json!({
        "_id": "c1", "key": ADDRESS, "contactStructureId": "s1",
        "fields": [{"_id": "f1", "value": ADDRESS, "was": ADDRESS}],
        "status": {"primary": "Active", "by": ADDRESS},
        "lists": [{"_id": "l1", "owner": ADDRESS}], "tags": [], "alias": ADDRESS, "__v": 0,
    })
}

#[test]
fn nothing_public_shows_a_secret() {
    const KEY: &str = "bme_us_thekeythatnobodyshallsee";
    let mut shown = String::new();
    let mut show = |thing: &dyn Debug| write!(shown, "{thing:?} {thing:#?} ").unwrap();
    let mut told = String::new();

    let structure: Structure =
        serde_json::from_value(json!({"_id": "s1", "label": "Default", "fields": [
        {"_id": "f1", "label": "Mail", "dataType": "text", "default": ADDRESS},
    ], "owner": ADDRESS}))
        .unwrap();
    let contact: Contact = serde_json::from_value(contact()).unwrap();
    let found: FoundContact =
        serde_json::from_value(json!({"_id": "c1", "key": ADDRESS, "x": ADDRESS})).unwrap();
    let builder = Client::builder()
        .base_url("https://api.example.com")
        .api_key(KEY);

    let new = NewContact::new(&structure, ADDRESS)
        .field("Mail", ADDRESS)
        .unwrap();

    show(&builder);
    let client = builder.build().unwrap();
    show(&client);
    show(&client.contacts());
    show(&client.structures());
    show(&client.lists(structure.id()));
    show(&client.budget());
    show(&EmailAddress::new(ADDRESS).unwrap());
    show(&Value::from(ADDRESS));
    show(&Value::from(Some(ADDRESS)));
    show(&new);
    show(&contact);
    show(&contact.fields);
    show(&contact.status());
    show(&contact.lists);
    show(&found);
    show(&structure);
    show(&structure.fields());
    let event: Event = serde_json::from_value(json!({
        "type": "email-bounced", "emailTo": ADDRESS, "emailSender": ADDRESS, "source": ADDRESS,
        "emailSenderName": ADDRESS, "emailBounceDiagCode": format!("550 no <{ADDRESS}>"),
        "emailSmtpResponse": ADDRESS, "emailSubject": format!("for {ADDRESS}"),
        "emailTargetUrl": format!("https://a.b/?to={LOCAL}%40example.com&x=1"),
        "importOriginalFileName": ADDRESS, "triggeredBy": {"userId": ADDRESS}, "new": ADDRESS,
    }))
    .unwrap();
    show(&event);
    let criterion = || Criterion::new("KEY", "LIKE", [ADDRESS]).extra("also", ADDRESS);
    show(&criterion());
    let search = client.contacts().search(&structure);
    let search = search
        .key(ADDRESS)
        .field("Mail", ADDRESS)
        .criterion(criterion());
    let search = search.or(|group| group.key(ADDRESS));
    show(&search);
    // What is wrong with it is kept in it.
    show(&search.clone().key(format!("{ADDRESS}@twice")).tag(ADDRESS));
    show(&search.clone().pages());
    show(&search.stream());
    show(&client.contacts().all_events());
    let errors: Vec<Error> = vec![
        EmailAddress::new(format!("{ADDRESS}@twice")).unwrap_err(),
        structure.field(ADDRESS).unwrap_err(),
        contact.field(&structure, ADDRESS).unwrap_err(),
        Client::builder()
            .base_url("https://a.example")
            .api_key(format!("{KEY}\n"))
            .build()
            .unwrap_err(),
        Client::builder()
            .base_url(format!("https://u:{KEY}@host"))
            .api_key(KEY)
            .build()
            .unwrap_err(),
        Client::builder()
            .base_url(KEY)
            .api_key(KEY)
            .build()
            .unwrap_err(),
    ];
    for error in &errors {
        show(error);
        write!(told, "{error}").unwrap();
    }
    assert_silent(&shown, KEY);
    assert_silent(&told, KEY);
}

#[tokio::test]
async fn no_log_and_no_error_of_a_call_shows_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let logged = Log::default();
    log::set_boxed_logger(Box::new(Logger(logged.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);

    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .http(|http| http.connection_verbose(true))
        .build()
        .unwrap();
    let client = client.with_retry(
        RetryPolicy::default()
            .base_delay(Duration::from_millis(1))
            .max_wait(Duration::from_millis(50)),
    );
    // A 429 closes the budget; the calls after it shall be sent all the same.
    let client = client.with_pacing(benchmark_email::budget::Pacing::Off);
    let structure = client.structures().primary().await.unwrap();
    let mut shown = String::new();
    let mut tell = |outcome: Result<String, Error>| match outcome {
        Ok(text) => shown.push_str(&text),
        Err(error) => {
            for layer in iter::successors(Some(&error as &dyn std::error::Error), |&e| e.source()) {
                write!(shown, "{layer} {layer:?} ").unwrap();
            }
        }
    };
    let contacts = client.contacts();
    let new = || {
        NewContact::new(&structure, ADDRESS)
            .field("First Name", LOCAL)
            .unwrap()
    };
    let echo = json!({"errors": [{"errorType": "ValidationError",
        "message": format!("{ADDRESS} with {} is odd", sandbox.api_key()), "field": ADDRESS}]});
    let page = format!("<html>{ADDRESS} {}</html>", sandbox.api_key());
    let faults = [
        Fault::close_before_answer(),
        Fault::reset_mid_body(),
        Fault::truncated_json(),
        Fault::html(502),
        Fault::status(400).body(echo.clone()),
        Fault::status(429)
            .body(echo)
            .with_header("Retry-After", "900"),
        Fault::status(200).body(json!(page)),
    ];
    for fault in faults {
        let armed = sandbox.fault(fault);
        tell(contacts.create(new()).await.map(|c| format!("{c:?}")));
        tell(
            contacts
                .find(&structure, ADDRESS)
                .await
                .map(|c| format!("{c:?}")),
        );
        tell(contacts.list().await.map(|c| format!("{c:?}")));
        sandbox.clear_fault(armed);
    }
    // A fault or two let it through.
    let jane = contacts.find(&structure, ADDRESS).await.unwrap().unwrap();
    tell(contacts.create(new()).await.map(|c| format!("{c:?}")));
    tell(
        contacts
            .find(&structure, ADDRESS)
            .await
            .map(|c| format!("{c:?}")),
    );
    tell(
        contacts
            .unsubscribe(&jane.id)
            .await
            .map(|c| format!("{c:?}")),
    );
    assert_silent(&shown, sandbox.api_key());

    let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("starting new connection"), "{logged}");
    assert_silent(&logged, sandbox.api_key());

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_silent(&log, sandbox.api_key());
    // It did log: the operation's span with its route, an attempt, a wait.
    for told in [
        "http.client",
        "url.template=\"/api/contact\"",
        "http.response.status_code=200",
        "attempt ended",
        "waiting",
    ] {
        assert!(log.contains(told), "{told}");
    }
}
