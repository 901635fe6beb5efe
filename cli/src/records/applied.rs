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
