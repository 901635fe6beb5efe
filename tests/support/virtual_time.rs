//! One time for a test, its client and its sandbox: tokio's paused clock. Waits of hours pass in moments,
//! and the same seed gives the same run.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    time::{Duration, SystemTime},
};

use benchmark_email::{
    Client, ClientBuilder,
    observe::{Attempt, AttemptEnd, Observer},
    testing::Clock,
};
use benchmark_email_sandbox::Sandbox;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::Instant;

/// What time it is. The sandbox's clock stands still but for when it is set to this one.
#[derive(Clone, Debug)]
pub struct Time {
    began: Instant,
    date: SystemTime,
    sandbox: benchmark_email_sandbox::Clock,
    dice: Arc<Mutex<StdRng>>,
}

impl Time {
    /// To be called where tokio's clock is paused.
    pub fn of(sandbox: &Sandbox) -> Self {
        let sandbox = sandbox.clock();
        sandbox.stop();
        Self {
            began: Instant::now(),
            date: sandbox.now(),
            sandbox,
            dice: Arc::new(Mutex::new(StdRng::seed_from_u64(0))),
        }
    }

    /// From now on the client's jitter is that of this seed.
    pub fn seed(&self, seed: u64) {
        *self.dice.lock().unwrap() = StdRng::seed_from_u64(seed);
    }

    /// Shows the sandbox what time it is. What it does late is done then.
    pub fn tell(&self) {
        self.sandbox.set(self.now());
    }

    pub async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
        self.tell();
    }

    /// A client whose clock and dice are the test's, and which does all else by default.
    pub fn client(&self, sandbox: &Sandbox) -> Client {
        self.builder(sandbox).build().unwrap()
    }

    pub fn builder(&self, sandbox: &Sandbox) -> ClientBuilder {
        Client::builder()
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .clock(self.clone())
            .observer(Standstill {
                time: self.clone(),
                attempts: Mutex::default(),
            })
    }
}

impl Clock for Time {
    fn now(&self) -> SystemTime {
        self.date + self.began.elapsed()
    }

    fn jitter(&self) -> f64 {
        self.dice.lock().unwrap().random()
    }
}

/// Lets no time pass while what comes of a stream is awaited: see [`Standstill`].
pub async fn in_no_time<T>(awaited: impl Future<Output = T>) -> T {
    let (_held, ended) = mpsc::channel::<()>();
    drop(tokio::task::spawn_blocking(move || ended.recv()));
    awaited.await
}

/// While a request is under way no time passes: tokio would take the wait for its answer, which comes from
/// another thread, for idleness, and jump to the next timer. A blocking task keeps it from that.
#[derive(Debug)]
struct Standstill {
    time: Time,
    attempts: Mutex<Vec<mpsc::Sender<()>>>,
}

impl Standstill {
    fn attempts(&self) -> MutexGuard<'_, Vec<mpsc::Sender<()>>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Standstill {
    fn attempt_started(&self, _: &Attempt) {
        self.time.tell();
        let (attempt, ended) = mpsc::channel::<()>();
        drop(tokio::task::spawn_blocking(move || ended.recv()));
        self.attempts().push(attempt);
    }

    fn attempt_ended(&self, _: &Attempt, _: &AttemptEnd) {
        self.attempts().pop();
    }
}
