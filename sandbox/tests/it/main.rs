//! The sandbox as seen from outside: through HTTP, and through its handle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod access;
mod account;
mod contacts;
mod damage;
mod document;
mod events;
mod faults;
mod foreign_pages;
mod limits;
mod lists;
mod log;
mod looking;
mod pages;
mod rules;
mod search;
mod search_lag;
mod state;
mod structures;
mod wire;
