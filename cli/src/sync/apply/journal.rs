//! What was sent and what came of it, in the plan's own file: so a plan can be moved, and goes on where it was.
//!
//! While a plan is applied the file has a write-ahead log beside it, and each commit is on the disk before it returns.
//! A run that ends by itself leaves one file.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use super::{
    run::Book,
    task::{COLUMNS, End, NEXT_COLUMN, Stage, Task, Turn},
};
use crate::sync::{
    About, FileError, PlanFile, Prerequisite,
    file::{Tally, tally},
    plan::{Place, READ_BACK},
};

/// So many steps are read at a time.
const AT_ONCE: i64 = 64;

/// The rank of suppressions, which come before all others.
const SUPPRESSIONS: i64 = 1;

/// A plan that is being applied.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    database: Connection,
    about: About,
    prerequisites: Vec<Prerequisite>,
    run: i64,
    /// Steps that come out of order, by their numbers.
    first: VecDeque<(i64, Turn)>,
    open: VecDeque<i64>,
    passed: HashSet<i64>,
    ahead: VecDeque<Task>,
    part: Part,
    /// Where the reading in order stands: rank and number.
    at: (i64, i64),
    /// The ids that the service gave to what the plan calls by others.
    ids: BTreeMap<String, String>,
    is_writing: bool,
}

/// What is read in order: what was in flight comes between the suppressions and the rest.
#[derive(Clone, Copy, Debug)]
enum Part {
    Suppressions,
    Open,
    Rest,
}

impl Journal {
    /// Opens a plan to apply it. Nobody else may: take the [`Lock`](super::Lock) first.
    ///
    /// # Errors
    ///
    /// When it isn't a plan, isn't whole, was changed by hand, or was moved without its journal; or when the disk
    /// doesn't take what is written.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
        let plan = PlanFile::open_sealed(path)?;
        let (about, prerequisites) = (plan.about.clone(), plan.prerequisites()?);
        drop(plan);
        let database = Connection::open(path).map_err(|why| fails(&why))?;
        let begun = begin(&database);
        let run = begun.map_err(|why| fails(&format!("the journal can't be written: {why}")))?;
        let mut journal = Self {
            path: path.to_owned(),
            database,
            about,
            prerequisites,
            run,
            first: VecDeque::new(),
            open: VecDeque::new(),
            passed: HashSet::new(),
            ahead: VecDeque::new(),
            part: Part::Suppressions,
            at: (0, 0),
            ids: BTreeMap::new(),
            is_writing: false,
        };
        journal.look().map_err(|why| journal.fails(&why))?;
        Ok(journal)
    }

    pub(crate) fn about(&self) -> &About {
        &self.about
    }

    /// Begins with some steps of each kind, which are read back.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn choose_canaries(&mut self) -> Result<(), FileError> {
        let chosen = canaries(&self.database).map_err(|why| self.fails(&why))?;
        let chosen = chosen.into_iter().map(|step| (step, Turn::Canary));
        self.first.extend(chosen);
        Ok(())
    }

    /// Whether the first steps were read back and were as planned.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn learned(&self, what: &str) -> Result<Option<String>, FileError> {
        self.database
            .query_row("SELECT value FROM learned WHERE key = ?1", [what], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|why| self.fails(&why))
    }

    /// Remembers something for later runs.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn learn(&self, what: &str, value: &str) -> Result<(), FileError> {
        let learn = "INSERT INTO learned VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.database
            .execute(learn, params![what, value])
            .map(drop)
            .map_err(|why| self.fails(&why))
    }

    /// What has to be made before contacts are touched.
    pub(crate) fn prerequisites(&self) -> &[Prerequisite] {
        &self.prerequisites
    }

    /// From now on steps have these ids in the place of the plan's own.
    pub(crate) fn call(&mut self, ids: BTreeMap<String, String>) {
        self.ids = ids;
    }

    /// Puts what was noted on the disk.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it: nothing may be sent then.
    pub(crate) fn commit(&mut self) -> Result<(), FileError> {
        if std::mem::take(&mut self.is_writing) {
            self.database
                .execute_batch("COMMIT")
                .map_err(|why| self.fails(&why))?;
        }
        Ok(())
    }

    /// How many steps ended how.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn tally(&self) -> Result<Tally, FileError> {
        tally(&self.database).map_err(|why| self.fails(&why))
    }

    /// Hands over what didn't become as planned.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or whatever `take` says.
    pub(crate) fn rejects<E: From<FileError>>(
        &self,
        mut take: impl FnMut(&Task, &[Place]) -> Result<(), E>,
    ) -> Result<(), E> {
        let fails = |why: rusqlite::Error| E::from(self.fails(&why));
        let mut query = self
            .database
            .prepare(&format!(
                "SELECT {COLUMNS}, step.places
                 FROM outcome JOIN step ON step.id = outcome.step
                 WHERE outcome.ended IS NULL OR outcome.ended NOT IN ('done', 'already', 'protected')
                 ORDER BY step.rank, step.id"
            ))
            .map_err(fails)?;
        let mut rows = query.query([]).map_err(fails)?;
        while let Some(row) = rows.next().map_err(fails)? {
            let task = Task::read(row, &self.ids, Turn::Rest).map_err(fails)?;
            let places: String = row.get(NEXT_COLUMN).map_err(fails)?;
            let places: Vec<Place> = serde_json::from_str(&places).unwrap_or_default();
            take(&task, &places)?;
        }
        Ok(())
    }

    /// Ends the run: what is left is one file.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn close(mut self) -> Result<(), FileError> {
        self.commit()?;
        let end = "UPDATE run SET ended = unixepoch() WHERE id = ?1";
        self.database
            .execute(end, [self.run])
            .map_err(|why| self.fails(&why))?;
        let mode = self
            .database
            .pragma_update_and_check(None, "journal_mode", "DELETE", |row| {
                row.get::<_, String>(0)
            });
        match mode {
            // Somebody reads the plan just now: the log stays, and is whole.
            Err(why) if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            mode => mode.map(drop).map_err(|why| self.fails(&why)),
        }
    }

    /// What an earlier run left.
    fn look(&mut self) -> rusqlite::Result<()> {
        let mut query = self.database.prepare(
            "SELECT outcome.step, step.rank FROM outcome JOIN step ON step.id = outcome.step
             WHERE outcome.ended IS NULL ORDER BY step.rank, step.id",
        )?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            match row? {
                (step, SUPPRESSIONS) => self.first.push_back((step, Turn::HalfDoneSuppression)),
                (step, _) => self.open.push_back(step),
            }
        }
        Ok(())
    }

    fn one(&mut self, step: i64, turn: Turn) -> Result<Task, FileError> {
        self.passed.insert(step);
        let read = || {
            self.database.query_row(
                &format!(
                    "SELECT {COLUMNS}
                     FROM step LEFT JOIN outcome ON outcome.step = step.id WHERE step.id = ?1"
                ),
                [step],
                |row| Task::read(row, &self.ids, turn),
            )
        };
        read().map_err(|why| self.fails(&why))
    }

    fn read_ahead(&mut self, last_rank: i64) -> Result<(), FileError> {
        let read = || {
            let mut query = self.database.prepare_cached(&format!(
                "SELECT {COLUMNS}, step.rank
                 FROM step LEFT JOIN outcome ON outcome.step = step.id
                 WHERE outcome.step IS NULL AND (step.rank, step.id) > (?1, ?2) AND step.rank <= ?4
                 ORDER BY step.rank, step.id LIMIT ?3"
            ))?;
            let rows =
                query.query_map(params![self.at.0, self.at.1, AT_ONCE, last_rank], |row| {
                    let rank: i64 = row.get(NEXT_COLUMN)?;
                    let turn = if rank == SUPPRESSIONS {
                        Turn::Suppression
                    } else {
                        Turn::Rest
                    };
                    Ok((rank, Task::read(row, &self.ids, turn)?))
                })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let tasks = read().map_err(|why| self.fails(&why))?;
        if let Some((rank, last)) = tasks.last() {
            self.at = (*rank, last.id);
        }
        self.ahead.extend(tasks.into_iter().map(|(_, task)| task));
        Ok(())
    }

    fn fails(&self, why: &dyn std::fmt::Display) -> FileError {
        FileError::new(&self.path, why)
    }
}

impl Book for Journal {
    type Error = FileError;

    fn next_task(&mut self) -> Result<Option<Task>, FileError> {
        if let Some((step, turn)) = self.first.pop_front() {
            return self.one(step, turn).map(Some);
        }
        loop {
            if let Some(task) = self.ahead.pop_front() {
                if !self.passed.contains(&task.id) {
                    return Ok(Some(task));
                }
                continue;
            }
            match self.part {
                Part::Suppressions => {
                    self.read_ahead(SUPPRESSIONS)?;
                    if self.ahead.is_empty() {
                        self.part = Part::Open;
                    }
                }
                Part::Open => match self.open.pop_front() {
                    Some(step) => return self.one(step, Turn::Rest).map(Some),
                    None => self.part = Part::Rest,
                },
                Part::Rest => {
                    self.read_ahead(i64::MAX)?;
                    if self.ahead.is_empty() {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn note(&mut self, task: &Task) -> Result<(), FileError> {
        let write = || {
            if !self.is_writing {
                self.database.execute_batch("BEGIN IMMEDIATE")?;
            }
            if task.stage == Stage::Planned {
                let forget = "DELETE FROM outcome WHERE step = ?1";
                return self.database.execute(forget, [task.id]);
            }
            let (end, stage) = (end_of(&task.stage), serde_json::to_string(&task.stage));
            let stage = stage.map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
            let write =
                "INSERT INTO outcome (step, kind, stage, ended, run) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (step) DO UPDATE
                         SET stage = excluded.stage, ended = excluded.ended, run = excluded.run";
            self.database.prepare_cached(write)?.execute(params![
                task.id,
                task.kind().name(),
                stage,
                end.map(End::name),
                self.run
            ])
        };
        let written = write();
        self.is_writing = true;
        written.map(drop).map_err(|why| self.fails(&why))
    }
}

fn end_of(stage: &Stage) -> Option<&End> {
    match stage {
        Stage::Ended { end } => Some(end),
        _ => None,
    }
}

/// Turns the log on and notes that a run began, so that a plan that is moved without its log is known for one.
fn begin(database: &Connection) -> rusqlite::Result<i64> {
    let mode: String =
        database.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "cache_size", -4096)?;
    let synchronous: i64 = database.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if mode != "wal" || synchronous != 2 {
        let why = format!("the disk doesn't keep a journal: {mode}, synchronous {synchronous}");
        return Err(rusqlite::Error::InvalidParameterName(why));
    }
    database.execute("INSERT INTO run (began) VALUES (unixepoch())", [])?;
    let run = database.last_insert_rowid();
    // The file itself has to say so, not the log alone.
    database.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()))?;
    Ok(run)
}

/// The first steps of each kind in turn that nothing was sent for.
fn canaries(database: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut query = database.prepare(
        "SELECT id FROM (SELECT id, rank FROM (
             SELECT step.id, rank, row_number() OVER (PARTITION BY rank ORDER BY step.id) AS place
             FROM step LEFT JOIN outcome ON outcome.step = step.id WHERE outcome.step IS NULL
         ) WHERE place <= ?1 ORDER BY place, rank LIMIT ?1) ORDER BY rank, id",
    )?;
    let most = i64::try_from(READ_BACK).unwrap_or(5);
    let chosen = query.query_map([most], |row| row.get(0))?;
    chosen.collect()
}
