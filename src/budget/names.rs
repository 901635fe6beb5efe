//! What accounts and API keys are called where what is known of them is kept or
//! told to another process: the same in every version and on every host, and
//! nothing that could be turned back into an API key.

use std::fmt;

use super::sha256::sha256;

/// The first 128 bits of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Digest(u128);

impl Digest {
    /// Of these lines, joined by a line feed, which none of them holds.
    fn of(lines: &[&str]) -> Self {
        let [one, two, three, four, ..] = sha256(lines.join("\n").as_bytes()).map(u128::from);
        Self(one << 96 | two << 64 | three << 32 | four)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// What an API key is called.
///
/// The first 128 bits of the SHA-256 of two lines: `benchmark-email key`, and the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct KeyName(Digest);

impl KeyName {
    pub(crate) fn of(api_key: &str) -> Self {
        Self(Digest::of(&["benchmark-email key", api_key]))
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.0)
    }
}
