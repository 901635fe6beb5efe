//! Contacts as Rust structs, labels as names, over serde: what a struct's member stands for in a
//! structure, contacts decoded into structs, and structs encoded into values. No I/O.

mod decode;
mod encode;
mod misfit;
mod name;
mod reading;
#[cfg(test)]
mod tests;

pub use decode::Decoder;
pub(crate) use encode::members;
