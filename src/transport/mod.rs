//! The one way out: every request, generated or not, passes here.
//!
//! [`Seam`] sits in the generated client, whose hooks hand each request to it. It adds the API key,
//! sends the request, reads the answer within its bounds, and turns everything but a success into an
//! [`Error`]. The generated client can only carry its own error type, so the error waits in the
//! call's [`Record`] until [`Call::finish`] picks it up.

mod answer;
mod operation;
mod retry_after;
mod throttle;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header};
use progenitor_client::{ClientHooks, OperationInfo, ResponseValue};
use reqwest::{Request, Response};

use crate::{ApiKey, Error, ErrorKind, raw};

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) base_url: String,
    pub(crate) http: reqwest::Client,
    pub(crate) key: ApiKey,
    pub(crate) bounds: Bounds,
}

/// How long an attempt may take, and how much an answer may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) attempt: Duration,
    pub(crate) body: usize,
}

/// The generated client's inner state: what the client shares, and what this call leaves behind.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
pub struct Seam {
    shared: Arc<Shared>,
    record: Arc<Record>,
}

/// What a call leaves behind that the generated client can't carry.
#[derive(Default)]
struct Record {
    error: Mutex<Option<Error>>,
}

/// One call: a generated client with a record of its own.
pub(crate) struct Call {
    pub(crate) raw: raw::Client,
    record: Arc<Record>,
}

impl Call {
    pub(crate) fn begin(shared: &Arc<Shared>) -> Self {
        let record = Arc::new(Record::default());
        let seam = Seam {
            shared: Arc::clone(shared),
            record: Arc::clone(&record),
        };
        let raw = raw::Client::new_with_client(&shared.base_url, shared.http.clone(), seam);
        Self { raw, record }
    }

    /// The value of the generated client's result, or the error that the transport recorded.
    pub(crate) fn finish<T>(
        self,
        operation: &'static str,
        result: Result<ResponseValue<T>, progenitor_client::Error<raw::types::ErrorEnvelope>>,
    ) -> Result<T, Error> {
        result
            .map(ResponseValue::into_inner)
            .map_err(|error| match self.record.take() {
                Some(recorded) => recorded,
                None => unrecorded(operation, error),
            })
    }
}

/// What the generated client finds wrong by itself, before or after the transport.
fn unrecorded<E>(operation: &'static str, error: progenitor_client::Error<E>) -> Error {
    use progenitor_client::Error as Raw;
    match error {
        Raw::InvalidRequest(why) | Raw::Custom(why) => Error::invalid(why),
        Raw::InvalidResponsePayload(body, why) => {
            let message = if body.is_empty() {
                "the answer is empty".to_owned()
            } else {
                format!("the answer is not what the operation answers: {why}")
            };
            Error::new(ErrorKind::Unreadable, message).with_body(&body)
        }
        Raw::CommunicationError(why) | Raw::InvalidUpgrade(why) | Raw::ResponseBodyError(why) => {
            lost(&why.without_url())
        }
        Raw::ErrorResponse(answer) => Error::new(ErrorKind::UnexpectedStatus, "a refusal")
            .answered(answer.status(), answer.headers()),
        Raw::UnexpectedResponse(answer) => Error::new(
            ErrorKind::UnexpectedStatus,
            "an answer that no text mentions",
        )
        .answered(answer.status(), answer.headers()),
    }
    .on(operation)
}

impl Record {
    fn put(&self, error: Error) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn take(&self) -> Option<Error> {
        self.error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl ClientHooks<Seam> for raw::Client {
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        self.inner.exec(request, info.operation_id).await
    }
}

impl Seam {
    async fn exec(&self, mut request: Request, id: &str) -> reqwest::Result<Response> {
        let operation = operation::named(id);
        let streams = operation.is_some_and(|operation| operation.streams);
        let name = operation.map_or("", |operation| operation.name);
        self.prepare(&mut request, streams);

        let attempt = self.attempt(request, streams);
        let failure = match tokio::time::timeout(self.shared.bounds.attempt, attempt).await {
            Ok(Ok(Answer::Stream(response))) => return Ok(response),
            Ok(Ok(Answer::Whole(parts, body))) => return Ok(self.conclude(name, parts, body)),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Bound(
                ErrorKind::Timeout,
                format!("no answer within {:?}", self.shared.bounds.attempt),
            ),
        };
        match failure {
            Failure::Http(error) => {
                let error = error.without_url();
                self.record.put(lost(&error).on(name));
                Err(error)
            }
            Failure::Bound(kind, why) => {
                let error = Error::new(kind, why).on(name);
                let told = error.to_string();
                self.record.put(error);
                Ok(undeclared(told))
            }
        }
    }

    /// The header that the generator adds by itself goes; the key, and what we take, come.
    fn prepare(&self, request: &mut Request, streams: bool) {
        let headers = request.headers_mut();
        headers.remove("api-version");
        headers.insert("x-api-key", self.shared.key.header().clone());
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        let accept = if streams {
            "text/csv, application/json"
        } else {
            "application/json"
        };
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    }

    async fn attempt(&self, request: Request, streams: bool) -> Result<Answer, Failure> {
        let mut response = self.shared.http.execute(request).await?;
        if streams && response.status().is_success() {
            return Ok(Answer::Stream(response));
        }
        let mut parts = http::Response::new(()).into_parts().0;
        parts.status = response.status();
        parts.headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.shared.bounds.body {
                let why = format!(
                    "the answer holds more than {} bytes",
                    self.shared.bounds.body
                );
                return Err(Failure::Bound(ErrorKind::TooLarge, why));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer::Whole(parts, body.freeze()))
    }

    /// A success as it is; a refusal is recorded, and handed to the generated client in the envelope
    /// that it knows, whatever the body was.
    fn conclude(
        &self,
        operation: &'static str,
        mut parts: http::response::Parts,
        body: Bytes,
    ) -> Response {
        if parts.status.is_success() {
            return http::Response::from_parts(parts, body).into();
        }
        let error = answer::refusal(
            operation,
            parts.status,
            &parts.headers,
            &body,
            &self.shared.key,
            SystemTime::now(),
        );
        let body = if error.errors().is_empty() {
            parts.headers.remove(header::CONTENT_LENGTH);
            let item = serde_json::json!({"errorType": "Unreadable", "message": error.to_string()});
            Bytes::from(serde_json::json!({ "errors": [item] }).to_string())
        } else {
            body
        };
        self.record.put(error);
        http::Response::from_parts(parts, body).into()
    }
}

const USER_AGENT: &str = concat!("benchmark-email-rust/", env!("CARGO_PKG_VERSION"));

enum Answer {
    Whole(http::response::Parts, Bytes),
    Stream(Response),
}

enum Failure {
    Http(reqwest::Error),
    Bound(ErrorKind, String),
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

/// What a failure below HTTP is, told by its deepest cause: "Connection refused" says more than
/// "error sending request".
fn lost(error: &reqwest::Error) -> Error {
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "no answer in time")
    } else if error.is_connect() {
        (ErrorKind::Connect, "no connection")
    } else {
        (ErrorKind::Interrupted, "the connection broke")
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Error::new(kind, format!("{what}: {cause}"))
}

/// For users of the generated client, which knows no failure of our own: an answer of a status that
/// the document doesn't declare, with the reason as its body.
fn undeclared(why: String) -> Response {
    let mut response = http::Response::new(Bytes::from(why));
    *response.status_mut() = StatusCode::from_u16(599).unwrap_or(StatusCode::BAD_GATEWAY);
    response.into()
}

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seam")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}
