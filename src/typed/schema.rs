//! What this crate's own types say of themselves in JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::shape::RECURRENT_DATE;
use crate::{EmailAddress, Value, value::RecurrentDate};

/// With the feature `schemars`: anything.
impl JsonSchema for Value {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}

/// With the feature `schemars`: text with the format `recurrent_date`.
impl JsonSchema for RecurrentDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RecurrentDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": RECURRENT_DATE, "pattern": "^[0-9]{2}-[0-9]{2}$"})
    }
}

/// With the feature `schemars`: text with the format `email`.
impl JsonSchema for EmailAddress {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EmailAddress".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "email"})
    }
}
