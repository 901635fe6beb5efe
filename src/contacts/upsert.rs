//! Creating a contact or changing the one that there is, whoever else does the same.

use super::{Contact, Contacts, Edit};
use crate::{Error, Structure};

/// What became of [`Contacts::upsert`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Upserted {
    /// There was none with this address: this one was created.
    Created(Contact),
    /// There was one, and it was changed if anything was to change.
    Updated(Contact),
}

impl Upserted {
    /// The contact, in either case.
    #[must_use]
    pub fn into_contact(self) -> Contact {
        match self {
            Self::Created(contact) | Self::Updated(contact) => contact,
        }
    }
}

impl Contacts {
    /// Creates the contact with this address, or changes the one that there is, like
    /// [`update`](Self::update). Two upserts of one address make one contact: who comes second finds
    /// the first's and changes it. Neither ever changes a status: who has left stays so.
    ///
    /// A search says whether there is one, and may lag behind the writes. A contact that it doesn't show yet is
    /// found out by the service's refusal of a second one, and looked for until the search shows it, for as
    /// long as the [`RetryPolicy`](crate::retry::RetryPolicy::search_lag) allows.
    ///
    /// In both cases the closure's labels are those of `structure`, even where they have changed since it
    /// was read. A refused value or tag is looked into as by [`create`](Self::create).
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let structure = client.structures().primary().await?;
    /// let jane = client
    ///     .contacts()
    ///     .upsert(&structure, "jane.smith@example.com", |c| c.set("First Name", "Jane"))
    ///     .await?
    ///     .into_contact();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find), [`create`](Self::create) and [`update`](Self::update);
    /// [`Duplicate`](crate::ErrorKind::Duplicate) when the service has a contact that its search doesn't
    /// show in time; [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) also when the contact was created
    /// and its tags couldn't be given, with [`Error::contact`].
    pub fn upsert<F, K>(
        &self,
        structure: &Structure,
        key: K,
        change: F,
    ) -> impl Future<Output = Result<Upserted, Error>> + use<F, K>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
        K: AsRef<str>,
    {
        self.try_upsert(structure, key, change)
    }

    /// [`upsert`](Self::upsert) with a closure that can fail with an error of the caller's own, as
    /// [`try_update`](Self::try_update).
    ///
    /// # Errors
    ///
    /// What the closure returns; otherwise as [`upsert`](Self::upsert), as the caller's error.
    pub fn try_upsert<F, E, K>(
        &self,
        structure: &Structure,
        key: K,
        change: F,
    ) -> impl Future<Output = Result<Upserted, E>> + use<F, E, K>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
        K: AsRef<str>,
    {
        let (contacts, structure) = (self.clone(), structure.clone());
        let key = key.as_ref().to_owned();
        async move { contacts.begun().upsert_by(&structure, &key, change).await }
    }

    /// [`upsert`](Self::upsert), as a part of a call that has begun.
    async fn upsert_by<F, E>(
        &self,
        structure: &Structure,
        key: &str,
        mut change: F,
    ) -> Result<Upserted, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        let found = self.with_key(structure, key).await?;
        if let Some(found) = found.into_iter().next() {
            let updated = self.update_read(structure, found, change);
            return updated.await.map(Upserted::Updated);
        }
        let mut edit = Edit::blank(structure, key);
        change(&mut edit)?;
        let (new, tags) = edit.into_new();
        let created = match self.create(new).await {
            Ok(created) => created,
            // Somebody was faster, or the search doesn't show yet who was there before.
            Err(exists) if exists.is_duplicate() => {
                let Some(found) = self.find_patiently(structure, key).await? else {
                    return Err(exists.into());
                };
                let updated = self.update_read(structure, found, change);
                return updated.await.map(Upserted::Updated);
            }
            Err(error) => return Err(error.into()),
        };
        if tags.is_empty() {
            return Ok(Upserted::Created(created));
        }
        // Only a replacement is documented to take tags.
        let tagged = self.update_by(Some(structure), &created.id, None, |edit| {
            Ok(edit.with_tags(&tags))
        });
        match tagged.await {
            Ok(tagged) => Ok(Upserted::Created(tagged)),
            // One half is done.
            Err(error) => Err(Error::outcome_unknown(error)
                .with_contact(created.id)
                .into()),
        }
    }

    /// [`update`](Self::update) of a contact that was read a moment ago.
    async fn update_read<F, E>(
        &self,
        structure: &Structure,
        read: Contact,
        change: F,
    ) -> Result<Contact, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        let id = read.id.clone();
        self.update_by(Some(structure), &id, Some(read), change)
            .await
    }

    /// A contact with this address, looked for until a search that lags has shown it.
    async fn find_patiently(
        &self,
        structure: &Structure,
        key: &str,
    ) -> Result<Option<Contact>, Error> {
        let mut looks = self.caller.looks();
        loop {
            let found = self.with_key(structure, key).await?.into_iter().next();
            if found.is_some() || !looks.again().await {
                return Ok(found);
            }
        }
    }
}
