//! What every query that is read by pages has: how many rows a page holds, where to begin, and the ways to
//! read it.

use std::num::NonZeroU32;

use super::{Cursor, Page, Plan};
use crate::Error;

/// How many rows a page holds, and where the reading begins.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    pub(crate) page_size: u32,
    pub(crate) from: Option<Cursor>,
}

impl Default for Paging {
    /// The service's own page size is not stated.
    fn default() -> Self {
        Self {
            page_size: 100,
            from: None,
        }
    }
}

impl Paging {
    pub(crate) fn size(&self) -> Result<NonZeroU32, Error> {
        counting(self.page_size, "the page size")
    }
}

impl<T> Plan<T> {
    /// One page of it, as the service cuts it.
    pub(crate) async fn page(self, number: u32) -> Result<Page<T>, Error> {
        let number = counting(number, "the page")?;
        let answer = (self.ask)(number).await?;
        Page::of(answer, number)
    }
}

fn counting(number: u32, what: &str) -> Result<NonZeroU32, Error> {
    NonZeroU32::new(number).ok_or_else(|| Error::invalid(format!("{what} is 0: give 1 or more")))
}

/// The methods of a query with a `paging` of its own and a `plan` for its rows. Its documentation says what
/// is particular to it; types that it is generic over stand in brackets.
macro_rules! read_by_pages {
    ([$($generic:ident)?] $row:ty; $(#[$size:meta])* page_size; $(#[$page:meta])* page;) => {
        $(#[$size])*
        pub fn page_size(mut self, rows: u32) -> Self {
            self.paging.page_size = rows;
            self
        }

        /// Lets [`pages`](Self::pages) and [`stream`](Self::stream) go on where a
        /// [`Cursor`](crate::paging::Cursor) of the same question stands.
        pub fn resume(mut self, from: crate::paging::Cursor) -> Self {
            self.paging.from = Some(from);
            self
        }

        $(#[$page])*
        pub fn page(
            &self,
            number: u32,
        ) -> impl Future<Output = Result<crate::paging::Page<$row>, crate::Error>> + use<$($generic)?> {
            let plan = self.plan();
            async move { plan?.page(number).await }
        }

        /// Page after page, as they are asked for.
        pub fn pages(self) -> crate::paging::Pages<$row> {
            crate::paging::Pages::new(self.plan(), self.paging.from)
        }

        /// Row after row; a page is asked for when one is needed.
        pub fn stream(self) -> crate::paging::Rows<$row> {
            crate::paging::Rows::new(self.pages())
        }
    };
}
pub(crate) use read_by_pages;
