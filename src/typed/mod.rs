//! Contacts as Rust structs, labels as names, over serde: what a struct's member stands for in a
//! structure, contacts decoded into structs, structs encoded into values, and, with the feature
//! `schemars`, structs held against the account. No I/O but for `extend`, which sends what is missing.

#[cfg(feature = "schemars")]
mod check;
mod decode;
mod encode;
#[cfg(feature = "schemars")]
mod extend;
mod misfit;
mod name;
mod reading;
#[cfg(feature = "schemars")]
mod schema;
#[cfg(feature = "schemars")]
mod shape;
#[cfg(test)]
mod tests;
mod values;

#[cfg(feature = "schemars")]
pub use check::{Difference, DifferenceKind, Differences};
pub use decode::Decoder;
