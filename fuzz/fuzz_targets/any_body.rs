//! Any bytes as a body: never a panic, a hang or another verdict than `serde_json`'s.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first bytes say how the rest is cut.
    if let [a, b, c, limit, body @ ..] = input {
        benchmark_email_fuzz::assert_agrees(body, &[*a, *b, *c]);
        benchmark_email_fuzz::assert_bounded(body, *limit, *a);
    }
});
