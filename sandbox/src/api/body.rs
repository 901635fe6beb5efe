//! Reading properties of a JSON body, with refusals that name the property.

use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::rules::Rule;

/// A text that must be there. Null and empty count as missing.
pub(super) fn required_text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
    rule: Rule,
) -> Result<&'a str, Refusal> {
    match text(body, name)? {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(Refusal::required(rule, name)),
    }
}

/// A text that may be missing or null.
pub(super) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// An array that may be missing or null.
pub(super) fn array<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a [Value]>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(wrong(name, "an array")),
    }
}

/// A whole number of at least zero that may be missing or null.
pub(super) fn whole(body: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| wrong(name, "a whole number")),
    }
}

pub(super) fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| wrong(name, "an object"))
}

pub(super) fn wrong(name: &str, expected: &str) -> Refusal {
    Refusal::validation(Rule::ValueShape, format!("{name} must be {expected}")).at(name)
}
