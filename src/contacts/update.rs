//! Updates that lose nothing: read, change, send all of it back, and once more when somebody else was
//! faster. The service erases what a PUT leaves out, so nothing here is sent that wasn't read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::{sync, time::sleep};

use super::{Contact, Contacts, Edit};
use crate::{ContactId, Error, ErrorKind, Structure, budget::Priority};

/// How often an edit is applied anew because somebody else changed the contact in between.
const CONFLICTS: u32 = 8;

impl Contacts {
    /// Changes a contact and loses nothing: reads it, lets the closure change it, and sends all of it
    /// back, properties that this version doesn't know included. When somebody else changed it in
    /// between, it is read again and the closure applied again, up to eight times. When nothing
    /// changed, nothing is sent.
    ///
    /// A refused value or tag is looked into as by [`create`](Self::create).
    ///
    /// Updates of one contact by clones of one client take turns, so they don't make each other stale;
    /// interactive ones don't wait for bulk ones, which may be waiting for the next hour.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client, id: benchmark_email::ContactId) -> Result<(), benchmark_email::Error> {
    /// let jane = client
    ///     .contacts()
    ///     .update(&id, |c| c.set("Company", "Acme, Inc.")?.set("Seats", 12)?.add_tag("VIP"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the closure returns; [`ErrorKind::NotFound`] when no contact has this id;
    /// [`ErrorKind::Conflict`] when others kept being faster; [`ErrorKind::OutcomeUnknown`] when the answer
    /// was lost and the contact shows neither all nor none of the change, so that the closure isn't applied
    /// twice; otherwise as [`replace`](Self::replace).
    pub fn update<F>(
        &self,
        id: &ContactId,
        change: F,
    ) -> impl Future<Output = Result<Contact, Error>> + use<F>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
    {
        self.try_update(id, change)
    }

    /// [`update`](Self::update) with a closure that can fail with an error of the caller's own.
    ///
    /// ```no_run
    /// # fn price(plan: Option<&str>) -> Result<u32, std::num::ParseIntError> { plan.unwrap_or("0").parse() }
    /// # async fn run(client: benchmark_email::Client, id: benchmark_email::ContactId) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::error::Error;
    ///
    /// let jane = client
    ///     .contacts()
    ///     .try_update::<_, Box<dyn Error>>(&id, |c| {
    ///         let price = price(c.get("Plan")?.and_then(|plan| plan.as_str()))?;
    ///         Ok(c.set("Price", price)?)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the closure returns; otherwise as [`update`](Self::update), as the caller's error.
    pub fn try_update<F, E>(
        &self,
        id: &ContactId,
        change: F,
    ) -> impl Future<Output = Result<Contact, E>> + use<F, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        let (contacts, id) = (self.clone(), id.clone());
        async move { contacts.begun().update_by(None, &id, None, change).await }
    }

    /// [`update`](Self::update) of a contact that the caller has read: one request, as long as nobody has
    /// changed it since, for the version that was read goes along. Only when somebody has is it read again,
    /// and the closure applied to what it is then.
    ///
    /// Nothing is sent when the closure changes nothing of what was read, however old that is; it comes back
    /// as it was given. What a search found has no version, and is read first. The labels are those of the
    /// structure as [`known`](crate::structures::Structures::known) has it: for the first contact of a
    /// structure that may be a request more.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// for contact in client.contacts().list().await? {
    ///     client.contacts().update_from(&contact, |c| c.add_tag("VIP")).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    pub fn update_from<F>(
        &self,
        read: &Contact,
        change: F,
    ) -> impl Future<Output = Result<Contact, Error>> + use<F>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
    {
        self.try_update_from(read, change)
    }

    /// [`update_from`](Self::update_from) with a closure that can fail with an error of the caller's own, as
    /// [`try_update`](Self::try_update).
    ///
    /// # Errors
    ///
    /// What the closure returns; otherwise as [`update`](Self::update), as the caller's error.
    pub fn try_update_from<F, E>(
        &self,
        read: &Contact,
        change: F,
    ) -> impl Future<Output = Result<Contact, E>> + use<F, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        let (contacts, id) = (self.clone(), read.id.clone());
        let read = read.version.is_some().then(|| read.clone());
        async move { contacts.begun().update_by(None, &id, read, change).await }
    }

    /// [`update`](Self::update), as a part of a call that has begun: by a structure that the caller has or
    /// else the one that is known, and from a reading that the caller has or else a new one.
    pub(super) async fn update_by<F, E>(
        &self,
        given: Option<&Structure>,
        id: &ContactId,
        mut read_before: Option<Contact>,
        mut change: F,
    ) -> Result<Contact, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        let lock = self.locks.of(id, self.caller.options.priority);
        let _held = if let Ok(free) = lock.try_lock() {
            free
        } else {
            // Whoever holds the lock changes it.
            read_before = None;
            self.in_time(lock.lock()).await?
        };
        let mut conflicts = 0;
        loop {
            let read = match read_before.take() {
                Some(read) => read,
                None => self.get(id).await?,
            };
            let structure = if let Some(given) = given {
                given.clone()
            } else {
                let structures = self.structures();
                structures.known(&read.structure_id).await?
            };
            let mut edit = Edit::of(&read, &structure);
            change(&mut edit)?;
            let edited = edit.apply(read.clone())?;
            if edited == read {
                return Ok(read);
            }
            match self.put(&edited, Some((&read, &structure))).await {
                Err(stale) if stale.is_conflict() && conflicts < CONFLICTS => {
                    conflicts += 1;
                    let pause = self.caller.backoff(conflicts);
                    self.in_time(sleep(pause)).await?;
                }
                Err(refusal) => {
                    let explained = self.explain_replacement(refusal, &structure, &edited);
                    return Err(explained.await.into());
                }
                Ok(done) => return Ok(done),
            }
        }
    }

    /// What takes as long as it takes, unless the deadline of the call comes first.
    async fn in_time<T>(&self, wait: impl Future<Output = T>) -> Result<T, Error> {
        self.caller.in_time(wait).await.ok_or_else(|| {
            let why = "the deadline passed while the edit waited for its turn";
            Error::new(ErrorKind::Timeout, why).on("replaceContact")
        })
    }
}

/// One update of a contact at a time. A lock is kept only while somebody waits or works.
#[derive(Default)]
pub(crate) struct ContactLocks(Mutex<HashMap<(ContactId, Priority), Weak<ContactLock>>>);

type ContactLock = sync::Mutex<()>;

impl ContactLocks {
    /// Bulk work may hold a lock until the hour ends, so interactive calls have locks of their own;
    /// where the two meet, the contact's version tells.
    fn of(&self, id: &ContactId, priority: Priority) -> Arc<ContactLock> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = (id.clone(), priority);
        if let Some(lock) = locks.get(&one).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        locks.insert(one, Arc::downgrade(&lock));
        lock
    }
}
