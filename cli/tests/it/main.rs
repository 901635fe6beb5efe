//! `bme` as a program: what it says, what it sends, how it ends.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod apply;
mod apply_bounds;
mod apply_killed;
mod apply_readings;
mod apply_undone;
mod backup;
mod blocks;
mod dry_run;
mod ends;
mod events;
mod forget;
mod import_files;
mod migrate;
mod output;
mod probe;
mod profiles;
mod restore;
mod sandbox;
mod schema;
mod secrets;
mod support;
mod sync_plan;
mod terminal;
