//! What would change, and why: sources and an account in, steps out. Pure: nothing is sent, printed or kept here.
//!
//! The sources are read three times, with memory for one record and 32 bytes for each: once to learn how their
//! columns write dates and numbers, once to find whose row each record is ([`Index`]), and then record by record again
//! when its contact comes by; a last time to keep the rows of which something comes. The account is read once, in whatever order it comes.

mod guards;
mod index;
mod planner;
mod prepare;

use std::collections::BTreeMap;

use benchmark_email::{Contact, FieldId, ListId, TagId, Value};
use serde::{Deserialize, Serialize};

pub(crate) use guards::{Guards, Limit};
pub(crate) use planner::{Decision, Parts, Planner, Settings};
pub(crate) use prepare::{Given, Input, Prepared, Stop, prepare};

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The name of its source.
    pub(crate) source: String,
    /// The line of its source, from 1.
    pub(crate) line: u64,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) places: Vec<Place>,
    pub(crate) action: Action,
}

/// What a step does. Contacts are whole, to the letter, as they were and as they would be.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Unsubscribes somebody who has left.
    Suppress { before: Box<Contact>, why: String },
    /// Creates somebody whom the account doesn't know, on no list, and unsubscribes them at once.
    SuppressUnknown { address: String, why: String },
    /// Replaces a contact.
    Update {
        before: Box<Contact>,
        after: Box<Contact>,
    },
    /// Creates a contact.
    Create(Creation),
    /// Deletes a contact.
    Delete { before: Box<Contact> },
}

/// A contact that would be created.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Creation {
    pub(crate) address: String,
    pub(crate) fields: Vec<(FieldId, Value)>,
    pub(crate) lists: Vec<ListId>,
    pub(crate) tags: Vec<TagId>,
}

impl Action {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Suppress { .. } | Self::SuppressUnknown { .. } => Kind::Suppress,
            Self::Update { .. } => Kind::Update,
            Self::Create(_) => Kind::Create,
            Self::Delete { .. } => Kind::Delete,
        }
    }

    /// How many requests it takes where nothing goes wrong. A creation with tags may take one more, if the service
    /// doesn't take tags there.
    pub(crate) fn requests(&self) -> u64 {
        match self {
            Self::SuppressUnknown { .. } => 2,
            // What a search found has no version, and is read again before it is replaced.
            Self::Update { before, .. } if before.version.is_none() => 2,
            Self::Suppress { .. } | Self::Update { .. } | Self::Create(_) | Self::Delete { .. } => {
                1
            }
        }
    }
}

/// The kinds of steps on contacts, in the order in which they are done.
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Suppress,
    Update,
    Create,
    Delete,
}

impl Kind {
    /// As plans and programs have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Suppress => "suppress",
            Self::Update => "update",
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }
}

/// A record that gives no step, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) place: Place,
    /// The column that is to blame, by its name.
    pub(crate) column: Option<String>,
    pub(crate) reason: String,
}

/// So many of the first steps are read back.
pub(crate) const READ_BACK: u64 = 5;
/// Below so many steps none is: that would be a large part of them.
const WORTH_READING_BACK: u64 = 50;

/// How many records became what, and what the account holds.
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// All records of all sources.
    pub(crate) records: u64,
    /// Those with nothing in them.
    pub(crate) blank: u64,
    /// Those that can't be taken.
    pub(crate) rejected: u64,
    /// Those that are one with an earlier one.
    pub(crate) merged: u64,
    /// Those whose contact is so already.
    pub(crate) unchanged: u64,
    /// Those whose contact has left and stays as it is.
    pub(crate) protected: u64,
    /// Those that give a step.
    pub(crate) planned: u64,
    /// Steps by kind.
    pub(crate) steps: BTreeMap<Kind, u64>,
    /// Requests of the steps, by kind.
    pub(crate) requests: BTreeMap<Kind, u64>,
    /// Requests before any contact is touched: the structure is read, and what the plan needs of fields, tags and
    /// lists is made.
    #[serde(default)]
    pub(crate) preparation: u64,
    /// Requests that read the first steps back.
    #[serde(default)]
    pub(crate) read_back: u64,
    /// Steps on contacts that no record speaks of: those that leave a mirrored list.
    pub(crate) mirrored: u64,
    /// Contacts of the account in this structure.
    pub(crate) contacts: u64,
    /// Those of them that are active.
    pub(crate) active: u64,
    /// Contacts that no record speaks of and that stay as they are.
    pub(crate) untouched: u64,
    /// Active contacts that would be unsubscribed.
    pub(crate) unsubscribed: u64,
}

impl Counts {
    /// Whether every record is accounted for.
    pub(crate) fn add_up(&self) -> bool {
        self.blank + self.rejected + self.merged + self.unchanged + self.protected + self.planned
            == self.records
    }

    /// Records that can be taken.
    pub(crate) fn valid(&self) -> u64 {
        self.records.saturating_sub(self.blank + self.rejected)
    }

    /// Whether there is no record that says anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.valid() == 0
    }

    /// Counts a step.
    pub(crate) fn step(&mut self, action: &Action) {
        *self.steps.entry(action.kind()).or_default() += 1;
        *self.requests.entry(action.kind()).or_default() += action.requests();
    }

    /// Requests that applying the plan takes where nothing goes wrong.
    pub(crate) fn all_requests(&self) -> u64 {
        self.requests.values().sum::<u64>() + self.preparation + self.read_back
    }

    /// How many steps are read back: none where that would be a large part of them.
    pub(crate) fn worth_reading_back(&self) -> u64 {
        match self.steps.values().sum() {
            0..WORTH_READING_BACK => 0,
            _ => READ_BACK,
        }
    }

    pub(crate) fn of(&self, kind: Kind) -> u64 {
        self.steps.get(&kind).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod forgotten;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
