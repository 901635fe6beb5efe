//! Changes whose answers get lost, or whose contact a lagging search doesn't show yet, one case at a time and
//! in virtual time: what the caller is told, what there is then, and what the service was asked.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod creations;
mod deletions;
mod replacements;
#[path = "../support/mod.rs"]
mod support;
mod unsubscriptions;
mod updates;
mod upserts;

use std::time::Duration;

/// How far the search lags behind, where it does.
const LAG: Duration = Duration::from_secs(2);
