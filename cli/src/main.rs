//! `bme`: Benchmark Email contacts on the command line.

mod sandbox;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Benchmark Email contacts on the command line.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a stand-in for the service until it is stopped.
    Sandbox(sandbox::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Sandbox(options) => sandbox::run(options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bme: {error}");
            ExitCode::FAILURE
        }
    }
}
