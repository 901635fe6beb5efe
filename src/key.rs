//! The API key: opaque, and never shown.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use http::HeaderValue;

use crate::{Error, error::ErrorKind};

/// An API key. Neither `Debug` nor any error shows it, and it has no `Display`.
///
/// The service's format has changed at least twice, so the key is opaque: any visible ASCII text.
///
/// ```
/// use benchmark_email::ApiKey;
///
/// let key = ApiKey::new("bme_us_0123456789")?;
/// assert_eq!(format!("{key:?}"), "ApiKey(***)");
/// assert!(ApiKey::new("bme_us_0123456789\n").is_err());
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// Takes the key as it is shown in Settings > API Keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the key is empty, or holds a space, a line break or anything else
    /// that is not visible ASCII: mostly a key read from a file with its last line break.
    pub fn new(key: impl AsRef<str>) -> Result<Self, Error> {
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

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// Tells keys apart within this process without keeping them.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.0.as_bytes().hash(&mut hasher);
        format!("key {:016x}", hasher.finish())
    }

    /// Blanks the key out of a text that the server sent.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        match self.0.to_str() {
            Ok(key) => text.replace(key, "***"),
            Err(_) => text.to_owned(),
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}
