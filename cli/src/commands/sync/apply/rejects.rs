//! What didn't become as planned, given back as it came: the source's own rows, each with the reason and advice behind
//! it. Mended, such a file can be planned from again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    output::{Failure, replace_file},
    sync::{
        FileError, Place, PlanFile,
        apply::{Differs, End, Journal, Stage, Task},
    },
};

/// What comes behind the source's own columns; a source's column of such a name is one of ours, given back before.
const NOTES: [&str; 10] = [
    "bme:source",
    "bme:line",
    "bme:email",
    "bme:outcome",
    "bme:what",
    "bme:planned",
    "bme:before",
    "bme:now",
    "bme:reason",
    "bme:advice",
];

/// The files with the rows of the sources, in their order.
#[derive(Debug, Default)]
pub(super) struct Rejects {
    pub(super) rows: usize,
    pub(super) files: Vec<PathBuf>,
}

/// Beside the plan, a file for each source.
fn path_of(plan: &Path, source: usize) -> PathBuf {
    let mut name = plan.as_os_str().to_owned();
    match source {
        0 => name.push(".rejects.csv"),
        number => name.push(format!(".rejects-{}.csv", number + 1)),
    }
    name.into()
}

/// Removes what was given back.
pub(in super::super) fn remove(plan: &Path, sources: usize) -> Result<(), Failure> {
    for source in 0..sources.max(1) {
        let path = path_of(plan, source);
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                let what = format!("{} can't be removed", path.display());
                return Err(Failure::io(&what, &why));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The rows of one source.
struct File {
    /// The places of its own columns, those left out that are ours.
    columns: Vec<usize>,
    csv: csv::Writer<Vec<u8>>,
    rows: usize,
}

impl File {
    fn begin(columns: &[String]) -> Result<Self, Failure> {
        let own = columns.iter().enumerate();
        let own: Vec<_> = own.filter(|(_, name)| !NOTES.contains(&&***name)).collect();
        let header = own.iter().map(|(_, name)| &***name).chain(NOTES);
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(header).map_err(|why| fails(&why))?;
        Ok(Self {
            columns: own.into_iter().map(|(place, _)| place).collect(),
            csv,
            rows: 0,
        })
    }

    fn row(&mut self, cells: &[String], notes: [&str; 10]) -> Result<(), Failure> {
        self.rows += 1;
        let own = self.columns.iter();
        let own = own.map(|place| cells.get(*place).map_or("", String::as_str));
        self.csv
            .write_record(own.chain(notes))
            .map_err(|why| fails(&why))
    }
}

fn fails(why: &dyn std::fmt::Display) -> Failure {
    Failure::failed(format!("the rejects can't be written: {why}"))
}

/// All rows that are given back, by their sources.
struct Back<'p> {
    plan: &'p PlanFile,
    sources: Vec<String>,
    files: Vec<File>,
}

impl Back<'_> {
    /// Gives a row back. What comes from no source that the plan keeps rows of is among those of the first.
    fn row(&mut self, place: &Place, notes: &Note<'_>) -> Result<(), Failure> {
        let number = self.sources.iter().position(|name| *name == place.source);
        let cells = self.plan.original(place)?.unwrap_or_default();
        let line = match place.line {
            0 => String::new(),
            line => line.to_string(),
        };
        let file = self.files.get_mut(number.unwrap_or_default());
        let file = file.ok_or_else(|| fails(&"there is no source"))?;
        file.row(
            &cells,
            [
                &*place.source,
                &*line,
                notes.email,
                notes.outcome,
                notes.what,
                notes.planned,
                notes.before,
                notes.now,
                notes.reason,
                notes.advice,
            ],
        )
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Note<'n> {
    email: &'n str,
    outcome: &'n str,
    what: &'n str,
    planned: &'n str,
    before: &'n str,
    now: &'n str,
    reason: &'n str,
    advice: &'n str,
}

/// Writes the files that there is anything to tell in, or that tell of something that has become well since.
pub(super) fn write(path: &Path, journal: &Journal) -> Result<Rejects, Failure> {
    let plan = PlanFile::glance(path)?;
    let (mut sources, mut columns): (Vec<_>, Vec<_>) = plan.sources()?.into_iter().unzip();
    if sources.is_empty() {
        sources.push(String::new());
        columns.push(Vec::new());
    }
    let files = columns.iter().map(|columns| File::begin(columns));
    let mut back = Back {
        plan: &plan,
        sources,
        files: files.collect::<Result<_, _>>()?,
    };
    plan.rejected(None, |reject| {
        let note = Note {
            outcome: "rejected",
            what: reject.column.as_deref().unwrap_or_default(),
            reason: &reject.reason,
            advice: "mend the row and plan again",
            ..Note::default()
        };
        back.row(&reject.place, &note)
    })?;
    let nowhere = Place {
        source: String::new(),
        line: 0,
    };
    journal.rejects(|task, places| {
        let (outcome, reason, advice) = told(task);
        let differs = match &task.stage {
            Stage::Ended {
                end: End::Conflict { differs },
            } => differs.as_slice(),
            _ => &[],
        };
        let all =
            |one: fn(&Differs) -> &str| differs.iter().map(one).collect::<Vec<_>>().join("; ");
        let note = Note {
            email: task.address(),
            outcome,
            what: &all(|differs| &differs.label),
            planned: &all(|differs| &differs.planned),
            before: &all(|differs| &differs.before),
            now: &all(|differs| &differs.now),
            reason: &reason,
            advice,
        };
        if places.is_empty() {
            return back.row(&nowhere, &note);
        }
        places.iter().try_for_each(|place| back.row(place, &note))
    })?;
    let mut rejects = Rejects::default();
    for (number, file) in back.files.into_iter().enumerate() {
        let to = path_of(path, number);
        if file.rows > 0 || to.exists() {
            let text = file.csv.into_inner().map_err(|why| fails(&why))?;
            replace_file(&to, &text).map_err(|why| FileError::new(&to, why))?;
        }
        if file.rows > 0 {
            rejects.rows += file.rows;
            rejects.files.push(to);
        }
    }
    Ok(rejects)
}

fn told(task: &Task) -> (&'static str, String, &'static str) {
    let Stage::Ended { end } = &task.stage else {
        let reason = "it isn't known whether the service did it".to_owned();
        return ("open", reason, "apply the plan again: it looks first");
    };
    let (reason, advice) = match end {
        End::Conflict { .. } => (
            "somebody else changed it since the plan was made".to_owned(),
            "decide which is right, and plan again",
        ),
        End::Taken => (
            "a contact with this address came since the plan was made".to_owned(),
            "plan again",
        ),
        End::Gone => (
            "the contact was deleted since the plan was made".to_owned(),
            "plan again, if it is to be created",
        ),
        End::Refused { why, .. } => (why.clone(), "mend the row and plan again"),
        End::Done | End::Already | End::Protected => (String::new(), ""),
    };
    (end.name(), reason, advice)
}
