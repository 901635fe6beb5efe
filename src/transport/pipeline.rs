//! How a request travels: pace, attempt, judge, wait or return, trace.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::{Request, Response, Url};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span, field::Empty};

use super::{
    Attempt, AttemptEnd, Entry, Hooks, Wait, WaitReason, answer, attempt,
    judging::{CallState, End, Failed, failed},
    operation::{self, Operation},
    retry::{Progress, Safety},
    time_until,
};
use crate::{
    Error, ErrorKind,
    budget::{LimitReached, Permit, PermitRequest, Refused, Throttle},
    error::Doubt,
    unsent::Unsent,
};

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
static API_VERSION: HeaderName = HeaderName::from_static("api-version");
static USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("benchmark-email-rust/", env!("CARGO_PKG_VERSION")));
static ACCEPT: HeaderValue = HeaderValue::from_static("application/json, text/csv");

impl Hooks {
    pub(super) async fn exec(&self, request: Request, id: &str) -> reqwest::Result<Response> {
        self.perform(request, operation::named(id)).await
    }

    /// The same for an operation that is known.
    pub(super) async fn perform(
        &self,
        request: Request,
        operation: &'static Operation,
    ) -> reqwest::Result<Response> {
        let span = tracing::info_span!(
            "http.client",
            otel.name = format_args!("{} {}", operation.method, operation.route),
            otel.kind = "client",
            otel.status_code = Empty,
            server.address = self.shared.server.0,
            server.port = self.shared.server.1,
            http.request.method = operation.method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.template = operation.route,
            error.r#type = Empty,
            benchmark_email.operation = operation.name,
            benchmark_email.waited_ms = Empty,
        );
        self.travel(request, operation).instrument(span).await
    }

    /// The header that the generator adds by itself goes; the key, and what we take, come.
    fn prepare(&self, request: &mut Request) {
        let headers = request.headers_mut();
        headers.remove(&API_VERSION);
        headers.insert(&API_KEY, self.shared.key.header().clone());
        headers.insert(header::USER_AGENT, USER_AGENT.clone());
        // The generator asks for JSON where the answer is some, and for nothing where it isn't.
        if !headers.contains_key(header::ACCEPT) {
            headers.insert(header::ACCEPT, ACCEPT.clone());
        }
    }

    async fn travel(
        &self,
        request: Request,
        operation: &'static Operation,
    ) -> reqwest::Result<Response> {
        let mut state = CallState {
            operation,
            deadline: self.options.deadline(),
            progress: Progress {
                attempt: 0,
                time_left: None,
                doubt: Doubt::None,
            },
        };
        let mut waited = Duration::ZERO;
        if self.options.dry_run && operation.safety != Safety::Safe {
            let kept = Error::kept_back(unsent(&request, operation, &self.shared.base_url));
            return self.fail(&state, failed(&state, kept, None), waited);
        }
        let mut next = request;
        let mut last = None;
        loop {
            let again = Again::of(&next);
            self.prepare(&mut next);
            let paced = self.pace(&state, &mut waited).await;
            let end = match paced {
                Ok(permit) => self.attempt(&mut state, next, permit).await,
                Err(why) => End::Failed(self.not_sent(&state, why, last)),
            };
            match end {
                End::Success(response) => {
                    trace(&state, Some(response.status()), None, waited);
                    return Ok(response);
                }
                End::Failed(failed) => return self.fail(&state, failed, waited),
                End::Again(after, failed) => {
                    let Some(again) = again else {
                        return self.fail(&state, failed, waited);
                    };
                    self.wait(operation, after).await;
                    waited += after;
                    next = again.request();
                    last = Some(failed);
                }
            }
        }
    }

    /// Records the error for the wrapper, and gives the generated client what it knows.
    fn fail(
        &self,
        state: &CallState,
        failed: Failed,
        waited: Duration,
    ) -> reqwest::Result<Response> {
        let Failed { error, raw } = failed;
        let status = error
            .status()
            .and_then(|status| StatusCode::from_u16(status).ok());
        trace(state, status, Some(error.kind()), waited);
        if let Some(record) = &self.record {
            record.put(Entry::Failed(error));
        }
        raw
    }

    /// Waits for the account's budget, as long as the policy and the deadline allow.
    async fn pace(&self, state: &CallState, waited: &mut Duration) -> Result<Permit, NotSent> {
        let policy = &self.options.policy;
        let left = time_until(state.deadline);
        if left == Some(Duration::ZERO) {
            return Err(NotSent::TooLate("the deadline has passed"));
        }
        let mut waiting_since = None;
        let max_wait = left.map_or(policy.longest_wait(), |left| {
            policy.longest_wait().min(left)
        });
        let mut on_wait = |until| {
            waiting_since.get_or_insert_with(Instant::now);
            self.observe_wait(state.operation, until, WaitReason::Budget);
        };
        let permit = self.shared.budget.acquire(PermitRequest {
            pacing: self.options.pacing,
            priority: self.options.priority,
            max_wait,
            key: self.shared.key_name,
            clock: &*self.shared.clock,
            on_wait: &mut on_wait,
        });
        // Standing in line behind our own calls is bounded by nothing but the deadline.
        let permit = match left {
            Some(left) => timeout(left, permit).await.map_err(|_| {
                let why = "the deadline passed while the call waited for the account's budget";
                NotSent::TooLate(why)
            })?,
            None => permit.await,
        };
        *waited += waiting_since.map_or(Duration::ZERO, |since| since.elapsed());
        permit.map_err(NotSent::Refused)
    }

    /// What a call fails with that may not send its request, or not once more after the last
    /// attempt failed.
    fn not_sent(&self, state: &CallState, why: NotSent, last: Option<Failed>) -> Failed {
        let limited = last.filter(|last| last.error.is_by_limit());
        let error = match (why, limited) {
            // The service said so itself, and better.
            (NotSent::TooLate(_), Some(last)) => return last,
            (NotSent::Refused(Refused::Limit(limit)), Some(last)) => {
                let now = self.shared.clock.now();
                let error = last.error.come_back(limit.retry_at, now);
                return Failed { error, ..last };
            }
            (NotSent::TooLate(why), None) => Error::new(ErrorKind::Timeout, "").not_sent(why),
            (NotSent::Refused(Refused::Limit(limit)), None) => self.limit_reached(limit),
            (NotSent::Refused(Refused::Key { ago, answer }), _) => {
                let error = answer.map_or_else(refused_key, |answer| answer.copy());
                let ago = ago.as_secs();
                error.not_sent(&format!("the service refused this API key {ago} s ago"))
            }
        };
        let raw = answer::repeated(&error, &self.shared.key).map(Ok);
        failed(state, error, raw)
    }

    /// A limit that asks for a longer wait than is allowed.
    fn limit_reached(&self, reached: LimitReached) -> Error {
        let (kind, what) = match reached.limit {
            Throttle::Hourly => (
                ErrorKind::RateLimited,
                "the account's requests of this hour",
            ),
            Throttle::MonthlyQuota => (
                ErrorKind::QuotaExceeded,
                "the account's requests of this month",
            ),
            Throttle::AuthenticationBlock => (
                ErrorKind::AuthenticationBlocked,
                "the bad keys that this address may send",
            ),
        };
        let error = Error::new(kind, "").not_sent(&format!("{what} are used up"));
        error.come_back(reached.retry_at, self.shared.clock.now())
    }

    async fn attempt(&self, state: &mut CallState, request: Request, permit: Permit) -> End {
        let operation = state.operation;
        state.progress.attempt += 1;
        let attempt = Attempt {
            operation: operation.name,
            method: operation.method,
            route: operation.route,
            number: state.progress.attempt,
        };
        if let Some(observer) = &self.shared.observer {
            observer.attempt_started(&attempt);
        }
        tracing::debug!(
            attempt = attempt.number,
            operation = operation.name,
            "attempt"
        );

        let bounds = self.shared.bounds;
        let started = Instant::now();
        let left = time_until(state.deadline);
        let within = left.map_or(bounds.attempt, |left| bounds.attempt.min(left));
        let http = &self.shared.http;
        let answer = attempt::run(http, request, operation, bounds, within, state.deadline).await;
        let ended = Instant::now();
        let until = |deadline: Instant| deadline.saturating_duration_since(ended);
        state.progress.time_left = state.deadline.map(until);

        let (end, status, error) = self.judge(state, answer, permit);
        let end_of_attempt = AttemptEnd {
            status: status.map(|status| status.as_u16()),
            error,
            took: ended - started,
        };
        if let Some(observer) = &self.shared.observer {
            observer.attempt_ended(&attempt, &end_of_attempt);
        }
        tracing::debug!(attempt = attempt.number, status = end_of_attempt.status, error = ?error, "attempt ended");
        end
    }

    async fn wait(&self, operation: &'static Operation, after: Duration) {
        if let Some(until) = self.shared.clock.now().checked_add(after) {
            self.observe_wait(operation, until, WaitReason::Retry);
        }
        sleep(after).await;
    }

    fn observe_wait(
        &self,
        operation: &'static Operation,
        until: std::time::SystemTime,
        reason: WaitReason,
    ) {
        let wait = Wait {
            operation: operation.name,
            until,
            reason,
        };
        if let Some(observer) = &self.shared.observer {
            observer.waiting(&wait);
        }
        tracing::info!(operation = wait.operation, until = ?wait.until, reason = ?wait.reason, "waiting");
    }
}

/// A request that is kept back.
fn unsent(request: &Request, operation: &Operation, base_url: &str) -> Unsent {
    let url = request.url().as_str();
    let body = request.body().and_then(reqwest::Body::as_bytes);
    Unsent {
        operation: operation.name,
        method: operation.method,
        route: operation.route,
        path: url.strip_prefix(base_url).unwrap_or(url).to_owned(),
        body: body.map(|body| String::from_utf8_lossy(body).into_owned()),
    }
}

/// Why a request may not be sent.
enum NotSent {
    /// There is no time left.
    TooLate(&'static str),
    Refused(Refused),
}

/// The error of a refused API key whose answer isn't at hand.
fn refused_key() -> Error {
    Error::new(ErrorKind::Unauthorized, "").answered(StatusCode::UNAUTHORIZED, &HeaderMap::new())
}

/// What it takes to send a request once more. Every body is buffered, so it can be copied; where there is none and
/// the generator has put in no header but its usual ones, the little that is needed is kept, and a request is
/// made of it only when it is sent again, which hardly ever happens.
enum Again {
    Copy(Request),
    Head(Method, Url, Option<HeaderValue>),
}

impl Again {
    fn of(request: &Request) -> Option<Self> {
        let mut accept = None;
        for (name, value) in request.headers() {
            if *name == header::ACCEPT {
                accept = Some(value);
            } else if *name != API_VERSION {
                return request.try_clone().map(Self::Copy);
            }
        }
        if request.body().is_some() {
            return request.try_clone().map(Self::Copy);
        }
        let (method, url) = (request.method().clone(), request.url().clone());
        Some(Self::Head(method, url, accept.cloned()))
    }

    fn request(self) -> Request {
        match self {
            Self::Copy(request) => request,
            Self::Head(method, url, accept) => {
                let mut request = Request::new(method, url);
                if let Some(accept) = accept {
                    request.headers_mut().insert(header::ACCEPT, accept);
                }
                request
            }
        }
    }
}

/// Fills in what the span is told at the end.
fn trace(
    state: &CallState,
    status: Option<StatusCode>,
    error: Option<ErrorKind>,
    waited: Duration,
) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if let Some(kind) = error {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", tracing::field::debug(kind));
    }
    let resent = state.progress.attempt.saturating_sub(1);
    span.record("http.request.resend_count", resent);
    let waited = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    span.record("benchmark_email.waited_ms", waited);
}
