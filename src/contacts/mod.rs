//! Contacts: create, get, list, find, search, export, replace, unsubscribe, delete, events.

mod all;
mod contact;
mod create;
mod difference;
mod drift;
mod edit;
pub(crate) mod events;
mod found;
mod new;
mod read_back;
pub(crate) mod search;
mod update;
mod upsert;

use std::{fmt, sync::Arc};

use crate::{
    ContactId, EmailAddress, Error, ErrorKind, Structure,
    caller::Caller,
    error::Doubt,
    raw::types,
    settle::{self, settled},
    structures::{Cache, Structures},
    transport::is_the_services_success,
};

pub use crate::open_sets::{
    ActorKind, EventType, FilterColumn, FilterOperator, PrimaryStatus, StatusReason,
};
pub use all::{ContactJsonStream, ContactStream};
pub use contact::{Contact, FieldValue, Reference, Status};
pub use difference::{Change, Part};
pub use edit::Edit;
pub use events::{Actor, Event, EventQuery, OfAccount, OfContact};
pub use found::FoundContact;
pub use new::NewContact;
pub use search::{Criterion, Group, Search, SearchColumn};
pub(crate) use update::ContactLocks;
pub use upsert::Upserted;

/// What helps where all contacts are too many for one answer.
const READ_ONE_BY_ONE: &str = "read them with `Contacts::stream`, which holds one at a time, or raise `ClientBuilder::max_body`";

/// The contacts of an account; from [`Client::contacts`](crate::Client::contacts).
#[derive(Clone)]
pub struct Contacts {
    caller: Caller,
    structures: Arc<Cache>,
    locks: Arc<ContactLocks>,
}

impl Contacts {
    pub(crate) fn new(caller: Caller, structures: Arc<Cache>, locks: Arc<ContactLocks>) -> Self {
        Self {
            caller,
            structures,
            locks,
        }
    }

    /// The structures that these contacts belong to.
    fn structures(&self) -> Structures {
        Structures::new(self.caller.clone(), Arc::clone(&self.structures))
    }

    /// One contact, whole. Documented: guide Manage Contacts, step 3.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub fn get(&self, id: &ContactId) -> impl Future<Output = Result<Contact, Error>> + use<> {
        let (caller, id) = (self.caller.clone(), id.clone());
        async move {
            let contact = caller.ask(async |raw| raw.get_contact(&id).await).await?;
            if contact.id != id {
                let why = "asked for one contact, the service answered another";
                return Err(Error::new(ErrorKind::Unreadable, why).on("getContact"));
            }
            Ok(contact)
        }
    }

    /// Every contact of the account, in one answer and one request. Documented: guide Manage Contacts,
    /// step 7, for small accounts. Assumed: a bare array.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when the answer is larger than
    /// [`max_body`](crate::ClientBuilder::max_body) allows, where [`stream`](Self::stream) helps; otherwise
    /// as any call.
    pub fn list(&self) -> impl Future<Output = Result<Vec<Contact>, Error>> + use<> {
        let call = self.caller.call();
        let all = call.ask_all(async |raw| raw.list_contacts().await);
        async {
            all.await.map_err(|error| match error.kind() {
                ErrorKind::TooLarge => error.advising(READ_ONE_BY_ONE),
                _ => error,
            })
        }
    }

    /// The contact of a structure with this address, if there is one; one request.
    ///
    /// It comes from a search, which answers no version: [`get`](Self::get) it before a
    /// [`replace`](Self::replace). A search may lag behind the writes, so that a contact created a moment ago
    /// isn't found yet; by how much is not stated. Documented: guide Search Contacts. Whether case matters to
    /// the search is not; addresses that differ only in ASCII case are taken for the same, the exact one
    /// first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the address can't be one; [`ErrorKind::Unreadable`] when the
    /// service answers with other contacts than the one asked for; otherwise as any call.
    pub fn find<K: AsRef<str>>(
        &self,
        structure: &Structure,
        key: K,
    ) -> impl Future<Output = Result<Option<Contact>, Error>> + use<K> {
        let (contacts, structure) = (self.clone(), structure.clone());
        let key = key.as_ref().to_owned();
        async move {
            let rows = contacts.rows_with_key(&structure, &key).await?;
            Ok(rows.into_iter().next())
        }
    }

    /// The contacts with this address in whichever structure has one: a request for the structures, and one
    /// for each of them. For who has an address and nothing else, as an unsubscription or an erasure has.
    ///
    /// They come from a search, as by [`find`](Self::find); of one structure all whose addresses differ in
    /// ASCII case only, the exact one first.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// for contact in client.contacts().find_everywhere("jane.smith@example.com").await? {
    ///     client.contacts().unsubscribe(&contact.id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find); an error about one structure is one about all, so that nobody is passed over.
    pub fn find_everywhere<K: AsRef<str>>(
        &self,
        key: K,
    ) -> impl Future<Output = Result<Vec<Contact>, Error>> + use<K> {
        let (contacts, key) = (self.clone(), EmailAddress::new(key.as_ref()));
        async move {
            let (contacts, key) = (contacts.begun(), key?);
            let mut found = Vec::new();
            for structure in contacts.structures().all().await? {
                found.extend(contacts.rows_with_key(&structure, key.as_str()).await?);
            }
            Ok(found)
        }
    }

    /// What a search finds of the contacts with this address, the exact one first.
    async fn rows_with_key(&self, structure: &Structure, key: &str) -> Result<Vec<Contact>, Error> {
        const OPERATION: &str = "searchContacts";
        let key = EmailAddress::new(key)?;
        let search = self.search(structure).key(key.as_str()).page_size(10);
        let page = search.page(1).await?;

        let (rows, total) = (page.rows.len(), page.total.unwrap_or(0));
        let mut same: Vec<Contact> = page
            .rows
            .into_iter()
            .filter_map(|row| row.into_contact(structure.id()))
            .filter(|contact| keys_alike(&contact.key, &key))
            .collect();
        same.sort_by_key(|contact| contact.key != key);
        if same.is_empty() && (rows > 0 || total > 0) {
            let why = format!(
                "asked for one address, the service answered {rows} contacts of {total} with others"
            );
            return Err(Error::new(ErrorKind::Unreadable, why).on(OPERATION));
        }
        Ok(same)
    }

    /// The contacts with this address as they are, the exact one first. A search says which they are, and
    /// may lag: one that is gone, or has another address by now, is left out, and a new one isn't found yet.
    async fn with_key(&self, structure: &Structure, key: &str) -> Result<Vec<Contact>, Error> {
        let mut there = Vec::new();
        for row in self.rows_with_key(structure, key).await? {
            match self.get(&row.id).await {
                Ok(contact) if keys_alike(&contact.key, &row.key) => there.push(contact),
                Ok(_) => {}
                Err(gone) if gone.says_record_not_found() => {}
                Err(why) => return Err(why),
            }
        }
        Ok(there)
    }

    /// Replaces a contact by this one: **what it doesn't hold is erased.** Read the contact with
    /// [`get`](Self::get), change it, and send it back: what this version doesn't know goes back with
    /// it. Documented: guide Manage Contacts, step 5.
    ///
    /// A refused value or tag is looked into as by [`create`](Self::create), if this client has read the
    /// structure before. When an answer is lost, a look at the contact tells what became of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the contact has no version because a search found it, or has another
    /// list of fields, lists or tags in the place of one that wasn't understood; nothing is sent then;
    /// [`ErrorKind::Conflict`] when somebody else changed it since it was read: get it again, change
    /// it again, send it again; [`ErrorKind::OutcomeUnknown`] when the answer was lost, and the contact
    /// doesn't say what was sent, or couldn't be looked at; otherwise as any call.
    pub fn replace(
        &self,
        contact: &Contact,
    ) -> impl Future<Output = Result<Contact, Error>> + use<> {
        let (contacts, contact) = (self.clone(), contact.clone());
        async move {
            let contacts = contacts.begun();
            let refusal = match contacts.put(&contact, None).await {
                Ok(done) => return Ok(done),
                Err(refusal) => refusal,
            };
            let structures = contacts.structures();
            match structures.remembered(&contact.structure_id) {
                Some(used) => Err(contacts.explain_replacement(refusal, &used, &contact).await),
                None => Err(refusal),
            }
        }
    }

    /// A replacement whose refusal isn't looked into, as part of a call; with the reading that it was made
    /// from, where there is one.
    async fn put(
        &self,
        contact: &Contact,
        read: Option<(&Contact, &Structure)>,
    ) -> Result<Contact, Error> {
        contact.check_replaces()?;
        EmailAddress::new(contact.key.as_str())?;
        let caller = &self.caller;
        let replaced = caller.ask(async |raw| raw.replace_contact(&contact.id, contact).await);
        settled(replaced.await, self.look_at_replacement(contact, read)).await
    }

    /// Unsubscribes a contact: no mail is sent to it any more. **The API can't undo it.** Doing it
    /// again does no more. Documented: guide Manage Contacts, step 4.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub fn unsubscribe(
        &self,
        id: &ContactId,
    ) -> impl Future<Output = Result<Contact, Error>> + use<> {
        let body = types::ContactStatusUpdate {
            status: types::StatusChange {
                primary: types::SettableStatus::Inactive,
                secondary: Some(types::SettableReason::Unsubscribe),
            },
        };
        let (contacts, id) = (self.clone(), id.clone());
        async move {
            let contacts = contacts.begun();
            let caller = &contacts.caller;
            let updated = caller.ask(async |raw| raw.update_contact_status(&id, &body).await);
            match updated.await {
                // A success that leaves the contact active is none.
                Ok(contact) if !contact.is_inactive() => {
                    let why = "the answer doesn't say that the contact is inactive";
                    let failure = Error::new(ErrorKind::Unreadable, why).on("updateContactStatus");
                    settle::conclude(failure, contacts.look_at_unsubscription(&id).await)
                }
                outcome => settled(outcome, contacts.look_at_unsubscription(&id)).await,
            }
        }
    }

    /// Deletes a contact for good, and returns it as it was; none where the service sent nothing back, or
    /// the answer was lost. Documented: guide Manage Contacts, step 6.
    ///
    /// That it is gone is believed of the service alone: of its answer, or of its own 404 after one that was
    /// lost. Another server's or a proxy's proves nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub fn delete(
        &self,
        id: &ContactId,
    ) -> impl Future<Output = Result<Option<Contact>, Error>> + use<> {
        let (contacts, id) = (self.clone(), id.clone());
        async move {
            let contacts = contacts.begun();
            let caller = &contacts.caller;
            let deleted = caller.ask(async |raw| raw.delete_contact(&id).await);
            match deleted.await.map(Some) {
                // Only the provider's guide says that the answer is the contact.
                Err(empty) if empty.body().is_empty() && is_the_services_success(&empty) => {
                    Ok(None)
                }
                // An earlier attempt may have taken place, and left nothing to the last.
                Err(gone) if gone.says_record_not_found() && gone.doubt() > Doubt::None => Ok(None),
                outcome => settled(outcome, contacts.look_at_deletion(&id)).await,
            }
        }
    }

    fn with_attempts(mut self, attempts: u32) -> Self {
        self.caller = self.caller.with_attempts(attempts);
        self
    }

    /// The same for the requests of one call that begins now.
    fn begun(&self) -> Self {
        let mut contacts = self.clone();
        contacts.caller = self.caller.begun();
        contacts
    }
}

impl fmt::Debug for Contacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Contacts").field(&self.caller).finish()
    }
}

/// Whether two addresses may be one to the service, which doesn't state whether case matters.
fn keys_alike(one: &EmailAddress, other: &EmailAddress) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}
