//! Searches and exports, by calls that wait.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::AsyncWrite;

use super::{Iter, calls, runtime::Runtime};
use crate::{
    Error, ListId, Value,
    contacts::{Criterion, FoundContact, Group, PrimaryStatus, SearchColumn},
    paging::{Cursor, Page, Pages, Rows},
    structures::{FieldRef, TagRef},
};

/// A search, or export, of contacts of one structure; from
/// [`Contacts::search`](super::Contacts::search). Its methods are those of
/// [`Search`](crate::contacts::Search).
///
/// ```no_run
/// # fn run(client: benchmark_email::blocking::Client) -> Result<(), benchmark_email::Error> {
/// let structure = client.structures().primary()?;
/// for vip in client.contacts().search(&structure).tag("VIP").stream() {
///     println!("{:?}", vip?.id);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until a page, the rows or an export is asked for"]
pub struct Search {
    calls: crate::contacts::Search,
    runtime: Runtime,
}

calls! { Search, "crate::contacts::Search":
    page(number: u32) -> Page<FoundContact>;
}

/// Settings that hand over to their namesakes.
macro_rules! settings {
    ($( $setting:ident($($argument:ident: $type:ty),*); )*) => { $(
        #[doc = concat!("As [`Search::", stringify!($setting), "`](crate::contacts::Search::", stringify!($setting), ").")]
        pub fn $setting(mut self, $($argument: $type),*) -> Self {
            self.calls = self.calls.$setting($($argument),*);
            self
        }
    )* };
}

impl Search {
    pub(super) fn new(calls: crate::contacts::Search, runtime: Runtime) -> Self {
        Self { calls, runtime }
    }

    settings! {
        key(address: impl AsRef<str>);
        list(list: impl Into<ListId>);
        status(status: PrimaryStatus);
        criterion(criterion: Criterion);
        or(group: impl FnOnce(Group) -> Group);
        everybody();
        columns(columns: impl IntoIterator<Item = SearchColumn>);
        page_size(contacts: u32);
        resume(from: Cursor);
    }

    /// As [`Search::field`](crate::contacts::Search::field).
    pub fn field<'f, V>(mut self, field: impl Into<FieldRef<'f>>, value: V) -> Self
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        self.calls = self.calls.field(field, value);
        self
    }

    /// As [`Search::tag`](crate::contacts::Search::tag).
    pub fn tag<'t>(mut self, tag: impl Into<TagRef<'t>>) -> Self {
        self.calls = self.calls.tag(tag);
        self
    }

    /// As [`Search::pages`](crate::contacts::Search::pages).
    pub fn pages(self) -> Iter<Pages<FoundContact>> {
        Iter::new(self.calls.pages(), self.runtime)
    }

    /// As [`Search::stream`](crate::contacts::Search::stream).
    pub fn stream(self) -> Iter<Rows<FoundContact>> {
        Iter::new(self.calls.stream(), self.runtime)
    }

    /// As [`Search::export_to`](crate::contacts::Search::export_to), to whatever can be written to.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn export_to<W: Write + ?Sized>(&self, output: &mut W) -> Result<u64, Error> {
        self.runtime.run(self.calls.export_to(&mut Output(output)))
    }
}

/// A writer that blocks, which the caller's own thread may.
struct Output<'w, W: ?Sized>(&'w mut W);

impl<W: Write + ?Sized> AsyncWrite for Output<'_, W> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let output = &mut self.get_mut().0;
        // `Interrupted` is no answer that this trait allows.
        loop {
            match output.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.get_mut().0.flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}
