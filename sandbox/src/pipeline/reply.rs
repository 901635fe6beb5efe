//! An answer on its way out: status, headers and body, as HTTP.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode};

use crate::answer::Content;

/// An answer as HTTP, but for the connection.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
}

impl Reply {
    pub(super) fn logged(&self) -> &Bytes {
        static NOTHING: Bytes = Bytes::new();
        match &self.content {
            Content::Json(body) => body,
            Content::Empty | Content::Pieces { .. } => &NOTHING,
        }
    }

    pub(super) fn into_response(self) -> Response {
        let body = match self.content {
            Content::Empty => Body::empty(),
            Content::Json(body) => Body::from(body),
            Content::Pieces { pieces, .. } => Body::from_stream(pieces.map(Ok::<_, Infallible>)),
        };
        assemble(self.status, self.headers, body)
    }
}

pub(super) fn assemble(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
