//! Reads every contact of the account once, and has the planner decide on each.

use benchmark_email::{Client, Contact, Structure, contacts::FoundContact};
use serde_json::{Map, Value, json};

use crate::{
    output::{Failure, Progress},
    sync::{Counts, Decision, Input, PlanWriter, Planner, Record, Rejected},
};

/// By which request the contacts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::commands) enum ReadBy {
    /// One request for all of them.
    List,
    /// A request for each thousand, where one for all is too much for the service. What a search finds lacks the
    /// version, so each update reads its contact again.
    Search,
}

/// The most that a page may hold.
const PAGE: u32 = 1000;

/// What came of it.
pub(super) struct Outcome {
    pub(super) counts: Counts,
    pub(super) rejected: Vec<Rejected>,
}

/// Writes what becomes of each contact, and of the rows that no contact came by for.
pub(super) async fn read_account(
    client: &Client,
    by: ReadBy,
    structure: &Structure,
    mut planner: Planner<'_>,
    writer: &mut PlanWriter,
    progress: &mut Progress,
) -> Result<Outcome, Failure> {
    let take = |contact: &Contact| match planner.contact(contact)? {
        Decision::Nothing => Ok(()),
        Decision::Do(step) => Ok(writer.step(&step)?),
        Decision::TakeBack(places) => Ok(writer.take_back(&places)?),
    };
    every_contact(client, by, structure, progress, take).await?;
    progress.say_now("writing the plan");
    let mut failed = None;
    let inputs = planner.inputs();
    let (counts, rejected) = planner.finish(|step| {
        if failed.is_none() {
            failed = writer.step(&step).err();
        }
    })?;
    match failed {
        None => keep_rows(inputs, &rejected, writer)?,
        Some(why) => return Err(why.into()),
    }
    Ok(Outcome { counts, rejected })
}

/// Keeps the rows that steps and rejects come from, so that what isn't carried out can be given back as it came.
fn keep_rows(
    inputs: &[Input],
    rejected: &[Rejected],
    writer: &mut PlanWriter,
) -> Result<(), Failure> {
    for row in rejected {
        writer.want(&row.place)?;
    }
    let mut record = Record::default();
    for input in inputs {
        let source = &input.source;
        writer.source(&source.name, &source.columns)?;
        let mut records = source.records()?;
        while records.next(&mut record)? {
            writer.row(&source.name, &record)?;
        }
    }
    Ok(())
}

/// Hands over every contact of the account once, in whatever order it comes.
pub(super) async fn every_contact(
    client: &Client,
    by: ReadBy,
    structure: &Structure,
    progress: &mut Progress,
    mut take: impl FnMut(&Contact) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut count = 0_u64;
    progress.say_now("reading the account");
    let mut take = |contact: &Contact| {
        count += 1;
        progress.say(|| format!("reading the account: {count} contacts"));
        take(contact)
    };
    match by {
        ReadBy::List => {
            let mut contacts = client.contacts().stream();
            while let Some(contact) = contacts.next().await {
                take(&contact?)?;
            }
        }
        ReadBy::Search => {
            let everybody = client.contacts().search(structure).everybody();
            let mut found = everybody.page_size(PAGE).stream();
            while let Some(found) = found.next().await {
                take(&as_contact(&found?, structure)?)?;
            }
        }
    }
    Ok(())
}

/// What a search found, as the contact that it is: everything but its version.
fn as_contact(found: &FoundContact, structure: &Structure) -> Result<Contact, Failure> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::failed(format!("a contact that was found can't be read: {why}"))
    };
    let mut text: Map<String, Value> = match serde_json::to_value(found) {
        Ok(Value::Object(text)) => text,
        Ok(_) => return Err(unreadable(&"it is no object")),
        Err(why) => return Err(unreadable(&why)),
    };
    let reason = text.remove("contactSubStatus").unwrap_or_default();
    if let Some(primary) = text.remove("contactStatus") {
        text.insert(
            "status".to_owned(),
            json!({ "primary": primary, "secondary": reason }),
        );
    }
    text.entry("contactStructureId")
        .or_insert_with(|| json!(structure.id()));
    serde_json::from_value(Value::Object(text)).map_err(|why| unreadable(&why))
}
