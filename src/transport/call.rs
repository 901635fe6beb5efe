//! One call by the generated client: it goes out with a record of its own, in which the transport leaves
//! what the generated client's result can't carry.

use std::sync::Arc;

#[cfg(feature = "raw")]
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
#[cfg(feature = "raw")]
use http::{HeaderValue, header};
use progenitor_client::ResponseValue;
use reqwest::{Request, Response, Url};

#[cfg(feature = "raw")]
use super::operation;
use super::{CallOptions, Entry, Head, Record, Shared, client, lost, operation::Operation};
use crate::{
    Error, ErrorKind,
    key::ApiKey,
    parse_message, raw,
    wire::{Again, FromJson, Listing},
};

/// What a method of the generated client returns.
pub(crate) type Answered<T> =
    Result<ResponseValue<T>, progenitor_client::Error<raw::types::ErrorEnvelope>>;

/// One call: a generated client with a record of its own.
///
/// What is asked by it owns what it needs, and the operation is the one that the generated client names to
/// its hooks.
pub(crate) struct Call {
    raw: raw::Client,
    trail: Trail,
}

/// What is left of a call when its generated client is used up.
struct Trail {
    shared: Arc<Shared>,
    record: Arc<Record>,
}

impl Call {
    pub(crate) fn begin(shared: &Arc<Shared>, options: CallOptions) -> Self {
        let trail = Trail {
            shared: Arc::clone(shared),
            record: Arc::default(),
        };
        let raw = client(shared, options, Some(Arc::clone(&trail.record)));
        Self { raw, trail }
    }

    /// What a method of the generated client answers, or why it doesn't.
    pub(crate) fn ask<T, R, F>(
        self,
        request: R,
    ) -> impl Future<Output = Result<ResponseValue<T>, Error>> + use<T, R, F>
    where
        T: Again,
        R: FnOnce(raw::Client) -> F,
        F: Future<Output = Answered<T>>,
    {
        let Self { raw, trail } = self;
        // In a place of its own: a future holds what it was made of twice, and so would each one around it.
        let asked = Box::pin(request(raw));
        async move { trail.answer(asked.await) }
    }

    /// The same of an answer whose body is read later, a stream, with the head that it came with.
    pub(crate) fn ask_stream<T, R, F>(
        self,
        request: R,
    ) -> impl Future<Output = Result<(T, Head), Error>> + use<T, R, F>
    where
        R: FnOnce(raw::Client) -> F,
        F: Future<Output = Answered<T>>,
    {
        let Self { raw, trail } = self;
        let asked = Box::pin(request(raw));
        async move {
            let value = asked.await.map_err(|error| trail.failure(error))?;
            Ok((value.into_inner(), trail.head()))
        }
    }

    /// The same of a list, of which some elements may be unread.
    pub(crate) fn ask_list<T, R, F>(
        self,
        request: R,
    ) -> impl Future<Output = Result<Listing<T, Error>, Error>> + use<T, R, F>
    where
        T: FromJson,
        R: FnOnce(raw::Client) -> F,
        F: Future<Output = Answered<Listing<T>>>,
    {
        let Self { raw, trail } = self;
        let asked = Box::pin(request(raw));
        async move { trail.list(asked.await) }
    }

    /// The same of a list that is nothing unless it is whole.
    pub(crate) fn ask_all<T, R, F>(
        self,
        request: R,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + use<T, R, F>
    where
        T: FromJson,
        R: FnOnce(raw::Client) -> F,
        F: Future<Output = Answered<Listing<T>>>,
    {
        let Self { raw, trail } = self;
        let asked = Box::pin(request(raw));
        async move { trail.list(asked.await)?.all() }
    }

    /// The answer of a read without parameters, its body unread: what the generated client would
    /// read as a whole.
    pub(crate) async fn stream(
        self,
        operation: &'static Operation,
    ) -> Result<(Response, Head), Error> {
        let url = format!("{}{}", self.trail.shared.base_url, operation.route);
        let url = Url::parse(&url).map_err(|why| Error::invalid(why.to_string()))?;
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        self.perform(Request::new(method, url), operation).await
    }

    /// The answer to a request that somebody else has put together.
    async fn perform(
        self,
        request: Request,
        operation: &'static Operation,
    ) -> Result<(Response, Head), Error> {
        let Self { raw, trail } = self;
        let answer = raw.inner.perform(request, operation);
        answer
            .await
            .map_err(|error| match trail.record.take() {
                Entry::Failed(recorded) => recorded,
                _ => lost(error).on(operation.name),
            })
            .and_then(|response| match trail.record.take() {
                Entry::Failed(error) => Err(error),
                entry => Ok((response, entry.head(trail.key()))),
            })
    }

    /// The answer to a request of any kind, with the status and headers that it came with.
    #[cfg(feature = "raw")]
    pub(crate) async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<http::Response<Bytes>, Error> {
        let base = &self.trail.shared.base_url;
        // Without the slash the rest could become part of the host's name, which gets the API key.
        if !path.starts_with('/') {
            return Err(Error::invalid("a path begins with a slash".to_owned()));
        }
        let url = Url::parse(&format!("{base}{path}"));
        let url = url.map_err(|why| Error::invalid(format!("the path is none: {why}")))?;
        let operation = operation::at(&method, path);
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
            *request.body_mut() = Some(body.to_string().into());
        }
        let bound = self.trail.shared.bounds.body;
        let (mut answer, head) = self.perform(request, operation).await?;
        let mut body = BytesMut::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > bound => {
                    let why = format!("the answer holds more than {bound} bytes");
                    return Err(head.tell(Error::new(ErrorKind::TooLarge, why)));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(why) => return Err(head.broken_off("the answer broke off", why)),
            }
        }
        let mut whole = http::Response::new(body.freeze());
        *whole.status_mut() = head.status;
        *whole.headers_mut() = head.headers;
        Ok(whole)
    }

    pub(crate) fn key(&self) -> &ApiKey {
        self.trail.key()
    }
}

impl Trail {
    /// What came, read once more where the first reading failed.
    fn answer<T: Again>(&self, result: Answered<T>) -> Result<ResponseValue<T>, Error> {
        use progenitor_client::Error::InvalidResponsePayload;
        match result {
            Err(InvalidResponsePayload(body, why)) => match T::again(&body) {
                Some(value) => Ok(ResponseValue::new(value, StatusCode::OK, HeaderMap::new())),
                None => Err(self.failure(InvalidResponsePayload::<()>(body, why))),
            },
            other => other.map_err(|error| self.failure(error)),
        }
    }

    fn list<T: FromJson>(&self, result: Answered<Listing<T>>) -> Result<Listing<T, Error>, Error> {
        let listing = self.answer(result)?.into_inner();
        let head = self.head();
        Ok(listing.with_errors(|mut odd| {
            odd.json = self.key().hide_in(&odd.json);
            head.tell(odd.into())
        }))
    }

    /// The head of the answer that was taken for a success.
    fn head(&self) -> Head {
        self.record.take().head(self.key())
    }

    /// What the transport recorded, or what the generated client finds wrong by itself: before it sends, or
    /// after the transport took the answer for a success.
    fn failure<E>(&self, error: progenitor_client::Error<E>) -> Error {
        match self.record.take() {
            Entry::Failed(recorded) => recorded,
            Entry::Answered(head) => {
                let error = unrecorded(error, self.key());
                head.without(self.key()).tell(error)
            }
            Entry::None => unrecorded(error, self.key()),
        }
    }

    fn key(&self) -> &ApiKey {
        &self.shared.key
    }
}

impl Entry {
    fn head(self, key: &ApiKey) -> Head {
        match self {
            Self::Answered(head) => head.without(key),
            _ => Head::default(),
        }
    }
}

fn unrecorded<E>(error: progenitor_client::Error<E>, key: &ApiKey) -> Error {
    use progenitor_client::Error as Raw;
    match error {
        Raw::InvalidRequest(why) | Raw::Custom(why) => Error::invalid(why),
        Raw::InvalidResponsePayload(body, why) => {
            let message = if body.is_empty() {
                "the answer is empty".to_owned()
            } else {
                format!("the answer has another shape: {}", parse_message::of(&why))
            };
            let body = key.hide_in(&String::from_utf8_lossy(&body));
            Error::new(ErrorKind::Unreadable, message).with_body(body.as_bytes())
        }
        Raw::CommunicationError(why) | Raw::InvalidUpgrade(why) | Raw::ResponseBodyError(why) => {
            lost(why)
        }
        Raw::ErrorResponse(_) => Error::new(ErrorKind::UnexpectedStatus, "a refusal"),
        Raw::UnexpectedResponse(_) => {
            let why = "an answer that no text mentions";
            Error::new(ErrorKind::UnexpectedStatus, why)
        }
    }
}
