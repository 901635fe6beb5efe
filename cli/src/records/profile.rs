//! A profile of the configuration file.

use serde::Serialize;

/// A profile.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Profile"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileRecord<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// Whether it is used where none is named.
    pub(crate) default: bool,
    pub(crate) base_url: Option<&'a str>,
    /// Where the API key comes from.
    pub(crate) api_key: Option<String>,
    pub(crate) structure: Option<&'a str>,
}
