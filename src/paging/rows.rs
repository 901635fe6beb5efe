//! The rows of pages, one at a time.

use std::{
    collections::VecDeque,
    fmt, future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{Cursor, Pages};
use crate::Error;

/// Rows, a page of which is asked for when one is needed; a [`Stream`].
///
/// A row that can't be read is an error of its own, with an [`element`](Error::element), after the others
/// of its page; the rows go on. After any other error they have ended; their [`cursor`](Self::cursor) goes
/// on from there.
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
/// let structure = client.structures().primary().await?;
/// let vips = client.contacts().search(&structure).tag("VIP").stream();
/// for vip in vips.all().await? {
///     println!("{:?}", vip.key);
/// }
/// # Ok(()) }
/// ```
#[must_use = "nothing is asked for until it is polled"]
pub struct Rows<T> {
    pages: Pages<T>,
    /// What is left of the last page.
    left: VecDeque<T>,
    /// What was handed out of it, by id where rows have one.
    handed: Vec<String>,
    count: usize,
}

impl<T> Rows<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        Self {
            pages,
            left: VecDeque::new(),
            handed: Vec::new(),
            count: 0,
        }
    }

    /// The next row; `None` after the last one.
    ///
    /// Dropping the future loses nothing: the next call goes on with the same request.
    ///
    /// # Errors
    ///
    /// As [`Pages::next`].
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All rows that are left, in memory.
    ///
    /// # Errors
    ///
    /// As [`Pages::next`]; what came before the error is dropped.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await {
            rows.push(row?);
        }
        Ok(rows)
    }

    /// Where it stands: after the last row that it handed out.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        if self.left.is_empty() {
            return self.pages.at.clone();
        }
        // The page is asked for again; what was handed out of it is known.
        let mut cursor = self.pages.before.clone();
        cursor.recent.extend(self.handed.iter().cloned());
        cursor.taken = cursor.taken.saturating_add(self.count);
        cursor.seen = cursor.seen.saturating_add(self.count as u64);
        cursor.promised = self.pages.at.promised;
        cursor
    }
}

impl<T> Stream for Rows<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(row) = this.left.pop_front() {
                let id_of = this.pages.plan.as_ref().and_then(|plan| plan.id);
                let id = id_of.and_then(|id_of| id_of(&row));
                this.handed.extend(id.map(str::to_owned));
                this.count += 1;
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    this.left = page.rows.into();
                    this.handed.clear();
                    this.count = 0;
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Rows are moved out of it, and never pinned in it.
impl<T> Unpin for Rows<T> {}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("pages", &self.pages)
            .field("left", &self.left.len())
            .finish_non_exhaustive()
    }
}
