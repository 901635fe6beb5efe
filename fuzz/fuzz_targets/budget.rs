//! Any bytes as the story of an account's budget: never a panic, a wait beyond the bounds, or a permit
//! that isn't given back.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|story: &[u8]| benchmark_email_fuzz::assert_ends_well(story));
