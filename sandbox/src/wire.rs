//! One TCP connection, and how it ends when a fault says so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::answer::Refusal;
use crate::rules::Rule;

/// How an answer ends the connection instead of being sent. Travels in the response's extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    Close,
    Reset,
}

/// Marks a response that is sent without a `Date`. Travels in its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Undated;

/// Marks a connection to be reset (TCP RST) rather than closed when it ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending(Arc<AtomicBool>);

impl Ending {
    pub(crate) fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The stream under a connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    ending: Ending,
    /// Still to be written, before anything else.
    pending: Bytes,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, ending: Ending) -> Self {
        Self {
            stream,
            ending,
            pending: Bytes::new(),
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.ending.is_reset() {
            // If it fails the connection is closed the gentle way, which the client sees as cut as well.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(cx))?;
        if let Some(envelope) = enveloped(buf) {
            self.pending = envelope;
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [buf] = bufs {
            return self.poll_write(cx, buf);
        }
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ending.is_reset() {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Wire {
    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.pending))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

/// The HTTP library turns what isn't HTTP away by itself, with a head and no body. Such a head is the only
/// one with neither date nor type, by which it is known; it gets the envelope that every other refusal has.
fn enveloped(head: &[u8]) -> Option<Bytes> {
    let head = head.strip_suffix(b"\r\n\r\n")?;
    let head = std::str::from_utf8(head).ok()?;
    let status = head.lines().next()?;
    let refuses = status.starts_with("HTTP/1.1 4") || status.starts_with("HTTP/1.0 4");
    let lower = head.to_ascii_lowercase();
    let ours = lower.contains("\r\ndate:") || lower.contains("\r\ncontent-type:");
    if !refuses || ours {
        return None;
    }
    let body =
        Refusal::validation(Rule::Http, "This is no HTTP request that can be read").envelope();
    let mut whole = format!(
        "{status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    whole.extend_from_slice(&body);
    Some(whole.into())
}
