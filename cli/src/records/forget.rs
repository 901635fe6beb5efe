//! What was held of somebody who is to be forgotten.

use benchmark_email::{Contact, Event};
use serde::Serialize;

/// Somebody who is forgotten.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Forget"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForgetRecord<'a> {
    pub(crate) email: &'a str,
    /// How the account was named.
    pub(crate) account: &'a str,
    pub(crate) base_url: &'a str,
    /// All that was held.
    pub(crate) held: &'a [HeldRecord],
    /// The day since which plans leave the person out; none in an embedded sandbox, and in a file that was written
    /// before.
    pub(crate) forgotten: Option<&'a str>,
}

/// What one structure held of a person.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Held"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeldRecord {
    /// The label of the structure.
    pub(crate) structure: String,
    /// The contact, as the service sent it.
    #[cfg_attr(
        test,
        schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")
    )]
    pub(crate) contact: Contact,
    /// What happened to it, as the service sent it.
    #[cfg_attr(
        test,
        schemars(with = "Vec<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    pub(crate) events: Vec<Event>,
}
