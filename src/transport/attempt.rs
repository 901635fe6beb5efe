//! One attempt: a request goes out, and its answer is read within the bounds. What comes of it is a
//! whole answer, a stream, or a failure with its outcome; what to do about it is judged elsewhere.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{StatusCode, response::Parts};
use reqwest::{Request, Response};
use serde::de::IgnoredAny;
use tokio::time::Instant;

#[cfg(feature = "gzip")]
use super::gzip;
use super::{
    Bounds, answer, idle,
    operation::Operation,
    parts::{cause, head_of},
    retry::Outcome,
    tls,
};
use crate::{Error, ErrorKind};

/// Of a refusal's body no more than this is read: it is for people.
const REFUSAL: usize = 64 * 1024;

/// An answer may hold one JSON value for each so many bytes of its bound. What this service sends has some
/// twenty bytes a value; shorter ones take many times their text when they are decoded.
const BYTES_A_VALUE: usize = 16;

/// What came back.
pub(super) enum Answer {
    Whole(Parts, Bytes),
    Stream(Box<Response>),
}

/// What went wrong without a whole answer, or with one that can't be right.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
    /// The HTTP library's own error, for users of the generated client.
    pub(super) http: Option<reqwest::Error>,
    /// What came of the body.
    pub(super) body: Bytes,
    /// The head of the answer, where one came: it tells of the budget.
    pub(super) head: Option<Parts>,
}

impl Failure {
    fn new(outcome: Outcome, kind: ErrorKind, why: String) -> Box<Self> {
        Box::new(Self {
            outcome,
            error: Error::new(kind, why),
            http: None,
            body: Bytes::new(),
            head: None,
        })
    }

    fn with_head(mut self: Box<Self>, head: Parts) -> Box<Self> {
        self.head = Some(head);
        self
    }
}

impl From<reqwest::Error> for Box<Failure> {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let outcome = if tls::refusal(&error).is_some() {
            Outcome::TlsRefused
        } else if error.is_connect() && error.is_timeout() {
            Outcome::TimedOut {
                maybe_processed: false,
            }
        } else if error.is_connect() || error.is_builder() {
            Outcome::ConnectFailed
        } else if error.is_timeout() {
            Outcome::TimedOut {
                maybe_processed: true,
            }
        } else {
            Outcome::ConnectionLost
        };
        Box::new(Failure {
            outcome,
            error: lost(&error),
            http: Some(error),
            body: Bytes::new(),
            head: None,
        })
    }
}

/// Sends the request, and reads the answer unless the operation streams it, within this time. A stream
/// has until the deadline.
pub(super) async fn run(
    http: &reqwest::Client,
    request: Request,
    operation: &Operation,
    bounds: Bounds,
    within: Duration,
    deadline: Option<Instant>,
) -> Result<Answer, Box<Failure>> {
    let sent = send(http, request, operation, bounds, deadline);
    tokio::time::timeout(within, sent)
        .await
        .unwrap_or_else(|_| {
            let outcome = Outcome::TimedOut {
                maybe_processed: true,
            };
            let why = format!("no whole answer within {within:?}");
            Err(Failure::new(outcome, ErrorKind::Timeout, why))
        })
}

async fn send(
    http: &reqwest::Client,
    request: Request,
    operation: &Operation,
    bounds: Bounds,
    deadline: Option<Instant>,
) -> Result<Answer, Box<Failure>> {
    let response = http.execute(request).await?;
    #[cfg(feature = "gzip")]
    let response = gzip::unpacked(response);
    let mut response = response;
    let success = response.status().is_success();
    if success && operation.streams {
        let guarded = idle::guard(response, bounds.idle, deadline);
        return Ok(Answer::Stream(Box::new(guarded)));
    }
    let head = head_of(&mut response);
    let bound = if success { bounds.body } else { REFUSAL };
    match read(&mut response, bound).await.map(Body::without_mark) {
        Ok(Body::Whole(body)) => match success.then(|| fault(&head, &body, bound)).flatten() {
            None => Ok(Answer::Whole(head, body)),
            Some((outcome, why)) => {
                let kind = match outcome {
                    Outcome::TooLarge => ErrorKind::TooLarge,
                    _ => ErrorKind::Unreadable,
                };
                let mut failure = Failure::new(outcome, kind, why);
                failure.body = body;
                Err(failure.with_head(head))
            }
        },
        // What is missing of a refusal's text changes nothing.
        Ok(Body::Cut(body)) | Err((body, _)) if !success => Ok(Answer::Whole(head, body)),
        Ok(Body::Cut(_)) => {
            let why = format!("the answer holds more than {bound} bytes");
            Err(Failure::new(Outcome::TooLarge, ErrorKind::TooLarge, why).with_head(head))
        }
        Err((_, error)) => {
            let mut failure: Box<Failure> = error.into();
            failure.outcome = Outcome::BodyCutShort;
            Err(failure.with_head(head))
        }
    }
}

enum Body {
    Whole(Bytes),
    Cut(Bytes),
}

impl Body {
    /// Without the byte order mark that text may begin with; JSON may not.
    fn without_mark(self) -> Self {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        match self {
            Self::Whole(body) if body.starts_with(MARK) => Self::Whole(body.slice(MARK.len()..)),
            other => other,
        }
    }
}

/// The body, as far as the bound allows; what came of it before an error. Most bodies are one chunk,
/// which is not copied.
async fn read(response: &mut Response, bound: usize) -> Result<Body, (Bytes, reqwest::Error)> {
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    loop {
        let so_far = first.len().max(whole.len());
        let chunk = match response.chunk().await {
            Ok(None) if whole.is_empty() => return Ok(Body::Whole(first)),
            Ok(None) => return Ok(Body::Whole(whole.freeze())),
            Ok(Some(chunk)) if so_far == 0 && chunk.len() <= bound => {
                first = chunk;
                continue;
            }
            Ok(Some(chunk)) => chunk,
            Err(error) if whole.is_empty() => return Err((first, error)),
            Err(error) => return Err((whole.freeze(), error)),
        };
        if whole.is_empty() {
            whole.extend_from_slice(&first);
        }
        let room = bound.saturating_sub(so_far);
        whole.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() > room {
            return Ok(Body::Cut(whole.freeze()));
        }
    }
}

/// Why a success's body can't be right, if so. An empty one is left to the operation: some answer
/// nothing.
fn fault(head: &Parts, body: &[u8], bound: usize) -> Option<(Outcome, String)> {
    if body.is_empty() || head.status == StatusCode::NO_CONTENT {
        return None;
    }
    let objects = count(b'{', body);
    let most = bound / BYTES_A_VALUE;
    // There are no more values than bytes.
    if body.len() > most && objects.saturating_add(count(b',', body)) > most {
        let why = format!("the answer holds more than {most} values");
        return Some((Outcome::TooLarge, why));
    }
    if objects == count(b'}', body) && looks_whole(body) {
        return None;
    }
    let error = serde_json::from_slice::<IgnoredAny>(body).err()?;
    let what = answer::what(&head.headers, body);
    Some(if error.is_eof() {
        let why = format!("the answer ends within its JSON: {what}");
        (Outcome::BodyCutShort, why)
    } else {
        let why = format!("the answer is not JSON but {what}");
        (Outcome::Unreadable, why)
    })
}

fn count(byte: u8, body: &[u8]) -> usize {
    memchr::memchr_iter(byte, body).count()
}

/// Whether a body in which as many braces close as open looks like a whole JSON object or array: it begins
/// and ends like one. What is cut off doesn't look so. Parsing it twice to be sure would cost more than the
/// rest of the transport; what is wrong within is found when it is decoded.
fn looks_whole(body: &[u8]) -> bool {
    matches!(body.trim_ascii(), [b'{', .., b'}'] | [b'[', .., b']'])
}

/// What a failure below HTTP is, told by its deepest cause: "Connection refused" says more than
/// "error sending request".
pub(super) fn lost(error: &reqwest::Error) -> Error {
    if let Some(why) = tls::refusal(error) {
        let why = format!("no TLS connection, so nothing was sent: {why}");
        return Error::new(ErrorKind::Tls, why);
    }
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "no answer in time")
    } else if error.is_connect() {
        (ErrorKind::Connect, "no connection")
    } else {
        (ErrorKind::Interrupted, "the connection broke")
    };
    Error::new(kind, format!("{what}: {}", cause(error)))
}
