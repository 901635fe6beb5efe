//! An account of which lines are lost, made consistent again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::fresh;
use crate::account::{
    Account, Change, Contact, DataType, Field, Id, List, ListKind, Structure, Tag, Version,
};
use crate::clock::Moment;

/// What contacts refer to and isn't there.
#[derive(Default)]
struct Missing {
    structures: BTreeMap<Id, Parts>,
    lists: BTreeMap<Id, Id>,
}

/// Of one structure. A field comes with the types that all its values fit.
#[derive(Default)]
struct Parts {
    fields: BTreeMap<Id, Vec<DataType>>,
    tags: BTreeSet<Id>,
}

/// Puts back, named after its id, what contacts refer to and no line tells of any more.
pub(crate) fn complete(account: &mut Account, now: Moment) {
    let missing = Missing::of(account);
    for (id, parts) in missing.structures {
        let mut structure = account
            .structure(id)
            .cloned()
            .unwrap_or_else(|| bare(id, now));
        structure.fields.extend(parts.fields.into_iter().map(field));
        structure.tags.extend(parts.tags.into_iter().map(tag));
        account.apply(Change::Structure(Box::new(structure)));
    }
    for (id, structure_id) in missing.lists {
        account.apply(Change::List(List {
            id,
            structure_id,
            name: format!("List {id}"),
            kind: ListKind::Static,
            created_at: now,
            updated_at: now,
            version: Version::default(),
        }));
    }
    if account.structures().is_empty() {
        let structure = fresh::default_structure(account, now);
        account.apply(structure);
    }
}

impl Missing {
    fn of(account: &Account) -> Self {
        let mut missing = Self::default();
        for list in account.lists() {
            if account.structure(list.structure_id).is_none() {
                missing.structures.entry(list.structure_id).or_default();
            }
        }
        for contact in account.contacts().iter() {
            missing.note(contact, account);
        }
        missing
    }

    fn note(&mut self, contact: &Contact, account: &Account) {
        let structure = account.structure(contact.structure_id);
        let field = |id| structure.is_some_and(|structure| structure.field(id).is_some());
        let tag = |id| structure.is_some_and(|structure| structure.has_tag(id));
        let fields = contact.fields.iter().filter(|value| !field(value.id));
        let tags = contact.tags.iter().filter(|entry| !tag(entry.id));
        let (mut fields, mut tags) = (fields.peekable(), tags.peekable());
        if structure.is_none() || fields.peek().is_some() || tags.peek().is_some() {
            let parts = self.structures.entry(contact.structure_id).or_default();
            for value in fields {
                let fits = parts
                    .fields
                    .entry(value.id)
                    .or_insert_with(|| vec![DataType::Boolean, DataType::Number, DataType::Text]);
                fits.retain(|data_type| data_type.takes(&value.value));
            }
            parts.tags.extend(tags.map(|entry| entry.id));
        }
        for list in &contact.lists {
            if account.list(contact.structure_id, list.id).is_none() {
                self.lists.insert(list.id, contact.structure_id);
            }
        }
    }
}

fn bare(id: Id, now: Moment) -> Structure {
    Structure {
        id,
        label: format!("Contacts {id}"),
        key_name: "Email".to_owned(),
        key_type: "email".to_owned(),
        fields: Vec::new(),
        tags: Vec::new(),
        created_at: now,
        updated_at: now,
        version: Version::default(),
        extra: Map::<String, Value>::new(),
    }
}

fn field((id, fits): (Id, Vec<DataType>)) -> Field {
    Field {
        id,
        label: format!("Field {id}"),
        data_type: fits.first().copied().unwrap_or(DataType::Text),
        required: false,
        predefined: None,
        extra: Map::new(),
    }
}

fn tag(id: Id) -> Tag {
    Tag {
        id,
        label: format!("Tag {id}"),
        extra: Map::new(),
    }
}
