//! What is next for one step: a pure function of the step, of how far it has come and of the last answer.

use benchmark_email::{Contact, ContactId};

use super::{
    known::Known,
    merge::{self, Merged, unreadable},
    task::{Differs, End, Stage, Task, Turn, Verb},
    verify,
};
use crate::sync::plan::{Action, Creation, Kind};

/// How long a search is given to show a contact that a lost creation may have made, in milliseconds.
const SEARCH_LAG: u64 = 3_000;
/// For how long a contact that the service says is there is looked for, in milliseconds.
const LONGEST_LAG: u64 = 60_000;
/// How often what can't be told is tried again in one run.
const TRIES: u32 = 4;
/// How often somebody else may be faster.
const CONFLICTS: u32 = 8;

/// What is asked of the service.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// Creates a contact, with its tags or without.
    Create {
        new: Creation,
        with_tags: bool,
    },
    Replace(Box<Contact>),
    Unsubscribe(ContactId),
    Delete(ContactId),
    Read(ContactId),
    /// Looks for an address.
    Find(String),
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The contact, as it is now.
    Contact(Box<Contact>),
    /// Nobody was found, or the deletion took place.
    Nobody,
    /// The service has no such contact.
    Gone,
    /// The address is taken.
    Duplicate,
    /// The contact has another version.
    Conflict,
    /// The service doesn't take it.
    Refused { kind: String, why: String },
    /// It isn't known whether it was carried out.
    Lost,
}

/// What is next.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    Ask(Ask),
    /// Ask this at that time, in milliseconds since 1970.
    Later(u64, Ask),
    End(End),
    /// It can't be told now; the next run goes on here.
    Open,
    /// What was read back isn't what was planned.
    Differs(Vec<Differs>),
}

/// One step under way.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) task: Task,
    /// Whether the journal has to hear of the stage before anything is sent.
    pub(crate) is_news: bool,
    /// What the journal said before the last request, for one that was surely not carried out.
    before: Stage,
    asked: Option<Asked>,
    /// What the service said of a replacement, while it is looked into.
    refused: Option<(String, String)>,
    /// The contact, once an answer has named it.
    contact: Option<ContactId>,
    tries: u32,
    conflicts: u32,
    /// Whether an earlier creation may have been carried out.
    may_exist: bool,
    /// Since when the service says that the contact is there.
    exists_since: Option<u64>,
    /// Whether the changes were made to another contact than the planned one.
    was_merged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Asked {
    Create { with_tags: bool },
    Replace,
    Unsubscribe,
    Delete,
    Read,
    ReadAfterRefusal,
    ReadBack,
    Find,
}

impl Progress {
    pub(crate) fn new(task: Task) -> Self {
        let contact = match (&task.stage, &task.action) {
            (Stage::Made { contact }, _) => Some(contact.clone()),
            (
                _,
                Action::Suppress { before, .. }
                | Action::Update { before, .. }
                | Action::Delete { before },
            ) => Some(before.id.clone()),
            _ => None,
        };
        Self {
            before: task.stage.clone(),
            task,
            is_news: false,
            asked: None,
            refused: None,
            contact,
            tries: 0,
            conflicts: 0,
            may_exist: false,
            exists_since: None,
            was_merged: false,
        }
    }

    /// The first thing to ask.
    pub(crate) fn begin(&mut self, known: &Known, now: u64) -> Then {
        match (&self.task.stage, &self.task.action) {
            (Stage::Ended { end }, _) => Then::End(end.clone()),
            // What was in flight when the last run ended.
            (
                Stage::Sent {
                    verb: Verb::Create,
                    at,
                },
                _,
            ) => {
                let due = at.saturating_add(SEARCH_LAG);
                self.may_exist = true;
                self.look(due, now)
            }
            (Stage::Made { contact }, Action::SuppressUnknown { .. }) => {
                let ask = Ask::Unsubscribe(contact.clone());
                self.ask(Asked::Unsubscribe, ask, now)
            }
            (Stage::Made { contact }, _) => {
                let ask = Ask::Read(contact.clone());
                self.ask(Asked::Read, ask, now)
            }
            (_, Action::Suppress { before, .. }) => {
                let ask = Ask::Unsubscribe(before.id.clone());
                self.ask(Asked::Unsubscribe, ask, now)
            }
            // What a search found isn't whole: it is read, and the plan's changes are made to what is there.
            (_, Action::Update { after, .. }) if after.version.is_none() => {
                let ask = Ask::Read(after.id.clone());
                self.ask(Asked::Read, ask, now)
            }
            (_, Action::Update { after, .. }) => {
                let ask = Ask::Replace(after.clone());
                self.ask(Asked::Replace, ask, now)
            }
            (_, Action::Delete { before }) => {
                let ask = Ask::Delete(before.id.clone());
                self.ask(Asked::Delete, ask, now)
            }
            (_, Action::SuppressUnknown { .. } | Action::Create(_)) => self.create(known, now),
        }
    }

    /// What follows from an answer to what was asked last.
    pub(crate) fn answered(&mut self, answer: Answer, known: &mut Known, now: u64) -> Then {
        let Some(asked) = self.asked.take() else {
            return Then::Open;
        };
        if let Answer::Contact(there) = &answer {
            self.contact = Some(there.id.clone());
        }
        match (asked, answer) {
            (Asked::Find, answer) => self.looked(answer, known, now),
            (_, Answer::Lost) => self.lost(asked, now),
            (Asked::ReadBack, answer) => self.read_back(&answer, known),
            (Asked::Create { with_tags }, answer) => self.created(answer, with_tags, known, now),
            (Asked::Replace | Asked::Unsubscribe | Asked::Delete, Answer::Contact(_))
            | (Asked::Delete, Answer::Nobody) => self.end(End::Done, now),
            (Asked::Replace, Answer::Conflict) => self.look_into(Asked::Read, now),
            // Somebody who has left may be refused for that alone, where their version doesn't tell.
            (Asked::Replace, Answer::Refused { kind, why }) => {
                self.refused = Some((kind, why));
                self.look_into(Asked::ReadAfterRefusal, now)
            }
            (Asked::Read, Answer::Contact(there)) => self.merge(&there, known, now),
            (Asked::ReadAfterRefusal, answer) => {
                let has_left = matches!(&answer, Answer::Contact(there) if there.is_inactive());
                match self.refused.take() {
                    _ if has_left && self.was_active() => self.end(End::Protected, now),
                    Some((kind, why)) => self.end(End::Refused { kind, why }, now),
                    None => Then::Open,
                }
            }
            (Asked::Delete, Answer::Gone) => self.end(End::Already, now),
            (_, Answer::Gone | Answer::Nobody) => self.end(End::Gone, now),
            (_, Answer::Duplicate) => self.end(End::Taken, now),
            (_, Answer::Refused { kind, why }) => self.end(End::Refused { kind, why }, now),
            (Asked::Delete | Asked::Unsubscribe | Asked::Read, Answer::Conflict) => {
                self.lost(asked, now)
            }
        }
    }

    /// The last request was surely not carried out: the stage is as it was before it.
    pub(crate) fn take_back(&mut self) {
        self.task.stage = self.before.clone();
        self.is_news = true;
    }

    fn create(&mut self, known: &Known, now: u64) -> Then {
        let new = self.wanted();
        let with_tags = !new.tags.is_empty() && known.creation_takes_tags != Some(false);
        let ask = Ask::Create { new, with_tags };
        self.ask(Asked::Create { with_tags }, ask, now)
    }

    fn created(&mut self, answer: Answer, with_tags: bool, known: &mut Known, now: u64) -> Then {
        match answer {
            Answer::Contact(made) => {
                if with_tags {
                    let wanted = self.wanted();
                    let has_all = wanted.tags.iter().all(|tag| made.has_tag(tag));
                    known.creation_takes_tags = Some(has_all);
                }
                self.made(&made, known, now)
            }
            // Whoever has left does so too where somebody created them meanwhile.
            Answer::Duplicate if self.is_suppression() || self.may_exist => {
                self.exists_since.get_or_insert(now);
                self.look(now, now)
            }
            // It may be for the tags that it is refused.
            Answer::Refused { .. } if with_tags && known.creation_takes_tags.is_none() => {
                known.creation_takes_tags = Some(false);
                self.task.stage = self.before.clone();
                self.create(known, now)
            }
            Answer::Refused { kind, why } => self.end(End::Refused { kind, why }, now),
            _ => self.end(End::Taken, now),
        }
    }

    /// The contact is there; what else does the step want?
    fn made(&mut self, there: &Contact, known: &Known, now: u64) -> Then {
        if there.is_inactive() {
            let end = if self.is_suppression() {
                End::Done
            } else {
                End::Protected
            };
            return self.end(end, now);
        }
        if self.is_suppression() {
            self.reaches(there);
            let ask = Ask::Unsubscribe(there.id.clone());
            return self.ask(Asked::Unsubscribe, ask, now);
        }
        let wanted = self.wanted();
        if wanted.tags.iter().all(|tag| there.has_tag(tag)) {
            return self.end(End::Done, now);
        }
        self.reaches(there);
        if there.version.is_none() {
            return self.ask(Asked::Read, Ask::Read(there.id.clone()), now);
        }
        let mut tagged = there.clone();
        for tag in &wanted.tags {
            if let Err(why) = tagged.add_tag(&known.structure, tag) {
                return self.unreadable(&why, now);
            }
        }
        self.ask(Asked::Replace, Ask::Replace(Box::new(tagged)), now)
    }

    /// What the plan changes, made to what is there now.
    fn merge(&mut self, there: &Contact, known: &Known, now: u64) -> Then {
        let Action::Update { before, after } = &self.task.action else {
            return self.made(there, known, now);
        };
        if there.is_inactive() && before.is_active() {
            return self.end(End::Protected, now);
        }
        self.was_merged = true;
        match merge::merge(before, after, there, known) {
            Ok(Merged::Already) => {
                let was_sent = matches!(self.before, Stage::Sent { .. }) || self.tries > 0;
                self.end(if was_sent { End::Done } else { End::Already }, now)
            }
            Ok(Merged::Changed(merged)) => self.ask(Asked::Replace, Ask::Replace(merged), now),
            Ok(Merged::Conflict(differs)) => self.end(End::Conflict { differs }, now),
            Err(why) => self.unreadable(&why, now),
        }
    }

    /// What a search told of a contact that may have been made.
    fn looked(&mut self, answer: Answer, known: &Known, now: u64) -> Then {
        match (answer, self.exists_since) {
            (Answer::Contact(there), _) => {
                // Its tags may come by a request of their own.
                let untagged = Creation {
                    tags: Vec::new(),
                    ..self.wanted()
                };
                let is_ours = self.is_suppression()
                    || there.is_inactive()
                    || merge::differs_from_creation(&untagged, &there, known)
                        .is_ok_and(|differs| differs.is_empty());
                if is_ours {
                    self.made(&there, known, now)
                } else {
                    self.end(End::Taken, now)
                }
            }
            // Once more: if it was made after all, the service refuses the second one.
            (Answer::Nobody, None) if self.tries < TRIES => {
                self.tries += 1;
                self.create(known, now)
            }
            (Answer::Nobody, Some(since)) if now.saturating_sub(since) < LONGEST_LAG => {
                let pause = (now.saturating_sub(since) / 2).clamp(2_000, 15_000);
                self.look(now.saturating_add(pause), now)
            }
            (Answer::Lost, _) if self.tries < TRIES => {
                self.tries += 1;
                self.look(now.saturating_add(SEARCH_LAG), now)
            }
            (Answer::Refused { kind, why }, _) => self.end(End::Refused { kind, why }, now),
            _ => Then::Open,
        }
    }

    /// Nobody knows whether it was carried out.
    fn lost(&mut self, asked: Asked, now: u64) -> Then {
        let due = now.saturating_add(SEARCH_LAG);
        if let Asked::Create { .. } = asked {
            self.may_exist = true;
            return self.look(due, now);
        }
        self.tries += 1;
        if self.tries > TRIES {
            return Then::Open;
        }
        let (asked, contact) = match (asked, self.contact.clone()) {
            (_, None) => return Then::Open,
            (Asked::Replace | Asked::ReadAfterRefusal, Some(contact)) => (Asked::Read, contact),
            (asked, Some(contact)) => (asked, contact),
        };
        let again = match asked {
            Asked::Unsubscribe => Ask::Unsubscribe(contact),
            Asked::Delete => Ask::Delete(contact),
            _ => Ask::Read(contact),
        };
        match self.ask(asked, again, now) {
            Then::Ask(again) => Then::Later(due, again),
            other => other,
        }
    }

    /// Looks for the address at that time, when a search is likely to show it.
    fn look(&mut self, due: u64, now: u64) -> Then {
        let ask = Ask::Find(self.task.address().to_owned());
        match self.ask(Asked::Find, ask, now) {
            Then::Ask(ask) if due > now => Then::Later(due, ask),
            then => then,
        }
    }

    /// Reads the contact, unless somebody else is faster each time.
    fn look_into(&mut self, asked: Asked, now: u64) -> Then {
        match self.contact.clone() {
            Some(contact) if self.conflicts < CONFLICTS => {
                self.conflicts += 1;
                self.ask(asked, Ask::Read(contact), now)
            }
            _ => Then::Open,
        }
    }

    fn ask(&mut self, asked: Asked, ask: Ask, now: u64) -> Then {
        self.asked = Some(asked);
        let verb = match asked {
            Asked::Create { .. } => Verb::Create,
            Asked::Replace => Verb::Replace,
            Asked::Unsubscribe => Verb::Unsubscribe,
            Asked::Delete => Verb::Delete,
            _ => return Then::Ask(ask),
        };
        self.before = self.task.stage.clone();
        // Of a contact that was made, the journal knows what is next.
        if !matches!(self.task.stage, Stage::Made { .. }) {
            self.task.stage = Stage::Sent { verb, at: now };
            self.is_news = true;
        }
        Then::Ask(ask)
    }

    fn reaches(&mut self, there: &Contact) {
        self.task.stage = Stage::Made {
            contact: there.id.clone(),
        };
        self.is_news = true;
    }

    fn end(&mut self, end: End, now: u64) -> Then {
        let end = match end {
            // Nobody is left to be mailed.
            End::Gone if self.task.kind() == Kind::Suppress => End::Already,
            other => other,
        };
        match &self.contact {
            Some(contact) if end == End::Done && self.task.turn == Turn::Canary => {
                let ask = Ask::Read(contact.clone());
                self.ask(Asked::ReadBack, ask, now)
            }
            _ => self.ended(end),
        }
    }

    fn ended(&mut self, end: End) -> Then {
        self.task.stage = Stage::Ended { end: end.clone() };
        self.is_news = true;
        Then::End(end)
    }

    fn unreadable(&mut self, why: &benchmark_email::Error, now: u64) -> Then {
        let kind = "unreadable".to_owned();
        let why = why.to_string();
        self.end(End::Refused { kind, why }, now)
    }

    /// Holds what is there against what was planned.
    fn read_back(&mut self, answer: &Answer, known: &Known) -> Then {
        let there = match answer {
            Answer::Contact(there) => Some(&**there),
            Answer::Gone => None,
            _ => return Then::Open,
        };
        let differs = match (&self.task.action, there) {
            // What became of it isn't what the plan holds whole.
            (Action::Update { after, .. }, Some(there)) if !self.was_merged => {
                merge::differs_from_plan(after, there, known).unwrap_or_else(|why| unreadable(&why))
            }
            (action, there) => verify::differs(action, there, known),
        };
        match self.ended(End::Done) {
            _ if !differs.is_empty() => Then::Differs(differs),
            then => then,
        }
    }

    fn wanted(&self) -> Creation {
        match &self.task.action {
            Action::Create(new) => new.clone(),
            _ => Creation {
                address: self.task.address().to_owned(),
                ..Creation::default()
            },
        }
    }

    fn is_suppression(&self) -> bool {
        self.task.kind() == Kind::Suppress
    }

    fn was_active(&self) -> bool {
        match &self.task.action {
            Action::Update { before, .. } => before.is_active(),
            _ => true,
        }
    }
}
