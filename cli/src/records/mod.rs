//! What the account holds, as it is printed: names and shapes that stay, described by `docs/output.schema.json`.

mod contact;
mod event;
mod list;
mod structure;
mod unsent;

pub(crate) use self::{
    contact::{ContactRecord, contact_columns},
    event::{EventRecord, event_columns},
    list::{ListRecord, list_columns},
    structure::{DifferenceRecord, StructureRecord, Wanted},
    unsent::{UnsentRecord, unsent_columns},
};
