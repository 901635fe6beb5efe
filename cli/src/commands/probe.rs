//! `bme probe`: what the service does where no text says it.

use std::{path::PathBuf, time::SystemTime};

use benchmark_email::{budget::Priority, retry::RetryPolicy};

use super::writing::confirm;
use crate::{
    context::Context,
    interrupt::{Stop, asked_to_stop, until_stopped},
    output::{Column, Exit, Failure, replace_file},
    probe::{Addresses, Finding, MOST, Made, Pause, Probe, Seen, assumed, claims, observed},
    records::FindingRecord,
};

/// Asks the service about each assumption that can be asked, by at most 120 requests.
///
/// It makes contacts with addresses of yours, lists and, if it may, a field, and removes them again; it touches
/// nothing that it didn't make. What it makes is written down before, in a file beside --out that is gone at the
/// end; after a probe that was killed, --remove removes what that file lists.
///
/// Prints each claim with the reading that was seen, and writes --out: the requests and answers, with ids,
/// addresses and labels replaced, fit to be attached to an issue. Ends with 0 if all that was seen is as this
/// project assumes, and with 3 if something is not.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Addresses of yours for the contacts, with a number in the place of the n in braces.
    // Help breaks the line at an n in braces, but not where it names the value.
    #[arg(
        long,
        value_name = "you+{n}@your-domain",
        required_unless_present = "remove"
    )]
    address: Option<Addresses>,
    /// Also add a field to the structure, and remove it again.
    #[arg(long)]
    structure_changes: bool,
    /// Where to write what was seen.
    #[arg(long, value_name = "FILE", default_value = "observed.json")]
    out: PathBuf,
    /// Only remove what an earlier probe left.
    #[arg(long, conflicts_with_all = ["address", "structure_changes"])]
    remove: bool,
    /// Don't ask before it begins.
    #[arg(short, long)]
    yes: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        // Nothing is asked twice: the first answer is what is to be seen.
        let policy = RetryPolicy::default()
            .max_attempts(1)
            .max_wait(context.global.account.max_wait);
        context
            .output
            .note(&format!("Account: {}", account.describe()));
        let client = account
            .client
            .with_retry(policy)
            .with_priority(Priority::Bulk);

        let beside = self.out.with_extension("made.json");
        let left = Made::left_in(beside.clone())?;
        let addresses = match (&self.address, left) {
            (_, left) if self.remove => {
                return until_stopped(self.remove(context, &account, client, left)).await;
            }
            (_, Some(_)) => {
                let what = format!(
                    "an earlier probe left things, listed in {}",
                    beside.display()
                );
                return Err(Failure::failed(what)
                    .next("bme probe --remove removes them")
                    .with_exit(Exit::Guarded));
            }
            (Some(addresses), None) => addresses.clone(),
            (None, None) => return Err(Failure::command_line("--address is missing")),
        };
        let question = format!("Ask {} with at most {MOST} requests?", account.describe());
        self.ask(question, "nothing was sent").await?;
        let structure = account.structure().await?;
        context.output.note(&format!(
            "At most {MOST} requests; what is made is listed in {} until it is gone.",
            beside.display()
        ));
        let made = Made::nothing(account.base_url(), structure.id().as_str(), Some(beside));
        let mut probe = Probe::new(client, pause(), &structure, addresses, made)
            .changing_the_structure(self.structure_changes);
        let ended = tokio::select! {
            ended = probe.ask_all() => ended.map(|()| None),
            stop = stopped()? => Ok(Some(Exit::from(stop))),
        };
        if let Ok(Some(_)) = ended {
            context
                .output
                .note("Stopped: what was made is removed. Stop again to leave it.");
        }
        let removed = tokio::select! {
            removed = probe.remove_all() => removed,
            _ = stopped()? => Err(Failure::failed("stopped before all was removed")),
        };
        let date = date();
        let text = serde_json::to_vec_pretty(&observed(&probe, &date))
            .map_err(|error| Failure::failed(format!("what was seen can't be written: {error}")))?;
        replace_file(&self.out, &text)
            .map_err(|error| Failure::io("what was seen can't be written", &error))?;
        show(context, &probe.findings())?;
        context.output.note(&format!(
            "{} requests; {} has them with their answers.",
            probe.sent(),
            self.out.display()
        ));
        if let Err(failure) = removed {
            return Err(left_behind(&probe, failure));
        }
        match ended? {
            Some(stop) => Ok(stop),
            None if is_different(&probe.findings()) => Ok(Exit::Differences),
            None => Ok(Exit::Done),
        }
    }

    async fn ask(&self, question: String, undone: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        confirm(question, undone, "say --yes if you mean it").await
    }

    /// Removes what an earlier probe left.
    async fn remove(
        &self,
        context: &Context,
        account: &crate::account::Account,
        client: benchmark_email::Client,
        left: Option<Made>,
    ) -> Result<Exit, Failure> {
        let Some(left) = left else {
            context.output.note("No probe left anything.");
            return Ok(Exit::Done);
        };
        if left.base_url != account.base_url() {
            return Err(Failure::config(format!(
                "what is left is in another account, at {}",
                left.base_url
            )));
        }
        let things = left
            .things
            .iter()
            .map(|thing| format!("{:?} {}", thing.what, thing.name));
        let things = things.collect::<Vec<_>>().join(", ");
        self.ask(format!("Remove {things}?"), "nothing was removed")
            .await?;
        let structure = account
            .client
            .structures()
            .get(&benchmark_email::StructureId::new(left.structure.as_str())?)
            .await?;
        let nobody: Addresses = "nobody+{n}@example.com".parse().map_err(Failure::failed)?;
        let mut probe = Probe::new(client, pause(), &structure, nobody, left);
        match probe.remove_all().await {
            Ok(()) => Ok(Exit::Done),
            Err(failure) => Err(left_behind(&probe, failure)),
        }
    }
}

/// Completes when the program is asked to stop from now on.
fn stopped() -> Result<impl Future<Output = Stop>, Failure> {
    asked_to_stop().map_err(|error| Failure::io("the signals can't be caught", &error))
}

fn pause() -> Pause {
    Box::new(|time| Box::pin(tokio::time::sleep(time)))
}

fn left_behind(probe: &Probe, failure: Failure) -> Failure {
    let things = probe.left().things.iter();
    let things: Vec<_> = things
        .map(|thing| format!("{:?} {:?}", thing.what, thing.name))
        .collect();
    failure
        .about(&format!("still there: {}", things.join(", ")))
        .next("bme probe --remove tries it again")
        .with_exit(Exit::Partly)
}

fn date() -> String {
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
    now.strftime("%Y-%m-%d").to_string()
}

fn is_different(findings: &[Finding]) -> bool {
    findings
        .iter()
        .zip(claims())
        .any(|(finding, rule)| match finding.seen {
            Seen::Reading(seen) => seen != assumed(&rule),
            Seen::Otherwise => true,
            Seen::Untold(_) | Seen::NotAsked(_) => false,
        })
}

fn columns() -> Vec<Column> {
    let names = [
        ("claim", "Claim"),
        ("assumed", "Assumed"),
        ("seen", "Seen"),
        ("evidence", "Evidence"),
    ];
    names
        .map(|(name, heading)| Column::new(name, heading))
        .into()
}

fn show(context: &Context, findings: &[Finding]) -> Result<(), Failure> {
    let mut rows = context.output.rows(columns());
    for (finding, rule) in findings.iter().zip(claims()) {
        let record = FindingRecord::new(finding, &rule);
        let cells = record.cells();
        rows.push(&record, cells)?;
    }
    rows.finish()
}
