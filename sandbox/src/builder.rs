//! How a sandbox is set up and started.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::access::{Gate, Key};
use crate::account::state::{self, Place};
use crate::account::{Account, Change, Keys};
use crate::clock::{Clock, Moment};
use crate::limits::Limits;
use crate::log::{Listener, Log, RequestRecord};
use crate::sandbox::Sandbox;
use crate::server;
use crate::world::World;

/// How a sandbox is to be. Made by [`Sandbox::builder`].
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    listen: SocketAddr,
    threads: usize,
    hourly: u64,
    monthly: u64,
    log_kept: usize,
    api_key: Option<String>,
    stopped_clock: bool,
    state_file: Option<PathBuf>,
    salvage: bool,
    seed: Option<Value>,
    listener: Option<Listener>,
    contacts: usize,
    search_lag: Duration,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// When the port or the threads can't be had.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts with other settings than the usual.
    pub fn builder() -> Builder {
        Builder {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            threads: 1,
            hourly: 3600,
            monthly: 100_000,
            log_kept: 1000,
            api_key: None,
            stopped_clock: false,
            state_file: None,
            salvage: false,
            seed: None,
            listener: None,
            contacts: 0,
            search_lag: Duration::ZERO,
        }
    }
}

impl Builder {
    /// Listens here; port 0 takes a free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Works on so many threads. One is enough for tests.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Allows so many requests an hour, instead of 3,600.
    pub fn hourly_limit(mut self, requests: u64) -> Self {
        self.hourly = requests;
        self
    }

    /// Allows so many requests a month, instead of 100,000.
    pub fn monthly_quota(mut self, requests: u64) -> Self {
        self.monthly = requests;
        self
    }

    /// Keeps up to so many requests in the log, instead of 1,000; fewer where they take more than 64 MiB.
    pub fn keep_requests(mut self, requests: usize) -> Self {
        self.log_kept = requests;
        self
    }

    /// Tells `listener` of each request when its answer leaves, or when it is known that there will be none. It
    /// is told on the sandbox's own threads, so it should return at once. It hears nothing where no requests are
    /// kept.
    pub fn on_request(mut self, listener: impl Fn(&RequestRecord) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener(Box::new(listener)));
        self
    }

    /// Uses this API key, with the scope `contacts:write`, instead of a random one.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Starts with a clock that stands still until it is moved by hand.
    pub fn stopped_clock(mut self) -> Self {
        self.stopped_clock = true;
        self
    }

    /// Keeps the account in this file: what is in it is there at the start, and each change is written to
    /// it before it is answered. A kill loses nothing that was answered.
    ///
    /// Kept are structures, contacts, lists, forms, events, and the two API keys that a sandbox starts
    /// with. Further keys, the states of keys, standing, used limits, clock, faults, readings of rules and
    /// the log are not. A lock on a file beside it, `….lock`, keeps other sandboxes away; that file stays.
    ///
    /// On Unix only their owner can read these files. A symbolic link in the place of one is refused.
    ///
    /// Each line of the file has a checksum. A sandbox doesn't start on a damaged one, unless it is told to
    /// [`salvage`](Self::salvage) the rest.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Starts on a damaged state file as well, without the lines that can't be read; which those were is
    /// told by [`Sandbox::lost_lines`]. What contacts refer to and is lost, such as a field, is put back
    /// under its id as its name. A copy of the damaged file is kept beside it, as `….damaged`.
    pub fn salvage(mut self) -> Self {
        self.salvage = true;
        self
    }

    /// Starts with the account that this document describes, as [`Sandbox::restore`] takes it. A state
    /// file that exists comes first.
    pub fn seed(mut self, document: Value) -> Self {
        self.seed = Some(document);
        self
    }

    /// Starts with so many generated contacts more, as [`Sandbox::generate_contacts`] makes them, unless
    /// there is a state file already.
    pub fn contacts(mut self, count: usize) -> Self {
        self.contacts = count;
        self
    }

    /// Lets searches and exports see a change so much later, by the sandbox's clock, as
    /// [`Sandbox::set_search_lag`] says.
    pub fn search_lag(mut self, lag: Duration) -> Self {
        self.search_lag = lag;
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// When the port or the threads can't be had, or the seed, the state file or the API key can't be used,
    /// or another sandbox uses the state file.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        let clock = Clock::running();
        if self.stopped_clock {
            clock.stop();
        }
        let now = clock.moment();
        let (account, keys, lost_lines) = self.account(now)?;

        let Keys {
            write: api_key,
            read: read_only_key,
        } = keys;
        let keys = vec![
            Key::new(api_key.clone(), &["contacts:write"]),
            Key::new(read_only_key.clone(), &["contacts:read"]),
        ];
        let gate = Gate::new(keys, Limits::new(self.hourly, self.monthly, now));
        let world = Arc::new(World::new(
            clock,
            account,
            gate,
            Log::new(self.log_kept, self.listener),
        ));
        world.set_search_lag(self.search_lag);

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(self.threads)
            .thread_name("sandbox")
            .enable_all()
            .build()?;
        let (stop, stopping) = oneshot::channel();
        let (stopped_sender, stopped) = mpsc::channel();
        let served = Arc::clone(&world);
        let (bound, address) = oneshot::channel();
        let listen = self.listen;
        runtime.spawn(async move {
            let listener = TcpListener::bind(listen).await;
            let address = listener
                .as_ref()
                .map_err(describe)
                .and_then(tokio::net::TcpListener::local_addr);
            let failed = bound.send(address).is_err();
            if let (Ok(listener), false) = (listener, failed) {
                server::run(listener, served, stopping).await;
            }
            drop(stopped_sender);
        });
        // From here on a failure, or dropping this future, ends the threads by dropping the sandbox.
        let mut sandbox = Sandbox {
            world,
            address: listen,
            base_url: String::new(),
            api_key,
            read_only_key,
            lost_lines,
            stop: Some(stop),
            stopped: Mutex::new(stopped),
            runtime: Some(runtime),
        };
        let address = address.await.map_err(io::Error::other)?;
        let address = address.map_err(|error| {
            io::Error::new(error.kind(), format!("can't listen on {listen}: {error}"))
        })?;
        sandbox.address = address;
        sandbox.base_url = format!("http://{address}");
        Ok(sandbox)
    }
}

impl Builder {
    /// The account to start with, its keys, and the lines that its state file lost: that of the state file,
    /// or else what was asked for.
    fn account(&mut self, now: Moment) -> io::Result<(Account, Keys, Vec<u64>)> {
        let mut account = Account::default();
        let place = self.state_file.as_deref().map(Place::take).transpose()?;
        let found = match &place {
            Some(place) => place.replay(&mut account, self.salvage)?,
            None => None,
        };
        let lost_lines = found.as_ref().map(|found| found.damaged.clone());
        let lost_lines = lost_lines.unwrap_or_default();
        if found.is_none() {
            account = match self.seed.take() {
                Some(seed) => state::read(seed, now, false).map_err(io::Error::other)?,
                None => Account::fresh(now),
            };
            state::generate(&mut account, self.contacts, now)?;
        } else if !lost_lines.is_empty() {
            state::complete(&mut account, now);
        }
        let kept = account.keys().cloned();
        let mut keys = kept.clone().unwrap_or_else(|| Keys {
            write: Key::random_secret(),
            read: Key::random_secret(),
        });
        if let Some(asked) = self.api_key.take() {
            keys.write = asked;
        }
        if ![&keys.write, &keys.read]
            .into_iter()
            .all(|secret| Key::can_be_sent(secret))
        {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the API key can't be used: give one of visible ASCII characters, as no header carries others",
            ));
        }
        if let Some(place) = place {
            account.keep_in(place, found)?;
        }
        if kept.as_ref() != Some(&keys) {
            account.commit(vec![Change::Keys(keys.clone())])?;
        }
        Ok((account, keys, lost_lines))
    }
}

/// An error that can be sent on while the listener keeps the original.
fn describe(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
