//! Contacts: create, get, list, find, replace, unsubscribe, delete.

mod contact;
mod found;
mod new;

use crate::{Client, ContactId, EmailAddress, Error, ErrorKind, Structure, raw::types};

pub use contact::{Contact, FieldValue, Reference, Status};
pub use found::FoundContact;
pub use new::NewContact;

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
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the address can't be one, before anything is sent;
    /// [`ErrorKind::Duplicate`] when the structure has a contact with this address;
    /// [`ErrorKind::MissingScope`] when the key may only read; otherwise as any call.
    pub async fn create(&self, contact: NewContact) -> Result<Contact, Error> {
        let body = contact.body()?;
        let call = self.client.call();
        let result = call.raw.create_contact(&body).await;
        call.finish("createContact", result)
    }

    /// One contact, whole. Documented: guide Manage Contacts, step 3.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub async fn get(&self, id: &ContactId) -> Result<Contact, Error> {
        let call = self.client.call();
        let result = call.raw.get_contact(id).await;
        call.finish("getContact", result)
    }

    /// Every contact of the account, in one answer and one request. Documented: guide Manage Contacts,
    /// step 7, for small accounts. Assumed: a bare array.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when the answer is larger than
    /// [`max_body`](crate::ClientBuilder::max_body); otherwise as any call.
    pub async fn list(&self) -> Result<Vec<Contact>, Error> {
        let call = self.client.call();
        let result = call.raw.list_contacts().await;
        call.finish("listContacts", result)
            .map(|contacts| contacts.0)
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
        let body = by_key(structure, &key);
        let call = self.client.call();
        let result = call.raw.search_contacts(&body).await;
        let page = call.finish(OPERATION, result)?;

        let rows = page.contacts.len();
        let mut same: Vec<Contact> = page
            .contacts
            .into_iter()
            .filter_map(|row| row.into_contact(structure.id()))
            .filter(|contact| contact.key.as_str().eq_ignore_ascii_case(key.as_str()))
            .collect();
        same.sort_by_key(|contact| contact.key != key);
        match same.into_iter().next() {
            None if rows > 0 => {
                let why = format!(
                    "asked for one address, the service answered {rows} contacts with others"
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
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the contact has no version because a search found it;
    /// [`ErrorKind::Conflict`] when somebody else changed it since it was read: get it again, change
    /// it again, send it again; otherwise as any call.
    pub async fn replace(&self, contact: &Contact) -> Result<Contact, Error> {
        if contact.version.is_none() {
            return Err(Error::invalid(format!(
                "the contact {} has no version, as a search finds it: get it before you replace it, or what a search leaves out is erased",
                contact.id
            )));
        }
        EmailAddress::new(contact.key.as_str())?;
        let call = self.client.call();
        let result = call.raw.replace_contact(&contact.id, contact).await;
        call.finish("replaceContact", result)
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
                primary: types::StatusChangePrimary::Inactive,
                secondary: Some(types::StatusChangeSecondary::Unsubscribe),
            },
        };
        let call = self.client.call();
        let result = call.raw.update_contact_status(id, &body).await;
        let done = call.finish("updateContactStatus", result);
        self.or_read_back(id, done).await
    }

    /// Deletes a contact for good, and returns it as it was; none where the service sent nothing
    /// back. Documented: guide Manage Contacts, step 6.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when none has this id; otherwise as any call.
    pub async fn delete(&self, id: &ContactId) -> Result<Option<Contact>, Error> {
        let call = self.client.call();
        let result = call.raw.delete_contact(id).await;
        match call.finish("deleteContact", result) {
            Ok(contact) => Ok(Some(contact)),
            Err(error) if error.kind() == ErrorKind::Unreadable => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a change answers is documented for few operations: where it isn't the contact, it is read.
    async fn or_read_back(
        &self,
        id: &ContactId,
        done: Result<Contact, Error>,
    ) -> Result<Contact, Error> {
        match done {
            Err(error) if error.kind() == ErrorKind::Unreadable => self.get(id).await,
            done => done,
        }
    }
}

/// A search for one address, with every column that there is.
fn by_key(structure: &Structure, key: &EmailAddress) -> types::ContactSearch {
    use types::SearchColumn as Column;
    let criterion = types::SearchCriterion {
        column_to_filter: "KEY".to_owned(),
        operator: "EQ".to_owned(),
        values: vec![key.as_str().into()],
        field_id: None,
        extra: serde_json::Map::new(),
    };
    types::ContactSearch {
        contact_structure_id: structure.id().clone(),
        contact_specification: types::ContactSpecification {
            filters: vec![types::SearchGroup {
                criterias: vec![criterion],
                extra: serde_json::Map::new(),
            }],
            extra: serde_json::Map::new(),
        },
        page: std::num::NonZeroU32::MIN,
        page_size: std::num::NonZeroU32::MIN.saturating_add(9),
        source: vec![
            Column::Id,
            Column::Key,
            Column::Fields,
            Column::Tags,
            Column::Lists,
            Column::ContactStatus,
            Column::ContactSubStatus,
            Column::CreatedAt,
            Column::UpdatedAt,
        ],
        extra: serde_json::Map::new(),
    }
}
