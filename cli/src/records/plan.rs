//! A plan, as it is printed for programs.

#[cfg(test)]
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::sync::Counts;

/// A plan in numbers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Plan"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanRecord<'a> {
    /// How the account was named.
    pub(crate) account: &'a str,
    pub(crate) base_url: &'a str,
    /// The sources, by their names.
    pub(crate) sources: &'a [String],
    /// What became of the rows, and what of the contacts. `planned`, `unchanged`, `protected`, `merged`, `rejected`
    /// and `blank` add up to `records`.
    pub(crate) counts: &'a Counts,
    /// Requests that the plan takes where nothing goes wrong.
    pub(crate) requests: u64,
    /// How many hours they take at the account's rate; none where the service didn't tell it.
    pub(crate) hours: Option<f64>,
    /// When it would end if it began when it was made, in UTC.
    pub(crate) ends_at: Option<String>,
    /// Requests that were left in the month; none where the service didn't tell.
    pub(crate) month_left: Option<u64>,
}

/// One thing to do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Step"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct StepRecord<'a> {
    /// Names it within its plan.
    pub(crate) id: i64,
    /// `suppress`, `update`, `create` or `delete`.
    pub(crate) kind: &'a str,
    pub(crate) email: &'a str,
    /// What it makes different; `change` says of what.
    #[cfg_attr(test, schemars(with = "Vec<BTreeMap<String, Value>>"))]
    pub(crate) changes: &'a Value,
    /// The rows that ask for it, by `source` and `line`.
    #[cfg_attr(test, schemars(with = "Vec<BTreeMap<String, Value>>"))]
    pub(crate) rows: &'a Value,
    /// Requests that it takes where nothing goes wrong.
    pub(crate) requests: u64,
}

/// A row that can't be taken.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RejectedRow"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct RejectedRecord<'a> {
    pub(crate) source: &'a str,
    /// The line of its source, from 1.
    pub(crate) line: u64,
    /// The column that is to blame, if it is one.
    pub(crate) column: Option<&'a str>,
    /// What is wrong, and what to do about it.
    pub(crate) reason: &'a str,
}

/// A file for the provider's own web importer.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ImportFile"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportFileRecord<'a> {
    pub(crate) file: &'a str,
    /// The lists to choose when it is uploaded.
    pub(crate) lists: &'a [String],
    pub(crate) contacts: u64,
    pub(crate) bytes: u64,
}
