//! Whose row each record is: found by the address of a contact, without keeping the rows.

use std::hash::{BuildHasher, RandomState};

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
    sorted: bool,
}

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
        self.sorted = false;
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
        self.sorted = true;
    }

    /// The records whose address may be this one; two addresses in a great many share a hash.
    pub(super) fn find(&self, folded: &str) -> std::ops::Range<usize> {
        debug_assert!(self.sorted);
        let hash = self.hasher.hash_one(folded);
        let start = self.entries.partition_point(|entry| entry.hash < hash);
        let same = self
            .entries
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(|entry| entry.hash == hash)
            .count();
        start..start + same
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
    pub(super) fn left_over(&self) -> Vec<std::ops::Range<usize>> {
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
