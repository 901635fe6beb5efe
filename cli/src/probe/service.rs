//! The way to the service: each request is counted and kept with its answer.

use std::{fmt, pin::Pin, time::Duration};

use benchmark_email::Client;
use http::Method;
use serde_json::{Map, Value, json};

use crate::output::Failure;

/// The most requests that a probe sends, removal included.
pub(crate) const MOST: usize = 120;
/// So many of them may be gone for the structure, which is read before.
const FOR_STRUCTURE: usize = 5;
/// So many are kept for the removal of what was made.
const FOR_REMOVAL: usize = 25;

/// How a probe waits; a test lets no time pass.
pub(crate) type Pause = Box<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()>>>>;

/// What kind of answer it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Accepted,
    /// The request is at fault.
    Refused,
    /// What it names isn't there.
    NotFound,
    /// Something else, which says nothing of the request.
    Fault,
}

/// What came back.
#[derive(Clone)]
pub(crate) struct Answer {
    /// Its exchange's.
    pub(crate) number: usize,
    pub(crate) method: Method,
    /// As it was asked, without ids.
    route: String,
    pub(crate) status: u16,
    pub(crate) headers: Map<String, Value>,
    /// JSON, or text where it is none.
    pub(crate) body: Value,
}

/// `Debug` shows no address.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.described())
    }
}

impl Answer {
    pub(crate) fn kind(&self) -> Kind {
        match self.status {
            200..=299 => Kind::Accepted,
            404 | 410 => Kind::NotFound,
            400 | 409 | 412 | 415 | 422 => Kind::Refused,
            _ => Kind::Fault,
        }
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.kind() == Kind::Accepted
    }

    /// `POST /api/contact: 400 DuplicateFieldError`.
    pub(crate) fn described(&self) -> String {
        let error = self
            .body
            .pointer("/errors/0/errorType")
            .and_then(Value::as_str);
        let error = error.map(|error| format!(" {error}")).unwrap_or_default();
        format!("{} {}: {}{error}", self.method, self.route, self.status)
    }

    /// What the body has at this JSON pointer; null where it has nothing.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// The rows of a list in any envelope.
    pub(crate) fn rows(&self) -> &[Value] {
        let within = ["records", "contacts"]
            .iter()
            .find_map(|name| self.body.get(name));
        let rows = within.unwrap_or(&self.body).as_array();
        rows.map_or(&[], Vec::as_slice)
    }
}

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) path: String,
    pub(crate) request: Option<Value>,
    pub(crate) answer: Answer,
}

/// The way to the service.
pub(crate) struct Service {
    client: Client,
    pause: Pause,
    sent: usize,
    pub(crate) exchanges: Vec<Exchange>,
    /// Whether what is left may be used up: only what removes is asked then.
    pub(crate) is_removing: bool,
}

/// The headers that a claim may be about.
const TOLD: [&str; 9] = [
    "content-type",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-monthly-limit",
    "x-monthly-remaining",
    "x-monthly-reset",
    "location",
];

impl Service {
    pub(crate) fn new(client: Client, pause: Pause) -> Self {
        Self {
            client,
            pause,
            sent: 0,
            exchanges: Vec::new(),
            is_removing: false,
        }
    }

    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    pub(crate) async fn wait(&self, time: Duration) {
        (self.pause)(time).await;
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, path, None).await
    }

    /// Asks once. Whatever the service says of the request itself is an answer; a refused API key, a limit and a
    /// lost connection end the probe.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Failure> {
        let mut most = MOST - FOR_STRUCTURE;
        if !self.is_removing {
            most -= FOR_REMOVAL;
        }
        if self.sent >= most {
            return Err(Failure::failed(format!(
                "the probe has used its {most} requests"
            )));
        }
        self.sent += 1;
        let asked = self.client.request(method.clone(), path, body.as_ref());
        let (status, headers, body_text) = match asked.await {
            Ok(answer) => {
                let headers = answer.headers();
                let told = told(|name| headers.get(name)?.to_str().ok());
                let text = String::from_utf8_lossy(answer.body()).into_owned();
                (answer.status().as_u16(), told, text)
            }
            Err(error) => match error.status() {
                Some(status) if !error.is_access() && !error.is_rate_limited() => {
                    let told = told(|name| error.header(name));
                    (status, told, error.body().into_owned())
                }
                _ => return Err(error.into()),
            },
        };
        let answer = Answer {
            number: self.exchanges.len() + 1,
            route: route(path),
            method,
            status,
            headers,
            body: serde_json::from_str(&body_text).unwrap_or(Value::String(body_text)),
        };
        self.exchanges.push(Exchange {
            path: path.to_owned(),
            request: body,
            answer: answer.clone(),
        });
        Ok(answer)
    }
}

fn told<'h>(header: impl Fn(&str) -> Option<&'h str>) -> Map<String, Value> {
    let told = TOLD
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), json!(header(name)?))));
    told.collect()
}

/// A path without what is different at each run.
fn route(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let parts = path.split('/').map(|part| {
        let is_id = part.len() == 24 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id { "{id}" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}
