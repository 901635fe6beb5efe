//! The one way out: every request, generated or not, passes here.
//!
//! [`Hooks`] are the generated client's: they hand each request to the pipeline: pace,
//! attempt, judge, wait or return, trace. The generated client can only carry its own error type, so
//! an [`Error`] waits in the call's [`Record`] until [`Call::ask`] picks it up. This module owns
//! how a request travels, and nothing of what it means.

mod answer;
mod attempt;
mod call;
#[cfg(feature = "gzip")]
mod gzip;
mod head;
mod idle;
mod judging;
mod observer;
mod operation;
mod parts;
mod pipeline;
mod retry;
mod retry_after;
mod throttle;
mod tls;

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Request, Response};
use tokio::time::Instant;

use crate::{
    Error,
    budget::{Budget, KeyName, Pacing, Priority},
    key::ApiKey,
    raw,
    testing::Clock,
};

pub(crate) use answer::{is_the_services_success, refusal};
pub(crate) use call::{Answered, Call};
pub(crate) use head::Head;
pub use observer::{Attempt, AttemptEnd, Observer, Wait, WaitReason};
pub(crate) use operation::LIST_STREAM;
pub use retry::RetryPolicy;

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) base_url: String,
    /// Host and port of the base URL, for traces.
    pub(crate) server: (String, u16),
    pub(crate) http: reqwest::Client,
    pub(crate) key: ApiKey,
    /// What the budget calls the key.
    pub(crate) key_name: KeyName,
    pub(crate) bounds: Bounds,
    pub(crate) budget: Budget,
    pub(crate) clock: Arc<dyn Clock>,
    /// None hears nothing, and nothing is put together for it.
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// How long things may take, and how much an answer may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// From the start of an attempt to the last byte of its answer; to the first of a stream.
    pub(crate) attempt: Duration,
    /// Between two pieces of a stream.
    pub(crate) idle: Duration,
    /// Bytes of an answer that is read as a whole, after decompression.
    pub(crate) body: usize,
}

/// How one caller wants its calls made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOptions {
    pub(crate) policy: RetryPolicy,
    pub(crate) pacing: Pacing,
    pub(crate) priority: Priority,
    /// Whether what would change the account is kept back.
    pub(crate) dry_run: bool,
    /// When the call of which this one is a part must be over.
    pub(crate) deadline: Option<Instant>,
}

impl Default for CallOptions {
    /// Somebody waits for the answer.
    fn default() -> Self {
        Self {
            policy: RetryPolicy::default(),
            pacing: Pacing::Burst,
            priority: Priority::Interactive,
            dry_run: false,
            deadline: None,
        }
    }
}

impl CallOptions {
    /// When a call that begins now must be over, if ever; what it is a part of began earlier.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline.or_else(|| self.policy.deadline_from_now())
    }
}

/// What is left until then, where there is a deadline: without one nobody needs to look at the clock.
pub(crate) fn time_until(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

/// The generated client's inner state: what the client shares, how this caller wants its calls made,
/// and what this call leaves behind.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
pub struct Hooks {
    shared: Arc<Shared>,
    options: CallOptions,
    /// None where a user holds the generated client, and hears of everything from that.
    record: Option<Arc<Record>>,
}

/// What a call leaves behind that the generated client can't carry, or only as a copy.
#[derive(Default)]
struct Record(Mutex<Entry>);

#[derive(Default)]
enum Entry {
    #[default]
    None,
    Failed(Error),
    Answered(Head),
}

/// A generated client whose calls go the same way, for a user.
#[cfg(feature = "raw")]
pub(crate) fn generated(shared: &Arc<Shared>, options: CallOptions) -> raw::Client {
    client(shared, options, None)
}

fn client(shared: &Arc<Shared>, options: CallOptions, record: Option<Arc<Record>>) -> raw::Client {
    let hooks = Hooks {
        shared: Arc::clone(shared),
        options,
        record,
    };
    raw::Client::new_with_client(&shared.base_url, shared.http.clone(), hooks)
}

impl Record {
    fn put(&self, entry: Entry) {
        *self.lock() = entry;
    }

    fn take(&self) -> Entry {
        mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failure below HTTP that the pipeline hasn't seen.
fn lost(error: reqwest::Error) -> Error {
    let error = error.without_url();
    attempt::lost(&error).with_source(error)
}

impl ClientHooks<Hooks> for raw::Client {
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        self.inner.exec(request, info.operation_id).await
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}
