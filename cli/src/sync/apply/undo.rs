//! What takes a step back that was carried out, as far as nobody changed the same since. Pure.

use benchmark_email::Contact;

use super::{
    known::Known,
    merge::{self, Merged},
    task::{Differs, End, Stage, Task},
};
use crate::sync::plan::Action;

/// What becomes of a step that is to be undone.
#[derive(Clone, Debug)]
pub(crate) enum Undone {
    /// It did nothing: there is nothing to take back.
    Nothing,
    /// The contact is as it was before already.
    AsBefore,
    /// It goes back by this.
    Back(Action),
    /// It is kept as it is now, for this reason.
    Kept(String),
    /// It can't be undone, for this reason.
    Never(&'static str),
}

/// What takes back a step whose contact is this now, if it is there.
pub(crate) fn undo(
    task: &Task,
    there: Option<&Contact>,
    known: &Known,
    delete_created: bool,
) -> Undone {
    if !matches!(task.stage, Stage::Ended { end: End::Done }) {
        return Undone::Nothing;
    }
    match (&task.action, there) {
        (Action::Suppress { .. } | Action::SuppressUnknown { .. }, _) => {
            Undone::Never("it was unsubscribed, and only the person can subscribe again")
        }
        (Action::Delete { .. }, _) => {
            Undone::Never("it was deleted: a new contact would be another one, without its history")
        }
        (Action::Create(_), None) => Undone::AsBefore,
        (Action::Update { .. }, None) => Undone::Never("it was deleted since"),
        (Action::Update { before, .. }, Some(there))
            if there.is_inactive() && before.is_active() =>
        {
            Undone::Kept("it has left since".to_owned())
        }
        (Action::Update { before, after }, Some(there)) => {
            match merge::merge(after, before, there, known) {
                Ok(Merged::Already) => Undone::AsBefore,
                Ok(Merged::Changed(to)) => Undone::Back(Action::Update {
                    before: Box::new(there.clone()),
                    after: to,
                }),
                Ok(Merged::Conflict(differs)) => Undone::Kept(by_others(&differs)),
                Err(why) => Undone::Kept(why.to_string()),
            }
        }
        // Who is deleted is unknown, and may be created and mailed by the next import.
        (Action::Create(_), Some(there)) if there.is_inactive() => {
            Undone::Kept("it has left since it was created".to_owned())
        }
        (Action::Create(_), Some(_)) if !delete_created => {
            Undone::Kept("it was created; --delete-created deletes it".to_owned())
        }
        (Action::Create(wanted), Some(there)) => {
            match merge::changed_since_creation(wanted, there, known) {
                Ok(differs) if differs.is_empty() => Undone::Back(Action::Delete {
                    before: Box::new(there.clone()),
                }),
                Ok(differs) => Undone::Kept(by_others(&differs)),
                Err(why) => Undone::Kept(why.to_string()),
            }
        }
    }
}

/// What somebody else changed.
fn by_others(differs: &[Differs]) -> String {
    let labels: Vec<_> = differs.iter().map(|differs| &*differs.label).collect();
    format!("somebody else changed it since: {}", labels.join(", "))
}
