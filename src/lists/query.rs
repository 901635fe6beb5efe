//! Which lists to page through, and in which order.

use std::num::NonZeroU32;

use super::List;
use crate::{
    Error, StructureId,
    caller::Caller,
    lists::ListSort,
    paging::{Asked, Paging, Plan, read_by_pages},
    raw::types,
    wire::Listing,
};

const OPERATION: &str = "listLists";

/// Which lists to page through; from [`Lists::query`](super::Lists::query).
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
/// use benchmark_email::lists::ListSort;
///
/// let structure = client.structures().primary().await?;
/// let mut lists = client
///     .lists(structure.id())
///     .query()
///     .name_contains("news")
///     .sort(ListSort::NameAscending)
///     .stream();
/// while let Some(list) = lists.next().await {
///     let list = list?;
///     println!("{}: {:?} contacts", list.name, list.total_contacts);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until a page or the lists are asked for"]
pub struct ListQuery {
    caller: Caller,
    structure: StructureId,
    part: Option<String>,
    sort: Option<ListSort>,
    paging: Paging,
}

impl ListQuery {
    pub(super) fn new(caller: Caller, structure: StructureId) -> Self {
        Self {
            caller,
            structure,
            part: None,
            sort: None,
            paging: Paging::default(),
        }
    }

    /// Only lists whose name holds this, at most 50 characters. Documented: guide Manage Lists.
    pub fn name_contains(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// In this order; in the service's own unless told. Documented: guide Manage Lists.
    pub fn sort(mut self, sort: ListSort) -> Self {
        self.sort = Some(sort);
        self
    }

    read_by_pages! {
        [] List;

        /// How many lists a page holds; 100 unless told. Each page is a request.
        page_size;

        /// One page, from 1, as the service cuts it; one request.
        ///
        /// # Errors
        ///
        /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, a page size of 0, an unknown order or
        /// a part of more than 50 characters, before anything is sent; otherwise as any call.
        page;
    }

    fn plan(&self) -> Result<Plan<List>, Error> {
        let part = self.part.as_deref().map(|part| {
            types::ListListsCriteria::try_from(part).map_err(|_| {
                Error::invalid(format!(
                    "the part of a list's name to look for has {} characters: give at most 50",
                    part.chars().count()
                ))
            })
        });
        if let Some(ListSort::Unknown(odd)) = &self.sort {
            return Err(Error::invalid(format!(
                "lists can't be sorted by {odd:?}: choose one of {}",
                ListSort::KNOWN.join(", ")
            )));
        }
        let question = Question {
            caller: self.caller.clone(),
            structure: self.structure.clone(),
            part: part.transpose()?,
            sort: self.sort.clone(),
            size: self.paging.size()?,
        };
        Ok(question.plan())
    }
}

/// Lists that can be asked for.
#[derive(Clone)]
struct Question {
    caller: Caller,
    structure: StructureId,
    part: Option<types::ListListsCriteria>,
    sort: Option<ListSort>,
    size: NonZeroU32,
}

impl Question {
    async fn ask(self, page: NonZeroU32) -> Result<Listing<List, Error>, Error> {
        let call = self.caller.call();
        let (part, sort) = (self.part.as_ref(), self.sort.as_ref());
        let (page, size) = (Some(page), Some(self.size));
        let lists = call.ask_list(async |raw| {
            raw.list_lists(&self.structure, part, page, size, sort)
                .await
        });
        lists.await
    }

    fn plan(self) -> Plan<List> {
        let asks_for = format!(
            "{} {:?} {:?} {}",
            self.structure, self.part, self.sort, self.size
        );
        Plan {
            operation: OPERATION,
            asks_for: asks_for.into_bytes(),
            size: self.size,
            id: Some(|list| Some(list.id.as_str())),
            ask: Box::new(move |page| -> Asked<List> { Box::pin(self.clone().ask(page)) }),
        }
    }
}
