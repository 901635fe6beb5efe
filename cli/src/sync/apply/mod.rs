//! Carries a plan out: exactly what was planned, once, whatever happens.
//!
//! What is done next is decided by pure functions of a step, of what the journal says of it and of the last answer
//! (`Progress` for one step, [`Run`] for all of them). So the same decisions drive the service and, in tests, a model
//! of it in virtual time. What is about to be sent is in the [`Journal`] before it is sent, and what came of it before
//! the next change of that contact.
//!
//! What was done can be held against the account again ([`Applied`], [`verify`](verify()), [`undo`](undo())).
//!
//! Arrows: `run` -> `progress` -> `verify` -> `merge` -> `known`, `task`; `undo` -> `merge`; `journal`, `applied` ->
//! `task`; none of them sends.

mod applied;
mod journal;
mod known;
mod lock;
mod merge;
mod progress;
mod run;
mod task;
mod undo;
mod verify;

pub(crate) use applied::{Applied, Met};
pub(crate) use journal::Journal;
pub(crate) use known::Known;
pub(crate) use lock::Lock;
pub(crate) use progress::{Answer, Ask};
pub(crate) use run::{Ended, Next, Run, Stopped};
pub(crate) use task::{Differs, End, Stage, Task};
pub(crate) use undo::{Undone, undo};
pub(crate) use verify::{Verdict, verify};

pub(crate) use super::file::Tally;

#[cfg(test)]
pub(crate) mod simulated;
