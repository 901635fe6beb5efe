//! `bme`: Benchmark Email contacts on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    benchmark_email_cli::run()
}
