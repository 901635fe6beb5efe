//! `bme contacts set`.

use benchmark_email::EmailAddress;

use super::changes::{Additions, Removals};
use crate::{
    account::{ContactName, Names},
    commands::writing::{WriteArgs, done_or_shown},
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, contact_columns},
};

/// Everything that isn't named stays as it is, whatever else the contact holds. Where nothing is to change, nothing is
/// sent. The status can't be set: `contacts unsubscribe` changes it, and nothing brings back who left.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The contact's address or id.
    #[arg(value_name = "CONTACT")]
    contact: ContactName,
    #[command(flatten)]
    additions: Additions,
    #[command(flatten)]
    removals: Removals,
    /// Give the contact another address.
    #[arg(long, value_name = "ADDRESS", value_parser = |address: &str| EmailAddress::new(address))]
    address: Option<EmailAddress>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let contact = account.contact(&self.contact).await?;
        let structure = account
            .client
            .structures()
            .known(&contact.structure_id)
            .await?;
        let names = if self.additions.name_lists()
            || self.removals.name_lists()
            || !contact.lists.is_empty()
        {
            account.names_in(structure).await?
        } else {
            Names::new(structure, Vec::new())
        };
        let mut changes = self.additions.resolve(&names)?;
        self.removals.resolve(&names, &mut changes)?;
        if changes.is_empty() && self.address.is_none() {
            return Err(Failure::command_line(
                "nothing to change: name it with --set, --clear, --add-tag and the like",
            ));
        }
        let names = names.with_contact(&contact.id, contact.key.as_str());
        let client = self.write.client(&account, context);
        let contacts = client.contacts();
        let outcome = contacts.update_from(&contact, |edit| {
            if let Some(address) = &self.address {
                edit.key(address.as_str())?;
            }
            changes.apply(edit)
        });
        let Some(now) = done_or_shown(outcome.await, &names, context)? else {
            return Ok(Exit::Done);
        };
        if now == contact {
            context
                .output
                .note("Nothing changed: the contact is so already.");
        }
        let record = ContactRecord::new(&now, &names);
        context
            .output
            .record(contact_columns(&names), &record, record.cells(&names))?;
        Ok(Exit::Done)
    }
}
