//! A stream, taken one by one.

use std::{fmt, future::poll_fn, pin::Pin};

use futures_core::Stream;

use super::runtime::Runtime;
use crate::{
    Error,
    paging::{Cursor, Pages, Rows},
};

/// What a stream of the async client brings, one by one; each step waits. After an error it has ended, but
/// for one about a single [`element`](Error::element).
#[must_use = "nothing is asked for until the first one is"]
pub struct Iter<S> {
    stream: S,
    runtime: Runtime,
    ended: bool,
}

impl<S> Iter<S> {
    pub(super) fn new(stream: S, runtime: Runtime) -> Self {
        Self {
            stream,
            runtime,
            ended: false,
        }
    }
}

impl<T> Iter<Rows<T>> {
    /// As [`Rows::cursor`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.stream.cursor()
    }
}

impl<T> Iter<Pages<T>> {
    /// As [`Pages::cursor`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.stream.cursor()
    }
}

impl<S, T> Iterator for Iter<S>
where
    S: Stream<Item = Result<T, Error>> + Unpin,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let Self {
            stream, runtime, ..
        } = self;
        let next = poll_fn(|context| Pin::new(&mut *stream).poll_next(context));
        let item = runtime.run(async { next.await.transpose() }).transpose();
        self.ended = match &item {
            Some(Ok(_)) => false,
            Some(Err(error)) => error.element().is_none(),
            None => true,
        };
        item
    }
}

impl<S: fmt::Debug> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Iter").field(&self.stream).finish()
    }
}
