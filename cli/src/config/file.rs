//! `config.toml`: named profiles, each with a base URL and where its key comes from.
//!
//! ```toml
//! default = "main"
//!
//! [profiles.main]
//! base_url = "https://api-us-west-2-a.benchmarkemail.io"
//! api_key_command = ["pass", "show", "benchmark"]
//! structure = "Default Contacts"
//! ```

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, Value, de};

use super::key::{KeySource, refuse_readable_by_others};
use crate::output::{Failure, replace_file};

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The profile that is used where none is named.
    pub(crate) default: Option<String>,
    #[serde(default)]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// One account.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    api_key: Option<String>,
    api_key_variable: Option<String>,
    api_key_file: Option<PathBuf>,
    api_key_command: Option<Words>,
    pub(crate) structure: Option<String>,
}

/// The entries of a profile that say where its key comes from.
const KEY_SOURCES: [&str; 4] = [
    "api_key",
    "api_key_variable",
    "api_key_file",
    "api_key_command",
];

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Words {
    Line(String),
    List(Vec<String>),
}

impl File {
    /// Reads it. What is wrong is told by its line, and never by its text, which may hold a key.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::config(format!(
                "the configuration file {} can't be read: {error}",
                path.display()
            ))
        })?;
        let file: Self = de::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            misread(path, line, &error)
        })?;
        if file
            .profiles
            .values()
            .any(|profile| profile.api_key.is_some())
        {
            refuse_readable_by_others(path)?;
        }
        Ok(file)
    }

    /// The profile with this name.
    pub(crate) fn profile(&self, name: &str, path: &Path) -> Result<&Profile, Failure> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<_> = self.profiles.keys().map(String::as_str).collect();
            let has = if known.is_empty() {
                "no profile at all".to_owned()
            } else {
                known.join(", ")
            };
            Failure::config(format!(
                "there is no profile {name:?} in {}; it has {has}",
                path.display()
            ))
        })
    }

    /// The profile to use where none is named: the default, or the only one.
    pub(crate) fn usual(&self) -> Option<(&str, &Profile)> {
        match &self.default {
            Some(name) => self.profiles.get_key_value(name),
            None if self.profiles.len() == 1 => self.profiles.first_key_value(),
            None => None,
        }
        .map(|(name, profile)| (name.as_str(), profile))
    }
}

/// serde quotes what it can't take, which may be a key; so only the parser's own words are told.
fn misread(path: &Path, line: usize, error: &de::Error) -> Failure {
    let why = error.message();
    let is_quoting = why.contains("invalid type") || why.contains("invalid value");
    let why = if is_quoting {
        "a value of another type is needed"
    } else {
        why
    };
    Failure::config(format!("{} line {line}: {why}", path.display()))
}

impl Profile {
    /// Where the key comes from; none if nothing is said.
    pub(crate) fn key(&self, name: &str, path: &Path) -> Result<Option<KeySource>, Failure> {
        let mut sources = [
            self.api_key.clone().map(KeySource::Written),
            self.api_key_variable.clone().map(KeySource::Variable),
            self.api_key_file
                .as_deref()
                .map(|file| KeySource::File(at_home(file))),
            self.api_key_command.clone().map(|words| match words {
                Words::Line(line) => KeySource::Shell(line),
                Words::List(words) => KeySource::Program(words),
            }),
        ]
        .into_iter()
        .flatten();
        let first = sources.next();
        if sources.next().is_some() {
            return Err(Failure::config(format!(
                "the profile {name:?} in {} says more than once where its API key comes from",
                path.display()
            )));
        }
        Ok(first)
    }
}

/// A path that begins with `~/`, as people write it.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The configuration file, to be changed: comments and order stay.
#[derive(Debug)]
pub(crate) struct Edit {
    path: PathBuf,
    document: DocumentMut,
}

impl Edit {
    /// The file as it is, or a new one.
    pub(crate) fn begin(path: &Path) -> Result<Self, Failure> {
        let document = if path.exists() {
            File::read(path)?;
            let text = fs::read_to_string(path)
                .map_err(|error| Failure::io(&path.display().to_string(), &error))?;
            text.parse()
                .map_err(|_| Failure::config(format!("{} is no TOML", path.display())))?
        } else {
            DocumentMut::new()
        };
        Ok(Self {
            path: path.to_owned(),
            document,
        })
    }

    /// Sets one entry of a profile, which is made if there is none.
    pub(crate) fn set(&mut self, profile: &str, entry: &str, value: impl Into<Value>) {
        let profiles = self.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if let Some(profiles) = profiles.as_table_like_mut() {
            let profile = profiles
                .entry(profile)
                .or_insert_with(|| Item::Table(Table::new()));
            if let Some(profile) = profile.as_table_like_mut() {
                profile.insert(entry, Item::Value(value.into()));
            }
        }
    }

    /// Sets where the key of a profile comes from, in place of what was said before.
    pub(crate) fn set_key(&mut self, profile: &str, entry: &str, value: impl Into<Value>) {
        let known = self
            .document
            .get_mut("profiles")
            .and_then(Item::as_table_like_mut);
        if let Some(known) =
            known.and_then(|profiles| profiles.get_mut(profile)?.as_table_like_mut())
        {
            for source in KEY_SOURCES {
                known.remove(source);
            }
        }
        self.set(profile, entry, value);
    }

    /// Takes a profile out.
    pub(crate) fn remove(&mut self, profile: &str) {
        if let Some(profiles) = self
            .document
            .get_mut("profiles")
            .and_then(Item::as_table_like_mut)
        {
            profiles.remove(profile);
        }
        if self.document.get("default").and_then(Item::as_str) == Some(profile) {
            self.document.remove("default");
        }
    }

    /// Makes a profile the one that is used where none is named.
    pub(crate) fn use_by_default(&mut self, profile: &str) {
        self.document.insert("default", Item::Value(profile.into()));
    }

    /// Writes the file, readable by its owner only.
    pub(crate) fn save(self) -> Result<(), Failure> {
        replace_file(&self.path, self.document.to_string().as_bytes()).map_err(|error| {
            Failure::io(&format!("{} can't be written", self.path.display()), &error)
        })
    }
}
