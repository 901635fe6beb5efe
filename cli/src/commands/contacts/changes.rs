//! What `create` and `set` take: values of fields, tags and lists, by name.

use std::str::FromStr;

use benchmark_email::{Error, FieldId, ListId, TagId, Value, contacts::Edit};

use crate::{account::Names, output::Failure};

/// `Label=Value`.
#[derive(Clone)]
pub(super) struct Assignment {
    field: String,
    value: String,
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, value) = text.split_once('=').ok_or("write it as FIELD=VALUE")?;
        let field = field.trim();
        if field.is_empty() {
            return Err("name a field before the `=`");
        }
        if value.is_empty() {
            return Err("there is no value after the `=`; --clear FIELD takes a value away");
        }
        Ok(Self {
            field: field.to_owned(),
            value: value.to_owned(),
        })
    }
}

impl Assignment {
    pub(super) fn field(&self) -> &str {
        &self.field
    }

    pub(super) fn value(&self) -> &str {
        &self.value
    }
}

/// A value is personal data.
impl std::fmt::Debug for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assignment")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

/// What a new contact gets.
#[derive(clap::Args, Debug)]
pub(super) struct Additions {
    /// Give a field a value, for example "Company=Acme, Inc."; again for another field.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<Assignment>,
    /// Give the contact this tag; again for another.
    #[arg(long, value_name = "TAG")]
    add_tag: Vec<String>,
    /// Put the contact on this list; again for another.
    #[arg(long, value_name = "LIST")]
    add_list: Vec<String>,
}

/// What is taken from a contact that there is.
#[derive(clap::Args, Debug)]
pub(super) struct Removals {
    /// Take a field's value away; again for another field.
    #[arg(long, value_name = "FIELD")]
    clear: Vec<String>,
    /// Take this tag away; again for another.
    #[arg(long, value_name = "TAG")]
    remove_tag: Vec<String>,
    /// Take the contact off this list; again for another.
    #[arg(long, value_name = "LIST")]
    remove_list: Vec<String>,
}

/// The same by id, each value checked.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) fields: Vec<(FieldId, Value)>,
    pub(super) add_tags: Vec<TagId>,
    pub(super) remove_tags: Vec<TagId>,
    pub(super) add_lists: Vec<ListId>,
    pub(super) remove_lists: Vec<ListId>,
}

impl Additions {
    /// Whether the lists of the account must be known.
    pub(super) fn name_lists(&self) -> bool {
        !self.add_list.is_empty()
    }

    /// Looks everything up.
    pub(super) fn resolve(&self, names: &Names) -> Result<Changes, Failure> {
        let structure = names.structure();
        let mut changes = Changes::default();
        for assignment in &self.set {
            let field = super::field(names, &assignment.field)?;
            let value = Value::parse(&assignment.value, &field.data_type).map_err(|why| {
                Failure::command_line(format!(
                    "{:?} takes {}; got {}",
                    field.label,
                    why.takes(),
                    why.got()
                ))
            })?;
            changes.set(field.id.clone(), value, &field.label)?;
        }
        for tag in &self.add_tag {
            changes.add_tags.push(structure.tag(tag)?.id.clone());
        }
        for list in &self.add_list {
            changes.add_lists.push(names.find_list(list)?.id.clone());
        }
        Ok(changes)
    }
}

impl Removals {
    pub(super) fn name_lists(&self) -> bool {
        !self.remove_list.is_empty()
    }

    /// Looks everything up, and adds it to what is given.
    pub(super) fn resolve(&self, names: &Names, changes: &mut Changes) -> Result<(), Failure> {
        for label in &self.clear {
            let field = super::field(names, label)?;
            changes.set(field.id.clone(), Value::Null, &field.label)?;
        }
        for tag in &self.remove_tag {
            changes
                .remove_tags
                .push(names.structure().tag(tag)?.id.clone());
        }
        for list in &self.remove_list {
            changes.remove_lists.push(names.find_list(list)?.id.clone());
        }
        let both = changes
            .add_tags
            .iter()
            .find(|tag| changes.remove_tags.contains(tag));
        if let Some(tag) = both {
            let label = names.tag(tag).unwrap_or(tag.as_str());
            return Err(Failure::command_line(format!(
                "the tag {label:?} can't be added and taken away at once"
            )));
        }
        let both = changes
            .add_lists
            .iter()
            .find(|list| changes.remove_lists.contains(list));
        if let Some(list) = both {
            let name = names.list(list).unwrap_or(list.as_str());
            return Err(Failure::command_line(format!(
                "the contact can't be put on and taken off {name:?} at once"
            )));
        }
        Ok(())
    }
}

impl Changes {
    fn set(&mut self, id: FieldId, value: Value, label: &str) -> Result<(), Failure> {
        if self.fields.iter().any(|(known, _)| *known == id) {
            return Err(Failure::command_line(format!(
                "{label:?} is given two values"
            )));
        }
        self.fields.push((id, value));
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self {
            fields,
            add_tags,
            remove_tags,
            add_lists,
            remove_lists,
        } = self;
        fields.is_empty()
            && add_tags.is_empty()
            && remove_tags.is_empty()
            && add_lists.is_empty()
            && remove_lists.is_empty()
    }

    /// Makes them.
    pub(super) fn apply<'e>(&self, edit: &'e mut Edit) -> Result<&'e mut Edit, Error> {
        for (id, value) in &self.fields {
            edit.set(id, value.clone())?;
        }
        for tag in &self.add_tags {
            edit.add_tag(tag)?;
        }
        for tag in &self.remove_tags {
            edit.remove_tag(tag)?;
        }
        for list in &self.add_lists {
            edit.add_list(list)?;
        }
        for list in &self.remove_lists {
            edit.remove_list(list)?;
        }
        Ok(edit)
    }
}
