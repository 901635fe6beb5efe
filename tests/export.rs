//! Export against the sandbox: what is written, and what is told when it breaks off.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use benchmark_email::{
    Client, Error, ErrorKind,
    contacts::{Criterion, SearchColumn},
};
use benchmark_email_sandbox::Fault;
use support::account::Account;
use tokio::io::{AsyncWrite, BufWriter};

const CONTACTS: usize = 40;

async fn account() -> Account {
    let account = Account::new().await;
    account
        .populate((0..CONTACTS).map(|n| format!("c{n:02}")))
        .await;
    account
}

/// What was written, and what was told.
async fn export(account: &Account, client: &Client) -> (Vec<u8>, Result<u64, Error>) {
    let mut csv = Vec::new();
    let search = client.contacts().search(&account.structure).everybody();
    let told = search.export_to(&mut csv).await;
    (csv, told)
}

#[tokio::test]
async fn every_contact_found_is_a_line_after_the_head() {
    let account = account().await;
    let (csv, told) = export(&account, &account.client).await;
    assert_eq!(told.unwrap(), csv.len() as u64);
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), CONTACTS + 1);
    assert!(lines[0].starts_with("_id,key,First Name,"), "{}", lines[0]);
    assert!(lines[CONTACTS].contains("c39@example.com,"));
    assert_eq!(account.asked("exportContacts"), 1);
}

#[tokio::test]
async fn what_an_output_holds_back_is_written_at_the_end() {
    let account = account().await;
    let mut output = BufWriter::with_capacity(1 << 20, Vec::new());
    let search = account.client.contacts().search(&account.structure);
    let bytes = search.everybody().export_to(&mut output).await.unwrap();
    assert!(bytes > 0);
    assert_eq!(output.get_ref().len() as u64, bytes);
}

#[tokio::test]
async fn the_criteria_of_the_search_hold() {
    let account = account().await;
    let mut csv = Vec::new();
    let search = account.client.contacts().search(&account.structure);
    search
        .key("c07@example.com")
        .export_to(&mut csv)
        .await
        .unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.contains("c07@example.com"));
}

#[tokio::test]
async fn the_columns_are_those_asked_for_in_their_order() {
    let account = account().await;
    let mut csv = Vec::new();
    let search = account.client.contacts().search(&account.structure);
    let search = search.key("c07@example.com").or(|group| group.tag("VIP"));
    let columns = [
        SearchColumn::Status,
        SearchColumn::Key,
        SearchColumn::Status,
    ];
    search.columns(columns).export_to(&mut csv).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv, "contactStatus,key\r\nActive,c07@example.com\r\n");
}

#[tokio::test]
async fn a_refusal_is_an_error_like_any_other_and_nothing_is_written() {
    let account = account().await;
    let mut csv = Vec::new();
    let search = account.client.contacts().search(&account.structure);
    let search = search.criterion(Criterion::new("KEY", "LIKE", ["c"]));
    let error = search.export_to(&mut csv).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Validation, Some(400))
    );
    assert!(
        error.to_string().contains("operator must be one of"),
        "{error}"
    );
    assert!(csv.is_empty());
}

#[tokio::test]
async fn a_page_of_html_is_not_taken_for_csv() {
    let account = account().await;
    for kind in ["text/html; charset=utf-8", "application/json"] {
        let fault = account.sandbox.fault(Fault::content_type(kind));
        let (csv, told) = export(&account, &account.client).await;
        let error = told.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        assert!(csv.is_empty() && error.to_string().contains("nothing was written"));
        account.sandbox.clear_fault(fault);
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_says_how_much_was_written() {
    let account = account().await;
    let (whole, _) = export(&account, &account.client).await;
    let impatient = Client::builder()
        .base_url(account.sandbox.base_url())
        .api_key(account.sandbox.api_key())
        .idle_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    for (fault, why) in [
        (Fault::close_mid_body(), ""),
        (Fault::reset_mid_body(), ""),
        (Fault::stall_mid_body(), "nothing came for 300ms"),
    ] {
        let armed = account.sandbox.fault(fault.on("exportContacts"));
        let (csv, told) = export(&account, &impatient).await;
        let error = told.expect_err("the beginning was taken for the whole");
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert!(whole.starts_with(&csv) && csv.len() < whole.len());
        let text = error.to_string();
        let bytes = format!("after {} bytes were written", csv.len());
        assert!(text.contains(&bytes) && text.contains(why), "{text}");
        assert_eq!(error.operation(), Some("exportContacts"));
        assert_eq!((error.status(), error.attempts()), (Some(200), 1));
        assert!(error.header("x-ratelimit-remaining").is_some());
        account.sandbox.clear_fault(armed);
    }
}

#[tokio::test]
async fn an_answer_that_never_begins_is_asked_for_again() {
    let account = account().await;
    let fault = Fault::close_before_answer().on("exportContacts").times(1);
    account.sandbox.fault(fault);
    let (csv, told) = export(&account, &account.client).await;
    assert_eq!(told.unwrap(), csv.len() as u64);
    assert_eq!(account.asked("exportContacts"), 2);
}

/// Takes ten bytes.
struct FullDisk(usize);

impl AsyncWrite for FullDisk {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::Error::other("no space left")));
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn an_output_that_fails_is_told_as_such() {
    let account = account().await;
    let search = account
        .client
        .contacts()
        .search(&account.structure)
        .everybody();
    let error = search.export_to(&mut FullDisk(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
    assert!(!error.is_retryable());
    assert!(error.to_string().contains("no space left"), "{error}");
}
