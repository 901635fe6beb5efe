//! A failure: what, where, why, and what to do next; with the exit code.

use std::{
    io::{self, Write},
    time::SystemTime,
};

use anstyle::Style;
use benchmark_email::{Error, ErrorKind, error::InvalidId};
use serde::Serialize;

use super::{Exit, table, terminal, time};

/// Why a command ended without being done.
#[derive(Debug)]
pub(crate) struct Failure(Box<Facts>);

#[derive(Debug)]
struct Facts {
    exit: Exit,
    what: String,
    next: Option<String>,
    retry_at: Option<SystemTime>,
    cause: Option<Error>,
    /// Whoever read our output has gone: there is nobody to tell.
    is_silent: bool,
}

impl Failure {
    fn new(exit: Exit, what: String) -> Self {
        Self(Box::new(Facts {
            exit,
            what,
            next: None,
            retry_at: None,
            cause: None,
            is_silent: false,
        }))
    }

    /// It didn't work.
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, what.into())
    }

    /// The command line can't be meant so.
    pub(crate) fn command_line(what: impl Into<String>) -> Self {
        Self::new(Exit::CommandLine, what.into())
    }

    /// Key, scope, standing or configuration.
    pub(crate) fn config(what: impl Into<String>) -> Self {
        Self::new(Exit::Access, what.into())
    }

    /// Something on this machine failed.
    pub(crate) fn io(what: &str, error: &io::Error) -> Self {
        Self::failed(format!("{what}: {error}"))
    }

    /// Printing failed; quietly, if the reader has gone.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        let mut failure = Self::io("the output can't be written", error);
        if error.kind() == io::ErrorKind::BrokenPipe {
            failure.0.is_silent = true;
            failure.0.exit = Exit::Done;
        }
        failure
    }

    /// What to do next.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.0.next = Some(next.into());
        self
    }

    /// The same, beginning with what it is about.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.0.what = format!("{what}: {}", self.0.what);
        self
    }

    /// Another exit code than the kind has by itself.
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    /// Prints it for people.
    pub(super) fn print(&self, out: &mut impl Write, style: Style) {
        if self.0.is_silent {
            return;
        }
        let Facts {
            what,
            next,
            retry_at,
            ..
        } = &*self.0;
        let width = terminal::stderr_width();
        let what = table::fitted(&format!("bme: {what}"), width);
        let mut text = format!(
            "{style}bme:{style:#}{}\n",
            what.strip_prefix("bme:").unwrap_or(&what)
        );
        for line in retry_at
            .iter()
            .map(|at| time::go_on_at(*at))
            .chain(next.clone())
        {
            let room = width.map(|width| width.saturating_sub(2));
            for piece in table::fitted(&line, room).lines() {
                text.extend(["  ", piece, "\n"]);
            }
        }
        // Nobody is left to hear of a closed stderr.
        let _ = out.write_all(text.as_bytes());
    }
}

/// Tells a failure on stderr as one JSON object.
pub(crate) fn failed_as_json(failure: &Failure) -> Exit {
    let facts = &*failure.0;
    if !facts.is_silent {
        let cause = facts.cause.as_ref();
        let report = Report {
            error: ErrorReport {
                exit: facts.exit.code(),
                what: &facts.what,
                next: facts.next.as_deref(),
                retry_at: facts.retry_at.map(time::iso),
                kind: cause.map(|cause| format!("{:?}", cause.kind())),
                operation: cause.and_then(Error::operation),
                status: cause.and_then(Error::status),
            },
        };
        let text = serde_json::to_string(&report).unwrap_or_default();
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
    facts.exit
}

/// What stderr gets with `-o json` and `-o jsonl`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Failure"))]
pub(crate) struct Report<'a> {
    error: ErrorReport<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct ErrorReport<'a> {
    /// The exit code.
    exit: u8,
    /// What went wrong, where and why.
    what: &'a str,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    /// When to try again, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<String>,
    /// The library's `ErrorKind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The `operationId` of the request that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    /// The HTTP status, where an answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

impl From<InvalidId> for Failure {
    fn from(why: InvalidId) -> Self {
        Error::from(why).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::InvalidInput => Exit::CommandLine,
            ErrorKind::Config
            | ErrorKind::Unauthorized
            | ErrorKind::MissingScope
            | ErrorKind::Forbidden
            | ErrorKind::AuthenticationBlocked => Exit::Access,
            ErrorKind::RateLimited | ErrorKind::QuotaExceeded => Exit::Later,
            // The service said when to come back.
            _ if error.is_retryable() && error.retry_at().is_some() => Exit::Later,
            _ => Exit::Failed,
        };
        let what = match error.kind() {
            ErrorKind::Unauthorized => format!("the key is refused: {error}"),
            ErrorKind::MissingScope => {
                let scope = error.missing_scope().unwrap_or("another scope");
                format!("the key needs {scope}: {error}")
            }
            _ => error.to_string(),
        };
        let mut failure = Self::new(exit, what);
        failure.0.retry_at = error.retry_at();
        failure.0.cause = Some(error);
        failure
    }
}
