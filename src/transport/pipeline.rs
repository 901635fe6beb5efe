//! How a request travels: pace, attempt, judge, wait or return, trace.

use std::{mem, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{Request, Response};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span, field::Empty};

use super::{
    Attempt, AttemptEnd, Entry, Seam, Wait, WaitReason, answer,
    attempt::{self, Answer, Failure},
    budget::{Permit, Refused},
    operation::{self, Operation},
    retry::{Outcome, Progress, RetryPolicy, Verdict, judge},
    throttle::Throttle,
};
use crate::{Error, ErrorKind};

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
static API_VERSION: HeaderName = HeaderName::from_static("api-version");
static USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("benchmark-email-rust/", env!("CARGO_PKG_VERSION")));
static ACCEPT: HeaderValue = HeaderValue::from_static("application/json, text/csv");

/// How an attempt ended, and what follows from it.
enum End {
    Success(Response),
    /// Another attempt after this long; what failed, in case there can't be one.
    Again(Duration, Failed),
    Failed(Failed),
}

struct Failed {
    error: Error,
    /// What the generated client is given: its own kinds of failure.
    raw: reqwest::Result<Response>,
}

/// What the pipeline knows of a call while it is under way.
struct Journey {
    operation: &'static Operation,
    started: Instant,
    progress: Progress,
}

impl Journey {
    /// What is left of the deadline, if there is one.
    fn time_left(&self, policy: &RetryPolicy) -> Option<Duration> {
        policy
            .has_deadline()
            .then(|| policy.time_left(self.started.elapsed()))?
    }
}

impl Seam {
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
        let mut journey = Journey {
            operation,
            started: Instant::now(),
            progress: Progress {
                attempt: 0,
                elapsed: Duration::ZERO,
                maybe_processed: false,
            },
        };
        let mut waited = Duration::ZERO;
        let mut next = request;
        loop {
            let again = again(&next);
            self.prepare(&mut next);
            let paced = self.pace(&journey, &mut waited).await;
            let end = match paced {
                Ok(permit) => self.attempt(&mut journey, next, permit).await,
                Err(error) => End::Failed(failed(&journey, error, None)),
            };
            match (end, again) {
                (End::Success(response), _) => {
                    trace(&journey, Some(response.status()), None, waited);
                    return Ok(response);
                }
                (End::Again(after, _), Some(again)) => {
                    self.wait(operation, after).await;
                    waited += after;
                    next = again;
                }
                (End::Again(_, failed), None) | (End::Failed(failed), _) => {
                    return self.fail(&journey, failed, waited);
                }
            }
        }
    }

    /// Records the error for the wrapper, and gives the generated client what it knows.
    fn fail(
        &self,
        journey: &Journey,
        failed: Failed,
        waited: Duration,
    ) -> reqwest::Result<Response> {
        let Failed { error, raw } = failed;
        let status = error
            .status()
            .and_then(|status| StatusCode::from_u16(status).ok());
        trace(journey, status, Some(error.kind()), waited);
        if let Some(record) = &self.record {
            record.put(Entry::Failed(error));
        }
        raw
    }

    /// Waits for the account's budget, as long as the policy and the deadline allow.
    async fn pace(&self, journey: &Journey, waited: &mut Duration) -> Result<Permit, Error> {
        let policy = &self.manner.policy;
        let left = journey.time_left(policy);
        if left == Some(Duration::ZERO) {
            let why = "not sent: the deadline has passed";
            return Err(Error::new(ErrorKind::Timeout, why));
        }
        let mut waiting_since = None;
        let max_wait = left.map_or(policy.longest_wait(), |left| {
            policy.longest_wait().min(left)
        });
        let on_wait = |until| {
            waiting_since.get_or_insert_with(Instant::now);
            self.observe_wait(journey.operation, until, WaitReason::Budget);
        };
        let permit = self.shared.budget.acquire(
            self.manner.pacing,
            self.manner.priority,
            max_wait,
            &*self.shared.clock,
            on_wait,
        );
        // Standing in line behind our own calls is bounded by nothing but the deadline.
        let permit = match left {
            Some(left) => timeout(left, permit).await.map_err(|_| {
                Error::new(
                    ErrorKind::Timeout,
                    "the deadline passed while the call waited for the account's budget",
                )
            })?,
            None => permit.await,
        };
        *waited += waiting_since.map_or(Duration::ZERO, |since| since.elapsed());
        permit.map_err(|refused| self.refused(refused))
    }

    /// A limit that asks for a longer wait than is allowed. The request was not sent.
    fn refused(&self, refused: Refused) -> Error {
        let (kind, what) = match refused.limit {
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
        let why = format!("not sent: {what} are used up");
        Error::new(kind, why).come_back(refused.retry_at, self.shared.clock.now())
    }

    async fn attempt(&self, journey: &mut Journey, request: Request, permit: Permit) -> End {
        let operation = journey.operation;
        journey.progress.attempt += 1;
        let attempt = Attempt {
            operation: operation.name,
            method: operation.method,
            route: operation.route,
            number: journey.progress.attempt,
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
        let left = journey.time_left(&self.manner.policy);
        let within = left.map_or(bounds.attempt, |left| bounds.attempt.min(left));
        let answer = attempt::run(&self.shared.http, request, operation, bounds, within).await;
        let ended = Instant::now();
        journey.progress.elapsed = ended - journey.started;

        let (end, status, error) = self.judge(journey, answer, permit);
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

    fn judge(
        &self,
        journey: &mut Journey,
        answer: Result<Answer, Box<Failure>>,
        permit: Permit,
    ) -> (End, Option<StatusCode>, Option<ErrorKind>) {
        match answer {
            Ok(Answer::Stream(response)) => {
                self.learn(permit, response.headers(), None);
                let status = response.status();
                (End::Success(*response), Some(status), None)
            }
            Ok(Answer::Whole(mut head, body)) if head.status.is_success() => {
                self.learn(permit, &head.headers, None);
                let status = head.status;
                if let Some(record) = &self.record {
                    record.put(Entry::Answered {
                        attempts: journey.progress.attempt,
                        status,
                        headers: mem::take(&mut head.headers),
                    });
                }
                let response = answer::success(journey.operation, head, body);
                (End::Success(response), Some(status), None)
            }
            Ok(Answer::Whole(head, body)) => {
                let name = journey.operation.name;
                let now = self.shared.clock.now();
                let (error, throttle) = answer::refusal(name, &head, &body, &self.shared.key, now);
                self.learn(permit, &head.headers, throttle);
                let outcome = if head.status.is_redirection() {
                    Outcome::Redirected
                } else {
                    Outcome::Answered {
                        status: head.status.as_u16(),
                        throttle,
                        retry_after: error.retry_after(),
                    }
                };
                let (status, kind) = (head.status, error.kind());
                let raw = Ok(answer::for_generated(head, &error));
                (
                    self.follow(journey, outcome, error, raw),
                    Some(status),
                    Some(kind),
                )
            }
            Err(failure) => {
                let failure = *failure;
                match &failure.head {
                    Some(head) => self.learn(permit, &head.headers, None),
                    None => drop(permit),
                }
                let status = failure.head.as_ref().map(|head| head.status);
                let body = self
                    .shared
                    .key
                    .hide_in(&String::from_utf8_lossy(&failure.body));
                let mut error = failure.error.with_body(body.as_bytes());
                if let Some(head) = &failure.head {
                    error = error
                        .answered(head.status, &self.shared.key.hide_in_headers(&head.headers));
                }
                let kind = error.kind();
                let raw = match failure.http {
                    // The error that is recorded is the only one that is seen.
                    Some(http) if self.record.is_some() => {
                        error = error.with_source(http);
                        Ok(undeclared(""))
                    }
                    Some(http) => Err(http),
                    None => Ok(undeclared(&error.to_string())),
                };
                (
                    self.follow(journey, failure.outcome, error, raw),
                    status,
                    Some(kind),
                )
            }
        }
    }

    /// What the judgement says of a failed attempt.
    fn follow(
        &self,
        journey: &mut Journey,
        outcome: Outcome,
        error: Error,
        raw: reqwest::Result<Response>,
    ) -> End {
        let policy = &self.manner.policy;
        let jitter = self.shared.clock.jitter();
        let safety = journey.operation.safety;
        let verdict = judge(policy, safety, journey.progress, &outcome, jitter);
        journey.progress.maybe_processed |= outcome.maybe_processed();
        let error = match verdict {
            Verdict::Retry { .. } | Verdict::Done | Verdict::Fail => error,
            Verdict::FailLater { retry_after } => {
                error.with_wait(Some(retry_after), self.shared.clock.now())
            }
            Verdict::Unknown => error.outcome_unknown(),
        };
        let failed = failed(journey, error, Some(raw));
        match verdict {
            Verdict::Retry { after } => End::Again(after, failed),
            _ => End::Failed(failed),
        }
    }

    fn learn(&self, permit: Permit, headers: &HeaderMap, throttle: Option<Throttle>) {
        permit.answered(headers, throttle);
        if let Some(observer) = &self.shared.observer {
            observer.budget_changed(&self.shared.budget.state());
        }
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

fn failed(journey: &Journey, error: Error, raw: Option<reqwest::Result<Response>>) -> Failed {
    let error = error
        .on(journey.operation.name)
        .after(journey.progress.attempt, journey.progress.maybe_processed);
    let raw = raw.unwrap_or_else(|| Ok(undeclared(&error.to_string())));
    Failed { error, raw }
}

/// The same request once more: every body is buffered, so there is one. Where there is none, the head is
/// all of it, and is copied at half the price of `try_clone`, which looks for settings that no request
/// of ours has.
fn again(request: &Request) -> Option<Request> {
    if request.body().is_some() {
        return request.try_clone();
    }
    let mut again = Request::new(request.method().clone(), request.url().clone());
    again.headers_mut().clone_from(request.headers());
    Some(again)
}

/// Fills in what the span is told at the end.
fn trace(
    journey: &Journey,
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
    let resent = journey.progress.attempt.saturating_sub(1);
    span.record("http.request.resend_count", resent);
    let waited = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    span.record("benchmark_email.waited_ms", waited);
}

/// For users of the generated client, which knows no failure of our own: an answer of a status that
/// the document doesn't declare, with the reason as its body.
fn undeclared(why: &str) -> Response {
    let mut response = http::Response::new(Bytes::from(why.to_owned()));
    *response.status_mut() = StatusCode::from_u16(599).unwrap_or(StatusCode::BAD_GATEWAY);
    response.into()
}
