//! Holds what a plan did against the account: one reading of all contacts.

use std::path::Path;

use benchmark_email::Contact;

use super::{
    apply::{known_as_it_is, same_account},
    reading::{ReadBy, every_contact},
};
use crate::{
    account::Account,
    context::Context,
    output::Failure,
    sync::apply::{Applied, Known, Met},
};

/// The plan's steps, and the account that they are held against.
pub(super) struct Look {
    pub(super) account: Account,
    pub(super) applied: Applied,
    pub(super) known: Known,
}

impl Look {
    /// Opens the plan and asks for the account's structure.
    pub(super) async fn at(context: &Context, plan: &Path) -> Result<Self, Failure> {
        let mut applied = Applied::open(plan)?;
        let account = context.account().await?;
        same_account(applied.about(), &account)?;
        let (known, ids) =
            known_as_it_is(applied.about(), &account.client, applied.prerequisites()).await?;
        applied.call(ids);
        Ok(Self {
            account,
            applied,
            known,
        })
    }

    /// Hands over each step with its contact, if that is there. The steps whose contact isn't come last.
    pub(super) async fn each(
        &mut self,
        context: &Context,
        by: ReadBy,
        mut take: impl FnMut(&Known, Met, Option<&Contact>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Self {
            account,
            applied,
            known,
        } = self;
        let mut progress = context.output.progress();
        let structure = &known.structure;
        let meet = |contact: &Contact| {
            if contact.structure_id != *structure.id() {
                return Ok(());
            }
            match applied.on(contact)? {
                Some(met) => take(known, met, Some(contact)),
                None => Ok(()),
            }
        };
        every_contact(&account.client, by, structure, &mut progress, meet).await?;
        applied.others(|met| take(known, met, None))
    }
}
