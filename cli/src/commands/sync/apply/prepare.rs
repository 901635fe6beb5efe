//! Before the first write: the right account, its structure as planned, and what contacts need.

use std::collections::BTreeMap;

use benchmark_email::{Client, Error, List, Structure, structures::DataType};

use crate::{
    account::Account,
    config::bare_base_url,
    context::Context,
    output::{Exit, Failure},
    sync::{
        About, Prerequisite, PrerequisiteKind,
        apply::{Journal, Known},
    },
};

/// A plan is for one account, by its base URL.
pub(in super::super) fn same_account(about: &About, account: &Account) -> Result<(), Failure> {
    if bare_base_url(&about.base_url) == bare_base_url(account.base_url()) {
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
pub(super) async fn known(
    context: &Context,
    about: &About,
    client: &Client,
    journal: &mut Journal,
) -> Result<Known, Failure> {
    let planned = planned(about)?;
    let now = structure(client, &planned).await?;
    let wanted = journal.prerequisites();
    for note in drift(&planned, &now, wanted).map_err(guarded)? {
        context.output.note(&note);
    }
    let now = with_fields_and_tags(client, now, wanted).await?;
    let lists = lists(client, &now, wanted).await?;
    let ids = ids(&now, &lists, wanted);
    if let Some(lacking) = wanted
        .iter()
        .find(|wanted| !ids.contains_key(&wanted.stand_in))
    {
        return Err(Failure::failed(format!("the {lacking} isn't there")));
    }
    let known = known_by(about, now, &ids);
    journal.call(ids);
    Ok(known)
}

/// The same without making anything; two requests where the plan made lists. Also the service's ids of what the plan
/// calls by others, as far as it is there.
pub(in super::super) async fn known_as_it_is(
    about: &About,
    client: &Client,
    wanted: &[Prerequisite],
) -> Result<(Known, BTreeMap<String, String>), Failure> {
    let now = structure(client, &planned(about)?).await?;
    let lists = if wanted.iter().any(is_list) {
        client.lists(now.id()).all().await?
    } else {
        Vec::new()
    };
    let ids = ids(&now, &lists, wanted);
    Ok((known_by(about, now, &ids), ids))
}

fn planned(about: &About) -> Result<Structure, Failure> {
    serde_json::from_str(about.structure.get())
        .map_err(|why| Failure::failed(format!("the plan's structure can't be read: {why}")))
}

async fn structure(client: &Client, planned: &Structure) -> Result<Structure, Failure> {
    let now = client.structures().known(planned.id()).await;
    now.map_err(|why| {
        if why.is_not_found() {
            guarded(format!(
                "the account has no structure {:?} ({}): the plan is for another account; nothing was sent",
                planned.label(),
                planned.id()
            ))
        } else {
            why.into()
        }
    })
}

/// The service's ids of what the plan calls by others, as far as it is there.
fn ids(now: &Structure, lists: &[List], wanted: &[Prerequisite]) -> BTreeMap<String, String> {
    let id = |wanted: &Prerequisite| match wanted.kind {
        PrerequisiteKind::Field => Some(now.field(&*wanted.name).ok()?.id.to_string()),
        PrerequisiteKind::Tag => Some(now.tag(&*wanted.name).ok()?.id.to_string()),
        PrerequisiteKind::List => {
            let list = lists.iter().find(|list| list.name == wanted.name);
            list.map(|list| list.id.to_string())
        }
    };
    wanted
        .iter()
        .filter_map(|wanted| Some((wanted.stand_in.clone(), id(wanted)?)))
        .collect()
}

fn known_by(about: &About, structure: Structure, ids: &BTreeMap<String, String>) -> Known {
    let lists = about.lists.iter();
    Known {
        structure,
        lists: lists
            .map(|(id, name)| (ids.get(id).unwrap_or(id).clone(), name.clone()))
            .collect(),
        creation_takes_tags: None,
    }
}

fn is_list(wanted: &Prerequisite) -> bool {
    wanted.kind == PrerequisiteKind::List
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
    let wanted: Vec<_> = wanted.iter().filter(|wanted| is_list(wanted)).collect();
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
