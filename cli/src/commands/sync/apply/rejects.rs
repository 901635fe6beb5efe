//! What didn't become as planned, as a file for people.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{
    output::{Failure, replace_file},
    sync::{
        FileError, PlanFile,
        apply::{Differs, End, Journal, Stage, Task},
    },
};

/// Beside the plan.
pub(in super::super) fn path_of(plan: &Path) -> PathBuf {
    let mut name = plan.as_os_str().to_owned();
    name.push(".rejects.csv");
    name.into()
}

/// Writes the file if there is anything to tell, or one that tells of something that has become well since. How many
/// rows it has.
pub(super) fn write(plan: &Path, journal: &Journal) -> Result<usize, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let fails = |why: csv::Error| Failure::failed(format!("the rejects can't be written: {why}"));
    csv.write_record([
        "source", "line", "email", "outcome", "what", "planned", "before", "now", "reason",
        "advice",
    ])
    .map_err(fails)?;
    let mut rows = 0;
    let mut row = |cells: &[&str]| {
        rows += 1;
        csv.write_record(cells).map_err(fails)
    };
    let planned = PlanFile::open(plan)?;
    planned.rejected(None, |reject| {
        let line = reject.place.line.to_string();
        let column = reject.column.as_deref().unwrap_or_default();
        let source = reject.place.source.as_str();
        row(&[
            source,
            &line,
            "",
            "rejected",
            column,
            "",
            "",
            "",
            &reject.reason,
            "mend the row and plan again",
        ])
    })?;
    journal.rejects(|task, places| {
        let places: Value = serde_json::from_str(places).unwrap_or_default();
        let first = places.get(0);
        let source = first.and_then(|place| place.get("source")?.as_str());
        let line = first.and_then(|place| place.get("line")?.as_u64());
        let line = line.map(|line| line.to_string()).unwrap_or_default();
        let (outcome, reason, advice) = told(task);
        let none = [Differs::default()];
        let differs = match &task.stage {
            Stage::Ended {
                end: End::Conflict { differs },
            } => differs.as_slice(),
            _ => &none,
        };
        for differs in differs {
            row(&[
                source.unwrap_or_default(),
                &line,
                task.address(),
                outcome,
                &differs.label,
                &differs.planned,
                &differs.before,
                &differs.now,
                &reason,
                advice,
            ])?;
        }
        Ok::<_, Failure>(())
    })?;
    let path = path_of(plan);
    if rows > 0 || path.exists() {
        let text = csv
            .into_inner()
            .map_err(|why| Failure::failed(why.to_string()))?;
        replace_file(&path, &text).map_err(|why| FileError::new(&path, why))?;
    }
    Ok(rows)
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
