//! The client that `build.rs` generates from `openapi.yaml`, as it is.
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    unused_imports,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    rustdoc::all,
    reason = "generated code keeps its own style"
)]

include!(concat!(env!("OUT_DIR"), "/client.rs"));
