//! Every contact of an account, decoded while the answer arrives: one contact in memory at a time.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;

use super::{Contact, Contacts};
use crate::{
    Client, Error, ErrorKind,
    key::ApiKey,
    stream::{ArrayDecoder, DecodeError, DecodeErrorKind, Elements},
    transport::LIST_STREAM,
    wire::Element,
};

type Body = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;
type Asking = Pin<Box<dyn Future<Output = Result<Reading, Error>> + Send>>;

/// Every contact of an account, one after the other; from [`Contacts::stream`].
///
/// It is a [`Stream`], and [`next`](Self::next) does without one. A contact that can't be read is an error
/// with an [`element`](Error::element), and the stream goes on after it; after any other error it has ended.
#[must_use = "nothing is asked until the first contact is"]
pub struct ContactStream(State);

enum State {
    Asking(Asking),
    Reading(Box<Reading>),
    Ended,
}

struct Reading {
    elements: Elements<Body, Element<Contact>>,
    /// How many came.
    came: usize,
    key: ApiKey,
}

impl Contacts {
    /// Every contact of the account, decoded while the answer arrives: memory does not grow with their
    /// number, and the first contact is there when its bytes are. One request, made when the first
    /// contact is asked for. Documented: guide Manage Contacts, step 7. Assumed: a bare array; a wrapper
    /// with `records` or `contacts` is read too.
    ///
    /// A failure before the answer begins is judged and retried as any read; one in the middle of it
    /// ends the stream with an error, so that a short list is never taken for all. Whoever wants to do
    /// without a contact that can't be read goes on after its error: see [`Error::element`].
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let mut all = client.contacts().stream();
    /// while let Some(contact) = all.next().await {
    ///     println!("{}", contact?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self) -> ContactStream {
        ContactStream(State::Asking(Box::pin(ask(self.client.clone()))))
    }
}

async fn ask(client: Client) -> Result<Reading, Error> {
    let call = client.call();
    let key = call.key().clone();
    let response = call.stream(&LIST_STREAM).await?;
    let body: Body = Box::pin(Pieces(Box::pin(response.bytes_stream())));
    Ok(Reading {
        elements: Elements::with_decoder(body, ArrayDecoder::new().otherwise(Element::of_text)),
        came: 0,
        key,
    })
}

impl Reading {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Contact, Error>>> {
        let element = ready!(Pin::new(&mut self.elements).poll_next(context));
        Poll::Ready(element.map(|element| {
            let place = self.came;
            self.came += 1;
            element?.at(place).map_err(|mut odd| {
                odd.json = self.key.hide_in(&odd.json);
                odd.into_error().on(LIST_STREAM.name)
            })
        }))
    }
}

impl ContactStream {
    /// The next contact; none when all have come.
    pub async fn next(&mut self) -> Option<Result<Contact, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for ContactStream {
    type Item = Result<Contact, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.0 {
                State::Asking(asking) => match ready!(asking.as_mut().poll(context)) {
                    Ok(reading) => self.0 = State::Reading(Box::new(reading)),
                    Err(error) => {
                        self.0 = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                State::Reading(reading) => return reading.poll_next(context),
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl fmt::Debug for ContactStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Asking(_) => "asking",
            State::Reading(_) => "reading",
            State::Ended => "ended",
        };
        f.debug_tuple("ContactStream").field(&state).finish()
    }
}

/// A body whose failure is told as ours.
struct Pieces<S>(Pin<Box<S>>);

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Pieces<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(piece.map(|piece| {
            piece.map_err(|error| {
                let why = format!("the list broke off: {}", crate::transport::cause(&error));
                Error::new(ErrorKind::Interrupted, why)
                    .on(LIST_STREAM.name)
                    .with_source(error.without_url())
            })
        }))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::TooLarge => ErrorKind::TooLarge,
            DecodeErrorKind::Incomplete => ErrorKind::Interrupted,
            _ => ErrorKind::Unreadable,
        };
        Error::new(kind, error.to_string()).on(LIST_STREAM.name)
    }
}
