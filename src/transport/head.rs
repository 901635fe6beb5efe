//! What an answer told before its body was read, for the errors that are found in the body.

use http::{HeaderMap, StatusCode};

use super::{
    idle::BrokenOff,
    operation::{self, Operation},
    parts::cause,
};
use crate::{Error, ErrorKind, error::Doubt, key::ApiKey};

/// The head of what the transport took for a success.
#[derive(Debug)]
pub(crate) struct Head {
    pub(super) operation: &'static Operation,
    pub(super) attempts: u32,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

impl Head {
    /// The same without the API key, should the server have echoed it.
    pub(super) fn without(self, key: &ApiKey) -> Self {
        let headers = key.hide_in_headers(&self.headers);
        Self { headers, ..self }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// An error that was found in the body.
    pub(crate) fn tell(&self, error: Error) -> Error {
        error
            .on(self.operation.name)
            .after(self.attempts, Doubt::None)
            .answered(self.status, &self.headers)
    }

    /// The error of a body that ended before it was whole; `what` says what of it came.
    pub(crate) fn broken_off(&self, what: &str, why: reqwest::Error) -> Error {
        let why = why.without_url();
        let (kind, text) = {
            let cause = cause(&why);
            let kind = match cause.downcast_ref() {
                Some(BrokenOff::Deadline) => ErrorKind::Timeout,
                _ => ErrorKind::Interrupted,
            };
            (kind, format!("{what}: {cause}"))
        };
        self.tell(Error::new(kind, text).with_source(why))
    }
}

impl Default for Head {
    /// That of an answer of which nothing was recorded.
    fn default() -> Self {
        Self {
            operation: operation::named(""),
            attempts: 0,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
        }
    }
}
