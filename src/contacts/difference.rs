//! In what two readings of a contact differ, as data. No I/O.

use serde::Serialize;

use super::{Contact, FieldValue, Reference, Status};
use crate::{
    EmailAddress, Error, ErrorKind, FieldId, ListId, Structure, TagId, Value, structures::DataType,
    value::Likeness,
};

/// One thing in which a contact is another than it was; from [`Contact::difference`].
///
/// `Debug` hides addresses and values, which are personal data; serializing shows them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change<'a> {
    /// It has another address.
    #[non_exhaustive]
    Key {
        /// The address that it had.
        from: &'a EmailAddress,
        /// The address that it has.
        to: &'a EmailAddress,
    },
    /// A field has another value.
    #[non_exhaustive]
    Field {
        /// The field's id.
        id: &'a FieldId,
        /// What people call it; its id where the structure doesn't know it.
        label: &'a str,
        /// The value that it had; [`Value::Null`] for none.
        from: &'a Value,
        /// The value that it has; [`Value::Null`] for none.
        to: &'a Value,
        /// Whether a service that changes values a little when it stores them could have made one of the
        /// other; never [`Likeness::Same`].
        likeness: Likeness,
    },
    /// It came onto a list.
    #[non_exhaustive]
    ListAdded {
        /// Which list.
        id: &'a ListId,
    },
    /// It went off a list.
    #[non_exhaustive]
    ListRemoved {
        /// Which list.
        id: &'a ListId,
    },
    /// It was given a tag.
    #[non_exhaustive]
    TagAdded {
        /// The tag's id.
        id: &'a TagId,
        /// What people call it; its id where the structure doesn't know it.
        label: &'a str,
    },
    /// A tag was taken from it.
    #[non_exhaustive]
    TagRemoved {
        /// The tag's id.
        id: &'a TagId,
        /// What people call it; its id where the structure doesn't know it.
        label: &'a str,
    },
    /// It has another status.
    #[non_exhaustive]
    Status {
        /// The status that it had.
        from: Option<&'a Status>,
        /// The status that it has.
        to: Option<&'a Status>,
    },
}

/// The part of a contact that a [`Change`] is about; from [`Change::part`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part<'a> {
    /// Its address.
    Key,
    /// The value of this field.
    Field(&'a FieldId),
    /// Whether it is on this list.
    List(&'a ListId),
    /// Whether it has this tag.
    Tag(&'a TagId),
    /// Its status.
    Status,
}

impl<'a> Change<'a> {
    /// The part of the contact that this change is about, so that changes of two differences can be held
    /// against each other: coming onto a list and going off it are about the same part.
    ///
    /// ```
    /// # let json = r#"{"_id":"s1","label":"Default Contacts","fields":[
    /// #   {"_id":"f1","label":"Company","dataType":"text"},{"_id":"f2","label":"Seats","dataType":"number"}]}"#;
    /// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
    /// # let json = r#"{"_id":"c1","key":"jane.smith@example.com","contactStructureId":"s1",
    /// #   "fields":[{"_id":"f2","value":"12"}]}"#;
    /// # let read: benchmark_email::Contact = serde_json::from_str(json).unwrap();
    /// // What we want of a contact, and what somebody else made of it meanwhile.
    /// let (mut wanted, mut now) = (read.clone(), read.clone());
    /// wanted.set(&structure, "Seats", 14)?.set(&structure, "Company", "Acme, Inc.")?;
    /// now.set(&structure, "Seats", 13)?;
    ///
    /// let theirs = read.difference(&now, &structure)?;
    /// let ours = read.difference(&wanted, &structure)?;
    /// let both: Vec<_> = ours
    ///     .iter()
    ///     .filter(|ours| theirs.iter().any(|theirs| theirs.part() == ours.part()))
    ///     .collect();
    /// assert_eq!(both.len(), 1, "only the seats were changed by both");
    /// # Ok::<(), benchmark_email::Error>(())
    /// ```
    #[must_use]
    pub fn part(&self) -> Part<'a> {
        match *self {
            Self::Key { .. } => Part::Key,
            Self::Field { id, .. } => Part::Field(id),
            Self::ListAdded { id } | Self::ListRemoved { id } => Part::List(id),
            Self::TagAdded { id, .. } | Self::TagRemoved { id, .. } => Part::Tag(id),
            Self::Status { .. } => Part::Status,
        }
    }
}

impl Contact {
    /// In what another reading of this contact, or what is to become of it, differs from this one: the
    /// address, the fields in the structure's order, lists, tags, the status. Values that
    /// [say the same](Likeness::Same) in their field don't differ, whatever their form. Nothing is sent.
    ///
    /// ```
    /// # let json = r#"{"_id":"s1","label":"Default Contacts","fields":[
    /// #   {"_id":"f1","label":"Company","dataType":"text"},{"_id":"f2","label":"Seats","dataType":"number"}]}"#;
    /// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
    /// # let json = r#"{"_id":"c1","key":"jane.smith@example.com","contactStructureId":"s1",
    /// #   "fields":[{"_id":"f2","value":"12"}]}"#;
    /// # let jane: benchmark_email::Contact = serde_json::from_str(json).unwrap();
    /// use benchmark_email::contacts::Change;
    ///
    /// let mut wanted = jane.clone();
    /// wanted.set(&structure, "Seats", 12)?.set(&structure, "Company", "Acme, Inc.")?;
    ///
    /// let changes = jane.difference(&wanted, &structure)?;
    /// let [Change::Field { label, from, to, .. }] = changes.as_slice() else { panic!() };
    /// assert_eq!(*label, "Company");
    /// assert!(from.is_null() && to.as_str() == Some("Acme, Inc."));
    /// # Ok::<(), benchmark_email::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when one of the two belongs to another structure;
    /// [`Unreadable`](ErrorKind::Unreadable) when fields, lists or tags of one came in a form that isn't
    /// understood.
    pub fn difference<'a>(
        &'a self,
        after: &'a Self,
        structure: &'a Structure,
    ) -> Result<Vec<Change<'a>>, Error> {
        self.belongs_to(structure)?;
        after.belongs_to(structure)?;
        let mut odd = [self, after].into_iter().flat_map(Contact::odd_lists);
        if let Some(odd) = odd.next() {
            return Err(Error::new(ErrorKind::Unreadable, odd));
        }
        let mut changes = Vec::new();
        if self.key != after.key {
            changes.push(Change::Key {
                from: &self.key,
                to: &after.key,
            });
        }
        changes.extend(fields(&self.fields, &after.fields, structure));
        let removed = missing(&self.lists, &after.lists);
        changes.extend(removed.map(|id| Change::ListRemoved { id }));
        let added = missing(&after.lists, &self.lists);
        changes.extend(added.map(|id| Change::ListAdded { id }));
        let label = |id: &'a TagId| {
            let tag = structure.tags().iter().find(|tag| tag.id == *id);
            tag.map_or(id.as_str(), |tag| tag.label.as_str())
        };
        let removed = missing(&self.tags, &after.tags);
        changes.extend(removed.map(|id| Change::TagRemoved {
            id,
            label: label(id),
        }));
        let added = missing(&after.tags, &self.tags);
        changes.extend(added.map(|id| Change::TagAdded {
            id,
            label: label(id),
        }));
        let told = |status: &'a Option<Status>| {
            let status = status.as_ref();
            status.map(|status| (&status.primary, status.secondary.as_ref()))
        };
        if told(&self.status) != told(&after.status) {
            changes.push(Change::Status {
                from: self.status.as_ref(),
                to: after.status.as_ref(),
            });
        }
        Ok(changes)
    }
}

/// The fields of the structure first, then those that it doesn't know.
fn fields<'a>(
    before: &'a [FieldValue],
    after: &'a [FieldValue],
    structure: &'a Structure,
) -> impl Iterator<Item = Change<'a>> {
    static UNKNOWN: DataType = DataType::Unknown(String::new());
    let known = structure
        .fields()
        .iter()
        .map(|field| (&field.id, field.label.as_str(), &field.data_type));
    let unknown = before
        .iter()
        .chain(
            after
                .iter()
                .filter(|field| !before.iter().any(|b| b.id == field.id)),
        )
        .filter(|field| structure.field_by_id(&field.id).is_none())
        .map(|field| (&field.id, field.id.as_str(), &UNKNOWN));
    known.chain(unknown).filter_map(|(id, label, data_type)| {
        let (from, to) = (value(before, id), value(after, id));
        let likeness = from.likeness(to, data_type);
        (likeness < Likeness::Same).then_some(Change::Field {
            id,
            label,
            from,
            to,
            likeness,
        })
    })
}

fn value<'a>(fields: &'a [FieldValue], id: &FieldId) -> &'a Value {
    let field = fields.iter().find(|field| field.id == *id);
    field
        .and_then(|field| field.value.as_ref())
        .unwrap_or(&Value::Null)
}

/// What is in the one and not in the other.
fn missing<'a, I: PartialEq>(
    one: &'a [Reference<I>],
    other: &'a [Reference<I>],
) -> impl Iterator<Item = &'a I> {
    let lacks = |id: &I| !other.iter().any(|reference| reference.id == *id);
    one.iter()
        .map(|reference| &reference.id)
        .filter(move |id| lacks(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn structure() -> Structure {
        serde_json::from_value(json!({
            "_id": "s1", "label": "Default",
            "fields": [
                {"_id": "f1", "label": "Company", "dataType": "text"},
                {"_id": "f2", "label": "Seats", "dataType": "number"},
                {"_id": "f3", "label": "Since", "dataType": "date"},
            ],
            "tags": [{"_id": "t1", "label": "VIP"}, {"_id": "t2", "label": "Lead"}],
        }))
        .unwrap()
    }

    fn contact(changed: &serde_json::Value) -> Contact {
        let mut contact = json!({
            "_id": "c1", "key": "jane@example.com", "contactStructureId": "s1",
            "fields": [{"_id": "f2", "value": 12}, {"_id": "f1", "value": "Acme"}, {"_id": "f9", "value": "x"}],
            "status": {"primary": "Active"}, "lists": ["l0", "l1"], "tags": [{"_id": "t1"}], "__v": 3,
        });
        let members = contact.as_object_mut().unwrap();
        members.extend(changed.as_object().unwrap().clone());
        serde_json::from_value(contact).unwrap()
    }

    fn told(after: &serde_json::Value) -> serde_json::Value {
        let (before, after, structure) = (contact(&json!({})), contact(after), structure());
        let changes = before.difference(&after, &structure).unwrap();
        serde_json::to_value(changes).unwrap()
    }

    #[test]
    fn what_says_the_same_is_no_difference_whatever_its_form() {
        let same = json!({
            "fields": [
                {"_id": "f1", "value": "Acme", "since": 7}, {"_id": "f2", "value": "12.0"},
                {"_id": "f3", "value": null}, {"_id": "f9", "value": "x"},
            ],
            "status": {"primary": "Active", "note": "x"}, "lists": [{"_id": "l1"}, "l0"], "tags": ["t1"], "__v": 4, "updatedAt": "later",
        });
        assert_eq!(told(&same), json!([]));
    }

    #[test]
    fn each_difference_is_told_by_label_with_what_was_and_what_is() {
        let after = json!({
            "key": "joan@example.com",
            "fields": [{"_id": "f3", "value": "2026-03-28"}, {"_id": "f1", "value": "ACME"}],
            "status": {"primary": "Inactive", "secondary": "Bounce"},
            "lists": ["l0", "l2"], "tags": ["t2", "t9"],
        });
        assert_eq!(
            told(&after),
            json!([
                {"change": "key", "from": "jane@example.com", "to": "joan@example.com"},
                {"change": "field", "id": "f1", "label": "Company", "from": "Acme", "to": "ACME", "likeness": "alike"},
                {"change": "field", "id": "f2", "label": "Seats", "from": 12, "to": null, "likeness": "different"},
                {"change": "field", "id": "f3", "label": "Since", "from": null, "to": "2026-03-28", "likeness": "different"},
                {"change": "field", "id": "f9", "label": "f9", "from": "x", "to": null, "likeness": "different"},
                {"change": "list_removed", "id": "l1"},
                {"change": "list_added", "id": "l2"},
                {"change": "tag_removed", "id": "t1", "label": "VIP"},
                {"change": "tag_added", "id": "t2", "label": "Lead"},
                {"change": "tag_added", "id": "t9", "label": "t9"},
                {"change": "status", "from": {"primary": "Active"},
                    "to": {"primary": "Inactive", "secondary": "Bounce"}},
            ])
        );
    }

    #[test]
    fn each_difference_is_about_its_part_whichever_way_it_goes() {
        let (field, list, tag) = (
            FieldId::new("f1").unwrap(),
            ListId::new("l1").unwrap(),
            TagId::new("t1").unwrap(),
        );
        let (here, structure) = (contact(&json!({})), structure());
        for (changed, part) in [
            (json!({"key": "joan@example.com"}), Part::Key),
            (
                json!({"fields": [{"_id": "f2", "value": 12}, {"_id": "f9", "value": "x"}]}),
                Part::Field(&field),
            ),
            (json!({"lists": ["l0"]}), Part::List(&list)),
            (json!({"tags": []}), Part::Tag(&tag)),
            (json!({"status": {"primary": "Inactive"}}), Part::Status),
        ] {
            let there = contact(&changed);
            for (from, to) in [(&here, &there), (&there, &here)] {
                let changes = from.difference(to, &structure).unwrap();
                let parts: Vec<_> = changes.iter().map(Change::part).collect();
                assert_eq!(parts, [part], "{changed}");
            }
        }
    }

    #[test]
    fn contacts_of_another_structure_are_not_compared() {
        let (here, elsewhere) = (
            contact(&json!({})),
            contact(&json!({"contactStructureId": "s2"})),
        );
        let structure = structure();
        assert!(here.difference(&elsewhere, &structure).is_err());
        assert!(elsewhere.difference(&here, &structure).is_err());
    }
}
