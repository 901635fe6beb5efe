//! `bme contacts events`.

use benchmark_email::contacts::EventType;

use crate::{
    account::ContactName,
    context::Context,
    output::{Exit, Failure},
    records::{EventRecord, event_columns},
};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The contact's address or id.
    #[arg(value_name = "CONTACT")]
    contact: ContactName,
    /// Only events of these types, for example contact-unsubscribed; by commas, or again.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    types: Vec<EventType>,
    /// Stop after so many events.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let id = account.contact_id(&self.contact).await?;
        let mut events = account
            .client
            .contacts()
            .events(&id)
            .types(self.types)
            .stream();
        let mut rows = context.output.rows(event_columns());
        for _ in 0..self.limit.unwrap_or(usize::MAX) {
            let Some(event) = events.next().await else {
                break;
            };
            let event = event?;
            let record = EventRecord::new(&event);
            rows.push(&record, record.cells())?;
        }
        rows.finish()?;
        Ok(Exit::Done)
    }
}
