//! `bme contacts delete`.

use super::each::each;
use crate::{
    account::ContactName,
    commands::writing::ConfirmArgs,
    context::Context,
    output::{Exit, Failure},
};

/// Prints the contacts as they were. Asks first; without a terminal --yes is needed.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The contacts' addresses or ids.
    #[arg(value_name = "CONTACT", required = true)]
    contacts: Vec<ContactName>,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let client = self.confirm.write.client(&account, context);
        let what = super::each::named(&self.contacts);
        self.confirm
            .ask(format!("Delete {what} for good?"), "nothing was deleted")
            .await?;
        each(context, &account, &self.contacts, async |id| {
            client.contacts().delete(&id).await
        })
        .await
    }
}
