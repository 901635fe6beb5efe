//! The state file: one JSON array of changes a line, appended before the change is made.
//!
//! A line is handed to the operating system before the answer leaves, so a killed process loses nothing
//! it acknowledged; a power cut may lose the last moments. A last line cut short is dropped on reading,
//! and with it a change that was never acknowledged. On opening, and when history outgrows the account, the
//! file is rewritten without it, beside the old one, and put in its place by a rename. A lock on a file
//! beside it keeps other sandboxes away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::{FileExt, TryLockError};

use crate::account::{Account, Change};

/// The place of a state file, which is this sandbox's alone until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// Not the state file itself, which a rewrite replaces.
    _lock: File,
}

/// An open state file.
#[derive(Debug)]
pub(crate) struct Journal {
    place: Arc<Place>,
    file: File,
    /// How long the file was without history, and how long it is now.
    compact: u64,
    length: u64,
}

/// History up to this length is never worth a rewrite.
const SMALL: u64 = 16 * 1024 * 1024;

impl Place {
    /// Locks the place, or says that another sandbox has it.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let beside = beside(path, ".lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true);
        let lock = lock
            .open(&beside)
            .map_err(|error| describe(path, "locked", &error))?;
        match FileExt::try_lock(&lock) {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::Error(error)) => Err(describe(path, "locked", &error)),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                format!(
                    "the state file {} is in use by another sandbox, which holds {}: stop it, or choose another file",
                    path.display(),
                    beside.display()
                ),
            )),
        }
    }

    /// Reads the file, if there is one, into `account`. Says whether it held anything.
    pub(crate) fn replay(&self, account: &mut Account) -> io::Result<bool> {
        let path = &self.path;
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
            // The end, or a line that a kill cut short; the first one is never, it comes with a rename.
            let whole_lines = number - 1;
            if line.is_empty() || (line.last() != Some(&b'\n') && whole_lines > 0) {
                return Ok(whole_lines > 0);
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
}

impl Journal {
    /// Starts a journal at `place` that holds `account` as it is now.
    pub(crate) fn start(place: Arc<Place>, account: &Account) -> io::Result<Self> {
        let path = &place.path;
        let beside = beside(path, ".new");
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
            place,
            file,
            compact: length,
            length,
        })
    }

    /// Whether the file is mostly history.
    pub(crate) fn is_outgrown(&self) -> bool {
        self.length > self.compact * 2 + SMALL
    }

    pub(crate) fn place(&self) -> Arc<Place> {
        Arc::clone(&self.place)
    }

    pub(crate) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            // Half a line in the middle of the file would spoil what comes after it.
            let _ = self.file.set_len(self.length);
            return Err(describe(&self.place.path, "written", &error));
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
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
