#![doc = include_str!("../README.md")]

#[cfg(feature = "blocking")]
pub mod blocking;
mod budget;
mod client;
mod clock;
pub mod contacts;
mod email;
mod error;
mod fingerprint;
mod ids;
mod key;
mod lists;
mod open_sets;
mod paging;
#[cfg(feature = "raw")]
pub mod raw;
#[cfg(not(feature = "raw"))]
mod raw;
mod reason;
mod redact;
mod settle;
mod short;
pub mod stream;
pub mod structures;
pub mod testing;
mod timestamp;
mod transport;
pub mod value;
mod wire;

pub use budget::{Budget, BudgetState, Pacing, Priority};
pub use client::{API_KEY_VARIABLE, BASE_URL_VARIABLE, Client, ClientBuilder};
pub use clock::Clock;
pub use contacts::{Contact, Event, FieldValue, NewContact, Reference, SearchColumn, Status};
pub use email::EmailAddress;
pub use error::{AffectedForm, ApiError, Error, ErrorDebug, ErrorKind};
pub use ids::{ContactId, FieldId, ListId, StructureId, TagId};
pub use lists::{List, ListQuery, Lists};
pub use open_sets::{
    ActorKind, DataType, ErrorType, EventType, FilterColumn, FilterOperator, ListKind, ListSort,
    PredefinedField, PrimaryStatus, StatusReason,
};
pub use paging::{Cursor, Page, Pages, Rows};
pub use structures::{Field, FieldRef, Structure, Tag, TagRef};
pub use timestamp::Timestamp;
pub use transport::{Attempt, AttemptEnd, Observer, RetryPolicy, Unsent, Wait, WaitReason};
pub use value::{Json, RecurrentDate, Value};
#[cfg(feature = "raw")]
pub use wire::{Listing, Unread};
