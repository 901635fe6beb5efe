//! `bme sync map`: what the columns of a source would be taken for, as a file to edit.

use super::args::{ColumnArgs, SourceArgs};
use crate::{
    context::Context,
    output::{Exit, Failure, Output},
    sync,
};

/// Prints a `map.toml`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    columns: ColumnArgs,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let structure = account.structure().await?;
        let given = self.columns.say(self.sources.open()?)?;
        let mut rules = sync::Rules::default();
        // Of the others only the addresses count.
        for given in given.iter().filter(|given| given.role == sync::Role::Rows) {
            rules.extend(
                sync::proposed(&given.source.columns, &structure, &given.rules)
                    .map_err(super::wrong_rules)?,
            );
        }
        let mut text = String::from(
            "# What each column of the source is: address = true, field = \"Label\", tags = \",\", lists = \",\",\n\
             # tag = \"Label\", list = \"Name\", left = \"word\", \"flag\" or \"filled\", or ignore = true.\n\
             # A field may say dates = \"DD/MM/YYYY\", decimal = \",\", blank = \"clear\" and clear = \"-\".\n",
        );
        text.push_str(&rules.write());
        Output::plain(text.trim_end())?;
        Ok(Exit::Done)
    }
}
