//! What the sandbox was asked, and what a test expects it to be asked.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::ops::{Bound, RangeBounds};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Uri};
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;

/// Of a longer body the log keeps the beginning.
const LONGEST_BODY: usize = 64 * 1024;
/// What all kept requests may take together; the oldest make room.
const LARGEST: usize = 64 * 1024 * 1024;

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
}

impl RequestRecord {
    /// The request's body as JSON, if it is some.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    fn bytes(&self) -> usize {
        let query = self.query.as_ref().map_or(0, String::len);
        size_of::<Self>() + self.path.len() + query + self.body.len() + self.answer.len()
    }

    pub(crate) fn shown(&self) -> Value {
        let body = |bytes: &Bytes| match serde_json::from_slice::<Value>(bytes) {
            _ if bytes.is_empty() => Value::Null,
            Ok(value) => value,
            Err(_) => json!(String::from_utf8_lossy(bytes)),
        };
        json!({
            "number": self.number,
            "at": Moment::from(self.at),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "key": self.key,
            "body": body(&self.body),
            "status": self.status,
            "answer": body(&self.answer),
            "rule": self.rule,
            "fault": self.fault,
        })
    }
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

/// Who hears of each request when its answer leaves, or when it is known that there will be none.
pub(crate) struct Listener(pub(crate) Box<dyn Fn(&RequestRecord) + Send + Sync>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// The log of one sandbox.
#[derive(Debug)]
pub(crate) struct Log {
    pages: Mutex<Pages>,
    listener: Option<Listener>,
}

#[derive(Debug)]
struct Pages {
    records: VecDeque<RequestRecord>,
    /// How many of them are kept, and the bytes of those that are.
    kept: usize,
    bytes: usize,
    last: u64,
    expectations: Vec<Expected>,
}

impl Log {
    pub(crate) fn new(kept: usize, listener: Option<Listener>) -> Self {
        let pages = Mutex::new(Pages {
            records: VecDeque::new(),
            kept,
            bytes: 0,
            last: 0,
            expectations: Vec::new(),
        });
        Self { pages, listener }
    }

    /// Notes the arrival of a request and gives it a number.
    pub(crate) fn begin(
        &self,
        operation: Option<&'static str>,
        method: &Method,
        uri: &Uri,
        at: Moment,
    ) -> u64 {
        let mut pages = self.pages();
        pages.last += 1;
        let number = pages.last;
        let arrived = pages.expectations.iter_mut().filter(|e| e.status.is_none());
        arrived
            .filter(|e| Some(e.operation) == operation)
            .for_each(|e| e.seen += 1);
        if pages.kept == 0 {
            return number;
        }
        let record = RequestRecord {
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
        };
        pages.bytes += record.bytes();
        pages.records.push_back(record);
        pages.make_room();
        number
    }

    /// Adds what became known of a request.
    pub(crate) fn note(&self, number: u64, note: impl FnOnce(&mut RequestRecord)) {
        let mut pages = self.pages();
        let place = pages.place(number);
        let pages = &mut *pages;
        if let Some(record) = place.and_then(|place| pages.records.get_mut(place)) {
            pages.bytes -= record.bytes();
            note(record);
            pages.bytes += record.bytes();
            pages.make_room();
        }
    }

    /// Notes that the answer leaves.
    pub(crate) fn answered(
        &self,
        number: u64,
        operation: Option<&str>,
        status: u16,
        answer: &Bytes,
    ) {
        self.note(number, |record| {
            record.status = Some(status);
            record.answer = kept(answer);
        });
        let mut pages = self.pages();
        let fitting = pages
            .expectations
            .iter_mut()
            .filter(|e| e.status == Some(status));
        fitting
            .filter(|e| Some(e.operation) == operation)
            .for_each(|e| e.seen += 1);
        drop(pages);
        self.ended(number);
    }

    /// Tells whoever listens of a request that got its answer, or will get none.
    pub(crate) fn ended(&self, number: u64) {
        let Some(listener) = &self.listener else {
            return;
        };
        let record = self.pages().record(number).cloned();
        if let Some(record) = record {
            (listener.0)(&record);
        }
    }

    /// The last requests, oldest first, that came after number `after`.
    pub(crate) fn records(&self, after: u64) -> Vec<RequestRecord> {
        self.pages()
            .records
            .iter()
            .filter(|record| record.number > after)
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&self) {
        let mut pages = self.pages();
        pages.records.clear();
        pages.bytes = 0;
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// Where a request is, if it is still kept.
    fn place(&self, number: u64) -> Option<usize> {
        let first = self.records.front().map_or(0, |record| record.number);
        usize::try_from(number.checked_sub(first)?).ok()
    }

    fn record(&self, number: u64) -> Option<&RequestRecord> {
        self.records.get(self.place(number)?)
    }

    fn make_room(&mut self) {
        while self.records.len() > self.kept || self.bytes > LARGEST {
            let Some(oldest) = self.records.pop_front() else {
                return;
            };
            self.bytes -= oldest.bytes();
        }
    }
}

/// What the log keeps of a body: a copy, as a slice would keep the whole buffer that it is of.
pub(crate) fn kept(body: &Bytes) -> Bytes {
    Bytes::copy_from_slice(body.get(..LONGEST_BODY).unwrap_or(body))
}

/// How often a sandbox expects to be asked for an operation, from now on.
///
/// Made by [`Sandbox::expect`](crate::Sandbox::expect); without a number it expects at least one request.
/// Checked when the sandbox is dropped, or by [`Sandbox::verify`](crate::Sandbox::verify).
#[derive(Debug)]
pub struct Expectation {
    log: Arc<dyn Expecting>,
    place: usize,
}

pub(crate) trait Expecting: fmt::Debug + Send + Sync {
    fn log(&self) -> &Log;
}

#[derive(Clone, Debug)]
struct Expected {
    operation: &'static str,
    status: Option<u16>,
    least: u64,
    most: Option<u64>,
    seen: u64,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "it counts whether it is kept or not"
)]
impl Expectation {
    pub(crate) fn new(log: Arc<dyn Expecting>, operation: &'static str) -> Self {
        let mut pages = log.log().pages();
        let place = pages.expectations.len();
        pages.expectations.push(Expected {
            operation,
            status: None,
            least: 1,
            most: None,
            seen: 0,
        });
        drop(pages);
        Self { log, place }
    }

    /// Exactly so often.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn times(self, times: u64) -> Self {
        self.within(times..=times)
    }

    /// Not at all.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn never(self) -> Self {
        self.times(0)
    }

    /// So often, such as `1..=3` or `2..`.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn within(self, times: impl RangeBounds<u64>) -> Self {
        self.change(|expected| {
            expected.least = match times.start_bound() {
                Bound::Included(least) => *least,
                Bound::Excluded(below) => below.saturating_add(1),
                Bound::Unbounded => 0,
            };
            expected.most = match times.end_bound() {
                Bound::Included(most) => Some(*most),
                Bound::Excluded(above) => Some(above.saturating_sub(1)),
                Bound::Unbounded => None,
            };
        });
        self
    }

    /// Counts only requests that are answered with this status.
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn answered(self, status: u16) -> Self {
        self.change(|expected| expected.status = Some(status));
        self
    }

    fn change(&self, change: impl FnOnce(&mut Expected)) {
        if let Some(expected) = self.log.log().pages().expectations.get_mut(self.place) {
            change(expected);
        }
    }
}

/// Expectations that were not met, with what was asked instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmet(String);

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text, so that `unwrap` shows it readably.
impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unmet {}

impl Log {
    pub(crate) fn verify(&self) -> Result<(), Unmet> {
        let pages = self.pages();
        let unmet: Vec<_> = pages
            .expectations
            .iter()
            .filter(|expected| !expected.is_met())
            .collect();
        if unmet.is_empty() {
            return Ok(());
        }
        let mut text = String::from("the sandbox was not asked as expected\n");
        for expected in &unmet {
            let _ = writeln!(text, "- expected {expected}, got {}", expected.seen);
        }
        let asked: Vec<_> = pages
            .records
            .iter()
            .map(|record| format!("  {record}\n"))
            .collect();
        if asked.is_empty() {
            text.push_str("it was asked nothing");
        } else {
            text.push_str("it was asked\n");
            text.push_str(asked.concat().trim_end());
        }
        Err(Unmet(text))
    }
}

impl Expected {
    fn is_met(&self) -> bool {
        self.seen >= self.least && self.most.is_none_or(|most| self.seen <= most)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if let Some(status) = self.status {
            write!(f, " answered {status}")?;
        }
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, " {least} times"),
            (least, Some(most)) => write!(f, " {least} to {most} times"),
            (least, None) => write!(f, " at least {least} times"),
        }
    }
}

/// The log's line for `GET /_sandbox/requests`.
impl Serialize for RequestRecord {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_kept_of_a_body_holds_no_more_than_itself() {
        let read = Bytes::from(vec![b'x'; 1024 * 1024]);
        let (short, long) = (kept(&read.slice(..10)), kept(&read));
        assert_eq!((short.len(), long.len()), (10, LONGEST_BODY));
        assert!(read.is_unique(), "the whole buffer is held");
    }

    #[test]
    fn the_oldest_requests_make_room_when_the_log_is_large() {
        let log = Log::new(usize::MAX, None);
        let body = Bytes::from(vec![b'x'; LONGEST_BODY]);
        let held = |log: &Log| {
            let records = log.records(0);
            records.iter().map(RequestRecord::bytes).sum::<usize>()
        };
        let uri: Uri = "/api/contact?x=1".parse().unwrap();
        for _ in 0..1500 {
            let number = log.begin(None, &Method::POST, &uri, Moment::from_unix_seconds(0));
            log.note(number, |record| record.body = kept(&body));
            log.answered(number, None, 200, &body);
        }
        assert!(held(&log) <= LARGEST && held(&log) > LARGEST - 3 * LONGEST_BODY);
        let counted = log.pages().bytes;
        assert_eq!(counted, held(&log));
        assert_eq!(log.records(0).last().unwrap().number, 1500);
        log.clear();
        let counted = log.pages().bytes;
        assert_eq!((counted, held(&log)), (0, 0));
    }
}
