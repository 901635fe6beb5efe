//! Faults carried out: answers that take the place of the right one, are lost, or arrive spoilt.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::reply::{Reply, assemble};
use crate::answer::Content;
use crate::faults::{Strike, What};
use crate::wire::{Cut, Ending, Undated};

/// Time for what was written to leave, before the connection is cut behind it.
const FLUSH: Duration = Duration::from_millis(30);

/// What a fault answers without carrying anything out.
pub(super) async fn instead(strike: &Strike) -> Option<Response> {
    match strike.what() {
        What::Status {
            status,
            body,
            headers,
        } => {
            let (content_type, bytes) = match body {
                None => (None, Bytes::new()),
                Some(Value::String(text)) => {
                    (Some("text/plain; charset=utf-8"), Bytes::from(text.clone()))
                }
                Some(value) => (Some("application/json"), Bytes::from(value.to_string())),
            };
            let mut response = plain(*status, content_type, bytes);
            set_headers(
                response.headers_mut(),
                headers.iter().map(|(name, value)| (name, Some(value))),
            );
            Some(response)
        }
        What::Html { status } => {
            let reason = StatusCode::from_u16(*status)
                .ok()
                .and_then(|status| status.canonical_reason());
            let title = format!("{status} {}", reason.unwrap_or("Error"));
            let page = format!(
                "<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
            );
            Some(plain(*status, Some("text/html"), page.into()))
        }
        What::CloseBeforeAnswer => Some(cut(Cut::Close)),
        What::ResetBeforeAnswer => Some(cut(Cut::Reset)),
        What::StallBeforeAnswer => std::future::pending().await,
        _ => None,
    }
}

impl What {
    pub(super) fn loses_answer(&self) -> bool {
        matches!(
            self,
            Self::DropAfterCommit | Self::ResetAfterCommit | Self::StallAfterCommit
        )
    }
}

pub(super) async fn lose(what: &What) -> Response {
    match what {
        What::StallAfterCommit => std::future::pending().await,
        What::ResetAfterCommit => cut(Cut::Reset),
        _ => cut(Cut::Close),
    }
}

/// Sends an answer, but not as it should be.
pub(super) fn spoil(strike: &Strike, mut reply: Reply, ending: Ending) -> Response {
    match strike.what() {
        What::CloseMidBody => reply.into_part(Then::Close),
        What::ResetMidBody => reply.into_part(Then::Reset(ending)),
        What::StallMidBody => reply.into_part(Then::Stall),
        What::TruncatedJson => {
            if let Content::Json(body) = &mut reply.content {
                body.truncate(body.len() / 2);
                return reply.into_response();
            }
            reply.into_part(Then::End)
        }
        What::ContentType { content_type } => {
            set_headers(
                &mut reply.headers,
                [("content-type", Some(content_type))].into_iter(),
            );
            reply.into_response()
        }
        What::Headers { headers } => {
            set_headers(
                &mut reply.headers,
                headers.iter().map(|(name, value)| (name, value.as_ref())),
            );
            let mut response = reply.into_response();
            // The date is not among the headers yet.
            let undated = |(name, value): (&String, &Option<_>)| {
                value.is_none() && name.eq_ignore_ascii_case(DATE.as_str())
            };
            if headers.iter().any(undated) {
                response.extensions_mut().insert(Undated);
            }
            response
        }
        What::StaleLimits => {
            strike.left_before.hourly_headers(&mut reply.headers);
            strike.left_before.monthly_headers(&mut reply.headers);
            reply.into_response()
        }
        _ => reply.into_response(),
    }
}

/// What comes after the first half of a body.
enum Then {
    Close,
    Reset(Ending),
    Stall,
    End,
}

impl Reply {
    /// The head as if all came, half of the body (of one that is streamed, half of its first pieces), and
    /// then that.
    fn into_part(mut self, then: Then) -> Response {
        let (first, rest) = match self.content {
            Content::Empty => (Bytes::new(), None),
            Content::Json(mut body) => {
                self.headers
                    .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
                body.truncate(body.len() / 2);
                (body, None)
            }
            Content::Pieces { pieces, .. } => {
                (Bytes::new(), Some(pieces.take(2).enumerate().map(halved)))
            }
        };
        let first = stream::iter([first])
            .chain(stream::iter(rest).flatten())
            .map(Ok);
        let last = stream::once(async move {
            tokio::time::sleep(FLUSH).await;
            match then {
                Then::End => return Ok(Bytes::new()),
                Then::Stall => std::future::pending().await,
                Then::Reset(ending) => ending.reset(),
                Then::Close => {}
            }
            Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "a fault cut the body",
            ))
        });
        assemble(
            self.status,
            self.headers,
            Body::from_stream(first.chain(last)),
        )
    }
}

/// The first piece whole, which is the opening, and half of what comes after it.
fn halved((place, mut piece): (usize, Bytes)) -> Bytes {
    if place > 0 {
        piece.truncate(piece.len() / 2);
    }
    piece
}

fn plain(status: u16, content_type: Option<&'static str>, body: Bytes) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    assemble(status, headers, Body::from(body))
}

pub(super) fn cut(cut: Cut) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(cut);
    response
}

fn set_headers<'a>(
    headers: &mut HeaderMap,
    changes: impl Iterator<Item = (impl AsRef<str>, Option<&'a String>)>,
) {
    for (name, value) in changes {
        let Ok(name) = HeaderName::from_bytes(name.as_ref().as_bytes()) else {
            continue;
        };
        match value.map(|value| HeaderValue::from_str(value)) {
            Some(Ok(value)) => {
                headers.insert(name, value);
            }
            Some(Err(_)) => {}
            None => {
                headers.remove(name);
            }
        }
    }
}
