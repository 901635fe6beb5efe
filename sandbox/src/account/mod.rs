//! What an account holds, and the only way to change it: a [`Change`], committed.
//!
//! Reading is free; every write is a list of changes that is first written to the journal, if there is
//! one, and then applied. So the journal, a restart and a restored snapshot end in the same state. The
//! rules of the API are not enforced here.

mod contact;
mod contacts;
mod event;
mod extra;
mod history;
mod id;
mod index;
mod list;
pub(crate) mod state;
mod structure;
mod version;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use contact::{Contact, FieldValue, Ref, Status};
pub(crate) use contacts::Contacts;
pub(crate) use event::{Event, EventKind};
pub(crate) use id::Id;
pub(crate) use list::{List, ListKind};
pub(crate) use structure::{DataType, Field, Structure, Tag};
pub(crate) use version::Version;

use self::contacts::Edit;
use self::history::History;
use self::index::Index;
use self::state::{Found, Journal, Place};
use crate::clock::{Clock, Moment};

/// Events beyond this number push out the oldest, so that memory stays bounded.
const EVENTS_KEPT: usize = 100_000;

/// The account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    contacts: Contacts,
    /// What searches see, where they lag behind.
    index: Option<Index>,
    structures: Vec<Structure>,
    lists: BTreeMap<Id, List>,
    forms: Vec<Form>,
    events: VecDeque<Event>,
    keys: Option<Keys>,
    mint: id::Mint,
    journal: Option<Journal>,
    history: History,
    /// Grows with each change.
    revision: u64,
}

/// A published signup form: what keeps a field from being removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Form {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) fields: Vec<Id>,
}

/// One change of an account, as it stands in a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    Contact(Box<Contact>),
    ContactGone(Id),
    Structure(Box<Structure>),
    List(List),
    ListGone(Id),
    Form(Form),
    Event(Event),
    Keys(Keys),
}

/// The two API keys that a sandbox starts with, so that they outlive it in a state file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) write: String,
    pub(crate) read: String,
}

/// The secrets stay out of debug output.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Account {
    /// An account as on the first day: one structure and nothing else.
    pub(crate) fn fresh(now: Moment) -> Self {
        let mut account = Self::default();
        let structure = state::default_structure(&mut account, now);
        account.apply(structure);
        account
    }

    pub(crate) fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    /// The contacts as a search finds them.
    pub(crate) fn indexed(&self) -> &Contacts {
        self.index.as_ref().map_or(&self.contacts, Index::contacts)
    }

    /// How long a search takes to see a change.
    pub(crate) fn search_lag(&self) -> Duration {
        self.index.as_ref().map_or(Duration::ZERO, Index::lag)
    }

    /// From now on a search sees changes so much later. What isn't seen yet stays so for that long.
    pub(crate) fn set_search_lag(&mut self, lag: Duration, clock: &Clock) {
        if lag.is_zero() {
            self.index = None;
            return;
        }
        let started = || Index::new(self.contacts.clone(), clock.clone());
        self.index.get_or_insert_with(started).set_lag(lag);
    }

    /// Lets searches see what is due.
    pub(crate) fn refresh_index(&mut self) {
        if let Some(index) = &mut self.index {
            index.refresh();
        }
    }

    /// In the order of their creation.
    pub(crate) fn structures(&self) -> &[Structure] {
        &self.structures
    }

    pub(crate) fn structure(&self, id: Id) -> Option<&Structure> {
        self.structures.iter().find(|structure| structure.id == id)
    }

    /// In the order of their ids, which is that of their creation.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &List> {
        self.lists.values()
    }

    /// How many contacts are on each list.
    pub(crate) fn list_sizes(&self) -> HashMap<Id, u64> {
        let mut sizes = HashMap::new();
        for entry in self.contacts().iter().flat_map(|contact| &contact.lists) {
            *sizes.entry(entry.id).or_default() += 1;
        }
        sizes
    }

    pub(crate) fn lists_in(&self, structure: Id) -> impl Iterator<Item = &List> {
        self.lists()
            .filter(move |list| list.structure_id == structure)
    }

    pub(crate) fn list(&self, structure: Id, id: Id) -> Option<&List> {
        self.lists
            .get(&id)
            .filter(|list| list.structure_id == structure)
    }

    pub(crate) fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// What contacts were before.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Grows with each change, so that who looks again knows whether there is something new.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Oldest first.
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }

    /// The API keys that came with the state file.
    pub(crate) fn keys(&self) -> Option<&Keys> {
        self.keys.as_ref()
    }

    pub(crate) fn new_id(&mut self, now: Moment) -> Id {
        self.mint.make(now)
    }

    /// Writes the changes to the journal, then makes them. They are kept together: all or none.
    pub(crate) fn commit(&mut self, changes: Vec<Change>) -> io::Result<()> {
        if let Some(journal) = &mut self.journal {
            journal.append(&changes)?;
        }
        self.revision += 1;
        for change in changes {
            self.apply(change);
        }
        let outgrown = self
            .journal
            .as_ref()
            .filter(|journal| journal.is_outgrown());
        match outgrown.map(|journal| Journal::start(journal.place(), self)) {
            Some(Ok(rewritten)) => self.journal = Some(rewritten),
            Some(Err(_)) => self.journal.iter_mut().for_each(Journal::postpone),
            None => {}
        }
        Ok(())
    }

    /// Writes all changes from now on to the file at this place, out of which it was read, if it was.
    pub(crate) fn keep_in(&mut self, place: Place, found: Option<Found>) -> io::Result<()> {
        self.journal = Some(Journal::open(place, found, self)?);
        Ok(())
    }

    /// Leaves its file as it is now, and to others.
    pub(crate) fn leave_file(&mut self) {
        self.journal = None;
    }

    /// Becomes another account, in the same file if there is one.
    pub(crate) fn replace_with(&mut self, mut other: Self) -> io::Result<()> {
        other.keys.clone_from(&self.keys);
        let journal = self
            .journal
            .as_ref()
            .map(|journal| Journal::start(journal.place(), &other))
            .transpose()?;
        // Another account is another beginning: nothing of it is late.
        let index = self.index.as_ref();
        let index = index.map(|index| index.restarted(other.contacts.clone()));
        *self = Self {
            index,
            journal,
            revision: self.revision + 1,
            ..other
        };
        Ok(())
    }

    /// Becomes an account as on the first day: one structure and nothing else.
    pub(crate) fn reset(&mut self, now: Moment) -> io::Result<()> {
        self.replace_with(Self::fresh(now))
    }

    /// The changes that make this account out of an empty one.
    pub(crate) fn as_changes(&self) -> impl Iterator<Item = Change> {
        let keys = self.keys.iter().cloned().map(Change::Keys);
        let structures = self
            .structures
            .iter()
            .cloned()
            .map(|s| Change::Structure(Box::new(s)));
        let lists = self.lists().cloned().map(Change::List);
        let forms = self.forms.iter().cloned().map(Change::Form);
        let contacts = self
            .contacts
            .iter()
            .cloned()
            .map(|c| Change::Contact(Box::new(c)));
        let events = self.events().cloned().map(Change::Event);
        keys.chain(structures)
            .chain(lists)
            .chain(forms)
            .chain(contacts)
            .chain(events)
    }

    pub(crate) fn set_case_sensitive(&mut self, case_sensitive: bool) {
        self.contacts.set_case_sensitive(case_sensitive);
        if let Some(index) = &mut self.index {
            index.set_case_sensitive(case_sensitive);
        }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Contact(contact) => {
                self.mint.skip(contact.id);
                self.edit_contacts(Edit::Put(contact));
            }
            Change::Keys(keys) => self.keys = Some(keys),
            Change::ContactGone(id) => self.edit_contacts(Edit::Remove(id)),
            Change::Structure(structure) => self.put_structure(*structure),
            Change::List(list) => {
                self.mint.skip(list.id);
                self.lists.insert(list.id, list);
            }
            Change::ListGone(id) => {
                if self.lists.remove(&id).is_some() {
                    self.edit_contacts(Edit::DropList(id));
                }
            }
            Change::Form(form) => {
                self.mint.skip(form.id);
                self.forms.retain(|known| known.id != form.id);
                self.forms.push(form);
            }
            Change::Event(event) => {
                if self.events.len() >= EVENTS_KEPT {
                    self.events.pop_front();
                }
                self.events.push_back(event);
            }
        }
    }

    /// Puts a structure in place; what it no longer has goes from its contacts as well.
    fn put_structure(&mut self, structure: Structure) {
        let ids = structure
            .fields
            .iter()
            .map(|f| f.id)
            .chain(structure.tags.iter().map(|t| t.id));
        ids.chain([structure.id]).for_each(|id| self.mint.skip(id));
        let Some(known) = self
            .structures
            .iter_mut()
            .find(|known| known.id == structure.id)
        else {
            self.structures.push(structure);
            return;
        };
        let fields = gone(known.fields.iter().map(|f| f.id), |id| {
            structure.field(id).is_some()
        });
        let tags = gone(known.tags.iter().map(|t| t.id), |id| structure.has_tag(id));
        let id = structure.id;
        *known = structure;
        if fields.is_empty() && tags.is_empty() {
            return;
        }
        self.edit_contacts(Edit::DropParts {
            structure: id,
            fields,
            tags,
        });
    }

    fn edit_contacts(&mut self, edit: Edit) {
        if let Some(index) = &mut self.index {
            index.note(edit.clone());
        }
        let changed = match &edit {
            Edit::Put(contact) => Some(contact.id),
            Edit::Remove(id) => Some(*id),
            Edit::DropList(_) | Edit::DropParts { .. } => None,
        };
        if let Some(before) = changed.and_then(|id| self.contacts.get(id)) {
            self.history.keep(before);
        }
        self.contacts.apply(edit);
    }
}

fn gone(known: impl Iterator<Item = Id>, stays: impl Fn(Id) -> bool) -> HashSet<Id> {
    known.filter(|id| !stays(*id)).collect()
}

fn drop_refs(refs: &mut Box<[Ref]>, goes: impl Fn(Id) -> bool) {
    if refs.iter().any(|entry| goes(entry.id)) {
        *refs = refs
            .iter()
            .copied()
            .filter(|entry| !goes(entry.id))
            .collect();
    }
}
