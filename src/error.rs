//! What went wrong, where, and what to do about it: one opaque error for everything.

use std::{
    borrow::Cow,
    convert::Infallible,
    error, fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use serde_json::value::RawValue;

use crate::{
    ContactId, FieldId, redact,
    unsent::Unsent,
    wire::{FromJson, Kept, Text, Unread, read_as_text, wire_object},
};
pub use crate::{ids::InvalidId, open_sets::ErrorType};

/// How much of an answer's body an error keeps, in bytes.
const BODY_KEPT: usize = 8 * 1024;

/// What kind of thing went wrong. More kinds may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client can't be built as asked: base URL, API key or a setting. Nothing was sent.
    Config,
    /// The call can't be right: an unknown label, a value of the wrong type, a malformed id or
    /// address. Nothing was sent.
    InvalidInput,
    /// A contact, or a structure, is not what a Rust type makes of it: a value is missing or of another
    /// type. Nothing was sent.
    Mismatch,
    /// A blocking call was made in a task of an async runtime, which it would stall. Nothing was sent.
    InsideRuntime,
    /// 401: the API key is missing, unknown, switched off or expired. Never retried: from then on calls
    /// with this key fail alike without a request, but for one a minute that tries it.
    Unauthorized,
    /// 403: the API key lacks a scope, which [`Error::missing_scope`] names. Never retried.
    MissingScope,
    /// 403 for another reason: the operation is not for API keys, or the account has no API access.
    Forbidden,
    /// 400 `ValidationError`: [`Error::errors`] says which property.
    Validation,
    /// 400 `DuplicateFieldError`: the key exists in the structure already.
    Duplicate,
    /// 400 `ConcurrencyError`: somebody else changed it since it was read.
    Conflict,
    /// 400 `ContactFieldInUseError`: a published form uses a field that shall go.
    FieldInUse,
    /// 404 in the service's own envelope: nothing has this id. A 404 without it, as a proxy or another
    /// server gives, is [`Unreadable`](Self::Unreadable): it says nothing about what the account has.
    NotFound,
    /// 429: the account's requests of this hour are used up.
    RateLimited,
    /// 429: the account's requests of this month are used up.
    QuotaExceeded,
    /// 429: too many bad keys came from this address, which is blocked for a while. Stop, and check
    /// the key.
    AuthenticationBlocked,
    /// 5xx, or a 429 that isn't the service's own: the service or something before it failed.
    Server,
    /// A status that no text about the API mentions, for example a redirect, which is never followed.
    UnexpectedStatus,
    /// No connection could be made.
    Connect,
    /// No TLS was agreed on: the server's certificate is of an issuer that isn't trusted, for another name
    /// or expired, or the server speaks no TLS that is good enough. Nothing was sent, the API key neither;
    /// never retried.
    Tls,
    /// It took too long.
    Timeout,
    /// The connection broke while the request or the answer was on its way.
    Interrupted,
    /// The answer is not what the operation answers: HTML, broken JSON, another shape, or a 404 that isn't
    /// the service's own. Check the base URL.
    Unreadable,
    /// The answer is larger than the client was told to take.
    TooLarge,
    /// Fewer rows came than the service promised, because they changed while they were read. Those that
    /// came are right.
    Incomplete,
    /// What the caller gave to write to failed.
    Output,
    /// A dry run kept the request back, and [`Error::unsent`] holds it. Nothing was sent.
    DryRun,
    /// The request may or may not have been carried out, and it could not be found out which.
    OutcomeUnknown,
}

/// How far the answers to a call's attempts leave open whether it was carried out; the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    /// Each attempt was answered so that one can tell, or surely wasn't carried out.
    #[default]
    None,
    /// One was answered, but not so that one can tell; the server is done with it.
    Answered,
    /// One was not answered: the server may still be at it.
    Pending,
}

/// Why a call failed.
///
/// `Display` says what happened and what to do about it. `Debug` says the same with the advice first, as
/// it is all that a program shows whose `main` returns the error; `{:#?}` lists everything. Neither shows
/// the API key or an e-mail address in full. What the server said is in [`errors`](Self::errors) and
/// [`body`](Self::body), word for word but for the API key.
///
/// ```
/// # async fn run(client: benchmark_email::Client, new: benchmark_email::NewContact) {
/// match client.contacts().create(new).await {
///     Ok(contact) => println!("created {}", contact.id),
///     Err(error) if error.is_duplicate() => println!("exists already"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    operation: Option<&'static str>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    errors: Vec<ApiError>,
    body: Vec<u8>,
    attempts: u32,
    retry_after: Option<Duration>,
    /// It is the server that asked to wait so long.
    server_asked: bool,
    retry_at: Option<SystemTime>,
    doubt: Doubt,
    /// What an unknown outcome would be if it were known that nothing was carried out.
    cause: Option<ErrorKind>,
    contact: Option<ContactId>,
    drift: Option<String>,
    /// The one element of a list that it is about.
    element: Option<usize>,
    unsent: Option<Unsent>,
    /// What to do, where that isn't what its kind advises.
    advice: Option<&'static str>,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            headers: HeaderMap::new(),
            errors: Vec::new(),
            body: Vec::new(),
            attempts: 0,
            retry_after: None,
            server_asked: false,
            retry_at: None,
            doubt: Doubt::None,
            cause: None,
            contact: None,
            drift: None,
            element: None,
            unsent: None,
            advice: None,
            source: None,
        }))
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// The same once more.
    pub(crate) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// The same failure, and why it is told though nothing was sent.
    pub(crate) fn not_sent(mut self, why: &str) -> Self {
        self.0.message = match &*self.0.message {
            "" => format!("not sent: {why}").into(),
            message => format!("{message}; not sent: {why}").into(),
        };
        self
    }

    pub(crate) fn on(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn answered(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers.clone();
        self
    }

    pub(crate) fn with_errors(mut self, errors: Vec<ApiError>) -> Self {
        self.0.errors = errors;
        self
    }

    pub(crate) fn with_body(mut self, body: &[u8]) -> Self {
        self.0.body = body.get(..BODY_KEPT).unwrap_or(body).to_vec();
        self
    }

    /// The wait that the server asked for in an answer that came at `now`.
    pub(crate) fn with_wait(mut self, wait: Option<Duration>, now: SystemTime) -> Self {
        self.0.retry_after = wait;
        self.0.server_asked = wait.is_some();
        self.0.retry_at = wait.and_then(|wait| now.checked_add(wait));
        self
    }

    /// When to come back by what is known of the account's budget.
    pub(crate) fn come_back(mut self, at: Option<SystemTime>, now: SystemTime) -> Self {
        self.0.retry_at = at;
        self.0.retry_after = at.and_then(|at| at.duration_since(now).ok());
        self.0.server_asked = false;
        self
    }

    /// How many attempts there were, and what the answers to them leave open.
    pub(crate) fn after(mut self, attempts: u32, doubt: Doubt) -> Self {
        self.0.attempts = attempts;
        self.0.doubt = doubt;
        self
    }

    /// The same after other rounds of the same call, each with attempts of its own.
    pub(crate) fn after_rounds(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Whether the service itself says that what was asked for isn't there (any more). Documented: page
    /// Errors.
    pub(crate) fn says_record_not_found(&self) -> bool {
        let record_not_found =
            |error: &ApiError| error.error_type == Some(ErrorType::RecordNotFound);
        self.is_not_found() && self.errors().iter().any(record_not_found)
    }

    /// What the answers to the attempts leave open.
    pub(crate) fn doubt(&self) -> Doubt {
        self.0.doubt
    }

    /// The same failure, of which nobody knows whether the request was carried out.
    pub(crate) fn outcome_unknown(mut self) -> Self {
        if self.0.kind != ErrorKind::OutcomeUnknown {
            self.0.cause = Some(self.0.kind);
            self.0.kind = ErrorKind::OutcomeUnknown;
        }
        self
    }

    /// The same failure, now that a look has found that the request is not carried out. Unless the server
    /// may still be at it: then the next look may find something.
    pub(crate) fn not_carried_out(mut self) -> Self {
        if self.0.doubt == Doubt::Pending && !self.refuses_what_was_asked() {
            return self.outcome_unknown();
        }
        self.0.kind = self.0.cause.take().unwrap_or(self.0.kind);
        self.0.doubt = Doubt::None;
        self
    }

    /// The same failure, now that a look has found that somebody else's change came first, which makes this
    /// one stale for good.
    pub(crate) fn overtaken(mut self) -> Self {
        self.0.kind = ErrorKind::Conflict;
        self.0.cause = None;
        self.0.doubt = Doubt::None;
        self
    }

    /// Whether the service refuses the request for what it asks, so that it refuses each attempt of it.
    fn refuses_what_was_asked(&self) -> bool {
        !self.0.errors.is_empty()
            && matches!(
                self.0.kind,
                ErrorKind::Unauthorized
                    | ErrorKind::MissingScope
                    | ErrorKind::Forbidden
                    | ErrorKind::Validation
                    | ErrorKind::FieldInUse
            )
    }

    /// The contact that may have come of it.
    pub(crate) fn with_contact(mut self, contact: ContactId) -> Self {
        self.0.contact = Some(contact);
        self
    }

    /// A request that a dry run kept back.
    pub(crate) fn kept_back(unsent: Unsent) -> Self {
        let why = "not sent: this is a dry run, and the request would change the account";
        let mut error = Self::new(ErrorKind::DryRun, why);
        error.0.unsent = Some(unsent);
        error
    }

    /// What changed in the structure that the refused request went by.
    pub(crate) fn with_drift(mut self, drift: String) -> Self {
        self.0.drift = Some(drift);
        self
    }

    /// The one element of a list that it is about: its place and all of its JSON.
    pub(crate) fn of_element(mut self, place: usize, json: String) -> Self {
        self.0.element = Some(place);
        self.0.body = json.into_bytes();
        self.0.advice = Some("a stream goes on after it, and `body()` is all that came of it");
        self
    }

    /// What to do about it here, where another thing helps than for its kind in general.
    pub(crate) fn advising(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The `operationId` in `openapi.yaml` of the operation that failed; none for what fails before
    /// an operation is chosen.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// The HTTP status, where an answer came; of a call that wasn't sent for its API key, the status of
    /// the answer that refused the key.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|s| s.as_u16())
    }

    /// The headers of the answer, where one came.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// A header of the answer, where one came and the value is visible ASCII.
    #[must_use]
    pub fn header(&self, name: impl AsRef<str>) -> Option<&str> {
        self.0
            .headers
            .get(name.as_ref())
            .and_then(|value| value.to_str().ok())
    }

    /// Everything that the service gave as a reason; empty where the answer was not its own, for
    /// example a proxy's HTML page.
    #[must_use]
    pub fn errors(&self) -> &[ApiError] {
        &self.0.errors
    }

    /// The scope that the API key lacks, for example `contacts:write`.
    ///
    /// Documented: the message of the 403 names it (page Errors).
    #[must_use]
    pub fn missing_scope(&self) -> Option<&str> {
        self.0
            .errors
            .iter()
            .find_map(|e| missing_scope(e.message()))
    }

    /// How long to wait: as the server asked, counted from its answer, or until the account's budget
    /// allows the call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// When to come back, by this machine's clock.
    #[must_use]
    pub fn retry_at(&self) -> Option<SystemTime> {
        self.0.retry_at
    }

    /// How many times the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The contact that an unknown outcome may have left behind: one with the right address that isn't
    /// what was sent.
    #[must_use]
    pub fn contact(&self) -> Option<&ContactId> {
        self.0.contact.as_ref()
    }

    /// The request that a [dry run](crate::Client::dry_run) kept back.
    #[must_use]
    pub fn unsent(&self) -> Option<&Unsent> {
        self.0.unsent.as_ref()
    }

    /// What changed in the structure since it was read, where the service refused a contact that went by
    /// it: which fields and tags, of those that the refusal is about, were renamed, removed or given
    /// another type. `Display` tells it too.
    #[must_use]
    pub fn drift(&self) -> Option<&str> {
        self.0.drift.as_deref()
    }

    /// The one element of a list that could not be read, by its place in the answer, from 0; none where
    /// the error is about more than that. A stream goes on after it:
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let mut all = client.contacts().stream();
    /// while let Some(contact) = all.next().await {
    ///     match contact {
    ///         Ok(contact) => println!("{}", contact.id),
    ///         Err(odd) if odd.element().is_some() => eprintln!("skipped: {odd}"),
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`body`](Self::body) is the element's JSON, all of it.
    #[must_use]
    pub fn element(&self) -> Option<usize> {
        self.0.element
    }

    /// The first 8 KiB of the answer's body, as text; bytes that are not UTF-8 are replaced. It may
    /// hold personal data: don't log it.
    #[must_use]
    pub fn body(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0.body)
    }

    /// 404, from the service itself: nothing has this id.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// The key exists in the structure already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.0.kind == ErrorKind::Duplicate
    }

    /// Somebody else changed it since it was read.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.kind == ErrorKind::Conflict
    }

    /// One of the two limits of the account is reached, the hour's or the month's.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::RateLimited | ErrorKind::QuotaExceeded
        )
    }

    /// A limit turned it away, whichever of the three.
    pub(crate) fn is_by_limit(&self) -> bool {
        self.is_rate_limited() || self.0.kind == ErrorKind::AuthenticationBlocked
    }

    /// The API key is not valid, lacks a scope or is blocked: a person has to act.
    #[must_use]
    pub fn is_access(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Unauthorized
                | ErrorKind::MissingScope
                | ErrorKind::Forbidden
                | ErrorKind::AuthenticationBlocked
        )
    }

    /// The request may or may not have been carried out.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.kind == ErrorKind::OutcomeUnknown
    }

    /// The call may well succeed later, and repeating it is harmless: nothing of it was carried out,
    /// or it only reads.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::RateLimited
                | ErrorKind::QuotaExceeded
                | ErrorKind::Server
                | ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::Interrupted
        )
    }
}

/// What the service asks a reader of the error to do.
fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "check the API key in Settings > API Keys",
        ErrorKind::MissingScope => {
            "widen the key's scopes in Settings > API Keys, or use another key"
        }
        ErrorKind::Forbidden => {
            "check that the account is in good standing and the operation open to API keys"
        }
        ErrorKind::Duplicate => "find the contact and update it instead",
        ErrorKind::Conflict => "read it again, change it again and send it again",
        ErrorKind::FieldInUse => "unpublish or change the forms that use the field first",
        ErrorKind::NotFound => "check the id; it may have been deleted",
        ErrorKind::RateLimited => "wait until the hour's budget is renewed",
        ErrorKind::QuotaExceeded => "wait for the next billing month, or widen the plan",
        ErrorKind::AuthenticationBlocked => {
            "stop, check the API key and wait: each further bad key may prolong the block"
        }
        ErrorKind::Connect => "check the base URL and the network",
        ErrorKind::Tls => {
            "check the base URL and the server's certificate; where a proxy of your organisation shows one of its own, trust its issuer by `ClientBuilder::http`"
        }
        ErrorKind::Server | ErrorKind::Timeout | ErrorKind::Interrupted => "try again later",
        ErrorKind::Unreadable => {
            "check that the base URL is the service's, and no proxy answers for it"
        }
        ErrorKind::TooLarge => "raise `max_body`, or read less at once",
        ErrorKind::Incomplete => "read them again while nothing changes them",
        ErrorKind::OutcomeUnknown => "look whether it was carried out before you do it again",
        _ => "",
    }
}

impl Error {
    /// What to do about it; empty where the message says so itself.
    fn advice(&self) -> &'static str {
        match self.0.advice {
            Some(advice) => advice,
            // An account without a structure has no id to check.
            None if self.is_not_found() && self.0.status.is_none() => "",
            None => advice(self.0.kind),
        }
    }

    /// What went wrong, and where.
    fn tell(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        if let Some(status) = self.0.status {
            write!(f, "{} ", status.as_u16())?;
        }
        let message = redact::addresses(&self.0.message);
        let reasons = self.0.errors.iter().map(ToString::to_string);
        let reasons = reasons.chain((!message.is_empty()).then(|| message.into_owned()));
        f.write_str(&reasons.collect::<Vec<_>>().join("; "))?;
        if let Some(drift) = &self.0.drift {
            write!(f, "; {}", redact::addresses(drift))?;
        }
        if self.0.attempts > 1 {
            write!(f, " (after {} attempts)", self.0.attempts)?;
        }
        if let Some(wait) = self.0.retry_after {
            let what = if self.0.server_asked {
                "the server asks to wait"
            } else {
                "come back in"
            };
            write!(f, "; {what} {} s", wait.as_secs())?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f)?;
        match self.advice() {
            "" => Ok(()),
            advice => write!(f, "; {advice}"),
        }
    }
}

/// An error without its advice.
struct Told<'a>(&'a Error);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.tell(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inner, told) = (&self.0, Told(self));
        if !f.alternate() {
            return match self.advice() {
                "" => write!(f, "{told}"),
                advice => write!(f, "{advice} [{told}]"),
            };
        }
        let source = inner.source.as_ref().map(ToString::to_string);
        f.debug_struct("Error")
            .field("advice", &self.advice())
            .field("told", &told.to_string())
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("status", &self.status())
            .field("errors", &inner.errors)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("retry_at", &inner.retry_at)
            .field("body", &format_args!("{} bytes", inner.body.len()))
            .field("source", &source.as_deref().map(redact::addresses))
            .finish()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// For conversions that can't fail, so that `field(label, value)` takes both kinds.
/// An [`InvalidInput`](ErrorKind::InvalidInput).
impl From<InvalidId> for Error {
    fn from(why: InvalidId) -> Self {
        Self::invalid(why.to_string())
    }
}

impl From<Unread> for Error {
    fn from(unread: Unread) -> Self {
        let why = format!("element {} can't be read: {}", unread.place, unread.why);
        Self::new(ErrorKind::Unreadable, why).of_element(unread.place, unread.json)
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

wire_object! {
    /// One reason that the service gave. Documented: page Errors; `debug` in the provider's `OpenAPI`
    /// document.
    pub struct ApiError {
        /// The class of the error; none where the service gave none.
        optional pub error_type: ErrorType = "errorType",
        /// What is wrong, for people, in the service's own words.
        optional pub(crate) message: Words = "message",
        /// The property that is wrong.
        optional pub(crate) field: Words = "field",
        /// The custom field that is wrong.
        optional pub field_id: FieldId = "fieldId",
        /// More about it.
        optional pub debug: ErrorDebug = "debug",
    }
}

impl ApiError {
    /// An element of `errors`, if it says anything: an object, or words alone.
    pub(crate) fn of_item(json: &RawValue) -> Option<Self> {
        if let Ok(words) = Words::read_text(Text::of(json)).ok() {
            return Some(Self {
                error_type: None,
                message: Some(words),
                field: None,
                field_id: None,
                debug: None,
                kept: Kept::default(),
            });
        }
        let error = Self::read_text(Text::of(json)).ok().ok()?;
        (error.error_type.is_some() || error.message.is_some()).then_some(error)
    }

    /// What is wrong, for people, in the service's own words. It may name an address.
    #[must_use]
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// The property that is wrong.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl AffectedForm {
    /// What people call the form.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error_type) = &self.error_type {
            write!(f, "{error_type}: ")?;
        }
        f.write_str(&redact::addresses(self.message()))?;
        if let Some(field) = &self.field {
            write!(f, " (property `{}`)", redact::addresses(field))?;
        }
        if let Some(field) = &self.field_id {
            write!(f, " (field {})", redact::addresses(field.as_str()))?;
        }
        for form in self.debug.iter().flat_map(|debug| &debug.affected_forms) {
            write!(
                f,
                " (form {:?})",
                redact::addresses(form.name().unwrap_or("without a name"))
            )?;
        }
        Ok(())
    }
}

/// Words of the service, whose `Debug` hides addresses.
#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Words(String);

read_as_text! { Words }

impl std::ops::Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&redact::addresses(&self.0), f)
    }
}

wire_object! {
    /// More about an error. Documented: the provider's OpenAPI document, on replacing a structure.
    pub struct ErrorDebug {
        /// The published forms that use a field that shall go.
        many pub affected_forms: Vec<AffectedForm> = "affectedForms",
    }
}

wire_object! {
    /// A published signup form.
    pub struct AffectedForm {
        /// Its id.
        optional pub id: String = "_id",
        /// What people call it.
        optional pub(crate) name: Words = "name",
    }
}

/// `API key missing required scope: contacts:write` -> `contacts:write`.
pub(crate) fn missing_scope(message: &str) -> Option<&str> {
    let (_, scope) = message.split_once("missing required scope: ")?;
    scope.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_is_read_from_the_message() {
        assert_eq!(
            missing_scope("API key missing required scope: contacts:write"),
            Some("contacts:write")
        );
        assert_eq!(
            missing_scope("This endpoint is not accessible via API key"),
            None
        );
        assert_eq!(missing_scope("missing required scope: "), None);
    }

    #[test]
    fn debug_says_what_display_does_with_the_advice_first() {
        let gone = Error::new(ErrorKind::NotFound, "nothing has this id").on("getContact");
        let gone = gone.answered(StatusCode::NOT_FOUND, &HeaderMap::new());
        assert_eq!(
            gone.to_string(),
            "getContact: 404 nothing has this id; check the id; it may have been deleted"
        );
        assert_eq!(
            format!("{gone:?}"),
            "check the id; it may have been deleted [getContact: 404 nothing has this id]"
        );
        let invalid = Error::invalid("the page is 0: give 1 or more");
        assert_eq!(format!("{invalid:?}"), invalid.to_string());
        let all = format!("{gone:#?}");
        for fact in ["kind: NotFound", "attempts: 0", "404"] {
            assert!(all.contains(fact), "{all}");
        }
    }

    #[test]
    fn neither_display_nor_debug_shows_an_address() {
        let api: ApiError = serde_json::from_str(
            r#"{"errorType":"DuplicateFieldError","message":"jane@example.com exists"}"#,
        )
        .unwrap();
        assert_eq!(api.message(), "jane@example.com exists");
        let error = Error::new(ErrorKind::Duplicate, "for jane@example.com")
            .with_errors(vec![api])
            .with_body(b"jane@example.com");
        for text in [
            format!("{error}"),
            format!("{error:?}"),
            format!("{error:#?}"),
            format!("{:?}", error.errors()),
        ] {
            assert!(!text.contains("jane@"), "{text}");
        }
    }
}
