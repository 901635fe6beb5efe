//! Contacts by what people call them: an address or an id.

use std::str::FromStr;

use benchmark_email::{Contact, ContactId, EmailAddress, Error};

use super::Account;
use crate::output::Failure;

/// How a contact was named. `Debug` shows no address.
#[derive(Clone, Debug)]
pub(crate) enum ContactName {
    Address(EmailAddress),
    Id(ContactId),
}

impl FromStr for ContactName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        if name.contains('@') {
            return EmailAddress::new(name).map(Self::Address);
        }
        ContactId::new(name).map(Self::Id)
    }
}

impl Account {
    /// The contact, whole. By id one request; by address two more, as only a search finds an address, and what it
    /// finds lacks the version and may lag behind.
    pub(crate) async fn contact(&self, name: &ContactName) -> Result<Contact, Failure> {
        let contacts = self.client.contacts();
        match name {
            ContactName::Id(id) => Ok(contacts.get(id).await?),
            ContactName::Address(address) => {
                let structure = self.structure().await?;
                let found = contacts.find(&structure, address.as_str()).await?.ok_or_else(|| {
                    Failure::failed(format!(
                        "nobody has the address {} in the structure {:?}",
                        address.as_str(),
                        structure.label()
                    ))
                    .next("a contact that was just written may take a moment to be found; --structure names another structure")
                })?;
                Ok(contacts.get(&found.id).await?)
            }
        }
    }
}
