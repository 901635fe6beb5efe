//! Reading properties of a JSON body, with refusals that name the property.

use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::rules::Rule;

/// A text that must be there. Null and empty count as missing here, and nowhere else.
pub(super) fn required_text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
    rule: Rule,
) -> Result<&'a str, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Err(Refusal::required(rule, name)),
        Some(Value::String(text)) if text.is_empty() => Err(Refusal::required(rule, name)),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// A text that may be missing.
pub(super) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// An array that may be missing.
pub(super) fn array<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a [Value]>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(wrong(name, "an array")),
    }
}

/// A whole number of at least zero that may be missing.
pub(super) fn whole(body: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refusal> {
    match body.get(name) {
        None => Ok(None),
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

/// A whole number of any sign that may be missing. A number too big to be a version is one nobody has.
pub(super) fn integer(body: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(value) if value.is_u64() => Ok(Some(value.as_i64().unwrap_or(i64::MAX))),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| wrong(name, "a whole number")),
    }
}
