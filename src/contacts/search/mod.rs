//! Search within one structure: what to look for by name, and the ways to take what is found, by page,
//! by row or as CSV.

mod columns;
mod criteria;
mod expect;
mod export;

use std::{collections::BTreeSet, num::NonZeroU32};

use serde_json::Map;

use super::{Contacts, FoundContact};
use crate::{
    ContactId, Error, ErrorKind, ListId, Structure, Value,
    caller::Caller,
    contacts::PrimaryStatus,
    paging::{Asked, Paging, Plan, read_by_pages},
    raw::types,
    structures::{FieldRef, TagRef},
    wire::Listing,
};

pub use columns::SearchColumn;
pub use criteria::{Criterion, Group};

const OPERATION: &str = "searchContacts";

/// The most that a page may hold; assumed, as no text states it.
const LARGEST_PAGE: u32 = 1000;

/// A search, or export, of contacts of one structure; from [`Contacts::search`].
///
/// Criteria named on the search itself must all hold; each [`or`](Self::or) adds a group that may hold
/// instead. A mistake (an unknown label, a value of the wrong type, an address that can't be one, a page
/// size of 0, no criterion at all) is told by whatever sends the search, before anything is sent.
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client, newsletter: benchmark_email::ListId) -> Result<(), benchmark_email::Error> {
/// let structure = client.structures().primary().await?;
/// let mut found = client
///     .contacts()
///     .search(&structure)
///     .tag("VIP")
///     .list(&newsletter)
///     .or(|group| group.field("Seats", 100))
///     .stream();
/// while let Some(contact) = found.next().await {
///     println!("{:?}", contact?.id);
/// }
/// # Ok(()) }
/// ```
///
/// **Contacts that change meanwhile.** The service cuts pages anew for every request, in an order that
/// no text states. A contact that shifts onto a later page comes once; one that shifts onto an earlier
/// page is passed over. So don't delete or change the contacts so that they are no longer found while
/// they are read: take [`Rows::all`](crate::paging::Rows::all) first. When fewer came than the service promised,
/// [`ErrorKind::Incomplete`] says so after the last one. To know contacts again takes 12 bytes of
/// memory each, and what a hash set adds.
///
/// **Assumed criteria.** Only `KEY` with `EQ` is documented in full. So that a service that ignores
/// [`field`](Self::field), [`tag`](Self::tag) or [`status`](Self::status) doesn't make a program act on
/// all contacts, each row is checked against them; one that can't be an answer is
/// [`ErrorKind::Unreadable`]. An export can't be checked.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until a page, the rows or an export is asked for"]
pub struct Search {
    caller: Caller,
    structure: Structure,
    own: Group,
    others: Vec<Group>,
    everybody: bool,
    columns: Option<Vec<SearchColumn>>,
    paging: Paging,
}

impl Contacts {
    /// Contacts of a structure, by what they are. Documented: guide Search Contacts.
    pub fn search(&self, structure: &Structure) -> Search {
        Search {
            caller: self.caller.clone(),
            structure: structure.clone(),
            own: Group::new(structure),
            others: Vec::new(),
            everybody: false,
            columns: None,
            paging: Paging::default(),
        }
    }
}

impl Search {
    /// Whose address is this one. Documented: guide Search Contacts.
    /// [`find`](super::Contacts::find) is shorter for one address.
    pub fn key(self, address: impl AsRef<str>) -> Self {
        self.with(|own| own.key(address))
    }

    /// Whose field, by label, predefined name or id, has this value. Documented: the column. Assumed: that
    /// `fieldId` names the field. The rows that come are checked against it.
    pub fn field<'f, V>(self, field: impl Into<FieldRef<'f>>, value: V) -> Self
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        self.with(|own| own.field(field, value))
    }

    /// Who is on this list. Documented: guide Search Contacts.
    pub fn list(self, list: impl Into<ListId>) -> Self {
        self.with(|own| own.list(list))
    }

    /// Who has the tag with this label or id. Assumed: the column `TAG_ID`. The rows that come are checked
    /// against it.
    pub fn tag<'t>(self, tag: impl Into<TagRef<'t>>) -> Self {
        self.with(|own| own.tag(tag))
    }

    /// Who has this status. Assumed: the column `CONTACT_STATUS`. The rows that come are checked against
    /// it.
    pub fn status(self, status: PrimaryStatus) -> Self {
        self.with(|own| own.status(status))
    }

    /// Whatever else the service may understand: sent as it is.
    pub fn criterion(self, criterion: Criterion) -> Self {
        self.with(|own| own.criterion(criterion))
    }

    /// Or who meets all criteria of this group instead. Documented: guide Search Contacts (and within a
    /// group, or between groups).
    pub fn or(mut self, group: impl FnOnce(Group) -> Group) -> Self {
        self.others.push(group(Group::new(&self.structure)));
        self
    }

    /// Every contact of the structure, which a search without criteria must ask for by name. Assumed:
    /// no filter matches all.
    pub fn everybody(mut self) -> Self {
        self.everybody = true;
        self
    }

    /// Only these columns; all unless told. Rows also hold the id and what the criteria are checked by;
    /// a CSV holds these alone, in this order.
    pub fn columns(mut self, columns: impl IntoIterator<Item = SearchColumn>) -> Self {
        self.columns = Some(columns.into_iter().collect());
        self
    }

    read_by_pages! {
        [] FoundContact;

        /// How many contacts a page holds, from 1 to 1,000; 100 unless told. Each page is a request.
        page_size;

        /// One page, from 1, as the service cuts it; one request.
        ///
        /// # Errors
        ///
        /// [`ErrorKind::InvalidInput`] for a mistake in the search, or page 0, before anything is sent;
        /// [`ErrorKind::Unreadable`] when a row can't be an answer; otherwise as any call.
        page;
    }

    fn with(mut self, add: impl FnOnce(Group) -> Group) -> Self {
        self.own = add(self.own);
        self
    }

    /// The groups that are sent: none for everybody.
    fn groups(&self) -> Result<Vec<Group>, Error> {
        let mut groups = self.others.clone();
        if let Some(why) = self.own.fault().or(groups.iter().find_map(Group::fault)) {
            return Err(Error::invalid(why.to_owned()));
        }
        if groups.iter().any(Group::is_empty) {
            return Err(Error::invalid(
                "a group of the search has no criterion, and would match every contact: give it one",
            ));
        }
        if !self.own.is_empty() {
            groups.insert(0, self.own.clone());
        }
        match (groups.is_empty(), self.everybody) {
            (true, false) => Err(Error::invalid(
                "the search has no criterion: give one, or say everybody()",
            )),
            (false, true) => Err(Error::invalid(
                "the search is for everybody() and has criteria: leave one of them out",
            )),
            _ => Ok(groups),
        }
    }

    /// What rows shall hold: never nothing, and what the criteria are checked by.
    fn source(&self, groups: &[Group]) -> Vec<SearchColumn> {
        let Some(asked) = &self.columns else {
            return SearchColumn::ALL.to_vec();
        };
        let checked = groups.iter().flat_map(Group::expects);
        let columns: BTreeSet<_> = checked
            .map(expect::Expect::column)
            .chain(asked.iter().copied())
            .chain([SearchColumn::Id])
            .collect();
        columns.into_iter().collect()
    }

    fn plan(&self) -> Result<Plan<FoundContact>, Error> {
        let groups = self.groups()?;
        let size = self.paging.size()?;
        if self.paging.page_size > LARGEST_PAGE {
            return Err(Error::invalid(format!(
                "the page size is {size}: give at most {LARGEST_PAGE}"
            )));
        }
        let body = types::ContactSearch {
            contact_structure_id: self.structure.id().clone(),
            contact_specification: specification(&groups),
            page: NonZeroU32::MIN,
            page_size: size,
            source: self.source(&groups),
            extra: Map::new(),
        };
        let question = Question {
            caller: self.caller.clone(),
            groups,
            body,
        };
        question.plan()
    }
}

fn specification(groups: &[Group]) -> types::ContactSpecification {
    types::ContactSpecification {
        filters: groups.iter().map(Group::body).collect(),
        extra: Map::new(),
    }
}

/// A search that can be sent.
#[derive(Clone)]
struct Question {
    caller: Caller,
    groups: Vec<Group>,
    body: types::ContactSearch,
}

impl Question {
    async fn ask(mut self, page: NonZeroU32) -> Result<Listing<FoundContact, Error>, Error> {
        self.body.page = page;
        let call = self.caller.call();
        let found = call.ask_list(async |raw| raw.search_contacts(&self.body).await);
        let answer = found.await?;
        for row in &answer.rows {
            self.check(row)?;
        }
        Ok(answer)
    }

    /// Whether the row can be an answer: one of the groups must allow it.
    fn check(&self, row: &FoundContact) -> Result<(), Error> {
        let contradictions: Option<Vec<_>> = self
            .groups
            .iter()
            .map(|group| group.contradiction(row))
            .collect();
        match contradictions.as_deref() {
            None | Some([]) => Ok(()),
            Some(lacks) => {
                let id = row.id.as_ref().map_or("without an id", |id| id.as_str());
                let why = format!(
                    "the service answered a contact ({id}) that lacks {}: it doesn't take the criterion as this client assumes; state it with Search::criterion",
                    lacks.join(" and ")
                );
                Err(Error::new(ErrorKind::Unreadable, why).on(OPERATION))
            }
        }
    }

    fn plan(self) -> Result<Plan<FoundContact>, Error> {
        let asks_for = serde_json::to_vec(&self.body)
            .map_err(|why| Error::invalid("the search can't be JSON").with_source(why))?;
        Ok(Plan {
            operation: OPERATION,
            asks_for,
            size: self.body.page_size,
            id: Some(|row| row.id.as_ref().map(ContactId::as_str)),
            ask: Box::new(move |page| -> Asked<FoundContact> { Box::pin(self.clone().ask(page)) }),
        })
    }
}
