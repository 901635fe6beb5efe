//! The fields, tags and lists that rows speak of: the account's own, or what is to be created.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use benchmark_email::{FieldId, ListId, Structure, TagId, structures::DataType};
use indexmap::IndexMap;

use super::missing;
use crate::{
    account::Account,
    output::{Exit, Failure},
    sync::{self, Prerequisite, PrerequisiteKind},
};

/// What rows name, and what of it may be created.
pub(super) struct Wanted<'w> {
    pub(super) lists: &'w BTreeSet<String>,
    pub(super) tags: &'w BTreeSet<String>,
    /// The list that is mirrored.
    pub(super) mirror: Option<&'w String>,
    pub(super) create_lists: bool,
    pub(super) create_tags: bool,
}

/// What rows call by name.
pub(super) struct Names {
    /// The structure as it is once the plan's fields and tags are made.
    pub(super) structure: Structure,
    pub(super) lists: HashMap<String, ListId>,
    pub(super) tags: HashMap<String, TagId>,
    pub(super) mirror: Option<ListId>,
    pub(super) prerequisites: Vec<Prerequisite>,
}

impl Names {
    pub(super) fn new(structure: Structure) -> Self {
        Self {
            structure,
            lists: HashMap::new(),
            tags: HashMap::new(),
            mirror: None,
            prerequisites: Vec::new(),
        }
    }

    /// The names of lists by their ids.
    pub(super) fn lists_by_id(&self) -> BTreeMap<String, String> {
        let lists = self.lists.iter();
        lists
            .map(|(name, id)| (id.to_string(), name.clone()))
            .collect()
    }

    /// Stand-ins for those of these fields that the structure hasn't got.
    pub(super) fn create_fields(
        &mut self,
        wanted: IndexMap<String, DataType>,
    ) -> Result<(), Failure> {
        for (label, data_type) in wanted {
            let held = self.structure.fields().iter();
            match held.into_iter().find(|field| field.label == label) {
                Some(held) if held.data_type == data_type => {}
                Some(held) => {
                    return Err(Failure::failed(format!(
                        "the account has a field {label:?} already, whose data type is {} and not {}; nothing was planned",
                        held.data_type.as_str(),
                        data_type.as_str()
                    ))
                    .with_exit(Exit::Guarded));
                }
                None => {
                    let _: FieldId = self.stand_in(
                        PrerequisiteKind::Field,
                        &label,
                        Some(data_type.as_str().to_owned()),
                    )?;
                }
            }
        }
        self.grow(0)
    }

    /// Adds what is to be created, from this one on, to the structure.
    fn grow(&mut self, from: usize) -> Result<(), Failure> {
        let new = self.prerequisites.get(from..).unwrap_or_default();
        self.structure =
            sync::with_new(&self.structure, new).map_err(|why| Failure::failed(why.to_string()))?;
        Ok(())
    }

    /// An id for what the service hasn't given one yet.
    fn stand_in<I: serde::de::DeserializeOwned>(
        &mut self,
        kind: PrerequisiteKind,
        name: &str,
        data_type: Option<String>,
    ) -> Result<I, Failure> {
        let stand_in = format!("new:{}", self.prerequisites.len() + 1);
        let id = serde_json::from_value(serde_json::Value::String(stand_in.clone()))
            .map_err(|why| Failure::failed(why.to_string()))?;
        self.prerequisites.push(Prerequisite {
            kind,
            name: name.to_owned(),
            stand_in,
            data_type,
        });
        Ok(id)
    }

    /// The ids of all lists and tags that rows name: the service's, or stand-ins for what is to be created.
    pub(super) async fn find(
        &mut self,
        account: &Account,
        wanted: &Wanted<'_>,
    ) -> Result<(), Failure> {
        let before = self.prerequisites.len();
        self.find_lists(account, wanted).await?;
        self.find_tags(wanted)?;
        self.grow(before)
    }

    async fn find_lists(&mut self, account: &Account, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let mut names: BTreeSet<&String> = wanted.lists.iter().collect();
        names.extend(wanted.mirror);
        let known = if names.is_empty() {
            Vec::new()
        } else {
            let lists = account.client.lists(self.structure.id());
            lists.all().await?
        };
        let mut new = Vec::new();
        for name in names {
            let mut called = known.iter().filter(|list| list.name == *name);
            match (called.next(), called.next()) {
                (None, _) => new.push(name.as_str()),
                (Some(list), None) => {
                    self.lists.insert(name.clone(), list.id.clone());
                }
                (Some(one), Some(other)) => {
                    return Err(Failure::command_line(format!(
                        "two lists are self {name:?}: {} and {}",
                        one.id, other.id
                    ))
                    .next("rename one of them"));
                }
            }
        }
        if !new.is_empty() && !wanted.create_lists {
            let known: Vec<_> = known.iter().map(|list| list.name.as_str()).collect();
            return Err(missing("list", &new, &known, "--create-lists"));
        }
        for name in new {
            let id = self.stand_in(PrerequisiteKind::List, name, None)?;
            self.lists.insert(name.to_owned(), id);
        }
        if let Some(name) = wanted.mirror {
            self.mirror = self.lists.get(name).cloned();
        }
        Ok(())
    }

    fn find_tags(&mut self, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let mut new = Vec::new();
        for label in wanted.tags {
            match self.structure.tag(label.as_str()) {
                Ok(tag) => {
                    self.tags.insert(label.clone(), tag.id.clone());
                }
                Err(_) => new.push(label.as_str()),
            }
        }
        if !new.is_empty() && !wanted.create_tags {
            let known: Vec<_> = self
                .structure
                .tags()
                .iter()
                .map(|tag| tag.label.as_str())
                .collect();
            return Err(missing("tag", &new, &known, "--create-tags"));
        }
        for label in new {
            let id: TagId = self.stand_in(PrerequisiteKind::Tag, label, None)?;
            self.tags.insert(label.to_owned(), id);
        }
        Ok(())
    }
}
