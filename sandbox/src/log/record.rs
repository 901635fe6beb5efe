//! A request, as the log keeps and shows it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Method, Uri};
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::faults::Fault;

/// A request, as the log keeps it.
#[derive(Clone)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Its place in the order of arrival, from 1.
    pub number: u64,
    /// When it arrived, by the sandbox's clock.
    pub at: SystemTime,
    /// The HTTP method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query, as sent.
    pub query: Option<String>,
    /// The `operationId`; `None` for a path or method that the API doesn't have.
    pub operation: Option<&'static str>,
    /// The end of the API key, if it is one of the account's.
    pub key: Option<String>,
    /// The request's body, up to 64 KiB.
    pub body: Bytes,
    /// The status of the answer; `None` while there is none, or when a fault kept it back.
    pub status: Option<u16>,
    /// The answer's body, up to 64 KiB; empty for an answer that was streamed.
    pub answer: Bytes,
    /// The rule that refused it.
    pub rule: Option<&'static str>,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// How long the answer took, in real time; `None` while there is none.
    pub duration: Option<Duration>,
    /// What the account had left in the hour after it; `None` where the key was refused.
    pub hourly_left: Option<u64>,
    /// The whole fault that struck it, so that it can be armed again.
    pub(crate) struck_by: Option<Arc<Fault>>,
    pub(super) began: Instant,
    /// The log's revision at its last change.
    pub(super) revision: u64,
}

impl RequestRecord {
    /// The request's body as JSON, if it is some.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A request that has just arrived.
    pub(super) fn new(
        number: u64,
        operation: Option<&'static str>,
        method: &Method,
        uri: &Uri,
        at: Moment,
    ) -> Self {
        Self {
            number,
            at: at.into(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            operation,
            key: None,
            body: Bytes::new(),
            status: None,
            answer: Bytes::new(),
            rule: None,
            fault: None,
            duration: None,
            hourly_left: None,
            struck_by: None,
            began: Instant::now(),
            revision: 0,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let query = self.query.as_ref().map_or(0, String::len);
        size_of::<Self>() + self.path.len() + query + self.body.len() + self.answer.len()
    }

    /// What fits in a line of a list: everything but the bodies and the fault.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "number": self.number,
            "at": Moment::from(self.at),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "key": self.key,
            "status": self.status,
            "rule": self.rule,
            "fault": self.fault,
            "durationMs": self.duration.map(milliseconds),
            "hourlyLeft": self.hourly_left,
        })
    }

    pub(crate) fn shown(&self) -> Value {
        let body = |bytes: &Bytes| match serde_json::from_slice::<Value>(bytes) {
            _ if bytes.is_empty() => Value::Null,
            Ok(value) => value,
            Err(_) => json!(String::from_utf8_lossy(bytes)),
        };
        let mut shown = self.summary();
        if let Value::Object(shown) = &mut shown {
            shown.insert("body".to_owned(), body(&self.body));
            shown.insert("answer".to_owned(), body(&self.answer));
            shown.insert("struckBy".to_owned(), json!(self.struck_by.as_deref()));
        }
        shown
    }
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// `#3 POST /api/contact createContact -> 400 (rule contact-key-unique)`: what it was about, no bodies.
impl fmt::Display for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} {} ", self.number, self.method, self.path)?;
        write!(f, "{} -> ", self.operation.unwrap_or("(no operation)"))?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("no answer")?,
        }
        if let Some(rule) = self.rule {
            write!(f, " (rule {rule})")?;
        }
        if let Some(fault) = self.fault {
            write!(f, " (fault {fault})")?;
        }
        Ok(())
    }
}

/// Bodies and queries, which hold addresses, stay out of debug output.
impl fmt::Debug for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestRecord({self})")
    }
}

/// The log's line for `GET /_sandbox/requests`.
impl Serialize for RequestRecord {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown().serialize(serializer)
    }
}
