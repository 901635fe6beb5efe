//! Whether the account still is what a plan made of it. Pure.

use benchmark_email::Contact;

use super::{
    known::Known,
    merge::{self, Merged, unreadable},
    task::{Differs, End, Stage, Task},
};
use crate::sync::plan::Action;

/// What a look at a contact tells of a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It is as planned.
    AsPlanned,
    /// It was carried out, and the contact isn't what was planned.
    Differs(Vec<Differs>),
    /// It wasn't carried out: `planned` where nothing was sent, `open` where it isn't known, or how it ended.
    Lacking(&'static str),
}

/// Holds a step against its contact, if that is there.
pub(crate) fn verify(task: &Task, there: Option<&Contact>, known: &Known) -> Verdict {
    match &task.stage {
        Stage::Planned => Verdict::Lacking("planned"),
        Stage::Sent { .. } | Stage::Made { .. } => Verdict::Lacking("open"),
        Stage::Ended {
            end: End::Done | End::Already,
        } => match differs(&task.action, there, known) {
            differs if differs.is_empty() => Verdict::AsPlanned,
            differs => Verdict::Differs(differs),
        },
        Stage::Ended { end } => Verdict::Lacking(end.name()),
    }
}

/// In what a contact differs from what a step that was carried out made of it, whatever else somebody changed.
pub(super) fn differs(action: &Action, there: Option<&Contact>, known: &Known) -> Vec<Differs> {
    match (action, there) {
        // Nobody is left to be mailed.
        (Action::Delete { .. } | Action::Suppress { .. }, None) => Vec::new(),
        (Action::Delete { .. }, Some(_)) => vec![Differs::of("contact", "deleted", "there")],
        (_, None) => vec![Differs::of("contact", "there", "gone")],
        (Action::Suppress { .. } | Action::SuppressUnknown { .. }, Some(there)) => {
            if there.is_inactive() {
                Vec::new()
            } else {
                vec![Differs::of("status", "Inactive", "Active")]
            }
        }
        (Action::Update { before, after }, Some(there)) => {
            lacks(before, after, there, known).unwrap_or_else(|why| unreadable(&why))
        }
        (Action::Create(wanted), Some(there)) => merge::differs_from_creation(wanted, there, known)
            .unwrap_or_else(|why| unreadable(&why)),
    }
}

/// What an update changed and isn't there.
fn lacks(
    before: &Contact,
    after: &Contact,
    there: &Contact,
    known: &Known,
) -> Result<Vec<Differs>, benchmark_email::Error> {
    Ok(match merge::merge(before, after, there, known)? {
        Merged::Already => Vec::new(),
        Merged::Conflict(differs) => differs,
        Merged::Changed(wanted) => merge::differs_from_plan(&wanted, there, known)?,
    })
}
