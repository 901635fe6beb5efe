//! Identifiers: 24 hexadecimal characters, made in a fixed order so that two runs agree.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::Moment;

/// The id of anything in an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id([u8; 12]);

impl Id {
    /// Reads 24 hexadecimal characters, of either case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut id = [0; 12];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || pairs.len() != id.len() {
            return None;
        }
        for (byte, [high, low]) in id.iter_mut().zip(pairs) {
            let digit = |c: u8| char::from(c).to_digit(16);
            *byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
        }
        Some(Self(id))
    }
}

/// Makes ids: seconds of the account's clock, then a counter, so that ids sort by age.
#[derive(Debug, Clone)]
pub(crate) struct Mint {
    next: u64,
}

/// The counter starts at a number with all bytes in use, so that ids look like the service's.
impl Default for Mint {
    fn default() -> Self {
        Self {
            next: 0x698f_1bca_6042_4900,
        }
    }
}

impl Mint {
    pub(crate) fn make(&mut self, now: Moment) -> Id {
        self.next = self.next.wrapping_add(1);
        let seconds = u32::try_from(now.unix_seconds()).unwrap_or(u32::MAX);
        let mut id = [0; 12];
        let (head, tail) = id.split_at_mut(4);
        head.copy_from_slice(&seconds.to_be_bytes());
        tail.copy_from_slice(&self.next.to_be_bytes());
        Id(id)
    }

    /// Keeps ids made from now on apart from one that already exists.
    pub(crate) fn skip(&mut self, taken: Id) {
        let (_, tail) = taken.0.split_at(4);
        let counter = tail.try_into().map_or(0, u64::from_be_bytes);
        // A foreign id with a counter far away can't be met by counting on.
        if counter.wrapping_sub(self.next) < 1 << 40 {
            self.next = counter;
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let mut text = [0; 24];
        let (pairs, _) = text.as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(self.0) {
            let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is not an id of 24 hexadecimal characters"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_id_reads_back_as_written() {
        let id = Id::parse("66f1a6e4698f1bca60424901").unwrap();
        assert_eq!(id.to_string(), "66f1a6e4698f1bca60424901");
        assert_eq!(
            serde_json::to_string(&id).unwrap(),
            "\"66f1a6e4698f1bca60424901\""
        );
    }

    #[test]
    fn what_is_not_24_hexadecimal_characters_is_no_id() {
        for text in [
            "",
            "..",
            "66f1a6e4698f1bca6042490",
            "66f1a6e4698f1bca6042490g",
            "66f1a6e4698f1bca604249011",
            "é6f1a6e4698f1bca60424901",
        ] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_mint_steps_over_ids_that_exist() {
        let now = Moment::from_unix_seconds(1);
        let mut first = Mint::default();
        let taken: Vec<Id> = (0..3).map(|_| first.make(now)).collect();
        let mut second = Mint::default();
        for id in &taken {
            second.skip(*id);
        }
        assert!(!taken.contains(&second.make(now)));
    }
}
