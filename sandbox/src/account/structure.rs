//! A structure: the fields and tags that contacts may carry.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Id, Version};
use crate::clock::Moment;

/// The schema of contacts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Structure {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) label: String,
    pub(crate) key_name: String,
    pub(crate) key_type: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    #[serde(rename = "__v")]
    pub(crate) version: Version,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

/// A custom field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Field {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) label: String,
    pub(crate) data_type: DataType,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(
        rename = "predefinedField",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) predefined: Option<String>,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DataType {
    Text,
    Number,
    Date,
    Boolean,
    /// Month and day, such as a birthday.
    RecurrentDate,
}

/// A tag that contacts may carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tag {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) label: String,
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

impl Structure {
    pub(crate) fn field(&self, id: Id) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub(crate) fn has_tag(&self, id: Id) -> bool {
        self.tags.iter().any(|tag| tag.id == id)
    }
}

impl DataType {
    /// Whether `value` fits, as far as that is known. Null fits everything: it clears the field.
    pub(crate) fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null)
            | (Self::Text, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_)) => true,
            (Self::Number, Value::String(text)) => {
                text.trim().parse::<f64>().is_ok_and(f64::is_finite)
            }
            (Self::Date, Value::String(text)) => is_date(text) || Moment::parse(text).is_some(),
            (Self::RecurrentDate, Value::String(text)) => {
                // A leap year, so that 29 February is a birthday.
                is_date(text) || (text.len() == 5 && is_date(&format!("2024-{text}")))
            }
            _ => false,
        }
    }

    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Date => "a date such as 2026-03-28",
            Self::Boolean => "a boolean",
            Self::RecurrentDate => "a month and day such as 03-28",
        }
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_fit_their_data_type() {
        for (data_type, fits, misfits) in [
            (
                DataType::Text,
                vec![json!("x"), json!("")],
                vec![json!(1), json!([]), json!({})],
            ),
            (
                DataType::Number,
                vec![json!(1.5), json!("12")],
                vec![json!("twelve"), json!("NaN"), json!(true)],
            ),
            (
                DataType::Boolean,
                vec![json!(true)],
                vec![json!("true"), json!(1)],
            ),
            (
                DataType::Date,
                vec![json!("2026-03-28"), json!("2026-03-28T14:30:00.000Z")],
                vec![json!("28.3.2026"), json!("2026-02-30"), json!(20_260_328)],
            ),
            (
                DataType::RecurrentDate,
                vec![json!("02-29"), json!("2026-03-28")],
                vec![json!("02-30"), json!("13-01"), json!("é-01"), json!(5)],
            ),
        ] {
            assert!(data_type.takes(&Value::Null));
            for value in fits {
                assert!(data_type.takes(&value), "{data_type:?} {value}");
            }
            for value in misfits {
                assert!(!data_type.takes(&value), "{data_type:?} {value}");
            }
        }
    }
}
