//! `__v`: which version of a contact, structure or list it is.

use serde::{Deserialize, Deserializer, Serialize, de};

/// A version, new with every change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Version(u64);

impl Version {
    /// The largest: every reader of JSON holds it exactly.
    const LAST: u64 = (1 << 53) - 1;

    /// That of the next change; another one than this, also after the largest.
    pub(crate) fn next(self) -> Self {
        Self(if self.0 < Self::LAST { self.0 + 1 } else { 0 })
    }
}

impl PartialEq<i64> for Version {
    fn eq(&self, other: &i64) -> bool {
        u64::try_from(*other) == Ok(self.0)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = u64::deserialize(deserializer)?;
        if version <= Self::LAST {
            return Ok(Self(version));
        }
        let last = Self::LAST;
        let why = format!("`__v` is {version}, and the largest that can be kept is {last}");
        Err(de::Error::custom(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_makes_another_version_that_can_be_read_back() {
        let last = Version(Version::LAST);
        for version in [Version::default(), Version(41), last] {
            let next = version.next();
            assert_ne!(next, version);
            let json = serde_json::to_string(&next).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Version>(&json).ok(), Some(next));
        }
        assert_eq!(last, 9_007_199_254_740_991);
        for beyond in ["9007199254740992", "18446744073709551615"] {
            let error = serde_json::from_str::<Version>(beyond).unwrap_err();
            assert!(error.to_string().contains("the largest"), "{error}");
        }
    }
}
