//! The guide Manage Contacts, its seven steps one after the other.
//!
//! `cargo run --example manage_contacts` starts a sandbox of its own. With `BENCHMARK_EMAIL_BASE_URL`
//! and `BENCHMARK_EMAIL_API_KEY` set it talks to the real service: it creates one contact and one
//! list, and deletes the contact.

use std::{env, error::Error, process::ExitCode, time::SystemTime};

use benchmark_email::{Client, NewContact, Value};
use benchmark_email_sandbox::Sandbox;

const BASE_URL_VARIABLE: &str = Client::BASE_URL_VARIABLE;
const API_KEY_VARIABLE: &str = Client::API_KEY_VARIABLE;

/// Counts the steps that did what the guide says, and tells of each.
#[derive(Default)]
struct Steps {
    number: u32,
    failed: u32,
}

impl Steps {
    fn start(&mut self, what: &str) {
        self.number += 1;
        println!("\n{}. {what}", self.number);
    }

    fn check(&mut self, says: &str, holds: bool) {
        println!("   {} {says}", if holds { "yes:" } else { "NO: " });
        self.failed += u32::from(!holds);
    }
}

/// A client, and the sandbox that it talks to unless the environment names a service. Dropping the
/// sandbox stops it.
async fn connect() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    if env::var_os(BASE_URL_VARIABLE).is_some() && env::var_os(API_KEY_VARIABLE).is_some() {
        println!("Talking to the service that {BASE_URL_VARIABLE} names.");
        println!("This creates one list, which stays, and one contact, which is deleted again.");
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    println!("Talking to a sandbox at {}, since", sandbox.base_url());
    println!("{BASE_URL_VARIABLE} and {API_KEY_VARIABLE} are not both set.");
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    Ok((client, Some(sandbox)))
}

#[tokio::main]
#[allow(
    clippy::too_many_lines,
    reason = "one story, told in the guide's order"
)]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (client, _sandbox) = connect().await?;
    let stamp = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_millis();
    let address = format!("jane.smith+{stamp}@example.com");
    let mut steps = Steps::default();

    steps.start("Fetch the contact structure");
    let structure = client.structures().primary().await?;
    println!(
        "   GET /api/contact-structure -> {:?} with {} fields",
        structure.label(),
        structure.fields().len()
    );
    for field in structure.fields() {
        println!(
            "      {:<16} {:<14} {}",
            field.label, field.data_type, field.id
        );
    }
    steps.check(
        "field ids come from the structure",
        !structure.fields().is_empty(),
    );

    steps.start("Create a contact, with a field by name and a list");
    let list = client
        .lists(structure.id())
        .create(&format!("Newsletter {stamp}"))
        .await?;
    let new = NewContact::new(&structure, &address)
        .field("First Name", "Jane")?
        .list(&list.id);
    println!(
        "   POST /api/contact {{key, contactStructureId, fields: [First Name], lists: [{}]}}",
        list.name
    );
    let jane = client.contacts().create(new).await?;
    println!("   -> {} with version {:?}", jane.id, jane.version);
    let first_name = jane
        .field(&structure, "First Name")?
        .and_then(Value::as_str);
    steps.check(
        "the contact has the address and the field",
        jane.key == address.as_str() && first_name == Some("Jane"),
    );

    steps.start("Get the contact by id");
    let read = client.contacts().get(&jane.id).await?;
    println!(
        "   GET /api/contact/{} -> status {:?}",
        read.id,
        read.status().map(|status| &status.primary)
    );
    steps.check(
        "it is the contact that was created, and active",
        read.key == jane.key && read.is_active(),
    );

    steps.start("Unsubscribe: PATCH takes the status, and nothing else");
    let gone = client.contacts().unsubscribe(&jane.id).await?;
    let reason = gone.status().and_then(|status| status.secondary.as_ref());
    println!(
        "   PATCH /api/contact/{} {{status: Inactive, Unsubscribe}} -> {:?}",
        gone.id, reason
    );
    steps.check("the contact is inactive", !gone.is_active());

    steps.start("Replace the contact: PUT carries all of it");
    let mut whole = client.contacts().get(&jane.id).await?;
    let before = whole.version;
    whole.set(&structure, "Last Name", "Smith")?;
    let replaced = client.contacts().replace(&whole).await?;
    println!(
        "   PUT /api/contact/{} with version {before:?} -> version {:?}",
        replaced.id, replaced.version
    );
    let last_name = replaced
        .field(&structure, "Last Name")?
        .and_then(Value::as_str);
    let first_name = replaced
        .field(&structure, "First Name")?
        .and_then(Value::as_str);
    steps.check("the new field is there", last_name == Some("Smith"));
    steps.check(
        "the old field, the list and the status are kept",
        first_name == Some("Jane") && replaced.is_on(&list.id) && !replaced.is_active(),
    );

    steps.start("Delete the contact");
    let deleted = client.contacts().delete(&jane.id).await?;
    println!(
        "   DELETE /api/contact/{} -> {}",
        jane.id,
        if deleted.is_some() {
            "the deleted contact"
        } else {
            "nothing"
        }
    );
    steps.check(
        "the answer is the deleted contact",
        deleted.is_some_and(|contact| contact.id == jane.id),
    );
    let missing = client
        .contacts()
        .get(&jane.id)
        .await
        .is_err_and(|error| error.is_not_found());
    steps.check("it is gone", missing);

    steps.start("List all contacts");
    let all = client.contacts().list().await?;
    println!(
        "   GET /api/contact -> {} contacts in one answer",
        all.len()
    );
    steps.check(
        "the deleted contact is not among them",
        all.iter().all(|contact| contact.id != jane.id),
    );

    if steps.failed == 0 {
        println!("\nAll {} steps did what the guide says.", steps.number);
        Ok(ExitCode::SUCCESS)
    } else {
        println!("\n{} checks failed: see NO above.", steps.failed);
        Ok(ExitCode::FAILURE)
    }
}
