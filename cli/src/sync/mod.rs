//! Brings an account in line with a source: what would change is planned first, and is applied exactly as planned.
//!
//! Arrows: `source` and `values` know nothing of contacts; `mapping` -> `values`; `rows` -> `mapping`, `source`;
//! `preset` -> `rows`; `plan` -> `rows`; `file` -> `plan`; `apply` and `import` -> `file`. None of them sends, prints or asks: the
//! commands do.

pub(crate) mod apply;
mod file;
pub(crate) mod import;
mod mapping;
mod names;
mod plan;
mod preset;
mod rows;
mod source;
mod values;

pub(crate) use file::{
    About, BudgetThen, FileError, PlanFile, PlanWriter, Prerequisite, PrerequisiteKind, StoredStep,
    scrub,
};
pub(crate) use mapping::{Blank, ColumnRule, LeftBy, Meaning, Rules, RulesError, proposed};
pub(crate) use names::{nearest, with_new};
pub(crate) use plan::{
    Counts, Creation, Decision, Given, Guards, Input, Kind, Limit, Parts, Place, Planner, Prepared,
    Rejected, Settings, Step, Stop, prepare,
};
pub(crate) use preset::{Misunderstood, Preset, Presets};
pub(crate) use rows::{AddressRules, Besides, Duplicates, Role};
pub(crate) use source::{Options, Origin, Record, Source, SourceError, Table, encoding, open};
pub(crate) use values::{DateOrder, DecimalSign, Notation};
