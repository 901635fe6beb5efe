//! Every contact of an account, decoded while the answer arrives: one contact in memory at a time.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Contact, Contacts};
use crate::{
    Error, ErrorKind,
    caller::Caller,
    key::ApiKey,
    stream::{ArrayDecoder, DecodeError, DecodeErrorKind, Elements},
    transport::{Head, LIST_STREAM},
    wire::{Element, Unread},
};

type Body = Pin<Box<dyn Stream<Item = Result<Bytes, Fault>> + Send>>;
type Asking<T> = Pin<Box<dyn Future<Output = Result<Reading<T>, Error>> + Send>>;

/// Every contact of an account, one after the other; from [`Contacts::stream`].
///
/// It is a [`Stream`], and [`next`](Self::next) does without one. A contact that can't be read is an error
/// with an [`element`](Error::element), and the stream goes on after it; after any other error it has ended.
#[must_use = "nothing is asked until the first contact is"]
pub struct ContactStream(State<Element<Contact>>);

/// Every contact of an account as the JSON text that came; from [`Contacts::stream_json`].
///
/// It is a [`Stream`], and [`next`](Self::next) does without one. After an error it has ended.
#[must_use = "nothing is asked until the first contact is"]
pub struct ContactJsonStream(State<Box<RawValue>>);

enum State<T> {
    Asking(Asking<T>),
    Reading(Box<Reading<T>>),
    Ended,
}

/// An element of the answer, by what it is decoded to.
trait Row: DeserializeOwned + Send + 'static {
    /// What is handed out.
    type Item;

    fn decoder() -> ArrayDecoder<Self>;

    fn hand_out(self, place: usize) -> Result<Self::Item, Unread>;
}

impl Row for Element<Contact> {
    type Item = Contact;

    fn decoder() -> ArrayDecoder<Self> {
        ArrayDecoder::new().otherwise(Self::of_text)
    }

    fn hand_out(self, place: usize) -> Result<Contact, Unread> {
        self.at(place)
    }
}

impl Row for Box<RawValue> {
    type Item = String;

    fn decoder() -> ArrayDecoder<Self> {
        ArrayDecoder::new()
    }

    fn hand_out(self, _: usize) -> Result<String, Unread> {
        Ok(Box::<str>::from(self).into())
    }
}

/// An answer that is being read.
struct Reading<T> {
    elements: Elements<Body, T>,
    /// How many came.
    came: usize,
    head: Head,
    key: ApiKey,
}

/// Why the reading ends early: the body broke off, or what came is no list of contacts.
enum Fault {
    Body(reqwest::Error),
    Decode(DecodeError),
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
    /// A [`deadline`](crate::retry::RetryPolicy::deadline) runs from the moment when the first contact is asked for
    /// to the last contact, and counts the time that the reader takes as well.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Interrupted`] when the connection is lost or stalls within the answer;
    /// [`ErrorKind::Timeout`] when the deadline passes; [`ErrorKind::TooLarge`] when one contact holds more
    /// than a quarter of [`max_body`](crate::ClientBuilder::max_body); otherwise as any call. Those within
    /// the answer tell its status, headers and attempts as any other.
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
        ContactStream(State::new(self.caller.clone()))
    }

    /// The same as [`stream`](Self::stream), each contact as the JSON text that the service sent, to the letter:
    /// for backups, where nothing may depend on what this version understands. Spaces and line breaks between the
    /// parts of a contact are among its letters.
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream), but for a contact that can't be read, which is a text like any other.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let mut all = client.contacts().stream_json();
    /// while let Some(contact) = all.next().await {
    ///     println!("{}", contact?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream_json(&self) -> ContactJsonStream {
        ContactJsonStream(State::new(self.caller.clone()))
    }
}

async fn ask<T: Row>(caller: Caller) -> Result<Reading<T>, Error> {
    let call = caller.call();
    let key = call.key().clone();
    let (response, head) = call.stream(&LIST_STREAM).await?;
    let body: Body = Box::pin(Pieces(Box::pin(response.bytes_stream())));
    let decoder = T::decoder().max_element_bytes(caller.max_element());
    Ok(Reading {
        elements: Elements::new(body, decoder),
        came: 0,
        head,
        key,
    })
}

impl<T: Row> Reading<T> {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T::Item, Error>>> {
        let element = ready!(Pin::new(&mut self.elements).poll_next(context));
        Poll::Ready(element.map(|element| {
            let place = self.came;
            self.came += 1;
            let read = element.map_err(|fault| match fault {
                Fault::Body(why) => self.head.broken_off("the list broke off", why),
                Fault::Decode(why) => self.head.tell(why.into()),
            });
            let read = read.and_then(|element| {
                element.hand_out(place).map_err(|mut odd| {
                    odd.json = self.key.hide_in(&odd.json);
                    self.head.tell(odd.into())
                })
            });
            read.map_err(|error| error.on(LIST_STREAM.name))
        }))
    }
}

impl ContactStream {
    /// The next contact; none when all have come.
    pub async fn next(&mut self) -> Option<Result<Contact, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl ContactJsonStream {
    /// The next contact's text; none when all have come.
    pub async fn next(&mut self) -> Option<Result<String, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Row> State<T> {
    fn new(caller: Caller) -> Self {
        Self::Asking(Box::pin(ask(caller)))
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T::Item, Error>>> {
        loop {
            match self {
                Self::Asking(asking) => match ready!(asking.as_mut().poll(context)) {
                    Ok(reading) => *self = Self::Reading(Box::new(reading)),
                    Err(error) => {
                        *self = Self::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                Self::Reading(reading) => return reading.poll_next(context),
                Self::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<T> State<T> {
    fn name(&self) -> &'static str {
        match self {
            Self::Asking(_) => "asking",
            Self::Reading(_) => "reading",
            Self::Ended => "ended",
        }
    }
}

impl Stream for ContactStream {
    type Item = Result<Contact, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

impl Stream for ContactJsonStream {
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

impl fmt::Debug for ContactStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.name();
        f.debug_tuple("ContactStream").field(&state).finish()
    }
}

impl fmt::Debug for ContactJsonStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.name();
        f.debug_tuple("ContactJsonStream").field(&state).finish()
    }
}

const RAISE: &str = "raise `ClientBuilder::max_body`: one contact may hold a quarter of it";

/// A body whose failure is a fault.
struct Pieces<S>(Pin<Box<S>>);

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Pieces<S> {
    type Item = Result<Bytes, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(piece.map(|piece| piece.map_err(Fault::Body)))
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::TooLarge => ErrorKind::TooLarge,
            DecodeErrorKind::Incomplete => ErrorKind::Interrupted,
            _ => ErrorKind::Unreadable,
        };
        let told = Error::new(kind, error.to_string());
        match kind {
            ErrorKind::TooLarge => told.advising(RAISE),
            _ => told,
        }
    }
}
