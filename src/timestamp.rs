//! Instants as the service writes them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{short::Short, wire::read_by_serde};

/// An instant, in the service's own words.
///
/// Documented: ISO 8601 in UTC with milliseconds (`2026-03-28T14:30:00.000Z`). The text is kept as it
/// came, so that it goes back unchanged and an unexpected text is no error. Timestamps of this form
/// sort as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(Short);

read_by_serde! { Timestamp }

impl Timestamp {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
