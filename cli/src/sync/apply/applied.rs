//! What a plan did to whom, to be held against the account. Nothing is written.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use benchmark_email::Contact;
use rusqlite::Connection;

use super::task::{COLUMNS, NEXT_COLUMN, Task, Turn};
use crate::sync::{About, FileError, PlanFile, Prerequisite, file::Tally, plan::Place};

/// The steps of a plan, found by their contacts.
#[derive(Debug)]
pub(crate) struct Applied {
    path: PathBuf,
    database: Connection,
    about: About,
    prerequisites: Vec<Prerequisite>,
    tally: Tally,
    /// The ids that the service gave to what the plan calls by others.
    ids: BTreeMap<String, String>,
    /// Steps by the contact's id, or by its address where the plan creates it.
    steps: HashMap<String, Waiting>,
}

/// A step whose contact may come by.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    step: i64,
    is_met: bool,
}

/// A step, and whose it is.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) task: Task,
    /// The rows that asked for it.
    pub(crate) places: Vec<Place>,
    /// Whether another contact came by for it before.
    pub(crate) is_again: bool,
}

impl Applied {
    /// Opens a plan to look at what it did.
    ///
    /// # Errors
    ///
    /// When it isn't a plan, isn't whole, was changed by hand, scrubbed, or moved without its journal.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        let plan = PlanFile::open_sealed(path)?;
        let (about, prerequisites, tally) =
            (plan.about.clone(), plan.prerequisites()?, plan.tally()?);
        let database = plan.into_database();
        let steps = steps(&database).map_err(|why| FileError::new(path, why))?;
        Ok(Self {
            path: path.to_owned(),
            database,
            about,
            prerequisites,
            tally,
            ids: BTreeMap::new(),
            steps,
        })
    }

    pub(crate) fn about(&self) -> &About {
        &self.about
    }

    /// What the plan made before contacts were touched.
    pub(crate) fn prerequisites(&self) -> &[Prerequisite] {
        &self.prerequisites
    }

    /// How many steps ended how.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// From now on steps have these ids in the place of the plan's own.
    pub(crate) fn call(&mut self, ids: BTreeMap<String, String>) {
        self.ids = ids;
    }

    /// The step on this contact.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn on(&mut self, contact: &Contact) -> Result<Option<Met>, FileError> {
        let by_id = self.steps.contains_key(contact.id.as_str());
        let whose = if by_id {
            contact.id.to_string()
        } else {
            folded(contact.key.as_str())
        };
        let Some(waiting) = self.steps.get_mut(&whose) else {
            return Ok(None);
        };
        let is_again = std::mem::replace(&mut waiting.is_met, true);
        let step = waiting.step;
        self.read(step, is_again).map(Some)
    }

    /// Hands over the steps that no contact came by for, in order.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or whatever `take` says.
    pub(crate) fn others<E: From<FileError>>(
        &self,
        mut take: impl FnMut(Met) -> Result<(), E>,
    ) -> Result<(), E> {
        let left = self.steps.values().filter(|waiting| !waiting.is_met);
        let mut left: Vec<i64> = left.map(|waiting| waiting.step).collect();
        left.sort_unstable();
        left.into_iter()
            .try_for_each(|step| take(self.read(step, false)?))
    }

    fn read(&self, step: i64, is_again: bool) -> Result<Met, FileError> {
        let read = || {
            let mut query = self.database.prepare_cached(&format!(
                "SELECT {COLUMNS}, step.places
                 FROM step LEFT JOIN outcome ON outcome.step = step.id WHERE step.id = ?1"
            ))?;
            query.query_row([step], |row| {
                let places: String = row.get(NEXT_COLUMN)?;
                let places = serde_json::from_str(&places).unwrap_or_default();
                Ok(Met {
                    task: Task::read(row, &self.ids, Turn::Rest)?,
                    places,
                    is_again,
                })
            })
        };
        read().map_err(|why| FileError::new(&self.path, why))
    }
}

/// All steps by whom they are about. An id and an address are never alike.
fn steps(database: &Connection) -> rusqlite::Result<HashMap<String, Waiting>> {
    let mut query = database.prepare("SELECT id, contact, address FROM step")?;
    let rows = query.query_map([], |row| {
        let (contact, address): (Option<String>, String) = (row.get(1)?, row.get(2)?);
        let waiting = Waiting {
            step: row.get(0)?,
            is_met: false,
        };
        Ok((contact.unwrap_or_else(|| folded(&address)), waiting))
    })?;
    rows.collect()
}

fn folded(address: &str) -> String {
    address.to_ascii_lowercase()
}
