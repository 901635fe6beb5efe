//! Exports contacts as CSV to whatever can be written to, as it arrives.
//!
//! `cargo run --example export`

use benchmark_email::{Client, NewContact};
use benchmark_email_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    for (address, first_name) in [("jane@example.com", "Jane"), ("joe@example.com", "Joe")] {
        let new = NewContact::new(&structure, address).field("First Name", first_name)?;
        client.contacts().create(new).await?;
    }

    let mut output = tokio::io::stdout();
    let everybody = client.contacts().search(&structure).everybody();
    let bytes = everybody.export_to(&mut output).await?;
    println!("{bytes} bytes");
    Ok(())
}
