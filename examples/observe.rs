//! Metrics and a countdown: an observer hears of every attempt and wait, and of what is left of the hour.
//!
//! `cargo run --example observe`. With `tracing` set up, each call is a span with OpenTelemetry's names as well.

use benchmark_email::{
    Client,
    observe::{Attempt, AttemptEnd, Observer, Wait},
};
use benchmark_email_sandbox::{Fault, Sandbox};

#[derive(Debug)]
struct Printer;

impl Observer for Printer {
    fn attempt_ended(&self, attempt: &Attempt, end: &AttemptEnd) {
        let Attempt {
            operation, number, ..
        } = attempt;
        println!("{operation}, attempt {number}: {:?}", end.status);
    }

    fn waiting(&self, wait: &Wait) {
        println!("{} waits: {:?}", wait.operation, wait.reason);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .observer(Printer)
        .build()?;
    sandbox.fault(Fault::html(502).on("listContacts").times(1));
    client.contacts().list().await?;
    println!("left in this hour: {:?}", client.budget().remaining);
    Ok(())
}
