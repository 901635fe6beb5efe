//! A nightly CSV: every row creates its contact or changes it. For files that people make, `bme sync plan` says
//! first what would change; this is for a program that trusts its own.
//!
//! `cargo run --example nightly_csv`

use benchmark_email::{Client, Structure, contacts::Upserted};
use benchmark_email_sandbox::Sandbox;
use serde::{Deserialize, Serialize};

const TONIGHT: &str = "\
Email,First Name,Seats
jane.smith@example.com,Jane,12
joe@example.com,Joe,
not an address,Nobody,1
";

/// A row, with the labels of the structure as names.
#[derive(Deserialize, Serialize)]
struct Row {
    #[serde(rename = "Email", skip_serializing)]
    email: String,
    #[serde(rename = "First Name")]
    first_name: String,
    /// Blank means keep: what is `None` isn't sent.
    #[serde(rename = "Seats", skip_serializing_if = "Option::is_none")]
    seats: Option<u32>,
}

async fn import(client: &Client, structure: &Structure, csv: &str) -> Result<(), csv::Error> {
    let bulk = client.bulk();
    for row in csv::Reader::from_reader(csv.as_bytes()).deserialize() {
        let row: Row = row?;
        let contacts = bulk.contacts();
        let written = contacts.upsert(structure, &row.email, |contact| contact.fields(&row));
        match written.await {
            Ok(Upserted::Created(contact)) => println!("created   {}", contact.id),
            Ok(other) => println!("there was {}", other.into_contact().id),
            // The others go on; an error says where, why and what to do, and no address in full.
            Err(error) => println!("skipped: {error}"),
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    import(&client, &structure, TONIGHT).await?;
    import(&client, &structure, TONIGHT).await?;
    Ok(())
}
