//! What every verb gets: the flags that hold for all of them, the way to print, and the way to the account.

use crate::{
    account::Account,
    config::AccountArgs,
    output::{Failure, Output, OutputArgs},
};

/// What can be said to every command.
#[derive(clap::Args, Debug)]
pub(crate) struct Global {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What every verb gets.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) output: Output,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        let output = Output::new(&global.output);
        Self { global, output }
    }

    /// The account that was named. Nothing is asked of the service yet.
    pub(crate) async fn account(&self) -> Result<Account, Failure> {
        Account::open(&self.global.account, self.output).await
    }
}
