//! What became of a plan.

use std::collections::BTreeMap;

use serde::Serialize;

/// What became of a step; with `-o jsonl` one comes as soon as it is known.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AppliedStep"))]
pub(crate) struct AppliedStepRecord<'a> {
    /// `change`.
    pub(crate) event: &'static str,
    /// The step's number in the plan.
    pub(crate) step: i64,
    /// `suppress`, `update`, `create` or `delete`.
    pub(crate) kind: &'static str,
    pub(crate) email: &'a str,
    /// `done`, `already`, `protected`, `gone`, `conflict`, `taken`, `refused`, or `open` where it isn't known.
    pub(crate) outcome: &'static str,
}

/// How far a plan was carried out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Applied"))]
pub(crate) struct AppliedRecord {
    /// `summary`.
    pub(crate) event: &'static str,
    /// How many steps the plan has.
    pub(crate) steps: u64,
    /// How many of them ended how, in all runs: the outcomes of steps.
    pub(crate) outcomes: BTreeMap<String, u64>,
    /// How many rows were rejected when the plan was made.
    pub(crate) rejected: u64,
}

/// What of an applied plan the account still is.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Verified"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifiedRecord {
    /// How many steps were applied, and are so on the account.
    pub(crate) as_planned: u64,
    /// How many were applied, and aren't.
    pub(crate) differ: u64,
    /// In what those differ.
    pub(crate) differences: Vec<StepDifferenceRecord>,
    /// How many weren't applied: `planned` where nothing was sent yet, otherwise the outcomes of steps.
    pub(crate) lacking: BTreeMap<&'static str, u64>,
}

/// In what a contact isn't what an applied step made of it.
#[derive(Debug, Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "StepDifference")
)]
pub(crate) struct StepDifferenceRecord {
    /// The step's number in the plan.
    pub(crate) step: i64,
    /// `suppress`, `update`, `create` or `delete`.
    pub(crate) kind: &'static str,
    pub(crate) email: String,
    /// A field by its label, a list, a tag, or `contact`, `status`, `address`.
    pub(crate) what: String,
    pub(crate) planned: String,
    pub(crate) now: String,
}

/// What a plan takes back that undoes another one.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Undone"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct UndoneRecord {
    /// How many steps were applied.
    pub(crate) applied: u64,
    /// How many of them go back.
    pub(crate) back: u64,
    /// How many requests that takes.
    pub(crate) requests: u64,
    /// How many contacts are as they were before already.
    pub(crate) as_before: u64,
    /// How many are kept, since somebody else changed them meanwhile, or nobody asked for their deletion.
    pub(crate) kept: u64,
    /// How many can't be undone: unsubscriptions and deletions.
    pub(crate) never: u64,
}
