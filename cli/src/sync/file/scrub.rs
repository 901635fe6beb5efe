//! Takes addresses and values out of a plan, so that only numbers are left.

use std::path::Path;

use rusqlite::{Connection, params};

use super::{About, FileError, PlanFile, seal::seal};

/// What takes the place of an address.
const NOBODY: &str = "scrubbed";

/// Takes out whatever says something of anybody: addresses, contacts, values, reasons that quote them, and what
/// was found out about the sources. Counts and how steps ended stay. The plan can only be looked at from then on.
///
/// # Errors
///
/// When it is no plan, when it isn't known of a step whether the service did it, or when the disk doesn't take it:
/// then the plan is as it was.
pub(crate) fn scrub(path: &Path) -> Result<(), FileError> {
    let fails = |why: &dyn std::fmt::Display| FileError::new(path, why);
    let plan = PlanFile::open(path)?;
    if plan.tally()?.keys().any(|(_, end)| end == "open") {
        return Err(fails(
            &"of some steps it isn't known whether the service did them: apply the plan again, which finds out",
        ));
    }
    let about = About {
        notes: Vec::new(),
        ..plan.about.clone()
    };
    drop(plan);
    let about = serde_json::to_string(&about).map_err(|why| fails(&why))?;
    let mut database = Connection::open(path).map_err(|why| fails(&why))?;
    take_out(&mut database, &about).map_err(|why| fails(&why))
}

fn take_out(database: &mut Connection, about: &str) -> rusqlite::Result<()> {
    // What is taken out is written over, in the file and in its log.
    database.pragma_update(None, "secure_delete", true)?;
    database.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    let change = database.transaction()?;
    change.execute(
        "UPDATE step SET address = ?1, contact = NULL, before = NULL, after = NULL, changes = '[]', why = NULL",
        [NOBODY],
    )?;
    change.execute("UPDATE rejected SET reason = ?1", [NOBODY])?;
    change.execute("DELETE FROM original", [])?;
    // How a step ended has a column of its own; the stage holds values of conflicts and of refusals.
    change.execute("UPDATE outcome SET stage = ?1", [r#"{"stage":"planned"}"#])?;
    change.execute("UPDATE plan SET value = ?1 WHERE key = 'about'", [about])?;
    change.execute(
        "INSERT INTO plan VALUES ('scrubbed', 'yes') ON CONFLICT (key) DO NOTHING",
        [],
    )?;
    let seal = seal(&change)?;
    change.execute(
        "UPDATE plan SET value = ?1 WHERE key = 'seal'",
        params![seal],
    )?;
    change.commit()?;
    database.execute_batch("VACUUM")
}
