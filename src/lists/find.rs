//! A list by its name.

use super::{List, Lists};
use crate::Error;

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
}
