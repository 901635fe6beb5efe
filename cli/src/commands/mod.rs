//! The verbs, one file each: its arguments, and a `run` that does it. To add one, write its file, and a line in
//! [`Command`] and in [`Command::run`].

mod backup;
mod check;
mod completions;
mod contacts;
mod events;
mod lists;
mod man;
mod migrate;
mod probe;
mod profile;
mod sandbox;
mod structure;
mod sync;
mod writing;

use clap::Subcommand;

use crate::{
    context::Context,
    interrupt::until_stopped,
    output::{EXIT_CODES, Exit, Failure, Output},
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look whether base URL, API key and account are in order, and what is left of the hour and the month.
    Check(check::Args),
    /// Contacts: get, list, search, create, set, unsubscribe, delete, forget, export, events.
    #[command(subcommand)]
    Contacts(contacts::Command),
    /// List what happened to the contacts, or follow it.
    Events(events::Args),
    /// Lists: list, create, rename, duplicate, merge, delete.
    #[command(subcommand)]
    Lists(lists::Command),
    /// The fields and tags that contacts have.
    #[command(subcommand)]
    Structure(structure::Command),
    /// Accounts by name, in the configuration file.
    #[command(subcommand)]
    Profile(profile::Command),
    /// Print a completion script for a shell.
    Completions(completions::Args),
    /// Write the man pages into a folder.
    Man(man::Args),
    /// Bring the account in line with a file: plan what would change, look at it, do exactly that.
    #[command(subcommand)]
    Sync(Box<sync::Command>),
    /// Back up all that the account holds: structures, lists, contacts, events.
    ///
    /// Writes all structures, lists and contacts, each as the service sent it, and a manifest with their numbers and their
    /// SHA-256. Three requests, however many contacts, and one more for each further structure and each page of events;
    /// memory does not grow with them.
    ///
    /// The folder is there when all of it is, and only its owner can read it: it holds personal data, and no API key. What
    /// breaks off leaves nothing.
    Backup(backup::Args),
    /// Plan what a backup holds, by labels and names: for another account, or for this one as it was.
    ///
    /// Writes a plan like any other, which `bme sync apply` carries out: fields, tags and lists that are missing are
    /// created, people who had left are unsubscribed, and what came since the backup stays. What can't come back is
    /// told: ids, times, events, reasons that a client can't set.
    Restore(Box<sync::RestoreArgs>),
    /// Plan the move from another tool, from its exports.
    Migrate(Box<migrate::Args>),
    /// Ask the service what it does where no text says it.
    Probe(probe::Args),
    /// Run a stand-in for the service until it is stopped.
    Sandbox(sandbox::Args),
    /// Tell what the exit codes mean.
    #[command(long_about = EXIT_CODES)]
    ExitCodes,
}

impl Command {
    /// Does it. Being asked to stop ends most verbs where they are; those that go on by themselves until then end
    /// in their own way. `arguments` is the whole argument tree, for those who describe it.
    pub(crate) async fn run(
        self,
        context: &Context,
        arguments: clap::Command,
    ) -> Result<Exit, Failure> {
        match self {
            Self::Check(args) => until_stopped(args.run(context)).await,
            Self::Contacts(command) => until_stopped(Box::pin(command.run(context))).await,
            Self::Events(args) => args.run(context).await,
            Self::Lists(command) => until_stopped(Box::pin(command.run(context))).await,
            Self::Structure(command) => until_stopped(Box::pin(command.run(context))).await,
            Self::Profile(command) => command.run(context),
            Self::Completions(args) => args.run(arguments),
            Self::Man(args) => args.run(arguments),
            Self::Sync(command) => command.run(context).await,
            Self::Backup(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Restore(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Migrate(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Probe(args) => Box::pin(args.run(context)).await,
            Self::Sandbox(args) => args.run(context).await,
            Self::ExitCodes => Output::text(EXIT_CODES).map(|()| Exit::Done),
        }
    }
}
