//! Reads every contact of an account once, one way: what `benches/listing/run` measures from outside.
//!
//! `listing serve COUNT CHUNK` answers `GET /api/contact` with that many contacts, in pieces of that
//! many bytes, and prints its address; `listing WAY URL` reads them and prints how many came, when
//! the first one was there, and how much memory the process had at most.
#![allow(clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../decode/contacts.rs"]
mod contacts;
mod server;

use std::{env, hint::black_box, time::Instant};

use benchmark_email::{Client, Structure};
use futures_util::StreamExt;
use reqwest_streams::JsonStreamResponse;
use serde::Deserialize;

const KEY: &str = "bme_us_0123456789012345678901234567890123456789012";
const STRUCTURE: &str = r#"{"_id":"64a1b2c3d4e5f6a7b8c9d0e1","label":"Default","fields":[
    {"_id":"64a1b2c3d4e5f6a7b8c9d100","label":"First Name","dataType":"text"},
    {"_id":"64a1b2c3d4e5f6a7b8c9d101","label":"Last Name","dataType":"text"},
    {"_id":"64a1b2c3d4e5f6a7b8c9d102","label":"Company","dataType":"text"}]}"#;

/// A contact as a user of the client types it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Customer {
    #[serde(rename = "First Name")]
    first: String,
    #[serde(rename = "Last Name")]
    last: Option<String>,
    #[serde(rename = "Company")]
    company: Option<String>,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", count, chunk] => server::serve(
            count.parse().expect("a number of contacts"),
            chunk.parse().expect("a number of bytes"),
        ),
        [way, url] => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(read(way, url)),
        _ => panic!("usage: listing serve COUNT CHUNK | listing WAY URL"),
    }
}

async fn read(way: &str, url: &str) {
    let client = Client::builder()
        .base_url(url)
        .api_key(KEY)
        .max_body(usize::MAX)
        .build()
        .expect("a client");
    let mut tally = Tally::new();
    match way {
        "generated" => {
            let all = client.raw().list_contacts().await.expect("contacts");
            for contact in all.into_inner().rows {
                tally.took(contact);
            }
        }
        "stream" => {
            let mut all = client.contacts().stream();
            while let Some(contact) = all.next().await {
                tally.took(contact.expect("a contact"));
            }
        }
        "stream-typed" => {
            let structure: Structure = serde_json::from_str(STRUCTURE).expect("a structure");
            let decoder = structure.decoder::<Customer>();
            let mut all = client.contacts().stream();
            while let Some(contact) = all.next().await {
                let contact = contact.expect("a contact");
                tally.took(decoder.decode(&contact).expect("a customer"));
            }
        }
        "reqwest" => {
            let all: Vec<contacts::Contact> = ask(url).await.json().await.expect("contacts");
            for contact in all {
                tally.took(contact);
            }
        }
        "reqwest-streams" => {
            let mut all = ask(url)
                .await
                .json_array_stream::<contacts::Contact>(64 * 1024);
            while let Some(contact) = all.next().await {
                tally.took(contact.expect("a contact"));
            }
        }
        "floor" => {
            let mut bytes = ask(url).await.bytes_stream();
            while let Some(chunk) = bytes.next().await {
                tally.took(chunk.expect("a piece"));
            }
        }
        other => panic!("no such way: {other}"),
    }
    tally.print();
}

async fn ask(url: &str) -> reqwest::Response {
    let request = reqwest::Client::new()
        .get(format!("{url}/api/contact"))
        .header("x-api-key", KEY);
    request.send().await.expect("an answer")
}

/// How many came, and when the first was there.
struct Tally {
    started: Instant,
    first: Option<f64>,
    count: u64,
}

impl Tally {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            first: None,
            count: 0,
        }
    }

    fn took<T>(&mut self, one: T) {
        self.first
            .get_or_insert_with(|| self.started.elapsed().as_secs_f64() * 1e3);
        self.count += 1;
        drop(black_box(one));
    }

    fn print(&self) {
        let first = self.first.unwrap_or_default();
        let status = std::fs::read_to_string("/proc/self/status").expect("a Linux");
        let mut lines = status.lines();
        let peak: u64 = lines
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
            .expect("a peak");
        println!(
            r#"{{"count": {}, "first_ms": {first:.3}, "peak_kib": {peak}}}"#,
            self.count
        );
    }
}
