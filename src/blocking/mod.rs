//! The same client for programs without an async runtime: each call waits for its end. With the feature
//! `blocking`.
//!
//! The names are those of the async client, and so are documentation, errors and behaviour: every method
//! here hands over to its namesake and waits. What has no method here is reached by [`Client::run`] and
//! [`Client::iterate`].
//!
//! A client owns one thread, which keeps connections alive between calls. Clones share it; they may be
//! used from several threads at once.
//!
//! **In a task of a tokio runtime** a blocking call would stall the runtime or wait for itself, so it is
//! refused with [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) before anything is sent. Where
//! tokio lets a program block (`spawn_blocking`, `block_in_place`), blocking calls are fine. Building and
//! dropping a client is fine anywhere.
//!
//! ```
//! use benchmark_email::{Client, NewContact};
//!
//! # let elsewhere = tokio::runtime::Runtime::new()?;
//! # let sandbox = elsewhere.block_on(benchmark_email_sandbox::Sandbox::start())?;
//! # let (url, key) = (sandbox.base_url(), sandbox.api_key());
//! let client = Client::builder().base_url(url).api_key(key).build_blocking()?; // or blocking::Client::from_env()?
//! let structure = client.structures().primary()?;
//!
//! let jane = NewContact::new(&structure, "jane.smith@example.com").field("First Name", "Jane")?;
//! let jane = client.contacts().create(jane)?;
//! client.contacts().update(&jane.id, |c| c.set("First Name", "Joan"))?;
//!
//! for contact in client.contacts().stream() {
//!     assert_eq!(contact?.id, jane.id);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contacts;
mod iter;
mod runtime;
mod search;

use std::fmt;

use futures_core::Stream;

use self::runtime::Runtime;
use crate::{
    ClientBuilder, Error, List, ListId, Structure, StructureId,
    budget::{BudgetState, Pacing, Priority},
    retry::RetryPolicy,
    structures::StructureReplacement,
};

pub use contacts::Contacts;
pub use iter::Iter;
pub use search::Search;

/// A client of one account whose calls wait for their end. Cheap to clone.
#[derive(Clone)]
#[must_use]
pub struct Client {
    client: crate::Client,
    runtime: Runtime,
}

impl ClientBuilder {
    /// As [`build`](Self::build), for a program without an async runtime. With the feature `blocking`.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build); and [`ErrorKind::Config`](crate::ErrorKind::Config) when the thread can't be started.
    pub fn build_blocking(self) -> Result<Client, Error> {
        let client = self.build()?;
        Client::of(client)
    }
}

impl Client {
    /// As [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build_blocking`].
    pub fn from_env() -> Result<Self, Error> {
        Self::of(crate::Client::from_env()?)
    }

    /// Of a client that nobody else has: its connections live in one runtime.
    fn of(client: crate::Client) -> Result<Self, Error> {
        let runtime = Runtime::start()?;
        Ok(Self { client, runtime })
    }

    /// The contacts of the account.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        Contacts::new(self.client.contacts(), self.runtime.clone())
    }

    /// The structures of the account.
    #[must_use]
    pub fn structures(&self) -> Structures {
        Structures {
            calls: self.client.structures(),
            runtime: self.runtime.clone(),
        }
    }

    /// The lists of a structure.
    #[must_use]
    pub fn lists(&self, structure: &StructureId) -> Lists {
        Lists {
            calls: self.client.lists(structure),
            runtime: self.runtime.clone(),
        }
    }

    /// Waits for whatever the async client can do.
    ///
    /// ```no_run
    /// # fn run(client: benchmark_email::blocking::Client, jane: benchmark_email::ContactId) -> Result<(), benchmark_email::Error> {
    /// let latest = client.run(async |client| client.contacts().events(&jane).page(1).await)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// What the closure returns; [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn run<T>(
        &self,
        call: impl AsyncFnOnce(&crate::Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.runtime.run(call(&self.client))
    }

    /// Takes whatever the async client streams one by one.
    ///
    /// ```no_run
    /// # fn run(client: benchmark_email::blocking::Client) -> Result<(), benchmark_email::Error> {
    /// for event in client.iterate(|client| client.contacts().all_events().past_days(7).stream()) {
    ///     println!("{:?}", event?.timestamp);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn iterate<S, T>(&self, stream: impl FnOnce(&crate::Client) -> S) -> Iter<S>
    where
        S: Stream<Item = Result<T, Error>> + Unpin,
    {
        Iter::new(stream(&self.client), self.runtime.clone())
    }

    /// As [`crate::Client::bulk`].
    pub fn bulk(&self) -> Self {
        self.with(self.client.bulk())
    }

    /// As [`crate::Client::with_retry`].
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(self.client.with_retry(policy))
    }

    /// As [`crate::Client::with_pacing`].
    pub fn with_pacing(&self, pacing: Pacing) -> Self {
        self.with(self.client.with_pacing(pacing))
    }

    /// As [`crate::Client::with_priority`].
    pub fn with_priority(&self, priority: Priority) -> Self {
        self.with(self.client.with_priority(priority))
    }

    /// As [`crate::Client::dry_run`].
    pub fn dry_run(&self) -> Self {
        self.with(self.client.dry_run())
    }

    /// As [`crate::Client::budget`].
    #[must_use]
    pub fn budget(&self) -> BudgetState {
        self.client.budget()
    }

    fn with(&self, client: crate::Client) -> Self {
        let runtime = self.runtime.clone();
        Self { client, runtime }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client")
            .field(&self.client)
            .finish()
    }
}

/// Methods that hand over to their namesakes of the async resource and wait.
macro_rules! calls {
    ($resource:ident, $asynchronous:literal: $(
        $verb:ident($($argument:ident: $type:ty),*) -> $answer:ty;
    )*) => {
        impl $resource { $(
            #[doc = concat!("As [`", stringify!($resource), "::", stringify!($verb), "`](", $asynchronous, "::", stringify!($verb), ").")]
            ///
            /// # Errors
            ///
            /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a
            /// runtime.
            pub fn $verb(&self, $($argument: $type),*) -> Result<$answer, Error> {
                self.runtime.run(self.calls.$verb($($argument),*))
            }
        )* }
    };
}
use calls;

/// The structures of an account; from [`Client::structures`].
#[derive(Clone, Debug)]
pub struct Structures {
    calls: crate::structures::Structures,
    runtime: Runtime,
}

calls! { Structures, "crate::structures::Structures":
    all() -> Vec<Structure>;
    get(id: &StructureId) -> Structure;
    primary() -> Structure;
    known(id: &StructureId) -> Structure;
}

impl Structures {
    /// As [`Structures::update`](crate::structures::Structures::update). A blocking call within the closure
    /// is refused.
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    pub fn update<F>(&self, id: &StructureId, change: F) -> Result<Structure, Error>
    where
        F: FnMut(&mut StructureReplacement) -> Result<&mut StructureReplacement, Error>,
    {
        self.runtime.run(self.calls.update(id, change))
    }

    /// As [`Structures::extend`](crate::structures::Structures::extend).
    ///
    /// # Errors
    ///
    /// The same; and [`ErrorKind::InsideRuntime`](crate::ErrorKind::InsideRuntime) in a task of a runtime.
    #[cfg(feature = "schemars")]
    pub fn extend<T: schemars::JsonSchema>(
        &self,
        structure: &Structure,
    ) -> Result<Structure, Error> {
        self.runtime.run(self.calls.extend::<T>(structure))
    }
}

/// The lists of a structure; from [`Client::lists`].
#[derive(Clone, Debug)]
pub struct Lists {
    calls: crate::lists::Lists,
    runtime: Runtime,
}

calls! { Lists, "crate::lists::Lists":
    create(name: impl AsRef<str>) -> List;
    get(id: &ListId) -> List;
    all() -> Vec<List>;
    find(name: impl AsRef<str>) -> Option<List>;
    find_or_create(name: impl AsRef<str>) -> List;
    rename(list: &List, name: impl AsRef<str>) -> List;
    delete(id: &ListId) -> ();
    delete_many(ids: &[ListId]) -> ();
    duplicate(id: &ListId, name: impl AsRef<str>) -> List;
    merge(ids: &[ListId], name: impl AsRef<str>) -> List;
}
