//! Refusals that may come of a structure that changed since it was read: looked into, and told.

use super::{Contact, Contacts};
use crate::{Error, ErrorKind, FieldId, Structure, TagId, error::ApiError};

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
        let blamed: Vec<_> = refusal.errors().iter().map(|e| blamed(e, used)).collect();
        let smells = refusal.kind() == ErrorKind::Validation
            && blamed.iter().any(|blamed| *blamed != Blamed::Neither);
        if !smells || (fields.is_empty() && tags.is_empty()) {
            return refusal;
        }
        let mut fields = fields.to_vec();
        fields.retain(|id| blamed.iter().any(|blamed| blamed.holds_field(id)));
        let mut tags = tags.to_vec();
        tags.retain(|_| blamed.iter().any(Blamed::holds_tags));
        let label = used.label();
        // One look is enough for an explanation.
        let structures = self.clone().with_attempts(1).structures();
        match structures.doubted(used.id()).await {
            Ok(now) => {
                let drifts = now.drift_since(used, &fields, &tags);
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

/// Which of a structure's things an error is about, and so what may have changed.
#[derive(Debug, PartialEq)]
enum Blamed {
    Field(FieldId),
    Fields,
    Tags,
    /// It names nothing, or nothing that is known.
    Either,
    Neither,
}

impl Blamed {
    fn holds_field(&self, id: &FieldId) -> bool {
        match self {
            Self::Field(blamed) => blamed == id,
            Self::Fields | Self::Either => true,
            Self::Tags | Self::Neither => false,
        }
    }

    fn holds_tags(&self) -> bool {
        matches!(self, Self::Tags | Self::Either)
    }
}

fn blamed(error: &ApiError, used: &Structure) -> Blamed {
    if let Some(id) = &error.field_id {
        return Blamed::Field(id.clone());
    }
    match error.field().and_then(|at| at.split(['.', '[']).next()) {
        Some("fields") => Blamed::Fields,
        Some("tags") => Blamed::Tags,
        Some(property) if ITS_OWN.contains(&property) => Blamed::Neither,
        Some(label) => used
            .field(label)
            .map_or(Blamed::Either, |field| Blamed::Field(field.id.clone())),
        None => Blamed::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_blames_what_it_names() {
        let used = r#"{"_id":"s1","label":"Default","fields":[{"_id":"f2","label":"Seats","dataType":"number"}]}"#;
        let used: Structure = serde_json::from_str(used).unwrap();
        let field = |id: &str| Blamed::Field(FieldId::new(id).unwrap());
        for (named, expected) in [
            (r#""field":"fields","fieldId":"f1""#, field("f1")),
            (r#""field":"key","fieldId":"f1""#, field("f1")),
            (r#""field":"fields[0].value""#, Blamed::Fields),
            (r#""field":"Seats""#, field("f2")),
            (r#""field":"tags[1]""#, Blamed::Tags),
            (r#""field":"colour""#, Blamed::Either),
            (r#""message":"no such field""#, Blamed::Either),
            (r#""field":"key""#, Blamed::Neither),
            (r#""field":"status.primary""#, Blamed::Neither),
            (r#""field":"lists[0]._id""#, Blamed::Neither),
        ] {
            let error = format!(r#"{{"errorType":"ValidationError",{named}}}"#);
            let error = serde_json::from_str(&error).unwrap();
            assert_eq!(blamed(&error, &used), expected, "{named}");
        }
    }
}
