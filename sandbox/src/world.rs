//! Everything one sandbox knows, shared by all its connections.
//!
//! Each part has its own lock; none is held while waiting, and no part takes another's lock but the clock's.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use crate::access::Gate;
use serde_json::{Value, json};

use crate::account::state::{self, SeedError, Snapshot};
use crate::account::{Account, Change, Contact, Event, EventKind, Form, Id, List, Status};
use crate::clock::Clock;
use crate::faults::Faults;
use crate::limits::Left;
use crate::log::{Expecting, Log};
use crate::rules::{ReadingError, Readings, Rule};

/// How long searches lag behind where they do and nobody said how long.
const USUAL_LAG: Duration = Duration::from_secs(2);
/// Events of a contact that are shown at once.
const MOST_EVENTS: usize = 200;

#[derive(Debug)]
pub(crate) struct World {
    /// Tells this sandbox from another one on the same port.
    pub(crate) instance: String,
    pub(crate) clock: Clock,
    pub(crate) readings: Readings,
    pub(crate) account: RwLock<Account>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    gate: Mutex<Gate>,
}

impl World {
    pub(crate) fn new(clock: Clock, account: Account, gate: Gate, log: Log) -> Self {
        Self {
            instance: format!("{:016x}", fastrand::u64(..)),
            clock,
            readings: Readings::default(),
            account: RwLock::new(account),
            faults: Faults::default(),
            log,
            gate: Mutex::new(gate),
        }
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the account has left.
    pub(crate) fn left(&self) -> Left {
        self.gate().limits.left(self.clock.moment())
    }
}

impl Expecting for World {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl World {
    /// Chooses a reading, and lets the account follow it where it must.
    pub(crate) fn choose_reading(&self, rule: &str, reading: &str) -> Result<(), ReadingError> {
        match self.readings.choose(rule, reading)? {
            Rule::ContactKeyCase => {
                let sensitive = self.readings.is(Rule::ContactKeyCase, "sensitive");
                self.account_mut().set_case_sensitive(sensitive);
            }
            Rule::SearchLag => {
                let late = self.readings.is(Rule::SearchLag, "later");
                let lag = if late { USUAL_LAG } else { Duration::ZERO };
                self.account_mut().set_search_lag(lag, &self.clock);
            }
            _ => {}
        }
        Ok(())
    }

    /// Lets searches and exports lag behind; none is the reading `at-once`.
    pub(crate) fn set_search_lag(&self, lag: Duration) {
        let reading = if lag.is_zero() { "at-once" } else { "later" };
        // The rule has these two readings.
        let _ = self.readings.choose(Rule::SearchLag.name(), reading);
        self.account_mut().set_search_lag(lag, &self.clock);
    }

    pub(crate) fn search_lag(&self) -> Duration {
        self.account().search_lag()
    }
}

impl World {
    /// How many contacts, structures and lists there are.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        let account = self.account();
        (
            account.contacts().len(),
            account.structures().len(),
            account.lists().count(),
        )
    }

    /// How many contacts contain a text (in lower case) in key, id or values, and some of them, newest first.
    pub(crate) fn find_contacts(
        &self,
        text: &str,
        skip: usize,
        take: usize,
    ) -> (usize, Vec<Value>) {
        let account = self.account();
        let contains = |value: &Value| match value {
            Value::String(value) => value.to_lowercase().contains(text),
            other => other.to_string().contains(text),
        };
        let fits = |contact: &&Contact| {
            contact.key.to_lowercase().contains(text)
                || contact.id.to_string() == text
                || contact.fields.iter().any(|field| contains(&field.value))
        };
        let shown = |contact: &Contact| serde_json::to_value(contact).unwrap_or_default();
        if text.is_empty() {
            let page = account.contacts().iter().rev().skip(skip).take(take);
            return (account.contacts().len(), page.map(shown).collect());
        }
        let found: Vec<_> = account.contacts().iter().rev().filter(fits).collect();
        (
            found.len(),
            found.into_iter().skip(skip).take(take).map(shown).collect(),
        )
    }

    /// A contact with its events, newest first, and its versions, oldest first; the last is the one in force. The
    /// contact is null when it was deleted.
    pub(crate) fn contact_shown(&self, id: &str) -> Option<Value> {
        let account = self.account();
        let id = Id::parse(id)?;
        let contact = account.contacts().get(id);
        let before = account.history().of(id);
        let versions: Vec<_> = before
            .chain(contact.map(|contact| json!(contact)))
            .collect();
        if versions.is_empty() {
            return None;
        }
        let events = account
            .events()
            .rev()
            .filter(|event| event.contact_id == id);
        let events: Vec<_> = events.take(MOST_EVENTS).collect();
        Some(json!({ "contact": contact, "versions": versions, "events": events }))
    }

    pub(crate) fn forms(&self) -> Value {
        json!(self.account().forms())
    }

    pub(crate) fn account_revision(&self) -> u64 {
        self.account().revision()
    }

    pub(crate) fn structures(&self) -> Value {
        json!(self.account().structures())
    }

    /// With how many contacts are on each.
    pub(crate) fn lists(&self) -> Value {
        let account = self.account();
        let sizes = account.list_sizes();
        let shown = |list: &List| {
            json!({
                "_id": list.id,
                "contactStructureId": list.structure_id,
                "name": list.name,
                "totalContacts": sizes.get(&list.id).unwrap_or(&0),
                "__v": list.version,
            })
        };
        account.lists().map(shown).collect()
    }

    pub(crate) fn snapshot(&self) -> Value {
        let account = self.account();
        serde_json::to_value(Snapshot(&account)).unwrap_or_default()
    }

    /// The snapshot as text, which takes much less memory than the value.
    pub(crate) fn snapshot_text(&self) -> Vec<u8> {
        let account = self.account();
        serde_json::to_vec(&Snapshot(&account)).unwrap_or_default()
    }

    pub(crate) fn restore(&self, document: Value) -> Result<(), SeedError> {
        let keys_repeat = self.readings.is(Rule::ContactKeyUnique, "twice");
        let mut restored = state::read(document, self.clock.moment(), keys_repeat)?;
        restored.set_case_sensitive(self.readings.is(Rule::ContactKeyCase, "sensitive"));
        Ok(self.account_mut().replace_with(restored)?)
    }

    pub(crate) fn generate(&self, count: usize) -> io::Result<()> {
        state::generate(&mut self.account_mut(), count, self.clock.moment())
    }

    pub(crate) fn deactivate(&self, contact_id: &str, reason: &str) -> bool {
        let account = &mut *self.account_mut();
        let Some(known) = Id::parse(contact_id).and_then(|id| account.contacts().get(id)) else {
            return false;
        };
        let now = self.clock.moment();
        let status = Status::Inactive {
            secondary: reason.into(),
        };
        let kind = if reason == "Unsubscribe" {
            EventKind::ContactUnsubscribed
        } else {
            EventKind::ContactUpdated
        };
        let event = Event {
            contact_id: known.id,
            kind,
            timestamp: now,
            source: "system".into(),
            extra: None,
        };
        let contact = Contact {
            status,
            updated_at: now,
            version: known.version.next(),
            ..known.clone()
        };
        account
            .commit(vec![
                Change::Contact(Box::new(contact)),
                Change::Event(event),
            ])
            .is_ok()
    }

    pub(crate) fn publish_form(&self, name: &str, field_ids: &[&str]) -> Option<String> {
        let account = &mut *self.account_mut();
        let known = |id: &Id| {
            account
                .structures()
                .iter()
                .any(|structure| structure.field(*id).is_some())
        };
        let fields: Option<Vec<_>> = field_ids
            .iter()
            .map(|id| Id::parse(id).filter(known))
            .collect();
        let fields = fields?;
        let id = account.new_id(self.clock.moment());
        let form = Change::Form(Form {
            id,
            name: name.to_owned(),
            fields,
        });
        account.commit(vec![form]).ok().map(|()| id.to_string())
    }

    /// Writes no change to the state file any more.
    pub(crate) fn leave_file(&self) {
        self.account_mut().leave_file();
    }

    fn account(&self) -> RwLockReadGuard<'_, Account> {
        self.account.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn account_mut(&self) -> RwLockWriteGuard<'_, Account> {
        self.account.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// An account as on the first day: the default structure and nothing else, every rule in its default
    /// reading, no faults, limits unused. API keys and clock stay; so do expectations.
    pub(crate) fn reset(&self) -> io::Result<()> {
        let now = self.clock.moment();
        self.readings.reset();
        let mut account = self.account_mut();
        account.set_search_lag(Duration::ZERO, &self.clock);
        account.reset(now)?;
        drop(account);
        self.faults.clear_all();
        self.log.clear();
        self.gate().reset(now);
        Ok(())
    }
}
