//! Events: what happened to one contact, or to all of the account.

mod event;

use std::{fmt, num::NonZeroU32};

use super::Contacts;
use crate::{
    ContactId, Error,
    caller::Caller,
    contacts::EventType,
    paging::{Asked, Paging, Plan, read_by_pages},
    wire::Listing,
};

pub use event::{Actor, Event};

impl Contacts {
    /// What happened to one contact. Documented: the provider's `OpenAPI` document.
    pub fn events(&self, contact: &ContactId) -> EventQuery<OfContact> {
        EventQuery::new(self.caller.clone(), OfContact(contact.clone()))
    }

    /// What happened to all contacts of the account, in the last 30 days unless told. Documented: the
    /// provider's `OpenAPI` document.
    pub fn all_events(&self) -> EventQuery<OfAccount> {
        EventQuery::new(self.caller.clone(), OfAccount { past_days: None })
    }
}

/// Whose events: one contact's.
#[derive(Clone, Debug)]
pub struct OfContact(ContactId);

/// Whose events: those of all contacts of the account.
#[derive(Clone, Debug)]
pub struct OfAccount {
    past_days: Option<u32>,
}

/// Which events to read; from [`Contacts::events`] and [`Contacts::all_events`].
///
/// Events have no id, so they can be neither told apart nor counted: when new ones come while pages
/// are read, one that shifts onto the next page comes twice. In which order they come is not stated.
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
/// use benchmark_email::contacts::EventType;
///
/// let mut left = client
///     .contacts()
///     .all_events()
///     .types([EventType::ContactUnsubscribed, EventType::EmailBounced])
///     .past_days(7)
///     .stream();
/// while let Some(event) = left.next().await {
///     let event = event?;
///     println!("{:?} {:?}", event.contact_id, event.timestamp);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until a page or the events are asked for"]
pub struct EventQuery<S> {
    caller: Caller,
    scope: S,
    types: Vec<EventType>,
    paging: Paging,
}

impl EventQuery<OfAccount> {
    /// How many days to look back, from 1 to 90. Documented: the provider's `OpenAPI` document.
    pub fn past_days(mut self, days: u32) -> Self {
        self.scope.past_days = Some(days);
        self
    }
}

#[allow(
    private_bounds,
    reason = "the two scopes that there are have constructors of their own"
)]
impl<S: Scope> EventQuery<S> {
    fn new(caller: Caller, scope: S) -> Self {
        Self {
            caller,
            scope,
            types: Vec::new(),
            paging: Paging::default(),
        }
    }

    /// Only events of these types; called again, of those too. All types unless told.
    pub fn types(mut self, types: impl IntoIterator<Item = EventType>) -> Self {
        self.types.extend(types);
        self
    }

    read_by_pages! {
        [S] Event;

        /// How many events a page holds; 100 unless told. Each page is a request.
        page_size;

        /// One page, from 1; one request.
        ///
        /// # Errors
        ///
        /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for page 0, a page size of 0, days out of range,
        /// or a type that can't be one, before anything is sent;
        /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such contact; otherwise as any call.
        page;
    }

    fn plan(&self) -> Result<Plan<Event>, Error> {
        self.scope.check()?;
        let names: Vec<&str> = self.types.iter().map(EventType::as_str).collect();
        if let Some(odd) = names
            .iter()
            .find(|name| name.is_empty() || name.contains(','))
        {
            return Err(Error::invalid(format!(
                "the event type {odd:?} can't be one: types are joined by commas"
            )));
        }
        let question = Question {
            caller: self.caller.clone(),
            scope: self.scope.clone(),
            types: (!names.is_empty()).then(|| names.join(",")),
            size: self.paging.size()?,
        };
        Ok(question.plan())
    }
}

/// Events that can be asked for.
#[derive(Clone)]
struct Question<S> {
    caller: Caller,
    scope: S,
    types: Option<String>,
    size: NonZeroU32,
}

impl<S: Scope> Question<S> {
    async fn ask(self, page: NonZeroU32) -> Result<Listing<Event, Error>, Error> {
        self.scope.ask(&self, page).await
    }

    fn plan(self) -> Plan<Event> {
        Plan {
            operation: S::OPERATION,
            asks_for: format!("{:?} {:?} {}", self.scope, self.types, self.size).into_bytes(),
            size: self.size,
            id: None,
            ask: Box::new(move |page| -> Asked<Event> { Box::pin(self.clone().ask(page)) }),
        }
    }
}

/// Whose events are asked for, and by which operation.
trait Scope: Clone + fmt::Debug + Send + Sync + 'static {
    const OPERATION: &'static str;

    fn check(&self) -> Result<(), Error>;

    fn ask(
        &self,
        question: &Question<Self>,
        page: NonZeroU32,
    ) -> impl Future<Output = Result<Listing<Event, Error>, Error>> + Send;
}

impl Scope for OfContact {
    const OPERATION: &'static str = "listContactEvents";

    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    async fn ask(
        &self,
        question: &Question<Self>,
        page: NonZeroU32,
    ) -> Result<Listing<Event, Error>, Error> {
        let Question { size, types, .. } = question;
        let (page, size, types) = (Some(page), Some(*size), types.as_deref());
        let events = question
            .caller
            .call()
            .ask_list(async |raw| raw.list_contact_events(&self.0, page, size, types).await);
        events.await
    }
}

impl Scope for OfAccount {
    const OPERATION: &'static str = "listEvents";

    fn check(&self) -> Result<(), Error> {
        match self.past_days {
            Some(days @ (0 | 91..)) => Err(Error::invalid(format!(
                "the service keeps events for 90 days: look back 1 to 90 days, not {days}"
            ))),
            _ => Ok(()),
        }
    }

    async fn ask(
        &self,
        question: &Question<Self>,
        page: NonZeroU32,
    ) -> Result<Listing<Event, Error>, Error> {
        let Question { size, types, .. } = question;
        let days = self.past_days.and_then(NonZeroU32::new);
        let (page, size, types) = (Some(page), Some(*size), types.as_deref());
        let events = question
            .caller
            .call()
            .ask_list(async |raw| raw.list_events(page, days, size, types).await);
        events.await
    }
}
