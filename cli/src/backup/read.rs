//! Looks a backup over: whether it is whole and as it was written.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::{
    MANIFEST,
    manifest::{FileEntry, Manifest, hex},
};

/// Where a backup is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A folder or an archive.
    Path(PathBuf),
    /// An archive that comes by standard input.
    Standard,
}

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        match text {
            "-" => Self::Standard,
            path => Self::Path(path.into()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Standard => f.write_str("standard input"),
        }
    }
}

/// What was found in a backup.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What it says of itself, where that can be believed.
    pub(crate) manifest: Option<Manifest>,
    /// What is wrong, each a sentence; none where all is well.
    pub(crate) problems: Vec<String>,
    /// The files that were kept open, by name.
    pub(crate) files: BTreeMap<String, File>,
}

/// A file as it is.
#[derive(Debug, Default)]
struct Facts {
    bytes: u64,
    lines: u64,
    sha256: String,
    /// Whether there are several of this name.
    is_double: bool,
}

/// A manifest beyond this isn't one.
const LARGEST_MANIFEST: u64 = 1 << 20;
const BUFFER: usize = 1 << 16;

/// Reads all of a backup once. With `keep` its files can be read afterwards: those of an archive are brought to disk,
/// where they have no name and go when they are closed.
///
/// # Errors
///
/// When there is nothing that can be read at this place.
pub(crate) fn look(place: &Place, keep: bool) -> io::Result<Found> {
    let mut seen = Seen {
        keep,
        ..Seen::default()
    };
    match place {
        Place::Path(path) if path.is_dir() => seen.folder(path)?,
        Place::Path(path) => seen.archive(File::open(path)?),
        Place::Standard => seen.archive(io::stdin().lock()),
    }
    Ok(seen.judge())
}

#[derive(Default)]
struct Seen {
    keep: bool,
    manifest: Option<Vec<u8>>,
    facts: BTreeMap<String, Facts>,
    files: BTreeMap<String, File>,
    problems: Vec<String>,
}

impl Seen {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link may lead anywhere.
            if !entry.file_type()?.is_file() {
                self.problems
                    .push(format!("{name} is no file of the backup"));
                continue;
            }
            let read = File::open(entry.path()).and_then(|mut file| {
                self.file(&name, &mut file, &mut io::sink())?;
                io::Seek::rewind(&mut file)?;
                Ok(file)
            });
            match read {
                Ok(file) => {
                    self.files.insert(name, file);
                }
                Err(why) => self.problems.push(format!("{name} can't be read: {why}")),
            }
        }
        Ok(())
    }

    fn archive(&mut self, file: impl Read) {
        let mut file = BufReader::with_capacity(BUFFER, file);
        let read = match file.fill_buf() {
            Ok([0x1f, 0x8b, ..]) => self.entries(MultiGzDecoder::new(file)),
            Ok([]) => Err(io::Error::other("it is empty")),
            Ok(_) => self.entries(file),
            Err(why) => Err(why),
        };
        if let Err(why) = read {
            self.problems.push(format!("the archive breaks off: {why}"));
        }
    }

    fn entries(&mut self, file: impl Read) -> io::Result<()> {
        let mut archive = tar::Archive::new(file);
        for entry in archive.entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            match entry.header().entry_type() {
                tar::EntryType::Directory => continue,
                tar::EntryType::Regular => {}
                _ => {
                    let path = path.display();
                    self.problems
                        .push(format!("{path} is no file of the backup"));
                    continue;
                }
            }
            // Whoever packs a folder anew has its name before each.
            let name = path.file_name().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            if self.keep {
                let mut kept = tempfile::tempfile()?;
                self.file(&name, &mut entry, &mut kept)?;
                io::Seek::rewind(&mut kept)?;
                self.files.insert(name, kept);
            } else {
                self.file(&name, &mut entry, &mut io::sink())?;
            }
        }
        Ok(())
    }

    /// Reads a file to its end.
    fn file(&mut self, name: &str, from: &mut impl Read, copy: &mut impl Write) -> io::Result<()> {
        if name == MANIFEST {
            let mut text = Vec::new();
            from.take(LARGEST_MANIFEST).read_to_end(&mut text)?;
            if self.manifest.replace(text).is_some() {
                self.problems.push(format!("there are two {MANIFEST}"));
            }
            return Ok(());
        }
        let mut facts = Facts {
            is_double: self.facts.contains_key(name),
            ..Facts::default()
        };
        let mut hash = Sha256::new();
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = match from.read(&mut buffer) {
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let part = buffer.get(..read).unwrap_or_default();
            if part.is_empty() {
                break;
            }
            hash.update(part);
            copy.write_all(part)?;
            facts.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
            facts.lines += u64::try_from(memchr::memchr_iter(b'\n', part).count()).unwrap_or(0);
        }
        facts.sha256 = hex(&hash.finalize());
        self.facts.insert(name.to_owned(), facts);
        Ok(())
    }

    /// Holds what is there against what the manifest says.
    fn judge(mut self) -> Found {
        let manifest = match &self.manifest {
            None => {
                let why = format!(
                    "there is no {MANIFEST}: it isn't a backup, or one that was never whole"
                );
                self.problems.push(why);
                None
            }
            Some(text) => match Manifest::read(text) {
                Ok(manifest) => Some(manifest),
                Err(why) => {
                    self.problems.push(format!("{MANIFEST}: {why}"));
                    None
                }
            },
        };
        if let Some(manifest) = &manifest {
            for file in &manifest.files {
                match self.facts.remove(&file.name) {
                    None => self.problems.push(format!("{} is missing", file.name)),
                    Some(facts) => self.problems.extend(difference(file, &facts)),
                }
            }
            for name in self.facts.keys() {
                let why = format!("{name} isn't in {MANIFEST}");
                self.problems.push(why);
            }
        }
        Found {
            manifest,
            problems: self.problems,
            files: self.files,
        }
    }
}

/// What is wrong with a file, if anything is.
fn difference(file: &FileEntry, facts: &Facts) -> Option<String> {
    let FileEntry {
        name,
        records,
        bytes,
        sha256,
    } = file;
    let is_lines = Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "jsonl");
    if facts.is_double {
        Some(format!("there are two {name}"))
    } else if is_lines && facts.lines != *records {
        Some(format!(
            "{name} has {} lines, not {records} as it was written with",
            facts.lines
        ))
    } else if facts.bytes != *bytes {
        Some(format!(
            "{name} has {} bytes, not {bytes} as it was written with",
            facts.bytes
        ))
    } else if facts.sha256 != *sha256 {
        Some(format!(
            "{name} isn't what was written: its SHA-256 is another one"
        ))
    } else {
        None
    }
}
