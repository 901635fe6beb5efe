//! A model of the service in virtual time: its contacts, and what becomes of a request. The sandbox must answer the
//! same (`commands::sync::apply::service` holds it to that).

use std::collections::BTreeMap;

use benchmark_email::{Contact, ContactId};
use serde_json::json;

use super::super::{Answer, Ask};

/// So old is what a search shows, in milliseconds.
pub(crate) const SEARCH_LAG: u64 = 1_000;

/// What happened to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Created,
    Replaced,
    Unsubscribed,
    Deleted,
}

/// The account.
#[derive(Debug, Default)]
pub(crate) struct Model {
    contacts: BTreeMap<String, Contact>,
    /// What each contact was from when on; nothing once it is gone.
    history: Vec<(u64, String, Option<Contact>)>,
    created: usize,
    /// Whether a creation keeps the tags that it is sent.
    pub(crate) keeps_tags: bool,
    /// Everything that was changed, by address.
    pub(crate) events: Vec<(String, Event)>,
}

impl Model {
    /// An empty account, whose service keeps the tags of a creation or doesn't.
    pub(crate) fn keeping_tags(keeps_tags: bool) -> Self {
        Self {
            keeps_tags,
            ..Self::default()
        }
    }

    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// The contact with this address.
    pub(crate) fn by_key(&self, key: &str) -> Option<&Contact> {
        self.contacts()
            .find(|contact| contact.key.as_str().eq_ignore_ascii_case(key))
    }

    /// Puts a contact there as if it had always been.
    pub(crate) fn put(&mut self, contact: Contact) {
        let id = contact.id.to_string();
        self.contacts.insert(id.clone(), contact);
        self.remember(&id, 0);
    }

    fn remember(&mut self, id: &str, now: u64) {
        let contact = self.contacts.get(id).cloned();
        self.history.push((now, id.to_owned(), contact));
    }

    /// The contact with this address, as a search shows it.
    fn found(&self, key: &str, now: u64) -> Option<Contact> {
        let mut shown: BTreeMap<&str, &Contact> = BTreeMap::new();
        for (since, id, contact) in &self.history {
            match contact {
                _ if *since > 0 && since + SEARCH_LAG > now => {}
                Some(contact) => drop(shown.insert(id, contact)),
                None => drop(shown.remove(id.as_str())),
            }
        }
        let mut shown = shown.into_values();
        let mut found = shown
            .find(|contact| contact.key.as_str().eq_ignore_ascii_case(key))?
            .clone();
        found.version = None;
        Some(found)
    }

    /// What somebody else does to a contact; it counts as a version.
    pub(crate) fn change(&mut self, key: &str, now: u64, change: impl FnOnce(&mut Contact)) {
        let mut all = self.contacts.values_mut();
        if let Some(contact) = all.find(|contact| contact.key.as_str() == key) {
            change(contact);
            contact.version = contact.version.map(|version| version + 1);
            let id = contact.id.to_string();
            self.remember(&id, now);
        }
    }

    /// Does what is asked, at this time.
    pub(crate) fn ask(&mut self, ask: &Ask, now: u64) -> Answer {
        match ask {
            Ask::Create { new, with_tags } => {
                if self.by_key(&new.address).is_some() {
                    return Answer::Duplicate;
                }
                self.created += 1;
                let tags = *with_tags && self.keeps_tags;
                let contact = json!({
                    "_id": format!("{:024x}", 0xc0_0000 + self.created), "key": new.address,
                    "contactStructureId": super::STRUCTURE,
                    "fields": new.fields.iter().map(|(id, value)| json!({"_id": id, "value": value})).collect::<Vec<_>>(),
                    "lists": new.lists, "tags": if tags { json!(new.tags) } else { json!([]) },
                    "status": {"primary": "Active"}, "__v": 0,
                });
                let contact: Contact = serde_json::from_value(contact).unwrap();
                self.events.push((new.address.clone(), Event::Created));
                let id = contact.id.to_string();
                self.contacts.insert(id.clone(), contact.clone());
                self.remember(&id, now);
                Answer::Contact(Box::new(contact))
            }
            Ask::Replace(to) => self.on(&to.id, now, |contact| {
                if contact.version != to.version {
                    return Err(Answer::Conflict);
                }
                let (status, version) = (contact.status().cloned(), contact.version);
                let mut text = serde_json::to_value(to).unwrap();
                text["status"] = serde_json::to_value(status).unwrap();
                *contact = serde_json::from_value(text).unwrap();
                contact.version = version.map(|version| version + 1);
                Ok(Some(Event::Replaced))
            }),
            Ask::Unsubscribe(id) => self.on(id, now, |contact| {
                if contact.is_inactive() {
                    return Ok(None);
                }
                leave(contact);
                contact.version = contact.version.map(|version| version + 1);
                Ok(Some(Event::Unsubscribed))
            }),
            Ask::Delete(id) => match self.contacts.remove(id.as_str()) {
                None => Answer::Gone,
                Some(gone) => {
                    let key = gone.key.as_str().to_owned();
                    self.remember(id.as_str(), now);
                    self.events.push((key, Event::Deleted));
                    Answer::Nobody
                }
            },
            Ask::Read(id) => self.on(id, now, |_| Ok(None)),
            Ask::Find(key) => match self.found(key, now) {
                Some(contact) => Answer::Contact(Box::new(contact)),
                None => Answer::Nobody,
            },
        }
    }

    fn on(
        &mut self,
        id: &ContactId,
        now: u64,
        change: impl FnOnce(&mut Contact) -> Result<Option<Event>, Answer>,
    ) -> Answer {
        let Some(contact) = self.contacts.get_mut(id.as_str()) else {
            return Answer::Gone;
        };
        match change(contact) {
            Err(refused) => refused,
            Ok(event) => {
                let (key, answer) = (contact.key.as_str().to_owned(), contact.clone());
                self.events.extend(event.map(|event| (key, event)));
                self.remember(id.as_str(), now);
                Answer::Contact(Box::new(answer))
            }
        }
    }
}

/// The contact unsubscribes.
pub(crate) fn leave(contact: &mut Contact) {
    let mut text = serde_json::to_value(&*contact).unwrap();
    text["status"] = json!({"primary": "Inactive", "secondary": "Unsubscribed"});
    *contact = serde_json::from_value(text).unwrap();
}
