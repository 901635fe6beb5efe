//! What the sandbox was asked, and what a test expects it to be asked.

mod expectation;
mod hour;
mod record;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, StatusCode, Uri};
use serde_json::Value;

use self::expectation::Expected;
pub(crate) use self::expectation::Expecting;
pub use self::expectation::{Expectation, Unmet};
use self::hour::{Hour, Minute};
pub use self::record::RequestRecord;
use crate::clock::Moment;

/// Of a longer body the log keeps the beginning.
const LONGEST_BODY: usize = 64 * 1024;
/// What all kept requests may take together; the oldest make room.
const LARGEST: usize = 64 * 1024 * 1024;

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
    /// Grows with each change, so that who looks again can ask for what is new to it.
    revision: u64,
    hour: Hour,
    expectations: Vec<Expected>,
}

/// What tells whether the log has something new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    pub(crate) revision: u64,
    /// The number of the first request that is kept; of the next one, if none is.
    pub(crate) first: u64,
}

impl Log {
    pub(crate) fn new(kept: usize, listener: Option<Listener>) -> Self {
        let pages = Mutex::new(Pages {
            records: VecDeque::new(),
            kept,
            bytes: 0,
            last: 0,
            revision: 0,
            hour: Hour::default(),
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
        pages.revision += 1;
        pages.hour.arrived(at);
        let number = pages.last;
        let arrived = pages.expectations.iter_mut().filter(|e| e.status.is_none());
        arrived
            .filter(|e| Some(e.operation) == operation)
            .for_each(|e| e.seen += 1);
        if pages.kept == 0 {
            return number;
        }
        let mut record = RequestRecord::new(number, operation, method, uri, at);
        record.revision = pages.revision;
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
            pages.revision += 1;
            pages.bytes -= record.bytes();
            note(record);
            record.revision = pages.revision;
            pages.bytes += record.bytes();
            pages.make_room();
        }
    }

    /// Notes that the answer leaves.
    pub(crate) fn answered(
        &self,
        number: u64,
        operation: Option<&str>,
        status: StatusCode,
        answer: &Bytes,
        at: Moment,
    ) {
        let code = status.as_u16();
        self.note(number, |record| {
            record.status = Some(code);
            record.answer = kept(answer);
        });
        let mut pages = self.pages();
        if status == StatusCode::TOO_MANY_REQUESTS {
            pages.hour.refused(at);
        }
        let fitting = pages
            .expectations
            .iter_mut()
            .filter(|e| e.status == Some(code));
        fitting
            .filter(|e| Some(e.operation) == operation)
            .for_each(|e| e.seen += 1);
        drop(pages);
        self.ended(number);
    }

    /// Notes what the gate found out: the key, shortened, and what the account has left in the hour.
    pub(crate) fn judged(&self, number: u64, key: Option<String>, left: Option<u64>, at: Moment) {
        self.note(number, |record| {
            record.key = key;
            record.hourly_left = left;
        });
        if let Some(left) = left {
            self.pages().hour.left(at, left);
        }
    }

    /// Notes that a request got its answer, or will get none, and tells whoever listens.
    pub(crate) fn ended(&self, number: u64) {
        self.note(number, |record| {
            record.duration = Some(record.began.elapsed());
        });
        let Some(listener) = &self.listener else {
            return;
        };
        if let Some(record) = self.record(number) {
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

    /// Those that came or changed after that revision, as short as in a list.
    pub(crate) fn changed(&self, since: u64) -> Vec<Value> {
        let pages = self.pages();
        let new = pages
            .records
            .iter()
            .filter(|record| record.revision > since);
        new.map(RequestRecord::summary).collect()
    }

    pub(crate) fn record(&self, number: u64) -> Option<RequestRecord> {
        self.pages().record(number).cloned()
    }

    pub(crate) fn edition(&self) -> Edition {
        let pages = self.pages();
        let first = pages.records.front().map(|record| record.number);
        Edition {
            revision: pages.revision,
            first: first.unwrap_or(pages.last + 1),
        }
    }

    /// What was asked in the hour before, minute by minute.
    pub(crate) fn hour(&self, now: Moment) -> Vec<Minute> {
        self.pages().hour.until(now)
    }

    pub(crate) fn clear(&self) {
        let mut pages = self.pages();
        pages.revision += 1;
        pages.hour = Hour::default();
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
        let at = Moment::from_unix_seconds(0);
        for _ in 0..1500 {
            let number = log.begin(None, &Method::POST, &uri, at);
            log.note(number, |record| record.body = kept(&body));
            log.answered(number, None, StatusCode::OK, &body, at);
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
