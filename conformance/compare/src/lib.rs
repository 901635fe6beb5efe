//! Two questions about `openapi.yaml`, asked of documents alone: does it still say what the provider's
//! own document says ([`drift`]), and may it be released under its version ([`breaking`])?
//!
//! [`source`] reads text, [`document`] turns it into a view without references, and each question
//! compares two views. [`strip`] writes the provider's structure without its prose. Nothing here knows
//! the client or the sandbox.

pub mod breaking;
pub mod document;
pub mod drift;
mod error;
pub mod source;
pub mod strip;

pub use error::Error;
