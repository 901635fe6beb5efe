//! What a backup says of itself.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The version of the files.
const FORMAT: u32 = 1;

/// Whose backup it is, and when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// How the operator calls the account.
    pub(crate) account: String,
    pub(crate) base_url: String,
    /// When it was begun, in UTC.
    pub(crate) made_at: String,
    /// The version of `bme` that made it.
    pub(crate) made_by: String,
}

/// One of the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) name: String,
    /// How many structures, lists, contacts or events it holds.
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// What a backup consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    #[serde(flatten)]
    pub(crate) about: About,
    pub(crate) files: Vec<FileEntry>,
    /// The SHA-256 of all the above.
    sha256: String,
}

/// Of a manifest, only what every version has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Manifest {
    pub(crate) fn new(about: About, files: Vec<FileEntry>) -> Self {
        let mut manifest = Self {
            format: FORMAT,
            about,
            files,
            sha256: String::new(),
        };
        manifest.sha256 = manifest.seal();
        manifest
    }

    fn seal(&self) -> String {
        let unsealed = Self {
            sha256: String::new(),
            ..self.clone()
        };
        hex(&Sha256::digest(unsealed.text()))
    }

    /// As its file has it.
    pub(crate) fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads one back, if it is to the letter what was written.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn read(text: &[u8]) -> Result<Self, String> {
        if let Ok(Version { format }) = serde_json::from_slice(text)
            && format > FORMAT
        {
            return Err(format!(
                "it is of format {format}, which this version of bme doesn't read: take a newer one"
            ));
        }
        let damaged = || "it isn't what bme wrote".to_owned();
        let manifest: Self = serde_json::from_slice(text).map_err(|_| damaged())?;
        if manifest.text().as_bytes() == text && manifest.seal() == manifest.sha256 {
            Ok(manifest)
        } else {
            Err(damaged())
        }
    }

    /// How many records the file of this name holds; none where there is no such file.
    pub(crate) fn records(&self, name: &str) -> Option<u64> {
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(file.records)
    }

    /// How many bytes all files but the manifest have together.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
