//! What an operation answers: a success with a body, or a refusal in the provider's error envelope.
//!
//! Nothing here knows of HTTP connections; `pipeline` turns an answer into a response.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::rules::Rule;

/// A success.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content: Content,
}

/// The body of a success.
pub(crate) enum Content {
    Empty,
    Json(Bytes),
    /// Too big to build: made piece by piece while it is sent.
    Pieces {
        content_type: &'static str,
        pieces: BoxStream<'static, Bytes>,
    },
}

impl Answer {
    pub(crate) fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(crate) fn created(value: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, value)
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            content: Content::Empty,
        }
    }

    fn json(status: StatusCode, value: &impl Serialize) -> Self {
        // Only maps with keys that aren't text fail to serialise, and there are none.
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self {
            status,
            content: Content::Json(body.into()),
        }
    }
}

/// A refusal, and the rule it comes from.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) rule: Rule,
    pub(crate) retry_after: Option<u64>,
    error: Box<ErrorItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorItem {
    error_type: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<Value>,
}

impl Refusal {
    pub(crate) fn new(
        rule: Rule,
        status: StatusCode,
        error_type: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let error = ErrorItem {
            error_type,
            message: message.into(),
            field: None,
            field_id: None,
            debug: None,
        };
        Self {
            status,
            rule,
            retry_after: None,
            error: Box::new(error),
        }
    }

    pub(crate) fn validation(rule: Rule, message: impl Into<String>) -> Self {
        Self::new(rule, StatusCode::BAD_REQUEST, "ValidationError", message)
    }

    /// `<property> is required`, in the provider's words.
    pub(crate) fn required(rule: Rule, property: &str) -> Self {
        Self::validation(rule, format!("{property} is required")).at(property)
    }

    pub(crate) fn not_found(rule: Rule, what: &str) -> Self {
        Self::new(
            rule,
            StatusCode::NOT_FOUND,
            "RecordNotFound",
            format!("{what} not found"),
        )
    }

    pub(crate) fn stale() -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::new(
            Rule::VersionCurrent,
            status,
            "ConcurrencyError",
            "Document version mismatch",
        )
    }

    pub(crate) fn unauthorized(rule: Rule, message: &str) -> Self {
        Self::new(rule, StatusCode::UNAUTHORIZED, "UnauthorizedError", message)
    }

    pub(crate) fn forbidden(rule: Rule, message: impl Into<String>) -> Self {
        Self::new(rule, StatusCode::FORBIDDEN, "ForbiddenError", message)
    }

    pub(crate) fn too_many(rule: Rule, message: impl Into<String>, retry_after: u64) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let refusal = Self::new(rule, status, "TooManyRequestsError", message);
        Self {
            retry_after: Some(retry_after),
            ..refusal
        }
    }

    /// Names the property of the body that is at fault.
    pub(crate) fn at(mut self, property: &str) -> Self {
        self.error.field = Some(property.to_owned());
        self
    }

    /// Names the custom field that is at fault.
    pub(crate) fn at_field(mut self, id: &str) -> Self {
        self.error.field_id = Some(id.to_owned());
        self
    }

    pub(crate) fn with_debug(mut self, debug: Value) -> Self {
        self.error.debug = Some(debug);
        self
    }

    /// `{"errors":[…]}`.
    pub(crate) fn envelope(&self) -> Bytes {
        json!({ "errors": [&self.error] }).to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_has_only_what_is_known() {
        let refusal = Refusal::required(Rule::ContactKeyRequired, "key");
        assert_eq!(
            refusal.envelope(),
            r#"{"errors":[{"errorType":"ValidationError","field":"key","message":"key is required"}]}"#
        );
    }
}
