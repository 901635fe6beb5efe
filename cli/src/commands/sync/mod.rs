//! `bme sync`: plan what would change, look at it, and do exactly that.

mod apply;
mod args;
mod html;
mod import_files;
mod last;
mod look;
mod map;
mod names;
mod plan;
mod reading;
mod restore;
mod scrub;
mod show;
mod status;
mod summary;
mod undo;
mod verify;

use clap::Subcommand;

pub(in crate::commands) use self::{
    args::{ColumnArgs, Pair, TextArgs, named},
    plan::Making,
};
pub(super) use restore::Args as RestoreArgs;

use crate::{
    context::Context,
    interrupt::until_stopped,
    output::{Exit, Failure},
    sync::{FileError, RulesError, SourceError, Stop, nearest},
};

/// What to do with a plan.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plan what would change, and change nothing.
    Plan(Box<plan::Args>),
    /// Print what the columns of a source would be taken for, to edit and to give to --map.
    Map(Box<map::Args>),
    /// Show a plan.
    Show(show::Args),
    /// Write the creations of a plan as files for the provider's own web importer.
    ImportFiles(import_files::Args),
    /// Carry a plan out: exactly what was planned, and nothing twice.
    Apply(apply::Args),
    /// Tell how far a plan was carried out.
    Status(status::Args),
    /// Hold the account against what a plan changed.
    Verify(verify::Args),
    /// Plan what takes an applied plan back, as far as nobody changed the same since.
    Undo(undo::Args),
    /// Take all addresses and values out of a plan, and keep its numbers.
    Scrub(scrub::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Plan(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Map(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Show(args) => args.run(context),
            Self::ImportFiles(args) => args.run(context),
            // Being asked to stop ends it in its own way.
            Self::Apply(args) => Box::pin(args.run(context)).await,
            Self::Status(args) => args.run(context),
            Self::Verify(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Undo(args) => until_stopped(Box::pin(args.run(context))).await,
            Self::Scrub(args) => Box::pin(args.run(context)).await,
        }
    }
}

impl From<FileError> for Failure {
    fn from(why: FileError) -> Self {
        Self::failed(why.to_string())
    }
}

impl From<SourceError> for Failure {
    fn from(why: SourceError) -> Self {
        Self::failed(why.to_string())
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        let guarded = |what: String| Self::failed(what).with_exit(Exit::Guarded);
        let quoted = |columns: &[String]| {
            let quoted: Vec<_> = columns.iter().map(|column| format!("{column:?}")).collect();
            quoted.join(", ")
        };
        match stop {
            Stop::Source(why) => why.into(),
            Stop::Rules { source, why } => match why {
                RulesError::NoField { .. } => wrong_rules(why),
                RulesError::Wrong(why) => Self::command_line(format!("{source}: {why}")),
            },
            Stop::NoAddress { source, columns } => guarded(format!(
                "{source}: no column holds addresses; there are {}; nothing was planned",
                quoted(&columns)
            ))
            .next("say which one does: --address COLUMN, or --map FILE"),
            Stop::Unmapped { source, columns } => {
                let told: Vec<_> = columns
                    .iter()
                    .map(|column| match &column.why {
                        Some(why) => format!("{:?} ({why})", column.column),
                        None => format!("{:?}", column.column),
                    })
                    .collect();
                let flags: Vec<_> = columns
                    .iter()
                    .map(|column| format!("--ignore {}", quoted_for_shell(&column.column)))
                    .collect();
                guarded(format!(
                    "{source}: it isn't known what to do with {}; nothing was planned",
                    told.join(", ")
                ))
                .next(format!(
                    "leave them out with {}, or say what they are: --field COLUMN=LABEL, --tags COLUMN, --lists COLUMN",
                    flags.join(" ")
                ))
            }
            Stop::Ambiguous {
                source,
                column,
                why,
            } => {
                let form = match why.option {
                    "--date-format" => "--date-format DD/MM/YYYY or MM/DD/YYYY",
                    _ => "--decimal . or ,",
                };
                guarded(format!(
                    "{source}: column {column:?}, {why}; nothing was planned"
                ))
                .next(format!("nothing in the column decides; say {form}"))
            }
        }
    }
}

/// Rules that can't hold.
pub(in crate::commands) fn wrong_rules(why: RulesError) -> Failure {
    match why {
        RulesError::NoField { label, known } => {
            let known: Vec<_> = known.iter().map(String::as_str).collect();
            missing("field", &[&label], &known, "--create-fields FILE")
        }
        RulesError::Wrong(why) => Failure::command_line(why),
    }
}

/// Names that the account hasn't got, each with the one that is nearest to it, and the option that creates them.
fn missing(what: &str, names: &[&str], known: &[&str], option: &str) -> Failure {
    let told: Vec<_> = names
        .iter()
        .map(|name| match nearest(name, known.iter().copied()) {
            Some(near) => format!("{name:?} (did you mean {near:?}?)"),
            None => format!("{name:?}"),
        })
        .collect();
    let told = told.join(", ");
    Failure::failed(format!(
        "the account has no {what} {told}; nothing was planned"
    ))
    .with_exit(Exit::Guarded)
    .next(format!("{option} puts their creation into the plan"))
}

/// A word as the shell takes it.
pub(in crate::commands) fn quoted_for_shell(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}
