//! `bme events`: what happened, once or as it happens.

use std::{path::PathBuf, time::Duration};

use benchmark_email::contacts::EventType;
use jiff::Timestamp;

use crate::{
    account::Account,
    context::Context,
    feed::{Feed, Since},
    interrupt::{asked_to_stop, until_stopped},
    output::{Exit, Failure, Rows, length},
    records::{EventRecord, event_columns},
};

/// There are no webhooks: this is how an opt-out gets back into a CRM.
///
/// The service keeps events for 90 days. With --cursor each run prints what came since the last one: the file is
/// written after the events are printed, so none is lost, and one may come twice if the program is killed in between.
/// Events have no id: two that are the same to the letter are taken for one.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Only events of these types, for example contact-unsubscribed,email-bounced; by commas, or again.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    types: Vec<EventType>,
    /// How far to look back: 30d, 12h, or a time such as 2026-03-28T14:30:00Z. 30 days unless told; with --cursor, from
    /// the second run on, what the file says.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// Go on until stopped, looking for new events every so often.
    #[arg(long)]
    follow: bool,
    /// How often to look; each look is a request at least.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = length, requires = "follow")]
    every: Duration,
    /// Remember in this file what was printed.
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
}

const A_MONTH: Duration = Duration::from_secs(30 * 24 * 3600);
/// More often would spend the hour on looking.
const SHORTEST: Duration = Duration::from_secs(1);

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let since = self.since.unwrap_or(Since::Ago(A_MONTH));
        let mut feed = Feed::open(self.cursor.clone(), &self.types, since)?;
        let mut rows = context.output.rows(event_columns());
        if !self.follow {
            return until_stopped(async {
                look(&account, &mut feed, &mut rows).await?;
                rows.finish()?;
                feed.save()?;
                Ok(Exit::Done)
            })
            .await;
        }
        let stopped =
            asked_to_stop().map_err(|error| Failure::io("the signals can't be caught", &error))?;
        let mut stopped = std::pin::pin!(stopped);
        loop {
            // A look that is cut short has printed nothing that the file doesn't know of.
            tokio::select! {
                looked = look(&account, &mut feed, &mut rows) => looked?,
                stop = &mut stopped => return rows.finish().map(|()| stop.into()),
            }
            rows.flush()?;
            feed.save()?;
            tokio::select! {
                () = tokio::time::sleep(self.every.max(SHORTEST)) => {}
                stop = &mut stopped => return rows.finish().map(|()| stop.into()),
            }
        }
    }
}

/// Prints what is new, the oldest first.
async fn look(account: &Account, feed: &mut Feed, rows: &mut Rows) -> Result<(), Failure> {
    let news = feed.news(&account.client).await?;
    for event in news {
        let record = EventRecord::new(&event);
        rows.push(&record, record.cells())?;
    }
    Ok(())
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Since::Moment(moment));
    }
    length(text)
        .map(Since::Ago)
        .map_err(|why| format!("{why}; or a time such as 2026-03-28T14:30:00Z"))
}
