//! What became of fields and tags since a structure was read. No I/O.

use std::fmt;

use crate::{FieldId, Structure, TagId, structures::DataType};

/// One change of a field or tag, told by the label that it had.
#[derive(Debug, PartialEq)]
pub(crate) struct Drift<'a> {
    what: &'static str,
    label: &'a str,
    change: Change<'a>,
}

#[derive(Debug, PartialEq)]
enum Change<'a> {
    Removed,
    Renamed(&'a str),
    Retyped(&'a DataType, &'a DataType),
}

impl Structure {
    /// How these fields and tags, by id, differ from what they were in `before`. What `before` doesn't
    /// know, or what else has changed, is left out.
    pub(crate) fn drift_since<'a>(
        &'a self,
        before: &'a Structure,
        fields: &[&FieldId],
        tags: &[&TagId],
    ) -> Vec<Drift<'a>> {
        let mut drifts = Vec::new();
        for old in before.fields().iter().filter(|f| fields.contains(&&f.id)) {
            let Some(now) = self.field_by_id(&old.id) else {
                drifts.push(Drift::of("field", &old.label, Change::Removed));
                continue;
            };
            if now.label != old.label {
                drifts.push(Drift::of("field", &old.label, Change::Renamed(&now.label)));
            }
            if now.data_type != old.data_type {
                let retyped = Change::Retyped(&old.data_type, &now.data_type);
                drifts.push(Drift::of("field", &old.label, retyped));
            }
        }
        for old in before.tags().iter().filter(|t| tags.contains(&&t.id)) {
            match self.tags().iter().find(|tag| tag.id == old.id) {
                None => drifts.push(Drift::of("tag", &old.label, Change::Removed)),
                Some(now) if now.label != old.label => {
                    drifts.push(Drift::of("tag", &old.label, Change::Renamed(&now.label)));
                }
                Some(_) => {}
            }
        }
        drifts
    }
}

impl<'a> Drift<'a> {
    fn of(what: &'static str, label: &'a str, change: Change<'a>) -> Self {
        Self {
            what,
            label,
            change,
        }
    }
}

impl fmt::Display for Drift<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            label,
            change,
        } = self;
        write!(f, "the {what} {label:?} ")?;
        match change {
            Change::Removed => f.write_str("was removed"),
            Change::Renamed(to) => write!(f, "is called {to:?} now"),
            Change::Retyped(from, to) => write!(f, "was of type {from} and is of type {to} now"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn structure(fields: &Value, tags: &Value) -> Structure {
        let json = json!({"_id": "s1", "label": "Default", "fields": fields, "tags": tags});
        serde_json::from_value(json).unwrap()
    }

    fn told(before: &Structure, now: &Structure) -> Vec<String> {
        let ids = ["f1", "f2", "f3", "f9"].map(|id| FieldId::new(id).unwrap());
        let tags = ["t1", "t2"].map(|id| TagId::new(id).unwrap());
        let drifts = now.drift_since(before, &ids.each_ref(), &tags.each_ref());
        drifts.iter().map(ToString::to_string).collect()
    }

    fn before() -> Structure {
        let fields = json!([
            {"_id": "f1", "label": "First Name", "dataType": "text"},
            {"_id": "f2", "label": "Seats", "dataType": "number"},
            {"_id": "f3", "label": "Since", "dataType": "date"},
            {"_id": "f4", "label": "Nobody's", "dataType": "text"},
        ]);
        let tags = json!([{"_id": "t1", "label": "VIP"}, {"_id": "t2", "label": "Lead"}, {"_id": "t3", "label": "Old"}]);
        structure(&fields, &tags)
    }

    #[test]
    fn what_was_used_is_told_with_what_it_was_and_is() {
        let fields = json!([
            {"_id": "f3", "label": "Customer since", "dataType": "text"},
            {"_id": "f1", "label": "Given Name", "dataType": "text"},
            // The label of another one now.
            {"_id": "f5", "label": "Seats", "dataType": "number"},
        ]);
        let now = structure(&fields, &json!([{"_id": "t2", "label": "Prospect"}]));
        assert_eq!(
            told(&before(), &now),
            [
                r#"the field "First Name" is called "Given Name" now"#,
                r#"the field "Seats" was removed"#,
                r#"the field "Since" is called "Customer since" now"#,
                r#"the field "Since" was of type date and is of type text now"#,
                r#"the tag "VIP" was removed"#,
                r#"the tag "Lead" is called "Prospect" now"#,
            ]
        );
    }

    #[test]
    fn what_was_not_used_and_what_means_the_same_is_not_told() {
        let fields = json!([
            {"_id": "f3", "label": "Since", "dataType": "date", "required": true},
            {"_id": "f9", "label": "New", "dataType": "text"},
            {"_id": "f2", "label": "Seats", "dataType": "number", "x": 1},
            {"_id": "f1", "label": "First Name", "dataType": "text"},
        ]);
        let tags = json!([{"_id": "t2", "label": "Lead"}, {"_id": "t1", "label": "VIP"}]);
        let now = structure(&fields, &tags);
        assert_eq!(told(&before(), &now), Vec::<String>::new());
    }
}
