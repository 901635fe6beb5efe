//! `/_sandbox/…`: the sandbox's own switches over HTTP, for other languages and for the page.
//!
//! No API key is asked for and nothing here is logged or counted. Foreign web pages are kept out by `origin`.

mod contents;
mod origin;
mod switches;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::body::{self, PATIENCE, Unread};
use crate::world::World;

const LARGEST_BODY: usize = 1024 * 1024;

/// The routes.
pub(crate) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/_sandbox", get(contents::overview))
        .route(
            "/_sandbox/contacts",
            get(contents::contacts).post(contents::generate),
        )
        .route("/_sandbox/contacts/{id}", get(contents::contact))
        .route("/_sandbox/contacts/{id}/status", put(contents::deactivate))
        .route(
            "/_sandbox/forms",
            get(contents::forms).post(contents::publish_form),
        )
        .route("/_sandbox/hour", get(switches::hour))
        .route("/_sandbox/lists", get(contents::lists))
        .route("/_sandbox/search", put(switches::change_search))
        .route("/_sandbox/structures", get(contents::structures))
        .route(
            "/_sandbox/state",
            get(contents::snapshot).put(contents::restore),
        )
        .route("/_sandbox/reset", post(contents::reset))
        .route("/_sandbox/account", put(switches::change_account))
        .route(
            "/_sandbox/clock",
            get(switches::clock).post(switches::move_clock),
        )
        .route(
            "/_sandbox/faults",
            get(switches::faults)
                .post(switches::arm_fault)
                .delete(switches::clear_faults),
        )
        .route("/_sandbox/faults/{id}", delete(switches::clear_fault))
        .route(
            "/_sandbox/keys",
            get(switches::keys).post(switches::create_key),
        )
        .route("/_sandbox/keys/{key}", put(switches::change_key))
        .route(
            "/_sandbox/requests",
            get(switches::requests).delete(switches::clear_requests),
        )
        .route("/_sandbox/requests/{number}", get(switches::request))
        .route("/_sandbox/rules", get(switches::rules))
        .route("/_sandbox/rules/{name}", put(switches::read_rule))
        .layer(middleware::from_fn(origin::guard))
        .layer(middleware::map_response(mark))
        .with_state(Arc::clone(world))
}

/// Nothing of this may lie in a browser's cache, or be taken for a script.
async fn mark(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

type Shared = State<Arc<World>>;

/// A request for the sandbox itself that can't be served, in the API's own envelope.
struct Mistake {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Mistake {
    fn bad(message: &impl ToString) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "ValidationError",
            message: message.to_string(),
        }
    }

    fn forbidden(message: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            kind: "ForbiddenError",
            message: message.to_owned(),
        }
    }

    fn not_found(message: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind: "RecordNotFound",
            message: message.to_owned(),
        }
    }

    fn failed(message: &impl ToString) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            kind: "InternalError",
            message: message.to_string(),
        }
    }
}

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        let envelope = json!({ "errors": [{ "errorType": self.kind, "message": self.message }] });
        (self.status, answer(&envelope)).into_response()
    }
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Mistake> {
    read_within(body, LARGEST_BODY, PATIENCE).await
}

async fn read_within<T: DeserializeOwned>(
    body: Body,
    most: usize,
    within: Duration,
) -> Result<T, Mistake> {
    let body = body::read(body, most, within).await;
    let body = body.map_err(|why| match why {
        Unread::TooLong => Mistake::bad(&format!("The body has more than {most} bytes")),
        Unread::TooLate => Mistake {
            status: StatusCode::REQUEST_TIMEOUT,
            ..Mistake::bad(&"The body took too long to arrive")
        },
        Unread::CutShort => Mistake::bad(&"The body was cut short"),
    })?;
    serde_json::from_slice(&body).map_err(|error| Mistake::bad(&error))
}

fn answer(value: &Value) -> Response {
    json_bytes(value.to_string().into())
}

fn json_bytes(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The decoded value of a query parameter; the last one, if it is repeated.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs
        .filter(|(known, _)| known == name)
        .last()
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use std::convert::Infallible;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let started = tokio::time::Instant::now();
        let endless = futures_util::stream::pending::<Result<Bytes, Infallible>>();
        let Err(mistake) = read::<Value>(Body::from_stream(endless)).await else {
            panic!("it was read");
        };
        assert_eq!(started.elapsed(), PATIENCE);
        assert_eq!(mistake.status, StatusCode::REQUEST_TIMEOUT);
        assert_eq!(mistake.message, "The body took too long to arrive");
    }
}
