//! The ids that were seen, in little memory: a search may bring a million.

use std::collections::HashSet;

/// A set of ids. One of 24 hexadecimal digits, as every example shows them, takes 12 bytes.
#[derive(Default)]
pub(super) struct Seen {
    packed: HashSet<[u8; 12]>,
    other: HashSet<Box<str>>,
}

impl Seen {
    /// Whether it is new.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        match pack(id) {
            Some(packed) => self.packed.insert(packed),
            None => self.other.insert(id.into()),
        }
    }
}

/// 24 lowercase hexadecimal digits as 12 bytes; two texts never give the same.
fn pack(id: &str) -> Option<[u8; 12]> {
    let digits = id.as_bytes();
    if digits.len() != 24 {
        return None;
    }
    let mut packed = [0; 12];
    for (byte, pair) in packed.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let digit = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = *byte << 4 | digit;
        }
    }
    Some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_whatever_it_looks_like() {
        let mut seen = Seen::default();
        for id in [
            "66f1a6e4698f1bca60424901",
            "66f1a6e4698f1bca60424902",
            "66F1A6E4698F1BCA60424901",
            "c1",
            "",
        ] {
            assert!(seen.insert(id), "{id}");
            assert!(!seen.insert(id), "{id}");
        }
        assert_eq!(seen.packed.len(), 2);
    }
}
