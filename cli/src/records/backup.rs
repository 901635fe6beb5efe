//! A backup, as it is printed.

use serde::Serialize;

/// A backup in numbers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Backup"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupRecord<'a> {
    /// Where it is.
    pub(crate) path: String,
    /// How the account was named.
    pub(crate) account: &'a str,
    pub(crate) base_url: &'a str,
    /// When it was begun, in UTC.
    pub(crate) made_at: &'a str,
    pub(crate) structures: u64,
    pub(crate) lists: u64,
    pub(crate) contacts: u64,
    /// None where the backup was made without events.
    pub(crate) events: Option<u64>,
    /// How large all of it is.
    pub(crate) bytes: u64,
}
