//! Hides e-mail addresses in text that may end up in a log: `Debug` output and error messages.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{Deserialize, Serialize};

/// Words of the service, for people; `Debug` hides the addresses among them. There is no `Display`, so
/// that they don't get into a log by accident.
///
/// ```
/// let words: benchmark_email::Words = serde_json::from_str(r#""550 no jane@example.com here""#)?;
/// assert_eq!(words.as_str(), "550 no jane@example.com here");
/// assert_eq!(format!("{words:?}"), r#""550 no j***@example.com here""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// The words as they came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Words {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Words {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&addresses(&self.0), f)
    }
}

/// `jane@example.com` -> `j***@example.com`; other text as it is.
pub(crate) fn address(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

/// Hides every address within a text, those in a URL too, where the `@` is written `%40`.
pub(crate) fn addresses(text: &str) -> Cow<'_, str> {
    if text.contains("%40") {
        return Cow::Owned(addresses(&text.replace("%40", "@")).into_owned());
    }
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !in_address(c)) {
        let word = piece.trim_end_matches(|c: char| !in_address(c));
        let rest = piece.get(word.len()..).unwrap_or_default();
        match word.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
                out.push_str(&address(word));
            }
            _ => out.push_str(word),
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
}

/// What may stand in an address; generous, so that a piece of one is never left over.
fn in_address(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '"' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\'
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden_wherever_they_stand() {
        for (text, told) in [
            ("nothing here", "nothing here"),
            ("jane.smith@example.com", "j***@example.com"),
            (
                "the key \"jane+news@example.com\" exists",
                "the key \"j***@example.com\" exists",
            ),
            ("<a@b.c>, d@e.f", "<a***@b.c>, d***@e.f"),
            ("élan@example.com!", "é***@example.com!"),
            ("a@b@example.com", "a***@example.com"),
            ("@home, at@", "@home, at@"),
            ("mailto:x@y.z", "mailto:x***@y.z"),
            ("https://a.b/?to=jane%40c.d", "https:/***@c.d"),
        ] {
            assert_eq!(addresses(text), told);
        }
    }

    #[test]
    fn an_odd_address_is_hidden_whole() {
        assert_eq!(address("no at sign"), "***");
        assert_eq!(address("@x"), "***@x");
    }
}
