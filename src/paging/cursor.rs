//! Where a reading of pages stands, so that it can go on later or elsewhere.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Error, fingerprint::fingerprint};

/// Where a reading of pages stands. It can be stored and goes on in another process:
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client, structure: benchmark_email::Structure) -> Result<(), Box<dyn std::error::Error>> {
/// let search = client.contacts().search(&structure).tag("VIP");
/// let mut found = search.clone().stream();
/// if let Some(contact) = found.next().await {
///     println!("{:?}", contact?.id);
/// }
/// let stored = serde_json::to_string(&found.cursor())?;
///
/// let mut rest = search.resume(serde_json::from_str(&stored)?).stream();
/// # Ok(()) }
/// ```
///
/// It holds ids of the last page and no address. It knows which rows it has seen by that page alone:
/// a row that shifts by more than a page between storing and resuming comes again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// A fingerprint of what was asked for.
    pub(super) of: String,
    /// The page to ask for next.
    pub(super) page: NonZeroU32,
    /// How many rows at the head of that page were handed out, where rows have no id.
    pub(super) taken: usize,
    /// How many rows were handed out.
    pub(super) seen: u64,
    /// The most rows that the service ever promised.
    pub(super) promised: u64,
    /// The ids of the last page, and of what was handed out of the next.
    pub(super) recent: Vec<String>,
    pub(super) done: bool,
}

impl Cursor {
    /// How many rows were handed out, since the beginning.
    #[must_use]
    pub fn rows_seen(&self) -> u64 {
        self.seen
    }

    /// The page that is asked for next, from 1.
    #[must_use]
    pub fn next_page(&self) -> u32 {
        self.page.get()
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The one to begin with, or this one if it is of the same question.
    pub(super) fn of(question: &[u8], from: Option<Self>) -> Result<Self, Error> {
        let of = format!("{:016x}", fingerprint(question));
        match from {
            Some(cursor) if cursor.of == of => Ok(cursor),
            Some(_) => Err(Error::invalid(
                "the cursor is of another question: resume with the same structure, criteria, columns and page size",
            )),
            None => Ok(Self {
                of,
                ..Self::nowhere()
            }),
        }
    }

    pub(super) fn nowhere() -> Self {
        Self {
            of: String::new(),
            page: NonZeroU32::MIN,
            taken: 0,
            seen: 0,
            promised: 0,
            recent: Vec::new(),
            done: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_question_is_refused() {
        let cursor = Cursor::of(b"one", None).unwrap();
        assert_eq!(Cursor::of(b"one", Some(cursor.clone())).unwrap(), cursor);
        let error = Cursor::of(b"other", Some(cursor)).unwrap_err();
        assert!(error.to_string().contains("another question"), "{error}");
    }
}
