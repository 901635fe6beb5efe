//! `bme contacts get`.

use crate::{
    account::{ContactName, Names},
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, contact_columns},
};

/// By id it takes two requests, by address four: only a search finds an address, and what it finds may lag behind, so
/// the contact itself is read after it. One fewer where the contact is on no list.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The contact's address or id.
    #[arg(value_name = "CONTACT")]
    contact: ContactName,
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
        let names = if contact.lists.is_empty() {
            Names::new(structure, Vec::new())
        } else {
            account.names_in(structure).await?
        };
        let record = ContactRecord::new(&contact, &names);
        context
            .output
            .record(contact_columns(&names), &record, record.cells(&names))?;
        Ok(Exit::Done)
    }
}
