//! The program `bme`, as a library so that tests, benches and fuzz targets reach its parts. Nothing of it is
//! meant for other programs: those use the crate `benchmark-email`.
//!
//! Arrows: `arguments` -> `commands` -> `context` -> `account` -> `config` -> `output`; `commands` -> `records` ->
//! `output`. A verb is a file in `commands`: its arguments, and a `run` that gets a `Context` and returns an
//! `Exit` or a `Failure`.

mod account;
mod arguments;
mod backup;
mod commands;
mod config;
mod context;
mod feed;
mod fingerprint;
mod forgotten;
mod interrupt;
mod log;
mod names;
mod output;
mod probe;
mod records;
mod spreadsheet;
mod sync;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::{arguments::Arguments, context::Context, output::Failure};

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::refused(&error),
    };
    let context = Context::new(arguments.global);
    let exit =
        work(&context, arguments.command).unwrap_or_else(|failure| context.output.failed(&failure));
    exit.into()
}

fn work(context: &Context, command: commands::Command) -> Result<output::Exit, Failure> {
    log::start(&context.global.output)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the program can't start: {error}")))?;
    let outcome = runtime.block_on(command.run(context, Arguments::command()));
    // A question that nobody answered, or a key's command, may still be waited for.
    runtime.shutdown_background();
    outcome
}
