//! What the account holds, as it is printed: names and shapes that stay, described by `docs/output.schema.json`.

mod applied;
mod backup;
mod check;
mod contact;
mod event;
mod finding;
mod forget;
mod list;
mod plan;
mod profile;
#[cfg(test)]
mod schema;
mod structure;
mod unsent;

pub(crate) use self::{
    applied::{
        AppliedRecord, AppliedStepRecord, StepDifferenceRecord, UndoneRecord, VerifiedRecord,
    },
    backup::BackupRecord,
    check::{CheckRecord, Left},
    contact::{ContactRecord, contact_columns},
    event::{EventRecord, event_columns},
    finding::FindingRecord,
    forget::{ForgetRecord, HeldRecord},
    list::{ListRecord, list_columns},
    plan::{ImportFileRecord, PlanRecord, RejectedRecord, StepRecord},
    profile::ProfileRecord,
    structure::{DifferenceRecord, StructureRecord, Wanted},
    unsent::{UnsentRecord, unsent_columns},
};
