//! The decoder: bytes of a body in, elements out, no I/O.
//!
//! An element is parsed straight from the text that has arrived, by `serde_json`, in the hope that
//! it is all there; as a rule it is. One that isn't is parsed once more when the next chunk is
//! there; if that was too early too, a scan looks for its end and it is parsed when found, so that
//! the work stays linear in its size whatever the size of the chunks.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::error::{DecodeError, DecodeErrorKind};
use super::scan::{Scan, is_deeper_than};
use super::text::Text;

/// The largest element that a decoder accepts without another bound: 16 MiB.
const DEFAULT_MAX_ELEMENT_BYTES: usize = 16 * 1024 * 1024;

/// `serde_json` nests values up to this depth, the brackets around the elements included.
const MAX_DEPTH: usize = 127;

/// How often a value is parsed in the hope that it is all there.
const HOPEFUL_PARSES: u8 = 2;

/// Decodes a JSON array of `T` while it arrives.
///
/// Feed it the chunks of a body as they come, cut anywhere, and take the elements after each. An
/// element comes out as soon as its last byte is there (a bare number or literal: as soon as the
/// byte after it is). The decoder holds the text of the last chunk and of one unfinished element,
/// so take all elements before feeding more.
///
/// The body is an array, or an object with one array named `records` or `contacts`, whose other
/// members are skipped. What is accepted is what `serde_json::from_str` accepts for a `Vec<T>`, or
/// for a struct with that one field, save that an element (or skipped member) has a largest size.
/// Elements keep what `T` keeps: numbers are read by `T`, not by the decoder. A `T` must not
/// swallow the errors of its deserializer.
pub struct ArrayDecoder<T> {
    text: Text,
    place: Place,
    unfinished: Unfinished,
    /// Elements decoded so far.
    index: u64,
    /// The array is in an object.
    wrapped: bool,
    found_array: bool,
    max_element_bytes: usize,
    finished: bool,
    failed: Option<DecodeError>,
    otherwise: Option<Otherwise<T>>,
}

/// What is made of the text of an element that its type refused.
type Otherwise<T> = fn(&RawValue) -> T;

/// What was tried on the value at the start of the text, whose end hadn't arrived.
#[derive(Default)]
struct Unfinished {
    parses: u8,
    scan: Scan,
}

/// What comes next in the body.
#[derive(Clone, Copy, Debug)]
enum Place {
    Body,
    FirstElement,
    Element,
    AfterElement,
    FirstKey,
    Key,
    Colon(Member),
    Value(Member),
    AfterMember,
    End,
}

/// A member of the wrapper.
#[derive(Clone, Copy, Debug)]
enum Member {
    Array,
    Skipped,
}

impl<T> ArrayDecoder<T> {
    /// A decoder at the start of a body.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: Text::default(),
            place: Place::Body,
            unfinished: Unfinished::default(),
            index: 0,
            wrapped: false,
            found_array: false,
            max_element_bytes: DEFAULT_MAX_ELEMENT_BYTES,
            finished: false,
            failed: None,
            otherwise: None,
        }
    }

    /// Makes something of an element that `T` refuses, or that the parser refuses for `T`, from its JSON
    /// text. Without it such an element is a fault of the body.
    #[must_use]
    pub fn otherwise(self, make: fn(&RawValue) -> T) -> Self {
        Self {
            otherwise: Some(make),
            ..self
        }
    }

    /// Refuses elements of more than `bytes` bytes; without it, of more than 16 MiB.
    #[must_use]
    pub fn max_element_bytes(self, bytes: usize) -> Self {
        Self {
            max_element_bytes: bytes,
            ..self
        }
    }

    /// Takes the next chunk of the body.
    pub fn feed(&mut self, chunk: &[u8]) {
        if self.failed.is_none() {
            self.text.push(chunk);
        }
    }

    /// Says that the body has ended: from now on a missing part is an error.
    pub fn finish(&mut self) {
        self.finished = true;
    }
}

impl<T: DeserializeOwned> ArrayDecoder<T> {
    /// The next element; `None` if more of the body is needed or, after [`finish`](Self::finish),
    /// if the array is complete and nothing but white space follows it.
    ///
    /// # Errors
    ///
    /// The first fault of the body, after the elements before it, and again at every later call.
    pub fn next_element(&mut self) -> Result<Option<T>, DecodeError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.advance();
        if let Err(error) = &next {
            self.failed = Some(error.clone());
            self.text = Text::default();
        }
        next
    }

    #[cfg(test)]
    pub(super) fn unconsumed(&self) -> usize {
        self.text.rest().len()
    }

    fn advance(&mut self) -> Result<Option<T>, DecodeError> {
        while let Some(byte) = self.text.skip_whitespace() {
            match (self.place, byte) {
                (Place::FirstElement | Place::AfterElement, b']') => self.close_array(),
                (Place::FirstElement | Place::Element, _) => {
                    let Some(element) = self.element()? else {
                        break;
                    };
                    return Ok(Some(element));
                }
                (Place::AfterElement, b',') => self.pass(Place::Element),
                (Place::AfterElement, _) => {
                    return Err(self.syntax("expected `,` or `]` after an element"));
                }
                (Place::Body | Place::Value(Member::Array), b'[') => {
                    self.found_array = true;
                    self.pass(Place::FirstElement);
                }
                (Place::Body, b'{') => {
                    self.wrapped = true;
                    self.pass(Place::FirstKey);
                }
                // The first byte of a byte order mark, which text may begin with; JSON may not.
                (Place::Body, 0xEF) if self.text.skip_mark() => {}
                (Place::Body, _) => {
                    return Err(self.no_array("the body begins with neither `[` nor `{`"));
                }
                (Place::Value(Member::Array), _) => {
                    return Err(self.no_array("`records` or `contacts` is not an array"));
                }
                (Place::FirstKey | Place::AfterMember, b'}') if self.found_array => {
                    self.pass(Place::End);
                }
                (Place::FirstKey | Place::AfterMember, b'}') => {
                    return Err(self.no_array(
                        "the body is an object without an array `records` or `contacts`",
                    ));
                }
                (Place::FirstKey | Place::Key, b'"') => {
                    let Some(key) = self.value::<String>(None)? else {
                        break;
                    };
                    self.place = Place::Colon(self.member(&key)?);
                }
                (Place::FirstKey | Place::Key, _) => {
                    return Err(self.syntax("expected a name in double quotes"));
                }
                (Place::Colon(member), b':') => self.pass(Place::Value(member)),
                (Place::Colon(_), _) => return Err(self.syntax("expected `:`")),
                (Place::Value(Member::Skipped), _) => {
                    if self.value::<IgnoredAny>(None)?.is_none() {
                        break;
                    }
                    self.place = Place::AfterMember;
                }
                (Place::AfterMember, b',') => self.pass(Place::Key),
                (Place::AfterMember, _) => return Err(self.syntax("expected `,` or `}`")),
                (Place::End, _) => {
                    return Err(self.syntax("something follows the end of the array"));
                }
            }
        }
        self.starved()
    }

    /// Moves over one byte of punctuation.
    fn pass(&mut self, to: Place) {
        self.text.consume(1);
        self.place = to;
    }

    fn close_array(&mut self) {
        self.pass(if self.wrapped {
            Place::AfterMember
        } else {
            Place::End
        });
    }

    fn member(&self, key: &str) -> Result<Member, DecodeError> {
        match key {
            "records" | "contacts" if self.found_array => {
                Err(self.no_array("the body holds `records` or `contacts` twice"))
            }
            "records" | "contacts" => Ok(Member::Array),
            _ => Ok(Member::Skipped),
        }
    }

    fn element(&mut self) -> Result<Option<T>, DecodeError> {
        let element = self.value(self.otherwise)?;
        if element.is_some() {
            self.index += 1;
            self.place = Place::AfterElement;
        }
        Ok(element)
    }

    /// Consumes the value at the start of the text, once it is all there.
    fn value<V: DeserializeOwned>(
        &mut self,
        otherwise: Option<Otherwise<V>>,
    ) -> Result<Option<V>, DecodeError> {
        let rest = self.text.rest();
        let Unfinished { parses, scan } = &mut self.unfinished;
        // Of a value that won't become whole, the parser may still find the fault.
        let last = self.finished || self.text.is_broken();
        if *parses >= HOPEFUL_PARSES && !last && !scan.is_whole(rest) {
            return self.within_limit(rest.len()).map(|()| None);
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<V>();
        let parsed = values.next();
        let end = values.byte_offset();
        // What the parser says of the end of the text may be said too early: 12 may become 123, and
        // a type may refuse the 12. It counts only if the value does end there.
        match parsed {
            Some(Ok(value)) if end < rest.len() || scan.is_whole(rest) => {
                self.within_limit(end)?;
                self.within_depth::<V>(rest.get(..end).unwrap_or_default())?;
                self.text.consume(end);
                self.unfinished = Unfinished::default();
                return Ok(Some(value));
            }
            Some(Err(error)) if !error.is_eof() => {
                if let Some(make) = otherwise {
                    let mut texts =
                        serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
                    let text = texts.next();
                    let end = texts.byte_offset();
                    match text {
                        Some(Ok(json)) if end < rest.len() || scan.is_whole(rest) => {
                            self.within_limit(end)?;
                            let made = make(json);
                            self.text.consume(end);
                            self.unfinished = Unfinished::default();
                            return Ok(Some(made));
                        }
                        Some(Err(why)) if !why.is_eof() => {}
                        // It is tried again when all of it is there.
                        _ => {
                            *parses = HOPEFUL_PARSES;
                            return self.within_limit(rest.len()).map(|()| None);
                        }
                    }
                }
                let fault = position(rest, &error);
                if fault.is_some_and(|fault| fault < rest.len()) || scan.is_whole(rest) {
                    let fault = fault.map(|fault| self.text.offset() + fault as u64);
                    return Err(
                        self.here(DecodeError::parse(&error, self.text.offset()).found_at(fault))
                    );
                }
            }
            _ => {}
        }
        *parses = parses.saturating_add(1);
        self.within_limit(rest.len()).map(|()| None)
    }

    fn within_limit(&self, bytes: usize) -> Result<(), DecodeError> {
        if bytes <= self.max_element_bytes {
            return Ok(());
        }
        let reason = format!("larger than the limit of {} bytes", self.max_element_bytes);
        Err(self.here(DecodeError::new(
            DecodeErrorKind::TooLarge,
            reason,
            self.text.offset(),
        )))
    }

    /// Holds a value to the depth it could have if the whole body were parsed at once.
    fn within_depth<V: DeserializeOwned>(&self, value: &str) -> Result<(), DecodeError> {
        let around = if self.wrapped { 2 } else { 1 };
        if !is_deeper_than(MAX_DEPTH - around, value) {
            return Ok(());
        }
        // What `V` skips may nest deeper, so the parser must say, with the brackets around the
        // element.
        let nested = if self.wrapped {
            serde_json::from_str::<((V,),)>(&["[[", value, "]]"].concat()).map(drop)
        } else {
            serde_json::from_str::<(V,)>(&["[", value, "]"].concat()).map(drop)
        };
        nested.map_err(|error| self.here(DecodeError::parse(&error, self.text.offset())))
    }

    /// What to say when all that has arrived is used up.
    fn starved(&self) -> Result<Option<T>, DecodeError> {
        if self.text.is_broken() || self.finished && self.text.is_cut() {
            let error = DecodeError::new(
                DecodeErrorKind::Utf8,
                "the body is not UTF-8",
                self.text.offset(),
            );
            return Err(self.here(error.found_at(Some(self.text.end()))));
        }
        if self.finished && !matches!(self.place, Place::End) {
            let reason = if self.text.end() == 0 {
                "the body is empty"
            } else {
                "the body ends before its array does"
            };
            let error = DecodeError::new(DecodeErrorKind::Incomplete, reason, self.text.offset());
            return Err(self.here(error.found_at(Some(self.text.end()))));
        }
        Ok(None)
    }

    /// Adds the index of the element, if the fault is in one.
    fn here(&self, error: DecodeError) -> DecodeError {
        error.in_element(self.in_element().then_some(self.index))
    }

    fn in_element(&self) -> bool {
        matches!(self.place, Place::FirstElement | Place::Element)
    }

    fn syntax(&self, reason: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::Syntax, reason, self.text.offset())
    }

    fn no_array(&self, reason: &'static str) -> DecodeError {
        DecodeError::new(DecodeErrorKind::NotAnArray, reason, self.text.offset())
    }
}

impl<T> Default for ArrayDecoder<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows where the decoder stands, not what it holds: the text is full of addresses.
impl<T> fmt::Debug for ArrayDecoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayDecoder")
            .field("text", &self.text)
            .field("place", &self.place)
            .field("index", &self.index)
            .field("max_element_bytes", &self.max_element_bytes)
            .field("finished", &self.finished)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// Where in `text` `serde_json` found the fault, if it says.
fn position(text: &str, error: &serde_json::Error) -> Option<usize> {
    let lines_before = error.line().checked_sub(1)?;
    let line: usize = text
        .split_inclusive('\n')
        .take(lines_before)
        .map(str::len)
        .sum();
    Some(line + error.column()).filter(|&position| position <= text.len())
}
