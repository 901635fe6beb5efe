//! Names that rows use and the account hasn't got.

use benchmark_email::Structure;
use serde_json::{Value, json};

use super::file::{Prerequisite, PrerequisiteKind};

/// The name that is nearest to one that isn't there, if any is near.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&wanted, &known.to_lowercase()), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// The structure as it will be once these fields and tags are made, under the ids that stand in for their own.
///
/// # Errors
///
/// When the structure can't be read back from its own text.
pub(crate) fn with_new(
    structure: &Structure,
    prerequisites: &[Prerequisite],
) -> Result<Structure, serde_json::Error> {
    let mut text = serde_json::to_value(structure)?;
    for wanted in prerequisites {
        let (id, label) = (&wanted.stand_in, &wanted.name);
        let (place, new) = match wanted.kind {
            PrerequisiteKind::Field => (
                "fields",
                json!({ "_id": id, "label": label, "dataType": wanted.data_type }),
            ),
            PrerequisiteKind::Tag => ("tags", json!({ "_id": id, "label": label })),
            PrerequisiteKind::List => continue,
        };
        if let Some(object) = text.as_object_mut() {
            let held = object.entry(place).or_insert_with(|| json!([]));
            if let Value::Array(held) = held {
                held.push(new);
            }
        }
    }
    serde_json::from_value(text)
}
