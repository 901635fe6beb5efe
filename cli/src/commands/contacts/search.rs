//! `bme contacts search`.

use super::criteria::Criteria;
use crate::{
    context::Context,
    output::{Exit, Failure},
    records::{ContactRecord, contact_columns},
};

/// The service searches, a page a request. What was just written may take a moment to be found. At least one criterion
/// is needed; `contacts list` lists everybody, in one request.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    criteria: Criteria,
    /// Stop after so many contacts.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// How many contacts a request asks for, 1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 100)]
    page_size: u32,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.criteria.is_empty() {
            return Err(
                Failure::command_line("nothing to search for: give a criterion")
                    .next("`bme contacts list` lists everybody"),
            );
        }
        let account = context.account().await?;
        let names = account.names().await?;
        let search = self.criteria.search(&account, &names)?;
        let mut found = search.page_size(self.page_size).stream();
        let mut rows = context.output.rows(contact_columns(&names));
        for _ in 0..self.limit.unwrap_or(usize::MAX) {
            let Some(row) = found.next().await else { break };
            let record = ContactRecord::found(&row?, &names);
            rows.push(&record, record.cells(&names))?;
        }
        rows.finish()?;
        Ok(Exit::Done)
    }
}
