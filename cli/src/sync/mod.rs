//! Brings an account in line with a source: what would change is planned first, and is applied exactly as planned.

mod file;
mod mapping;
mod plan;
mod rows;
mod source;
mod values;
