//! The retry judgement: from what happened to one attempt, what comes next.
//! A pure function of policy, operation, progress, outcome and jitter: it has
//! no clock, does no I/O and never sleeps. The pipeline acts on its verdict.

use std::time::Duration;

use tokio::time::Instant;

use crate::{budget::Throttle, error::Doubt};

/// How often, how long and until when a failed call is tried again.
///
/// Only what is safe to repeat is repeated, whatever the policy says: a
/// contact is never created twice, and a refused API key never tried again.
///
/// ```
/// use std::time::Duration;
/// use benchmark_email::retry::RetryPolicy;
///
/// // An import by night: patient enough to sit out the account's hour.
/// let patient = RetryPolicy::default()
///     .max_attempts(6)
///     .max_wait(Duration::from_secs(3_700));
///
/// // A web request: an answer within five seconds or none.
/// let brisk = RetryPolicy::default().deadline(Duration::from_secs(5));
///
/// assert_ne!(patient, brisk);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_wait: Duration,
    search_lag: Duration,
    look_for_lost: bool,
    deadline: Option<Duration>,
}

/// Between two looks there is at least this, however short the backoff.
const SHORTEST_LOOK_PAUSE: Duration = Duration::from_millis(100);

impl Default for RetryPolicy {
    /// Four attempts, backoff from 500 ms up to 30 s, no single wait above
    /// 120 s, 30 s for a search to catch up, no deadline.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_wait: Duration::from_secs(120),
            search_lag: Duration::from_secs(30),
            look_for_lost: true,
            deadline: None,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no retry, and one look where its answer was lost.
    #[must_use]
    pub fn none() -> Self {
        Self::default().max_attempts(1).search_lag(Duration::ZERO)
    }

    /// How many times a call is tried in all, the first included. Zero counts
    /// as one. Default: 4.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest first backoff; it doubles with each attempt. The actual
    /// delay is drawn evenly between zero and that ("full jitter"), so that
    /// clients that failed together don't return together. Default: 500 ms.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Where the doubling of the backoff stops. Default: 30 s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest single wait, be it for a backoff, for a `Retry-After` or
    /// for the account's budget. A server that asks for more isn't asked
    /// again early: the call fails at once and says when to come back.
    /// Default: 120 s.
    #[must_use]
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// How far the service's search may lag behind its writes: for so long
    /// `create` and `upsert` look for a contact that is there, by the
    /// service's word or because an answer was lost, and isn't found yet.
    /// They look again and again, with backoff, and give up with
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) or
    /// [`Duplicate`](crate::ErrorKind::Duplicate). How far it does lag is not
    /// stated. Default: 30 s.
    #[must_use]
    pub fn search_lag(mut self, lag: Duration) -> Self {
        self.search_lag = lag;
        self
    }

    /// Whether `create` looks what became of a creation whose answer was lost, and sends it again where it can.
    /// Without that it fails at once with [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), for a program
    /// that keeps a record of what it sends and looks by itself, when the search has caught up. Default: it does.
    #[must_use]
    pub fn look_for_lost_creations(mut self, look: bool) -> Self {
        self.look_for_lost = look;
        self
    }

    /// How long a call may take in all, its attempts and waits included.
    /// Default: no limit.
    ///
    /// It ends an answer that is streamed as well
    /// ([`Contacts::stream`](crate::contacts::Contacts::stream),
    /// [`Search::export_to`](crate::contacts::Search::export_to)), and the
    /// reader's own time counts: without one, nothing ends an answer that
    /// keeps dripping. What comes in pages is a call a page, each with a
    /// deadline of its own; no deadline bounds all of them together.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How many times a call is tried in all.
    pub(crate) fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The longest single wait that is allowed.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.max_wait
    }

    /// How long a search may lag.
    pub(crate) fn longest_search_lag(&self) -> Duration {
        self.search_lag
    }

    /// Whether a lost creation is looked for.
    pub(crate) fn looks_for_lost_creations(&self) -> bool {
        self.look_for_lost
    }

    /// The pause before another look for what a search may not show yet: the
    /// backoff, but for its first half, so that looks don't come in a burst.
    pub(crate) fn look_pause(&self, round: u32, jitter: f64) -> Duration {
        let half_drawn = f64::midpoint(1.0, jitter.clamp(0.0, 1.0));
        self.backoff(round, half_drawn).max(SHORTEST_LOOK_PAUSE)
    }

    /// When a call that begins now must be over; never where there is no deadline, or one that no clock
    /// reaches.
    pub(crate) fn deadline_from_now(&self) -> Option<Instant> {
        self.deadline
            .and_then(|deadline| Instant::now().checked_add(deadline))
    }

    /// Full-jitter exponential backoff after an attempt that failed.
    pub(crate) fn backoff(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let ceiling = self
            .base_delay
            .saturating_mul(doubled)
            .min(self.max_delay)
            .min(self.max_wait);
        let drawn = ceiling.as_secs_f64() * jitter.clamp(0.0, 1.0);
        Duration::try_from_secs_f64(drawn).map_or(ceiling, |delay| delay.min(ceiling))
    }

    /// Whether there is time for a wait of this length.
    fn allows(&self, wait: Duration, time_left: Option<Duration>) -> bool {
        wait <= self.max_wait && time_left.is_none_or(|left| wait < left)
    }
}

/// What repeating an operation can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    /// It changes nothing: reading, searching, exporting.
    Safe,
    /// Twice has the effect of once: PUT with `__v`, DELETE, PATCH to Inactive.
    Idempotent,
    /// Twice is wrong: create, merge, duplicate.
    NotIdempotent,
}

/// How far a call has come when an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The attempt just finished; the first is 1.
    pub(crate) attempt: u32,
    /// What was left of the deadline when it ended; none where there is no deadline.
    pub(crate) time_left: Option<Duration>,
    /// What the answers to earlier attempts leave open.
    pub(crate) doubt: Doubt,
}

/// What happened to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No connection came about: the server never saw the request.
    ConnectFailed,
    /// No TLS was agreed on: the server never saw the request, and another
    /// try would end the same way.
    TlsRefused,
    /// A time-out; whether the request may have been sent by then.
    TimedOut {
        /// False while still connecting.
        maybe_processed: bool,
    },
    /// The connection broke after the request may have been sent.
    ConnectionLost,
    /// The answer began but ended early.
    BodyCutShort,
    /// A 2xx that isn't what it should be: HTML, or broken JSON.
    Unreadable,
    /// A body larger than what is allowed.
    TooLarge,
    /// A redirect that isn't followed.
    Redirected,
    /// A whole answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// Which limit a 429 reports.
        throttle: Option<Throttle>,
        /// The wait the server asks for.
        retry_after: Option<Duration>,
    },
}

impl Outcome {
    /// What it leaves open: whether the server may have acted on the request
    /// without our knowing how, or may still be at it.
    pub(crate) fn doubt(&self) -> Doubt {
        match (sense(self), self) {
            // The head came, so the work was done.
            (Sense::Lost, Self::BodyCutShort) | (Sense::LostForGood, _) => Doubt::Answered,
            (Sense::Lost, _) => Doubt::Pending,
            _ => Doubt::None,
        }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer is a success.
    Done,
    /// Try again after this long.
    Retry {
        /// Counted from now; never less than the server asked for.
        after: Duration,
    },
    /// The outcome is final, as it is.
    Fail,
    /// Not now: the server asks for a longer wait than is allowed.
    FailLater {
        /// The wait it asks for.
        retry_after: Duration,
    },
    /// The request may have been processed; whether it was can't be told
    /// from here, only by reading back.
    Unknown,
}

/// What an outcome says about the request, seen by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Success,
    /// It was surely not processed, and another try may succeed.
    NotProcessed,
    /// It was surely not processed; another try would end the same way.
    NotProcessedForGood,
    /// It may have been processed; another try may succeed.
    Lost,
    /// It may have been processed; another try would end the same way.
    LostForGood,
    Final,
}

/// Judges one finished attempt. `jitter` is drawn from `0.0..1.0`.
pub(crate) fn judge(
    policy: &RetryPolicy,
    safety: Safety,
    progress: Progress,
    outcome: &Outcome,
    jitter: f64,
) -> Verdict {
    let sense = sense(outcome);
    let repeatable = match sense {
        Sense::Success => return Verdict::Done,
        Sense::Final => return Verdict::Fail,
        Sense::LostForGood | Sense::NotProcessedForGood => false,
        Sense::Lost => safety != Safety::NotIdempotent,
        Sense::NotProcessed => true,
    };
    let lost = progress.doubt.max(outcome.doubt()) > Doubt::None;
    let give_up = if lost && safety != Safety::Safe {
        Verdict::Unknown
    } else {
        Verdict::Fail
    };

    let (throttle, asked) = match *outcome {
        Outcome::Answered {
            throttle,
            retry_after,
            ..
        } => (throttle, retry_after),
        _ => (None, None),
    };
    let put_off = |wait: Option<Duration>| match (give_up, wait) {
        (Verdict::Fail, Some(retry_after)) => Verdict::FailLater { retry_after },
        _ => give_up,
    };
    match throttle {
        // Asking again is what the block punishes.
        Some(Throttle::AuthenticationBlock) => return give_up,
        // Days, as a rule: the caller's to decide, however short it is.
        Some(Throttle::MonthlyQuota) => return put_off(asked),
        Some(Throttle::Hourly) | None => {}
    }
    if !repeatable || progress.attempt >= policy.max_attempts {
        return give_up;
    }
    let backoff = policy.backoff(progress.attempt, jitter);
    let after = asked.map_or(backoff, |asked| asked.max(backoff));
    if policy.allows(after, progress.time_left) {
        Verdict::Retry { after }
    } else {
        put_off(asked)
    }
}

fn sense(outcome: &Outcome) -> Sense {
    match *outcome {
        Outcome::TlsRefused => Sense::NotProcessedForGood,
        Outcome::ConnectFailed
        | Outcome::TimedOut {
            maybe_processed: false,
        } => Sense::NotProcessed,
        Outcome::TimedOut {
            maybe_processed: true,
        }
        | Outcome::ConnectionLost
        | Outcome::BodyCutShort => Sense::Lost,
        Outcome::Unreadable | Outcome::TooLarge => Sense::LostForGood,
        Outcome::Redirected => Sense::Final,
        Outcome::Answered {
            status,
            retry_after,
            ..
        } => match status {
            200..=299 => Sense::Success,
            429 => Sense::NotProcessed,
            503 if retry_after.is_some() => Sense::NotProcessed,
            // A gateway's word for an answer that it lost.
            408 | 502..=504 => Sense::Lost,
            // The server broke somewhere on the way.
            500..=599 => Sense::LostForGood,
            _ => Sense::Final,
        },
    }
}

#[cfg(test)]
mod tests;
