//! Changes whose answers were lost. The service has no idempotency key, so the only way to know what became
//! of such a change is to look.
//!
//! This room says when a look is needed, how long to look where a search lags behind the writes, and what
//! follows from what a look tells. What there is to look at, each resource knows by itself.

mod looks;

use crate::{ContactId, Error, ErrorKind, error::Doubt};

pub(crate) use looks::Looks;

/// What a look tells of a change whose answer was lost.
#[derive(Debug, PartialEq)]
pub(crate) enum Look<T> {
    /// It took place, and this came of it.
    Done(T),
    /// It hasn't taken place.
    NotDone,
    /// It hasn't, and never will: somebody else's change came first and made it stale.
    Overtaken,
    /// One can't tell from what is there, which is this contact if it is one.
    Unclear(Option<ContactId>),
}

/// The outcome of a change, settled by this look where its answer leaves it open. The look is taken only
/// then.
pub(crate) async fn settled<T>(
    outcome: Result<T, Error>,
    look: impl Future<Output = Result<Look<T>, Error>>,
) -> Result<T, Error> {
    match outcome {
        Err(failure) if is_open(&failure) => conclude(failure, look.await),
        told => told,
    }
}

/// Whether the failure leaves open what became of the change: an attempt was not answered, or the answer
/// can't be read.
pub(crate) fn is_open(failure: &Error) -> bool {
    let success = failure.status().is_some_and(|status| status / 100 == 2);
    let unreadable = failure.kind() == ErrorKind::Unreadable && success;
    failure.is_outcome_unknown() || unreadable || failure.doubt() > Doubt::None
}

/// What follows from a look after this failure.
pub(crate) fn conclude<T>(failure: Error, look: Result<Look<T>, Error>) -> Result<T, Error> {
    match look {
        Ok(Look::Done(done)) => Ok(done),
        Ok(Look::NotDone) => Err(failure.not_carried_out()),
        Ok(Look::Overtaken) => Err(failure.overtaken()),
        Ok(Look::Unclear(None)) => Err(failure.outcome_unknown()),
        Ok(Look::Unclear(Some(contact))) => Err(failure.outcome_unknown().with_contact(contact)),
        Err(gone) if gone.says_record_not_found() => Err(gone),
        Err(why) => Err(failure.outcome_unknown().with_source(why)),
    }
}

/// Whether a version is the one after another: one change has been made since, and no more.
pub(crate) fn is_next(version: Option<i64>, before: Option<i64>) -> bool {
    version
        .zip(before)
        .is_some_and(|(version, before)| before.checked_add(1) == Some(version))
}

#[cfg(test)]
mod tests;
