//! Rows that come in pages: search, events and lists.
//!
//! [`Pages`] asks for one page after the other and knows when to stop; [`Rows`] hands out what is on
//! them; a [`Cursor`] is where either stands. Pages are cut anew for every request, so rows shift
//! between them while the account changes: rows with an id come once, and a search or listing that
//! brought fewer than the service promised says so. What a row is, and how a page is asked for, is
//! the resource's affair.

mod cursor;
mod query;
mod rows;
mod seen;

use std::{
    collections::VecDeque,
    fmt, future,
    num::NonZeroU32,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use self::seen::Seen;
use crate::{Error, ErrorKind, wire::Listing};

pub use cursor::Cursor;
pub(crate) use query::{Paging, read_by_pages};
pub use rows::Rows;

/// How many pages in a row may bring nothing new before asking for more is pointless: a service that
/// answers the same page again and again would be asked for ever.
const BARREN: u32 = 3;

/// A page of rows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it. From [`Pages`], without the rows that an earlier page brought.
    pub rows: Vec<T>,
    /// How many rows there are on all pages together, as the service counts; none where it didn't say, or
    /// said less than came.
    pub total: Option<u64>,
    /// Which page it is, from 1.
    pub number: u32,
}

impl<T> Page<T> {
    /// What a request for one page brought, all of it.
    pub(crate) fn of(answer: Listing<T, Error>, number: NonZeroU32) -> Result<Self, Error> {
        let total = answer.total;
        let rows = answer.all()?;
        Ok(Self {
            total: credible(total, rows.len() as u64),
            rows,
            number: number.get(),
        })
    }
}

/// A total, unless more than that came.
fn credible(total: Option<u64>, came: u64) -> Option<u64> {
    total.filter(|total| came <= *total)
}

/// A request for a page, under way.
pub(crate) type Asked<T> = Pin<Box<dyn Future<Output = Result<Listing<T, Error>, Error>> + Send>>;

/// How pages are asked for.
pub(crate) struct Plan<T> {
    pub(crate) operation: &'static str,
    /// What is asked for; a cursor of something else is refused.
    pub(crate) asks_for: Vec<u8>,
    /// How many rows a page holds.
    pub(crate) size: NonZeroU32,
    /// The id of a row. Without, rows can be neither told apart nor counted.
    pub(crate) id: Option<fn(&T) -> Option<&str>>,
    pub(crate) ask: Box<dyn Fn(NonZeroU32) -> Asked<T> + Send>,
}

/// Pages, asked for as they are needed; a [`Stream`] of [`Page`]s.
///
/// A row that can't be read is an error of its own after its page, with an [`element`](Error::element),
/// and the pages go on. After any other error they have ended; their [`cursor`](Self::cursor) goes on from
/// there.
///
/// ```no_run
/// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
/// let structure = client.structures().primary().await?;
/// let mut pages = client.contacts().search(&structure).tag("VIP").pages();
/// while let Some(page) = pages.next().await {
///     let page = page?;
///     println!("page {}: {} of {:?}", page.number, page.rows.len(), page.total);
/// }
/// # Ok(()) }
/// ```
#[must_use = "nothing is asked for until it is polled"]
pub struct Pages<T> {
    plan: Option<Plan<T>>,
    pending: Option<Asked<T>>,
    state: State,
    seen: Seen,
    /// Before the last page, and after it.
    before: Cursor,
    at: Cursor,
    barren: u32,
    /// The most rows that a page held.
    longest: usize,
    /// What could not be read on the last page, still to be told.
    unread: VecDeque<Error>,
}

enum State {
    /// What is wrong with the request, to be told first.
    Faulty(Error),
    Open,
    /// Everything came that will, and it is less than was promised.
    InlineText,
    Done,
}

impl<T> Pages<T> {
    /// The pages of a plan, from the beginning or from where a cursor stands.
    pub(crate) fn new(plan: Result<Plan<T>, Error>, from: Option<Cursor>) -> Self {
        let begun = plan.and_then(|plan| {
            let at = Cursor::of(&plan.asks_for, from)?;
            Ok((plan, at))
        });
        let (plan, at, state) = match begun {
            Ok((plan, at)) if at.done => (Some(plan), at, State::Done),
            Ok((plan, at)) => (Some(plan), at, State::Open),
            Err(fault) => (None, Cursor::nowhere(), State::Faulty(fault)),
        };
        let mut seen = Seen::default();
        for id in &at.recent {
            seen.insert(id);
        }
        Self {
            plan,
            pending: None,
            state,
            seen,
            before: at.clone(),
            at,
            barren: 0,
            longest: 0,
            unread: VecDeque::new(),
        }
    }

    /// The next page; `None` after the last one.
    ///
    /// Dropping the future loses nothing: the next call goes on with the same request.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) when what was asked for can't be right, before anything
    /// is sent; [`Incomplete`](ErrorKind::Incomplete) after the last page when fewer rows came than were
    /// promised; otherwise as any call.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Where it stands: after the last page that it handed out.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.at.clone()
    }

    fn short(&self) -> Error {
        let Cursor { promised, seen, .. } = self.at;
        let operation = self.plan.as_ref().map_or("", |plan| plan.operation);
        let why = format!(
            "{seen} rows came of the {promised} that the service promised: some were removed while the pages were read, and others may have been passed over"
        );
        Error::new(ErrorKind::Incomplete, why).on(operation)
    }

    /// Takes in a page that came: what is new on it, and whether there is more.
    fn take(&mut self, answer: Listing<T, Error>) -> Page<T> {
        let Self { plan, seen, at, .. } = self;
        let id_of = plan.as_ref().and_then(|plan| plan.id);
        let size = plan.as_ref().map_or(0, |plan| plan.size.get());
        let came = answer.rows.len() + answer.unread.len();
        let number = at.page;

        let mut next = Cursor {
            taken: 0,
            recent: Vec::new(),
            ..at.clone()
        };
        let mut place = 0;
        let mut rows = answer.rows;
        rows.retain(|row| {
            place += 1;
            match id_of.and_then(|id_of| id_of(row)) {
                Some(id) => {
                    next.recent.push(id.to_owned());
                    seen.insert(id)
                }
                None => place > at.taken,
            }
        });
        let mut unread = answer.unread;
        unread.retain(|odd| id_of.is_none() || seen.insert(&odd.body()));
        let fresh = rows.len() + unread.len();
        self.unread.extend(unread);
        next.seen = next.seen.saturating_add(fresh as u64);
        let total = credible(answer.total, next.seen);
        next.promised = next.promised.max(total.unwrap_or(0));
        self.barren = if fresh == 0 {
            self.barren.saturating_add(1)
        } else {
            0
        };

        // Without a total, one that is shorter than another before it is the last. One that is shorter
        // than was asked for may be as long as the service makes them; whether there is more, the next
        // tells, if its rows can be told apart.
        let is_short = came < self.longest || (id_of.is_none() && came < size as usize);
        let all_came = match total {
            Some(total) => next.seen >= total || self.barren >= BARREN,
            None => fresh == 0 || is_short,
        };
        self.longest = self.longest.max(came);
        match number.checked_add(1) {
            Some(page) if came > 0 && !all_came => next.page = page,
            _ => {
                next.done = true;
                let short = id_of.is_some() && next.seen < next.promised;
                self.state = if short {
                    State::InlineText
                } else {
                    State::Done
                };
            }
        }
        self.before = std::mem::replace(&mut self.at, next);
        Page {
            rows,
            total,
            number: number.get(),
        }
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(odd) = this.unread.pop_front() {
                return Poll::Ready(Some(Err(odd)));
            }
            match &this.state {
                State::Open => {}
                State::Done => return Poll::Ready(None),
                State::InlineText => {
                    this.state = State::Done;
                    return Poll::Ready(Some(Err(this.short())));
                }
                State::Faulty(_) => {
                    let told = std::mem::replace(&mut this.state, State::Done);
                    let State::Faulty(fault) = told else { continue };
                    return Poll::Ready(Some(Err(fault)));
                }
            }
            let Some(plan) = &this.plan else {
                return Poll::Ready(None);
            };
            let asked = this.pending.get_or_insert_with(|| (plan.ask)(this.at.page));
            let answer = ready!(asked.as_mut().poll(context));
            this.pending = None;
            match answer {
                // A page without anything new is told only where it is the one that tells the total.
                Ok(answer) => {
                    let page = this.take(answer);
                    if !page.rows.is_empty() || page.number == 1 {
                        return Poll::Ready(Some(Ok(page)));
                    }
                }
                Err(error) => {
                    this.state = State::Done;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
