//! What a name stands for in a structure: one answer for decoding, encoding and checking.

use crate::{Field, Structure};

/// What the client calls the key whatever the structure calls it.
const KEY: &str = "key";

/// What a name stands for.
pub(super) enum Meaning<'a> {
    /// One field: its label or, where no label is so, its predefined name.
    Field(&'a Field),
    /// Fields that share the name.
    Several,
    /// The address, where no field has the name.
    Key,
    /// A tag, where nothing above has the name.
    Tag,
    /// Nothing.
    Nothing,
}

impl Structure {
    pub(super) fn meaning(&self, name: &str) -> Meaning<'_> {
        let fields = self.fields_named(name);
        match fields.as_slice() {
            [one] => Meaning::Field(one),
            [] if name == KEY || self.key_name() == Some(name) => Meaning::Key,
            [] if self.tags().iter().any(|tag| tag.label == name) => Meaning::Tag,
            [] => Meaning::Nothing,
            _ => Meaning::Several,
        }
    }

    /// The name of the key among members that nobody asked for by name.
    pub(super) fn name_of_key(&self) -> &str {
        self.key_name().unwrap_or(KEY)
    }

    /// Whether the name stands for the key.
    pub(crate) fn names_key(&self, name: &str) -> bool {
        matches!(self.meaning(name), Meaning::Key)
    }
}
