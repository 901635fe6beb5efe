//! The handle on a running sandbox. How one is started is said in `builder`.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::access::{Key, KeyState, Standing};
use crate::account::state::SeedError;
use crate::clock::Clock;
use crate::faults::{ArmedFault, Fault, FaultError, FaultId};
use crate::log::{Expectation, RequestRecord, Unmet};
use crate::operations;
use crate::rules::{ReadingError, RuleInForce};
use crate::world::World;

/// A running stand-in for the service, with an account of its own.
///
/// It listens on a port of its own, keeps its state in memory, runs on threads of its own (so it works
/// under any async runtime, blocked or paused, and without one), and stops when it is dropped. Sandboxes
/// share nothing, so tests that each start one can run in parallel.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use benchmark_email_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// println!("{} takes {}", sandbox.base_url(), sandbox.api_key());
/// # Ok(()) }
/// ```
pub struct Sandbox {
    pub(crate) world: Arc<World>,
    pub(crate) address: SocketAddr,
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) read_only_key: String,
    pub(crate) lost_lines: Vec<u64>,
    /// Dropped first: the listener and all connections end.
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) stopped: Mutex<mpsc::Receiver<()>>,
    pub(crate) runtime: Option<Runtime>,
}

impl Sandbox {
    /// The base URL, such as `http://127.0.0.1:41234`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An API key with the scope `contacts:write`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// An API key with the scope `contacts:read`.
    #[must_use]
    pub fn read_only_key(&self) -> &str {
        &self.read_only_key
    }

    /// The lines of the state file, from 1, that were damaged and left out, as
    /// [`Builder::salvage`](crate::Builder::salvage) asked.
    #[must_use]
    pub fn lost_lines(&self) -> &[u64] {
        &self.lost_lines
    }

    /// Makes another API key with these scopes.
    #[must_use]
    pub fn create_key(&self, scopes: &[&str]) -> String {
        let key = Key::new(Key::random_secret(), scopes);
        let secret = key.secret.clone();
        self.world.gate().keys.push(key);
        secret
    }

    /// Switches an API key off or on, or lets it expire. Says whether the account has this key.
    pub fn set_key_state(&self, api_key: &str, state: KeyState) -> bool {
        let mut gate = self.world.gate();
        let known = gate.keys.iter_mut().find(|key| key.secret == api_key);
        known.map(|key| key.state = state).is_some()
    }

    /// Sets whether the account may use the API at all.
    pub fn set_standing(&self, standing: Standing) {
        self.world.gate().standing = standing;
    }

    /// Sets how many requests the account has left in this hour. If the limit is smaller, it grows for this
    /// hour.
    pub fn set_hourly_left(&self, left: u64) {
        let now = self.world.clock.moment();
        self.world.gate().limits.set_left(Some(left), None, now);
    }

    /// Sets how many requests the account has left in this month. If the quota is smaller, it grows for this
    /// month.
    pub fn set_monthly_left(&self, left: u64) {
        let now = self.world.clock.moment();
        self.world.gate().limits.set_left(None, Some(left), now);
    }

    /// The sandbox's clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.world.clock.clone()
    }

    /// Arms a fault.
    ///
    /// # Panics
    ///
    /// When the fault makes no sense, such as one on an operation that doesn't exist: a test that arms it
    /// would otherwise test nothing. [`try_fault`](Self::try_fault) returns the error instead.
    #[track_caller]
    #[allow(
        clippy::panic,
        reason = "a mistake in a test is shown where it was made"
    )]
    pub fn fault(&self, fault: Fault) -> FaultId {
        match self.try_fault(fault) {
            Ok(id) => id,
            Err(error) => panic!("{error}"),
        }
    }

    /// Arms a fault.
    ///
    /// # Errors
    ///
    /// When the fault makes no sense, such as one on an operation that doesn't exist.
    pub fn try_fault(&self, fault: Fault) -> Result<FaultId, FaultError> {
        self.world.faults.arm(fault, self.world.left())
    }

    /// The armed faults, with how often each struck.
    #[must_use]
    pub fn faults(&self) -> Vec<ArmedFault> {
        self.world.faults.list()
    }

    /// Disarms a fault. Says whether it was armed.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        self.world.faults.clear(id)
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.world.faults.clear_all();
    }

    /// The rules that the sandbox enforces or assumes.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleInForce> {
        self.world.readings.list()
    }

    /// Chooses another reading of a rule, such as `("lists-paged", "array")`.
    ///
    /// # Errors
    ///
    /// When there is no such rule or reading.
    pub fn read_rule(&self, rule: &str, reading: &str) -> Result<(), ReadingError> {
        self.world.choose_reading(rule, reading)
    }

    /// Lets searches and exports see each change of a contact so much later, by the sandbox's clock, while
    /// [`snapshot`](Self::snapshot), a get by id and the list of all see it at once: as where an index
    /// follows the database. None lets them see everything at once, as at the start.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// use benchmark_email_sandbox::Sandbox;
    /// use std::time::Duration;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.clock().stop();
    /// sandbox.set_search_lag(Duration::from_secs(2));
    /// // A contact that is created now is found once the clock has moved on.
    /// sandbox.clock().advance(Duration::from_secs(2));
    /// # Ok(()) }
    /// ```
    pub fn set_search_lag(&self, lag: Duration) {
        self.world.set_search_lag(lag);
    }

    /// Makes the account what it was on the first day: one structure and nothing else. Faults, readings,
    /// used limits and the log go as well; API keys, the clock and expectations stay.
    ///
    /// # Errors
    ///
    /// When the state file can't be written.
    pub fn reset(&self) -> io::Result<()> {
        self.world.reset()
    }

    /// The whole account as one JSON document, which [`restore`](Self::restore) takes back.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        self.world.snapshot()
    }

    /// Makes the account what a document says: a snapshot, or a seed that leaves out what can be filled
    /// in, such as `{"contacts": [{"key": "jane@example.com", "fields": {"First Name": "Jane"}}]}`.
    ///
    /// A seed may hold `structures`, `lists`, `forms`, `contacts` and `events`. Fields may be named by
    /// label, lists by name, tags by label, the contact of an event by its address; ids, times, versions and
    /// the status are filled in.
    ///
    /// # Errors
    ///
    /// When the document makes no account, or the state file can't be written. Nothing is changed then.
    pub fn restore(&self, document: Value) -> Result<(), SeedError> {
        self.world.restore(document)
    }

    /// Adds generated contacts: always the same for one number, with names of many scripts,
    /// plus-addresses, missing values, some unsubscribed and some bounced; and two lists.
    ///
    /// # Errors
    ///
    /// When the state file can't be written.
    pub fn generate_contacts(&self, count: usize) -> io::Result<()> {
        self.world.generate(count)
    }

    /// Makes a contact inactive as the service itself would, for a reason such as `Bounce` or
    /// `Complaint-FBL`. Says whether the account has this contact.
    pub fn deactivate(&self, contact_id: &str, reason: &str) -> bool {
        self.world.deactivate(contact_id, reason)
    }

    /// Publishes a signup form that uses these fields: they can't be removed from their structure then.
    /// Gives the form's id, or `None` when one of the fields is unknown.
    #[must_use]
    pub fn publish_form(&self, name: &str, field_ids: &[&str]) -> Option<String> {
        self.world.publish_form(name, field_ids)
    }

    /// The last requests of the API, oldest first: a thousand, unless the builder said otherwise, and fewer
    /// where they take more than 64 MiB.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.log.records(0)
    }

    /// Expects requests of an operation from now on: at least one, unless more is said. Checked when the
    /// sandbox is dropped.
    ///
    /// # Panics
    ///
    /// When there is no such operation.
    #[track_caller]
    #[allow(
        clippy::panic,
        reason = "a mistake in a test is shown where it was made"
    )]
    #[allow(
        clippy::must_use_candidate,
        reason = "the expectation counts whether it is kept or not"
    )]
    pub fn expect(&self, operation: &str) -> Expectation {
        match operations::named(operation) {
            Some(operation) => Expectation::new(self.world.clone(), operation.id),
            None => panic!("there is no operation {operation:?} to expect"),
        }
    }

    /// Checks the expectations so far.
    ///
    /// # Errors
    ///
    /// When some are not met; the error shows which, and what was asked instead.
    pub fn verify(&self) -> Result<(), Unmet> {
        self.world.log.verify()
    }
}

impl Drop for Sandbox {
    /// Stops listening, ends all connections, and checks the expectations.
    #[allow(clippy::panic, reason = "an expectation that isn't met fails the test")]
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its own threads do the rest within moments; the port is free when this returns.
        let stopped = self
            .stopped
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = stopped.recv_timeout(Duration::from_secs(2));
        // Its threads may hold on to the account a little longer.
        self.world.leave_file();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        if !std::thread::panicking()
            && let Err(unmet) = self.verify()
        {
            panic!("{unmet}");
        }
    }
}

/// API keys stay out of debug output.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
