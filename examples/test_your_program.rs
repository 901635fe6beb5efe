//! How a program of your own is tested: on a sandbox that loses an answer, and that knows what it was asked.
//!
//! `cargo run --example test_your_program`

use benchmark_email::{Client, Error, NewContact};
use benchmark_email_sandbox::{Fault, Sandbox};

/// Your program.
async fn sign_up(client: &Client, address: &str) -> Result<(), Error> {
    let structure = client.structures().primary().await?;
    let new = NewContact::new(&structure, address);
    client.contacts().create(new).await.map(drop)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A port, a clock and an account of its own, so tests run beside each other.
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;

    // The contact is created, and the answer is lost.
    sandbox.fault(Fault::drop_after_commit().on("createContact").times(1));
    sign_up(&client, "jane.smith@example.com").await?;

    let there = client.contacts().list().await?.len();
    println!("{there} contact, though its answer was lost");
    assert_eq!(there, 1);
    Ok(())
}
