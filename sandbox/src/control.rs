//! `/_sandbox/…`: the sandbox's own switches over HTTP, for other languages and for the page.
//!
//! No API key is asked for and nothing here is logged or counted. A body must be declared as JSON, which
//! a foreign web page can't do without asking first, and nobody here says yes to that.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::access::{Key, KeyState, Standing};
use crate::clock::Moment;
use crate::faults::{Fault, FaultId};
use crate::world::World;

const LARGEST_BODY: usize = 1024 * 1024;
const LARGEST_STATE: usize = 1024 * 1024 * 1024;

/// The routes.
pub(crate) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/_sandbox", get(overview))
        .route("/_sandbox/account", put(change_account))
        .route("/_sandbox/clock", get(clock).post(move_clock))
        .route(
            "/_sandbox/faults",
            get(faults).post(arm_fault).delete(clear_faults),
        )
        .route("/_sandbox/faults/{id}", delete(clear_fault))
        .route("/_sandbox/keys", get(keys).post(create_key))
        .route("/_sandbox/keys/{key}", put(change_key))
        .route("/_sandbox/requests", get(requests).delete(clear_requests))
        .route("/_sandbox/contacts", post(generate))
        .route("/_sandbox/contacts/{id}/status", put(deactivate))
        .route("/_sandbox/forms", post(publish_form))
        .route("/_sandbox/state", get(snapshot).put(restore))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/rules", get(rules))
        .route("/_sandbox/rules/{name}", put(read_rule))
        .with_state(Arc::clone(world))
}

type Shared = State<Arc<World>>;

async fn overview(State(world): Shared) -> Response {
    let (left, standing) = {
        let mut gate = world.gate();
        (gate.limits.left(world.clock.moment()), gate.standing)
    };
    let (contacts, structures, lists) = world.sizes();
    answer(&json!({
        "contacts": contacts,
        "structures": structures,
        "lists": lists,
        "standing": standing,
        "limits": {
            "hourlyLimit": left.hourly_limit,
            "hourlyLeft": left.hourly,
            "hourlyReset": left.hourly_reset,
            "monthlyLimit": left.monthly_limit,
            "monthlyLeft": left.monthly,
            "monthlyReset": left.monthly_reset,
        },
        "clock": clock_shown(&world),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountChange {
    standing: Option<Standing>,
    hourly_left: Option<u64>,
    monthly_left: Option<u64>,
}

async fn change_account(
    state: Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Mistake> {
    let change: AccountChange = read(&headers, body).await?;
    {
        let mut gate = state.gate();
        if let Some(standing) = change.standing {
            gate.standing = standing;
        }
        gate.limits.set_left(
            change.hourly_left,
            change.monthly_left,
            state.clock.moment(),
        );
    }
    Ok(overview(state).await)
}

async fn clock(State(world): Shared) -> Response {
    answer(&clock_shown(&world))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockChange {
    stopped: Option<bool>,
    set: Option<Moment>,
    advance_seconds: Option<u32>,
}

async fn move_clock(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Mistake> {
    let change: ClockChange = read(&headers, body).await?;
    match change.stopped {
        Some(true) => world.clock.stop(),
        Some(false) => world.clock.run(),
        None => {}
    }
    if let Some(to) = change.set {
        world.clock.set(to.into());
    }
    if let Some(seconds) = change.advance_seconds {
        world
            .clock
            .advance(std::time::Duration::from_secs(seconds.into()));
    }
    Ok(answer(&clock_shown(&world)))
}

fn clock_shown(world: &World) -> Value {
    json!({ "now": world.clock.moment(), "stopped": world.clock.is_stopped() })
}

async fn faults(State(world): Shared) -> Response {
    answer(&json!(world.faults.list()))
}

async fn arm_fault(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Mistake> {
    let fault = Fault::read(read(&headers, body).await?).map_err(|error| Mistake::bad(&error))?;
    let id = world
        .faults
        .arm(fault, world.left())
        .map_err(|error| Mistake::bad(&error))?;
    Ok((StatusCode::CREATED, answer(&json!({ "id": id }))).into_response())
}

async fn clear_faults(State(world): Shared) -> StatusCode {
    world.faults.clear_all();
    StatusCode::NO_CONTENT
}

async fn clear_fault(State(world): Shared, Path(id): Path<String>) -> Result<StatusCode, Mistake> {
    match id.parse() {
        Ok(id) if world.faults.clear(FaultId(id)) => Ok(StatusCode::NO_CONTENT),
        _ => Err(Mistake::not_found("There is no such fault")),
    }
}

async fn keys(State(world): Shared) -> Response {
    let shown = |key: &Key| json!({ "key": key.secret, "scopes": key.scopes, "state": key.state });
    answer(&world.gate().keys.iter().map(shown).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    scopes: Vec<String>,
}

async fn create_key(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Mistake> {
    let NewKey { scopes } = read(&headers, body).await?;
    let key = Key {
        secret: Key::random_secret(),
        scopes,
        state: KeyState::Active,
    };
    let shown = answer(&json!({ "key": key.secret, "scopes": key.scopes, "state": key.state }));
    world.gate().keys.push(key);
    Ok((StatusCode::CREATED, shown).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyChange {
    state: KeyState,
}

async fn change_key(
    State(world): Shared,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let KeyChange { state } = read(&headers, body).await?;
    let mut gate = world.gate();
    let key = gate.keys.iter_mut().find(|key| key.secret == secret);
    key.ok_or_else(|| Mistake::not_found("The account has no such key"))?
        .state = state;
    Ok(StatusCode::NO_CONTENT)
}

/// `?after=N` leaves out what came up to number N.
async fn requests(State(world): Shared, uri: Uri) -> Response {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let after = query.filter(|(name, _)| name == "after").last();
    let after = after.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    answer(&json!(world.log.records(after)))
}

async fn clear_requests(State(world): Shared) -> StatusCode {
    world.log.clear();
    StatusCode::NO_CONTENT
}

async fn snapshot(State(world): Shared) -> Response {
    json_bytes(world.snapshot_text().into())
}

async fn restore(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let document = read_up_to(LARGEST_STATE, &headers, body).await?;
    world
        .restore(document)
        .map_err(|error| Mistake::bad(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Generate {
    generate: u32,
}

async fn generate(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let Generate { generate } = read(&headers, body).await?;
    let count = usize::try_from(generate).unwrap_or(usize::MAX);
    world
        .generate(count)
        .map_err(|error| Mistake::failed(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deactivate {
    secondary: String,
}

async fn deactivate(
    State(world): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let Deactivate { secondary } = read(&headers, body).await?;
    if world.deactivate(&id, &secondary) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Mistake::not_found("There is no such contact"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewForm {
    name: String,
    fields: Vec<String>,
}

async fn publish_form(
    State(world): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Mistake> {
    let NewForm { name, fields } = read(&headers, body).await?;
    let fields: Vec<_> = fields.iter().map(String::as_str).collect();
    let id = world.publish_form(&name, &fields);
    let id = id.ok_or_else(|| Mistake::bad(&"A field of the form is in no structure"))?;
    Ok((StatusCode::CREATED, answer(&json!({ "_id": id }))).into_response())
}

async fn reset(State(world): Shared) -> Result<StatusCode, Mistake> {
    world.reset().map_err(|error| Mistake::failed(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rules(State(world): Shared) -> Response {
    answer(&json!(world.readings.list()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleChange {
    reading: String,
}

async fn read_rule(
    State(world): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let RuleChange { reading } = read(&headers, body).await?;
    world
        .choose_reading(&name, &reading)
        .map_err(|error| Mistake::bad(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

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

async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Mistake> {
    read_up_to(LARGEST_BODY, headers, body).await
}

async fn read_up_to<T: DeserializeOwned>(
    most: usize,
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Mistake> {
    let declared = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !declared
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("application/json")
    {
        return Err(Mistake::bad(&"Content-Type must be application/json"));
    }
    let body = Limited::new(body, most).collect().await;
    let body = body.map_err(|_| {
        Mistake::bad(&format!(
            "The body has more than {most} bytes, or was cut short"
        ))
    })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| Mistake::bad(&error))
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
