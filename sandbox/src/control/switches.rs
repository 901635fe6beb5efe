//! What can be switched: limits, standing, clock, faults, keys, rules; and the log of requests.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::json;

use super::{Mistake, Shared, answer, contents, json_bytes, parameter, read};
use crate::access::{Key, KeyState, Standing};
use crate::clock::Moment;
use crate::faults::{Fault, FaultId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountChange {
    standing: Option<Standing>,
    hourly_left: Option<u64>,
    monthly_left: Option<u64>,
    hourly_limit: Option<u64>,
    monthly_limit: Option<u64>,
}

pub(super) async fn change_account(state: Shared, body: Body) -> Result<Response, Mistake> {
    let change: AccountChange = read(body).await?;
    {
        let mut gate = state.gate();
        if let Some(standing) = change.standing {
            gate.standing = standing;
        }
        let now = state.clock.moment();
        gate.limits
            .set_limits(change.hourly_limit, change.monthly_limit, now);
        gate.limits
            .set_left(change.hourly_left, change.monthly_left, now);
    }
    Ok(contents::overview(state).await)
}

pub(super) async fn clock(State(world): Shared) -> Response {
    answer(&contents::clock_shown(&world))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockChange {
    stopped: Option<bool>,
    set: Option<Moment>,
    advance_seconds: Option<u32>,
}

pub(super) async fn move_clock(State(world): Shared, body: Body) -> Result<Response, Mistake> {
    let change: ClockChange = read(body).await?;
    match change.stopped {
        Some(true) => world.clock.stop(),
        Some(false) => world.clock.run(),
        None => {}
    }
    if let Some(to) = change.set {
        world.clock.set(to.into());
    }
    if let Some(seconds) = change.advance_seconds {
        world.clock.advance(Duration::from_secs(seconds.into()));
    }
    Ok(answer(&contents::clock_shown(&world)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SearchChange {
    lag_ms: u64,
}

pub(super) async fn change_search(State(world): Shared, body: Body) -> Result<StatusCode, Mistake> {
    let SearchChange { lag_ms } = read(body).await?;
    world.set_search_lag(Duration::from_millis(lag_ms));
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn faults(State(world): Shared) -> Response {
    answer(&json!(world.faults.list()))
}

pub(super) async fn arm_fault(State(world): Shared, body: Body) -> Result<Response, Mistake> {
    let fault = Fault::read(read(body).await?).map_err(|error| Mistake::bad(&error))?;
    let id = world
        .faults
        .arm(fault, world.left())
        .map_err(|error| Mistake::bad(&error))?;
    Ok((StatusCode::CREATED, answer(&json!({ "id": id }))).into_response())
}

pub(super) async fn clear_faults(State(world): Shared) -> StatusCode {
    world.faults.clear_all();
    StatusCode::NO_CONTENT
}

pub(super) async fn clear_fault(
    State(world): Shared,
    Path(id): Path<String>,
) -> Result<StatusCode, Mistake> {
    match id.parse() {
        Ok(id) if world.faults.clear(FaultId(id)) => Ok(StatusCode::NO_CONTENT),
        _ => Err(Mistake::not_found("There is no such fault")),
    }
}

pub(super) async fn keys(State(world): Shared) -> Response {
    let shown = |key: &Key| json!({ "key": key.secret, "scopes": key.scopes, "state": key.state });
    answer(&world.gate().keys.iter().map(shown).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    scopes: Vec<String>,
}

pub(super) async fn create_key(State(world): Shared, body: Body) -> Result<Response, Mistake> {
    let NewKey { scopes } = read(body).await?;
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

pub(super) async fn change_key(
    State(world): Shared,
    Path(secret): Path<String>,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let KeyChange { state } = read(body).await?;
    let mut gate = world.gate();
    let key = gate.keys.iter_mut().find(|key| key.secret == secret);
    key.ok_or_else(|| Mistake::not_found("The account has no such key"))?
        .state = state;
    Ok(StatusCode::NO_CONTENT)
}

/// `?after=N` leaves out what came up to number N. `?changed=R` gives what is new since that revision of the log, with
/// the revision to ask by next, and without bodies.
pub(super) async fn requests(State(world): Shared, uri: Uri) -> Response {
    let number = |name| parameter(uri.query(), name).and_then(|text| text.parse::<u64>().ok());
    if let Some(since) = number("changed") {
        // First the revision: what comes in between is told twice rather than not at all.
        let revision = world.log.edition().revision;
        let requests = world.log.changed(since);
        return answer(&json!({ "revision": revision, "requests": requests }));
    }
    // Not by way of one value, which takes many times the memory of the text.
    json_bytes(
        serde_json::to_vec(&world.log.records(number("after").unwrap_or(0)))
            .unwrap_or_default()
            .into(),
    )
}

pub(super) async fn request(
    State(world): Shared,
    Path(number): Path<String>,
) -> Result<Response, Mistake> {
    let record = number
        .parse()
        .ok()
        .and_then(|number| world.log.record(number));
    record
        .map(|record| answer(&record.shown()))
        .ok_or_else(|| Mistake::not_found("The log has no such request, or not any more"))
}

/// What was asked in the last hour, minute by minute.
pub(super) async fn hour(State(world): Shared) -> Response {
    answer(&json!(world.log.hour(world.clock.moment())))
}

pub(super) async fn clear_requests(State(world): Shared) -> StatusCode {
    world.log.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn rules(State(world): Shared) -> Response {
    answer(&json!(world.readings.list()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleChange {
    reading: String,
}

pub(super) async fn read_rule(
    State(world): Shared,
    Path(name): Path<String>,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let RuleChange { reading } = read(body).await?;
    world
        .choose_reading(&name, &reading)
        .map_err(|error| Mistake::bad(&error))?;
    Ok(StatusCode::NO_CONTENT)
}
