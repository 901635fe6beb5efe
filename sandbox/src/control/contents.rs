//! What the account holds, looked at and changed from outside the API.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::json;

use super::switches::clock_shown;
use super::{Mistake, Shared, answer, json_bytes, parameter, read, read_up_to};

const LARGEST_STATE: usize = 1024 * 1024 * 1024;
/// Contacts that are shown at once.
const PAGE: usize = 25;

pub(super) async fn overview(State(world): Shared) -> Response {
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
        "searchLagMs": u64::try_from(world.search_lag().as_millis()).unwrap_or(u64::MAX),
    }))
}

/// `?find=TEXT&page=N`: contacts whose key or field values contain the text, newest first.
pub(super) async fn contacts(State(world): Shared, uri: Uri) -> Response {
    let find = parameter(uri.query(), "find")
        .unwrap_or_default()
        .to_lowercase();
    let page = parameter(uri.query(), "page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1_usize);
    let (total, contacts) =
        world.find_contacts(&find, page.saturating_sub(1).saturating_mul(PAGE), PAGE);
    answer(&json!({ "total": total, "pageSize": PAGE, "contacts": contacts }))
}

pub(super) async fn structures(State(world): Shared) -> Response {
    answer(&world.structures())
}

pub(super) async fn lists(State(world): Shared) -> Response {
    answer(&world.lists())
}

pub(super) async fn snapshot(State(world): Shared) -> Response {
    json_bytes(world.snapshot_text().into())
}

pub(super) async fn restore(State(world): Shared, body: Body) -> Result<StatusCode, Mistake> {
    let document = read_up_to(LARGEST_STATE, body).await?;
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

pub(super) async fn generate(State(world): Shared, body: Body) -> Result<StatusCode, Mistake> {
    let Generate { generate } = read(body).await?;
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

pub(super) async fn deactivate(
    State(world): Shared,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, Mistake> {
    let Deactivate { secondary } = read(body).await?;
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

pub(super) async fn publish_form(State(world): Shared, body: Body) -> Result<Response, Mistake> {
    let NewForm { name, fields } = read(body).await?;
    let fields: Vec<_> = fields.iter().map(String::as_str).collect();
    let id = world.publish_form(&name, &fields);
    let id = id.ok_or_else(|| Mistake::bad(&"A field of the form is in no structure"))?;
    Ok((StatusCode::CREATED, answer(&json!({ "_id": id }))).into_response())
}

pub(super) async fn reset(State(world): Shared) -> Result<StatusCode, Mistake> {
    world.reset().map_err(|error| Mistake::failed(&error))?;
    Ok(StatusCode::NO_CONTENT)
}
