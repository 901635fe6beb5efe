//! The runtime of a blocking client: where its connections live, and how a call waits.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use tokio::{
    runtime::{Builder, Handle},
    task::coop,
};

use crate::{Error, ErrorKind};

/// A runtime with one thread of its own, so that connections are looked after between calls too. It ends
/// with the last clone.
#[derive(Clone)]
pub(super) struct Runtime(Arc<Owned>);

struct Owned {
    handle: Handle,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("benchmark-email")
            .enable_all()
            .build()
            .map_err(|why| {
                let told = "the thread of the blocking client can't start";
                Error::new(ErrorKind::Config, told).with_source(why)
            })?;
        Ok(Self(Arc::new(Owned {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })))
    }

    /// Waits for the end of a call, unless that would stall an async runtime.
    pub(super) fn run<T, E: From<Error>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if is_in_a_task() {
            let why = "a blocking call in a task would stall its async runtime: use the async client there, or make the call within tokio::task::spawn_blocking";
            return Err(Error::new(ErrorKind::InsideRuntime, why).into());
        }
        self.0.handle.block_on(call)
    }
}

/// Whether this thread is at work on a task of a runtime. Tokio gives a task a budget each time, so that
/// it can't keep others waiting, and where blocking is allowed (`spawn_blocking`, `block_in_place`) it gives
/// none: a budget is used up by progress, and where there is none it never is.
fn is_in_a_task() -> bool {
    match Handle::try_current() {
        Ok(_) => {
            // Tokio counts a budget in eight bits.
            for _ in 0..=u8::MAX {
                match coop::poll_proceed(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(progress) => progress.made_progress(),
                    Poll::Pending => return true,
                }
            }
            false
        }
        Err(outside) => !outside.is_missing_context(),
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for its end panics inside another runtime.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}
