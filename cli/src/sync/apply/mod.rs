//! Carries a plan out: exactly what was planned, once, whatever happens.
//!
//! What is done next is decided by pure functions of a step, of what the journal says of it and of the last answer
//! (`Progress` for one step, [`Run`] for all of them). So the same decisions drive the service and, in tests, a model
//! of it in virtual time. What is about to be sent is in the [`Journal`] before it is sent, and what came of it before
//! the next change of that contact.
//!
//! Arrows: `run` -> `progress` -> `merge` -> `task`; `journal` -> `task`; none of them sends.

mod journal;
mod lock;
mod merge;
mod progress;
mod run;
mod task;

pub(crate) use journal::Journal;
pub(crate) use lock::Lock;
pub(crate) use progress::{Answer, Ask, Known};
pub(crate) use run::{Ended, Next, Run, Stopped};
pub(crate) use task::{Differs, End, Stage, Task};

pub(crate) use super::file::Tally;
