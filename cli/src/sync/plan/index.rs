//! Whose row each record is: found by the address of a contact, without keeping the rows.

use std::{
    hash::{BuildHasher, RandomState},
    ops::Range,
};

use crate::sync::source::Span;

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    hash: u64,
    start: u64,
    length: u32,
    line: u32,
    source: u16,
    pub(super) state: State,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody asked for it yet.
    Open,
    /// It has an address and can't be taken.
    Rejected,
    /// A contact came by for it, and this came of it.
    Met(Outcome),
}

/// What the rows of one address come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Planned,
    Deleted,
    Suppressed,
    Unchanged,
    Protected,
    Rejected,
}

impl Entry {
    pub(super) fn span(self) -> Span {
        Span {
            start: self.start,
            length: u64::from(self.length),
        }
    }

    pub(super) fn source(self) -> usize {
        usize::from(self.source)
    }

    pub(super) fn line(self) -> u64 {
        u64::from(self.line)
    }
}

/// The records that have an address, by address.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    hasher: RandomState,
    /// Where the entries begin whose hash begins with these bits, and where the last ones end; empty until it is
    /// sorted. A search in all entries would touch memory that is nowhere near each time it halves them.
    starts: Vec<usize>,
}

/// About so many entries share a beginning of their hash.
const SHARING: usize = 8;

impl Index {
    pub(super) fn with_room_for(records: usize) -> Self {
        Self {
            entries: Vec::with_capacity(records),
            ..Self::default()
        }
    }

    /// Puts a record in; false where it is too large or too far down to be told apart.
    pub(super) fn put(
        &mut self,
        folded: &str,
        source: usize,
        span: Span,
        line: u64,
        rejected: bool,
    ) -> bool {
        let (Ok(source), Ok(length), Ok(line)) = (
            u16::try_from(source),
            u32::try_from(span.length),
            u32::try_from(line),
        ) else {
            return false;
        };
        self.starts.clear();
        self.entries.push(Entry {
            hash: self.hasher.hash_one(folded),
            start: span.start,
            length,
            line,
            source,
            state: if rejected {
                State::Rejected
            } else {
                State::Open
            },
        });
        true
    }

    /// Puts records of one address beside each other, in the order of their sources.
    pub(super) fn sort(&mut self) {
        self.entries
            .sort_unstable_by_key(|entry| (entry.hash, entry.source, entry.start));
        let beginnings = (self.entries.len() / SHARING).max(1).next_power_of_two();
        self.starts = (0..=beginnings)
            .scan(0, |start, beginning| {
                let rest = self.entries.get(*start..).unwrap_or_default();
                let before = |entry: &&Entry| beginning_of(entry.hash, beginnings) < beginning;
                *start += rest.iter().take_while(before).count();
                Some(*start)
            })
            .collect();
    }

    /// The records whose address may be this one; two addresses in a great many share a hash.
    pub(super) fn find(&self, folded: &str) -> Range<usize> {
        debug_assert!(!self.starts.is_empty(), "it is sorted");
        let hash = self.hasher.hash_one(folded);
        let beginning = beginning_of(hash, self.starts.len().saturating_sub(1));
        let (Some(&first), Some(&end)) = (
            self.starts.get(beginning),
            self.starts.get(beginning.saturating_add(1)),
        ) else {
            return 0..0;
        };
        let near = self.entries.get(first..end).unwrap_or_default();
        let less = near.iter().take_while(|entry| entry.hash < hash).count();
        let same = near.iter().skip(less);
        let same = same.take_while(|entry| entry.hash == hash).count();
        first + less..first + less + same
    }

    pub(super) fn get(&self, place: usize) -> Option<Entry> {
        self.entries.get(place).copied()
    }

    pub(super) fn set(&mut self, places: &[usize], state: State) {
        for place in places {
            if let Some(entry) = self.entries.get_mut(*place) {
                entry.state = state;
            }
        }
    }

    /// The runs of records with one hash of which nobody came by for some, in the order of their sources.
    pub(super) fn left_over(&self) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut start = 0;
        while let Some(first) = self.entries.get(start) {
            let rest = self.entries.get(start..).unwrap_or_default().iter();
            let run = rest.take_while(|entry| entry.hash == first.hash);
            let (mut length, mut is_open) = (0, false);
            for entry in run {
                length += 1;
                is_open |= entry.state == State::Open;
            }
            if is_open {
                runs.push(start..start + length);
            }
            start += length;
        }
        runs.sort_unstable_by_key(|run| {
            self.entries
                .get(run.start)
                .map(|entry| (entry.source, entry.start))
        });
        runs
    }
}

/// Which of so many beginnings, a power of two, a hash has.
fn beginning_of(hash: u64, beginnings: usize) -> usize {
    let bits = beginnings.max(1).ilog2();
    let beginning = hash.checked_shr(u64::BITS - bits).unwrap_or(0);
    usize::try_from(beginning).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u64) -> String {
        format!("person{number}@example.com")
    }

    #[test]
    fn every_record_is_found_by_its_address_however_many_there_are() {
        for count in [0, 1, 2, 7, 8, 9, 100, 1_000, 20_000] {
            let mut index = Index::with_room_for(0);
            for number in 0..count {
                // Each third address has two rows.
                for times in 0..=u64::from(number % 3 == 0) {
                    let span = Span {
                        start: number * 2 + times,
                        length: 1,
                    };
                    assert!(index.put(&address(number), 0, span, number, false));
                }
            }
            index.sort();
            for number in 0..count {
                let found = index.find(&address(number));
                let lines: Vec<_> = found.filter_map(|place| index.get(place)).collect();
                assert_eq!(lines.len(), 1 + usize::from(number % 3 == 0), "{number}");
                assert!(lines.iter().all(|entry| entry.line() == number));
                assert!(lines.is_sorted_by_key(|entry| entry.start));
            }
            assert!(index.find("nobody@example.com").is_empty(), "of {count}");
        }
    }
}
