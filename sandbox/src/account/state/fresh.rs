//! What a fresh account holds.

use serde_json::Map;

use crate::account::{Account, Change, DataType, Field, Structure, Tag, Version};
use crate::clock::Moment;

const FIELDS: [(&str, DataType, Option<&str>); 7] = [
    ("First Name", DataType::Text, Some("firstName")),
    ("Last Name", DataType::Text, Some("lastName")),
    ("Company", DataType::Text, None),
    ("Seats", DataType::Number, None),
    ("Birthday", DataType::RecurrentDate, None),
    ("Customer Since", DataType::Date, None),
    ("Newsletter OK", DataType::Boolean, None),
];

const TAGS: [&str; 3] = ["VIP", "Lead", "Partner"];

/// Each account has a structure from the start; this is the sandbox's.
pub(crate) fn default_structure(account: &mut Account, now: Moment) -> Change {
    let id = account.new_id(now);
    let fields = FIELDS.map(|(label, data_type, predefined)| Field {
        id: account.new_id(now),
        label: label.to_owned(),
        data_type,
        required: false,
        predefined: predefined.map(str::to_owned),
        extra: Map::new(),
    });
    let tags = TAGS.map(|label| Tag {
        id: account.new_id(now),
        label: label.to_owned(),
        extra: Map::new(),
    });
    Change::Structure(Box::new(Structure {
        id,
        label: "Default Contacts".to_owned(),
        key_name: "Email".to_owned(),
        key_type: "email".to_owned(),
        fields: fields.into(),
        tags: tags.into(),
        created_at: now,
        updated_at: now,
        version: Version::default(),
        extra: Map::new(),
    }))
}
