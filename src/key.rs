//! The API key: opaque, and never shown.

use std::{borrow::Cow, fmt};

use http::{HeaderMap, HeaderValue};

use crate::{
    Error,
    budget::{AccountName, KeyName},
    error::ErrorKind,
    redact,
};

/// An API key. Neither `Debug` nor any error shows it, and it has no `Display`.
///
/// The service's format has changed at least twice, so the key is opaque: any visible ASCII text.
#[derive(Clone)]
pub(crate) struct ApiKey(HeaderValue);

impl ApiKey {
    /// Takes the key as it is shown in Settings > API Keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the key is empty, or holds a space, a line break or anything else
    /// that is not visible ASCII: mostly a key read from a file with its last line break.
    pub(crate) fn new(key: impl AsRef<str>) -> Result<Self, Error> {
        let key = key.as_ref();
        let wrong = |why: &str| Error::new(ErrorKind::Config, format!("the API key {why}"));
        if key.is_empty() {
            return Err(wrong("is empty: copy it from Settings > API Keys"));
        }
        if let Some(place) = key.bytes().position(|b| !b.is_ascii_graphic()) {
            return Err(wrong(&format!(
                "holds a space, line break or other unprintable character at position {place}: trim it"
            )));
        }
        let mut value =
            HeaderValue::from_str(key).map_err(|_| wrong("can't be sent as a header"))?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// A stand-in where there is no key to hide.
    pub(crate) fn none() -> Self {
        Self(HeaderValue::from_static("-"))
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// What the budget calls it.
    pub(crate) fn name(&self) -> KeyName {
        KeyName::of(self.0.to_str().unwrap_or_default())
    }

    /// What the budget calls an account that is known by the key alone.
    pub(crate) fn account(&self, base_url: &str) -> AccountName {
        AccountName::of_key(base_url, self.0.to_str().unwrap_or_default())
    }

    /// Blanks the key out of a text that the server sent.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        match self.0.to_str() {
            // What is shorter is no secret, and stands in many words.
            Ok(key) if key.len() >= SHORTEST_SECRET => hide(text, key),
            _ => text.to_owned(),
        }
    }

    /// Blanks the key out of headers that the server sent.
    pub(crate) fn hide_in_headers(&self, headers: &HeaderMap) -> HeaderMap {
        let mut hidden = headers.clone();
        redact::headers(&mut hidden, |text| Cow::Owned(self.hide_in(text)));
        hidden
    }
}

/// The text without the key, whichever way JSON or a URL spells it.
fn hide(text: &str, key: &str) -> String {
    let plain = text.replace(key, "***");
    if !plain.contains(['\\', '%']) {
        return plain;
    }
    let mut hidden = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = after_spelt(rest, key) {
            hidden.push_str("***");
            rest = after;
            continue;
        }
        // What an escape begins with is no part of what it stands for.
        let taken = if c == '\\' { 2 } else { 1 };
        let end = rest
            .char_indices()
            .nth(taken)
            .map_or(rest.len(), |(end, _)| end);
        let (head, tail) = rest.split_at(end);
        hidden.push_str(head);
        rest = tail;
    }
    hidden
}

/// What follows the key in a text that begins with it, each character spelt in one of its ways.
fn after_spelt<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    key.bytes().try_fold(text, |rest, byte| {
        let hex = |lead: &str, length: usize| {
            let digits = rest.strip_prefix(lead)?;
            let number = u32::from_str_radix(digits.get(..length)?, 16).ok()?;
            (number == u32::from(byte)).then(|| digits.get(length..))?
        };
        let escaped = || rest.strip_prefix('\\')?.strip_prefix(char::from(byte));
        let escapable = matches!(byte, b'"' | b'\\' | b'/');
        hex("\\u", 4)
            .or_else(|| hex("%", 2))
            .or_else(|| escapable.then(escaped)?)
            .or_else(|| rest.strip_prefix(char::from(byte)))
    })
}

/// A key of the service has some fifty characters.
const SHORTEST_SECRET: usize = 8;

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = ApiKey::new("bme_us_0123456789").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(***)");
        assert!(key.header().is_sensitive());
        assert_eq!(key.hide_in("bad key bme_us_0123456789!"), "bad key ***!");
        let mut headers = HeaderMap::new();
        headers.insert("x-echo", HeaderValue::from_static("a bme_us_0123456789"));
        headers.insert("x-other", HeaderValue::from_static("b"));
        let hidden = key.hide_in_headers(&headers);
        assert_eq!(
            (&hidden["x-echo"], &hidden["x-other"]),
            (&HeaderValue::from_static("a ***"), &headers["x-other"])
        );
    }

    #[test]
    fn a_key_is_hidden_however_it_is_spelt() {
        const KEY: &str = "bme/us\"01\\23%456789";
        let key = ApiKey::new(KEY).unwrap();
        let json = serde_json::to_string(KEY).unwrap();
        let as_json = |c: char| format!("\\u{:04X}", u32::from(c));
        let in_url = |c: char| format!("%{:02x}", u32::from(c));
        for spelt in [
            KEY.to_owned(),
            json.trim_matches('"').to_owned(),
            json.trim_matches('"').replace('/', "\\/"),
            KEY.chars().map(as_json).collect(),
            KEY.chars().map(in_url).collect(),
            format!(
                "{}{}",
                as_json('b'),
                json.trim_matches('"').trim_start_matches('b')
            ),
        ] {
            let hidden = key.hide_in(&format!("{{\"m\":\"a \\n\\\\ {spelt} b 50%\"}}"));
            assert_eq!(hidden, "{\"m\":\"a \\n\\\\ *** b 50%\"}", "{spelt}");
        }
        let other = r"\bme/us and \u12 and %zz and \";
        assert_eq!(key.hide_in(other), other);
    }

    #[test]
    fn a_short_key_of_a_sandbox_is_left_in_words() {
        assert_eq!(
            ApiKey::new("key").unwrap().hide_in("key is required"),
            "key is required"
        );
    }
}
