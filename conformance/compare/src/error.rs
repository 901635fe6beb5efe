//! The one error of this crate: an input that can't be read, with the input, the place and the reason.

use std::fmt;

/// Why an input can't be compared. Its `Display` names the input, the place in it and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    input: Option<String>,
    at: Option<String>,
    why: String,
}

impl Error {
    /// A reason without a place.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self {
            input: None,
            at: None,
            why: why.into(),
        }
    }

    /// A reason with its place, as a `$ref` would name it.
    #[must_use]
    pub fn at(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            at: Some(at.into()),
            ..Self::new(why)
        }
    }

    /// Names the file or URL that the error is about.
    #[must_use]
    pub fn in_input(self, input: impl Into<String>) -> Self {
        Self {
            input: Some(input.into()),
            ..self
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.input, &self.at].into_iter().flatten() {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.why)
    }
}

impl std::error::Error for Error {}
