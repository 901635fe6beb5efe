//! What a program can hear of its calls: attempts, waits, and what is left of the budget. None of it
//! names a contact.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use crate::{ErrorKind, budget::BudgetState};

/// Hears of every attempt and wait of a client, for a progress line, a metric or a countdown. Every
/// method does nothing unless you write it; each should return at once, since the call waits for it.
///
/// ```
/// use benchmark_email::{Client, observe::{Observer, Wait}};
///
/// #[derive(Debug)]
/// struct Countdown;
///
/// impl Observer for Countdown {
///     fn waiting(&self, wait: &Wait) {
///         eprintln!("{} goes on at {:?}", wait.operation, wait.until);
///     }
/// }
///
/// let client = Client::builder()
///     .base_url("https://api-us-west-2-a.benchmarkemail.io")
///     .api_key("bme_us_0123456789")
///     .observer(Countdown)
///     .build()?;
/// # Ok::<(), benchmark_email::Error>(())
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// A request goes out.
    fn attempt_started(&self, attempt: &Attempt) {
        let _ = attempt;
    }

    /// An attempt came to an end, by an answer or without one.
    fn attempt_ended(&self, attempt: &Attempt, end: &AttemptEnd) {
        let _ = (attempt, end);
    }

    /// A call waits: for the budget, or before another attempt. Told again when it gets later.
    fn waiting(&self, wait: &Wait) {
        let _ = wait;
    }

    /// An answer came: this is what is known of the account's budget now.
    fn budget_changed(&self, budget: &BudgetState) {
        let _ = budget;
    }
}

/// One attempt of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The `operationId` in `openapi.yaml`.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its parameters unfilled.
    pub route: &'static str,
    /// Which attempt of the call it is, from 1.
    pub number: u32,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// What went wrong, if anything did.
    pub error: Option<ErrorKind>,
    /// How long it took.
    pub took: Duration,
}

/// A wait of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wait {
    /// The `operationId` in `openapi.yaml`.
    pub operation: &'static str,
    /// Until when, by this machine's clock, at the earliest.
    pub until: SystemTime,
    /// What for.
    pub reason: WaitReason,
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The account's budget.
    Budget,
    /// Another attempt, after one that failed.
    Retry,
}
