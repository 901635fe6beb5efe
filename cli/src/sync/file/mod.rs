//! The plan as a file: one `SQLite` database that is whole or isn't there, readable by its owner alone.
//!
//! `docs/plan-format.md` describes it. The API key is not in it; addresses and values are.

mod read;
mod scrub;
mod seal;
mod write;

use std::{collections::BTreeMap, fmt, path::PathBuf, time::SystemTime};

use serde::{Deserialize, Serialize};

use super::plan::Counts;
pub(crate) use read::{PlanFile, StoredStep, Tally, tally};
pub(crate) use scrub::scrub;
pub(crate) use write::PlanWriter;

/// `BMEP`, by which `file` and we know a plan.
pub(crate) const APPLICATION_ID: i32 = 0x424d_4550;
/// The version of the tables.
pub(crate) const FORMAT: i32 = 1;

/// What a plan is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    /// Where the account is asked.
    pub(crate) base_url: String,
    /// How the operator calls the account.
    pub(crate) account: String,
    /// The structure of all its contacts, to the letter.
    pub(crate) structure: Box<serde_json::value::RawValue>,
    /// The name under which plans of one job are compared.
    pub(crate) name: Option<String>,
    /// When it was made, in seconds since 1970 by this machine's clock.
    pub(crate) made_at: u64,
    /// The version of `bme` that made it.
    pub(crate) made_by: String,
    /// The sources, by their names.
    pub(crate) sources: Vec<String>,
    /// What was found out about the sources.
    pub(crate) notes: Vec<String>,
    /// Names of lists by id, so that differences can be read without the account.
    pub(crate) lists: BTreeMap<String, String>,
    /// What the account had left when the plan was made.
    pub(crate) budget: BudgetThen,
    pub(crate) counts: Counts,
}

/// What the account had left when the plan was made.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct BudgetThen {
    /// Requests that an hour allows.
    pub(crate) hour: Option<u64>,
    /// Requests that were left of it.
    pub(crate) hour_left: Option<u64>,
    /// Requests that a month allows.
    pub(crate) month: Option<u64>,
    /// Requests that were left of it.
    pub(crate) month_left: Option<u64>,
}

impl About {
    pub(crate) fn seconds_now() -> u64 {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }
}

/// Something that must be there before contacts are touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prerequisite {
    pub(crate) kind: PrerequisiteKind,
    pub(crate) name: String,
    /// The id that the plan uses for it.
    pub(crate) stand_in: String,
    /// Of a field.
    pub(crate) data_type: Option<String>,
}

impl Prerequisite {
    /// As its row has it; none where it is of a kind that this version doesn't know.
    pub(crate) fn read(
        kind: &str,
        name: String,
        stand_in: String,
        data_type: Option<String>,
    ) -> Option<Self> {
        use PrerequisiteKind::{Field, List, Tag};

        let kind = [Field, Tag, List]
            .into_iter()
            .find(|known| known.name() == kind)?;
        Some(Self {
            kind,
            name,
            stand_in,
            data_type,
        })
    }
}

/// As people call it: `list "News"`.
impl fmt::Display for Prerequisite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.kind.name(), self.name)
    }
}

/// What is made, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrerequisiteKind {
    Field,
    Tag,
    List,
}

impl PrerequisiteKind {
    fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Tag => "tag",
            Self::List => "list",
        }
    }
}

/// A plan file that can't be written, or isn't one that this version reads.
#[derive(Debug)]
pub(crate) struct FileError {
    pub(crate) path: PathBuf,
    pub(crate) why: String,
}

impl FileError {
    pub(crate) fn new(path: impl Into<PathBuf>, why: impl fmt::Display) -> Self {
        Self {
            path: path.into(),
            why: why.to_string(),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for FileError {}
