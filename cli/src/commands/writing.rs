//! What every verb that changes something has in common: it names the account first, can keep back what it would
//! send, and asks before what can't be undone.

use std::io::{self, Write as _};

use benchmark_email::{Client, Error};

use crate::{
    account::{Account, Names},
    context::Context,
    output::{Exit, Failure, Format, Output},
    records::{UnsentRecord, unsent_columns},
};

#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct WriteArgs {
    /// Show what would be sent: reads are made, and nothing else.
    #[arg(long)]
    dry_run: bool,
}

impl WriteArgs {
    /// Whether nothing is to be sent.
    pub(super) fn is_dry(self) -> bool {
        self.dry_run
    }

    /// The client to write with. Tells first on which account.
    pub(super) fn client(self, account: &Account, context: &Context) -> Client {
        context
            .output
            .note(&format!("Account: {}", account.describe()));
        if self.dry_run {
            account.client.dry_run()
        } else {
            account.client.clone()
        }
    }
}

/// For verbs whose doing can't be undone.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct ConfirmArgs {
    #[command(flatten)]
    pub(super) write: WriteArgs,
    /// Don't ask.
    #[arg(short, long)]
    yes: bool,
}

impl ConfirmArgs {
    /// Asks `question`, unless that was answered on the command line or nothing will be sent. Without a terminal
    /// nobody can answer.
    pub(super) async fn ask(self, question: String, undone: &str) -> Result<(), Failure> {
        if self.yes || self.write.dry_run {
            return Ok(());
        }
        confirm(
            question,
            undone,
            "say --yes if you mean it, or --dry-run to see what would be sent",
        )
        .await
    }
}

/// Asks `question`. Without a terminal nobody can answer, and `next` says what to do then.
pub(super) async fn confirm(
    question: String,
    undone: &str,
    next: &'static str,
) -> Result<(), Failure> {
    if !Output::can_ask() {
        return Err(
            Failure::command_line(format!("there is no terminal to ask on: {undone}")).next(next),
        );
    }
    // Ctrl-C must end the program while it waits for an answer.
    let question = Output::fit_stderr(&format!("{question} [y/N] "));
    let answer = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        write!(io::stderr(), "{question}")?;
        io::stderr().flush()?;
        io::stdin().read_line(&mut answer)?;
        Ok(answer)
    });
    let answer = answer
        .await
        .map_err(io::Error::other)
        .and_then(|answer: io::Result<_>| answer);
    let answer = answer.map_err(|error| Failure::io("nobody could be asked", &error))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::failed(format!("not confirmed: {undone}")).with_exit(Exit::Guarded))
}

/// What became of something that changes the account.
pub(super) enum Outcome<T> {
    Done(T),
    /// A dry run kept it back.
    Kept(UnsentRecord),
}

pub(super) fn outcome<T>(result: Result<T, Error>, names: &Names) -> Result<Outcome<T>, Failure> {
    match result {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(error) => match error.unsent() {
            Some(unsent) => Ok(Outcome::Kept(UnsentRecord::new(unsent, names))),
            None => Err(error.into()),
        },
    }
}

/// The same, with what was kept back shown.
pub(super) fn done_or_shown<T>(
    result: Result<T, Error>,
    names: &Names,
    context: &Context,
) -> Result<Option<T>, Failure> {
    match outcome(result, names)? {
        Outcome::Done(done) => Ok(Some(done)),
        Outcome::Kept(record) => {
            show(context, &record)?;
            Ok(None)
        }
    }
}

/// Shows what one dry run kept back.
fn show(context: &Context, record: &UnsentRecord) -> Result<(), Failure> {
    match context.output.format() {
        Format::Table => Output::text(&record.text()),
        _ => context
            .output
            .record(unsent_columns(), record, record.cells()),
    }
}

/// Shows what several kept back: one list of them.
pub(super) fn show_all(context: &Context, records: &[UnsentRecord]) -> Result<(), Failure> {
    if context.output.format() == Format::Table {
        return records.iter().try_for_each(|record| show(context, record));
    }
    let mut rows = context.output.rows(unsent_columns());
    for record in records {
        rows.push(record, record.cells())?;
    }
    rows.finish()
}
