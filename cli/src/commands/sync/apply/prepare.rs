//! Before the first write: the right account, its structure as planned, and what contacts need.

use std::collections::BTreeMap;

use benchmark_email::{Client, Error, List, Structure, structures::DataType};

use crate::{
    account::Account,
    context::Context,
    output::{Exit, Failure},
    sync::{About, Prerequisite, PrerequisiteKind, apply::Journal},
};

/// A plan is for one account, by its base URL.
pub(super) fn same_account(about: &About, account: &Account) -> Result<(), Failure> {
    let bare = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
    if bare(&about.base_url) == bare(account.base_url()) {
        return Ok(());
    }
    Err(guarded(format!(
        "the plan is for {}, {}, and this is {}; nothing was sent",
        about.account,
        about.base_url,
        account.describe()
    ))
    .next("name its account with --profile, or plan again for this one"))
}

/// The structure as it is: one request, and what the plan has to make in it. From then on the journal's steps have
/// the service's ids.
pub(super) async fn structure(
    context: &Context,
    about: &About,
    client: &Client,
    journal: &mut Journal,
) -> Result<Structure, Failure> {
    let planned: Structure = serde_json::from_str(about.structure.get())
        .map_err(|why| Failure::failed(format!("the plan's structure can't be read: {why}")))?;
    let wanted = journal.prerequisites()?;
    let now = client.structures().known(planned.id()).await;
    let now = now.map_err(|why| {
        if why.is_not_found() {
            guarded(format!(
                "the account has no structure {:?} ({}): the plan is for another account; nothing was sent",
                planned.label(),
                planned.id()
            ))
        } else {
            why.into()
        }
    })?;
    for note in drift(&planned, &now, &wanted).map_err(guarded)? {
        context.output.note(&note);
    }
    let now = with_fields_and_tags(client, now, &wanted).await?;
    let lists = lists(client, &now, &wanted).await?;
    let mut ids = BTreeMap::new();
    for wanted in &wanted {
        let id = match wanted.kind {
            PrerequisiteKind::Field => now.field(wanted.name.as_str())?.id.to_string(),
            PrerequisiteKind::Tag => now.tag(wanted.name.as_str())?.id.to_string(),
            PrerequisiteKind::List => {
                let made = lists.iter().find(|list| list.name == wanted.name);
                made.map(|list| list.id.to_string()).ok_or_else(|| {
                    Failure::failed(format!("the list {:?} isn't there", wanted.name))
                })?
            }
        };
        ids.insert(wanted.stand_in.clone(), id);
    }
    journal.call(ids);
    Ok(now)
}

/// What became of the structure since the plan: what to tell, or what makes the plan void.
fn drift(
    planned: &Structure,
    now: &Structure,
    wanted: &[Prerequisite],
) -> Result<Vec<String>, String> {
    let mut notes = Vec::new();
    for field in planned.fields() {
        if wanted
            .iter()
            .any(|wanted| wanted.stand_in == field.id.as_str())
        {
            continue;
        }
        let label = &field.label;
        match now.field_by_id(&field.id) {
            None => {
                return Err(format!(
                    "the field {label:?} is gone since the plan was made; nothing was sent: plan again"
                ));
            }
            Some(there) if there.data_type != field.data_type => {
                return Err(format!(
                    "the field {label:?} was {} when the plan was made, and is {} now; nothing was sent: plan again",
                    field.data_type, there.data_type
                ));
            }
            Some(there) if there.label != field.label => notes.push(format!(
                "The field {label:?} is called {:?} now.",
                there.label
            )),
            Some(_) => {}
        }
    }
    for tag in planned.tags() {
        let is_new = wanted
            .iter()
            .any(|wanted| wanted.stand_in == tag.id.as_str());
        let label = &tag.label;
        match now.tags().iter().find(|there| there.id == tag.id) {
            None if !is_new => {
                return Err(format!(
                    "the tag {label:?} is gone since the plan was made; nothing was sent: plan again"
                ));
            }
            Some(there) if there.label != tag.label => notes.push(format!(
                "The tag {label:?} is called {:?} now.",
                there.label
            )),
            _ => {}
        }
    }
    Ok(notes)
}

/// What isn't there yet is added; what somebody made meanwhile, or an earlier run, serves as well.
async fn with_fields_and_tags(
    client: &Client,
    now: Structure,
    wanted: &[Prerequisite],
) -> Result<Structure, Failure> {
    let is_missing = |wanted: &&Prerequisite| match wanted.kind {
        PrerequisiteKind::Field => now.field(wanted.name.as_str()).is_err(),
        PrerequisiteKind::Tag => now.tag(wanted.name.as_str()).is_err(),
        PrerequisiteKind::List => false,
    };
    let missing: Vec<_> = wanted.iter().filter(is_missing).cloned().collect();
    if missing.is_empty() {
        return Ok(now);
    }
    let changed = client.structures().update(now.id(), move |structure| {
        for wanted in &missing {
            match &wanted.data_type {
                Some(data_type) if wanted.kind == PrerequisiteKind::Field => {
                    let data_type = DataType::from(data_type.as_str());
                    structure.add_field(&wanted.name, data_type, false)?;
                }
                _ => {
                    structure.add_tag(&wanted.name)?;
                }
            }
        }
        Ok(structure)
    });
    Ok(changed.await?)
}

/// The account's lists once the plan's are among them.
async fn lists(
    client: &Client,
    structure: &Structure,
    wanted: &[Prerequisite],
) -> Result<Vec<List>, Failure> {
    let wanted: Vec<_> = wanted
        .iter()
        .filter(|wanted| wanted.kind == PrerequisiteKind::List)
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let lists = client.lists(structure.id());
    let mut all = lists.all().await?;
    for wanted in wanted {
        if all.iter().any(|list| list.name == wanted.name) {
            continue;
        }
        let made = lists.create(&wanted.name).await;
        match made {
            Ok(list) => all.push(list),
            // Whether it was made, the list of all tells.
            Err(why) if why.is_outcome_unknown() => {
                let found = found(&lists.all().await?, &wanted.name, why)?;
                all.push(found);
            }
            Err(why) => return Err(why.into()),
        }
    }
    Ok(all)
}

fn found(all: &[List], name: &str, why: Error) -> Result<List, Failure> {
    match all.iter().find(|list| list.name == name) {
        Some(list) => Ok(list.clone()),
        None => Err(Failure::from(why)
            .next("nobody was changed; apply again: a list that was made meanwhile is taken")),
    }
}

fn guarded(what: String) -> Failure {
    Failure::failed(what).with_exit(Exit::Guarded)
}
