//! A contact to create, checked as it is put together.

use std::fmt;

use serde::Serialize;

use super::{Contact, FieldValue, Reference, Status};
use crate::{
    ContactId, EmailAddress, Error, FieldId, ListId, Structure, TagId, Value,
    contacts::PrimaryStatus, raw::types, redact, structures::FieldRef, value::convert, wire::Kept,
};

/// A contact to create, with its fields named by label.
///
/// ```
/// # let json = r#"{"_id":"64a1b2c3d4e5f6a7b8c9d0e1","label":"Default Contacts","fields":[
/// #   {"_id":"64a1b2c3d4e5f6a7b8c9d100","label":"First Name","dataType":"text","predefinedField":"firstName"},
/// #   {"_id":"64a1b2c3d4e5f6a7b8c9d103","label":"Seats","dataType":"number"}]}"#;
/// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
/// use benchmark_email::NewContact;
///
/// let jane = NewContact::new(&structure, "jane.smith@example.com")
///     .field("First Name", "Jane")?
///     .field("Seats", 12)?;
///
/// assert!(jane.clone().field("Seats", "many").is_err());
/// assert!(jane.clone().field("Seat", 12).is_err());
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "it is sent by `client.contacts().create(..)`"]
pub struct NewContact {
    structure: Structure,
    key: String,
    fields: Vec<(FieldId, Value)>,
    lists: Vec<ListId>,
    tags: Vec<TagId>,
}

impl NewContact {
    /// A contact with this e-mail address, in this structure. The address is checked when it is sent.
    pub fn new(structure: &Structure, key: impl Into<String>) -> Self {
        Self {
            structure: structure.clone(),
            key: key.into(),
            fields: Vec::new(),
            lists: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Gives a field a value, by label, predefined name or id; once more, another one. `None` is sent as
    /// `null`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no such field, naming
    /// the nearest; or when the field's data type can't take the value.
    pub fn field<'f, V>(mut self, field: impl Into<FieldRef<'f>>, value: V) -> Result<Self, Error>
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        let value = convert(value)?;
        let id = self.structure.accept(field, &value)?.id.clone();
        self.push_field(id, value);
        Ok(self)
    }

    /// Gives every field that a struct or map names a value, with labels (or predefined names) as names.
    /// `None` is left out. A member that stands for the address (`key`, or what the structure calls its
    /// key) must hold the contact's own.
    ///
    /// ```
    /// # let json = r#"{"_id":"s1","label":"Default Contacts","fields":[
    /// #   {"_id":"f1","label":"First Name","dataType":"text","predefinedField":"firstName"},
    /// #   {"_id":"f2","label":"Seats","dataType":"number"}]}"#;
    /// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
    /// # use benchmark_email::NewContact;
    /// #[derive(serde::Serialize)]
    /// struct Customer {
    ///     #[serde(rename = "First Name")]
    ///     first: String,
    ///     #[serde(rename = "Seats")]
    ///     seats: Option<u32>,
    /// }
    ///
    /// let customer = Customer { first: "Jane".into(), seats: Some(12) };
    /// let jane = NewContact::new(&structure, "jane.smith@example.com").fields(&customer)?;
    /// # Ok::<(), benchmark_email::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) as for [`field`](Self::field); when two names
    /// stand for one field; or when it is no struct or map, or nested. No error shows a value.
    pub fn fields<T: Serialize + ?Sized>(mut self, values: &T) -> Result<Self, Error> {
        for (id, value) in self.structure.values(values, &self.key)? {
            self.push_field(id, value);
        }
        Ok(self)
    }

    pub(super) fn push_field(&mut self, id: FieldId, value: Value) {
        self.fields.retain(|(known, _)| *known != id);
        self.fields.push((id, value));
    }

    /// Puts the contact on a list; naming it twice does no more. Assumed: the form in which lists are
    /// sent.
    pub fn list(mut self, list: impl Into<ListId>) -> Self {
        let list = list.into();
        if !self.lists.contains(&list) {
            self.lists.push(list);
        }
        self
    }

    /// Sends a tag along; naming it twice does no more. Tags are documented for a replacement only: look at what
    /// [`create`](crate::contacts::Contacts::create) returns, and where the tag isn't there, add it with
    /// [`update_from`](crate::contacts::Contacts::update_from).
    pub fn tag(mut self, tag: impl Into<TagId>) -> Self {
        let tag = tag.into();
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
        self
    }

    /// The structure that it is for.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn values(&self) -> &[(FieldId, Value)] {
        &self.fields
    }

    pub(super) fn lists(&self) -> &[ListId] {
        &self.lists
    }

    pub(super) fn tags(&self) -> &[TagId] {
        &self.tags
    }

    /// What the service would make of it.
    pub(crate) fn as_contact(&self) -> Result<Contact, Error> {
        let field = |(id, value): &(FieldId, Value)| FieldValue::new(id.clone(), value.clone());
        Ok(Contact {
            id: ContactId::made_of(&self.key),
            key: EmailAddress::new(self.key.as_str())?,
            structure_id: self.structure.id().clone(),
            fields: self.fields.iter().map(field).collect(),
            status: Some(Status::new(PrimaryStatus::Active, None)),
            lists: self.lists.iter().cloned().map(Reference::new).collect(),
            tags: self.tags.iter().cloned().map(Reference::new).collect(),
            created_at: None,
            updated_at: None,
            version: Some(0),
            kept: Kept::default(),
        })
    }

    /// The request's body, if the address can be one.
    pub(crate) fn body(&self) -> Result<types::ContactCreate, Error> {
        let field = |(id, value): &(FieldId, Value)| types::ContactFieldInput {
            id: id.clone(),
            value: value.clone(),
            extra: serde_json::Map::new(),
        };
        let list = |id: &ListId| types::ListAssignment {
            id: id.clone(),
            action: Some("add".to_owned()),
            extra: serde_json::Map::new(),
        };
        let tag = |id: &TagId| types::TagAssignment {
            id: id.clone(),
            extra: serde_json::Map::new(),
        };
        Ok(types::ContactCreate {
            key: EmailAddress::new(self.key.as_str())?,
            contact_structure_id: self.structure.id().clone(),
            fields: self.fields.iter().map(field).collect(),
            lists: self.lists.iter().map(list).collect(),
            tags: self.tags.iter().map(tag).collect(),
        })
    }
}

impl fmt::Debug for NewContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewContact")
            .field("structure", &self.structure.id())
            .field("key", &redact::address(&self.key))
            .field("fields", &self.fields)
            .field("lists", &self.lists)
            .field("tags", &self.tags)
            .finish()
    }
}
