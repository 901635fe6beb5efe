//! `compare`: holds `openapi.yaml` against the provider's own document, and against its last release.

use std::process::ExitCode;

use benchmark_email_compare::{
    Error, breaking,
    document::Document,
    drift::{self, Explanations, Report},
    source,
    strip::strip,
};
use clap::{Parser, Subcommand};

/// Compare openapi.yaml with the provider's own document, or with its last release.
///
/// Exits with 0 when all is well, 1 when something was found, 2 when an input can't be read.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell every difference between our document and the provider's, and which is unexplained.
    Drift {
        /// Our document: a file or a URL.
        #[arg(long)]
        ours: String,
        /// The provider's document, or its structure: a file or a URL.
        #[arg(long)]
        provider: String,
        /// Why differences are all right.
        #[arg(long)]
        explanations: String,
        /// Leave out what is explained.
        #[arg(long)]
        brief: bool,
    },
    /// Tell what breaks between the last release of our document and now, and demand the version for it.
    Breaking {
        /// Our document as it was released last: a file or a URL.
        #[arg(long)]
        released: String,
        /// Our document: a file or a URL.
        #[arg(long)]
        ours: String,
    },
    /// Print the structure of the provider's document, without its prose.
    Strip {
        /// The provider's document: a file or a URL.
        provider: String,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("compare: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<bool, Error> {
    match command {
        Command::Drift {
            ours,
            provider,
            explanations,
            brief,
        } => {
            let differences = drift::compare(&document(&ours)?, &document(&provider)?);
            let explanations = Explanations::read(source::read(&explanations)?)
                .map_err(|why| why.in_input(explanations))?;
            let verdict = explanations.judge(&differences);
            print!(
                "{}",
                Report {
                    verdict: &verdict,
                    brief
                }
            );
            Ok(verdict.is_fine())
        }
        Command::Breaking { released, ours } => {
            let (old, new) = (document(&released)?, document(&ours)?);
            let breaks = breaking::compare(&old, &new);
            let (released, ours) = (version(&old, &released)?, version(&new, &ours)?);
            let report = breaking::Report {
                breaks: &breaks,
                bump: breaking::bump(released, ours)?,
                released,
                ours,
            };
            print!("{report}");
            Ok(report.is_fine())
        }
        Command::Strip { provider } => {
            let text = strip(&source::read(&provider)?).map_err(|why| why.in_input(provider))?;
            print!("{text}");
            Ok(true)
        }
    }
}

fn document(input: &str) -> Result<Document, Error> {
    Document::read(&source::read(input)?).map_err(|why| why.in_input(input))
}

fn version<'a>(document: &'a Document, input: &str) -> Result<&'a str, Error> {
    let missing = || Error::at("#/info", "no `version`").in_input(input);
    document.version.as_deref().ok_or_else(missing)
}
