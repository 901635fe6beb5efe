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
}

pub(super) async fn change_account(state: Shared, body: Body) -> Result<Response, Mistake> {
    let change: AccountChange = read(body).await?;
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

/// `?after=N` leaves out what came up to number N.
pub(super) async fn requests(State(world): Shared, uri: Uri) -> Response {
    let after = parameter(uri.query(), "after")
        .and_then(|after| after.parse().ok())
        .unwrap_or(0);
    // Not by way of one value, which takes many times the memory of the text.
    json_bytes(
        serde_json::to_vec(&world.log.records(after))
            .unwrap_or_default()
            .into(),
    )
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
