//! A body that streams must keep coming: a stall longer than the bound ends it with an error.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use reqwest::{Body, Response};
use tokio::time::{Instant, Sleep, sleep};

use super::attempt::head_of;

/// The same answer, whose body fails when nothing comes for this long.
pub(super) fn guard(mut response: Response, idle: Duration) -> Response {
    let head = head_of(&mut response);
    let body = Guarded {
        body: Box::pin(response.bytes_stream()),
        idle,
        stall: Box::pin(sleep(idle)),
    };
    http::Response::from_parts(head, Body::wrap_stream(body)).into()
}

struct Guarded<S> {
    body: Pin<Box<S>>,
    idle: Duration,
    stall: Pin<Box<Sleep>>,
}

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Guarded<S> {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Poll::Ready(next) = this.body.as_mut().poll_next(context) {
            this.stall.as_mut().reset(Instant::now() + this.idle);
            return Poll::Ready(next.map(|chunk| chunk.map_err(|e| e.without_url().into())));
        }
        ready!(this.stall.as_mut().poll(context));
        Poll::Ready(Some(Err(Box::new(Stalled(this.idle)))))
    }
}

#[derive(Debug)]
struct Stalled(Duration);

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing came for {:?}", self.0)
    }
}

impl std::error::Error for Stalled {}
