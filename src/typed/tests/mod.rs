//! Typed contacts without a service: decoding, encoding, both in turn, and checking.
#![allow(
    clippy::items_after_statements,
    clippy::needless_pass_by_value,
    reason = "a type or JSON stands where it is used"
)]

mod decode;
mod encode;
mod round_trip;
#[cfg(feature = "schemars")]
mod shape;

use serde_json::{Value as Json, json};

use crate::{Contact, NewContact, Structure};

/// A structure with a field of each data type, names that mislead, and twins.
fn structure() -> Structure {
    serde_json::from_value(json!({
        "_id": "s1", "label": "Default Contacts", "keyName": "Email", "keyType": "email", "__v": 3,
        "fields": [
            {"_id": "f1", "label": "First Name", "dataType": "text", "predefinedField": "firstName", "required": true},
            {"_id": "f2", "label": "Seats", "dataType": "number"},
            {"_id": "f3", "label": "Customer Since", "dataType": "date"},
            {"_id": "f4", "label": "Newsletter OK", "dataType": "boolean"},
            {"_id": "f5", "label": "Birthday", "dataType": "recurrent_date"},
            {"_id": "f6", "label": "Plan", "dataType": "text"},
            {"_id": "f7", "label": "Colour", "dataType": "colour"},
        ],
        "tags": [{"_id": "t1", "label": "VIP"}],
    }))
    .unwrap()
}

/// The same, and one more field.
fn with_field(field: Json) -> Structure {
    let mut json = serde_json::to_value(structure()).unwrap();
    json["fields"].as_array_mut().unwrap().push(field);
    serde_json::from_value(json).unwrap()
}

fn contact(fields: Json) -> Contact {
    serde_json::from_value(json!({
        "_id": "c1", "key": "jane@example.com", "contactStructureId": "s1", "fields": fields,
    }))
    .unwrap()
}

/// The contact that would come of it, by way of its JSON.
fn created(new: &NewContact) -> Contact {
    let body = serde_json::to_string(&new.body().unwrap()).unwrap();
    let mut json: Json = serde_json::from_str(&body).unwrap();
    json["_id"] = "c1".into();
    json["lists"] = json!([]);
    serde_json::from_value(json).unwrap()
}
