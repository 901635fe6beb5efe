//! A request that a dry run kept back.

use std::fmt;

/// A request that would change the account, as [`Client::dry_run`](crate::Client::dry_run) kept it back.
///
/// `Debug` shows neither path nor body, which hold ids and personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsent {
    /// The `operationId` in `openapi.yaml`.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its parameters unfilled.
    pub route: &'static str,
    /// The path with its parameters, below the base URL.
    pub path: String,
    /// The body, JSON; none where the operation takes none.
    pub body: Option<String>,
}

impl fmt::Debug for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsent")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}
