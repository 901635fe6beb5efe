//! The forget list: who asked to be forgotten, known by a keyed hash of account and address alone.
//!
//! It lies in the folder for what is kept from one run to the next, as two files that only their owner can read:
//! `forgotten.key`, 32 random bytes, and `forgotten.jsonl`, a line a person. The hash is HMAC-SHA-256: who has the list
//! without the key learns nothing, and who has both can tell of an address whether it is listed, and no more.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    config::{bare_base_url, state_folder},
    output::{Failure, new_private_file, replace_file},
};

const KEY: &str = "forgotten.key";
const LIST: &str = "forgotten.jsonl";
const LOCK: &str = "forgotten.lock";

type Key = [u8; 32];

/// A person on the list.
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Forgotten"))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The base URL of the account that forgot the person.
    pub(crate) account: String,
    /// The day, in UTC.
    pub(crate) day: String,
    pub(crate) hash: String,
}

/// Those whom one account forgot.
#[derive(Clone, Default)]
pub(crate) struct Forgotten {
    key: Key,
    accounts: Vec<String>,
    days: HashMap<String, String>,
}

impl std::fmt::Debug for Forgotten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Forgotten({})", self.days.len())
    }
}

impl Forgotten {
    /// Those whom the accounts with these base URLs forgot.
    ///
    /// # Errors
    ///
    /// When there is a list that can't be read: who doesn't know whom to leave out must not plan.
    pub(crate) fn by<'a>(base_urls: impl IntoIterator<Item = &'a str>) -> Result<Self, Failure> {
        let accounts: Vec<_> = base_urls.into_iter().map(bare_base_url).collect();
        let list = List::of_this_user()?;
        let entries = list.entries()?;
        if entries.is_empty() {
            return Ok(Self::default());
        }
        let key = list.key()?;
        let entries = entries.into_iter();
        let days = entries
            .filter(|entry| accounts.contains(&entry.account))
            .map(|entry| (entry.hash, entry.day))
            .collect();
        Ok(Self {
            key,
            accounts,
            days,
        })
    }

    /// Those who have these addresses, for tests.
    #[cfg(test)]
    pub(crate) fn made<'a>(account: &str, addresses: impl Iterator<Item = &'a str>) -> Self {
        let key = [7; 32];
        let day = || "2026-11-24".to_owned();
        Self {
            key,
            accounts: vec![account.to_owned()],
            days: addresses
                .map(|address| (hash(&key, account, address), day()))
                .collect(),
        }
    }

    /// The day on which whoever has this address asked to be forgotten.
    pub(crate) fn day(&self, address: &str) -> Option<&str> {
        if self.days.is_empty() {
            return None;
        }
        let mut accounts = self.accounts.iter();
        accounts.find_map(|account| {
            let hash = hash(&self.key, account, address);
            self.days.get(&hash).map(String::as_str)
        })
    }
}

/// The list as it lies on the disk.
#[derive(Debug)]
pub(crate) struct List {
    folder: PathBuf,
}

impl List {
    /// The list of whoever runs the program.
    pub(crate) fn of_this_user() -> Result<Self, Failure> {
        let folder = state_folder()?;
        Ok(Self { folder })
    }

    /// Everybody on it.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let path = self.folder.join(LIST);
        let text = match fs::read_to_string(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(unreadable(&path, &why)),
            Ok(text) => text,
        };
        let lines = text.lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .map_err(|why| unreadable(&path, &why))
    }

    /// Puts whoever has this address on it. Who is on it already stays with the first day.
    pub(crate) fn add(&self, base_url: &str, address: &str, day: &str) -> Result<(), Failure> {
        let fails = |why: io::Error| unwritable(&self.folder, &why);
        fs::create_dir_all(&self.folder).map_err(fails)?;
        let _lock = self.lock()?;
        if !self.folder.join(KEY).exists() {
            self.make_key()?;
        }
        let key = self.key()?;
        let account = bare_base_url(base_url);
        let entry = Entry {
            hash: hash(&key, &account, address),
            account,
            day: day.to_owned(),
        };
        let mut entries = self.entries()?;
        if entries.iter().any(|known| known.hash == entry.hash) {
            return Ok(());
        }
        entries.push(entry);
        self.replace(&entries)
    }

    /// Takes whoever has this address off it; whether somebody was.
    pub(crate) fn remove(&self, base_url: &str, address: &str) -> Result<bool, Failure> {
        if self.entries()?.is_empty() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        let hash = hash(&self.key()?, &bare_base_url(base_url), address);
        let mut entries = self.entries()?;
        let before = entries.len();
        entries.retain(|entry| entry.hash != hash);
        let removed = entries.len() < before;
        if removed {
            self.replace(&entries)?;
        }
        Ok(removed)
    }

    fn replace(&self, entries: &[Entry]) -> Result<(), Failure> {
        let mut text = String::new();
        for entry in entries {
            let line = serde_json::to_string(entry);
            text.push_str(&line.map_err(|why| Failure::failed(why.to_string()))?);
            text.push('\n');
        }
        let path = self.folder.join(LIST);
        replace_file(&path, text.as_bytes()).map_err(|why| unwritable(&path, &why))
    }

    /// Two that change the list at once would lose one of the changes.
    fn lock(&self) -> Result<File, Failure> {
        let path = self.folder.join(LOCK);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(|why| unwritable(&path, &why))?;
        fs4::FileExt::lock(&file).map_err(|why| unwritable(&path, &why))?;
        Ok(file)
    }

    fn key(&self) -> Result<Key, Failure> {
        let path = self.folder.join(KEY);
        let mut text = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(64).read_to_end(&mut text));
        read.map_err(|why| unreadable(&path, &why))?;
        Key::try_from(text).map_err(|_| unreadable(&path, &"it isn't 32 bytes long"))
    }

    fn make_key(&self) -> Result<(), Failure> {
        let path = self.folder.join(KEY);
        let fails = |why: &dyn std::fmt::Display| unwritable(&path, why);
        let mut key = Key::default();
        getrandom::fill(&mut key).map_err(|why| fails(&why))?;
        let mut file = new_private_file(&path).map_err(|why| fails(&why))?;
        file.write_all(&key)
            .and_then(|()| file.sync_all())
            .map_err(|why| fails(&why))
    }
}

fn hash(key: &Key, account: &str, address: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(account.as_bytes());
    mac.update(b"\n");
    mac.update(address.trim().to_lowercase().as_bytes());
    let mut text = String::new();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure::failed(format!(
        "{path}, of the list of who asked to be forgotten, can't be read: {why}"
    ))
    .next("without it somebody might come back who asked to be forgotten")
}

fn unwritable(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure::failed(format!(
        "{path}, of the list of who asked to be forgotten, can't be written: {why}"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_hash_is_of_the_account_and_of_the_address_whatever_the_case() {
        let key = [7; 32];
        let jane = hash(&key, "https://a", "Jane@Example.com");
        assert_eq!(jane, hash(&key, "https://a", " jane@example.com"));
        assert_ne!(jane, hash(&key, "https://b", "jane@example.com"));
        assert_ne!(jane, hash(&[8; 32], "https://a", "jane@example.com"));
        assert_ne!(jane, hash(&key, "https://a", "joe@example.com"));
        assert_eq!(jane.len(), 64);
    }

    #[test]
    fn who_is_listed_is_found_until_taken_off() {
        let folder = tempfile::tempdir().unwrap();
        let list = List {
            folder: folder.path().join("bme"),
        };
        assert_eq!(list.entries().unwrap(), []);
        assert!(!list.remove("https://a", "jane@example.com").unwrap());
        list.add("https://a/", "jane@example.com", "2026-11-24")
            .unwrap();
        list.add("https://A", "Jane@example.com", "2026-11-25")
            .unwrap();
        let entries = list.entries().unwrap();
        assert_eq!(entries.len(), 1, "a person is on it once");
        let text = fs::read_to_string(list.folder.join(LIST)).unwrap();
        assert!(!text.contains("jane"), "{text}");
        #[cfg(unix)]
        for name in [KEY, LIST] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(list.folder.join(name)).unwrap();
            assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        }
        assert!(!list.remove("https://b", "jane@example.com").unwrap());
        assert!(list.remove("https://a", "JANE@example.com").unwrap());
        assert_eq!(list.entries().unwrap(), []);
    }

    #[test]
    fn a_list_without_its_key_or_with_a_broken_line_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let list = List {
            folder: folder.path().to_owned(),
        };
        list.add("https://a", "jane@example.com", "2026-11-24")
            .unwrap();
        fs::write(list.folder.join(KEY), "short").unwrap();
        assert!(
            list.add("https://a", "joe@example.com", "2026-11-24")
                .is_err()
        );
        fs::write(list.folder.join(LIST), "{\n").unwrap();
        assert!(list.entries().is_err());
    }
}
