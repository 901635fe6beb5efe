//! Writes a plan beside its place and moves it there when it is whole.

use std::path::{Path, PathBuf};

use benchmark_email::{Structure, contacts::Change};
use rusqlite::{Connection, params};
use serde_json::json;
use tempfile::NamedTempFile;

use super::{APPLICATION_ID, About, FORMAT, FileError, Prerequisite, PrerequisiteKind, seal::seal};
use crate::sync::plan::{Action, Counts, Creation, Kind, Place, Rejected, Step};
use crate::sync::source::Record;

/// A plan that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct PlanWriter {
    file: NamedTempFile,
    path: PathBuf,
    database: Connection,
    structure: Structure,
    prerequisites: Vec<PrerequisiteKind>,
}

impl PlanWriter {
    /// Begins a plan for contacts of this structure.
    ///
    /// # Errors
    ///
    /// When there is a file at this path, or none can be made beside it.
    pub(crate) fn begin(path: &Path, structure: Structure) -> Result<Self, FileError> {
        let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
        if path.exists() {
            return Err(fails(
                &"there is a file already; give the plan another name, or remove it",
            ));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Readable by its owner alone from its first byte.
        let file = tempfile::Builder::new()
            .prefix(".bme-plan-")
            .tempfile_in(folder)
            .map_err(|why| fails(&why))?;
        let database = Connection::open(file.path()).map_err(|why| fails(&why))?;
        database
            .execute_batch(&format!(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;
                 PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};
                 {}
                 CREATE TEMP TABLE taken_back (places TEXT PRIMARY KEY) WITHOUT ROWID;
                 CREATE TEMP TABLE wanted (source TEXT, line INTEGER, PRIMARY KEY (source, line)) WITHOUT ROWID;
                 BEGIN;",
                include_str!("schema.sql")
            ))
            .map_err(|why| fails(&why))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            database,
            structure,
            prerequisites: Vec::new(),
        })
    }

    /// Adds a step.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), FileError> {
        let requests = step.action.requests();
        let kind = step.action.kind();
        let row = Row::of(&step.action, &self.structure).map_err(|why| self.fails(&why))?;
        let places = text(&step.places).map_err(|why| self.fails(&why))?;
        let insert = || {
            self.database
                .prepare_cached(
                    "INSERT INTO step
                     (rank, kind, address, contact, version, places, before, after, changes, why, requests)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    rank(kind),
                    kind.name(),
                    row.address,
                    row.contact,
                    row.version,
                    places,
                    row.before,
                    row.after,
                    row.changes,
                    row.why,
                    requests,
                ])
        };
        insert().map_err(|why| self.fails(&why))?;
        step.places.iter().try_for_each(|place| self.want(place))
    }

    /// Keeps the row at this place, once it comes by.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn want(&mut self, place: &Place) -> Result<(), FileError> {
        let insert = || {
            self.database
                .prepare_cached("INSERT OR IGNORE INTO wanted VALUES (?1, ?2)")?
                .execute(params![place.source, place.line])
        };
        insert().map(drop).map_err(|why| self.fails(&why))
    }

    /// Names a source and its columns.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn source(&mut self, name: &str, columns: &[String]) -> Result<(), FileError> {
        let columns = text(&columns).map_err(|why| self.fails(&why))?;
        let insert = "INSERT OR IGNORE INTO source (name, columns) VALUES (?1, ?2)";
        self.database
            .execute(insert, [name, &*columns])
            .map(drop)
            .map_err(|why| self.fails(&why))
    }

    /// A row of a source comes by: it is kept if a step or a reject comes from it.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn row(&mut self, source: &str, record: &Record) -> Result<(), FileError> {
        let keep = || -> rusqlite::Result<()> {
            let mut is_wanted = self
                .database
                .prepare_cached("SELECT 1 FROM wanted WHERE source = ?1 AND line = ?2")?;
            if is_wanted.exists(params![source, record.line])? {
                let cells: Vec<_> = record.cells().collect();
                let cells = text(&cells)
                    .map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
                self.database
                    .prepare_cached("INSERT OR IGNORE INTO original VALUES (?1, ?2, ?3)")?
                    .execute(params![source, record.line, cells])?;
            }
            Ok(())
        };
        keep().map_err(|why| self.fails(&why))
    }

    /// Takes back the steps of these rows.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn take_back(&mut self, places: &[Place]) -> Result<(), FileError> {
        let places = text(&places).map_err(|why| self.fails(&why))?;
        self.database
            .execute("INSERT OR IGNORE INTO taken_back VALUES (?1)", [places])
            .map(drop)
            .map_err(|why| self.fails(&why))
    }

    /// Adds what must be there before contacts are touched.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn prerequisite(&mut self, wanted: &Prerequisite) -> Result<(), FileError> {
        self.prerequisites.push(wanted.kind);
        self.database
            .execute(
                "INSERT INTO prerequisite (kind, name, stand_in, data_type) VALUES (?1, ?2, ?3, ?4)",
                params![wanted.kind.name(), wanted.name, wanted.stand_in, wanted.data_type],
            )
            .map(drop)
            .map_err(|why| self.fails(&why))
    }

    /// The counts with what applying the plan asks for beyond its steps.
    pub(crate) fn with_overhead(&self, counts: &Counts) -> Counts {
        let is_list = |kind: &&PrerequisiteKind| **kind == PrerequisiteKind::List;
        let lists = self.prerequisites.iter().filter(is_list).count();
        // The lists are read once, and made one by one.
        let lists = if lists == 0 { 0 } else { 1 + lists };
        // Fields and tags are made together: the structure is read again, and replaced.
        let has_labels = self.prerequisites.iter().any(|kind| !is_list(&kind));
        let labels = if has_labels { 2 } else { 0 };
        Counts {
            preparation: u64::try_from(1 + labels + lists).unwrap_or(u64::MAX),
            read_back: counts.worth_reading_back(),
            ..counts.clone()
        }
    }

    /// Completes the plan and moves it to its place.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it; then there is no plan.
    pub(crate) fn finish(self, about: &About, rejected: &[Rejected]) -> Result<(), FileError> {
        let path = self.path.clone();
        let fails = |why: &dyn std::fmt::Display| FileError::new(&path, why);
        let about = About {
            counts: self.with_overhead(&about.counts),
            ..about.clone()
        };
        let about = serde_json::to_string(&about).map_err(|why| fails(&why))?;
        let complete = || {
            self.database.execute_batch(
                "DELETE FROM step WHERE places IN (SELECT places FROM taken_back)
                 AND kind IN ('update', 'delete')",
            )?;
            for row in rejected {
                self.database
                    .prepare_cached(
                        "INSERT INTO rejected (source, line, col, reason) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![
                        row.place.source,
                        row.place.line,
                        row.column,
                        row.reason
                    ])?;
            }
            self.database
                .execute("INSERT INTO plan VALUES ('about', ?1)", [about])?;
            let seal = seal(&self.database)?;
            self.database
                .execute("INSERT INTO plan VALUES ('seal', ?1)", [seal])?;
            self.database
                .execute_batch("COMMIT; CREATE INDEX step_order ON step (rank, id);")
        };
        complete().map_err(|why| fails(&why))?;
        self.database.close().map_err(|(_, why)| fails(&why))?;
        self.file.as_file().sync_all().map_err(|why| fails(&why))?;
        self.file
            .persist_noclobber(&path)
            .map(drop)
            .map_err(|why| fails(&why.error))
    }

    fn fails(&self, why: &dyn std::fmt::Display) -> FileError {
        FileError::new(&self.path, why)
    }
}

/// A step as its table has it.
struct Row {
    address: String,
    contact: Option<String>,
    version: Option<i64>,
    before: Option<String>,
    after: Option<String>,
    changes: String,
    why: Option<String>,
}

impl Row {
    fn of(action: &Action, structure: &Structure) -> Result<Self, serde_json::Error> {
        let nothing = "[]".to_owned();
        Ok(match action {
            Action::Suppress { before, why } => Self {
                address: before.key.as_str().to_owned(),
                contact: Some(before.id.to_string()),
                version: before.version,
                before: Some(text(before)?),
                after: None,
                changes: json!([{ "change": "status", "from": "Active", "to": "Inactive" }])
                    .to_string(),
                why: Some(why.clone()),
            },
            Action::SuppressUnknown { address, why } => Self {
                address: address.clone(),
                contact: None,
                version: None,
                before: None,
                after: Some(text(&Creation {
                    address: address.clone(),
                    ..Creation::default()
                })?),
                changes: json!([{ "change": "status", "from": null, "to": "Inactive" }])
                    .to_string(),
                why: Some(why.clone()),
            },
            Action::Update { before, after } => Self {
                address: before.key.as_str().to_owned(),
                contact: Some(before.id.to_string()),
                version: before.version,
                before: Some(text(before)?),
                after: Some(text(after)?),
                changes: match before.difference(after, structure) {
                    Ok(changes) => text::<Vec<Change<'_>>>(&changes)?,
                    Err(_) => nothing,
                },
                why: None,
            },
            Action::Create(new) => Self {
                address: new.address.clone(),
                contact: None,
                version: None,
                before: None,
                after: Some(text(new)?),
                changes: changes_of(new, structure),
                why: None,
            },
            Action::Delete { before } => Self {
                address: before.key.as_str().to_owned(),
                contact: Some(before.id.to_string()),
                version: before.version,
                before: Some(text(before)?),
                after: None,
                changes: nothing,
                why: None,
            },
        })
    }
}

/// What a creation sets, told as the differences of an update are.
fn changes_of(new: &Creation, structure: &Structure) -> String {
    let fields = new.fields.iter().map(|(id, value)| {
        let field = structure.field_by_id(id);
        let label = field.map_or(id.as_str(), |field| field.label.as_str());
        json!({ "change": "field", "id": id, "label": label, "from": null, "to": value })
    });
    let lists = new
        .lists
        .iter()
        .map(|id| json!({ "change": "list_added", "id": id }));
    let tags = new.tags.iter().map(|id| {
        let tag = structure.tags().iter().find(|tag| tag.id == *id);
        let label = tag.map_or(id.as_str(), |tag| tag.label.as_str());
        json!({ "change": "tag_added", "id": id, "label": label })
    });
    serde_json::Value::Array(fields.chain(lists).chain(tags).collect()).to_string()
}

fn text<T: serde::Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
}

fn rank(kind: Kind) -> i64 {
    match kind {
        Kind::Suppress => 1,
        Kind::Update => 2,
        Kind::Create => 3,
        Kind::Delete => 4,
    }
}
