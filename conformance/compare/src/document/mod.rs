//! An OpenAPI 3.0 or 3.1 document as a view without references: operations by method and path, and
//! everything about them that a comparison asks for. It reads any document, and judges none.

mod body;
mod facts;
mod node;
mod read;
mod schema;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

pub use body::{Direction, Part, Parts};
pub use facts::{BOUNDS, Facts, Path, Side, Step, compare_bounds};

use crate::Error;

/// The view of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// `info.version`, where the document has one.
    pub version: Option<String>,
    /// The operations.
    pub operations: BTreeMap<Route, Operation>,
    /// The names of the schema components.
    pub components: BTreeSet<String>,
    /// The security schemes by name, each as what a client must send.
    pub security_schemes: BTreeMap<String, String>,
}

/// What makes an operation the same one in two documents: its method, and its path with the names of
/// the path parameters apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The path, each parameter as `{}`.
    pub path: String,
    /// The method, in capitals.
    pub method: String,
}

/// An operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Method and path as the document writes them, such as `GET /api/contact/{contactId}`.
    pub title: String,
    /// The `operationId`.
    pub id: Option<String>,
    /// The tags, in order.
    pub tags: Vec<String>,
    /// The scopes that a key needs (`x-api-key-scope`).
    pub scopes: BTreeSet<String>,
    /// The sets of security schemes of which one must be met; `nothing` where anybody is let in.
    pub security: BTreeSet<String>,
    /// The parameters.
    pub parameters: BTreeMap<Slot, Parameter>,
    /// The request's body.
    pub request: Option<Request>,
    /// The answers by status, as it is written (`200`, `4XX`, `default`).
    pub responses: BTreeMap<String, Response>,
    /// The operation's `x-fact`.
    pub claim: Option<String>,
}

/// What makes a parameter the same one in two documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Its position in the path.
    Path(usize),
    /// Where it is sent, and its name there.
    Named {
        /// `query`, `header` or `cookie`.
        location: String,
        /// The name; of a header, in small letters.
        name: String,
    },
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The name as it is written.
    pub name: String,
    /// Whether it must be sent.
    pub required: bool,
    /// How a list or object is written: style, and whether exploded.
    pub style: String,
    /// Its value.
    pub parts: Parts,
    /// The parameter's `x-fact`.
    pub claim: Option<String>,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Whether it must be sent.
    pub required: bool,
    /// The body by media type; none when the document gives it no schema.
    pub media: Media,
}

/// Bodies by media type. `None` is a media type without a schema.
pub type Media = BTreeMap<String, Option<Parts>>;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The body by media type; empty when there is none.
    pub media: Media,
    /// The headers by name in small letters.
    pub headers: BTreeMap<String, Header>,
    /// The answer's `x-fact`.
    pub claim: Option<String>,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The name as it is written.
    pub name: String,
    /// Whether it is always there.
    pub required: bool,
    /// Its value.
    pub parts: Parts,
    /// The header's `x-fact`.
    pub claim: Option<String>,
}

impl Document {
    /// The view of a parsed document. A document without `paths` whose members all begin with `/` is
    /// taken for the paths themselves.
    ///
    /// # Errors
    /// When the document is malformed or a reference leads nowhere. The error tells the place.
    pub fn read(value: &Value) -> Result<Self, Error> {
        read::document(value)
    }
}

impl Response {
    /// Whether a status is one of success.
    #[must_use]
    pub fn is_success(status: &str) -> bool {
        status.starts_with('2')
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(position) => write!(f, "path parameter {}", position + 1),
            Self::Named { location, name } if location == "query" => write!(f, "parameter {name}"),
            Self::Named { location, name } => write!(f, "{location} parameter {name}"),
        }
    }
}
