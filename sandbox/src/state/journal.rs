//! The state file: one JSON array of changes a line, appended before the change is made.
//!
//! A line is handed to the operating system before the answer leaves, so a killed process loses nothing
//! it acknowledged; a power cut may lose the last moments. A last line cut short is dropped on reading,
//! and with it a change that was never acknowledged. On opening, and when history outgrows the account, the
//! file is rewritten without it, beside the old one, and put in its place by a rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::account::{Account, Change};

/// An open state file.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// How long the file was without history, and how long it is now.
    compact: u64,
    length: u64,
}

/// History up to this length is never worth a rewrite.
const SMALL: u64 = 16 * 1024 * 1024;

impl Journal {
    /// Reads the file at `path`, if there is one, into `account`. Says whether there was one.
    pub(crate) fn replay(path: &Path, account: &mut Account) -> io::Result<bool> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(describe(path, "opened", &error)),
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            reader
                .read_until(b'\n', &mut line)
                .map_err(|error| describe(path, "read", &error))?;
            number += 1;
            // Nothing, or a line that a kill cut short.
            if line.last() != Some(&b'\n') {
                return Ok(true);
            }
            let changes: Vec<Change> = serde_json::from_slice(&line).map_err(|error| {
                let place = format!("{} line {number}", path.display());
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{place} is no state of a sandbox: {error}"),
                )
            })?;
            for change in changes {
                account.apply(change);
            }
        }
    }

    /// Starts a journal at `path` that holds `account` as it is now.
    pub(crate) fn start(path: &Path, account: &Account) -> io::Result<Self> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let written = write_whole(&beside, account).and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| describe(path, "written", &error))?;
        let file = OpenOptions::new()
            .append(true)
            .open(path)
            .map_err(|error| describe(path, "opened", &error))?;
        let length = file
            .metadata()
            .map_err(|error| describe(path, "read", &error))?
            .len();
        Ok(Self {
            path: path.to_owned(),
            file,
            compact: length,
            length,
        })
    }

    /// Whether the file is mostly history.
    pub(crate) fn is_outgrown(&self) -> bool {
        self.length > self.compact * 2 + SMALL
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            // Half a line in the middle of the file would spoil what comes after it.
            let _ = self.file.set_len(self.length);
            return Err(describe(&self.path, "written", &error));
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

fn write_whole(path: &Path, account: &Account) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for change in account.as_changes() {
        serde_json::to_writer(&mut file, &[change])?;
        file.write_all(b"\n")?;
    }
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

fn describe(path: &Path, verb: &str, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("the state file {} can't be {verb}: {error}", path.display()),
    )
}
