//! Contacts: create, get, list, find, search, export, replace, unsubscribe, delete, events.

mod all;
mod contact;
mod difference;
mod drift;
mod edit;
pub(crate) mod events;
mod found;
mod new;
pub(crate) mod search;
pub(crate) mod settle;

use tokio::time::sleep;

use self::settle::Creation;
use crate::{
    Client, ContactId, EmailAddress, Error, ErrorKind, Structure, error::Doubt, raw::types,
};

pub use all::ContactStream;
pub use contact::{Contact, FieldValue, Reference, Status};
pub use difference::Change;
pub(crate) use edit::Turns;
pub use edit::{Edit, Upserted};
pub use events::{Actor, Event, EventQuery, OfAccount, OfContact};
pub use found::FoundContact;
pub use new::NewContact;
pub use search::{Criterion, Group, Search, SearchColumn};

/// What helps where all contacts are too many for one answer.
const READ_ONE_BY_ONE: &str = "read them with `Contacts::stream`, which holds one at a time, or raise `ClientBuilder::max_body`";

/// The contacts of an account; from [`Client::contacts`].
#[derive(Clone, Debug)]
pub struct Contacts {
    client: Client,
}

impl Contacts {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a contact, and returns it as the service keeps it. Documented: guide Manage Contacts,
    /// step 2.
    ///
    /// The service has no idempotency key. When an answer is lost, the contact is looked for by its
    /// address: if it is there as it was sent, it is returned; if it isn't there, it is sent again, as
    /// often as the [`RetryPolicy`](crate::RetryPolicy) allows. It is never created twice.
    ///
    /// When the service refuses a value or a tag, the structure may have changed since it was read. It is
    /// read once more then (a request, whose answer serves the refusals of the next minute too), and
    /// [`Error::drift`] names what was renamed, removed or given another type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the address can't be one, before anything is sent;
    /// [`ErrorKind::Duplicate`] when the structure has a contact with this address;
    /// [`ErrorKind::MissingScope`] when the key may only read; [`ErrorKind::OutcomeUnknown`] when the
    /// answer was lost and looking for the contact failed too, or found one with this address that is
    /// not what was sent ([`Error::contact`]); otherwise as any call.
    pub async fn create(&self, contact: NewContact) -> Result<Contact, Error> {
        let body = contact.body()?;
        let begun = self.begun();
        let policy = self.client.manner().policy;
        let (mut attempts, mut round, mut lost) = (0, 0, false);
        loop {
            round += 1;
            let left = policy.attempts().saturating_sub(attempts);
            let call = begun.clone().with_attempts(left).client.call();
            let result = call.raw.create_contact(&body).await;
            let failure = match call.finish("createContact", result) {
                Ok(created) => return Ok(created),
                Err(failure) => failure,
            };
            let sent = attempts + failure.attempts();
            attempts += failure.attempts().max(1);
            let failure = failure.after_rounds(sent);
            // A duplicate of one that was sent before may be that one.
            let may_be_ours = lost && failure.is_duplicate();
            if !may_be_ours && !settle::is_open(&failure) {
                let fields: Vec<_> = contact.values().iter().map(|(id, _)| id).collect();
                return Err(begun
                    .explain(failure, contact.structure(), &fields, &[])
                    .await);
            }
            lost = true;
            match begun.settle_creation(&contact, failure).await {
                Creation::Done(created) => return Ok(*created),
                Creation::Unknown(failure) => return Err(failure),
                Creation::NotDone(failure) if attempts >= policy.attempts() => return Err(failure),
                Creation::NotDone(failure) => {
                    let pause = self.client.backoff(round);
                    if !begun.client.has_time_for(pause) {
                        return Err(failure);
                    }
                    sleep(pause).await;
                }
            }
        }
    }

    /// One contact, whole. Documented: guide Manage Contacts, step 3.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub fn get(&self, id: &ContactId) -> impl Future<Output = Result<Contact, Error>> + use<> {
        let (client, id) = (self.client.clone(), id.clone());
        async move {
            let contact = client.ask(async |raw| raw.get_contact(&id).await).await?;
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
        let call = self.client.call();
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
    /// [`replace`](Self::replace). Documented: guide Search Contacts. Whether case matters to the
    /// search is not; addresses that differ only in ASCII case are taken for the same, the exact one
    /// first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the address can't be one; [`ErrorKind::Unreadable`] when the
    /// service answers with other contacts than the one asked for; otherwise as any call.
    pub async fn find(&self, structure: &Structure, key: &str) -> Result<Option<Contact>, Error> {
        const OPERATION: &str = "searchContacts";
        let key = EmailAddress::new(key)?;
        let search = self.search(structure).key(key.as_str()).page_size(10);
        let page = search.page(1).await?;

        let (rows, total) = (page.rows.len(), page.total.unwrap_or(0));
        let mut same: Vec<Contact> = page
            .rows
            .into_iter()
            .filter_map(|row| row.into_contact(structure.id()))
            .filter(|contact| contact.key.as_str().eq_ignore_ascii_case(key.as_str()))
            .collect();
        same.sort_by_key(|contact| contact.key != key);
        match same.into_iter().next() {
            None if rows > 0 || total > 0 => {
                let why = format!(
                    "asked for one address, the service answered {rows} contacts of {total} with others"
                );
                Err(Error::new(ErrorKind::Unreadable, why).on(OPERATION))
            }
            found => Ok(found),
        }
    }

    /// Replaces a contact by this one: **what it doesn't hold is erased.** Read the contact with
    /// [`get`](Self::get), change it, and send it back: what this version doesn't know goes back with
    /// it. Documented: guide Manage Contacts, step 5.
    ///
    /// A refused value or tag is looked into as by [`create`](Self::create), if this client has read the
    /// structure before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the contact has no version because a search found it, or has another
    /// list of fields, lists or tags in the place of one that wasn't understood; nothing is sent then;
    /// [`ErrorKind::Conflict`] when somebody else changed it since it was read: get it again, change
    /// it again, send it again; otherwise as any call.
    pub async fn replace(&self, contact: &Contact) -> Result<Contact, Error> {
        let begun = self.begun();
        match begun.put(contact).await {
            Err(refusal) => {
                let structures = begun.client.structures();
                match structures.remembered(&contact.structure_id) {
                    Some(used) => Err(begun.explain_replacement(refusal, &used, contact).await),
                    None => Err(refusal),
                }
            }
            done => done,
        }
    }

    /// A replacement whose refusal isn't looked into.
    async fn put(&self, contact: &Contact) -> Result<Contact, Error> {
        contact.check_replaces()?;
        EmailAddress::new(contact.key.as_str())?;
        let begun = self.begun();
        let call = begun.client.call();
        let result = call.raw.replace_contact(&contact.id, contact).await;
        match call.finish("replaceContact", result) {
            // The first attempt may have taken place, and made the second one stale.
            Err(failure) if settle::is_open(&failure) => {
                begun.settle_replacement(contact, failure).await
            }
            done => done,
        }
    }

    /// Unsubscribes a contact: no mail is sent to it any more. **The API can't undo it.** Doing it
    /// again does no more. Documented: guide Manage Contacts, step 4.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub async fn unsubscribe(&self, id: &ContactId) -> Result<Contact, Error> {
        let body = types::ContactStatusUpdate {
            status: types::StatusChange {
                primary: types::SettableStatus::Inactive,
                secondary: Some(types::SettableReason::Unsubscribe),
            },
        };
        let begun = self.begun();
        let call = begun.client.call();
        let result = call.raw.update_contact_status(id, &body).await;
        match call.finish("updateContactStatus", result) {
            // A success that leaves the contact active is none.
            Ok(contact) if !contact.is_inactive() => {
                let why = "the answer doesn't say that the contact is inactive";
                let failure = Error::new(ErrorKind::Unreadable, why).on("updateContactStatus");
                begun.settle_unsubscription(id, failure).await
            }
            Err(failure) if settle::is_open(&failure) => {
                begun.settle_unsubscription(id, failure).await
            }
            done => done,
        }
    }

    /// Deletes a contact for good, and returns it as it was; none where the service sent nothing
    /// back. Documented: guide Manage Contacts, step 6.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub async fn delete(&self, id: &ContactId) -> Result<Option<Contact>, Error> {
        let begun = self.begun();
        let call = begun.client.call();
        let result = call.raw.delete_contact(id).await;
        match call.finish("deleteContact", result) {
            Ok(contact) => Ok(Some(contact)),
            // Only the provider's guide says that the answer is the contact.
            Err(empty) if empty.kind() == ErrorKind::Unreadable && empty.body().is_empty() => {
                Ok(None)
            }
            // The first attempt may have taken place, and left nothing to the second.
            Err(gone) if gone.says_record_not_found() && gone.doubt() > Doubt::None => Ok(None),
            Err(failure) if settle::is_open(&failure) => begun.settle_deletion(id, failure).await,
            Err(failure) => Err(failure),
        }
    }

    fn with_attempts(mut self, attempts: u32) -> Self {
        let policy = self.client.manner().policy;
        self.client = self.client.with_retry(policy.max_attempts(attempts));
        self
    }

    /// The same for the requests of one call that begins now.
    fn begun(&self) -> Self {
        Self::new(self.client.begun())
    }
}
