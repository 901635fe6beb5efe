//! May our document be released under its version? Compares it with its last release, finds what breaks
//! those who use it, and demands the version that says so.
//!
//! A break is what makes a working client fail or its code stop compiling: a request that was taken and
//! is taken no more, an answer that a client wasn't prepared for, or another name in generated code.
//! Which way a body travels decides: a request must not allow less, an answer must not allow more.
//! Prose and examples break nobody.

mod operation;
mod parts;
mod report;
mod version;

use crate::document::Document;
use operation::Breaks;
pub use report::Report;
pub use version::{Bump, bump};

/// A break, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// Where it shows, such as `GET /api/contact: response 200: application/json: [].key`.
    pub place: String,
    /// What changed.
    pub what: String,
    /// The part of a component that was changed, when the change is in one: it shows wherever that is
    /// used.
    pub written_in: Option<String>,
}

/// All breaks between the last release and our document.
#[must_use]
pub fn compare(released: &Document, ours: &Document) -> Vec<Break> {
    let mut found = Breaks::default();
    for (name, scheme) in &released.security_schemes {
        let place = format!("security scheme {name}");
        match ours.security_schemes.get(name) {
            None => found.add(&place, "removed"),
            Some(new) if new != scheme => {
                found.add(&place, &format!("changed from `{scheme}` to `{new}`"));
            }
            Some(_) => {}
        }
    }
    let gone: Vec<_> = released.components.difference(&ours.components).collect();
    for name in &gone {
        found.add(
            &format!("schema {name}"),
            "removed or renamed: generated types are named after it",
        );
    }
    for (route, old) in &released.operations {
        match ours.operations.get(route) {
            None => found.add(&old.title, "operation removed"),
            Some(new) => operation::compare(&mut found, old, new, &ours.components),
        }
    }
    found.into_sorted()
}
