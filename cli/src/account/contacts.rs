//! Contacts by what people call them: an address or an id.

use std::str::FromStr;

use benchmark_email::{Contact, ContactId, EmailAddress, Error, Structure};

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
        Ok(ContactId::new(name).map(Self::Id)?)
    }
}

impl ContactName {
    /// As it was given.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Address(address) => address.as_str(),
            Self::Id(id) => id.as_str(),
        }
    }
}

impl Account {
    /// The contact's id; a search where an address was given, and nothing where an id was.
    pub(crate) async fn contact_id(&self, name: &ContactName) -> Result<ContactId, Failure> {
        match name {
            ContactName::Id(id) => Ok(id.clone()),
            ContactName::Address(address) => {
                let structure = self.structure().await?;
                let found = self
                    .client
                    .contacts()
                    .find(&structure, address.as_str())
                    .await?;
                let found = found.ok_or_else(|| nobody_has(address, &structure))?;
                Ok(found.id)
            }
        }
    }

    /// The contact, whole. By id one request; by address two more, as only a search finds an address, and what it
    /// finds lacks the version and may lag behind.
    pub(crate) async fn contact(&self, name: &ContactName) -> Result<Contact, Failure> {
        let id = self.contact_id(name).await?;
        Ok(self.client.contacts().get(&id).await?)
    }
}

fn nobody_has(address: &EmailAddress, structure: &Structure) -> Failure {
    Failure::failed(format!(
        "nobody has the address {} in the structure {:?}",
        address.as_str(),
        structure.label()
    ))
    .next("a contact that was just written may take a moment to be found; --structure names another structure")
}
