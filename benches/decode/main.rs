//! What decoding costs, in memory and without a server.
//!
//! `decode WAY CONTACTS CHUNK` decodes that many contacts once, one `WAY` of `buffered` and `stream`
//! (contacts as the library gives them), `buffered-plain` and `stream-plain` (a struct of strings) and
//! `none`, in chunks of that many bytes: for a tool that counts instructions (`benches/decode/instructions`
//! runs it). Without arguments it times the plain ways, after checking that all agree, and one huge
//! element in small chunks.

#![allow(clippy::expect_used, clippy::cast_precision_loss)]

mod contacts;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benchmark_email::{Contact, stream::ArrayDecoder};
use serde::de::DeserializeOwned;

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| one != "--bench")
        .collect();
    if arguments.is_empty() {
        time_all();
        return ExitCode::SUCCESS;
    }
    if let [way, count, chunk] = arguments.as_slice()
        && let (Ok(count), Ok(chunk)) = (count.parse(), chunk.parse())
        && let Some(decoded) = decode(way, &contacts::body(count), chunk)
    {
        println!("{decoded} contacts");
        return ExitCode::SUCCESS;
    }
    eprintln!("usage: decode [buffered|stream|buffered-plain|stream-plain|none CONTACTS CHUNK]");
    ExitCode::FAILURE
}

/// Decodes `body` one way; how many contacts it held, or nothing if there is no such way.
fn decode(way: &str, body: &str, chunk: usize) -> Option<usize> {
    match way {
        "buffered" => Some(buffered::<Contact>(body).len()),
        "buffered-plain" => Some(buffered::<contacts::Contact>(body).len()),
        "stream" => Some(count::<Contact>(body, chunk)),
        "stream-plain" => Some(count::<contacts::Contact>(body, chunk)),
        // What making the body costs.
        "none" => Some(0),
        _ => None,
    }
}

fn count<T: DeserializeOwned>(body: &str, chunk: usize) -> usize {
    let mut count = 0;
    stream(body, chunk, |contact: T| {
        drop(black_box(contact));
        count += 1;
    });
    count
}

/// Collects the body first, as a client that buffers does, and keeps every contact.
fn buffered<T: DeserializeOwned>(body: &str) -> Vec<T> {
    serde_json::from_slice(body.as_bytes()).expect("contacts")
}

fn stream<T: DeserializeOwned>(body: &str, chunk: usize, mut each: impl FnMut(T)) {
    let mut decoder = ArrayDecoder::new();
    for chunk in body.as_bytes().chunks(chunk) {
        decoder.feed(chunk);
        while let Some(element) = decoder.next_element().expect("an element") {
            each(element);
        }
    }
    decoder.finish();
    assert!(decoder.next_element().expect("a whole array").is_none());
}

fn time_all() {
    const COUNT: u64 = 20_000;
    let body = contacts::body(COUNT);
    let megabytes = body.len() as f64 / 1e6;
    println!("{COUNT} contacts of {} bytes", body.len() as u64 / COUNT);
    let expected = buffered::<contacts::Contact>(&body);
    let whole = median(|| buffered::<contacts::Contact>(&body));
    println!(
        "buffered              {:6.0} MB/s",
        megabytes / whole.as_secs_f64()
    );
    for chunk in [65_536, 8_192, 1_400] {
        let mut streamed = Vec::new();
        stream(&body, chunk, |contact: contacts::Contact| {
            streamed.push(contact);
        });
        assert!(
            streamed == expected,
            "chunks of {chunk} bytes give other contacts"
        );
        let streamed = median(|| decode("stream-plain", &body, chunk));
        println!(
            "stream, {chunk:6} bytes  {:6.0} MB/s",
            megabytes / streamed.as_secs_f64()
        );
    }
    huge::<Vec<String>>(
        "a string of 4 MB",
        &format!("[[\"{}\"]]", "x".repeat(4_000_000)),
    );
    huge::<Vec<contacts::Contact>>(
        "an element of 8,400 contacts",
        &format!("[{}]", contacts::body(8_400)),
    );
}

/// Times one huge element in chunks of 1,400 bytes against parsing it whole: the best of rounds
/// that take turns, because each lasts only milliseconds.
fn huge<T: DeserializeOwned>(name: &str, body: &str) {
    let (mut whole, mut cut) = (Duration::MAX, Duration::MAX);
    for _ in 0..25 {
        whole = whole.min(time(|| {
            serde_json::from_slice::<Vec<T>>(body.as_bytes()).expect("an array")
        }));
        cut = cut.min(time(|| {
            stream(body, 1_400, |element: T| drop(black_box(element)));
        }));
    }
    println!(
        "{name}, 1,400 bytes: {:.1} ms, {:.2} x its whole parse",
        cut.as_secs_f64() * 1e3,
        cut.as_secs_f64() / whole.as_secs_f64()
    );
}

/// The median time of nine runs.
fn median<R>(mut run: impl FnMut() -> R) -> Duration {
    let mut times = [(); 9].map(|()| time(&mut run));
    times.sort();
    times[4]
}

fn time<R>(run: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}
