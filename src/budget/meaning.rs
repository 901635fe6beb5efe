//! What an answer means to the account's budget, told by whoever read the answer.

use std::{sync::Arc, time::Duration};

use crate::Error;

/// What an answer means to the account's budget.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    /// The request was carried out.
    Success,
    /// The service refused it for a reason that is neither a limit nor the API key.
    Refusal,
    /// A limit turned it away.
    Limited {
        /// Which limit.
        throttle: Throttle,
        /// The wait that the answer asks for.
        retry_after: Option<Duration>,
    },
    /// The service refused the API key, with this answer.
    BadKey(Arc<Error>),
    /// A gateway or proxy answered, not the service: this says nothing about the account.
    Foreign,
}

/// Why the service turned a request away with 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Throttle {
    /// The account's requests for this hour are used up. Passes by itself.
    Hourly,
    /// The account's requests for this billing period are used up: days.
    MonthlyQuota,
    /// Too many bad API keys came from this address; every request from it
    /// is refused, those with a valid API key too.
    AuthenticationBlock,
}

impl Meaning {
    /// Which limit turned the request away, if one did.
    pub(crate) fn throttle(&self) -> Option<Throttle> {
        match *self {
            Self::Limited { throttle, .. } => Some(throttle),
            Self::Success | Self::Refusal | Self::BadKey(_) | Self::Foreign => None,
        }
    }
}
