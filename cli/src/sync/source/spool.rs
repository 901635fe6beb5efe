//! Brings what an origin holds to disk, uncompressed, as files that can be read from any place, more than once.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    process::{Command, Stdio},
};

use flate2::read::MultiGzDecoder;

use super::{Format, Origin, SourceError};

/// One file, uncompressed, and what it is.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) name: String,
    pub(super) format: Format,
    pub(super) file: File,
}

pub(super) fn fetch(origin: &Origin) -> Result<Vec<Fetched>, SourceError> {
    let name = origin.to_string();
    let file = match origin {
        Origin::File(path) => {
            File::open(path).map_err(|why| SourceError::io(&name, "it can't be opened", &why))?
        }
        Origin::Standard => {
            copy(&name, io::stdin().lock()).map_err(|why| unreadable(&name, &why))?
        }
        Origin::Command(command) => output_of(&name, command)?,
    };
    let named = match origin {
        Origin::File(path) => path.to_string_lossy().into_owned(),
        Origin::Standard | Origin::Command(_) => String::new(),
    };
    unpack(name, &named, file)
}

/// A file, or those in it.
fn unpack(name: String, named: &str, mut file: File) -> Result<Vec<Fetched>, SourceError> {
    let mut named = named.to_owned();
    if starts_with(&mut file, &[0x1f, 0x8b]).map_err(|why| unreadable(&name, &why))? {
        file = copy(&name, MultiGzDecoder::new(file))
            .map_err(|why| SourceError::io(&name, "it can't be unpacked by gzip", &why))?;
        if let Some((inner, ".gz" | ".GZ")) = named
            .len()
            .checked_sub(3)
            .and_then(|at| named.split_at_checked(at))
        {
            named = inner.to_owned();
        }
    }
    let mut format = Format::of(&named);
    if starts_with(&mut file, b"PK\x03\x04").map_err(|why| unreadable(&name, &why))? {
        // A workbook is an archive too; who sends one down a pipe names neither.
        if format != Format::Workbook {
            format = Format::Archive;
        }
    } else if matches!(format, Format::Workbook | Format::Archive) {
        let why =
            "its name says that it is a workbook or an archive, but it isn't one: is it whole?";
        return Err(SourceError::new(name, why));
    }
    if format == Format::Archive {
        return members(&name, file);
    }
    Ok(vec![Fetched { name, format, file }])
}

/// The tables in an archive, in the order of their names; other files in it are passed over.
fn members(name: &str, file: File) -> Result<Vec<Fetched>, SourceError> {
    let broken = |why: zip::result::ZipError| {
        SourceError::new(name, format!("the archive can't be read: {why}"))
    };
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        let file = archive.into_inner();
        let (name, format) = (name.to_owned(), Format::Workbook);
        return Ok(vec![Fetched { name, format, file }]);
    }
    let mut fetched = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(broken)?;
        let inside = entry.name().map_err(broken)?.into_owned();
        if entry.is_dir() || !is_table(&inside) {
            continue;
        }
        let full = format!("{name}:{inside}");
        let file = copy(&full, entry)
            .map_err(|why| SourceError::io(&full, "it can't be unpacked", &why))?;
        fetched.extend(unpack(full, &inside, file)?);
    }
    if fetched.is_empty() {
        let why = "the archive holds no .csv, .tsv, .txt, .jsonl or .xlsx file";
        return Err(SourceError::new(name, why));
    }
    fetched.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(fetched)
}

/// Whether a file in an archive is one of ours, and not what a Macintosh puts beside it.
fn is_table(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    !lower.starts_with("__macosx/")
        && [
            ".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".xlsx", ".xlsm",
        ]
        .iter()
        .any(|ending| plain.ends_with(ending))
}

/// What a command prints, if it ends with 0. What it says on standard error is shown as it comes.
fn output_of(name: &str, command: &str) -> Result<File, SourceError> {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", command]);
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    };
    let mut child = shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|why| SourceError::io(name, "it can't be started", &why))?;
    let printed = match child.stdout.take() {
        Some(output) => copy(name, output),
        None => Err(io::Error::other("its output can't be read")),
    };
    let status = child
        .wait()
        .map_err(|why| SourceError::io(name, "how it ended can't be told", &why))?;
    if !status.success() {
        return Err(SourceError::new(
            name,
            format!(
                "it ended with {status}, so what it printed may be half of it; no plan was written"
            ),
        ));
    }
    printed.map_err(|why| unreadable(name, &why))
}

/// A copy on disk that nobody else can open and that goes when it is closed.
fn copy(name: &str, mut from: impl Read) -> io::Result<File> {
    let mut to = tempfile::tempfile().map_err(|why| {
        io::Error::new(why.kind(), format!("no temporary file for {name}: {why}"))
    })?;
    io::copy(&mut from, &mut to)?;
    to.flush()?;
    to.rewind()?;
    Ok(to)
}

fn starts_with(file: &mut File, mark: &[u8]) -> io::Result<bool> {
    let mut head = Vec::with_capacity(mark.len());
    file.rewind()?;
    Read::by_ref(file)
        .take(u64::try_from(mark.len()).unwrap_or(u64::MAX))
        .read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head == mark)
}

fn unreadable(name: &str, why: &io::Error) -> SourceError {
    SourceError::io(name, "it can't be read", why)
}
