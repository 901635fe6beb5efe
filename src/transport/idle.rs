//! A body that streams must keep coming: a stall longer than the bound ends it with an error, and so
//! does the call's deadline, whoever is slow.

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

use super::parts::head_of;

/// The same answer, whose body fails when nothing comes for this long, and when the deadline passes.
pub(super) fn guard(mut response: Response, idle: Duration, deadline: Option<Instant>) -> Response {
    let head = head_of(&mut response);
    let body = Guarded {
        body: Some(Box::pin(response.bytes_stream())),
        idle,
        deadline,
        alarm: Box::pin(sleep(idle)),
        waiting: false,
    };
    http::Response::from_parts(head, Body::wrap_stream(body)).into()
}

struct Guarded<S> {
    /// None when it has ended, in an error or not.
    body: Option<Pin<Box<S>>>,
    idle: Duration,
    deadline: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
    /// Whether the last look found nothing. Only then a stall counts: a reader may take its own time.
    waiting: bool,
}

impl<S> Guarded<S> {
    fn past_deadline(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// When waiting has to end; never, where the bounds lie beyond all time.
    fn patience(&self) -> Option<Instant> {
        let stall = Instant::now().checked_add(self.idle);
        stall.into_iter().chain(self.deadline).min()
    }
}

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Guarded<S> {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let overdue = this.past_deadline();
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        if !overdue {
            if let Poll::Ready(next) = body.as_mut().poll_next(context) {
                this.waiting = false;
                if !matches!(next, Some(Ok(_))) {
                    this.body = None;
                }
                return Poll::Ready(next.map(|chunk| chunk.map_err(|e| e.without_url().into())));
            }
            if !std::mem::replace(&mut this.waiting, true)
                && let Some(until) = this.patience()
            {
                this.alarm.as_mut().reset(until);
            }
            ready!(this.alarm.as_mut().poll(context));
        }
        this.body = None;
        Poll::Ready(Some(Err(Box::new(if this.past_deadline() {
            BrokenOff::Deadline
        } else {
            BrokenOff::Stall(this.idle)
        }))))
    }
}

/// Why we ended a body.
#[derive(Debug)]
pub(super) enum BrokenOff {
    Stall(Duration),
    Deadline,
}

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stall(idle) => write!(f, "nothing came for {idle:?}"),
            Self::Deadline => f.write_str("the deadline passed"),
        }
    }
}

impl std::error::Error for BrokenOff {}

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

    fn bounded(idle: Duration, deadline: Option<Duration>) -> Guarded<OneChunk> {
        Guarded {
            body: Some(Box::pin(OneChunk(Some(Bytes::from_static(b"x"))))),
            idle,
            deadline: deadline.map(|deadline| Instant::now() + deadline),
            alarm: Box::pin(sleep(idle)),
            waiting: false,
        }
    }

    fn guarded() -> Guarded<OneChunk> {
        bounded(Duration::from_secs(30), None)
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

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_it_though_the_bound_is_longer_than_all_time() {
        let mut body = bounded(Duration::MAX, Some(Duration::from_secs(5)));
        let since = Instant::now();
        assert_eq!(next(&mut body).await, Some(Ok(Bytes::from_static(b"x"))));
        let ended = Some(Err("the deadline passed".to_owned()));
        assert_eq!(next(&mut body).await, ended);
        assert_eq!(since.elapsed().as_secs(), 5);
        assert_eq!(next(&mut body).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_counts_the_readers_time_too() {
        let mut body = bounded(Duration::from_secs(30), Some(Duration::from_secs(5)));
        sleep(Duration::from_secs(5)).await;
        let ended = Some(Err("the deadline passed".to_owned()));
        assert_eq!(next(&mut body).await, ended);
    }

    #[tokio::test(start_paused = true)]
    async fn without_bounds_it_waits_for_ever() {
        let mut body = bounded(Duration::MAX, None);
        next(&mut body).await.unwrap().unwrap();
        let years = Duration::from_secs(10 * 365 * 24 * 60 * 60);
        tokio::time::timeout(years, next(&mut body))
            .await
            .unwrap_err();
    }
}
