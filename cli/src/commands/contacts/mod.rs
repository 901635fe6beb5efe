//! `bme contacts`.

mod changes;
mod condition;
mod create;
mod criteria;
mod delete;
mod each;
mod events;
mod export;
mod forget;
mod get;
mod list;
mod search;
mod set;
mod unsubscribe;

use benchmark_email::{Field, FieldId};
use clap::Subcommand;

use crate::{
    account::Names,
    context::Context,
    output::{Exit, Failure},
};

/// A contact is named by its address or its id; its fields, lists and tags by their labels and names, or by their ids
/// where two have one name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one contact.
    Get(get::Args),
    /// List all contacts, or those that meet conditions.
    List(list::Args),
    /// Search contacts by address, field, list, tag or status.
    Search(search::Args),
    /// Create a contact.
    Create(create::Args),
    /// Change a contact: fields, tags, lists, address.
    Set(set::Args),
    /// Unsubscribe contacts: no mail is sent to them any more. The API can't undo it.
    Unsubscribe(unsubscribe::Args),
    /// Delete contacts for good.
    Delete(delete::Args),
    /// Erase a person: show all that is held, delete it, and let no later plan bring them back.
    ///
    /// Shows all that is held of a person, in whichever structures: contact and events. Then deletes it for good, looks
    /// that it is gone, and remembers that the person asked to be forgotten, so that no later plan brings them back: a row
    /// with their address is rejected with the day. Asks first; without a terminal --yes is needed.
    ///
    /// What is remembered is a keyed hash of the address (HMAC-SHA-256, with a random key that stays on this machine).
    /// In law that is pseudonymous personal data still: it is kept for one purpose, to honour the erasure, and for that
    /// alone. It lies in `$XDG_STATE_HOME/bme` (~/.local/state/bme), as forgotten.key and forgotten.jsonl: copy both to
    /// wherever else plans are made.
    Forget(forget::Args),
    /// Export contacts as CSV, as the service makes it.
    Export(export::Args),
    /// List what happened to a contact.
    Events(events::Args),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Get(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Search(args) => args.run(context).await,
            Self::Create(args) => args.run(context).await,
            Self::Set(args) => args.run(context).await,
            Self::Unsubscribe(args) => args.run(context).await,
            Self::Delete(args) => args.run(context).await,
            Self::Forget(args) => args.run(context).await,
            Self::Export(args) => args.run(context).await,
            Self::Events(args) => args.run(context).await,
        }
    }
}

/// The field with this label, predefined name or id.
pub(super) fn field<'n>(names: &'n Names, name: &str) -> Result<&'n Field, Failure> {
    let structure = names.structure();
    let id = FieldId::new(name).ok();
    if let Some(field) = id.and_then(|id| structure.field_by_id(&id)) {
        return Ok(field);
    }
    Ok(structure.field(name)?)
}
