//! `bme contacts get`.

use crate::{
    account::ContactName,
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, Names, contact_columns},
};

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
        let structure = account.structure_of(&contact.structure_id).await?;
        let lists = if contact.lists.is_empty() {
            Vec::new()
        } else {
            account.client.lists(structure.id()).all().await?
        };
        let names = Names::new(structure, lists);
        let record = ContactRecord::new(&contact, &names);
        context
            .output
            .record(contact_columns(&names), &record, record.cells(&names))?;
        Ok(Exit::Done)
    }
}
