//! How a run can end.

use benchmark_email::Error;

use crate::interrupt::Stop;

/// How a run ended, apart from its steps.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There is nothing left to do now.
    Over,
    /// It was asked to stop.
    Stopped(Stop),
    /// This option said when to end.
    Bound(&'static str),
    /// The service turned everything away.
    TurnedAway(Box<Error>),
}
