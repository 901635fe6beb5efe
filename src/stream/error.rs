//! Why a body could not be decoded, said without quoting it.
//!
//! Owns [`DecodeError`]: which element, where in the body, and why.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde_json::error::Category;

use crate::parse_message::without_values;

/// Why a body is not an array of elements.
///
/// The message says which element, where in the body and why. It never repeats a value or an
/// unknown name of the document, so it can be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    reason: Cow<'static, str>,
    element: Option<u64>,
    offset: u64,
    fault: Option<u64>,
}

/// What kind of fault a [`DecodeError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The body isn't JSON.
    Syntax,
    /// An element is JSON, but not what the element's type asks for.
    Data,
    /// An element is larger than the decoder's limit.
    TooLarge,
    /// An element nests deeper than `serde_json` goes: 127 levels, those of the body around it
    /// included.
    TooDeep,
    /// The body ended before its array did.
    Incomplete,
    /// The body is JSON as far as it was read, but neither an array nor an object with exactly one
    /// array named `records` or `contacts`.
    NotAnArray,
    /// The body isn't UTF-8.
    Utf8,
}

impl DecodeError {
    /// The kind of fault.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The index, from 0, of the element at fault; none if the fault lies outside the elements.
    #[must_use]
    pub fn element(&self) -> Option<u64> {
        self.element
    }

    /// Where in the body, in bytes, the element at fault begins; outside the elements, where the
    /// fault lies.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes of the body were read when the fault was found, where that is known.
    #[must_use]
    pub fn fault_offset(&self) -> Option<u64> {
        self.fault
    }

    /// What is wrong, without the place and without values of the document.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(super) fn new(
        kind: DecodeErrorKind,
        reason: impl Into<Cow<'static, str>>,
        offset: u64,
    ) -> Self {
        Self {
            kind,
            reason: reason.into(),
            element: None,
            offset,
            fault: None,
        }
    }

    /// A fault that `serde_json` found in a value at `offset` of the body.
    pub(crate) fn parse(error: &serde_json::Error, offset: u64) -> Self {
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&place).unwrap_or(&message);
        match error.classify() {
            Category::Data => Self::new(DecodeErrorKind::Data, without_values(message), offset),
            Category::Syntax if message == "recursion limit exceeded" => Self::new(
                DecodeErrorKind::TooDeep,
                "nested more than 127 levels deep",
                offset,
            ),
            // The messages of these are fixed texts of serde_json.
            Category::Syntax | Category::Eof | Category::Io => {
                Self::new(DecodeErrorKind::Syntax, message.to_owned(), offset)
            }
        }
    }

    pub(super) fn in_element(self, element: Option<u64>) -> Self {
        Self { element, ..self }
    }

    pub(super) fn found_at(self, fault: Option<u64>) -> Self {
        Self { fault, ..self }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(element) = self.element {
            write!(f, "element {element} at ")?;
        }
        write!(f, "byte {} of the body: {}", self.offset, self.reason)?;
        match self.fault {
            Some(fault) if fault != self.offset => write!(f, ", found at byte {fault}"),
            _ => Ok(()),
        }
    }
}

impl Error for DecodeError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nesting_beyond_the_parsers_limit_is_too_deep() {
        let error = serde_json::from_str::<serde_json::Value>(&"[".repeat(200)).unwrap_err();
        assert_eq!(
            DecodeError::parse(&error, 0).kind(),
            DecodeErrorKind::TooDeep
        );
    }

    #[test]
    fn the_message_says_element_place_and_reason() {
        let error = DecodeError::new(
            DecodeErrorKind::Data,
            "invalid type: string, expected u8",
            120,
        )
        .in_element(Some(3))
        .found_at(Some(131));
        assert_eq!(
            error.to_string(),
            "element 3 at byte 120 of the body: invalid type: string, expected u8, found at byte 131"
        );
        let error = DecodeError::new(DecodeErrorKind::NotAnArray, "no array", 0).found_at(Some(0));
        assert_eq!(error.to_string(), "byte 0 of the body: no array");
    }
}
