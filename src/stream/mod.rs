//! A JSON array decoded while it arrives.
//!
//! Owns the way from the chunks of a body to its elements, one at a time, so that a list of a
//! million contacts needs the memory of one: [`ArrayDecoder`], which does no I/O, and [`Elements`],
//! which drives it from a stream of chunks. Knows nothing of contacts, of HTTP or of time: who
//! makes the chunks sets the time-outs.

mod decoder;
mod elements;
mod error;
mod scan;
mod text;

pub use decoder::ArrayDecoder;
pub use elements::Elements;
pub use error::{DecodeError, DecodeErrorKind};

#[cfg(test)]
mod differential_tests;
#[cfg(test)]
mod incremental_tests;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
