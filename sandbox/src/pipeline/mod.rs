//! What happens to one request of the API, in order: logged, read, struck by a fault or not, judged at
//! the gate, carried out, answered.

mod reply;
mod spoil;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::{Map, Value};

use self::reply::Reply;
use self::spoil::{cut, instead, lose, spoil};
use crate::account::state;
use crate::answer::{Content, Refusal};
use crate::api::{self, Call};
use crate::body::{self, PATIENCE, Unread};
use crate::faults::What;
use crate::limits::Left;
use crate::log;
use crate::operations::Operation;
use crate::rules::Rule;
use crate::wire::{Cut, Ending};
use crate::world::World;

/// The largest body of a request.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

/// Who is at the other end. Put into a request's extensions by `server`.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    pub(crate) ending: Ending,
}

/// What a request is aimed at.
#[derive(Clone)]
pub(crate) enum Target {
    Operation {
        operation: &'static Operation,
        path: Vec<(String, String)>,
    },
    /// A path that exists, under a method it doesn't take. `Allow` is added by the router.
    WrongMethod,
    Nothing,
}

/// Answers a request.
pub(crate) async fn answer(world: Arc<World>, target: Target, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    world.clock.ring();
    let operation = target.operation().map(|operation| operation.id);
    let arrived = world.clock.moment();
    let number = world
        .log
        .begin(operation, &parts.method, &parts.uri, arrived);
    let body = body::read(body, LARGEST_BODY, PATIENCE)
        .await
        .map_err(unread);
    if let Ok(body) = &body {
        world
            .log
            .note(number, |record| record.body = log::kept(body));
    }

    let strike = world.faults.pick(operation, &parts.method);
    if let Some(strike) = &strike {
        world.log.note(number, |record| {
            record.fault = Some(strike.what().name());
            record.struck_by = Some(Arc::clone(&strike.fault));
        });
        if matches!(strike.what(), What::CommitLate) {
            let delay = strike.delay.unwrap_or_default();
            carry_out_late(&world, delay, target, parts, body, number);
            world.log.ended(number);
            return cut(Cut::Close);
        }
        if let Some(delay) = strike.delay {
            tokio::time::sleep(delay).await;
        }
        if let Some(response) = instead(strike).await {
            if response.extensions().get::<Cut>().is_none() {
                let (status, nothing) = (response.status(), Bytes::new());
                world
                    .log
                    .answered(number, operation, status, &nothing, arrived);
            } else {
                world.log.ended(number);
            }
            return response;
        }
    }

    let reply = carry_out(&world, &target, &parts, body, number);
    let peer = parts.extensions.get::<Peer>();
    let reset = peer.map(|peer| peer.ending.clone()).unwrap_or_default();
    match strike {
        Some(strike) if strike.what().loses_answer() => {
            world.log.ended(number);
            lose(strike.what()).await
        }
        strike => {
            let (status, answer) = (reply.status, reply.logged());
            world
                .log
                .answered(number, operation, status, answer, arrived);
            match strike {
                Some(strike) => spoil(&strike, reply, reset),
                None => reply.into_response(),
            }
        }
    }
}

impl Target {
    fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Operation { operation, .. } => Some(operation),
            Self::WrongMethod | Self::Nothing => None,
        }
    }
}

/// Carries a request out when the clock has moved on by the delay, whatever becomes of its connection.
fn carry_out_late(
    world: &Arc<World>,
    delay: Duration,
    target: Target,
    parts: Parts,
    body: Result<Bytes, Refusal>,
    number: u64,
) {
    let clock = world.clock.clone();
    let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    let world = Arc::downgrade(world);
    clock.at(clock.moment().plus_ms(delay_ms), move || {
        if let Some(world) = world.upgrade() {
            carry_out(&world, &target, &parts, body, number);
        }
    });
    // Where the clock runs nobody moves it.
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        clock.ring();
    });
}

/// Why a body that could not be read is refused.
fn unread(why: Unread) -> Refusal {
    match why {
        Unread::TooLong => Refusal::new(
            Rule::BodySize,
            StatusCode::PAYLOAD_TOO_LARGE,
            "ValidationError",
            format!("The body has more than {LARGEST_BODY} bytes"),
        ),
        Unread::TooLate => Refusal::new(
            Rule::Body,
            StatusCode::REQUEST_TIMEOUT,
            "ValidationError",
            "The body took too long to arrive",
        ),
        Unread::CutShort => Refusal::validation(Rule::Body, "The body was cut short"),
    }
}

/// Judges a request at the gate and carries it out; everything but faults.
fn carry_out(
    world: &Arc<World>,
    target: &Target,
    parts: &Parts,
    body: Result<Bytes, Refusal>,
    number: u64,
) -> Reply {
    let now = world.clock.moment();
    let (operation, path) = match target {
        Target::Operation { operation, path } => (*operation, path),
        Target::WrongMethod => {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let message = format!("{} is not allowed here", parts.method);
            let refusal = Refusal::new(Rule::MethodKnown, status, "MethodNotAllowedError", message);
            return refused(world, number, &refusal, None);
        }
        Target::Nothing => {
            return refused(
                world,
                number,
                &Refusal::not_found(Rule::RouteKnown, "Route"),
                None,
            );
        }
    };

    let secret = parts
        .headers
        .get("x-api-key")
        .map(|value| value.to_str().unwrap_or_default());
    let address = parts
        .extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.address);
    let seen = world.gate().judge(secret, address, operation.needs, now);
    let left = seen.left.map(|left| left.hourly);
    world.log.judged(number, seen.key, left, now);
    let verdict = seen.verdict.map_err(|refusal| {
        let looked_up_first =
            refusal.rule == Rule::Scope && world.readings.is(Rule::ScopeOrder, "lookup-first");
        let nothing = Map::new();
        let call = Call {
            world,
            path,
            query: "",
            body: &nothing,
            now,
        };
        let missing = looked_up_first.then(|| api::not_there(&call)).flatten();
        missing.unwrap_or(refusal)
    });
    let outcome = verdict.and(body).and_then(|body| {
        let body = if operation.has_body {
            read_json(world, &parts.headers, &body)?
        } else {
            Map::new()
        };
        let query = parts.uri.query().unwrap_or_default();
        let run = api::code_of(operation.id).ok_or_else(|| {
            let message = format!("{} is not built", operation.id);
            Refusal::new(
                Rule::RouteKnown,
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                message,
            )
        })?;
        run(&Call {
            world,
            path,
            query,
            body: &body,
            now,
        })
    });
    match outcome {
        Ok(answer) => {
            let mut headers = HeaderMap::new();
            if let Some(left) = seen.left {
                left.hourly_headers(&mut headers);
                left.monthly_headers(&mut headers);
            }
            let content_type = match &answer.content {
                Content::Empty => None,
                Content::Json(_) => Some("application/json"),
                Content::Pieces { content_type, .. } => Some(*content_type),
            };
            if let Some(content_type) = content_type {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
            Reply {
                status: answer.status,
                headers,
                content: answer.content,
            }
        }
        Err(refusal) => refused(world, number, &refusal, seen.left),
    }
}

fn refused(world: &World, number: u64, refusal: &Refusal, left: Option<Left>) -> Reply {
    world
        .log
        .note(number, |record| record.rule = Some(refusal.rule.name()));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let every_answer = world.readings.is(Rule::LimitHeaders, "every-answer");
    if let Some(left) = left {
        if every_answer || refusal.status == StatusCode::TOO_MANY_REQUESTS {
            left.hourly_headers(&mut headers);
        }
        if every_answer {
            left.monthly_headers(&mut headers);
        }
    }
    if let Some(seconds) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    // Which rule it was: the service says nothing of the kind, and clients don't look.
    headers.insert(
        "x-sandbox-rule",
        HeaderValue::from_static(refusal.rule.name()),
    );
    Reply {
        status: refusal.status,
        headers,
        content: Content::Json(refusal.envelope()),
    }
}

fn read_json(
    world: &World,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Map<String, Value>, Refusal> {
    let declared = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::validation(
            Rule::ContentType,
            "Content-Type must be application/json",
        ));
    }
    match serde_json::from_slice(body) {
        Ok(value) if state::is_too_deep(&value) => Err(Refusal::validation(
            Rule::BodyDepth,
            format!("The body nests deeper than {} levels", state::DEEPEST),
        )),
        Ok(Value::Object(mut object)) => {
            if world.readings.is(Rule::NullProperties, "ignore") {
                drop_nulls(&mut object);
            }
            Ok(object)
        }
        Ok(_) => Err(Refusal::validation(
            Rule::Body,
            "The body must be a JSON object",
        )),
        Err(error) => Err(Refusal::validation(
            Rule::Body,
            format!("The body is no valid JSON: {error}"),
        )),
    }
}

/// Takes out properties that are null, at any depth, but for the value of a field, where null means none.
fn drop_nulls(object: &mut Map<String, Value>) {
    object.retain(|name, value| name == "value" || !value.is_null());
    for value in object.values_mut() {
        match value {
            Value::Object(inner) => drop_nulls(inner),
            Value::Array(items) => items
                .iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(drop_nulls),
            _ => {}
        }
    }
}
