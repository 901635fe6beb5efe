//! Contacts, by calls that wait.

use super::{Iter, calls, runtime::Runtime, search::Search};
use crate::{
    Contact, ContactId, Error, NewContact, Structure,
    contacts::{ContactJsonStream, ContactStream, Edit, Upserted},
};

/// The contacts of an account; from [`Client::contacts`](super::Client::contacts).
#[derive(Clone, Debug)]
pub struct Contacts {
    calls: crate::contacts::Contacts,
    runtime: Runtime,
}

calls! { Contacts, "crate::contacts::Contacts":
    create(contact: NewContact) -> Contact;
    get(id: &ContactId) -> Contact;
    list() -> Vec<Contact>;
    find(structure: &Structure, key: impl AsRef<str>) -> Option<Contact>;
    find_everywhere(key: impl AsRef<str>) -> Vec<Contact>;
    replace(contact: &Contact) -> Contact;
    unsubscribe(id: &ContactId) -> Contact;
    delete(id: &ContactId) -> Option<Contact>;
}

impl Contacts {
    pub(super) fn new(calls: crate::contacts::Contacts, runtime: Runtime) -> Self {
        Self { calls, runtime }
    }

    /// As [`Contacts::update`](crate::contacts::Contacts::update). A blocking call within the closure is
    /// refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn update<F>(&self, id: &ContactId, change: F) -> Result<Contact, Error>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
    {
        self.runtime.run(self.calls.update(id, change))
    }

    /// As [`Contacts::try_update`](crate::contacts::Contacts::try_update). A blocking call within the closure
    /// is refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn try_update<F, E>(&self, id: &ContactId, change: F) -> Result<Contact, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        self.runtime.run(self.calls.try_update(id, change))
    }

    /// As [`Contacts::update_from`](crate::contacts::Contacts::update_from). A blocking call within the
    /// closure is refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn update_from<F>(&self, read: &Contact, change: F) -> Result<Contact, Error>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
    {
        self.runtime.run(self.calls.update_from(read, change))
    }

    /// As [`Contacts::try_update_from`](crate::contacts::Contacts::try_update_from). A blocking call within
    /// the closure is refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn try_update_from<F, E>(&self, read: &Contact, change: F) -> Result<Contact, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        self.runtime.run(self.calls.try_update_from(read, change))
    }

    /// As [`Contacts::upsert`](crate::contacts::Contacts::upsert). A blocking call within the closure is
    /// refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn upsert<F, K>(&self, structure: &Structure, key: K, change: F) -> Result<Upserted, Error>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
        K: AsRef<str>,
    {
        self.runtime.run(self.calls.upsert(structure, key, change))
    }

    /// As [`Contacts::try_upsert`](crate::contacts::Contacts::try_upsert). A blocking call within the closure
    /// is refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn try_upsert<F, E, K>(
        &self,
        structure: &Structure,
        key: K,
        change: F,
    ) -> Result<Upserted, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
        K: AsRef<str>,
    {
        self.runtime
            .run(self.calls.try_upsert(structure, key, change))
    }

    /// As [`Contacts::stream`](crate::contacts::Contacts::stream).
    pub fn stream(&self) -> Iter<ContactStream> {
        Iter::new(self.calls.stream(), self.runtime.clone())
    }

    /// As [`Contacts::stream_json`](crate::contacts::Contacts::stream_json).
    pub fn stream_json(&self) -> Iter<ContactJsonStream> {
        Iter::new(self.calls.stream_json(), self.runtime.clone())
    }

    /// As [`Contacts::search`](crate::contacts::Contacts::search).
    pub fn search(&self, structure: &Structure) -> Search {
        Search::new(self.calls.search(structure), self.runtime.clone())
    }
}
