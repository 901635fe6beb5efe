//! What an answer and an error are made of.

use http::response::Parts;
use reqwest::{Response, ResponseBuilderExt};

/// The head of an answer, for one to be rebuilt from it. With the URL: without one, the HTTP library
/// parses a placeholder each time.
pub(super) fn head_of(response: &mut Response) -> Parts {
    let mut head = http::Response::builder();
    if let Some(extensions) = head.extensions_mut() {
        *extensions = std::mem::take(response.extensions_mut());
    }
    let with_url = head.url(response.url().clone());
    let (mut head, ()) = with_url.body(()).unwrap_or_default().into_parts();
    head.status = response.status();
    head.headers = std::mem::take(response.headers_mut());
    head
}

/// The deepest cause of an error.
pub(super) fn cause<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}
