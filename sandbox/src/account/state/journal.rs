//! The state file: lines of changes, appended before a change is made.
//!
//! A line is handed to the operating system before the answer leaves, so a killed process loses nothing
//! it acknowledged; a power cut may lose the last moments. A last line cut short is dropped on reading,
//! and with it a change that was never acknowledged. On opening, and when history outgrows the account, the
//! file is rewritten without it, beside the old one, and put in its place by a rename. Where there is no room
//! for that the old file, which is complete, goes on growing.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::sync::Arc;

use super::line::{self, Line};
use super::place::Place;
use crate::account::{Account, Change};

/// An open state file.
#[derive(Debug)]
pub(crate) struct Journal {
    place: Arc<Place>,
    file: File,
    length: u64,
    /// It is to be rewritten once it is longer than this.
    rewritten_beyond: u64,
    /// Whether half a line may stand at its end, beyond `length`.
    spoilt: bool,
}

/// History up to this length is never worth a rewrite.
const SMALL: u64 = 16 * 1024 * 1024;
/// So many damaged lines are named in an error.
const NAMED: usize = 10;

/// A state file that was read.
#[derive(Debug)]
pub(crate) struct Found {
    file: File,
    /// Up to where its lines are whole.
    whole: u64,
    /// The numbers of the lines that are not, and are left out.
    pub(crate) damaged: Vec<u64>,
}

impl Place {
    /// Reads the file, if there is one that holds anything, into `account`. A damaged line is an error, or left
    /// out with `salvage`.
    pub(crate) fn replay(&self, account: &mut Account, salvage: bool) -> io::Result<Option<Found>> {
        let Some(file) = self.open()? else {
            return Ok(None);
        };
        let mut reader = BufReader::new(file);
        let (mut line, mut number, mut usable, mut whole) = (Vec::new(), 0, 0, 0);
        let mut damaged = Vec::new();
        loop {
            line.clear();
            // A first line is short; what has a long one is something else, of any size.
            let most = if number == 0 && !salvage {
                4096
            } else {
                u64::MAX
            };
            let read = reader.by_ref().take(most).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.failed("read", &error))?;
            if read == 0 {
                break;
            }
            number += 1;
            match (line::read(&line), number) {
                (Line::Head, 1) => usable += 1,
                (Line::OfFormat(format), 1) => {
                    return Err(self.unusable(&format!(
                        "is of the format {format}, which another version wrote: use that one"
                    )));
                }
                (_, 1) if !salvage => {
                    return Err(self.unusable(
                        "line 1 is no state of a sandbox, or damaged: if it was one, salvage what of it is whole",
                    ));
                }
                (Line::Changes(changes), 2..) => {
                    usable += 1;
                    for change in changes {
                        account.apply(change);
                    }
                }
                (Line::CutShort, 2..) => break,
                _ => damaged.push(number),
            }
            whole += read as u64;
        }
        let mut file = reader.into_inner();
        if number == 0 {
            return Ok(None);
        }
        if salvage && usable == 0 {
            return Err(
                self.unusable("holds no line of a sandbox's state: there is nothing to salvage")
            );
        }
        if !salvage && !damaged.is_empty() {
            return Err(self.unusable(&format!(
                "is damaged in {}: salvage the rest, which keeps a copy of the file",
                lines(&damaged)
            )));
        }
        if !damaged.is_empty() {
            file.rewind()?;
        }
        Ok(Some(Found {
            file,
            whole,
            damaged,
        }))
    }

    fn unusable(&self, reason: &str) -> io::Error {
        let reason = format!("the state file {} {reason}", self.path().display());
        io::Error::new(io::ErrorKind::InvalidData, reason)
    }
}

/// `line 3`, `lines 3, 5, 8 and 2 more`.
fn lines(numbers: &[u64]) -> String {
    let named: Vec<_> = numbers.iter().take(NAMED).map(u64::to_string).collect();
    let word = if numbers.len() == 1 { "line" } else { "lines" };
    let more = match numbers.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{word} {}{more}", named.join(", "))
}

impl Journal {
    /// Opens the journal at `place` for an account that was read from what was found there.
    pub(crate) fn open(place: Place, found: Option<Found>, account: &Account) -> io::Result<Self> {
        let place = Arc::new(place);
        match found {
            Some(mut found) if !found.damaged.is_empty() => {
                place.set_aside(&mut found.file)?;
                Self::start(place, account)
            }
            Some(found) => Self::start(Arc::clone(&place), account)
                .or_else(|error| Self::resume(place, found).map_err(|_| error)),
            None => Self::start(place, account),
        }
    }

    /// Starts a journal at `place` that holds `account` as it is now.
    pub(crate) fn start(place: Arc<Place>, account: &Account) -> io::Result<Self> {
        let file = place.replace(|file| {
            let mut file = BufWriter::new(file);
            file.write_all(&line::head()?)?;
            for change in account.as_changes() {
                file.write_all(&line::encoded(&[change])?)?;
            }
            file.flush()
        })?;
        let length = file.metadata();
        let length = length.map_err(|error| place.failed("read", &error))?.len();
        Ok(Self {
            place,
            file,
            length,
            rewritten_beyond: length * 2 + SMALL,
            spoilt: false,
        })
    }

    /// Goes on with the file that was found.
    fn resume(place: Arc<Place>, found: Found) -> io::Result<Self> {
        let Found { file, whole, .. } = found;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.set_len(whole)?;
        Ok(Self {
            place,
            file,
            length: whole,
            rewritten_beyond: whole + SMALL,
            spoilt: false,
        })
    }

    /// Whether the file is mostly history.
    pub(crate) fn is_outgrown(&self) -> bool {
        self.length > self.rewritten_beyond
    }

    /// Rewrites no sooner than after as much history again.
    pub(crate) fn postpone(&mut self) {
        self.rewritten_beyond = self.length + SMALL;
    }

    pub(crate) fn place(&self) -> Arc<Place> {
        Arc::clone(&self.place)
    }

    pub(crate) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let line = line::encoded(changes)?;
        self.write(&line)
            .map_err(|error| self.place.failed("written", &error))
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.spoilt {
            self.file.set_len(self.length)?;
        }
        self.spoilt = true;
        if let Err(error) = self.file.write_all(line) {
            // Half a line in the middle of the file would spoil what comes after it.
            self.spoilt = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.spoilt = false;
        self.length += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::path::PathBuf;

    use super::*;
    use crate::account::{Form, Id, Keys, List, ListKind, Version};
    use crate::clock::Moment;

    /// A folder of its own for each test, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("sandbox-journal-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        fn file(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn id(end: u8) -> Id {
        Id::parse(&format!("66f1a6e4698f1bca604249{end:02}")).unwrap()
    }

    fn form(letters: usize) -> Change {
        Change::Form(Form {
            id: id(1),
            name: "x".repeat(letters),
            fields: Vec::new(),
        })
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let folder = Folder::new("bits");
        let path = folder.file("state");
        let place = Place::take(&path).unwrap();
        let now = Moment::from_unix_seconds(1_774_710_000);
        let mut account = Account::default();
        account.apply(Change::Keys(Keys {
            write: "bme_us_write".to_owned(),
            read: "bme_us_read".to_owned(),
        }));
        account.keep_in(place, None).unwrap();
        let list = List {
            id: id(2),
            structure_id: id(3),
            name: "Newsletter".to_owned(),
            kind: ListKind::Static,
            created_at: now,
            updated_at: now,
            version: Version::default(),
        };
        account.commit(vec![Change::List(list), form(3)]).unwrap();
        account.commit(vec![Change::ListGone(id(2))]).unwrap();
        account.leave_file();

        let whole = std::fs::read(&path).unwrap();
        let place = Place::take(&path).unwrap();
        let replay = |salvage| place.replay(&mut Account::default(), salvage);
        assert!(replay(false).unwrap().unwrap().damaged.is_empty());
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let mut put = |at: usize, byte: u8| {
            file.seek(io::SeekFrom::Start(at as u64)).unwrap();
            file.write_all(&[byte]).unwrap();
        };
        let mut line = 1;
        for (at, byte) in whole.iter().enumerate() {
            for bit in 0..8 {
                put(at, byte ^ (1 << bit));
                let said = replay(false).unwrap_err().to_string();
                assert!(said.contains(&format!("line {line}")), "{at}.{bit}: {said}");
                let found = replay(true).unwrap().unwrap();
                assert_eq!(found.damaged[0], line, "{at}.{bit}");
            }
            put(at, *byte);
            line += u64::from(*byte == b'\n');
        }
        // A line that a kill cut short is no damage: it was never acknowledged.
        for length in (whole.len() - 20..whole.len()).rev() {
            file.set_len(length as u64).unwrap();
            assert!(replay(false).unwrap().unwrap().damaged.is_empty());
        }
    }

    #[test]
    fn a_rewrite_that_fails_is_put_off() {
        const MIB: usize = 1024 * 1024;
        let folder = Folder::new("put-off");
        let path = folder.file("state");
        let length = || std::fs::metadata(&path).unwrap().len();
        let mut account = Account::default();
        account.keep_in(Place::take(&path).unwrap(), None).unwrap();
        std::fs::create_dir(folder.file("state.new")).unwrap();
        while length() <= SMALL + MIB as u64 {
            account.commit(vec![form(MIB)]).unwrap();
        }
        // There is room again, but nobody looks at each change.
        std::fs::remove_dir(folder.file("state.new")).unwrap();
        account.commit(vec![form(1)]).unwrap();
        assert!(length() > SMALL);
        for _ in 0..17 {
            account.commit(vec![form(MIB)]).unwrap();
        }
        assert!(length() < SMALL, "{}", length());
    }

    /// So that a huge file of another kind, which may have no line end at all, is not read into memory.
    #[test]
    fn a_first_line_is_not_read_far() {
        let folder = Folder::new("first-line");
        let path = folder.file("state");
        let place = Place::take(&path).unwrap();
        let head = |blanks: usize| format!("{{\"sandbox-state\":1{}}}", " ".repeat(blanks));
        for (head, refused) in [(head(0), false), (head(5000), true)] {
            let sum = crc32fast::hash(head.as_bytes());
            std::fs::write(&path, format!("{sum:08x} {head}\n")).unwrap();
            let replayed = place.replay(&mut Account::default(), false);
            assert_eq!(replayed.is_err(), refused);
        }
    }
}
