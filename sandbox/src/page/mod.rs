//! What a browser sees: the page at `/`, the API reference at `/docs`, and the document behind it.
//!
//! Everything is in the program, nothing is fetched from elsewhere, and the pages get their data from
//! `/_sandbox/…`. The API's document is embedded as it is and turned into JSON when first asked for.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

/// The API's document, as `build.rs` found it.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.yaml"));

static DOCUMENT_AS_JSON: LazyLock<Bytes> = LazyLock::new(|| {
    // A test sees to it that it can be read; an empty reference would be the sign of a broken one.
    let document: Option<yaml_serde::Value> = yaml_serde::from_str(DOCUMENT).ok();
    document
        .and_then(|document| serde_json::to_vec(&document).ok())
        .unwrap_or_default()
        .into()
});

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The routes.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || file(HTML, include_str!("page.html"))))
        .route("/docs", get(async || file(HTML, include_str!("docs.html"))))
        .route(
            "/_sandbox/style.css",
            get(async || file(CSS, include_str!("style.css"))),
        )
        .route(
            "/_sandbox/element.js",
            get(async || file(SCRIPT, include_str!("element.js"))),
        )
        .route(
            "/_sandbox/page.js",
            get(async || file(SCRIPT, include_str!("page.js"))),
        )
        .route(
            "/_sandbox/docs.js",
            get(async || file(SCRIPT, include_str!("docs.js"))),
        )
        .route(
            "/openapi.yaml",
            get(async || file("application/yaml", DOCUMENT)),
        )
        .route(
            "/openapi.json",
            get(async || bytes("application/json", DOCUMENT_AS_JSON.clone())),
        )
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    bytes(content_type, Bytes::from_static(text.as_bytes()))
}

fn bytes(content_type: &'static str, body: Bytes) -> Response {
    // Nothing from elsewhere, nothing inline: what a contact is called can't become a script.
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                  img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::operations::OPERATIONS;

    #[test]
    fn the_document_has_the_operations_that_the_sandbox_has() {
        let document: Value = serde_json::from_slice(&DOCUMENT_AS_JSON).unwrap();
        let mut declared = BTreeSet::new();
        for (path, methods) in document.get("paths").and_then(Value::as_object).unwrap() {
            for (method, operation) in methods
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| *name != "parameters")
            {
                let id = operation
                    .get("operationId")
                    .and_then(Value::as_str)
                    .unwrap();
                let scope = operation
                    .get("x-api-key-scope")
                    .and_then(Value::as_str)
                    .unwrap();
                declared.insert((
                    method.to_uppercase(),
                    path.clone(),
                    id.to_owned(),
                    scope.to_owned(),
                ));
            }
        }
        let served = OPERATIONS
            .iter()
            .filter(|operation| operation.id != "createStructure");
        let served: BTreeSet<_> = served
            .map(|op| {
                (
                    op.method.to_string(),
                    op.path.to_owned(),
                    op.id.to_owned(),
                    op.needs.scope().to_owned(),
                )
            })
            .collect();
        assert_eq!(declared, served);
    }

    #[test]
    fn the_pages_load_nothing_from_elsewhere() {
        for text in [
            include_str!("page.html"),
            include_str!("docs.html"),
            include_str!("style.css"),
            include_str!("page.js"),
            include_str!("docs.js"),
            include_str!("element.js"),
        ] {
            assert!(!text.contains("://"), "{text}");
        }
    }
}
