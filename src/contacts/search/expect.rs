//! Whether a row can be an answer to a criterion whose form is assumed. A service that ignored it
//! would answer every contact, and a program would act on all of them.

use crate::{
    DataType, Field, FieldId, PrimaryStatus, SearchColumn, TagId, Value, contacts::FoundContact,
};

/// What a row must show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expect {
    /// A value in this field, and this one where its form is beyond doubt.
    Field(FieldId, Option<Value>),
    Tag(TagId),
    Status(PrimaryStatus),
}

impl Expect {
    pub(super) fn field(field: &Field, asked: &Value) -> Self {
        // How the service writes dates, and which of their forms it takes for equal, is not stated.
        let exact = match field.data_type {
            DataType::Text | DataType::Number | DataType::Boolean => Some(asked.clone()),
            _ => None,
        };
        Self::Field(field.id.clone(), exact)
    }

    pub(super) fn field_id(&self) -> Option<&FieldId> {
        match self {
            Self::Field(id, _) => Some(id),
            Self::Tag(_) | Self::Status(_) => None,
        }
    }

    /// The column in which a row shows it.
    pub(super) fn column(&self) -> SearchColumn {
        match self {
            Self::Field(..) => SearchColumn::Fields,
            Self::Tag(_) => SearchColumn::Tags,
            Self::Status(_) => SearchColumn::Status,
        }
    }

    /// What the row lacks; nothing where it can't be told.
    pub(super) fn contradiction(&self, row: &FoundContact) -> Option<String> {
        let (fits, what) = match self {
            Self::Field(id, asked) => {
                let held = row.fields.iter().find(|field| field.id == *id);
                let held = held.and_then(|field| field.value.as_ref());
                let fits = held.is_some_and(|held| match asked {
                    Some(asked) => may_equal(asked, held),
                    None => !held.is_null(),
                });
                (fits, format!("the value asked for in the field {id}"))
            }
            Self::Tag(id) => {
                let fits = row.tags.iter().any(|tag| tag.id == *id);
                (fits, format!("the tag {id}"))
            }
            Self::Status(status) => {
                let fits = row
                    .primary_status
                    .as_ref()
                    .is_none_or(|held| held == status);
                (fits, format!("the status {status}"))
            }
        };
        (!fits).then_some(what)
    }
}

/// Whether the service may take the two for equal. In answers a value may be text whatever its type,
/// and how text is compared is not stated, so only what differs beyond doubt does.
fn may_equal(asked: &Value, held: &Value) -> bool {
    match (asked, held) {
        (Value::Text(asked), Value::Text(held)) => {
            asked.trim().to_lowercase() == held.trim().to_lowercase()
        }
        (Value::Number(_), _) => match (number(asked), number(held)) {
            (Some(asked), Some(held)) => asked.total_cmp(&held).is_eq(),
            _ => false,
        },
        (Value::Bool(asked), Value::Text(held)) => held.eq_ignore_ascii_case(&asked.to_string()),
        (Value::Bool(asked), Value::Bool(held)) => asked == held,
        (_, Value::Null) => false,
        _ => true,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_equal_is_let_through_and_what_cannot_be_is_not() {
        let values = |json: &str| serde_json::from_str::<(Value, Value)>(json).unwrap();
        for same in [
            r#"["Acme", "ACME "]"#,
            r"[12, 12.0]",
            r#"[12, "12"]"#,
            r#"[true, "true"]"#,
            r"[true, true]",
            r#"["a", ["a"]]"#,
        ] {
            let (asked, held) = values(same);
            assert!(may_equal(&asked, &held), "{same}");
        }
        for other in [
            r#"["Acme", "Bolt"]"#,
            r#"["Acme", ""]"#,
            r"[12, 13]",
            r#"[12, "twelve"]"#,
            r"[true, false]",
            r#"["a", null]"#,
        ] {
            let (asked, held) = values(other);
            assert!(!may_equal(&asked, &held), "{other}");
        }
    }
}
