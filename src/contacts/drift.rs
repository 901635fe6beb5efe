//! Refusals that may come of a structure that changed since it was read: looked into, and told.

use super::{Contact, Contacts};
use crate::{Error, ErrorKind, FieldId, Structure, TagId};

/// Properties of a contact that have nothing to do with its structure's fields and tags.
const ITS_OWN: [&str; 6] = ["_id", "key", "contactStructureId", "status", "lists", "__v"];

impl Contacts {
    /// The refusal of a replacement that went by this structure, with what became of what it sent.
    pub(super) async fn explain_replacement(
        &self,
        refusal: Error,
        used: &Structure,
        sent: &Contact,
    ) -> Error {
        let fields: Vec<_> = sent.fields.iter().map(|field| &field.id).collect();
        let tags: Vec<_> = sent.tags.iter().map(|tag| &tag.id).collect();
        self.explain(refusal, used, &fields, &tags).await
    }

    /// The refusal of a write that used these fields and tags of a structure, with what became of them.
    pub(super) async fn explain(
        &self,
        refusal: Error,
        used: &Structure,
        fields: &[&FieldId],
        tags: &[&TagId],
    ) -> Error {
        if !smells_of_drift(&refusal) || (fields.is_empty() && tags.is_empty()) {
            return refusal;
        }
        let label = used.label();
        // One look is enough for an explanation.
        let structures = self.clone().with_attempts(1).client.structures();
        match structures.doubted(used.id()).await {
            Ok(now) => {
                let drifts = now.drift_since(used, fields, tags);
                if drifts.is_empty() {
                    return refusal;
                }
                let drifts: Vec<_> = drifts.iter().map(ToString::to_string).collect();
                refusal.with_drift(format!(
                    "the structure {label:?} has changed since it was read: {}; read it again and go by what it says now",
                    drifts.join(", ")
                ))
            }
            Err(gone) if gone.is_not_found() => {
                refusal.with_drift(format!("the structure {label:?} exists no more"))
            }
            Err(_) => refusal,
        }
    }
}

/// Whether the service refused something that a structure decides.
fn smells_of_drift(refusal: &Error) -> bool {
    refusal.kind() == ErrorKind::Validation
        && refusal.errors().iter().any(|item| {
            let property = item.field().and_then(|at| at.split(['.', '[']).next());
            item.field_id.is_some() || property.is_none_or(|name| !ITS_OWN.contains(&name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smells(kind: ErrorKind, item: &str) -> bool {
        let item = serde_json::from_str(item).unwrap();
        smells_of_drift(&Error::new(kind, "").with_errors(vec![item]))
    }

    #[test]
    fn only_what_a_structure_decides_smells_of_drift() {
        for (item, drift) in [
            (
                r#"{"errorType":"ValidationError","field":"fields","fieldId":"f1"}"#,
                true,
            ),
            (
                r#"{"errorType":"ValidationError","field":"fields[0].value"}"#,
                true,
            ),
            (r#"{"errorType":"ValidationError","field":"Seats"}"#, true),
            (r#"{"errorType":"ValidationError","field":"tags"}"#, true),
            (
                r#"{"errorType":"ValidationError","message":"no such field"}"#,
                true,
            ),
            (r#"{"errorType":"ValidationError","field":"key"}"#, false),
            (
                r#"{"errorType":"ValidationError","field":"key","fieldId":"f1"}"#,
                true,
            ),
            (
                r#"{"errorType":"ValidationError","field":"status.primary"}"#,
                false,
            ),
            (
                r#"{"errorType":"ValidationError","field":"lists[0]._id"}"#,
                false,
            ),
        ] {
            assert_eq!(smells(ErrorKind::Validation, item), drift, "{item}");
            assert!(!smells(ErrorKind::Duplicate, item));
        }
        assert!(!smells_of_drift(&Error::new(ErrorKind::Validation, "")));
    }
}
