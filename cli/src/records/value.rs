//! Values as text.

use benchmark_email::Value;

/// The value as people write it; nothing for no value.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Other(json) => json.as_str().to_owned(),
        other => format!("{other:?}"),
    }
}
