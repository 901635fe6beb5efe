//! A contact as it was planned from, as it should be, and as it is.

use benchmark_email::{
    Contact, Error, FieldId, Value,
    contacts::{Change, Part},
    value::Likeness,
};

use super::{known::Known, task::Differs};
use crate::sync::plan::Creation;

/// What three readings of a contact give.
#[derive(Debug)]
pub(super) enum Merged {
    /// It is as planned already.
    Already,
    /// The changes of the plan, made to what is there now.
    Changed(Box<Contact>),
    /// Somebody else changed the same.
    Conflict(Vec<Differs>),
}

/// Whether a service that keeps values in its own way could have made one of the other.
fn is_slight(change: &Change<'_>) -> bool {
    match change {
        Change::Field { likeness, .. } => *likeness > Likeness::Different,
        Change::Key { from, to, .. } => from.as_str().eq_ignore_ascii_case(to.as_str()),
        _ => false,
    }
}

/// Makes the plan's changes to what is there now, as far as what they change still is as it was.
pub(super) fn merge(
    before: &Contact,
    after: &Contact,
    now: &Contact,
    known: &Known,
) -> Result<Merged, Error> {
    let structure = &known.structure;
    let ours = before.difference(after, structure)?;
    let lacks = now.difference(after, structure)?;
    let theirs = before.difference(now, structure)?;
    let differs = |changes: &[Change<'_>], of: Part<'_>| {
        changes
            .iter()
            .any(|change| change.part() == of && !is_slight(change))
    };
    let mut merged = now.clone();
    let mut changed = false;
    let mut conflicts = Vec::new();
    for change in &ours {
        let of = change.part();
        // A slight change is there only if it is there to the letter.
        let is_there = if is_slight(change) {
            !lacks.iter().any(|lack| lack.part() == of)
        } else {
            !differs(&lacks, of)
        };
        if is_there {
            continue;
        }
        if differs(&theirs, of) {
            let (label, was, planned) = told(change, known);
            conflicts.push(Differs {
                label,
                before: was,
                planned,
                now: value_of(now, of),
            });
            continue;
        }
        changed = true;
        match *change {
            Change::Field { id, to, .. } => {
                merged.set(structure, id, to.clone())?;
            }
            Change::ListAdded { id, .. } => drop(merged.add_list(id)),
            Change::ListRemoved { id, .. } => drop(merged.remove_list(id)),
            Change::TagAdded { id, .. } => drop(merged.add_tag(structure, id)?),
            Change::TagRemoved { id, .. } => drop(merged.remove_tag(structure, id)?),
            _ => merged.key = after.key.clone(),
        }
    }
    Ok(if !conflicts.is_empty() {
        Merged::Conflict(conflicts)
    } else if changed {
        Merged::Changed(Box::new(merged))
    } else {
        Merged::Already
    })
}

/// In what a contact differs from what was planned for it, beyond what a service may make of a value by itself.
pub(super) fn differs_from_plan(
    planned: &Contact,
    now: &Contact,
    known: &Known,
) -> Result<Vec<Differs>, Error> {
    let changes = planned.difference(now, &known.structure)?;
    let differs = changes.iter().filter(|change| !is_slight(change));
    Ok(differs.map(|change| found(change, known)).collect())
}

/// In what a contact differs from the one that was to be created: what is wanted and isn't there.
pub(super) fn differs_from_creation(
    wanted: &Creation,
    now: &Contact,
    known: &Known,
) -> Result<Vec<Differs>, Error> {
    let mut differs = Vec::new();
    if !now.key.as_str().eq_ignore_ascii_case(&wanted.address) {
        differs.push(Differs::of("address", &wanted.address, now.key.as_str()));
    }
    let created = as_created(wanted, now, known)?;
    let changes = created.difference(now, &known.structure)?;
    let lacks = changes
        .iter()
        .filter(|change| !is_slight(change) && !is_more(change));
    differs.extend(lacks.map(|change| found(change, known)));
    Ok(differs)
}

/// What somebody else made of a contact since it was created.
pub(super) fn changed_since_creation(
    wanted: &Creation,
    now: &Contact,
    known: &Known,
) -> Result<Vec<Differs>, Error> {
    differs_from_plan(&as_created(wanted, now, known)?, now, known)
}

/// The contact as it was when it was created.
fn as_created(wanted: &Creation, now: &Contact, known: &Known) -> Result<Contact, Error> {
    let structure = &known.structure;
    let mut created = now.clone();
    let is_wanted = |id: &FieldId| wanted.fields.iter().any(|(wanted, _)| wanted == id);
    created.fields.retain(|field| is_wanted(&field.id));
    for (id, value) in &wanted.fields {
        created.set(structure, id, value.clone())?;
    }
    created.lists.retain(|list| wanted.lists.contains(&list.id));
    for list in &wanted.lists {
        created.add_list(list);
    }
    created.tags.retain(|tag| wanted.tags.contains(&tag.id));
    for tag in &wanted.tags {
        created.add_tag(structure, tag)?;
    }
    Ok(created)
}

/// What can't be held against anything.
pub(super) fn unreadable(why: &Error) -> Vec<Differs> {
    vec![Differs::of(
        "contact",
        "one that can be read",
        &why.to_string(),
    )]
}

/// Whether a change gives a contact something where it had nothing.
fn is_more(change: &Change<'_>) -> bool {
    match change {
        Change::Field { from, .. } => from.is_null(),
        Change::ListAdded { .. } | Change::TagAdded { .. } => true,
        _ => false,
    }
}

/// A change from what was planned to what is.
fn found(change: &Change<'_>, known: &Known) -> Differs {
    let (label, planned, now) = told(change, known);
    Differs::of(&label, &planned, &now)
}

fn told(change: &Change<'_>, known: &Known) -> (String, String, String) {
    let (with, without) = ("with it".to_owned(), "without it".to_owned());
    match change {
        Change::Key { from, to, .. } => (
            "address".to_owned(),
            from.as_str().to_owned(),
            to.as_str().to_owned(),
        ),
        Change::Field {
            label, from, to, ..
        } => ((*label).to_owned(), shown(from), shown(to)),
        Change::ListAdded { id, .. } => (format!("list {}", known.list(id)), without, with),
        Change::ListRemoved { id, .. } => (format!("list {}", known.list(id)), with, without),
        Change::TagAdded { label, .. } => (format!("tag {label}"), without, with),
        Change::TagRemoved { label, .. } => (format!("tag {label}"), with, without),
        _ => (
            "status".to_owned(),
            "as it was".to_owned(),
            "another".to_owned(),
        ),
    }
}

fn value_of(now: &Contact, of: Part<'_>) -> String {
    let there = |is: bool| if is { "with it" } else { "without it" }.to_owned();
    match of {
        Part::Field(id) => shown(value_in(now, id)),
        Part::List(id) => there(now.is_on(id)),
        Part::Tag(id) => there(now.has_tag(id)),
        Part::Status if now.is_active() => "Active".to_owned(),
        Part::Status => "Inactive".to_owned(),
        _ => now.key.as_str().to_owned(),
    }
}

fn value_in<'c>(contact: &'c Contact, id: &FieldId) -> &'c Value {
    let field = contact.fields.iter().find(|field| field.id == *id);
    field
        .and_then(|field| field.value.as_ref())
        .unwrap_or(&Value::Null)
}

fn shown(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}
