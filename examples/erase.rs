//! Erasure by address: everything that the account holds of a person goes, and the proof that it is gone.
//!
//! `cargo run --example erase`

use benchmark_email::{Client, Error, NewContact};
use benchmark_email_sandbox::Sandbox;

/// Deletes the contacts of an address in every structure; how many there were.
///
/// A search may lag behind the writes, so "found nothing" of a contact that was written just now proves nothing;
/// that an id is gone is the database's own word.
async fn erase(client: &Client, address: &str) -> Result<u32, Error> {
    let mut erased = 0;
    for structure in client.structures().all().await? {
        let Some(found) = client.contacts().find(&structure, address).await? else {
            continue;
        };
        client.contacts().delete(&found.id).await?;
        match client.contacts().get(&found.id).await {
            Err(gone) if gone.is_not_found() => erased += 1,
            Err(other) => return Err(other),
            Ok(_) => eprintln!("{} is still there: somebody made it again", found.id),
        }
    }
    Ok(erased)
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
    client.contacts().create(jane).await?;

    println!("{} erased", erase(&client, "jane.smith@example.com").await?);
    println!("{} erased", erase(&client, "jane.smith@example.com").await?);
    Ok(())
}
