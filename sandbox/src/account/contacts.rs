//! All contacts of an account, in the order of their creation, found by id and by key.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;

use super::{Contact, Id, drop_refs};

/// The store. A position names a contact's place in the order; it never changes and is never reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contacts {
    in_order: BTreeMap<u64, Contact>,
    by_id: HashMap<Id, u64>,
    by_key: HashMap<(Id, Box<str>), u64>,
    /// Younger contacts whose keys fold to that of one in the index. Keys made while case mattered do.
    shadowed: HashMap<(Id, Box<str>), BTreeSet<u64>>,
    in_structure: HashMap<Id, usize>,
    next: u64,
    case_sensitive: bool,
}

/// What changes contacts, and nothing else of an account.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Put(Box<Contact>),
    Remove(Id),
    /// A list went, and with it whoever was on it.
    DropList(Id),
    /// Fields and tags went from a structure, and with them their values and uses.
    DropParts {
        structure: Id,
        fields: HashSet<Id>,
        tags: HashSet<Id>,
    },
}

impl Contacts {
    pub(crate) fn len(&self) -> usize {
        self.in_order.len()
    }

    pub(crate) fn len_in(&self, structure: Id) -> usize {
        self.in_structure.get(&structure).copied().unwrap_or(0)
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Contact> {
        self.in_order.get(self.by_id.get(&id)?)
    }

    pub(crate) fn with_key(&self, structure: Id, key: &str) -> Option<&Contact> {
        self.in_order
            .get(self.by_key.get(&(structure, self.folded(key)))?)
    }

    /// All with this key, oldest first: there may be several where the service takes a second one.
    pub(crate) fn all_with_key(&self, structure: Id, key: &str) -> impl Iterator<Item = &Contact> {
        let key = (structure, self.folded(key));
        let oldest = self.by_key.get(&key).copied();
        let younger = self.shadowed.get(&key).into_iter().flatten().copied();
        oldest
            .into_iter()
            .chain(younger)
            .filter_map(|at| self.in_order.get(&at))
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Contact> {
        self.in_order.values()
    }

    /// Up to `count` contacts after `position`, with their positions. Start with `None`.
    pub(crate) fn after(
        &self,
        position: Option<u64>,
        count: usize,
    ) -> impl Iterator<Item = (u64, &Contact)> {
        let from = position.map_or(Bound::Unbounded, Bound::Excluded);
        self.in_order
            .range((from, Bound::Unbounded))
            .take(count)
            .map(|(at, contact)| (*at, contact))
    }

    pub(super) fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Put(contact) => self.put(*contact),
            Edit::Remove(id) => self.remove(id),
            Edit::DropList(id) => {
                self.each_mut(|contact| drop_refs(&mut contact.lists, |list| list == id));
            }
            Edit::DropParts {
                structure,
                fields,
                tags,
            } => self.each_mut(|contact| {
                if contact.structure_id == structure {
                    drop_values(contact, &fields);
                    drop_refs(&mut contact.tags, |tag| tags.contains(&tag));
                }
            }),
        }
    }

    /// Adds a contact, or puts it in the place of the one with its id.
    fn put(&mut self, contact: Contact) {
        let at = self.by_id.get(&contact.id).copied().unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        self.forget_key(at);
        self.by_id.insert(contact.id, at);
        self.index_key((contact.structure_id, self.folded(&contact.key)), at);
        *self.in_structure.entry(contact.structure_id).or_default() += 1;
        self.in_order.insert(at, contact);
    }

    fn remove(&mut self, id: Id) {
        if let Some(at) = self.by_id.remove(&id) {
            self.forget_key(at);
            self.in_order.remove(&at);
        }
    }

    /// Changes contacts in place; `change` must leave id, structure and key alone.
    fn each_mut(&mut self, change: impl FnMut(&mut Contact)) {
        self.in_order.values_mut().for_each(change);
    }

    /// Whether keys that differ by case only are two. Builds the index anew.
    pub(crate) fn set_case_sensitive(&mut self, case_sensitive: bool) {
        if self.case_sensitive == case_sensitive {
            return;
        }
        self.case_sensitive = case_sensitive;
        self.by_key.clear();
        self.shadowed.clear();
        let entry = |(at, contact): (&u64, &Contact)| {
            (*at, (contact.structure_id, self.folded(&contact.key)))
        };
        let entries: Vec<_> = self.in_order.iter().map(entry).collect();
        for (at, key) in entries {
            self.index_key(key, at);
        }
    }

    /// The form in which keys are compared.
    pub(crate) fn folded(&self, key: &str) -> Box<str> {
        if self.case_sensitive {
            key.into()
        } else {
            key.to_lowercase().into()
        }
    }

    /// Of contacts whose keys fold together the oldest is found by key.
    fn index_key(&mut self, key: (Id, Box<str>), at: u64) {
        match self.by_key.entry(key) {
            Entry::Vacant(free) => {
                free.insert(at);
            }
            Entry::Occupied(mut held) => {
                let oldest = at.min(*held.get());
                let younger = at.max(held.insert(oldest));
                let key = held.key().clone();
                self.shadowed.entry(key).or_default().insert(younger);
            }
        }
    }

    fn forget_key(&mut self, at: u64) {
        let Some(old) = self.in_order.get(&at) else {
            return;
        };
        let indexed = (old.structure_id, self.folded(&old.key));
        if let Some(count) = self.in_structure.get_mut(&old.structure_id) {
            *count = count.saturating_sub(1);
        }
        let shadowed = self.shadowed.get_mut(&indexed);
        if self.by_key.get(&indexed) != Some(&at) {
            if let Some(younger) = shadowed {
                younger.remove(&at);
            }
            return;
        }
        match shadowed.and_then(BTreeSet::pop_first) {
            Some(next) => self.by_key.insert(indexed, next),
            None => self.by_key.remove(&indexed),
        };
    }
}

fn drop_values(contact: &mut Contact, gone: &HashSet<Id>) {
    if contact.fields.iter().any(|value| gone.contains(&value.id)) {
        let kept = contact.fields.iter();
        contact.fields = kept
            .filter(|value| !gone.contains(&value.id))
            .cloned()
            .collect();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::account::{Status, Version};
    use crate::clock::Moment;

    fn contact(id: &str, key: &str) -> Contact {
        let now = Moment::from_unix_seconds(0);
        Contact {
            id: Id::parse(id).unwrap(),
            key: key.into(),
            structure_id: structure(),
            fields: [].into(),
            status: Status::Active,
            lists: [].into(),
            tags: [].into(),
            created_at: now,
            updated_at: now,
            version: Version::default(),
            extra: None,
        }
    }

    fn structure() -> Id {
        Id::parse("64a1b2c3d4e5f6a7b8c9d0e1").unwrap()
    }

    const ONE: &str = "66f1a6e4698f1bca60424901";
    const TWO: &str = "66f1a6e4698f1bca60424902";

    #[test]
    fn a_changed_key_is_found_by_its_new_value_only() {
        let mut contacts = Contacts::default();
        contacts.put(contact(ONE, "old@example.com"));
        contacts.put(contact(ONE, "new@example.com"));
        assert!(contacts.with_key(structure(), "old@example.com").is_none());
        assert!(contacts.with_key(structure(), "NEW@example.com").is_some());
        assert_eq!((contacts.len(), contacts.len_in(structure())), (1, 1));
    }

    #[test]
    fn a_removed_contact_is_nowhere() {
        let mut contacts = Contacts::default();
        contacts.put(contact(ONE, "a@example.com"));
        contacts.remove(Id::parse(ONE).unwrap());
        assert!(contacts.with_key(structure(), "a@example.com").is_none());
        assert_eq!((contacts.len(), contacts.len_in(structure())), (0, 0));
        assert_eq!(contacts.iter().count(), 0);
    }

    #[test]
    fn order_survives_a_change() {
        let mut contacts = Contacts::default();
        contacts.put(contact(ONE, "a@example.com"));
        contacts.put(contact(TWO, "b@example.com"));
        contacts.put(contact(ONE, "z@example.com"));
        let keys: Vec<_> = contacts
            .after(None, 9)
            .map(|(_, c)| c.key.to_string())
            .collect();
        assert_eq!(keys, ["z@example.com", "b@example.com"]);
    }

    #[test]
    fn case_matters_only_when_told_so() {
        let mut contacts = Contacts::default();
        contacts.set_case_sensitive(true);
        contacts.put(contact(ONE, "a@example.com"));
        contacts.put(contact(TWO, "A@example.com"));
        assert_eq!(
            contacts
                .with_key(structure(), "A@example.com")
                .unwrap()
                .id
                .to_string(),
            TWO
        );
        contacts.set_case_sensitive(false);
        assert_eq!(
            contacts
                .with_key(structure(), "A@example.com")
                .unwrap()
                .id
                .to_string(),
            ONE
        );
    }

    #[test]
    fn a_contact_is_found_once_the_older_one_with_its_folded_key_is_gone() {
        for rename in [false, true] {
            let mut contacts = Contacts::default();
            contacts.set_case_sensitive(true);
            contacts.put(contact(ONE, "a@example.com"));
            contacts.put(contact(TWO, "A@example.com"));
            contacts.set_case_sensitive(false);
            if rename {
                contacts.put(contact(ONE, "b@example.com"));
            } else {
                contacts.remove(Id::parse(ONE).unwrap());
            }
            let found = contacts.with_key(structure(), "a@example.com").unwrap();
            assert_eq!(found.id.to_string(), TWO);
        }
    }

    #[test]
    fn a_change_of_the_younger_contact_leaves_the_older_one_found() {
        let mut contacts = Contacts::default();
        contacts.set_case_sensitive(true);
        contacts.put(contact(ONE, "a@example.com"));
        contacts.put(contact(TWO, "A@example.com"));
        contacts.set_case_sensitive(false);
        contacts.put(contact(TWO, "A@example.com"));
        let found = contacts.with_key(structure(), "a@example.com").unwrap();
        assert_eq!(found.id.to_string(), ONE);
        contacts.remove(Id::parse(TWO).unwrap());
        contacts.remove(Id::parse(ONE).unwrap());
        assert!(contacts.with_key(structure(), "a@example.com").is_none());
    }
}
