//! What a browser sees: the page at `/`, the API reference at `/docs`, and the document behind it.
//!
//! Everything is in the program, nothing is fetched from elsewhere, and the pages get their data from
//! `/_sandbox/…`. The API's document is embedded as it is and turned into JSON when first asked for.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

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

/// A file of this folder: its name, content type and text.
macro_rules! part {
    ($name:literal, $content_type:expr) => {
        ($name, $content_type, include_str!($name))
    };
}

const PAGE: (&str, &str, &str) = part!("page.html", HTML);
const DOCS: (&str, &str, &str) = part!("docs.html", HTML);

/// What the two pages are made of, served under its name.
const PARTS: [(&str, &str, &str); 21] = [
    part!("style.css", CSS),
    part!("account.js", SCRIPT),
    part!("ask.js", SCRIPT),
    part!("clock.js", SCRIPT),
    part!("contacts.js", SCRIPT),
    part!("docs.js", SCRIPT),
    part!("faults.js", SCRIPT),
    part!("hour.js", SCRIPT),
    part!("lists.js", SCRIPT),
    part!("log.js", SCRIPT),
    part!("page.js", SCRIPT),
    part!("parts.js", SCRIPT),
    part!("render.js", SCRIPT),
    part!("rules.js", SCRIPT),
    part!("samples.json", "application/json"),
    part!("prefill.js", SCRIPT),
    part!("schema.js", SCRIPT),
    part!("store.js", SCRIPT),
    part!("try.js", SCRIPT),
    part!("versions.js", SCRIPT),
    part!("words.js", SCRIPT),
];

/// The routes.
pub(crate) fn router() -> Router {
    let document = async || bytes("application/json", DOCUMENT_AS_JSON.clone());
    Router::new()
        .route("/", get(async || file(PAGE.1, PAGE.2)))
        .route("/docs", get(async || file(DOCS.1, DOCS.2)))
        .route("/_sandbox/page/{name}", get(part))
        .route("/openapi.json", get(document))
        .route(
            "/openapi.yaml",
            get(async || file("application/yaml", DOCUMENT)),
        )
}

async fn part(Path(name): Path<String>) -> Result<Response, StatusCode> {
    let known = PARTS.iter().find(|(known, ..)| *known == name);
    known
        .map(|(_, content_type, text)| file(content_type, text))
        .ok_or(StatusCode::NOT_FOUND)
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
    fn the_pages_weigh_little() {
        let all = PARTS.iter().chain([&PAGE, &DOCS]);
        let bytes: usize = all.map(|(_, _, text)| text.len()).sum();
        assert!(bytes < 100 * 1024, "{bytes}");
    }

    #[test]
    fn the_pages_load_nothing_from_elsewhere() {
        for (path, _, text) in PARTS.iter().chain([&PAGE, &DOCS]) {
            assert!(!text.contains("://"), "{path}");
        }
    }
}
