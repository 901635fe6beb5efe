//! A list by its name.

use super::{List, Lists, list_name};
use crate::{
    Error,
    settle::{self, Look},
};

impl Lists {
    /// The list of this name, if there is one; one request. Case matters, spaces around don't. It has no
    /// version, as [`all`](Self::all) lists it: [`get`](Self::get) it before you rename it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when several lists have the name, with their ids;
    /// otherwise as any call.
    pub fn find<N: AsRef<str>>(
        &self,
        name: N,
    ) -> impl Future<Output = Result<Option<List>, Error>> + use<N> {
        let (all, name) = (self.all(), name.as_ref().trim().to_owned());
        async move {
            let mut named = all.await?;
            named.retain(|list| list.name.trim() == name);
            if named.len() > 1 {
                let ids: Vec<&str> = named.iter().map(|list| list.id.as_str()).collect();
                return Err(Error::invalid(format!(
                    "{} lists are called {name:?}: name one by its id ({})",
                    ids.len(),
                    ids.join(", ")
                )));
            }
            Ok(named.pop())
        }
    }

    /// The list of this name, which is created if there is none: one request, or two. When the answer to
    /// the creation is lost, a look tells whether the list is there.
    ///
    /// Whether the service lets two lists have one name is not stated, so two programs that do this at the
    /// same time may make two.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let structure = client.structures().primary().await?;
    /// let news = client.lists(structure.id()).find_or_create("Newsletter").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find); [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that no list can
    /// have, before anything is sent; [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when the answer was
    /// lost and looking failed, or found nothing while the server may still be at it; otherwise as any call.
    pub fn find_or_create<N: AsRef<str>>(
        &self,
        name: N,
    ) -> impl Future<Output = Result<List, Error>> + use<N> {
        let (lists, name) = (self.clone(), name.as_ref().trim().to_owned());
        async move {
            list_name(&name)?;
            let lists = lists.begun();
            if let Some(found) = lists.find(&name).await? {
                return Ok(found);
            }
            let look = async {
                let found = lists.find(&name).await?;
                Ok(found.map_or(Look::NotDone, Look::Done))
            };
            match lists.create(&name).await {
                Err(exists) if exists.is_duplicate() => settle::conclude(exists, look.await),
                outcome => settle::settled(outcome, look).await,
            }
        }
    }
}
