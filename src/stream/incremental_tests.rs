//! When elements come out, how much text is held and how often it is parsed.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::ArrayDecoder;

#[test]
fn an_element_comes_out_with_its_last_byte() {
    let body = r#"{"total":1,"records":[{"a":"b]"},"s\"",[[1],2],true,null,12,false ]}"#;
    let ends: Vec<usize> = [
        r#""b]"}"#, r#""s\"""#, "2]", "true,", "null,", "12,", "false ",
    ]
    .iter()
    .map(|end| body.find(end).unwrap() + end.len())
    .collect();
    for size in [1, 2, 3, 5, 1000] {
        let mut decoder = ArrayDecoder::<Value>::new();
        let mut seen = 0;
        let mut fed = 0;
        for chunk in body.as_bytes().chunks(size) {
            decoder.feed(chunk);
            fed += chunk.len();
            while decoder.next_element().unwrap().is_some() {
                seen += 1;
            }
            assert_eq!(
                seen,
                ends.iter().filter(|&&end| end <= fed).count(),
                "after {fed} bytes in {size}s"
            );
        }
    }
}

#[test]
fn the_text_held_is_bounded_by_a_chunk_and_an_element() {
    let element = format!("\"{}\",", "x".repeat(1000));
    let mut decoder = ArrayDecoder::<String>::new();
    decoder.feed(b"[");
    for _ in 0..2000 {
        for chunk in element.as_bytes().chunks(700) {
            decoder.feed(chunk);
            while decoder.next_element().unwrap().is_some() {}
            assert!(decoder.unconsumed() <= 1000 + 700 + 3);
        }
    }
}

#[test]
fn a_huge_element_in_small_chunks_is_parsed_about_once() {
    thread_local!(static PARSED: Cell<usize> = const { Cell::new(0) });

    struct Counted;
    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            PARSED.set(PARSED.get() + 1);
            IgnoredAny::deserialize(deserializer).map(|_| Self)
        }
    }

    const COUNT: usize = 100_000;
    let body = format!("[[{}0]]", "\"x\\\"]\",".repeat(COUNT - 1));
    let mut decoder = ArrayDecoder::<Vec<Counted>>::new();
    for chunk in body.as_bytes().chunks(1400) {
        decoder.feed(chunk);
        if let Some(element) = decoder.next_element().unwrap() {
            assert_eq!(element.len(), COUNT);
        }
    }
    decoder.finish();
    assert!(decoder.next_element().unwrap().is_none());
    assert!(
        PARSED.get() < COUNT + COUNT / 100,
        "{} parsed",
        PARSED.get()
    );
}
