//! The runtime of a blocking client: where its connections live, and how a call waits.

use std::{fmt, sync::Arc};

use tokio::runtime::{Builder, Handle};

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
        match Handle::try_current() {
            Err(outside) if outside.is_missing_context() => self.0.handle.block_on(call),
            _ => Err(Error::new(
                ErrorKind::InsideRuntime,
                "a blocking call inside an async runtime would stall it: use the async client there, or a thread of std::thread",
            )
            .into()),
        }
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
