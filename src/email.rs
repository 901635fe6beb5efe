//! The key of a contact: an e-mail address that `Debug` never shows in full.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, redact, wire::read_as_text};

/// An e-mail address, the key of a contact.
///
/// `Debug` shows `j***@example.com`; [`as_str`](Self::as_str) gives it whole. There is no `Display`,
/// so that it doesn't get into a log by accident.
///
/// ```
/// use benchmark_email::EmailAddress;
///
/// let address = EmailAddress::new("jane.smith@example.com")?;
/// assert_eq!(format!("{address:?}"), r#"EmailAddress("j***@example.com")"#);
/// assert!(EmailAddress::new("jane smith@example.com").is_err());
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

read_as_text! { EmailAddress }

impl EmailAddress {
    /// Checks what no address can be without: one `@` with something on both sides, no space or line
    /// break, at most 320 characters. The service's own rules are not documented; what it finds
    /// wrong is its `ValidationError`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), saying which rule is broken.
    pub fn new(address: impl Into<String>) -> Result<Self, Error> {
        let address = address.into();
        match fault(&address) {
            Some(why) => Err(Error::invalid(format!("the e-mail address {why}"))),
            None => Ok(Self(address)),
        }
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fault(address: &str) -> Option<String> {
    if address.is_empty() {
        return Some("is empty".to_owned());
    }
    // Most addresses are plain; a list holds a great many.
    if !address.bytes().all(|byte| byte.is_ascii_graphic())
        && let Some(odd) = address
            .chars()
            .find(|c| c.is_whitespace() || c.is_control())
    {
        return Some(format!("holds {odd:?}, which no address does"));
    }
    if address.len() > 320 && address.chars().count() > 320 {
        return Some(format!(
            "has {} characters, and the most is 320",
            address.chars().count()
        ));
    }
    match address.rsplit_once('@') {
        None => Some("has no `@`".to_owned()),
        Some(("", _)) => Some("has nothing before the `@`".to_owned()),
        Some((_, "")) => Some("has nothing after the `@`".to_owned()),
        // A quoted local part may hold a second one: leave that to the service.
        Some((local, _)) if local.contains('@') && !local.starts_with('"') => {
            Some("has more than one `@`".to_owned())
        }
        Some(_) => None,
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EmailAddress")
            .field(&redact::address(&self.0))
            .finish()
    }
}

impl AsRef<str> for EmailAddress {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for EmailAddress {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for EmailAddress {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_address_can_be_is_refused_with_the_reason() {
        for (address, why) in [
            ("", "is empty"),
            ("jane", "no `@`"),
            ("@example.com", "nothing before"),
            ("jane@", "nothing after"),
            ("a@b@c", "more than one"),
            ("jane@example.com\n", "holds '\\n'"),
            ("jane smith@example.com", "holds ' '"),
        ] {
            let error = EmailAddress::new(address).unwrap_err().to_string();
            assert!(error.contains(why), "{address:?}: {error}");
        }
        assert!(EmailAddress::new(format!("{}@example.com", "a".repeat(320))).is_err());
    }

    #[test]
    fn odd_but_possible_addresses_are_taken() {
        for address in [
            "jane+news@example.com",
            "\"a@b\"@example.com",
            "élan@exämple.com",
            "a@localhost",
        ] {
            assert_eq!(EmailAddress::new(address).unwrap().as_str(), address);
        }
    }
}
