//! The same done to several contacts, one after the other: one that fails doesn't keep the others from it.

use benchmark_email::{Contact, ContactId, Error};

use crate::{
    account::{Account, ContactName, Names},
    commands::writing::{Outcome, outcome, show_all},
    context::Context,
    output::{Exit, Failure, Rows},
    records::{ContactRecord, contact_columns},
};

/// `jane@example.com`, or how many there are.
pub(super) fn named(contacts: &[ContactName]) -> String {
    match contacts {
        [one] => one.as_str().to_owned(),
        many => format!("{} contacts", many.len()),
    }
}

/// Does it to each, and prints what became of them. What would fail for all of them ends it.
pub(super) async fn each(
    context: &Context,
    account: &Account,
    contacts: &[ContactName],
    mut act: impl AsyncFnMut(ContactId) -> Result<Option<Contact>, Error>,
) -> Result<Exit, Failure> {
    let names = account.names().await?;
    let mut rows: Option<Rows> = None;
    let mut kept = Vec::new();
    let (mut done, mut failed) = (0, None);
    for name in contacts {
        match act_on(account, &names, name, &mut act).await {
            Ok(Outcome::Done(Some(contact))) => {
                done += 1;
                let record = ContactRecord::new(&contact, &names);
                let rows = rows.get_or_insert_with(|| context.output.rows(contact_columns(&names)));
                rows.push(&record, record.cells(&names))?;
            }
            // Gone, and the service didn't say what it was.
            Ok(Outcome::Done(None)) => done += 1,
            Ok(Outcome::Kept(record)) => {
                done += 1;
                kept.push(record);
            }
            Err(failure) if contacts.len() > 1 && failure.exit() == Exit::Failed => {
                context.output.failed(&failure.about(name.as_str()));
                failed.get_or_insert(Exit::Failed);
            }
            Err(failure) => {
                // What was done is told before what ended it.
                if let Some(rows) = rows {
                    rows.finish()?;
                }
                return Err(failure);
            }
        }
    }
    if let Some(rows) = rows {
        rows.finish()?;
    }
    if !kept.is_empty() {
        show_all(context, &kept)?;
    }
    Ok(match failed {
        Some(_) if done > 0 => Exit::Partly,
        Some(exit) => exit,
        None => Exit::Done,
    })
}

async fn act_on(
    account: &Account,
    names: &Names,
    name: &ContactName,
    act: &mut impl AsyncFnMut(ContactId) -> Result<Option<Contact>, Error>,
) -> Result<Outcome<Option<Contact>>, Failure> {
    let id = account.contact_id(name).await?;
    let names = names.clone().with_contact(&id, name.as_str());
    outcome(act(id).await, &names)
}
