//! The decoder driven by a stream of chunks.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::stream::{FusedStream, Stream};
use serde::de::DeserializeOwned;

use super::decoder::ArrayDecoder;
use super::error::DecodeError;

/// The elements of a JSON array, decoded from a stream of the chunks of its body.
///
/// Each element is decoded when it is asked for, so at most one exists besides those the caller
/// keeps. An error of the body is passed on as it is, a [`DecodeError`] by `E: From<DecodeError>`;
/// after either the stream has ended. A body that ends before its array does is an error, never a
/// short list. The body is dropped as soon as the stream has ended. A body that isn't `Unpin` comes
/// boxed.
#[must_use = "streams do nothing unless polled"]
pub struct Elements<S, T> {
    /// The body until the stream has ended.
    body: Option<S>,
    decoder: ArrayDecoder<T>,
}

impl<S, T> Elements<S, T> {
    /// The elements of `body`, within the limits of `decoder`.
    pub fn new(body: S, decoder: ArrayDecoder<T>) -> Self {
        Self {
            body: Some(body),
            decoder,
        }
    }
}

impl<S, T, B, E> Stream for Elements<S, T>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    T: DeserializeOwned,
    B: AsRef<[u8]>,
    E: From<DecodeError>,
{
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { body, decoder } = self.get_mut();
        while let Some(chunks) = body {
            match decoder.next_element() {
                Ok(Some(element)) => return Poll::Ready(Some(Ok(element))),
                Ok(None) => {}
                Err(error) => {
                    *body = None;
                    return Poll::Ready(Some(Err(error.into())));
                }
            }
            match ready!(Pin::new(chunks).poll_next(context)) {
                Some(Ok(chunk)) => decoder.feed(chunk.as_ref()),
                Some(Err(error)) => {
                    *body = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    *body = None;
                    decoder.finish();
                    // Every element was taken before the body was asked for more.
                    return Poll::Ready(
                        decoder.next_element().err().map(|error| Err(error.into())),
                    );
                }
            }
        }
        Poll::Ready(None)
    }
}

impl<S, T, B, E> FusedStream for Elements<S, T>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    T: DeserializeOwned,
    B: AsRef<[u8]>,
    E: From<DecodeError>,
{
    fn is_terminated(&self) -> bool {
        self.body.is_none()
    }
}

impl<S, T> fmt::Debug for Elements<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements")
            .field("decoder", &self.decoder)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::VecDeque;
    use std::task::Waker;

    use super::*;
    use crate::stream::DecodeErrorKind;

    /// A body whose chunks may be late: `None` is "not yet".
    struct Body(VecDeque<Option<Result<&'static str, Lost>>>);

    #[derive(Debug, PartialEq)]
    enum Lost {
        Connection,
        Fault(DecodeErrorKind),
    }

    impl From<DecodeError> for Lost {
        fn from(error: DecodeError) -> Self {
            Self::Fault(error.kind())
        }
    }

    impl Stream for Body {
        type Item = Result<&'static str, Lost>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            match self.0.pop_front() {
                Some(Some(chunk)) => Poll::Ready(Some(chunk)),
                Some(None) => Poll::Pending,
                None => Poll::Ready(None),
            }
        }
    }

    fn elements<const N: usize>(
        body: [Option<Result<&'static str, Lost>>; N],
    ) -> Elements<Body, u32> {
        Elements::new(Body(body.into()), ArrayDecoder::new())
    }

    fn poll(elements: &mut Elements<Body, u32>) -> Poll<Option<Result<u32, Lost>>> {
        Pin::new(elements).poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn elements_come_out_before_the_rest_of_the_body_is_there() {
        let mut elements = elements([Some(Ok("[1,2,")), None, Some(Ok("3]"))]);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(1))));
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(2))));
        assert_eq!(poll(&mut elements), Poll::Pending);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(3))));
        assert!(!elements.is_terminated());
        assert_eq!(poll(&mut elements), Poll::Ready(None));
        assert!(elements.is_terminated());
        assert_eq!(poll(&mut elements), Poll::Ready(None));
    }

    #[test]
    fn a_lost_connection_is_an_error_and_the_end() {
        let mut elements = elements([Some(Ok("[1,")), Some(Err(Lost::Connection)), Some(Ok("2]"))]);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(1))));
        assert_eq!(
            poll(&mut elements),
            Poll::Ready(Some(Err(Lost::Connection)))
        );
        assert!(elements.is_terminated());
        assert_eq!(poll(&mut elements), Poll::Ready(None));
    }

    #[test]
    fn a_body_that_ends_too_early_is_an_error_and_the_end() {
        let mut elements = elements([Some(Ok("[1,2"))]);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(1))));
        assert_eq!(
            poll(&mut elements),
            Poll::Ready(Some(Err(Lost::Fault(DecodeErrorKind::Incomplete))))
        );
        assert_eq!(poll(&mut elements), Poll::Ready(None));
    }

    #[test]
    fn a_broken_element_is_an_error_after_those_before_it_and_the_end() {
        let mut elements = elements([Some(Ok("[1,\"two\",3]"))]);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(1))));
        assert_eq!(
            poll(&mut elements),
            Poll::Ready(Some(Err(Lost::Fault(DecodeErrorKind::Data))))
        );
        assert_eq!(poll(&mut elements), Poll::Ready(None));
    }

    #[test]
    fn what_follows_the_array_is_read_before_the_end_is_told() {
        let mut elements = elements([Some(Ok("[]")), Some(Ok(" ")), Some(Ok("x"))]);
        assert_eq!(
            poll(&mut elements),
            Poll::Ready(Some(Err(Lost::Fault(DecodeErrorKind::Syntax))))
        );
    }

    #[test]
    fn debug_shows_no_text_of_the_body() {
        let mut elements = elements([Some(Ok("[1, 4711")), None]);
        assert_eq!(poll(&mut elements), Poll::Ready(Some(Ok(1))));
        assert_eq!(poll(&mut elements), Poll::Pending);
        assert!(!format!("{elements:?}").contains("4711"));
    }
}
