//! What `bme check` finds.

use serde::Serialize;

/// What is known of the account.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckRecord {
    /// How the account was named.
    pub(crate) account: String,
    pub(crate) base_url: String,
    /// What the API key may do, as far as it can be told without changing anything.
    pub(crate) scopes: Vec<&'static str>,
    /// The structures' labels.
    pub(crate) structures: Vec<String>,
    pub(crate) hour: Left,
    pub(crate) month: Left,
    /// How many seconds this machine's clock is ahead of the service's; none where it didn't tell.
    pub(crate) clock_ahead_seconds: Option<i64>,
}

/// What is left of a limit.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Left {
    pub(crate) limit: Option<u32>,
    pub(crate) remaining: Option<u32>,
    /// When it is renewed, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resets_at: Option<String>,
}
