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

/// The structure as it will be once the plan's tags are made, under the ids that stand in for theirs.
///
/// # Errors
///
/// When the structure can't be read back from its own text.
pub(crate) fn with_new_tags(
    structure: &Structure,
    prerequisites: &[Prerequisite],
) -> Result<Structure, serde_json::Error> {
    let mut text = serde_json::to_value(structure)?;
    let new = prerequisites
        .iter()
        .filter(|wanted| wanted.kind == PrerequisiteKind::Tag)
        .map(|wanted| json!({ "_id": wanted.stand_in, "label": wanted.name }));
    if let Some(object) = text.as_object_mut() {
        let tags = object.entry("tags").or_insert_with(|| json!([]));
        if let Value::Array(tags) = tags {
            tags.extend(new);
        }
    }
    serde_json::from_value(text)
}
