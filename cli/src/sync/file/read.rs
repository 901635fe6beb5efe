//! Reads a plan, once it is sure that it is one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::sync::plan::{Creation, Place};

use super::{APPLICATION_ID, About, FORMAT, FileError, Prerequisite, seal::seal};

/// A plan that was made.
#[derive(Debug)]
pub(crate) struct PlanFile {
    path: PathBuf,
    database: Connection,
    pub(crate) about: About,
}

/// A step as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredStep {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) changes: serde_json::Value,
    pub(crate) places: serde_json::Value,
    pub(crate) why: Option<String>,
    pub(crate) requests: u64,
}

impl PlanFile {
    /// What reads the file.
    pub(crate) fn into_database(self) -> Connection {
        self.database
    }

    /// Opens a plan to look at it.
    ///
    /// # Errors
    ///
    /// When there is none, it is something else, of another version, or not whole.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
        let plan = Self::glance(path)?;
        let database = &plan.database;
        let whole: String = database
            .pragma_query_value(None, "quick_check", |row| row.get(0))
            .map_err(|why| fails(&format!("the plan is damaged: {why}")))?;
        if whole != "ok" {
            return Err(fails(&format!("the plan is damaged: {whole}")));
        }
        Ok(plan)
    }

    /// The same without reading the whole file.
    ///
    /// # Errors
    ///
    /// When there is none, it is something else, or of another version.
    pub(crate) fn glance(path: &Path) -> Result<Self, FileError> {
        let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
        if !path.is_file() {
            return Err(fails(&"there is no such plan"));
        }
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|why| fails(&why))?;
        let pragma = |name: &str| database.pragma_query_value(None, name, |row| row.get(0));
        let application: i32 =
            pragma("application_id").map_err(|why| match why.sqlite_error_code() {
                Some(rusqlite::ErrorCode::NotADatabase) => fails(&"this is no plan of bme"),
                _ => fails(&format!("the plan is damaged: {why}")),
            })?;
        if application != APPLICATION_ID {
            return Err(fails(&"this is no plan of bme"));
        }
        let format: i32 = pragma("user_version").map_err(|why| fails(&why))?;
        if format != FORMAT {
            return Err(fails(&format!(
                "the plan has format {format}, this bme reads {FORMAT}: use the bme that made it, or plan again"
            )));
        }
        let about: Option<String> = database
            .query_row("SELECT value FROM plan WHERE key = 'about'", [], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|why| fails(&why))?;
        let about = about
            .as_deref()
            .and_then(|about| serde_json::from_str(about).ok())
            .ok_or_else(|| fails(&"the plan doesn't say what it is about: it isn't whole"))?;
        Ok(Self {
            path: path.to_owned(),
            database,
            about,
        })
    }

    /// How many steps ended how, by kind.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn tally(&self) -> Result<Tally, FileError> {
        tally(&self.database).map_err(|why| FileError::new(&self.path, why))
    }

    /// Opens a plan to apply it, or to hold the account against it: it must be what was planned, and have its
    /// journal.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); and when it was changed after it was made, or moved without its journal.
    pub(crate) fn open_sealed(path: &Path) -> Result<Self, FileError> {
        let log = log_of(path);
        let has_log = log.exists();
        let plan = Self::open(path)?;
        let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
        let text = |sql: &str| -> rusqlite::Result<Option<String>> {
            plan.database
                .query_row(sql, [], |row| row.get(0))
                .optional()
        };
        let noted = text("SELECT value FROM plan WHERE key = 'seal'").map_err(|why| fails(&why))?;
        let seal = seal(&plan.database).map_err(|why| fails(&why))?;
        if noted.as_deref() != Some(seal.as_str()) {
            return Err(fails(
                &"the plan was changed after it was made, so that nobody knows what it does: plan again",
            ));
        }
        let scrubbed = text("SELECT value FROM plan WHERE key = 'scrubbed'");
        if scrubbed.map_err(|why| fails(&why))?.is_some() {
            return Err(fails(
                &"the plan was scrubbed: it doesn't say any more what it does",
            ));
        }
        let unfinished =
            text("SELECT 'yes' FROM run WHERE ended IS NULL AND id = (SELECT max(id) FROM run)")
                .map_err(|why| fails(&why))?;
        if unfinished.is_some() && !has_log {
            return Err(fails(&format!(
                "the last run was killed, and its journal {} isn't here: bring it along with the plan",
                log.display()
            )));
        }
        Ok(plan)
    }

    /// What is made before contacts are touched.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn prerequisites(&self) -> Result<Vec<Prerequisite>, FileError> {
        let read = || {
            let mut query = self
                .database
                .prepare("SELECT kind, name, stand_in, data_type FROM prerequisite ORDER BY id")?;
            let rows = query.query_map([], |row| {
                let kind: String = row.get(0)?;
                Ok(Prerequisite::read(
                    &kind,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                ))
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let all = read().map_err(|why| FileError::new(&self.path, why))?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Hands over the steps of a kind, or all, in order; as many as are asked for.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or whatever `take` says.
    pub(crate) fn steps<E: From<FileError>>(
        &self,
        kind: Option<&str>,
        most: Option<u64>,
        mut take: impl FnMut(StoredStep) -> Result<(), E>,
    ) -> Result<(), E> {
        let fails = |why: rusqlite::Error| E::from(FileError::new(&self.path, why));
        let mut query = self
            .database
            .prepare_cached(
                "SELECT id, kind, address, changes, places, why, requests FROM step
                 WHERE ?1 IS NULL OR kind = ?1 ORDER BY rank, id LIMIT ?2",
            )
            .map_err(fails)?;
        let most = most.and_then(|most| i64::try_from(most).ok()).unwrap_or(-1);
        let mut rows = query.query(params![kind, most]).map_err(fails)?;
        while let Some(row) = rows.next().map_err(fails)? {
            let json = |column: usize| -> rusqlite::Result<serde_json::Value> {
                let text: String = row.get(column)?;
                Ok(serde_json::from_str(&text).unwrap_or_default())
            };
            let step = || -> rusqlite::Result<StoredStep> {
                Ok(StoredStep {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    address: row.get(2)?,
                    changes: json(3)?,
                    places: json(4)?,
                    why: row.get(5)?,
                    requests: row.get(6)?,
                })
            };
            take(step().map_err(fails)?)?;
        }
        Ok(())
    }

    /// The sources that the plan keeps rows of, in order, each with its columns.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn sources(&self) -> Result<Vec<(String, Vec<String>)>, FileError> {
        let read = || {
            let mut query = self
                .database
                .prepare("SELECT name, columns FROM source ORDER BY id")?;
            let rows = query.query_map([], |row| {
                let columns: String = row.get(1)?;
                Ok((
                    row.get(0)?,
                    serde_json::from_str(&columns).unwrap_or_default(),
                ))
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|why| FileError::new(&self.path, why))
    }

    /// The cells of the row at this place, if the plan keeps it.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn original(&self, place: &Place) -> Result<Option<Vec<String>>, FileError> {
        let read = || {
            let mut query = self
                .database
                .prepare_cached("SELECT cells FROM original WHERE source = ?1 AND line = ?2")?;
            query
                .query_row(params![place.source, place.line], |row| row.get(0))
                .optional()
        };
        let cells: Option<String> =
            read().map_err(|why: rusqlite::Error| FileError::new(&self.path, why))?;
        Ok(cells.and_then(|cells| serde_json::from_str(&cells).ok()))
    }

    /// Hands over the contacts to be created that nothing was sent for, those of the same lists one after the other.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or the plan was scrubbed; or whatever `take` says.
    pub(crate) fn creations<E: From<FileError>>(
        &self,
        mut take: impl FnMut(Creation) -> Result<(), E>,
    ) -> Result<(), E> {
        let fails = |why: &dyn std::fmt::Display| E::from(FileError::new(&self.path, why));
        let mut query = self
            .database
            .prepare_cached(
                "SELECT after FROM step WHERE kind = 'create'
                 AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.step = step.id)
                 ORDER BY json_extract(after, '$.lists'), id",
            )
            .map_err(|why| fails(&why))?;
        let mut rows = query.query([]).map_err(|why| fails(&why))?;
        while let Some(row) = rows.next().map_err(|why| fails(&why))? {
            let after: Option<String> = row.get(0).map_err(|why| fails(&why))?;
            let after = after.ok_or_else(|| fails(&"the plan was scrubbed: it names nobody"))?;
            take(serde_json::from_str(&after).map_err(|why| fails(&why))?)?;
        }
        Ok(())
    }

    /// Hands over the records that can't be taken: source, line, column, reason.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or whatever `take` says.
    pub(crate) fn rejected<E: From<FileError>>(
        &self,
        most: Option<u64>,
        mut take: impl FnMut(super::super::plan::Rejected) -> Result<(), E>,
    ) -> Result<(), E> {
        let fails = |why: rusqlite::Error| E::from(FileError::new(&self.path, why));
        let mut query = self
            .database
            .prepare_cached("SELECT source, line, col, reason FROM rejected ORDER BY id LIMIT ?1")
            .map_err(fails)?;
        let most = most.and_then(|most| i64::try_from(most).ok()).unwrap_or(-1);
        let rows = query
            .query_map([most], |row| {
                Ok(super::super::plan::Rejected {
                    place: super::super::plan::Place {
                        source: row.get(0)?,
                        line: row.get(1)?,
                    },
                    column: row.get(2)?,
                    reason: row.get(3)?,
                })
            })
            .map_err(fails)?;
        for row in rows {
            take(row.map_err(fails)?)?;
        }
        Ok(())
    }
}

/// How many steps ended how, by kind; `open` are those of which it isn't known.
pub(crate) type Tally = BTreeMap<(String, String), u64>;

pub(crate) fn tally(database: &Connection) -> rusqlite::Result<Tally> {
    let mut query = database.prepare(
        "SELECT kind, coalesce(ended, 'open'), count(*) FROM outcome GROUP BY kind, ended",
    )?;
    let rows = query.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    rows.collect()
}

/// The write-ahead log beside a plan that is being applied, or whose last run was killed.
fn log_of(path: &Path) -> PathBuf {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut log = real.into_os_string();
    log.push("-wal");
    log.into()
}
