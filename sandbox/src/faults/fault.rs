//! One fault: what goes wrong and when, as a test writes it and as it comes over HTTP.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operations;

/// Something that goes wrong, and when.
///
/// Without a selector a fault strikes every request of the API until it is cleared. Of several that fit
/// a request the oldest strikes, alone.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use benchmark_email_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// // The contact is created, but the answer to the first request is lost.
/// sandbox.fault(Fault::drop_after_commit().on("createContact").times(1));
/// // Every tenth answer, or so, comes from a proxy in trouble.
/// sandbox.fault(Fault::html(502).probability(0.1, 42));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[must_use = "a fault does nothing until it is given to a sandbox"]
pub struct Fault {
    #[serde(flatten)]
    pub(super) what: What,
    #[serde(flatten)]
    pub(super) when: When,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "fault",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum What {
    /// Answers so, without doing what was asked.
    Status {
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    Html {
        status: u16,
    },
    /// Nothing but the delay.
    Delay,
    CloseBeforeAnswer,
    ResetBeforeAnswer,
    StallBeforeAnswer,
    DropAfterCommit,
    ResetAfterCommit,
    StallAfterCommit,
    /// Closes at once; the delay comes before the commit.
    CommitLate,
    CloseMidBody,
    ResetMidBody,
    StallMidBody,
    TruncatedJson,
    ContentType {
        content_type: String,
    },
    /// Sets headers of the answer, or takes those away that are null.
    Headers {
        headers: BTreeMap<String, Option<String>>,
    },
    /// The limit headers of the time at which the fault was armed.
    StaleLimits,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct When {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    /// Only the nth of the requests that fit, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nth: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u64>,
}
impl Fault {
    /// Answers with this status and an empty body, without doing what was asked.
    pub fn status(status: u16) -> Self {
        Self::new(What::Status {
            status,
            body: None,
            headers: BTreeMap::new(),
        })
    }

    /// Answers with this status and an HTML page, as a proxy would, without doing what was asked.
    pub fn html(status: u16) -> Self {
        Self::new(What::Html { status })
    }

    /// Answers as usual, but later.
    pub fn delay(delay: Duration) -> Self {
        Self::new(What::Delay).delayed(delay)
    }

    /// Closes the connection without an answer and without doing what was asked.
    pub fn close_before_answer() -> Self {
        Self::new(What::CloseBeforeAnswer)
    }

    /// Resets the connection (TCP RST) without an answer and without doing what was asked.
    pub fn reset_before_answer() -> Self {
        Self::new(What::ResetBeforeAnswer)
    }

    /// Never answers, and doesn't do what was asked; the connection stays open.
    pub fn stall_before_answer() -> Self {
        Self::new(What::StallBeforeAnswer)
    }

    /// Does what was asked, then closes the connection without an answer.
    pub fn drop_after_commit() -> Self {
        Self::new(What::DropAfterCommit)
    }

    /// Does what was asked, then resets the connection (TCP RST) without an answer.
    pub fn reset_after_commit() -> Self {
        Self::new(What::ResetAfterCommit)
    }

    /// Does what was asked, but never answers; the connection stays open.
    pub fn stall_after_commit() -> Self {
        Self::new(What::StallAfterCommit)
    }

    /// Closes the connection at once without an answer, and does what was asked after the delay, by the
    /// sandbox's clock: a client that looks in between finds nothing done.
    pub fn commit_late(delay: Duration) -> Self {
        Self::new(What::CommitLate).delayed(delay)
    }

    /// Does what was asked, sends the head and half of the body, then closes the connection.
    pub fn close_mid_body() -> Self {
        Self::new(What::CloseMidBody)
    }

    /// Does what was asked, sends the head and half of the body, then resets the connection (TCP RST).
    pub fn reset_mid_body() -> Self {
        Self::new(What::ResetMidBody)
    }

    /// Does what was asked, sends the head and half of the body, then nothing more.
    pub fn stall_mid_body() -> Self {
        Self::new(What::StallMidBody)
    }

    /// Does what was asked; the answer is a complete HTTP message with half of the JSON.
    pub fn truncated_json() -> Self {
        Self::new(What::TruncatedJson)
    }

    /// Answers as usual, under another content type.
    pub fn content_type(content_type: impl Into<String>) -> Self {
        Self::new(What::ContentType {
            content_type: content_type.into(),
        })
    }

    /// Answers as usual, with this header in place of the usual one.
    pub fn header(name: impl Into<String>, value: impl Into<String>) -> Self {
        let headers = BTreeMap::from([(name.into(), Some(value.into()))]);
        Self::new(What::Headers { headers })
    }

    /// Answers as usual, but without this header.
    pub fn without_header(name: impl Into<String>) -> Self {
        Self::new(What::Headers {
            headers: BTreeMap::from([(name.into(), None)]),
        })
    }

    /// Answers as usual, but the limit headers show what was left when the fault was armed.
    pub fn stale_limits() -> Self {
        Self::new(What::StaleLimits)
    }

    /// Gives a [`status`](Self::status) fault a body: JSON, or text if it is a JSON string.
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        if let What::Status { body: slot, .. } = &mut self.what {
            *slot = Some(body.into());
        }
        self
    }

    /// Adds a header to a [`status`](Self::status) or [`header`](Self::header) fault.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        match &mut self.what {
            What::Status { headers, .. } => {
                headers.insert(name.into(), value.into());
            }
            What::Headers { headers } => {
                headers.insert(name.into(), Some(value.into()));
            }
            _ => {}
        }
        self
    }

    /// Only requests of this operation, by its `operationId`.
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.when.operation = Some(operation.into());
        self
    }

    /// Only requests with this method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.when.method = Some(method.into());
        self
    }

    /// Only the nth of the requests that fit, counted from 1. 0 is refused when the fault is armed.
    pub fn nth(mut self, nth: u64) -> Self {
        self.when.nth = Some(nth);
        self
    }

    /// At most so often; 0 is refused when the fault is armed.
    pub fn times(mut self, times: u64) -> Self {
        self.when.times = Some(times);
        self
    }

    /// Each request that fits with this probability, drawn from a generator with this seed.
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.when.probability = Some(probability);
        self.when.seed = Some(seed);
        self
    }

    /// Strikes only after a delay, which is real time but for a [late commit](Self::commit_late).
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.when.delay_ms = Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        self
    }

    fn new(what: What) -> Self {
        Self {
            what,
            when: When::default(),
        }
    }

    /// Reads a fault as `POST /_sandbox/faults` takes it. A property that this fault doesn't have is an
    /// error: a selector misspelt would strike everything.
    pub(crate) fn read(value: Value) -> Result<Self, FaultError> {
        const OF_EACH: [&str; 8] = [
            "fault",
            "operation",
            "method",
            "nth",
            "times",
            "probability",
            "seed",
            "delayMs",
        ];
        let names: Vec<_> = match &value {
            Value::Object(object) => object.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let fault: Self =
            serde_json::from_value(value).map_err(|error| FaultError(error.to_string()))?;
        let known = [&OF_EACH, fault.what.properties()].concat();
        if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(FaultError(format!(
                "{unknown:?} is no property of the fault {:?}; there are {}",
                fault.what.name(),
                known.join(", ")
            )));
        }
        fault.check()?;
        Ok(fault)
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        let wrong = |message: String| Err(FaultError(message));
        if let Some(operation) = &self.when.operation
            && operations::named(operation).is_none()
        {
            let known: Vec<_> = operations::OPERATIONS
                .iter()
                .map(|operation| operation.id)
                .collect();
            return wrong(format!(
                "there is no operation {operation:?}; there are {}",
                known.join(", ")
            ));
        }
        if let Some(method) = &self.when.method
            && Method::from_bytes(method.as_bytes()).is_err()
        {
            return wrong(format!("{method:?} is no HTTP method"));
        }
        if self
            .when
            .probability
            .is_some_and(|probability| !(0.0..=1.0).contains(&probability))
        {
            return wrong("probability must be from 0 to 1".to_owned());
        }
        if self.when.nth == Some(0) {
            return wrong("nth counts from 1".to_owned());
        }
        if self.when.times == Some(0) {
            return wrong("times must be at least 1".to_owned());
        }
        if self.when.seed.is_some() && self.when.probability.is_none() {
            return wrong("a seed needs a probability".to_owned());
        }
        match &self.what {
            What::Delay | What::CommitLate if self.when.delay_ms.is_none() => {
                wrong(format!("{} needs delayMs", self.what.name()))
            }
            What::Status {
                status, headers, ..
            } => {
                check_status(*status)?;
                headers
                    .iter()
                    .try_for_each(|(name, value)| check_header(name, Some(value)))
            }
            What::Html { status } => check_status(*status),
            What::Headers { headers } => headers
                .iter()
                .try_for_each(|(name, value)| check_header(name, value.as_deref())),
            What::ContentType { content_type } => check_header("content-type", Some(content_type)),
            _ => Ok(()),
        }
    }
}

/// A fault that can't be armed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fault can't be armed: {}", self.0)
    }
}

impl std::error::Error for FaultError {}

/// An informational status would leave the client waiting for the real one.
fn check_status(status: u16) -> Result<(), FaultError> {
    match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => Ok(()),
        _ => Err(FaultError(format!("{status} is no status of an answer"))),
    }
}

fn check_header(name: &str, value: Option<&str>) -> Result<(), FaultError> {
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Err(FaultError(format!("{name:?} is no name of an HTTP header")));
    }
    match value {
        Some(value) if HeaderValue::from_str(value).is_err() => Err(FaultError(format!(
            "{value:?} is no value of the HTTP header {name:?}"
        ))),
        _ => Ok(()),
    }
}

impl What {
    /// The properties on the wire that other faults don't have.
    fn properties(&self) -> &'static [&'static str] {
        match self {
            Self::Status { .. } => &["status", "body", "headers"],
            Self::Html { .. } => &["status"],
            Self::ContentType { .. } => &["contentType"],
            Self::Headers { .. } => &["headers"],
            _ => &[],
        }
    }

    /// Its name, as in the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Html { .. } => "html",
            Self::Delay => "delay",
            Self::CloseBeforeAnswer => "close-before-answer",
            Self::ResetBeforeAnswer => "reset-before-answer",
            Self::StallBeforeAnswer => "stall-before-answer",
            Self::DropAfterCommit => "drop-after-commit",
            Self::ResetAfterCommit => "reset-after-commit",
            Self::StallAfterCommit => "stall-after-commit",
            Self::CommitLate => "commit-late",
            Self::CloseMidBody => "close-mid-body",
            Self::ResetMidBody => "reset-mid-body",
            Self::StallMidBody => "stall-mid-body",
            Self::TruncatedJson => "truncated-json",
            Self::ContentType { .. } => "content-type",
            Self::Headers { .. } => "headers",
            Self::StaleLimits => "stale-limits",
        }
    }
}
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_reads_back_as_written() {
        let fault = Fault::status(503)
            .body("busy")
            .with_header("retry-after", "2")
            .on("getList")
            .times(1);
        let wire = serde_json::to_value(&fault).unwrap();
        assert_eq!(
            wire,
            json!({
                "fault": "status", "status": 503, "body": "busy", "headers": { "retry-after": "2" },
                "operation": "getList", "times": 1
            })
        );
        assert_eq!(
            serde_json::to_value(Fault::read(wire.clone()).unwrap()).unwrap(),
            wire
        );
    }

    #[test]
    fn a_fault_that_makes_no_sense_is_refused_with_the_reason() {
        for (fault, reason) in [
            (
                json!({ "fault": "status", "status": 99 }),
                "99 is no status",
            ),
            (
                json!({ "fault": "status", "status": 101 }),
                "101 is no status",
            ),
            (
                json!({ "fault": "delay", "operation": "creatContact" }),
                "there is no operation",
            ),
            (
                json!({ "fault": "delay", "opration": "createContact" }),
                "\"opration\" is no property",
            ),
            (json!({ "fault": "explode" }), "unknown variant"),
            (json!({ "fault": "delay", "probability": 2 }), "from 0 to 1"),
            (
                json!({ "fault": "headers", "headers": { "a b": "c" } }),
                "\"a b\" is no name of an HTTP header",
            ),
            (
                json!({ "fault": "headers", "headers": { "a": "b\nc" } }),
                r#""b\nc" is no value of the HTTP header "a""#,
            ),
            (json!({ "fault": "delay" }), "delay needs delayMs"),
            (
                json!({ "fault": "commit-late", "delayMs": null }),
                "commit-late needs delayMs",
            ),
            (
                json!({ "fault": "stale-limits", "times": 0 }),
                "times must be at least 1",
            ),
            (
                json!({ "fault": "stale-limits", "nth": 0 }),
                "nth counts from 1",
            ),
            (
                json!({ "fault": "stale-limits", "seed": 7 }),
                "a seed needs a probability",
            ),
            (
                json!({ "fault": "status", "status": 500, "contentType": "text/plain" }),
                "\"contentType\" is no property of the fault \"status\"",
            ),
            (json!([]), "can't be armed"),
        ] {
            let error = Fault::read(fault).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn the_name_in_the_log_is_the_name_on_the_wire() {
        for fault in [
            Fault::status(500),
            Fault::html(502),
            Fault::drop_after_commit(),
            Fault::commit_late(Duration::ZERO),
            Fault::stale_limits(),
            Fault::header("a", "b"),
            Fault::truncated_json(),
        ] {
            assert_eq!(
                serde_json::to_value(&fault).unwrap().get("fault").unwrap(),
                fault.what.name()
            );
        }
    }
}
