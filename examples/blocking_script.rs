//! A script without an async runtime: the same names, and each call waits.
//!
//! `cargo run --features blocking --example blocking_script`

use benchmark_email::{Client, NewContact};
use benchmark_email_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The sandbox needs a runtime; your script doesn't.
    let runtime = tokio::runtime::Runtime::new()?;
    let sandbox = runtime.block_on(Sandbox::start())?;

    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build_blocking()?;
    let structure = client.structures().primary()?;
    let new = NewContact::new(&structure, "jane.smith@example.com").field("First Name", "Jane")?;
    let jane = client.contacts().create(new)?;
    client
        .contacts()
        .update(&jane.id, |jane| jane.set("Company", "Acme, Inc."))?;
    for contact in client.contacts().stream() {
        println!("{}", contact?.id);
    }
    Ok(())
}
