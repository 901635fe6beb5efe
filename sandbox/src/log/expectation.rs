//! What a test expects the sandbox to be asked.

use std::fmt::{self, Write as _};
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::Log;

/// How often a sandbox expects to be asked for an operation, from now on.
///
/// Made by [`Sandbox::expect`](crate::Sandbox::expect); without a number it expects at least one request.
/// Checked when the sandbox is dropped, or by [`Sandbox::verify`](crate::Sandbox::verify).
#[derive(Debug)]
pub struct Expectation {
    log: Arc<dyn Expecting>,
    place: usize,
}

pub(crate) trait Expecting: fmt::Debug + Send + Sync {
    fn log(&self) -> &Log;
}

#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) operation: &'static str,
    pub(super) status: Option<u16>,
    least: u64,
    most: Option<u64>,
    pub(super) seen: u64,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "it counts whether it is kept or not"
)]
impl Expectation {
    pub(crate) fn new(log: Arc<dyn Expecting>, operation: &'static str) -> Self {
        let mut pages = log.log().pages();
        let place = pages.expectations.len();
        pages.expectations.push(Expected {
            operation,
            status: None,
            least: 1,
            most: None,
            seen: 0,
        });
        drop(pages);
        Self { log, place }
    }

    /// Exactly so often.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn times(self, times: u64) -> Self {
        self.within(times..=times)
    }

    /// Not at all.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn never(self) -> Self {
        self.times(0)
    }

    /// So often, such as `1..=3` or `2..`.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn within(self, times: impl RangeBounds<u64>) -> Self {
        self.change(|expected| {
            expected.least = match times.start_bound() {
                Bound::Included(least) => *least,
                Bound::Excluded(below) => below.saturating_add(1),
                Bound::Unbounded => 0,
            };
            expected.most = match times.end_bound() {
                Bound::Included(most) => Some(*most),
                Bound::Excluded(above) => Some(above.saturating_sub(1)),
                Bound::Unbounded => None,
            };
        });
        self
    }

    /// Counts only requests that are answered with this status.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn answered(self, status: u16) -> Self {
        self.change(|expected| expected.status = Some(status));
        self
    }

    fn change(&self, change: impl FnOnce(&mut Expected)) {
        if let Some(expected) = self.log.log().pages().expectations.get_mut(self.place) {
            change(expected);
        }
    }
}

/// Expectations that were not met, with what was asked instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmet(String);

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text, so that `unwrap` shows it readably.
impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unmet {}

impl Log {
    pub(crate) fn verify(&self) -> Result<(), Unmet> {
        let pages = self.pages();
        let unmet: Vec<_> = pages
            .expectations
            .iter()
            .filter(|expected| !expected.is_met())
            .collect();
        if unmet.is_empty() {
            return Ok(());
        }
        let mut text = String::from("the sandbox was not asked as expected\n");
        for expected in &unmet {
            let _ = writeln!(text, "- expected {expected}, got {}", expected.seen);
        }
        let asked: Vec<_> = pages
            .records
            .iter()
            .map(|record| format!("  {record}\n"))
            .collect();
        if asked.is_empty() {
            text.push_str("it was asked nothing");
        } else {
            text.push_str("it was asked\n");
            text.push_str(asked.concat().trim_end());
        }
        Err(Unmet(text))
    }
}

impl Expected {
    fn is_met(&self) -> bool {
        self.seen >= self.least && self.most.is_none_or(|most| self.seen <= most)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if let Some(status) = self.status {
            write!(f, " answered {status}")?;
        }
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, " {least} times"),
            (least, Some(most)) => write!(f, " {least} to {most} times"),
            (least, None) => write!(f, " at least {least} times"),
        }
    }
}
