//! `bme sync`: plan what would change, look at it, and do exactly that.

mod args;
mod map;
mod plan;
mod show;
mod summary;

use clap::Subcommand;

use crate::{
    context::Context,
    output::{Exit, Failure},
    sync::{FileError, SourceError, Stop},
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
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Plan(args) => args.run(context).await,
            Self::Map(args) => args.run(context).await,
            Self::Show(args) => args.run(context),
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
            Stop::Rules { source, why } => Self::command_line(format!("{source}: {why}")),
            Stop::NoAddress { source, columns } => guarded(format!(
                "{source}: no column holds addresses; there are {}",
                quoted(&columns)
            ))
            .next("say which one does: --address COLUMN, or --map"),
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

/// A word as the shell takes it.
fn quoted_for_shell(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}
