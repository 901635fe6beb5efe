//! One process applies a plan. The operating system holds the lock, so a process that was killed leaves none.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use fs4::{FileExt, TryLockError};

use crate::sync::FileError;

/// The right to apply a plan. It ends with the process at the latest.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a plan.
    ///
    /// # Errors
    ///
    /// When another process has it, with that process's number; or when no file can be made beside the plan.
    pub(crate) fn take(plan: &Path) -> Result<Self, FileError> {
        let fails = |why: &dyn std::fmt::Display| FileError::new(plan, why);
        // One plan has one lock, by whatever name it is called.
        let real = fs::canonicalize(plan).map_err(|why| fails(&why))?;
        let mut path = real.into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options
                .open(&path)
                .map_err(|why| fails(&format!("it can't be locked: {why}")))?;
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    let holder = match holder.trim() {
                        "" => "another process".to_owned(),
                        number => format!("process {number}"),
                    };
                    return Err(fails(&format!("{holder} is applying this plan")));
                }
                Err(TryLockError::Error(why)) => {
                    return Err(fails(&format!("it can't be locked: {why}")));
                }
            }
            // Whoever had it before may have removed the file meanwhile.
            if !is_at(&file, &path) {
                continue;
            }
            let written = (|| {
                file.set_len(0)?;
                file.rewind()?;
                writeln!(file, "{}", std::process::id())?;
                file.flush()
            })();
            written.map_err(|why| fails(&format!("it can't be locked: {why}")))?;
            return Ok(Self { file, path });
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = FileExt::unlock(&self.file);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => ours.ino() == there.ino() && ours.dev() == there.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
