//! Tags everybody who has more than ten seats, in bulk: read once, one request for each contact that changes.
//!
//! `cargo run --example tag_many`

use benchmark_email::{Client, NewContact, Value};
use benchmark_email_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    let structures = client.structures();
    let structure = structures
        .update(structure.id(), |structure| structure.add_tag("Large"))
        .await?;
    for seats in [5, 12, 30] {
        let new = NewContact::new(&structure, format!("seats-{seats}@example.com"));
        client.contacts().create(new.field("Seats", seats)?).await?;
    }

    // Paced over the hour, behind whoever waits for an answer.
    let bulk = client.bulk();
    let mut contacts = bulk.contacts().stream();
    while let Some(contact) = contacts.next().await {
        let contact = contact?;
        let seats = contact.field(&structure, "Seats")?;
        if seats
            .and_then(Value::as_i64)
            .is_none_or(|seats| seats <= 10)
        {
            continue;
        }
        let tagged = bulk
            .contacts()
            .update(&contact.id, |contact| contact.add_tag("Large"))
            .await?;
        println!("{} is {:?}", tagged.id, tagged.tag_labels(&structure)?);
    }
    Ok(())
}
