//! `bme contacts create`.

use benchmark_email::{EmailAddress, Error, NewContact};

use super::changes::Additions;
use crate::{
    account::Names,
    commands::writing::{WriteArgs, done_or_shown},
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, contact_columns},
};

/// A contact that there is already is an error: `contacts set` changes one. Tags take two requests more, as no text
/// says that a new contact can have some.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The contact's address.
    #[arg(value_name = "ADDRESS", value_parser = |address: &str| EmailAddress::new(address))]
    address: EmailAddress,
    #[command(flatten)]
    additions: Additions,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let names = if self.additions.name_lists() {
            account.names().await?
        } else {
            Names::new(account.structure().await?, Vec::new())
        };
        let changes = self.additions.resolve(&names)?;
        let client = self.write.client(&account, context);
        let mut new = NewContact::new(names.structure(), self.address.as_str());
        for (field, value) in changes.fields {
            new = new.field(&field, value)?;
        }
        for list in changes.add_lists {
            new = new.list(list);
        }
        let created = client.contacts().create(new).await;
        let is_there = created.as_ref().is_err_and(Error::is_duplicate);
        let created = done_or_shown(created, &names, context);
        let created = created.map_err(|failure| {
            if is_there {
                failure.next("`bme contacts set` changes a contact that is there")
            } else {
                failure
            }
        });
        let Some(mut contact) = created? else {
            if !changes.add_tags.is_empty() {
                context
                    .output
                    .note("Then the new contact would be read and sent back with its tags.");
            }
            return Ok(Exit::Done);
        };
        if !changes.add_tags.is_empty() {
            let tags = &changes.add_tags;
            let contacts = client.contacts();
            let tagged = contacts.update(&contact.id, |edit| {
                tags.iter().try_fold(edit, |edit, tag| edit.add_tag(tag))
            });
            contact = tagged.await.map_err(|error| {
                Failure::from(error).next(format!(
                    "the contact was created ({}), and has no tags yet: `bme contacts set {0} --add-tag ...` gives it some",
                    contact.id
                ))
            })?;
        }
        let record = ContactRecord::new(&contact, &names);
        context
            .output
            .record(contact_columns(&names), &record, record.cells(&names))?;
        Ok(Exit::Done)
    }
}
