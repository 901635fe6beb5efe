//! A webhook of another system: somebody has left there, so nobody may mail them from here.
//!
//! `cargo run --example unsubscribe_webhook` does it for an address that the account has and one that it hasn't.

use benchmark_email::{Client, Error, NewContact};
use benchmark_email_sandbox::Sandbox;

/// Unsubscribes an address in every structure that has it; how many contacts that were. Doing it again does no more,
/// so a webhook that is delivered twice is no trouble.
async fn unsubscribe(client: &Client, address: &str) -> Result<u32, Error> {
    let mut left = 0;
    for structure in client.structures().all().await? {
        if let Some(found) = client.contacts().find(&structure, address).await? {
            client.contacts().unsubscribe(&found.id).await?;
            left += 1;
        }
    }
    Ok(left)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    let jane = NewContact::new(&structure, "jane.smith@example.com");
    let jane = client.contacts().create(jane).await?;

    for address in ["jane.smith@example.com", "nobody@example.com"] {
        println!("{} unsubscribed", unsubscribe(&client, address).await?);
    }
    let jane = client.contacts().get(&jane.id).await?;
    println!("Jane may be mailed: {}", jane.is_active());
    Ok(())
}
