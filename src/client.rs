//! The client: built once, cheap to clone, hands out the resources.

use std::{env, fmt, net::IpAddr, sync::Arc, time::Duration};

use reqwest::Url;

use crate::{
    Error, ErrorKind, StructureId,
    budget::{AccountName, Budget, BudgetState, Pacing, Priority},
    caller::Caller,
    clock::{Clock, SystemClock},
    contacts::{ContactLocks, Contacts},
    key::ApiKey,
    lists::Lists,
    structures::{Cache, Structures},
    transport::{Bounds, CallOptions, Observer, RetryPolicy, Shared},
};

/// A client of one account.
///
/// Cheap to clone: clones share connections and what was learned. Make one and keep it.
///
/// ```no_run
/// # async fn run() -> Result<(), benchmark_email::Error> {
/// let client = benchmark_email::Client::from_env()?;
/// let structure = client.structures().primary().await?;
/// let jane = client.contacts().find(&structure, "jane.smith@example.com").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Client {
    caller: Caller,
    structures: Arc<Cache>,
    contact_locks: Arc<ContactLocks>,
}

impl Client {
    /// The environment variable that [`from_env`](Self::from_env) reads the base URL from.
    pub const BASE_URL_VARIABLE: &str = "BENCHMARK_EMAIL_BASE_URL";
    /// The environment variable that [`from_env`](Self::from_env) reads the API key from.
    pub const API_KEY_VARIABLE: &str = "BENCHMARK_EMAIL_API_KEY";

    /// A builder, for what is not in the environment.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client for the base URL and API key in the environment: `BENCHMARK_EMAIL_BASE_URL` and
    /// `BENCHMARK_EMAIL_API_KEY`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when a variable is missing, or as [`ClientBuilder::build`] says.
    pub fn from_env() -> Result<Self, Error> {
        let variable = |name: &'static str| {
            env::var(name).map_err(|why| match why {
                env::VarError::NotPresent => Error::new(
                    ErrorKind::Config,
                    format!("the environment variable {name} is not set"),
                ),
                env::VarError::NotUnicode(_) => Error::new(
                    ErrorKind::Config,
                    format!("the environment variable {name} is not UTF-8"),
                ),
            })
        };
        Self::builder()
            .base_url(variable(Self::BASE_URL_VARIABLE)?)
            .api_key(variable(Self::API_KEY_VARIABLE)?)
            .build()
    }

    /// Contacts: create, get, list, find, search, export, replace, unsubscribe, delete, events.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        Contacts::new(
            self.caller.clone(),
            Arc::clone(&self.structures),
            Arc::clone(&self.contact_locks),
        )
    }

    /// Structures: the schema of contacts.
    #[must_use]
    pub fn structures(&self) -> Structures {
        Structures::new(self.caller.clone(), Arc::clone(&self.structures))
    }

    /// The lists of a structure.
    #[must_use]
    pub fn lists(&self, structure: &StructureId) -> Lists {
        Lists::new(self.caller.clone(), structure.clone())
    }

    /// The same client for bulk work: paced evenly over the hour, behind interactive calls, leaving
    /// them the last hundredth of the hour, and patient enough to sit out an hour that is used up.
    pub fn bulk(&self) -> Self {
        const AN_HOUR_AND_A_BIT: Duration = Duration::from_secs(3_700);
        let policy = self.caller.options.policy;
        let patient = policy.max_wait(policy.longest_wait().max(AN_HOUR_AND_A_BIT));
        self.with_priority(Priority::Bulk)
            .with_pacing(Pacing::Even)
            .with_retry(patient)
    }

    /// The same client with another retry policy, for one call or many.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// use std::time::Duration;
    /// use benchmark_email::retry::RetryPolicy;
    ///
    /// let brisk = client.with_retry(RetryPolicy::default().deadline(Duration::from_secs(5)));
    /// let contacts = brisk.contacts().list().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        let mut client = self.clone();
        client.caller.options.policy = policy;
        client
    }

    /// The same client with another pacing.
    pub fn with_pacing(&self, pacing: Pacing) -> Self {
        let mut client = self.clone();
        client.caller.options.pacing = pacing;
        client
    }

    /// The same client with another priority.
    pub fn with_priority(&self, priority: Priority) -> Self {
        let mut client = self.clone();
        client.caller.options.priority = priority;
        client
    }

    /// The same client for a dry run: it reads, and whatever would change the account is not sent. The call
    /// fails instead with [`ErrorKind::DryRun`], and [`Error::unsent`] holds the request as it would have gone
    /// out. So a dry run ends at the first change: what a program would do after it depends on its answer.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client, id: benchmark_email::ContactId) {
    /// let what_if = client.dry_run().contacts().update(&id, |c| c.set("Company", "Acme, Inc.")).await;
    /// if let Some(request) = what_if.as_ref().err().and_then(|error| error.unsent()) {
    ///     println!("{} {} {:?}", request.method, request.path, request.body);
    /// }
    /// # }
    /// ```
    pub fn dry_run(&self) -> Self {
        let mut client = self.clone();
        client.caller.options.dry_run = true;
        client
    }

    /// What the last answers told of the account's budget. Nothing is sent.
    #[must_use]
    pub fn budget(&self) -> BudgetState {
        self.caller.shared.budget.state()
    }

    /// The generated client, for what this crate doesn't wrap yet. It takes the same way out: same key,
    /// same bounds. **Outside the semver promise**: it changes with `openapi.yaml` and with its
    /// generator.
    ///
    /// Its error for a refusal shows neither the API key nor an address, and has no URL. Its error for a
    /// success of another shape (`InvalidResponsePayload`) shows the whole body: don't log that one.
    #[cfg(feature = "raw")]
    #[must_use]
    pub fn raw(&self) -> crate::raw::Client {
        crate::transport::generated(&self.caller.shared, self.caller.options)
    }

    /// A request that is put together by hand, and its answer as it came: for what neither this crate nor the
    /// generated client lets through. It takes the same way out: same key, budget, bounds and retries, those by
    /// what the document says of the operation; one that it doesn't know is not sent twice. **Outside the semver
    /// promise.**
    ///
    /// The path begins with a slash and may have a query; the body goes as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a path that is none; any refusal, with its status, headers and
    /// [body](Error::body); whatever goes wrong on the way.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), benchmark_email::Error> {
    /// let answer = client.request(http::Method::GET, "/api/contact-structure", None).await?;
    /// println!("{} {} bytes", answer.status(), answer.body().len());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "raw")]
    pub async fn request(
        &self,
        method: http::Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<http::Response<bytes::Bytes>, Error> {
        self.caller.call().send(method, path, body).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.caller.shared.base_url)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
///
/// ```
/// use benchmark_email::Client;
///
/// let client = Client::builder()
///     .base_url("https://api-us-west-2-a.benchmarkemail.io")
///     .api_key("bme_us_0123456789012345678901234567890123456789012")
///     .build()?;
/// # Ok::<(), benchmark_email::Error>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct ClientBuilder {
    base_url: Option<String>,
    api_key: Option<String>,
    http: reqwest::ClientBuilder,
    attempt_timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_body: Option<usize>,
    account: Option<String>,
    budget: Option<Budget>,
    policy: RetryPolicy,
    clock: Option<Arc<dyn Clock>>,
    observer: Option<Arc<dyn Observer>>,
}

impl ClientBuilder {
    /// The account's own base URL, as Settings > API Keys shows it. Each account has its own, so
    /// there is no default. With or without a slash at its end.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The API key, as Settings > API Keys shows it.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// How long one attempt may take, from the connection to the last byte of the answer; 60 s unless
    /// told. For an answer that is streamed, to its first byte.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How long a connection may take to be made; 10 s unless told.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long a body that is streamed may stall; 30 s unless told.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// When and how often a failed call is tried again; [`Client::with_retry`] changes it later.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// A name for the account, so that clients with different API keys of it share its budget within
    /// this program. Clients that name no account share one where base URL and API key are the same.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// The budget to draw on, in place of the one that clients of the account share by themselves.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Who hears of attempts, waits and the budget.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Another wall clock and jitter, for tests that must decide both. Waits are on tokio's clock,
    /// which a test can pause.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// How many bytes an answer may hold that is read as a whole, counted after decompression; 64 MiB
    /// unless told.
    ///
    /// It bounds the memory too: an answer may hold one JSON value for each 16 bytes of this, since many
    /// short ones take many times their text when they are decoded; a list of contacts stays below eight
    /// times this. A stream has no such bound, but that one contact of it may hold a quarter of this.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Settings of the HTTP client: a proxy, custom root certificates, another resolver. This is the
    /// one place where a type of `reqwest` 0.13 is part of the interface.
    ///
    /// Redirects, retries, the connect time-out and `connection_verbose` are set after yours, since the API
    /// key must not follow a redirect nor stand in a log, and what to send again is judged in one place.
    ///
    /// ```no_run
    /// # fn run(certificate: reqwest::Certificate) -> Result<(), benchmark_email::Error> {
    /// let client = benchmark_email::Client::builder()
    ///     .base_url("https://api-us-west-2-a.benchmarkemail.io")
    ///     .api_key("bme_us_0123456789")
    ///     .http(|http| http.tls_certs_merge([certificate]))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http(
        mut self,
        settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Self {
        self.http = settings(self.http);
        self
    }

    /// Checks everything and makes the client. Nothing is sent.
    ///
    /// Proxies named in the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`...) are used, as by
    /// most programs; over TLS a proxy sees the host and nothing else. A plain `http` base URL, which is
    /// this machine's, is never asked through a proxy, which would see the API key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the base URL is missing, is not a URL, is plain `http` to anything
    /// but this machine, or carries a password, query or fragment; when the API key is missing, empty
    /// or can't be a header; or when the HTTP client can't start.
    pub fn build(self) -> Result<Client, Error> {
        let config = |message: &'static str| Error::new(ErrorKind::Config, message);
        let base_url = self
            .base_url
            .ok_or_else(|| config("no base URL: take it from Settings > API Keys"))?;
        let base_url = check_base_url(&base_url)?;
        let key = ApiKey::new(
            self.api_key
                .ok_or_else(|| config("no API key: take one from Settings > API Keys"))?,
        )?;
        let http = if base_url.starts_with("http:") {
            self.http.no_proxy()
        } else {
            self.http
        };
        let http = http
            .redirect(reqwest::redirect::Policy::none())
            // It would write the API key, and every body, to the `log` crate.
            .connection_verbose(false)
            // Whether to send a request again is judged in one place, ours.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .connect_timeout(self.connect_timeout.unwrap_or(Duration::from_secs(10)))
            .build()
            .map_err(|why| config("the HTTP client can't start").with_source(why))?;
        let bounds = Bounds {
            attempt: self.attempt_timeout.unwrap_or(Duration::from_secs(60)),
            idle: self.idle_timeout.unwrap_or(Duration::from_secs(30)),
            body: self.max_body.unwrap_or(64 << 20),
        };
        let budget = self.budget.unwrap_or_else(|| {
            let named = self.account.as_deref();
            Budget::of(named.map_or_else(
                || key.account(&base_url),
                |name| AccountName::named(&base_url, name),
            ))
        });
        let url = Url::parse(&base_url).ok();
        let host = url
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or_default()
            .to_owned();
        let port = url
            .as_ref()
            .and_then(Url::port_or_known_default)
            .unwrap_or_default();
        let shared = Shared {
            base_url,
            server: (host, port),
            http,
            key_name: key.name(),
            key,
            bounds,
            budget,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            observer: self.observer,
        };
        Ok(Client {
            caller: Caller {
                shared: Arc::new(shared),
                options: CallOptions {
                    policy: self.policy,
                    ..CallOptions::default()
                },
            },
            structures: Arc::default(),
            contact_locks: Arc::default(),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field(
                "base_url",
                &self
                    .base_url
                    .as_deref()
                    .map(|url| check_base_url(url).unwrap_or_else(|_| "***".to_owned())),
            )
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

/// The base URL without a slash at its end, if the API key may be sent there.
fn check_base_url(text: &str) -> Result<String, Error> {
    let wrong = |why: &str| Error::new(ErrorKind::Config, format!("the base URL {why}"));
    let url = Url::parse(text.trim()).map_err(|why| {
        wrong(&format!(
            "is not a URL ({why}): it looks like https://api-us-west-2-a.benchmarkemail.io"
        ))
    })?;
    let Some(host) = url.host_str() else {
        return Err(wrong("names no host"));
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => {
            return Err(wrong(
                "is plain http, which would show the API key to the network: use https",
            ));
        }
        other => return Err(wrong(&format!("has the scheme {other:?}: use https"))),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("carries a user name or password: leave them out"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("carries a query or fragment: leave them out"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_over_tls_or_to_this_machine_only() {
        for (url, kept) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            (
                " https://api.example.com/base/ ",
                "https://api.example.com/base",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(check_base_url(url).unwrap(), kept);
        }
        for (url, why) in [
            ("", "is not a URL"),
            ("api.example.com", "is not a URL"),
            ("http://api.example.com", "plain http"),
            ("http://localhost.example.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
            ("ftp://api.example.com", "scheme \"ftp\""),
            ("file:///etc", "names no host"),
            ("https://u:p@api.example.com", "user name or password"),
            ("https://api.example.com?x=1", "query or fragment"),
        ] {
            let error = check_base_url(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_sent_is_refused() {
        for key in ["", "bme_us_x\n", "bme us", "bmé"] {
            let error = Client::builder()
                .base_url("https://a.example")
                .api_key(key)
                .build()
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{key:?}");
            assert!(
                key.is_empty() || !error.to_string().contains(key),
                "{error}"
            );
        }
    }

    #[test]
    fn debug_shows_neither_key_nor_password() {
        let builder = Client::builder()
            .base_url("https://u:secret@a.example")
            .api_key("bme_us_topsecret");
        assert!(!format!("{builder:?}").contains("secret"));
        let client = Client::builder()
            .base_url("https://a.example")
            .api_key("bme_us_topsecret")
            .build()
            .unwrap();
        assert!(!format!("{client:?}").contains("topsecret"));
    }
}
