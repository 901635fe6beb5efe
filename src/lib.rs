//! Contacts in [Benchmark Email](https://www.benchmarkemail.com), managed without losing any.
//!
//! The service knows custom fields by opaque ids, erases what a PUT leaves out, never takes an unsubscribe back, has
//! no idempotency key, and allows an account 3,600 requests an hour. This client takes fields by name, sends back
//! whatever it read, looks what became of a request whose answer was lost, paces itself, and returns one [`Error`]
//! that says what to do.
//!
//! ```no_run
//! use benchmark_email::{Client, Error, NewContact};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let client = Client::from_env()?;
//! let structure = client.structures().primary().await?;
//!
//! let jane = NewContact::new(&structure, "jane.smith@example.com").field("First Name", "Jane")?;
//! let jane = client.contacts().create(jane).await?;
//! let jane = client.contacts().update(&jane.id, |jane| jane.set("Seats", 12)).await?;
//! let found = client.contacts().find(&structure, "jane.smith@example.com").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Start here
//!
//! | You want to | Look at |
//! |---|---|
//! | connect | [`Client::from_env`], [`Client::builder`] |
//! | know which fields, tags and data types contacts have | [`Structure`], from [`Client::structures`] |
//! | create, read, change, find, unsubscribe, delete | [`contacts::Contacts`], from [`Client::contacts`] |
//! | read all of them, or search | [`stream`](contacts::Contacts::stream), [`search`](contacts::Contacts::search) |
//! | put people on lists | [`lists::Lists`], from [`Client::lists`] |
//! | keep contacts in structs of your own | [`Structure::decode`], [`NewContact::fields`] |
//! | know what happened to a contact | [`events`](contacts::Contacts::events) |
//! | do bulk work beside people who wait | [`Client::bulk`], [`budget`] |
//! | change how often a call is tried, and how long | [`retry::RetryPolicy`], [`Client::with_retry`] |
//! | see what it does | [`observe::Observer`], or `tracing` |
//! | know what an error means | [`ErrorKind`] |
//! | test your own program | [`testing`], or the crate `benchmark-email-sandbox` |
//!
//! A *structure* says which fields and tags contacts have; each contact belongs to one, and most accounts have a
//! single one. A *field* has a label, an id and a data type, and is named by its label here. The *key* of a contact
//! is its e-mail address; the key that opens the account is always called API key.
//!
//! # When something fails
//!
//! Every call returns an [`Error`]: what failed, where, why, and what to do next; [`Error::kind`] for a program. A call
//! waits for a 429 as long as the service asks, up to two minutes; beyond that it returns at once, and
//! [`Error::retry_at`] says when to come back. A call whose outcome nobody knows is
//! [`ErrorKind::OutcomeUnknown`], never a guess.
//!
//! # Features
//!
//! | Feature | Default | What it gives |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, with the platform's certificates |
//! | `native-tls` | | TLS by the platform's library |
//! | `gzip` | yes | compressed answers |
//! | `blocking` | | the module `blocking`: the same names, for programs without an async runtime |
//! | `chrono` | | dates as `chrono` has them |
//! | `schemars` | | `Structure::check`: a struct held against the account |
//! | `raw` | | `Client::raw`: the generated client, and `Client::request`; outside the semver promise |
//!
//! # What is known of the service
//!
//! Nothing here was seen on the live service. What a text of the provider says is marked *documented*, the rest
//! *assumed*, and each assumption is survived when it is wrong: by another shape that is read as well, or by an error
//! before harm is done.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod budget;
mod caller;
mod client;
mod clock;
pub mod contacts;
mod email;
pub mod error;
mod fingerprint;
mod ids;
mod inline_text;
mod key;
pub mod lists;
mod open_sets;
pub mod paging;
mod parse_message;
#[cfg(feature = "raw")]
pub mod raw;
#[cfg(not(feature = "raw"))]
mod raw;
mod redact;
mod settle;
#[cfg(feature = "raw")]
#[doc(hidden)]
pub mod stream;
#[cfg(not(feature = "raw"))]
#[allow(unreachable_pub, reason = "it is public where `raw` shows it")]
mod stream;
pub mod structures;
pub mod testing;
mod timestamp;
mod transport;
pub mod typed;
mod unsent;
pub mod value;
mod wire;

/// What a program can hear of its calls: attempts, waits, the budget, and what a dry run kept back.
pub mod observe {
    pub use crate::{
        transport::{Attempt, AttemptEnd, Observer, Wait, WaitReason},
        unsent::Unsent,
    };
}

/// How often a failed call is tried again, and how long it may take.
pub mod retry {
    pub use crate::transport::RetryPolicy;
}

#[cfg(feature = "raw")]
pub use self::wire::{Listing, Unread};
#[doc(inline)]
pub use self::{
    client::{Client, ClientBuilder},
    contacts::{Contact, Event, NewContact, Status},
    email::EmailAddress,
    error::{Error, ErrorKind},
    ids::{ContactId, FieldId, ListId, StructureId, TagId},
    lists::List,
    structures::{Field, Structure, Tag},
    timestamp::Timestamp,
    value::Value,
};

// What stands on these pages compiles.
#[cfg(doctest)]
#[doc = include_str!("README.md")]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/cookbook.md")]
struct Pages;
