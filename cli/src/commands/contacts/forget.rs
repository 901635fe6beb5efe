//! `bme contacts forget`: erasure, and that it lasts.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use benchmark_email::{Client, Contact, ContactId, EmailAddress};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    account::{Account, Names},
    commands::writing::{ConfirmArgs, Outcome, outcome, show_all},
    context::Context,
    forgotten::List,
    output::{Column, Exit, Failure, Format, Output, new_private_file},
    records::{
        ContactRecord, EventRecord, ForgetRecord, HeldRecord, contact_columns, event_columns,
    },
};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The person's address.
    #[arg(value_name = "ADDRESS", required_unless_present = "list", value_parser = address)]
    address: Option<EmailAddress>,
    /// Write all that is held to this file first, as JSON, for a person who asks what it is; it must not exist.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// List whom plans leave out: the day, the account and the hash.
    #[arg(long, conflicts_with_all = ["address", "export", "unlist", "yes", "dry_run"])]
    list: bool,
    /// Take the address off that list, as when the person signs up again; nothing is asked of the service.
    #[arg(long, conflicts_with_all = ["export", "yes", "dry_run"])]
    unlist: bool,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

fn address(text: &str) -> Result<EmailAddress, benchmark_email::Error> {
    EmailAddress::new(text)
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Some(address) = &self.address else {
            return list(context);
        };
        let account = context.account().await?;
        if self.unlist {
            return unlist(context, &account, address);
        }
        let client = self.confirm.write.client(&account, context);
        let held = held(&account, address).await?;
        show(context, &account, &held).await?;
        let told = |held| ForgetRecord {
            email: address.as_str(),
            account: account.name(),
            base_url: account.base_url(),
            held,
            forgotten: None,
        };
        if let Some(path) = &self.export {
            export(path, &told(&held))?;
            let told = format!("{} holds all of it", path.display());
            context.output.note(&told);
        }
        let contacts = match held.len() {
            1 => "1 contact".to_owned(),
            number => format!("{number} contacts"),
        };
        let question = format!(
            "Delete {contacts} for good, and never plan {} again?",
            address.as_str()
        );
        self.confirm.ask(question, "nothing was deleted").await?;
        if self.confirm.write.is_dry() {
            return keep_back(context, &account, &client, &held).await;
        }
        // First the list: who is deleted and not on it might come back.
        let day = remember(context, &account, address)?;
        for held in &held {
            delete(&client, &held.contact).await?;
        }
        gone(&client, address, &held).await?;
        if context.output.format() == Format::Table {
            return Output::text(&format!(
                "{} is forgotten: {contacts} deleted",
                address.as_str()
            ))
            .map(|()| Exit::Done);
        }
        let record = ForgetRecord {
            forgotten: day.as_deref(),
            ..told(&held)
        };
        let columns = ["email", "account", "deleted", "forgotten"];
        let cells = [
            address.as_str().to_owned(),
            account.name().to_owned(),
            held.len().to_string(),
            day.clone().unwrap_or_default(),
        ];
        let columns = columns.map(|name| Column::new(name, name));
        context
            .output
            .record(columns.into(), &record, cells.into())?;
        Ok(Exit::Done)
    }
}

/// Everything of everybody with this address, each contact as it is by itself: what a search finds lacks parts.
async fn held(account: &Account, address: &EmailAddress) -> Result<Vec<HeldRecord>, Failure> {
    let contacts = account.client.contacts();
    let mut held = Vec::new();
    for found in contacts.find_everywhere(address.as_str()).await? {
        let contact = match contacts.get(&found.id).await {
            Err(why) if why.is_not_found() => continue,
            contact => contact?,
        };
        let structure = account
            .client
            .structures()
            .known(&contact.structure_id)
            .await?;
        let mut events = Vec::new();
        let mut stream = contacts.events(&contact.id).stream();
        while let Some(event) = stream.next().await {
            events.push(event?);
        }
        held.push(HeldRecord {
            structure: structure.label().to_owned(),
            contact,
            events,
        });
    }
    Ok(held)
}

/// For people; programs get it all at the end.
async fn show(context: &Context, account: &Account, held: &[HeldRecord]) -> Result<(), Failure> {
    if context.output.format() != Format::Table {
        return Ok(());
    }
    if held.is_empty() {
        return Output::text("Nobody has this address.");
    }
    for HeldRecord {
        contact, events, ..
    } in held
    {
        let names = names(account, contact).await?;
        let record = ContactRecord::new(contact, &names);
        let mut columns = vec![Column::new("structure", "Structure")];
        columns.extend(contact_columns(&names));
        let mut cells = vec![names.structure().label().to_owned()];
        cells.extend(record.cells(&names));
        context.output.record(columns, &record, cells)?;
        if !events.is_empty() {
            Output::text("")?;
            let mut rows = context.output.rows(event_columns());
            for event in events {
                let record = EventRecord::new(event);
                rows.push(&record, record.cells())?;
            }
            rows.finish()?;
        }
        Output::text("")?;
    }
    Ok(())
}

async fn names(account: &Account, contact: &Contact) -> Result<Names, Failure> {
    let structure = account
        .client
        .structures()
        .known(&contact.structure_id)
        .await?;
    account.names_in(structure).await
}

fn export(path: &Path, record: &ForgetRecord<'_>) -> Result<(), Failure> {
    let fails = |why: &std::io::Error| {
        Failure::io(
            &format!(
                "{} can't be written, and nothing was deleted",
                path.display()
            ),
            why,
        )
    };
    let mut text =
        serde_json::to_vec_pretty(record).map_err(|why| Failure::failed(why.to_string()))?;
    text.push(b'\n');
    let mut file = new_private_file(path).map_err(|why| fails(&why))?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(|why| fails(&why))
}

async fn keep_back(
    context: &Context,
    account: &Account,
    client: &Client,
    held: &[HeldRecord],
) -> Result<Exit, Failure> {
    let mut kept = Vec::new();
    for HeldRecord { contact, .. } in held {
        let names = names(account, contact).await?;
        let names = names.with_contact(&contact.id, contact.key.as_str());
        let deleted = client.contacts().delete(&contact.id).await;
        if let Outcome::Kept(record) = outcome(deleted, &names)? {
            kept.push(record);
        }
    }
    show_all(context, &kept)?;
    Ok(Exit::Done)
}

/// Puts the person on the forget list; the day.
fn remember(
    context: &Context,
    account: &Account,
    address: &EmailAddress,
) -> Result<Option<String>, Failure> {
    if account.is_embedded() {
        let why = "The embedded sandbox ends with this command: nobody is remembered.";
        context.output.note(why);
        return Ok(None);
    }
    let day = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
    List::of_this_user()?.add(account.base_url(), address.as_str(), &day)?;
    Ok(Some(day))
}

async fn delete(client: &Client, contact: &Contact) -> Result<(), Failure> {
    match client.contacts().delete(&contact.id).await {
        Err(why) if !why.is_not_found() => Err(Failure::from(why).next(
            "the address is on the forget list already, and what is held may be there still: do it again",
        )),
        _ => Ok(()),
    }
}

/// Looks that nothing is left. A search may lag behind, so what it still finds is read by its id.
async fn gone(client: &Client, address: &EmailAddress, held: &[HeldRecord]) -> Result<(), Failure> {
    let contacts = client.contacts();
    let found = contacts.find_everywhere(address.as_str()).await?;
    let held = held.iter().map(|held| held.contact.id.clone());
    let mut ids: Vec<ContactId> = held
        .chain(found.into_iter().map(|found| found.id))
        .collect();
    ids.dedup();
    for id in ids {
        match contacts.get(&id).await {
            Err(why) if why.is_not_found() => {}
            Err(why) => return Err(why.into()),
            Ok(_) => {
                let what = format!("the contact {id} with this address is there, or has come back");
                return Err(Failure::failed(what).next("do it again"));
            }
        }
    }
    Ok(())
}

fn list(context: &Context) -> Result<Exit, Failure> {
    let columns = ["day", "account", "hash"].map(|name| Column::new(name, name));
    let mut rows = context.output.rows(columns.into());
    for entry in List::of_this_user()?.entries()? {
        let cells = vec![entry.day.clone(), entry.account.clone(), entry.hash.clone()];
        rows.push(&entry, cells)?;
    }
    rows.finish()?;
    Ok(Exit::Done)
}

fn unlist(context: &Context, account: &Account, address: &EmailAddress) -> Result<Exit, Failure> {
    if List::of_this_user()?.remove(account.base_url(), address.as_str())? {
        let told = format!("{} may be planned again", address.as_str());
        context.output.note(&told);
        return Ok(Exit::Done);
    }
    Err(Failure::failed(format!(
        "{} isn't on the forget list of {}",
        address.as_str(),
        account.base_url()
    )))
}
