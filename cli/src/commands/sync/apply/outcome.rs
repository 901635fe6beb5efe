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
    /// It was said when to end.
    Late,
    /// The service turned everything away.
    TurnedAway(Box<Error>),
}
