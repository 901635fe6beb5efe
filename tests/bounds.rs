//! Bounds bind: a deadline ends what keeps coming, and no setting is too large to be set.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::Duration;

use benchmark_email::{Client, ErrorKind, retry::RetryPolicy};
use benchmark_email_sandbox::Fault;
use support::{API_KEY, account::Account, structure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

/// A server whose answer begins at once and goes on by a byte, far oftener than any idle time-out and for
/// ever.
async fn dripping(content_type: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(drip(connection, content_type));
        }
    });
    base_url
}

async fn drip(mut connection: TcpStream, content_type: &str) -> std::io::Result<()> {
    let _ = connection.read(&mut [0; 4096]).await?;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nX-Told: yes\r\n\r\n[");
    connection.write_all(head.as_bytes()).await?;
    loop {
        sleep(Duration::from_millis(10)).await;
        connection.write_all(b" ").await?;
    }
}

/// Far more than it takes: what isn't ended by then is never ended.
async fn in_the_end<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), what)
        .await
        .expect("nothing ended it")
}

fn client_until(base_url: &str, deadline: Duration) -> Client {
    support::client_of(base_url, API_KEY).with_retry(RetryPolicy::none().deadline(deadline))
}

#[tokio::test]
async fn the_deadline_ends_a_stream_that_keeps_coming() {
    let client = client_until(&dripping("application/json").await, Duration::from_secs(1));
    let mut all = client.contacts().stream();
    let error = in_the_end(all.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(
        (error.status(), error.attempts(), error.header("x-told")),
        (Some(200), 1, Some("yes"))
    );
    assert!(error.to_string().contains("the deadline passed"), "{error}");
}

#[tokio::test]
async fn the_deadline_ends_an_export_that_keeps_coming() {
    let client = client_until(&dripping("text/csv").await, Duration::from_secs(1));
    let mut csv = Vec::new();
    let structure = structure();
    let search = client.contacts().search(&structure).everybody();
    let exported = in_the_end(search.export_to(&mut csv)).await;
    let error = exported.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(
        (error.status(), error.operation()),
        (Some(200), Some("exportContacts"))
    );
    let told = format!("after {} bytes were written", csv.len());
    assert!(error.to_string().contains(&told), "{told}: {error}");
}

#[cfg(feature = "raw")]
#[tokio::test]
async fn the_deadline_ends_a_stream_of_the_generated_client_too() {
    use futures_util::StreamExt;

    let client = client_until(&dripping("text/csv").await, Duration::from_secs(1));
    let body = serde_json::from_value(support::example("ExportByKey")).unwrap();
    let mut pieces = client.raw().export_contacts(&body).await.unwrap();
    let error = in_the_end(async {
        loop {
            if let Err(error) = pieces.next().await.unwrap() {
                break error;
            }
        }
    });
    let error = error.await;
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
    let told: Vec<String> = causes.map(ToString::to_string).collect();
    assert_eq!(told.last().unwrap(), "the deadline passed", "{told:?}");
}

#[test]
#[should_panic(expected = "overflow")]
fn the_tests_run_with_overflow_checks() {
    let most = std::hint::black_box(u8::MAX);
    std::hint::black_box(most + std::hint::black_box(1));
}

#[tokio::test]
async fn no_setting_is_too_large_or_too_small_to_be_set() {
    let account = Account::new().await;
    let (longest, shortest) = (Duration::MAX, Duration::ZERO);
    let build = |time: Duration, bytes: usize, attempts: u32| {
        let policy = RetryPolicy::default()
            .max_attempts(attempts)
            .base_delay(time)
            .max_delay(time)
            .max_wait(time)
            .deadline(time);
        let client = Client::builder()
            .base_url(account.sandbox.base_url())
            .api_key(account.sandbox.api_key())
            .attempt_timeout(time)
            .connect_timeout(time)
            .idle_timeout(time)
            .max_body(bytes)
            .retry(policy);
        client.build().unwrap()
    };
    let generous = build(longest, usize::MAX, u32::MAX);
    support::everything::everything(&generous, &account.structure).await;
    account.populate(["jane".to_owned()]).await;
    for client in [generous.clone(), generous.bulk()] {
        let jane = client.contacts().stream().next().await.unwrap().unwrap();
        client.contacts().get(&jane.id).await.unwrap();
    }
    let strict = build(shortest, 0, 0);
    let error = strict.contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let error = strict.contacts().stream().next().await.unwrap();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
    // An answer that comes within the clock's own millisecond would be sooner than a time-out of zero.
    let stall = Fault::stall_before_answer().on("listContacts").times(1);
    account.sandbox.fault(stall);
    let unhurried = strict.with_retry(RetryPolicy::none());
    let error = unhurried.contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}
