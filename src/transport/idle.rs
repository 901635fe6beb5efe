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
        body: Some(Box::pin(response.bytes_stream())),
        idle,
        stall: Box::pin(sleep(idle)),
        waiting: false,
    };
    http::Response::from_parts(head, Body::wrap_stream(body)).into()
}

struct Guarded<S> {
    /// None when it has ended, in an error or not.
    body: Option<Pin<Box<S>>>,
    idle: Duration,
    stall: Pin<Box<Sleep>>,
    /// Whether the last look found nothing. Only then time counts: a reader may take its own.
    waiting: bool,
}

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Guarded<S> {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(next) = body.as_mut().poll_next(context) {
            this.waiting = false;
            if !matches!(next, Some(Ok(_))) {
                this.body = None;
            }
            return Poll::Ready(next.map(|chunk| chunk.map_err(|e| e.without_url().into())));
        }
        if !this.waiting {
            this.waiting = true;
            this.stall.as_mut().reset(Instant::now() + this.idle);
        }
        ready!(this.stall.as_mut().poll(context));
        this.body = None;
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    type Chunk = reqwest::Result<Bytes>;

    /// A body of one chunk that then stalls.
    struct OneChunk(Option<Bytes>);

    impl Stream for OneChunk {
        type Item = Chunk;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Chunk>> {
            self.0
                .take()
                .map_or(Poll::Pending, |chunk| Poll::Ready(Some(Ok(chunk))))
        }
    }

    fn guarded() -> Guarded<OneChunk> {
        let idle = Duration::from_secs(30);
        Guarded {
            body: Some(Box::pin(OneChunk(Some(Bytes::from_static(b"x"))))),
            idle,
            stall: Box::pin(sleep(idle)),
            waiting: false,
        }
    }

    async fn next(body: &mut Guarded<OneChunk>) -> Option<Result<Bytes, String>> {
        let next = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await;
        next.map(|chunk| chunk.map_err(|error| error.to_string()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_stall_is_told_once_after_the_bound() {
        let mut body = guarded();
        assert_eq!(next(&mut body).await, Some(Ok(Bytes::from_static(b"x"))));
        let since = Instant::now();
        assert_eq!(
            next(&mut body).await,
            Some(Err("nothing came for 30s".to_owned()))
        );
        assert_eq!(since.elapsed().as_secs(), 30);
        assert_eq!(next(&mut body).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_no_stall() {
        let mut body = guarded();
        next(&mut body).await.unwrap().unwrap();
        sleep(Duration::from_secs(100)).await;
        let since = Instant::now();
        next(&mut body).await.unwrap().unwrap_err();
        assert_eq!(since.elapsed().as_secs(), 30);
    }
}
