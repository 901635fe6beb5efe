//! The lists of a structure: create, get, page, all, rename, delete, duplicate, merge.

mod find;
mod list;
mod query;

use std::slice;

use crate::{
    Error, ListId, StructureId, Value,
    caller::Caller,
    raw::types,
    settle::{Look, is_next, settled},
    structures::DataType,
    value::Likeness,
};

pub use crate::open_sets::{ListKind, ListSort};
pub use list::List;
pub use query::ListQuery;

/// The lists of a structure; from [`Client::lists`](crate::Client::lists).
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
/// let structure = client.structures().primary().await?;
/// let lists = client.lists(structure.id());
/// let spring = lists.create("Spring").await?;
/// let copy = lists.duplicate(&spring.id, "Spring, a copy").await?;
/// let copy = lists.rename(&copy, "Summer").await?;
/// let both = lists.merge(&[spring.id.clone(), copy.id.clone()], "Spring and summer").await?;
/// lists.delete_many(&[spring.id, copy.id]).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Lists {
    caller: Caller,
    structure: StructureId,
}

impl Lists {
    pub(crate) fn new(caller: Caller, structure: StructureId) -> Self {
        Self { caller, structure }
    }

    /// Creates an empty list. Documented: guide Manage Lists. Whether names must be unique is not:
    /// [`find_or_create`](Self::find_or_create) creates none that is there.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the name is empty or longer than 1,000
    /// characters, before anything is sent; [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when
    /// the answer was lost, as names may not be unique and a look can't tell; otherwise as any call.
    pub fn create<N: AsRef<str>>(
        &self,
        name: N,
    ) -> impl Future<Output = Result<List, Error>> + use<N> {
        let (lists, name) = (self.clone(), list_name(name.as_ref()));
        async move {
            let Self { caller, structure } = &lists;
            let body = types::ListCreate {
                name: name?,
                type_: None,
            };
            let created = caller.ask(async |raw| raw.create_list(structure, &body).await);
            created.await.map_err(of_a_name)
        }
    }

    /// One list. Documented: guide Manage Lists.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) or, as the provider's OpenAPI document has it,
    /// [`Validation`](crate::ErrorKind::Validation) when none has this id; otherwise as any call.
    pub fn get(&self, id: &ListId) -> impl Future<Output = Result<List, Error>> + use<> {
        let (structure, id) = (self.structure.clone(), id.clone());
        self.caller
            .ask(async move |raw| raw.get_list(&structure, &id).await)
    }

    /// Lists by page, with how many contacts each has: by name, sorted, or all.
    pub fn query(&self) -> ListQuery {
        ListQuery::new(self.caller.clone(), self.structure.clone())
    }

    /// Id, name and kind of every list, in one request. Documented: the provider's OpenAPI document; it
    /// comes as an array or within `records`, and both are read.
    ///
    /// # Errors
    ///
    /// As any call: see [`ErrorKind`](crate::ErrorKind).
    pub fn all(&self) -> impl Future<Output = Result<Vec<List>, Error>> + use<> {
        let structure = self.structure.clone();
        let call = self.caller.call();
        call.ask_all(async move |raw| raw.list_all_lists(&structure).await)
    }

    /// Gives a list another name, if nobody has changed it since it was read. Documented: guide Manage
    /// Lists.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the name is empty or longer than 1,000
    /// characters, or the list has no version because [`all`](Self::all) listed it;
    /// [`Conflict`](crate::ErrorKind::Conflict) when somebody else has changed it: get it again;
    /// otherwise as any call.
    pub fn rename<N: AsRef<str>>(
        &self,
        list: &List,
        name: N,
    ) -> impl Future<Output = Result<List, Error>> + use<N> {
        let (lists, list) = (self.clone(), list.clone());
        let name = list_name(name.as_ref());
        async move {
            let v = list.version.ok_or_else(|| {
                Error::invalid(format!(
                    "the list {} has no version, as all() lists it: get it before you rename it",
                    list.id
                ))
            })?;
            let body = types::ListUpdate { name: name?, v };
            let lists = lists.begun();
            let Self { caller, structure } = &lists;
            let renamed = caller.ask(async |raw| raw.update_list(structure, &list.id, &body).await);
            let look = lists.look_at_renaming(&list, &body.name);
            settled(renamed.await, look).await.map_err(of_a_name)
        }
    }

    /// Deletes a list. Documented: guide Manage Lists. Assumed: its contacts stay.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) or, as the provider's OpenAPI document has it,
    /// [`Validation`](crate::ErrorKind::Validation) when none has this id; otherwise as any call.
    pub fn delete(&self, id: &ListId) -> impl Future<Output = Result<(), Error>> + use<> {
        let (lists, id) = (self.clone(), id.clone());
        async move {
            let lists = lists.begun();
            let Self { caller, structure } = &lists;
            let deleted = caller.ask(async |raw| raw.delete_list(structure, &id).await);
            settled(deleted.await, lists.look_at_deletion(slice::from_ref(&id))).await
        }
    }

    /// Deletes several lists in one request. Documented: the provider's OpenAPI document, but for the
    /// body. Assumed: it is `{"listIds": [..]}`, all of them or none are deleted, and their contacts
    /// stay.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when no list is named, before anything is sent;
    /// otherwise as [`delete`](Self::delete).
    pub fn delete_many(&self, ids: &[ListId]) -> impl Future<Output = Result<(), Error>> + use<> {
        let (lists, list_ids) = (self.clone(), distinct(ids));
        async move {
            if list_ids.is_empty() {
                return Err(Error::invalid("no list to delete: name at least one"));
            }
            let body = types::ListsDelete { list_ids };
            let lists = lists.begun();
            let Self { caller, structure } = &lists;
            let deleted = caller.ask(async |raw| raw.delete_lists(structure, &body).await);
            settled(deleted.await, lists.look_at_deletion(&body.list_ids)).await
        }
    }

    /// Creates a list with the contacts of another one. Documented: guide Manage Lists. Assumed: the
    /// body is `{"name"}`.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`get`](Self::get).
    pub fn duplicate<N: AsRef<str>>(
        &self,
        id: &ListId,
        name: N,
    ) -> impl Future<Output = Result<List, Error>> + use<N> {
        let (lists, id, name) = (self.clone(), id.clone(), list_name(name.as_ref()));
        async move {
            let Self { caller, structure } = &lists;
            let body = types::ListDuplicate { name: name? };
            let copied = caller.ask(async |raw| raw.duplicate_list(structure, &id, &body).await);
            copied.await.map_err(of_a_name)
        }
    }

    /// Creates a list that holds the contacts of two or more others. Documented: guide Manage Lists.
    /// Assumed: the body is `{"name", "listIds"}`, and the others stay.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for fewer than two different lists, before
    /// anything is sent; otherwise as [`create`](Self::create) and [`get`](Self::get).
    pub fn merge<N: AsRef<str>>(
        &self,
        ids: &[ListId],
        name: N,
    ) -> impl Future<Output = Result<List, Error>> + use<N> {
        let (lists, list_ids, name) = (self.clone(), distinct(ids), list_name(name.as_ref()));
        async move {
            if list_ids.len() < 2 {
                return Err(Error::invalid(format!(
                    "merging takes two different lists or more; got {}",
                    list_ids.len()
                )));
            }
            let Self { caller, structure } = &lists;
            let body = types::ListsMerge {
                list_ids,
                name: name?,
            };
            let merged = caller.ask(async |raw| raw.merge_lists(structure, &body).await);
            merged.await.map_err(of_a_name)
        }
    }

    /// The same for the requests of one call that begins now.
    fn begun(&self) -> Self {
        Self::new(self.caller.begun(), self.structure.clone())
    }

    /// What became of a renaming whose answer was lost.
    async fn look_at_renaming(&self, old: &List, name: &str) -> Result<Look<List>, Error> {
        let now = self.get(&old.id).await?;
        Ok(if now.version.is_some() && now.version == old.version {
            Look::NotDone
        } else if now.name == name || alike(&now.name, name) && !alike(&old.name, name) {
            Look::Done(now)
        } else if now.name == old.name && is_next(now.version, old.version) {
            Look::Overtaken
        } else {
            Look::Unclear(None)
        })
    }

    /// What became of a deletion whose answer was lost. All lists are looked at, because the texts disagree
    /// about the status for one that is gone.
    async fn look_at_deletion(&self, ids: &[ListId]) -> Result<Look<()>, Error> {
        let left = self.all().await?;
        let kept = ids.iter().filter(|id| left.iter().any(|l| l.id == **id));
        Ok(match kept.count() {
            0 => Look::Done(()),
            all if all == ids.len() => Look::NotDone,
            _ => Look::Unclear(None),
        })
    }
}

/// Whether a service that keeps names in its own way could make the one of the other.
fn alike(one: &str, other: &str) -> bool {
    Value::from(one).likeness(&other.into(), &DataType::Text) > Likeness::Different
}

/// A refusal of a name that another list has, with what to do about a name.
fn of_a_name(error: Error) -> Error {
    if error.is_duplicate() {
        error.advising("find the list of this name, or choose another name")
    } else {
        error
    }
}

fn list_name(name: &str) -> Result<types::ListName, Error> {
    types::ListName::try_from(name).map_err(|_| {
        Error::invalid(format!(
            "the name of a list has 1 to 1,000 characters; this one has {}",
            name.chars().count()
        ))
    })
}

/// The ids, each once, in their order.
fn distinct(ids: &[ListId]) -> Vec<ListId> {
    let mut kept: Vec<ListId> = Vec::with_capacity(ids.len());
    for id in ids {
        if !kept.contains(id) {
            kept.push(id.clone());
        }
    }
    kept
}
