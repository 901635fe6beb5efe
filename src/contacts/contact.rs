//! A contact as the service keeps it: typed where it is known, whole where it isn't.

use std::marker::PhantomData;

use serde::{
    Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, value::StrDeserializer},
    ser::SerializeMap as _,
};

use crate::{
    ContactId, EmailAddress, Error, ErrorKind, FieldId, ListId, Structure, StructureId, TagId,
    Timestamp, Value,
    contacts::{PrimaryStatus, StatusReason},
    structures::{FieldRef, TagRef},
    value::convert,
    wire::{FromJson, Kept, NameSeed, Odd, Read, Shape, wire_object},
};

wire_object! {
    /// A contact.
    ///
    /// Whatever the service sends is kept, properties that this version doesn't know included, and
    /// goes back with [`Contacts::replace`](crate::contacts::Contacts::replace). The status can be
    /// read and not set: only [`Contacts::unsubscribe`](crate::contacts::Contacts::unsubscribe)
    /// changes it.
    ///
    /// Documented: guides Manage Contacts and Search Contacts. Assumed: the elements of `lists` and
    /// `tags`, which may be objects or plain ids.
    pub struct Contact {
        /// Names the contact.
        required pub id: ContactId = "_id",
        /// The e-mail address.
        required pub key: EmailAddress = "key",
        /// The structure that it belongs to.
        required pub structure_id: StructureId = "contactStructureId",
        /// The values of its custom fields; mostly read by [`Contact::field`] and changed by
        /// [`Contact::set`].
        many pub fields: Vec<FieldValue> = "fields",
        optional pub(crate) status: Status = "status",
        /// The lists that it is on.
        many pub lists: Vec<Reference<ListId>> = "lists",
        /// The tags that it has.
        many pub tags: Vec<Reference<TagId>> = "tags",
        /// When it was created.
        optional pub created_at: Timestamp = "createdAt",
        /// When it was last changed.
        optional pub updated_at: Timestamp = "updatedAt",
        /// The version (`__v`) that a replacement must carry. None for what a search found, and where it
        /// came as something else than a whole number.
        optional pub version: i64 = "__v",
    }
}

impl Contact {
    /// The value of a field, by label, predefined name or id; none when the contact has no value for it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no such field, or the
    /// contact belongs to another structure; [`Unreadable`](crate::ErrorKind::Unreadable) when the
    /// contact's `fields` came in a form that isn't understood.
    pub fn field<'f>(
        &self,
        structure: &Structure,
        field: impl Into<FieldRef<'f>>,
    ) -> Result<Option<&Value>, Error> {
        self.belongs_to(structure)?;
        let field = structure.field(field)?;
        match self.odd("fields") {
            Some(odd) => Err(Error::new(ErrorKind::Unreadable, odd)),
            None => Ok(self.value(&field.id)),
        }
    }

    /// Sets a field here, by label, predefined name or id; [`replace`](crate::contacts::Contacts::replace)
    /// sends it. `None` clears the field.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) as for [`field`](Self::field), or when the
    /// field's data type can't take the value.
    pub fn set<'f, V>(
        &mut self,
        structure: &Structure,
        field: impl Into<FieldRef<'f>>,
        value: V,
    ) -> Result<&mut Self, Error>
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        self.belongs_to(structure)?;
        let value = convert(value)?;
        let field = structure.accept(field, &value)?;
        let id = field.id.clone();
        set_field(&mut self.fields, id, value);
        Ok(self)
    }

    /// The same as if it had left, for tests.
    pub(crate) fn made_inactive(mut self, reason: StatusReason) -> Self {
        self.status = Some(Status::new(PrimaryStatus::Inactive, Some(reason)));
        self
    }

    /// Whether mail may be sent, and if not, why; none where the service didn't say.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// Whether the service says that mail may be sent.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|status| status.primary == PrimaryStatus::Active)
    }

    /// Whether the service says that no mail may be sent.
    #[must_use]
    pub fn is_inactive(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|status| status.primary == PrimaryStatus::Inactive)
    }

    /// Whether it is on this list.
    #[must_use]
    pub fn is_on(&self, list: &ListId) -> bool {
        self.lists.iter().any(|reference| reference.id == *list)
    }

    /// Whether it has this tag.
    #[must_use]
    pub fn has_tag(&self, tag: &TagId) -> bool {
        self.tags.iter().any(|reference| reference.id == *tag)
    }

    /// The labels of its tags.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure doesn't know one of them: read
    /// the structure anew; or when the contact belongs to another structure.
    /// [`Unreadable`](crate::ErrorKind::Unreadable) when its `tags` came in a form that isn't understood.
    pub fn tag_labels<'s>(&self, structure: &'s Structure) -> Result<Vec<&'s str>, Error> {
        self.belongs_to(structure)?;
        let label = |reference: &Reference<TagId>| {
            let tag = structure.tags().iter().find(|tag| tag.id == reference.id);
            tag.map(|tag| tag.label.as_str()).ok_or_else(|| {
                Error::invalid(format!(
                    "the contact {} has the tag {}, which the structure {:?} doesn't know: read the structure anew",
                    self.id,
                    reference.id,
                    structure.label(),
                ))
            })
        };
        if let Some(odd) = self.odd("tags") {
            return Err(Error::new(ErrorKind::Unreadable, odd));
        }
        self.tags.iter().map(label).collect()
    }

    /// Gives it the tag with this label or id here; [`replace`](crate::contacts::Contacts::replace) sends it.
    /// One that it has already changes nothing. Documented: a replacement changes tags. Assumed: how
    /// they are written.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the structure has no such tag, naming the
    /// nearest, or the contact belongs to another structure.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client, jane: benchmark_email::ContactId) -> Result<(), benchmark_email::Error> {
    /// let structure = client.structures().primary().await?;
    /// let mut jane = client.contacts().get(&jane).await?;
    /// jane.add_tag(&structure, "VIP")?.remove_tag(&structure, "Lead")?;
    /// let jane = client.contacts().replace(&jane).await?;
    /// assert_eq!(jane.tag_labels(&structure)?, ["VIP"]);
    /// # Ok(()) }
    /// ```
    pub fn add_tag<'t>(
        &mut self,
        structure: &Structure,
        tag: impl Into<TagRef<'t>>,
    ) -> Result<&mut Self, Error> {
        self.belongs_to(structure)?;
        refer(&mut self.tags, &structure.tag(tag)?.id);
        Ok(self)
    }

    /// Takes the tag with this label or id from it here; [`replace`](crate::contacts::Contacts::replace) sends
    /// it. One that it doesn't have changes nothing.
    ///
    /// # Errors
    ///
    /// As [`add_tag`](Self::add_tag).
    pub fn remove_tag<'t>(
        &mut self,
        structure: &Structure,
        tag: impl Into<TagRef<'t>>,
    ) -> Result<&mut Self, Error> {
        self.belongs_to(structure)?;
        let id = &structure.tag(tag)?.id;
        self.tags.retain(|reference| reference.id != *id);
        Ok(self)
    }

    /// Puts it on a list here; [`replace`](crate::contacts::Contacts::replace) sends it. One that it is
    /// on already changes nothing. Documented: a replacement changes lists. Assumed: how they are
    /// written.
    pub fn add_list(&mut self, list: &ListId) -> &mut Self {
        refer(&mut self.lists, list);
        self
    }

    /// Takes it off a list here; [`replace`](crate::contacts::Contacts::replace) sends it. One that it
    /// isn't on changes nothing.
    pub fn remove_list(&mut self, list: &ListId) -> &mut Self {
        self.lists.retain(|reference| reference.id != *list);
        self
    }

    /// What is wrong with a list of the contact, if it came in a form that isn't understood.
    pub(super) fn odd(&self, list: &str) -> Option<String> {
        let kind = self.kept.odd(list)?;
        Some(format!(
            "the `{list}` of the contact {} came as {kind}, which this version doesn't read; `unexpected_properties` shows it",
            self.id
        ))
    }

    /// The same of each list of it.
    pub(super) fn odd_lists(&self) -> impl Iterator<Item = String> {
        let lists = ["fields", "lists", "tags"].into_iter();
        lists.filter_map(|list| self.odd(list))
    }

    /// Whether a replacement by this contact erases nothing but what was understood.
    pub(super) fn check_replaces(&self) -> Result<(), Error> {
        if self.version.is_none() {
            let why = match self.kept.odd("__v") {
                Some(kind) => format!(
                    "the `__v` of the contact {} came as {kind}, which is no version: what would be replaced isn't known",
                    self.id
                ),
                None => format!(
                    "the contact {} has no version, as a search finds it: get it before you replace it, or what a search leaves out is erased",
                    self.id
                ),
            };
            return Err(Error::invalid(why));
        }
        for (list, is_set) in [
            ("fields", !self.fields.is_empty()),
            ("lists", !self.lists.is_empty()),
            ("tags", !self.tags.is_empty()),
        ] {
            if let Some(odd) = self.odd(list).filter(|_| is_set) {
                return Err(Error::invalid(format!(
                    "{odd}; nothing is sent, as what is there would be erased"
                )));
            }
        }
        Ok(())
    }

    pub(super) fn value(&self, id: &FieldId) -> Option<&Value> {
        self.fields
            .iter()
            .find(|field| field.id == *id)?
            .value
            .as_ref()
    }

    pub(crate) fn belongs_to(&self, structure: &Structure) -> Result<(), Error> {
        if self.structure_id == *structure.id() {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the contact {} belongs to the structure {}, not to {:?} ({})",
            self.id,
            self.structure_id,
            structure.label(),
            structure.id(),
        )))
    }
}

wire_object! {
    /// The value of one custom field. Documented: guide Manage Contacts.
    pub struct FieldValue {
        /// The field's id in the structure.
        required pub id: FieldId = "_id",
        /// The value; none where the service sent `null` or nothing.
        optional pub value: Value = "value",
    }
}

/// Sets one value among these, and leaves what else its field carries.
pub(super) fn set_field(fields: &mut Vec<FieldValue>, id: FieldId, value: Value) {
    match fields.iter_mut().find(|field| field.id == id) {
        // What has no value needn't be told so.
        Some(field) if field.value.is_none() && value.is_null() => {}
        Some(field) => field.value = Some(value),
        None if value.is_null() => {}
        None => fields.push(FieldValue::new(id, value)),
    }
}

impl FieldValue {
    /// Whether it came as `null`, not as nothing.
    pub(crate) fn is_null(&self) -> bool {
        self.value.is_none() && self.kept.has("value")
    }

    pub(crate) fn new(id: FieldId, value: Value) -> Self {
        Self {
            id,
            value: Some(value),
            kept: Kept::default(),
        }
    }
}

wire_object! {
    /// Whether mail may be sent to a contact, and if not, why. Documented: guide Manage Contacts.
    pub struct Status {
        /// `Active` or `Inactive`.
        required pub primary: PrimaryStatus = "primary",
        /// The reason of an inactive contact.
        optional pub secondary: StatusReason = "secondary",
    }
}

impl Status {
    pub(crate) fn new(primary: PrimaryStatus, secondary: Option<StatusReason>) -> Self {
        Self {
            primary,
            secondary,
            kept: Kept::default(),
        }
    }
}

/// A list or tag that a contact refers to. On the wire it is an object with `_id`, or the id itself;
/// which of them is not documented, so both are read and go back as they came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reference<I> {
    /// What it refers to.
    pub id: I,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Word,
    Object(Kept),
}

impl<I> Reference<I> {
    /// A reference to send. Assumed: an object with `_id`.
    #[must_use]
    pub fn new(id: I) -> Self {
        Self {
            id,
            form: Form::Object(Kept::default()),
        }
    }
}

/// Adds a reference, unless it is there, in the form that the others have.
pub(super) fn refer<I: Clone + PartialEq>(references: &mut Vec<Reference<I>>, id: &I) {
    if references.iter().any(|reference| reference.id == *id) {
        return;
    }
    let form = match references.first() {
        Some(Reference {
            form: Form::Word, ..
        }) => Form::Word,
        _ => Form::Object(Kept::default()),
    };
    let id = id.clone();
    references.push(Reference { id, form });
}

impl<I: Serialize> Serialize for Reference<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.form {
            Form::Word => self.id.serialize(serializer),
            Form::Object(kept) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("_id", &self.id)?;
                kept.write_others(&mut map, &[])?;
                map.end()
            }
        }
    }
}

impl<I: FromJson + DeserializeOwned> FromJson for Reference<I> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        ReferenceTo(PhantomData).read(deserializer)
    }
}

/// The two shapes of a reference.
struct ReferenceTo<I>(PhantomData<I>);

impl<'de, I: FromJson + DeserializeOwned> Shape<'de> for ReferenceTo<I> {
    type Value = Reference<I>;
    const EXPECTED: &'static str = "an id, or an object with `_id`";

    fn text(self, text: &str) -> Read<Reference<I>> {
        let id = I::deserialize(StrDeserializer::<serde_json::Error>::new(text));
        match id {
            Ok(id) => Read::Is(Reference {
                id,
                form: Form::Word,
            }),
            Err(_) => self.refused(text),
        }
    }

    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<Read<Reference<I>>, A::Error> {
        const ID: &str = "_id";
        let mut id = None;
        let mut kept = Kept::default();
        let other = |name: &str| (name != ID).then(|| name.to_owned());
        while let Some(name) = object.next_key_seed(NameSeed(other))? {
            match name {
                None if id.is_none() && !kept.has(ID) => {
                    id = kept.next::<false, I, A>(ID, &mut object)?;
                }
                None => {
                    id = None;
                    kept.keep_next(ID.to_owned(), &mut object)?;
                }
                Some(name) => kept.keep_next(name, &mut object)?,
            }
        }
        Ok(match id {
            Some(id) => Read::Is(Reference {
                id,
                form: Form::Object(kept),
            }),
            None => Read::Odd(Odd {
                json: kept.into_object(),
                why: "an object without an `_id`".into(),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"_id":"c1","key":"jane@example.com","contactStructureId":"s1","fields":[{"_id":"f1","value":"Jane","since":7},{"_id":"f2","value":null}],"status":{"primary":"Active","note":"x"},"lists":["l1",{"_id":"l2","action":"add"}],"tags":[{"_id":"t1"}],"createdAt":"2026-03-28T14:30:00.000Z","__v":0,"score":12345678901234567890123.5}"#;

    fn structure() -> Structure {
        serde_json::from_str(
            r#"{"_id":"s1","label":"Default","fields":[{"_id":"f1","label":"First Name","dataType":"text"},{"_id":"f3","label":"Seats","dataType":"number"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_contact_goes_back_as_it_came_at_every_level() {
        let contact: Contact = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(serde_json::to_string(&contact).unwrap(), WHOLE);
    }

    #[test]
    fn a_list_of_nothing_but_null_is_an_empty_one_and_goes_back_as_it_came() {
        let json = r#"{"_id":"c1","key":"jane@example.com","contactStructureId":"s1","fields":[],"lists":[],"tags":[null,null],"__v":0}"#;
        let contact: Contact = serde_json::from_str(json).unwrap();
        assert_eq!((contact.tags.len(), contact.odd("tags")), (0, None));
        let back = serde_json::to_value(&contact).unwrap();
        assert_eq!(
            back,
            serde_json::from_str::<serde_json::Value>(json).unwrap()
        );
        let odd = json.replace("null,null", "7,null");
        let contact: Contact = serde_json::from_str(&odd).unwrap();
        assert!(contact.odd("tags").is_some());
    }

    #[test]
    fn setting_a_field_changes_that_field_only() {
        let mut contact: Contact = serde_json::from_str(WHOLE).unwrap();
        contact
            .set(&structure(), "First Name", "Joan")
            .unwrap()
            .set(&structure(), "Seats", 3)
            .unwrap();
        let expected = WHOLE.replace("Jane", "Joan").replace(
            r#""value":null}"#,
            r#""value":null},{"_id":"f3","value":3}"#,
        );
        assert_eq!(serde_json::to_string(&contact).unwrap(), expected);
    }

    #[test]
    fn a_field_is_read_by_label() {
        let contact: Contact = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(
            contact
                .field(&structure(), "First Name")
                .unwrap()
                .and_then(Value::as_str),
            Some("Jane")
        );
        assert_eq!(contact.field(&structure(), "Seats").unwrap(), None);
        assert!(contact.field(&structure(), "Seat").is_err());
    }

    #[test]
    fn tags_go_by_label_and_in_the_form_of_those_that_are_there() {
        let structure: Structure = serde_json::from_str(
            r#"{"_id":"s1","label":"Default","fields":[],"tags":[{"_id":"t1","label":"VIP"},{"_id":"t2","label":"Lead"}]}"#,
        )
        .unwrap();
        for (before, after) in [
            (r#"["t1"]"#, r#"["t1","t2"]"#),
            (
                r#"[{"_id":"t1","x":1}]"#,
                r#"[{"_id":"t1","x":1},{"_id":"t2"}]"#,
            ),
            ("[]", r#"[{"_id":"t2"}]"#),
        ] {
            let json = WHOLE.replace(r#"[{"_id":"t1"}]"#, before);
            let mut contact: Contact = serde_json::from_str(&json).unwrap();
            contact.add_tag(&structure, "Lead").unwrap();
            contact.add_tag(&structure, "Lead").unwrap();
            assert_eq!(
                serde_json::to_string(&contact).unwrap(),
                json.replace(before, after)
            );
            assert!(contact.tag_labels(&structure).unwrap().ends_with(&["Lead"]));
            contact.remove_tag(&structure, "Lead").unwrap();
            assert_eq!(serde_json::to_string(&contact).unwrap(), json);
        }
    }

    #[test]
    fn an_unknown_tag_is_told() {
        let mut contact: Contact = serde_json::from_str(WHOLE).unwrap();
        let error = contact.tag_labels(&structure()).unwrap_err().to_string();
        assert!(error.contains("read the structure anew"), "{error}");
        assert!(contact.add_tag(&structure(), "VIP").is_err());
        assert!(contact.remove_tag(&structure(), "VIP").is_err());
    }

    #[test]
    fn lists_are_added_and_removed_once() {
        let mut contact: Contact = serde_json::from_str(WHOLE).unwrap();
        let (known, new) = (ListId::new("l1").unwrap(), ListId::new("l3").unwrap());
        contact.add_list(&known).add_list(&new).remove_list(&known);
        let lists = serde_json::to_string(&contact.lists).unwrap();
        assert_eq!(lists, r#"[{"_id":"l2","action":"add"},"l3"]"#);
    }

    #[test]
    fn a_structure_of_another_contact_is_refused() {
        let other: Structure =
            serde_json::from_str(r#"{"_id":"s2","label":"Other","fields":[]}"#).unwrap();
        let contact: Contact = serde_json::from_str(WHOLE).unwrap();
        let error = contact.field(&other, "First Name").unwrap_err().to_string();
        assert!(
            error.contains("belongs to the structure s1, not to \"Other\" (s2)"),
            "{error}"
        );
    }

    #[test]
    fn debug_shows_no_address_and_no_value() {
        let contact: Contact = serde_json::from_str(WHOLE).unwrap();
        let text = format!("{contact:?}");
        assert!(!text.contains("jane@") && !text.contains("Jane"), "{text}");
    }
}
