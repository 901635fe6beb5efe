//! What is known of a budget, for people and programs to read.

use std::time::SystemTime;

/// What the latest answers told about a [`Budget`](super::Budget). `None` is unknown: no
/// answer said so yet, or the hour it spoke of is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetState {
    /// Requests the account may send an hour.
    pub limit: Option<u32>,
    /// Requests left in this hour.
    pub remaining: Option<u32>,
    /// When the hour ends, on this machine's clock.
    pub resets_at: Option<SystemTime>,
    /// Requests the account may send in a billing period.
    pub quota_limit: Option<u32>,
    /// Requests left in this billing period.
    pub quota_remaining: Option<u32>,
}
