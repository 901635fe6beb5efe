//! Edits that lose nothing: read, change, send all of it back, and once more when somebody else was
//! faster. The service erases what a PUT leaves out, so nothing here is sent that wasn't read.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use serde::Serialize;
use tokio::{sync, time::sleep};

use super::{
    Contact, Contacts, FieldValue, NewContact, Reference,
    contact::{refer, set_field},
};
use crate::{
    ContactId, EmailAddress, Error, ErrorKind, ListId, Structure, TagId, Value,
    budget::Priority,
    structures::{FieldRef, TagRef},
    value::convert,
};

/// How often an edit is applied anew because somebody else changed the contact in between.
const CONFLICTS: u32 = 8;

/// What a closure of [`Contacts::update`] or [`Contacts::upsert`] may change. It can't touch the
/// status: only [`Contacts::unsubscribe`] does, and nothing brings back who left.
#[derive(Clone)]
pub struct Edit {
    structure: Structure,
    key: String,
    fields: Vec<FieldValue>,
    lists: Vec<Reference<ListId>>,
    tags: Vec<Reference<TagId>>,
    /// Why the values aren't known, if so.
    odd: Option<String>,
}

impl Edit {
    fn of(contact: &Contact, structure: &Structure) -> Self {
        Self {
            structure: structure.clone(),
            key: contact.key.as_str().to_owned(),
            fields: contact.fields.clone(),
            lists: contact.lists.clone(),
            tags: contact.tags.clone(),
            odd: contact.odd("fields"),
        }
    }

    /// An edit of nobody yet.
    pub(super) fn blank(structure: &Structure, key: &str) -> Self {
        Self {
            structure: structure.clone(),
            key: key.to_owned(),
            fields: Vec::new(),
            lists: Vec::new(),
            tags: Vec::new(),
            odd: None,
        }
    }

    /// The contact to create of an edit of nobody, and the tags to give it then.
    pub(super) fn into_new(self) -> (NewContact, Vec<Reference<TagId>>) {
        let mut new = NewContact::new(&self.structure, self.key);
        for field in self.fields {
            if let Some(value) = field.value.filter(|value| !value.is_null()) {
                new.push_field(field.id, value);
            }
        }
        let lists = self.lists.into_iter();
        let new = lists.fold(new, |new, list| new.list(list.id));
        (new, self.tags)
    }

    /// The contact with this edit, ready to be sent.
    fn apply(self, mut contact: Contact) -> Result<Contact, Error> {
        if self.key != contact.key.as_str() {
            contact.key = EmailAddress::new(self.key)?;
        }
        contact.fields = self.fields;
        contact.lists = self.lists;
        contact.tags = self.tags;
        Ok(contact)
    }

    /// Sets a field, by label, predefined name or id; `None` clears it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the structure has no such field, naming the nearest, or when
    /// the field's data type can't take the value.
    pub fn set<'f, V>(
        &mut self,
        field: impl Into<FieldRef<'f>>,
        value: V,
    ) -> Result<&mut Self, Error>
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        let value = convert(value)?;
        let id = self.structure.accept(field, &value)?.id.clone();
        set_field(&mut self.fields, id, value);
        Ok(self)
    }

    /// Sets every field that a struct or map names, as [`NewContact::fields`] does. `None` leaves its field
    /// as it stands, so that what a row of a table doesn't hold erases nothing: [`set`](Self::set) clears.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// #[derive(serde::Serialize)]
    /// struct Row {
    ///     #[serde(rename = "First Name")]
    ///     first: Option<String>,
    ///     #[serde(rename = "Seats")]
    ///     seats: Option<u32>,
    /// }
    ///
    /// let structure = client.structures().primary().await?;
    /// let row = Row { first: None, seats: Some(12) };
    /// client
    ///     .contacts()
    ///     .upsert(&structure, "jane.smith@example.com", |c| c.fields(&row))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`NewContact::fields`]; then nothing is set.
    pub fn fields<T: Serialize + ?Sized>(&mut self, values: &T) -> Result<&mut Self, Error> {
        for (id, value) in self.structure.values(values, &self.key)? {
            set_field(&mut self.fields, id, value);
        }
        Ok(self)
    }

    /// The value of a field as it stands, by label, predefined name or id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the structure has no such field; [`ErrorKind::Unreadable`] when
    /// the contact's fields came in a form that isn't understood.
    pub fn get<'f>(&self, field: impl Into<FieldRef<'f>>) -> Result<Option<&Value>, Error> {
        let id = &self.structure.field(field)?.id;
        let field = self.fields.iter().find(|field| field.id == *id);
        if let (None, Some(odd)) = (field, &self.odd) {
            return Err(Error::new(ErrorKind::Unreadable, odd.clone()));
        }
        Ok(field.and_then(|field| field.value.as_ref()))
    }

    /// Gives the contact another e-mail address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when it can't be an address.
    pub fn key(&mut self, address: &str) -> Result<&mut Self, Error> {
        EmailAddress::new(address)?;
        address.clone_into(&mut self.key);
        Ok(self)
    }

    /// Puts the contact on a list, if it isn't on it. Assumed: the form in which lists are sent.
    ///
    /// # Errors
    ///
    /// None; the result lets calls be chained.
    pub fn add_list(&mut self, list: &ListId) -> Result<&mut Self, Error> {
        refer(&mut self.lists, list);
        Ok(self)
    }

    /// Takes the contact off a list, if it is on it.
    ///
    /// # Errors
    ///
    /// None; the result lets calls be chained.
    pub fn remove_list(&mut self, list: &ListId) -> Result<&mut Self, Error> {
        self.lists.retain(|known| known.id != *list);
        Ok(self)
    }

    /// Gives the contact a tag, by label or id, if it hasn't got it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the structure has no such tag, naming the nearest.
    pub fn add_tag<'t>(&mut self, tag: impl Into<TagRef<'t>>) -> Result<&mut Self, Error> {
        refer(&mut self.tags, &self.structure.tag(tag)?.id);
        Ok(self)
    }

    /// Gives the contact these tags, as far as it hasn't got them.
    pub(super) fn with_tags(&mut self, tags: &[Reference<TagId>]) -> &mut Self {
        for tag in tags {
            refer(&mut self.tags, &tag.id);
        }
        self
    }

    /// Takes a tag from the contact, by label or id, if it has it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] when the structure has no such tag, naming the nearest.
    pub fn remove_tag<'t>(&mut self, tag: impl Into<TagRef<'t>>) -> Result<&mut Self, Error> {
        let id = self.structure.tag(tag)?.id.clone();
        self.tags.retain(|known| known.id != id);
        Ok(self)
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit")
            .field("structure", self.structure.id())
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

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
    pub async fn update<F>(&self, id: &ContactId, change: F) -> Result<Contact, Error>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, Error>,
    {
        self.try_update(id, change).await
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
    pub async fn try_update<F, E>(&self, id: &ContactId, change: F) -> Result<Contact, E>
    where
        F: FnMut(&mut Edit) -> Result<&mut Edit, E>,
        E: From<Error>,
    {
        self.begun().update_by(None, id, None, change).await
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
        let turn = self.client.turns().of(id, self.client.manner().priority);
        let _turn = if let Ok(free) = turn.try_lock() {
            free
        } else {
            // Whoever has the turn changes it.
            read_before = None;
            self.in_time(turn.lock()).await?
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
                let structures = self.client.structures();
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
                    let pause = self.client.backoff(conflicts);
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
        self.client.in_time(wait).await.ok_or_else(|| {
            let why = "the deadline passed while the edit waited for its turn";
            Error::new(ErrorKind::Timeout, why).on("replaceContact")
        })
    }
}

/// Whose turn it is to update a contact. Kept only while somebody waits or works.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<(ContactId, Priority), Weak<Turn>>>);

type Turn = sync::Mutex<()>;

impl Turns {
    /// Bulk work may hold its turn until the hour ends, so interactive calls take theirs apart from it;
    /// where the two meet, the contact's version tells.
    fn of(&self, id: &ContactId, priority: Priority) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = (id.clone(), priority);
        if let Some(turn) = turns.get(&one).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(one, Arc::downgrade(&turn));
        turn
    }
}
