//! A contact as it was planned from, as it should be, and as it is.

use benchmark_email::{
    Contact, Error, FieldId, ListId, Structure, TagId, Value, contacts::Change,
    structures::DataType, value::Likeness,
};

use super::task::Differs;
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

/// What a change is about.
#[derive(Clone, Copy, PartialEq)]
enum Part<'a> {
    Key,
    Field(&'a FieldId),
    List(&'a ListId),
    Tag(&'a TagId),
    Status,
}

fn part<'a>(change: &Change<'a>) -> Part<'a> {
    match *change {
        Change::Field { id, .. } => Part::Field(id),
        Change::ListAdded { id, .. } | Change::ListRemoved { id, .. } => Part::List(id),
        Change::TagAdded { id, .. } | Change::TagRemoved { id, .. } => Part::Tag(id),
        Change::Status { .. } => Part::Status,
        _ => Part::Key,
    }
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
    structure: &Structure,
) -> Result<Merged, Error> {
    let ours = before.difference(after, structure)?;
    let lacks = now.difference(after, structure)?;
    let theirs = before.difference(now, structure)?;
    let differs = |changes: &[Change<'_>], of: Part<'_>| {
        changes
            .iter()
            .any(|change| part(change) == of && !is_slight(change))
    };
    let mut merged = now.clone();
    let mut changed = false;
    let mut conflicts = Vec::new();
    for change in &ours {
        let of = part(change);
        // A slight change is there only if it is there to the letter.
        let is_there = if is_slight(change) {
            !lacks.iter().any(|lack| part(lack) == of)
        } else {
            !differs(&lacks, of)
        };
        if is_there {
            continue;
        }
        if differs(&theirs, of) {
            let (label, was, planned) = told(change);
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
    structure: &Structure,
) -> Result<Vec<Differs>, Error> {
    let changes = planned.difference(now, structure)?;
    let differs = changes.iter().filter(|change| !is_slight(change));
    Ok(differs
        .map(|change| {
            let (label, planned, now) = told(change);
            Differs {
                label,
                before: String::new(),
                planned,
                now,
            }
        })
        .collect())
}

/// In what a contact differs from the one that was to be created: what is wanted and isn't there.
pub(super) fn differs_from_creation(
    wanted: &Creation,
    now: &Contact,
    structure: &Structure,
) -> Vec<Differs> {
    let mut differs = Vec::new();
    let mut found = |label: &str, planned: String, now: String| {
        differs.push(Differs {
            label: label.to_owned(),
            before: String::new(),
            planned,
            now,
        });
    };
    if !now.key.as_str().eq_ignore_ascii_case(&wanted.address) {
        found(
            "address",
            wanted.address.clone(),
            now.key.as_str().to_owned(),
        );
    }
    let unknown = DataType::Unknown(String::new());
    for (id, value) in &wanted.fields {
        let field = structure.field_by_id(id);
        let data_type = field.map_or(&unknown, |field| &field.data_type);
        let held = value_in(now, id);
        if value.likeness(held, data_type) == Likeness::Different {
            let label = field.map_or(id.as_str(), |field| field.label.as_str());
            found(label, shown(value), shown(held));
        }
    }
    for list in wanted.lists.iter().filter(|list| !now.is_on(list)) {
        found("list", list.to_string(), "not on it".to_owned());
    }
    differs
}

fn told(change: &Change<'_>) -> (String, String, String) {
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
        Change::ListAdded { id, .. } => (format!("list {id}"), without, with),
        Change::ListRemoved { id, .. } => (format!("list {id}"), with, without),
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
        Part::Key => now.key.as_str().to_owned(),
        Part::Field(id) => shown(value_in(now, id)),
        Part::List(id) => there(now.is_on(id)),
        Part::Tag(id) => there(now.has_tag(id)),
        Part::Status => there(now.is_active()),
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
