//! What a hostile answer may take in memory. One test, in a process of its own, since it is the process that
//! is measured.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{fs, io::Write as _};

use benchmark_email::{Client, Error, ErrorKind};
use flate2::{Compression, write::GzEncoder};
use support::{API_KEY, scripted::Scripted};

const MIB: usize = 1 << 20;

/// From now on the peak is counted anew; what is in use now.
fn begin() -> usize {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    status("VmRSS")
}

/// What the kernel counts for this process, in bytes.
fn status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

/// An answer that holds `count` pieces between a head and a tail, as gzip.
fn compressed(head: &str, piece: &str, count: usize, tail: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(head.as_bytes()).unwrap();
    let thousand = vec![piece; 1000].join(",");
    for part in 0..count / 1000 {
        let comma = if part == 0 { "" } else { "," };
        write!(gzip, "{comma}{thousand}").unwrap();
    }
    gzip.write_all(tail.as_bytes()).unwrap();
    let body = gzip.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// What `list()` takes for it at its peak, and how it ends.
async fn taken(answer: Vec<u8>, max_body: usize) -> (usize, Result<usize, Error>) {
    let server = Scripted::answering(answer).await;
    let client = Client::builder()
        .base_url(&server.base_url)
        .api_key(API_KEY)
        .max_body(max_body)
        .build()
        .unwrap();
    let before = begin();
    let listed = client.contacts().list().await;
    let peak = status("VmHWM") - before;
    (peak, listed.map(|all| all.len()))
}

#[tokio::test]
async fn a_list_takes_no_more_than_eight_times_its_bound() {
    let least = r#""_id":"1","key":"","contactStructureId":"1","fields":[],"tags":[]"#;
    // Small enough to be sent, and ten million properties when it is decompressed.
    let head = format!("[{{{least},");
    let bomb = compressed(&head, r#""":0"#, 10_000_000, "}]");
    assert!(bomb.len() < 300 * 1024, "{}", bomb.len());
    let (peak, listed) = taken(bomb, 64 * MIB).await;
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(peak < 3 * 64 * MIB, "{} MiB", peak / MIB);

    // What takes the most for its text, as much of it as is let through.
    let bound = 8 * MIB;
    let values = bound / 16;
    for (what, head, piece, commas, tail) in [
        ("properties", head.as_str(), r#""":0"#, 1, "}]"),
        (
            "references",
            &format!("[{{{least},\"lists\":["),
            r#"{"_id":"1"}"#,
            2,
            "]}]",
        ),
        (
            "plain references",
            &format!("[{{{least},\"lists\":["),
            r#""1""#,
            1,
            "]}]",
        ),
        ("contacts", "[", &format!("{{{least}}}"), 6, "]"),
    ] {
        let count = (values / commas).min(bound / (piece.len() + 1)) / 1000 * 1000 - 1000;
        let (peak, listed) = taken(compressed(head, piece, count, tail), bound).await;
        println!("{count} {what}: {} KiB", peak / 1024);
        assert!(listed.is_ok(), "{what}: {listed:?}");
        assert!(peak > bound / 2, "{what}: {peak} bytes can't be all of it");
        assert!(peak < 8 * bound, "{what}: {} MiB", peak / MIB);
    }
}
