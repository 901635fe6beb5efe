//! What a call through the client costs, against bare reqwest with serde on the same server.
//!
//! `benches/overhead/instructions` runs it under callgrind and prints the table. By itself,
//! `cargo run --release --package overhead` times both in one run.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Instant,
};

use benchmark_email::{Client, ContactId, budget::Pacing};
use serde::Deserialize;

const KEY: &str = "bme_us_0123456789012345678901234567890123456789012";
const CONTACT: &str = r#"{"_id":"66f1a6e4698f1bca60424901","key":"jane.smith@example.com","contactStructureId":"64a1b2c3d4e5f6a7b8c9d0e1","fields":[{"_id":"64a1b2c3d4e5f6a7b8c9d100","value":"Jane"},{"_id":"64a1b2c3d4e5f6a7b8c9d101","value":"Smith"},{"_id":"64a1b2c3d4e5f6a7b8c9d102","value":"Acme, Inc."}],"status":{"primary":"Active"},"lists":[{"_id":"64a1b2c3d4e5f6a7b8c9d200"}],"tags":[],"createdAt":"2026-03-28T14:30:00.000Z","updatedAt":"2026-03-28T14:30:00.000Z","__v":0}"#;

/// What a program without a client would write.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Plain {
    #[serde(rename = "_id")]
    id: String,
    key: String,
    #[serde(rename = "contactStructureId")]
    structure: String,
    fields: Vec<PlainField>,
    status: PlainStatus,
    lists: Vec<PlainRef>,
    tags: Vec<PlainRef>,
    #[serde(rename = "createdAt")]
    created: String,
    #[serde(rename = "updatedAt")]
    updated: String,
    #[serde(rename = "__v")]
    version: i64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct PlainField {
    #[serde(rename = "_id")]
    id: String,
    value: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct PlainStatus {
    primary: String,
    secondary: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct PlainRef {
    #[serde(rename = "_id")]
    id: String,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["serve"] => serve(),
        [way, calls] => run(way, calls.parse().expect("a number of calls")),
        _ => {
            for way in ["bare", "client", "bare", "client"] {
                let started = Instant::now();
                run(way, 5_000);
                println!(
                    "{way}: {:.1} us a call",
                    started.elapsed().as_secs_f64() * 1e6 / 5_000.0
                );
            }
        }
    }
}

fn run(way: &str, calls: u32) {
    let (mut server, base_url) = server();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        match way {
            "bare" => {
                // The client asks no proxy for this machine either.
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let url = format!("{base_url}/api/contact/66f1a6e4698f1bca60424901");
                for _ in 0..calls {
                    let response = http
                        .get(&url)
                        .header("x-api-key", KEY)
                        .send()
                        .await
                        .unwrap();
                    let contact: Plain = response.error_for_status().unwrap().json().await.unwrap();
                    assert_eq!(contact.version, 0);
                }
            }
            "client" => {
                let client = Client::builder()
                    .base_url(&base_url)
                    .api_key(KEY)
                    .build()
                    .unwrap()
                    .with_pacing(Pacing::Burst);
                let id = ContactId::new("66f1a6e4698f1bca60424901").unwrap();
                for _ in 0..calls {
                    assert_eq!(client.contacts().get(&id).await.unwrap().version, Some(0));
                }
            }
            other => panic!("no such way: {other}"),
        }
    });
    server.kill().unwrap();
    server.wait().unwrap();
}

/// The server is a process of its own, so that its instructions aren't counted.
fn server() -> (Child, String) {
    let mut server = Command::new(env::current_exe().unwrap())
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (server, line.trim().to_owned())
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    for connection in listener.incoming() {
        answer(connection.unwrap());
    }
}

fn answer(mut connection: TcpStream) {
    connection.set_nodelay(true).unwrap();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nX-RateLimit-Limit: 1000000\r\nX-RateLimit-Remaining: 999999\r\nX-RateLimit-Reset: 1795438800\r\nX-Monthly-Limit: 10000000\r\nX-Monthly-Remaining: 9999999\r\n\r\n{CONTACT}",
        CONTACT.len()
    );
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = connection.read(&mut buffer) {
        seen.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if seen.ends_with(b"\r\n\r\n") {
            seen.clear();
            if connection.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}
