//! Properties of a contact or an event that have no place of their own. Boxed, since hardly any has some.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub(crate) type Extra = Option<Box<Map<String, Value>>>;

pub(super) fn serialize<S: Serializer>(extra: &Extra, serializer: S) -> Result<S::Ok, S::Error> {
    match extra {
        Some(extra) => extra.serialize(serializer),
        None => Map::new().serialize(serializer),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Extra, D::Error> {
    let extra = Map::deserialize(deserializer)?;
    Ok((!extra.is_empty()).then(|| Box::new(extra)))
}
