#![doc = include_str!("../README.md")]

mod client;
pub mod contacts;
mod email;
mod error;
mod ids;
mod key;
mod lists;
mod open_sets;
#[cfg(feature = "raw")]
pub mod raw;
#[cfg(not(feature = "raw"))]
mod raw;
mod reason;
mod redact;
pub mod stream;
pub mod structures;
mod timestamp;
mod transport;
mod wire;

pub use client::{API_KEY_VARIABLE, BASE_URL_VARIABLE, Client, ClientBuilder};
pub use contacts::{Contact, FieldValue, NewContact, Reference, Status};
pub use email::EmailAddress;
pub use error::{AffectedForm, ApiError, Error, ErrorDebug, ErrorKind};
pub use ids::{ContactId, FieldId, ListId, StructureId, TagId};
pub use lists::{List, Lists};
pub use open_sets::{
    DataType, ErrorType, EventType, ListKind, ListSort, PredefinedField, PrimaryStatus,
    StatusReason,
};
pub use structures::{Field, FieldRef, Json, RecurrentDate, Structure, Tag, Value};
pub use timestamp::Timestamp;
pub use transport::{
    Attempt, AttemptEnd, Budget, BudgetState, Clock, Observer, Pacing, Priority, RetryPolicy, Wait,
    WaitReason,
};
