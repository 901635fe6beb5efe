//! `bme contacts`.

mod get;

use clap::Subcommand;

use crate::{
    context::Context,
    output::{Exit, Failure},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one contact.
    Get(get::Args),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Get(args) => args.run(context).await,
        }
    }
}
