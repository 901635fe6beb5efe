//! What may be changed of a contact, by name. No I/O.

use std::fmt;

use serde::Serialize;

use super::{
    Contact, FieldValue, NewContact, Reference,
    contact::{refer, set_field},
};
use crate::{
    EmailAddress, Error, ErrorKind, FieldId, ListId, Structure, TagId, Value,
    structures::{FieldRef, TagRef},
    value::{Likeness, convert},
};

/// What a closure of [`Contacts::update`](super::Contacts::update) or
/// [`Contacts::upsert`](super::Contacts::upsert) may change. It can't touch the status: only
/// [`Contacts::unsubscribe`](super::Contacts::unsubscribe) does, and nothing brings back who left.
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
    pub(super) fn of(contact: &Contact, structure: &Structure) -> Self {
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
    pub(super) fn apply(self, mut contact: Contact) -> Result<Contact, Error> {
        if self.key != contact.key.as_str() {
            contact.key = EmailAddress::new(self.key)?;
        }
        contact.fields = self.fields;
        contact.lists = self.lists;
        contact.tags = self.tags;
        Ok(contact)
    }

    /// Sets a field, by label, predefined name or id; `None` clears it. A value that
    /// [says the same](Likeness::Same) already stays in the form in which it came.
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
        self.put(id, value);
        Ok(self)
    }

    fn put(&mut self, id: FieldId, value: Value) {
        let held = self.fields.iter().find(|field| field.id == id);
        let held = held.and_then(|field| field.value.as_ref());
        let field = self.structure.field_by_id(&id);
        let says_the_same = held
            .zip(field)
            .is_some_and(|(held, field)| held.likeness(&value, &field.data_type) == Likeness::Same);
        if !says_the_same {
            set_field(&mut self.fields, id, value);
        }
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
            self.put(id, value);
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
    pub fn key(&mut self, address: impl AsRef<str>) -> Result<&mut Self, Error> {
        let address = address.as_ref();
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn debug_shows_what_is_edited_and_no_personal_data() {
        let structure: Structure = serde_json::from_value(json!({
            "_id": "s1", "label": "Default",
            "fields": [{"_id": "name", "label": "First Name", "dataType": "text"}],
        }))
        .unwrap();
        let mut edit = Edit::blank(&structure, "jane@example.com");
        edit.set("First Name", "Jane").unwrap();
        let shown = format!("{edit:?}");
        assert!(shown.contains("s1") && shown.contains("name"), "{shown}");
        assert!(
            !shown.contains("jane") && !shown.contains("Jane"),
            "{shown}"
        );
    }
}
