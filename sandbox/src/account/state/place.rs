//! The files of a state: locked against other sandboxes, readable by their owner alone, never reached
//! through a symbolic link.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

/// The place of a state file, which is this sandbox's alone until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// Not the state file itself, which a rewrite replaces.
    _lock: File,
}

impl Place {
    /// Locks the place, or says that another sandbox has it.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let beside = beside(path, ".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let lock = open(&beside, &mut options).map_err(|error| describe(path, "locked", &error))?;
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

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The state file, to be read and to be written to at its end, if there is one.
    pub(super) fn open(&self) -> io::Result<Option<File>> {
        match open(&self.path, OpenOptions::new().read(true).append(true)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("opened", &error)),
        }
    }

    /// Puts a new state file in the place of the old one, once `write` has filled it. Where that fails the
    /// old one stays, and nothing of the new one.
    pub(super) fn replace(
        &self,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<File> {
        let beside = beside(&self.path, ".new");
        let replaced = || {
            let mut file = create(&beside)?;
            write(&mut file)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)?;
            Ok(file)
        };
        replaced().map_err(|error| {
            // Where it can't be removed it wasn't made here.
            let _ = fs::remove_file(&beside);
            self.failed("written", &error)
        })
    }

    /// Keeps a copy of a damaged state file, for its owner to look at.
    pub(super) fn set_aside(&self, damaged: &mut File) -> io::Result<()> {
        let beside = beside(&self.path, ".damaged");
        let mut options = OpenOptions::new();
        let copied = open(&beside, options.write(true).create_new(true))
            .and_then(|mut copy| io::copy(damaged, &mut copy).and_then(|_| copy.sync_all()));
        copied.map_err(|error| {
            let reason = format!("copied to {} before it is salvaged", beside.display());
            self.failed(&reason, &error)
        })
    }

    pub(super) fn failed(&self, verb: &str, error: &io::Error) -> io::Error {
        describe(&self.path, verb, error)
    }
}

/// Makes a new file. What a killed sandbox left behind at its place is removed; a link there is as well, and
/// not followed.
fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    open(path, OpenOptions::new().append(true).create_new(true))
}

/// Opens a file, or makes one that nobody else can read.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        // For the case that it becomes a link after the look below.
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    if let Ok(there) = fs::symlink_metadata(path)
        && !there.is_file()
    {
        let what = if there.is_symlink() {
            "a symbolic link, which is not followed"
        } else {
            "no regular file"
        };
        let reason = format!("{} is {what}", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    options.open(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn describe(path: &Path, verb: &str, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("the state file {} can't be {verb}: {error}", path.display()),
    )
}
