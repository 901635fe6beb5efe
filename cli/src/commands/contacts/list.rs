//! `bme contacts list`.

use super::condition::{Condition, Conditions};
use crate::{
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, contact_columns},
};

/// One request for all contacts, which are printed while they arrive. The service has no comparison but equality, so
/// --where reads everything and picks here.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Only contacts for which this holds, for example 'Seats > 10'; again for a further condition.
    ///
    /// FIELD is a label, or email, status, reason, lists, tags, createdAt, updatedAt, id. Comparisons: = and != (nothing
    /// behind them means no value), <, <=, >, >=, ~ (contains, whatever the case) and !~. Of lists and tags = means one
    /// of them.
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<Condition>,
    /// Stop after so many contacts.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let names = account.names().await?;
        let conditions = Conditions::resolve(&self.conditions, &names)?;
        let mut rows = context.output.rows(contact_columns(&names));
        let mut left = self.limit.unwrap_or(usize::MAX);
        let mut elsewhere = 0_u64;
        let mut contacts = account.client.contacts().stream();
        while left > 0 {
            let Some(contact) = contacts.next().await else {
                break;
            };
            let contact = contact?;
            if contact.structure_id != *names.structure().id() {
                elsewhere += 1;
                continue;
            }
            if !conditions.hold(&contact, &names) {
                continue;
            }
            left -= 1;
            let record = ContactRecord::new(&contact, &names);
            rows.push(&record, record.cells(&names))?;
        }
        rows.finish()?;
        if elsewhere > 0 {
            context.output.note(&format!(
                "{elsewhere} contacts of other structures are left out: --structure names another one."
            ));
        }
        Ok(Exit::Done)
    }
}
