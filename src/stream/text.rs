//! The part of the body that has arrived and isn't decoded yet, as text.
//!
//! Owns the one UTF-8 check of every chunk, the code point cut in two by the end of a chunk, and
//! the count of bytes since the start of the body. Knows nothing of JSON but its white space.

use std::fmt;
use std::str;

/// Room kept between chunks; what one huge element made it grow beyond is given back.
const KEPT_ROOM: usize = 256 * 1024;

/// The mark of byte order.
const MARK: char = '\u{feff}';

/// Text that grows at its end and is consumed from its start.
#[derive(Default)]
pub(super) struct Text {
    buffer: String,
    /// How much of `buffer` is consumed; always between two code points.
    consumed: usize,
    /// Bytes of the body that came before `buffer`.
    before: u64,
    /// The first one to three bytes of a code point whose rest is in the next chunk.
    cut: Vec<u8>,
    /// The body stopped being UTF-8 after `buffer`; whatever came later is dropped.
    broken: bool,
}

impl Text {
    /// Appends a chunk of the body. What was consumed before is forgotten.
    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.forget_consumed();
        let chunk = self.mend_cut(chunk);
        let (whole, cut) = chunk.split_at(chunk.len() - unfinished(chunk));
        self.append(whole);
        self.cut.extend_from_slice(cut);
    }

    /// What has arrived and isn't consumed.
    pub(super) fn rest(&self) -> &str {
        self.buffer.get(self.consumed..).unwrap_or_default()
    }

    /// Consumes white space; gives the byte after it, if that has arrived.
    pub(super) fn skip_whitespace(&mut self) -> Option<u8> {
        let rest = self.buffer.as_bytes().get(self.consumed..)?;
        let space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let skip = rest
            .iter()
            .position(|byte| !space(byte))
            .unwrap_or(rest.len());
        self.consumed += skip;
        rest.get(skip).copied()
    }

    /// Consumes the mark of byte order that the body begins with, if so. It has arrived as a whole, as
    /// code points do.
    pub(super) fn skip_mark(&mut self) -> bool {
        let is_there = self.offset() == 0 && self.rest().starts_with(MARK);
        self.consumed += if is_there { MARK.len_utf8() } else { 0 };
        is_there
    }

    /// Consumes `count` bytes, which end between two code points.
    pub(super) fn consume(&mut self, count: usize) {
        self.consumed += count;
    }

    /// Offset in the body of the first byte that isn't consumed.
    pub(super) fn offset(&self) -> u64 {
        self.before + self.consumed as u64
    }

    /// Offset in the body of the end of the text, or of the byte that isn't UTF-8.
    pub(super) fn end(&self) -> u64 {
        self.before + self.buffer.len() as u64
    }

    /// Nothing more will come because a byte that isn't UTF-8 did.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// The last chunk ended within a code point.
    pub(super) fn is_cut(&self) -> bool {
        !self.cut.is_empty()
    }

    fn forget_consumed(&mut self) {
        if self.consumed == 0 {
            return;
        }
        self.before += self.consumed as u64;
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        if self.buffer.len() < KEPT_ROOM {
            self.buffer.shrink_to(KEPT_ROOM);
        }
    }

    /// Completes the cut code point from the start of `chunk` and gives the rest of the chunk.
    fn mend_cut<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        let Some(&lead) = self.cut.first() else {
            return chunk;
        };
        let missing = code_point_length(lead) - self.cut.len();
        let (mend, rest) = chunk.split_at(missing.min(chunk.len()));
        self.cut.extend_from_slice(mend);
        if mend.len() == missing {
            let code_point = std::mem::take(&mut self.cut);
            self.append(&code_point);
        }
        rest
    }

    fn append(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        match str::from_utf8(bytes) {
            Ok(text) => self.buffer.push_str(text),
            Err(error) => {
                let (valid, _) = bytes.split_at(error.valid_up_to());
                self.buffer
                    .push_str(str::from_utf8(valid).unwrap_or_default());
                self.broken = true;
            }
        }
    }
}

/// Shows sizes only: the text is full of addresses.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("offset", &self.offset())
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}

/// How many bytes at the end of `bytes` begin a code point that doesn't end there.
fn unfinished(bytes: &[u8]) -> usize {
    for (count, &byte) in (1..=3).zip(bytes.iter().rev()) {
        if !matches!(byte, 0x80..=0xBF) {
            return if code_point_length(byte) > count {
                count
            } else {
                0
            };
        }
    }
    0
}

/// The length of a code point by its first byte; a byte that can't be first counts as one alone.
fn code_point_length(lead: u8) -> usize {
    match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    fn pushed(chunks: &[&[u8]]) -> Text {
        let mut text = Text::default();
        for chunk in chunks {
            text.push(chunk);
        }
        text
    }

    #[test]
    fn a_code_point_may_be_cut_anywhere() {
        let body = "aé€😀z".as_bytes();
        for first in 0..=body.len() {
            for second in first..=body.len() {
                let text = pushed(&[&body[..first], &body[first..second], &body[second..]]);
                assert_eq!(text.rest(), "aé€😀z");
                assert_eq!(text.end(), body.len() as u64);
                assert!(!text.is_cut() && !text.is_broken());
            }
        }
    }

    #[test]
    fn what_is_not_utf8_is_found_at_its_byte_however_it_is_cut() {
        for bad in [
            &b"ab\xFFcd"[..],
            b"ab\x80",
            b"ab\xC0\xAFcd",
            b"ab\xED\xA0\x80",
            b"ab\xE2\x82\"]",
            b"ab\xF0\x9F[]",
        ] {
            for cut in 0..=bad.len() {
                let text = pushed(&[&bad[..cut], &bad[cut..], b"more", b"\xFF"]);
                assert!(text.is_broken(), "{bad:?} cut at {cut}");
                assert_eq!(text.rest(), "ab");
                assert_eq!(text.end(), 2);
            }
        }
    }

    #[test]
    fn an_unfinished_code_point_is_cut_until_its_rest_comes() {
        let mut text = pushed(&[b"a\xF0\x9F"]);
        assert!(text.is_cut());
        text.push(b"\x98");
        assert!(text.is_cut() && text.rest() == "a");
        text.push(b"\x80");
        assert!(!text.is_cut() && text.rest() == "a😀");
    }

    #[test]
    fn offsets_count_from_the_start_of_the_body() {
        let mut text = pushed(&[b"  one"]);
        assert_eq!(text.skip_whitespace(), Some(b'o'));
        text.consume(2);
        assert_eq!((text.offset(), text.end(), text.rest()), (4, 5, "e"));
        text.push(b" \t");
        assert_eq!((text.offset(), text.end(), text.rest()), (4, 7, "e \t"));
        text.consume(1);
        assert_eq!(text.skip_whitespace(), None);
        assert_eq!((text.offset(), text.end()), (7, 7));
    }

    #[test]
    fn room_taken_by_a_huge_element_is_given_back() {
        let mut text = pushed(&[&vec![b'x'; 4 * 1024 * 1024]]);
        text.consume(4 * 1024 * 1024);
        text.push(b"y");
        assert!(text.buffer.capacity() <= 2 * KEPT_ROOM);
    }
}
