//! What becomes of an attempt: its answer or failure is told to the budget, turned into what the caller
//! and the generated client get, and judged: done, again or failed. Nothing is sent from here, and
//! nothing waits.

use std::{
    mem,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use tokio::time::Instant;

use super::{
    Entry, Head, Hooks, answer,
    attempt::{Answer, Failure},
    operation::Operation,
    retry::{Outcome, Progress, Verdict, judge},
};
use crate::{
    Error, ErrorKind,
    budget::{Meaning, Permit, has_limit_headers},
};

/// What is known of a call while it is under way.
pub(super) struct CallState {
    pub(super) operation: &'static Operation,
    pub(super) deadline: Option<Instant>,
    pub(super) progress: Progress,
}

/// How an attempt ended, and what follows from it.
pub(super) enum End {
    Success(Response),
    /// Another attempt after this long; what failed, in case there can't be one.
    Again(Duration, Failed),
    Failed(Failed),
}

pub(super) struct Failed {
    pub(super) error: Error,
    /// What the generated client is given: its own kinds of failure.
    pub(super) raw: reqwest::Result<Response>,
}

impl Hooks {
    pub(super) fn judge(
        &self,
        state: &mut CallState,
        answer: Result<Answer, Box<Failure>>,
        permit: Permit,
    ) -> (End, Option<StatusCode>, Option<ErrorKind>) {
        match answer {
            Ok(Answer::Stream(response)) => {
                self.learn(permit, response.headers(), Meaning::Success);
                let status = response.status();
                self.note(state, status, || response.headers().clone());
                (End::Success(*response), Some(status), None)
            }
            Ok(Answer::Whole(mut head, body)) if head.status.is_success() => {
                self.learn(permit, &head.headers, Meaning::Success);
                let status = head.status;
                self.note(state, status, || mem::take(&mut head.headers));
                let response = answer::success(state.operation, head, body);
                (End::Success(response), Some(status), None)
            }
            Ok(Answer::Whole(head, body)) => {
                let name = state.operation.name;
                let now = self.shared.clock.now();
                let (error, meaning) = answer::refusal(name, &head, &body, &self.shared.key, now);
                let throttle = meaning.throttle();
                let back_at = self.learn(permit, &head.headers, meaning);
                let outcome = if head.status.is_redirection() {
                    Outcome::Redirected
                } else {
                    Outcome::Answered {
                        status: head.status.as_u16(),
                        throttle,
                        retry_after: error.retry_after(),
                    }
                };
                let error = match error.retry_at() {
                    None => error.come_back(back_at, now),
                    Some(_) => error,
                };
                let (status, kind) = (head.status, error.kind());
                let raw = Ok(answer::for_generated(head, &error, &self.shared.key));
                (
                    self.follow(state, outcome, error, raw),
                    Some(status),
                    Some(kind),
                )
            }
            Err(failure) => {
                let failure = *failure;
                match &failure.head {
                    Some(head) => {
                        let meaning = if has_limit_headers(&head.headers) {
                            Meaning::Success
                        } else {
                            // Whose answer it was can't be told.
                            Meaning::Foreign
                        };
                        self.learn(permit, &head.headers, meaning);
                    }
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
                    self.follow(state, failure.outcome, error, raw),
                    status,
                    Some(kind),
                )
            }
        }
    }

    /// Keeps the head of a success for the errors that may be found in its body.
    fn note(&self, state: &CallState, status: StatusCode, headers: impl FnOnce() -> HeaderMap) {
        if let Some(record) = &self.record {
            record.put(Entry::Answered(Head {
                operation: state.operation,
                attempts: state.progress.attempt,
                status,
                headers: headers(),
            }));
        }
    }

    /// What the judgement says of a failed attempt.
    fn follow(
        &self,
        state: &mut CallState,
        outcome: Outcome,
        error: Error,
        raw: reqwest::Result<Response>,
    ) -> End {
        let policy = &self.options.policy;
        let jitter = self.shared.clock.jitter();
        let safety = state.operation.safety;
        let verdict = judge(policy, safety, state.progress, &outcome, jitter);
        state.progress.doubt = state.progress.doubt.max(outcome.doubt());
        let error = match verdict {
            Verdict::Retry { .. } | Verdict::Done | Verdict::Fail => error,
            Verdict::FailLater { retry_after } => {
                error.with_wait(Some(retry_after), self.shared.clock.now())
            }
            Verdict::Unknown => error.outcome_unknown(),
        };
        let failed = failed(state, error, Some(raw));
        match verdict {
            Verdict::Retry { after } => End::Again(after, failed),
            _ => End::Failed(failed),
        }
    }

    fn learn(&self, permit: Permit, headers: &HeaderMap, meaning: Meaning) -> Option<SystemTime> {
        let back_at = permit.answered(headers, meaning);
        if let Some(observer) = &self.shared.observer {
            observer.budget_changed(&self.shared.budget.state());
        }
        back_at
    }
}

pub(super) fn failed(
    state: &CallState,
    error: Error,
    raw: Option<reqwest::Result<Response>>,
) -> Failed {
    let error = error
        .on(state.operation.name)
        .after(state.progress.attempt, state.progress.doubt);
    let raw = raw.unwrap_or_else(|| Ok(undeclared(&error.to_string())));
    Failed { error, raw }
}

/// For users of the generated client, which knows no failure of our own: an answer of a status that
/// the document doesn't declare, with the reason as its body.
fn undeclared(why: &str) -> Response {
    let mut response = http::Response::new(Bytes::from(why.to_owned()));
    *response.status_mut() = StatusCode::from_u16(599).unwrap_or(StatusCode::BAD_GATEWAY);
    response.into()
}
