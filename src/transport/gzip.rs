//! gzip where the HTTP library doesn't know it for such: by its old name `x-gzip`, which means the same
//! (RFC 9110, section 8.4.1.3), or in capitals.

use std::{
    io::Write as _,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_core::Stream;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use reqwest::{Body, Response};

use super::parts::head_of;

/// How much is unpacked at once. What comes of it is at most some thousand times as much.
const PIECE: usize = 1024;

/// The same answer, unpacked if need be. What the HTTP library has unpacked has lost the header.
pub(super) fn unpacked(mut response: Response) -> Response {
    let named = response.headers().get(CONTENT_ENCODING);
    let is_gzip = named.is_some_and(|name| {
        let is = |known: &str| name.as_bytes().eq_ignore_ascii_case(known.as_bytes());
        is("x-gzip") || is("gzip")
    });
    if !is_gzip {
        return response;
    }
    let mut head = head_of(&mut response);
    head.headers.remove(CONTENT_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    let body = Unpacked {
        body: Box::pin(response.bytes_stream()),
        packed: Bytes::new(),
        decoder: Some(MultiGzDecoder::new(Vec::new())),
    };
    http::Response::from_parts(head, Body::wrap_stream(body)).into()
}

struct Unpacked<S> {
    body: Pin<Box<S>>,
    /// What came and isn't unpacked yet.
    packed: Bytes,
    /// None when the body has ended, in an error or not.
    decoder: Option<MultiGzDecoder<Vec<u8>>>,
}

type Chunk = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Unpacked<S> {
    type Item = Chunk;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chunk>> {
        let this = &mut *self;
        while let Some(decoder) = &mut this.decoder {
            if this.packed.is_empty() {
                match ready!(this.body.as_mut().poll_next(context)) {
                    Some(Ok(packed)) => this.packed = packed,
                    Some(Err(why)) => {
                        this.decoder = None;
                        return Poll::Ready(Some(Err(why.without_url().into())));
                    }
                    None => {
                        let rest = this.decoder.take().map(MultiGzDecoder::finish);
                        return Poll::Ready(match rest {
                            Some(Ok(rest)) if !rest.is_empty() => Some(Ok(rest.into())),
                            Some(Err(why)) => Some(Err(why.into())),
                            _ => None,
                        });
                    }
                }
                continue;
            }
            let piece = this.packed.split_to(PIECE.min(this.packed.len()));
            if let Err(why) = decoder.write_all(&piece) {
                this.decoder = None;
                return Poll::Ready(Some(Err(why.into())));
            }
            let unpacked = mem::take(decoder.get_mut());
            if !unpacked.is_empty() {
                return Poll::Ready(Some(Ok(unpacked.into())));
            }
        }
        Poll::Ready(None)
    }
}
