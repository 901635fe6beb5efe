//! A step of a plan as it is carried out: what it does, how far it has come, and how it ended.

use std::collections::BTreeMap;

use benchmark_email::{Contact, ContactId};
use rusqlite::Row;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::sync::plan::{Action, Creation, Kind};

/// A step, and what the journal says of it.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Its number in the plan.
    pub(crate) id: i64,
    pub(crate) action: Action,
    pub(crate) stage: Stage,
    pub(crate) turn: Turn,
}

/// What [`Task::read`] reads of `step` and of `outcome`, in its order.
pub(super) const COLUMNS: &str =
    "step.id, step.kind, step.address, step.before, step.after, step.why, outcome.stage";
/// The first column after them.
pub(super) const NEXT_COLUMN: usize = 7;

/// In which order steps are begun: none before all of an earlier turn ended, in one way or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// Somebody who has left, and of whom an earlier run didn't learn whether the service knows.
    HalfDoneSuppression,
    /// One of the first, which are read back.
    Canary,
    /// Somebody who has left.
    Suppression,
    Rest,
}

impl Task {
    /// A step as its row has it, with the service's ids in the place of the plan's own.
    pub(super) fn read(
        row: &Row<'_>,
        ids: &BTreeMap<String, String>,
        turn: Turn,
    ) -> rusqlite::Result<Self> {
        let wrong = |why: String| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, why.into())
        };
        let kind: String = row.get(1)?;
        let address: String = row.get(2)?;
        let before: Option<String> = row.get(3)?;
        let after: Option<String> = row.get(4)?;
        let why: Option<String> = row.get(5)?;
        let stage: Option<String> = row.get(6)?;
        let action = action(&kind, address, before.as_deref(), after.as_deref(), why)
            .and_then(|action| with_ids(action, ids))
            .map_err(wrong)?;
        let stage = match stage {
            None => Stage::Planned,
            Some(stage) => serde_json::from_str(&stage).map_err(|why| wrong(why.to_string()))?,
        };
        Ok(Self {
            id: row.get(0)?,
            action,
            stage,
            turn,
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.action.kind()
    }

    /// Whose step it is.
    pub(crate) fn address(&self) -> &str {
        match &self.action {
            Action::Suppress { before, .. }
            | Action::Update { before, .. }
            | Action::Delete { before } => before.key.as_str(),
            Action::SuppressUnknown { address, .. } => address,
            Action::Create(new) => &new.address,
        }
    }
}

/// How far a step has come, as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Nothing was sent.
    Planned,
    /// This was about to be sent at that time, in milliseconds since 1970. Whether it was carried out isn't known.
    Sent { verb: Verb, at: u64 },
    /// The contact was created, and there is more to do.
    Made { contact: ContactId },
    /// It is over.
    Ended { end: End },
}

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verb {
    Create,
    Replace,
    Unsubscribe,
    Delete,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub(crate) enum End {
    /// As planned.
    Done,
    /// Somebody else did the same meanwhile.
    Already,
    /// The contact has left meanwhile, and stays as it is.
    Protected,
    /// The contact is gone.
    Gone,
    /// Somebody else changed the same meanwhile: what, what was planned, what it was and what it is.
    Conflict { differs: Vec<Differs> },
    /// A contact with this address came meanwhile.
    Taken,
    /// The service refuses it.
    Refused { kind: String, why: String },
}

/// One thing of a contact that isn't as expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Differs {
    pub(crate) label: String,
    pub(crate) before: String,
    pub(crate) planned: String,
    pub(crate) now: String,
}

impl Differs {
    /// Something that isn't what was planned, whatever it was before.
    pub(crate) fn of(label: &str, planned: &str, now: &str) -> Self {
        Self {
            label: label.to_owned(),
            before: String::new(),
            planned: planned.to_owned(),
            now: now.to_owned(),
        }
    }
}

impl End {
    /// Its name, for programs.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already",
            Self::Protected => "protected",
            Self::Gone => "gone",
            Self::Conflict { .. } => "conflict",
            Self::Taken => "taken",
            Self::Refused { .. } => "refused",
        }
    }
}

/// What a step does, as the plan has it.
fn action(
    kind: &str,
    address: String,
    before: Option<&str>,
    after: Option<&str>,
    why: Option<String>,
) -> Result<Action, String> {
    let why = why.unwrap_or_default();
    Ok(match (kind, before, after) {
        ("suppress", Some(before), _) => Action::Suppress {
            before: read(before)?,
            why,
        },
        ("suppress", None, _) => Action::SuppressUnknown { address, why },
        ("update", Some(before), Some(after)) => Action::Update {
            before: read(before)?,
            after: read(after)?,
        },
        ("create", _, Some(after)) => Action::Create(read(after)?),
        ("delete", Some(before), _) => Action::Delete {
            before: read(before)?,
        },
        _ => return Err(format!("a step {kind:?} that says too little")),
    })
}

/// The same with the service's ids in the place of the plan's own.
fn with_ids(action: Action, ids: &BTreeMap<String, String>) -> Result<Action, String> {
    if ids.is_empty() {
        return Ok(action);
    }
    Ok(match action {
        Action::Update { before, mut after } => {
            contact_with_ids(&mut after, ids)?;
            Action::Update { before, after }
        }
        Action::Create(new) => {
            let Creation {
                address,
                mut fields,
                mut lists,
                mut tags,
            } = new;
            for (id, _) in &mut fields {
                exchange(id, ids)?;
            }
            lists.iter_mut().try_for_each(|id| exchange(id, ids))?;
            tags.iter_mut().try_for_each(|id| exchange(id, ids))?;
            Action::Create(Creation {
                address,
                fields,
                lists,
                tags,
            })
        }
        other => other,
    })
}

fn contact_with_ids(contact: &mut Contact, ids: &BTreeMap<String, String>) -> Result<(), String> {
    for field in &mut contact.fields {
        exchange(&mut field.id, ids)?;
    }
    for list in &mut contact.lists {
        exchange(&mut list.id, ids)?;
    }
    for tag in &mut contact.tags {
        exchange(&mut tag.id, ids)?;
    }
    Ok(())
}

fn exchange<I: ToString + DeserializeOwned>(
    id: &mut I,
    ids: &BTreeMap<String, String>,
) -> Result<(), String> {
    if let Some(given) = ids.get(&id.to_string()) {
        let text = serde_json::Value::String(given.clone());
        *id = serde_json::from_value(text).map_err(|why| why.to_string())?;
    }
    Ok(())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|why| why.to_string())
}
