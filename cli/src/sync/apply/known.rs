//! What is known of the account, for all steps.

use std::collections::BTreeMap;

use benchmark_email::{ListId, Structure};

/// What holds for all steps.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) structure: Structure,
    /// Names of lists by id, as far as the plan knows them.
    pub(crate) lists: BTreeMap<String, String>,
    /// Whether a creation takes tags, once one has told.
    pub(crate) creation_takes_tags: Option<bool>,
}

impl Known {
    /// What people call a list.
    pub(super) fn list<'k>(&'k self, id: &'k ListId) -> &'k str {
        let name = self.lists.get(id.as_str());
        name.map_or(id.as_str(), String::as_str)
    }
}
