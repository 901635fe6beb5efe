//! What the account holds, as it is printed: names and shapes that stay, described by `docs/output.schema.json`.

mod contact;
mod value;

pub(crate) use self::contact::{ContactRecord, Names, contact_columns};
