//! Writes a backup: the files one after the other, the manifest last.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::manifest::{About, FileEntry, Manifest, hex};
use crate::output::new_private_file;

/// So much is hashed and written at once.
const BUFFER: usize = 1 << 16;

/// A backup that is being written. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Draft {
    store: Store,
    files: Vec<(FileEntry, File)>,
}

/// Where the files are until all of them are whole.
#[derive(Debug)]
enum Store {
    /// In a folder beside the place where they belong.
    Beside { folder: TempDir, place: PathBuf },
    /// In files that have no name: an archive must know the length of a file before its first byte.
    Nameless,
}

impl Draft {
    /// Begins a backup that will be the folder `place`.
    ///
    /// # Errors
    ///
    /// When there is something at that place already, or no folder can be made beside it.
    pub(crate) fn of_folder(place: &Path) -> io::Result<Self> {
        // A link leads to the folder that is meant.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        match fs::read_dir(&place) {
            Ok(mut held) => {
                if held.next().is_some() {
                    let why = "it isn't empty; a backup takes a folder of its own";
                    return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
                }
            }
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(why),
        }
        let above = match place.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        // Open to its owner alone from the beginning.
        let mut builder = tempfile::Builder::new();
        builder.prefix(".bme-backup-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(above)?;
        Ok(Self {
            store: Store::Beside { folder, place },
            files: Vec::new(),
        })
    }

    /// Begins a backup that will be an archive.
    pub(crate) fn of_archive() -> Self {
        Self {
            store: Store::Nameless,
            files: Vec::new(),
        }
    }

    /// Begins the file of this name.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn begin(&self, name: &'static str) -> io::Result<Member> {
        let file = match &self.store {
            Store::Beside { folder, .. } => new_private_file(&folder.path().join(name))?,
            Store::Nameless => tempfile::tempfile()?,
        };
        Ok(Member {
            name,
            file,
            hash: Sha256::new(),
            buffer: Vec::with_capacity(BUFFER),
            bytes: 0,
        })
    }

    /// Takes a file that is whole.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn keep(&mut self, mut member: Member, records: u64) -> io::Result<()> {
        member.flush()?;
        let entry = FileEntry {
            name: member.name.to_owned(),
            records,
            bytes: member.bytes,
            sha256: hex(&member.hash.finalize()),
        };
        self.files.push((entry, member.file));
        Ok(())
    }

    fn manifest(&self, about: About) -> Manifest {
        let files = self.files.iter().map(|(entry, _)| entry.clone());
        Manifest::new(about, files.collect())
    }

    /// Writes the manifest and moves the folder to its place.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it, or there is something at its place by now.
    pub(crate) fn finish_folder(self, about: About) -> io::Result<Manifest> {
        let manifest = self.manifest(about);
        let Store::Beside { folder, place } = self.store else {
            return Ok(manifest);
        };
        for (_, file) in &self.files {
            file.sync_all()?;
        }
        let mut file = new_private_file(&folder.path().join(super::MANIFEST))?;
        file.write_all(manifest.text().as_bytes())?;
        file.sync_all()?;
        // What is empty gives way; what isn't stays, and the backup goes.
        if place.exists() {
            fs::remove_dir(&place)?;
        }
        fs::rename(folder.path(), &place)?;
        // It isn't at that path any more.
        let _ = folder.keep();
        Ok(manifest)
    }

    /// Writes all files as a tar archive, the manifest last, so that a part of one is never taken for all.
    ///
    /// # Errors
    ///
    /// When `out` doesn't take it.
    pub(crate) fn finish_archive(self, about: About, out: impl Write) -> io::Result<Manifest> {
        let manifest = self.manifest(about);
        let mut archive = tar::Builder::new(out);
        for (entry, mut file) in self.files {
            file.rewind()?;
            let mut header = header(entry.bytes);
            archive.append_data(&mut header, &entry.name, file.take(entry.bytes))?;
        }
        let text = manifest.text();
        let mut header = header(u64::try_from(text.len()).unwrap_or(u64::MAX));
        archive.append_data(&mut header, super::MANIFEST, text.as_bytes())?;
        archive.into_inner()?.flush()?;
        Ok(manifest)
    }
}

fn header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    header.set_mtime(now.map_or(0, |since| since.as_secs()));
    header
}

/// A file that is being written, hashed as it grows.
#[derive(Debug)]
pub(crate) struct Member {
    name: &'static str,
    file: File,
    hash: Sha256,
    buffer: Vec<u8>,
    bytes: u64,
}

impl Member {
    /// Adds text as it is.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.buffer.extend_from_slice(text.as_bytes());
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds a JSON value as a line. A line break within it stands between its parts, never in a string, and becomes a
    /// space.
    ///
    /// # Errors
    ///
    /// When the disk doesn't take it.
    pub(crate) fn line(&mut self, json: &str) -> io::Result<()> {
        if memchr::memchr2(b'\n', b'\r', json.as_bytes()).is_some() {
            self.text(&json.replace(['\n', '\r'], " "))?;
        } else {
            self.text(json)?;
        }
        self.text("\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hash.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.bytes += u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        self.buffer.clear();
        Ok(())
    }
}
