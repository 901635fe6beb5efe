//! `bme sync apply`: exactly what was planned, once.

mod drive;
mod outcome;
mod prepare;
mod rejects;
mod service;
mod tell;

use std::{path::PathBuf, time::Duration};

use benchmark_email::{
    Client,
    budget::{Pacing, Priority},
    retry::RetryPolicy,
};
use jiff::{Zoned, civil::Time};
use tokio::time::Instant;

use self::{
    drive::{Bounds, drive},
    tell::Teller,
};
pub(super) use self::{
    prepare::{known_as_it_is, same_account},
    rejects::remove as remove_rejects,
    tell::{json, text},
};
use super::super::writing::confirm;
use crate::{
    account::{Account, Requests},
    context::Context,
    interrupt::Stops,
    output::{Exit, Failure},
    sync::{
        About,
        apply::{Journal, Lock, Run},
    },
};

/// What an hour allows, where the service doesn't tell. Documented: page Rate limits.
const REQUESTS_AN_HOUR: u32 = 3_600;
const CANARY_PASSED: &str = "canary";
const CREATION_TAKES_TAGS: &str = "creation_takes_tags";

/// What was sent is written into the plan before it is sent, and what came of it. So an apply that was stopped, or
/// killed, goes on where it was when it is run again. The first five steps are read back, and where one isn't what was
/// planned nothing else is done.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Don't ask.
    #[arg(short, long)]
    yes: bool,
    /// How many requests may be under way at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    in_flight: u8,
    /// End at this time of the day, such as 06:00; the rest waits for the next run.
    #[arg(long, value_name = "TIME")]
    until: Option<Time>,
    /// Send no faster than this share of the account's hour, such as 50%.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    rate: Option<u8>,
    /// End after so many requests; the rest waits for the next run.
    #[arg(long, value_name = "NUMBER")]
    max_requests: Option<u64>,
    /// Read the first five steps back (5), or none (0). A plan of fewer than fifty steps has none read back.
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=5))]
    canary: u8,
}

impl Args {
    pub(in super::super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let until = self.until.map(|until| Instant::now() + time_until(until));
        let caught = |error: std::io::Error| Failure::io("the signals can't be caught", &error);
        let mut stops = Stops::catch().map_err(caught)?;
        ignore_too_large_files()?;
        let lock = Lock::take(&self.plan)?;
        let mut journal = Journal::open(&self.plan)?;
        let begun = tokio::select! {
            begun = self.begin(context, &mut journal) => begun,
            stop = stops.next() => return end(journal, lock, Ok(stop.into())),
        };
        let (client, requests, mut run) = match begun {
            Ok(begun) => begun,
            Err(why) => return end(journal, lock, Err(why)),
        };
        let bounds = Bounds {
            until,
            max_requests: self.max_requests,
            requests,
        };
        let teller = Teller::new(context.output, &journal)?;
        let driven = drive(&client, &mut run, &mut journal, teller, bounds, &mut stops).await;
        let outcome = match driven {
            Ok(outcome) => outcome,
            // The journal is what failed; what is in it is whole.
            Err(why) => return Err(why),
        };
        if let Some(takes) = run.known.creation_takes_tags {
            journal.learn(CREATION_TAKES_TAGS, if takes { "yes" } else { "no" })?;
        }
        let exit = tell::conclude(context, &journal, &self.plan, run.stopped(), outcome);
        end(journal, lock, exit)
    }

    /// How many milliseconds there are from one request to the next.
    fn gap(&self, client: &Client) -> u64 {
        let Some(share) = self.rate else {
            return 0;
        };
        let hour = client.budget().limit.unwrap_or(REQUESTS_AN_HOUR);
        let rate = u64::from(hour) * u64::from(share);
        (3_600_000 * 100_u64).div_ceil(rate.max(1))
    }

    /// All that comes before the first change of a contact.
    async fn begin(
        &self,
        context: &Context,
        journal: &mut Journal,
    ) -> Result<(Client, Requests, Run), Failure> {
        let account = context.account().await?;
        let about = journal.about().clone();
        prepare::same_account(&about, &account)?;
        if !self.yes {
            let steps: u64 = about.counts.steps.values().sum();
            let question = format!("Apply {steps} changes to {}?", account.describe());
            let instead = "say --yes if you mean it, or look at it with bme sync show";
            confirm(question, "nothing was sent", instead).await?;
        }
        context
            .output
            .note(&format!("Account: {}", account.describe()));
        let client = patient(&account, context);
        let mut known = prepare::known(context, &about, &client, journal).await?;
        let client = paced(&client, &about);
        if self.canary > 0
            && about.counts.worth_reading_back() > 0
            && journal.learned(CANARY_PASSED)?.is_none()
        {
            journal.choose_canaries()?;
        }
        let takes_tags = journal.learned(CREATION_TAKES_TAGS)?;
        known.creation_takes_tags = takes_tags.map(|takes| takes == "yes");
        let run = Run::new(known, usize::from(self.in_flight)).with_gap(self.gap(&client));
        Ok((client, account.requests().clone(), run))
    }
}

/// A share in percent.
fn share(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').and_then(|share| share.parse().ok());
    number
        .filter(|share| (1..=100).contains(share))
        .ok_or_else(|| "say a share from 1% to 100%".to_owned())
}

/// Leaves one file, whatever the end.
fn end(journal: Journal, lock: Lock, outcome: Result<Exit, Failure>) -> Result<Exit, Failure> {
    let closed = journal.close();
    drop(lock);
    let exit = outcome?;
    closed?;
    Ok(exit)
}

/// A lost creation is looked into by the journal, when the search has caught up.
fn patient(account: &Account, context: &Context) -> Client {
    let policy = RetryPolicy::default()
        .max_wait(context.global.account.max_wait)
        .look_for_lost_creations(false);
    account
        .client
        .with_retry(policy)
        .with_priority(Priority::Bulk)
}

/// What fits into what is left of the hour, less a tenth for others, runs at once; the rest evenly, through as many
/// hours as it takes.
fn paced(client: &Client, about: &About) -> Client {
    let budget = client.budget();
    let (Some(limit), Some(left)) = (budget.limit, budget.remaining) else {
        return client.bulk();
    };
    let room = u64::from(left.saturating_sub(limit.div_ceil(10)));
    if about.counts.all_requests() <= room {
        client.with_pacing(Pacing::Burst)
    } else {
        client.bulk()
    }
}

/// How long it is until a time of the day.
fn time_until(time: Time) -> Duration {
    let now = Zoned::now();
    let today = now.with().time(time).build().ok();
    let next = today.filter(|at| *at > now).or_else(|| {
        let tomorrow = now.tomorrow().ok()?;
        tomorrow.with().time(time).build().ok()
    });
    next.and_then(|at| at.duration_since(&now).try_into().ok())
        .unwrap_or_default()
}

/// A file that may not grow is to fail with a reason, rather than end the program.
#[cfg(unix)]
fn ignore_too_large_files() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    // Caught once, the signal does nothing from then on.
    signal(SignalKind::from_raw(25))
        .map(drop)
        .map_err(|error| Failure::io("the signals can't be caught", &error))
}

#[cfg(not(unix))]
fn ignore_too_large_files() -> Result<(), Failure> {
    Ok(())
}
