//! Finds the end of one JSON value whose text grows.
//!
//! Looks at every byte once, however often it is asked, and judges nothing: whether the value is
//! right is for the parser to say. On text that isn't JSON the end it finds is meaningless, but it
//! comes to one.

use memchr::memchr2;

/// Where a scan of a value stands.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Bytes of the value already looked at.
    seen: usize,
    inside: Inside,
    /// Brackets open, and the most that were open at once.
    depth: usize,
    deepest: usize,
    whole: bool,
}

#[derive(Debug, Default, Clone, Copy)]
enum Inside {
    /// Before the first byte.
    #[default]
    Nothing,
    /// Between the brackets of an array or object, outside its strings.
    Brackets,
    String,
    /// After a backslash in a string.
    Escape,
    /// A number or a literal, which ends where something else begins.
    Bare,
}

impl Scan {
    /// Whether the value that begins at the start of `text` ends in it.
    ///
    /// Every call must be given the text of the last call, with or without more at its end.
    pub(super) fn is_whole(&mut self, text: &str) -> bool {
        while !self.whole {
            let Some(rest) = text
                .as_bytes()
                .get(self.seen..)
                .filter(|rest| !rest.is_empty())
            else {
                return false;
            };
            let found = match self.inside {
                Inside::Nothing | Inside::Escape => Some(0),
                Inside::Brackets => rest.iter().position(|byte| b"\"{[}]".contains(byte)),
                Inside::String => memchr2(b'"', b'\\', rest),
                Inside::Bare => rest.iter().position(|byte| !is_bare(*byte)),
            };
            self.seen += found.map_or(rest.len(), |at| at + 1);
            if let Some(&byte) = found.and_then(|at| rest.get(at)) {
                self.step(byte);
            }
        }
        true
    }

    fn step(&mut self, byte: u8) {
        match (self.inside, byte) {
            (Inside::Nothing | Inside::Brackets, b'{' | b'[') => self.open(),
            (Inside::Nothing | Inside::Brackets, b'"') | (Inside::Escape, _) => {
                self.inside = Inside::String;
            }
            (Inside::String, b'\\') => self.inside = Inside::Escape,
            (Inside::String, _) => self.close(),
            (Inside::Brackets, _) => {
                self.depth -= 1;
                self.close();
            }
            (Inside::Bare, _) | (Inside::Nothing, b'}' | b']' | b',' | b':') => self.whole = true,
            (Inside::Nothing, _) => self.inside = Inside::Bare,
        }
    }

    fn open(&mut self) {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        self.inside = Inside::Brackets;
    }

    /// After the end of a string or of a bracket.
    fn close(&mut self) {
        self.inside = Inside::Brackets;
        self.whole = self.depth == 0;
    }
}

/// The bytes of numbers and literals.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// Whether brackets nest more than `limit` deep in a whole value.
pub(super) fn is_deeper_than(limit: usize, value: &str) -> bool {
    // Almost every element has too few brackets to look at how they nest.
    if opening_brackets(value.as_bytes()) <= limit {
        return false;
    }
    let mut scan = Scan::default();
    scan.is_whole(value);
    scan.deepest > limit
}

/// How many brackets open, in strings or not.
fn opening_brackets(value: &[u8]) -> usize {
    // `[` and `{` differ in this bit alone; sums that fit a byte let the compiler count 16 at
    // a time.
    let opens = |byte: &u8| u8::from(byte | 0x20 == b'{');
    value
        .chunks(128)
        .map(|part| usize::from(part.iter().map(opens).sum::<u8>()))
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice)]
    use super::*;

    /// The length at which a value that arrives byte by byte is first called whole.
    fn whole_at(text: &str) -> Option<usize> {
        let mut scan = Scan::default();
        (0..=text.len())
            .filter(|&end| text.is_char_boundary(end))
            .find(|&end| scan.is_whole(&text[..end]))
    }

    #[test]
    fn strings_and_brackets_end_at_their_last_byte() {
        for value in [
            r#""""#,
            r#""a\"b""#,
            r#""\\""#,
            r#""]}é😀""#,
            "{}",
            "[]",
            "[[],[]]",
            r#"{"a":[1,{"b":"]}\""}]}"#,
            r#"["\u0022",""]"#,
        ] {
            assert_eq!(
                whole_at(&format!("{value} ,[]")),
                Some(value.len()),
                "{value}"
            );
        }
    }

    #[test]
    fn numbers_and_literals_end_where_something_else_begins() {
        for value in ["0", "-12", "1.5e+3", "true", "null"] {
            assert_eq!(whole_at(value), None);
            assert_eq!(whole_at(&format!("{value}]")), Some(value.len() + 1));
        }
    }

    #[test]
    fn what_is_no_value_comes_to_an_end() {
        for text in ["]", ",", "}", ":", "nope ", "é "] {
            assert!(whole_at(text).is_some(), "{text}");
        }
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_deeper_than(5, &nested(5)));
        assert!(is_deeper_than(5, &nested(6)));
        assert!(!is_deeper_than(5, "[[],[],[],[],[],[]]"));
        assert!(!is_deeper_than(5, r#"["[[[[[[[["]"#));
        assert!(is_deeper_than(2, r#"{"a":[{"b":1}]}"#));
    }
}
