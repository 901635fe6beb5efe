//! How many rows the last plan of a job had, kept in a file of its own for each account and name.

use std::{fmt::Write as _, fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    config::state_folder,
    output::{Failure, replace_file},
};

/// The longest name of a job: it becomes the name of a file.
const LONGEST_NAME: usize = 60;

/// What is kept of the last plan.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    rows: u64,
    made_at: u64,
}

/// The memory of one job.
#[derive(Debug)]
pub(super) struct Last {
    path: PathBuf,
}

impl Last {
    /// Of the job of this name on this account.
    pub(super) fn of(account: &Account, name: &str) -> Result<Self, Failure> {
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Failure::command_line(format!(
                "--name {name:?}: give a name of 1 to {LONGEST_NAME} characters"
            )));
        }
        let base_url = account.base_url();
        let host = base_url
            .split_once("://")
            .map_or(base_url, |(_, host)| host);
        let mut path = state_folder()?.join("plans");
        path.extend([as_file_name(host), as_file_name(account.name())]);
        path.push(format!("{}.json", as_file_name(name)));
        Ok(Self { path })
    }

    /// The valid rows of the last plan; none where there was none.
    pub(super) fn rows(&self) -> Result<Option<u64>, Failure> {
        let text = match fs::read(&self.path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(self.fails("can't be read", &why)),
            Ok(text) => text,
        };
        let kept: Kept =
            serde_json::from_slice(&text).map_err(|why| self.fails("can't be read", &why))?;
        Ok(Some(kept.rows))
    }

    /// Keeps the rows of a plan that was written.
    pub(super) fn keep(&self, rows: u64, made_at: u64) -> Result<(), Failure> {
        let text = serde_json::to_vec(&Kept { rows, made_at }).unwrap_or_default();
        replace_file(&self.path, &text).map_err(|why| self.fails("can't be written", &why))
    }

    fn fails(&self, what: &str, why: &dyn std::fmt::Display) -> Failure {
        let path = self.path.display();
        Failure::failed(format!(
            "{path}, which keeps how many rows the last plan of this name had, {what}: {why}"
        ))
        .next("without the file the next plan is compared with none")
    }
}

/// Letters, digits and `._-` as they are; anything else by its bytes.
fn as_file_name(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-') {
            name.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    // Neither of them names a folder of its own.
    match name.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => name,
    }
}
