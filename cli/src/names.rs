//! What ids are called: the fields and tags of a structure, and its lists.

use benchmark_email::{ContactId, Field, FieldId, List, ListId, Structure, TagId};

use crate::output::Failure;

/// What the ids of one structure are called.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    structure: Structure,
    /// Each field with a name of its own: its label, with the id where that alone isn't clear.
    fields: Vec<(FieldId, String)>,
    lists: Vec<List>,
    /// Contacts by address, where somebody cares.
    contacts: Vec<(ContactId, String)>,
}

/// What every contact has; no field's own name is one of these.
pub(crate) const OF_CONTACTS: [&str; 9] = [
    "email",
    "status",
    "reason",
    "lists",
    "tags",
    "createdAt",
    "updatedAt",
    "id",
    "version",
];

impl Names {
    pub(crate) fn new(structure: Structure, lists: Vec<List>) -> Self {
        let own = |field: &Field| (field.id.clone(), own_name(field, &structure));
        Self {
            fields: structure.fields().iter().map(own).collect(),
            lists,
            structure,
            contacts: Vec::new(),
        }
    }

    /// The same with the address of a contact.
    pub(crate) fn with_contact(mut self, id: &ContactId, address: &str) -> Self {
        self.contacts.push((id.clone(), address.to_owned()));
        self
    }

    pub(crate) fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Each field with a name that no other has.
    pub(crate) fn fields(&self) -> &[(FieldId, String)] {
        &self.fields
    }

    pub(crate) fn tag(&self, id: &TagId) -> Option<&str> {
        let tag = self.structure.tags().iter().find(|tag| tag.id == *id)?;
        Some(&tag.label)
    }

    pub(crate) fn list(&self, id: &ListId) -> Option<&str> {
        let list = self.lists.iter().find(|list| list.id == *id)?;
        Some(&list.name)
    }

    /// The list with this name or id.
    pub(crate) fn find_list(&self, name: &str) -> Result<&List, Failure> {
        if let Some(list) = self.lists.iter().find(|list| list.id.as_str() == name) {
            return Ok(list);
        }
        let named: Vec<&List> = self.lists.iter().filter(|list| list.name == name).collect();
        match named.as_slice() {
            [list] => Ok(list),
            [] => {
                let known: Vec<_> = self
                    .lists
                    .iter()
                    .map(|list| format!("{:?}", list.name))
                    .collect();
                let has = match known.len() {
                    0 => "it has none at all".to_owned(),
                    1..=10 => format!("it has {}", known.join(", ")),
                    many => format!("it has {many} others"),
                };
                Err(Failure::command_line(format!(
                    "the structure {:?} has no list {name:?}; {has}",
                    self.structure.label()
                )))
            }
            several => {
                let ids: Vec<_> = several.iter().map(|list| list.id.as_str()).collect();
                Err(Failure::command_line(format!(
                    "{} lists are called {name:?}: name one by its id ({})",
                    several.len(),
                    ids.join(", ")
                )))
            }
        }
    }

    /// Every id with its name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let structure = [(self.structure.id().as_str(), self.structure.label())];
        let fields = self
            .structure
            .fields()
            .iter()
            .map(|field| (field.id.as_str(), field.label.as_str()));
        let tags = self
            .structure
            .tags()
            .iter()
            .map(|tag| (tag.id.as_str(), tag.label.as_str()));
        let lists = self
            .lists
            .iter()
            .map(|list| (list.id.as_str(), list.name.as_str()));
        let contacts = self
            .contacts
            .iter()
            .map(|(id, address)| (id.as_str(), address.as_str()));
        structure
            .into_iter()
            .chain(fields)
            .chain(tags)
            .chain(lists)
            .chain(contacts)
    }
}

fn own_name(field: &Field, structure: &Structure) -> String {
    let same = structure
        .fields()
        .iter()
        .filter(|other| other.label == field.label)
        .count();
    if same > 1 || OF_CONTACTS.contains(&field.label.as_str()) {
        format!("{} ({})", field.label, field.id)
    } else {
        field.label.clone()
    }
}
