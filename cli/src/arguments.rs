//! The command line as a whole, and how one that can't be understood is refused.

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use crate::{
    commands::Command,
    context::Global,
    output::{self, Exit, Failure},
};

/// Manage the contacts of a Benchmark Email account.
///
/// The account comes from two environment variables, `BENCHMARK_EMAIL_BASE_URL` and `BENCHMARK_EMAIL_API_KEY`, or
/// from a profile in the configuration file. With --sandbox any command runs against an embedded stand-in for the
/// service, with nothing set up.
#[derive(Debug, Parser)]
#[command(name = "bme", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "`bme help exit-codes` tells what the exit codes mean.";

/// Prints help, version, or what is wrong with the command line.
pub(crate) fn refused(error: &clap::Error) -> ExitCode {
    let is_wrong =
        error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_wrong && json_was_asked_for(std::env::args()) {
        let text = error.render().to_string();
        // Behind the first blank line comes help that is for people.
        let what = text.split("\n\n").next().unwrap_or_default();
        let failure = Failure::command_line(what.trim_start_matches("error: "));
        return output::failed_as_json(&failure).into();
    }
    // A closed pipe is no reason to complain.
    let _ = error.print();
    if error.use_stderr() {
        Exit::CommandLine.into()
    } else {
        Exit::Done.into()
    }
}

/// Whether the line that couldn't be understood asked for JSON.
fn json_was_asked_for(arguments: impl Iterator<Item = String>) -> bool {
    let mut last = String::new();
    for argument in arguments {
        let value = match (last.as_str(), argument.as_str()) {
            ("-o" | "--output", value) => value,
            (_, word) => word
                .strip_prefix("--output=")
                .or_else(|| word.strip_prefix("-o"))
                .map_or("", |value| value.trim_start_matches('=')),
        };
        if matches!(value, "json" | "jsonl") {
            return true;
        }
        last = argument;
    }
    false
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_argument_tree_has_no_contradiction() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_wish_for_json_is_heard_in_every_spelling() {
        let asked = |line: &str| json_was_asked_for(line.split(' ').map(str::to_owned));
        for line in [
            "bme -o json x",
            "bme -ojson",
            "bme --output=jsonl",
            "bme x --output json",
            "bme -o=json",
        ] {
            assert!(asked(line), "{line}");
        }
        for line in ["bme json", "bme -o csv", "bme --outputs=json"] {
            assert!(!asked(line), "{line}");
        }
    }
}
