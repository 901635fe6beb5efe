//! What accounts and API keys are called where what is known of them is kept or
//! told to another process: the same in every version and on every host, and
//! nothing that could be turned back into an API key.

use std::fmt;

use super::sha256::sha256;

/// The first 128 bits of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Digest(u128);

impl Digest {
    /// Of these lines, joined by a line feed, which none but the last may hold.
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

/// What an account is called.
///
/// The first 128 bits of the SHA-256 of four lines: `benchmark-email account`; the base URL without
/// a slash at its end; `name` and the account's name, where it was given one, or else `key` and
/// the API key. Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountName(Digest);

impl AccountName {
    /// Of an account that was given a name.
    pub(crate) fn named(base_url: &str, name: &str) -> Self {
        Self(Digest::of(&[
            "benchmark-email account",
            base_url,
            "name",
            name,
        ]))
    }

    /// Of an account that is known by an API key alone.
    pub(crate) fn of_key(base_url: &str, api_key: &str) -> Self {
        Self(Digest::of(&[
            "benchmark-email account",
            base_url,
            "key",
            api_key,
        ]))
    }
}

impl fmt::Debug for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another version or host would not know what this one told, were they others.
    #[test]
    fn names_are_what_they_are_documented_to_be() {
        let (url, key) = ("https://api.example.com", "bme_us_0123456789");
        assert_eq!(
            format!("{:?}", KeyName::of(key)),
            "key 6ad9c3c8e69a7199b97db4b4b1a47e31"
        );
        assert_eq!(
            format!("{:?}", AccountName::of_key(url, key)),
            "account d5b541ccf4801bde8ef9cdf37959728d"
        );
        assert_eq!(
            format!("{:?}", AccountName::named(url, "Acme")),
            "account da0fc37b01b2d876183762c86eecae98"
        );
    }

    #[test]
    fn accounts_differ_by_url_and_by_key_or_name() {
        let account = AccountName::of_key("https://a.test", "one");
        assert_eq!(account, AccountName::of_key("https://a.test", "one"));
        for other in [
            AccountName::of_key("https://b.test", "one"),
            AccountName::of_key("https://a.test", "two"),
            AccountName::named("https://a.test", "one"),
        ] {
            assert_ne!(account, other);
        }
    }
}
