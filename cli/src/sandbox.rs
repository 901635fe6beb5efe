//! `bme sandbox`: the sandbox as a program.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use benchmark_email_sandbox::Sandbox;
use jiff::SignedDuration;

/// What can be set on the command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where to listen; port 0 takes a free one. Whoever reaches it can do everything.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Print the two environment lines and nothing else.
    #[arg(long)]
    quiet: bool,
    /// Requests that the account may make in an hour.
    #[arg(long, value_name = "N", default_value_t = 3600)]
    rate_limit: u64,
    /// Requests that the account may make in a month.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    monthly_quota: u64,
    /// Keep the account in this file, across restarts.
    ///
    /// Kept are structures, contacts, lists, forms, events, and the two API keys that the sandbox starts with. Further
    /// keys, the states of keys, standing, used limits, clock, faults, readings of rules and the log are not. One sandbox
    /// at a time can use the file: it locks FILE.lock, which stays.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Start with the account that this JSON file describes.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Start with so many generated contacts.
    #[arg(long, value_name = "N", default_value_t = 0)]
    contacts: usize,
    /// Use this API key rather than a random one. The variable keeps it out of the list of processes.
    ///
    /// The sandbox prints it and shows it to whoever can reach its port: never give it the key of a real account.
    #[arg(
        long,
        value_name = "KEY",
        env = "BENCHMARK_EMAIL_API_KEY",
        hide_env_values = true
    )]
    api_key: Option<String>,
    /// How much later searches and exports see a change, such as 2s or 500ms; a get by id and the list of all see it
    /// at once.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    search_lag: Duration,
    /// Start with a clock that stands still until it is moved by hand.
    #[arg(long)]
    stopped_clock: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) async fn run(options: Options) -> io::Result<()> {
    let mut builder = Sandbox::builder()
        .listen(options.listen)
        .hourly_limit(options.rate_limit)
        .monthly_quota(options.monthly_quota)
        .contacts(options.contacts)
        .search_lag(options.search_lag)
        .threads(std::thread::available_parallelism().map_or(1, usize::from));
    if let Some(path) = options.state {
        builder = builder.state_file(path);
    }
    if let Some(path) = &options.seed {
        builder = builder.seed(read_seed(path)?);
    }
    if let Some(api_key) = options.api_key {
        builder = builder.api_key(api_key);
    }
    if options.stopped_clock {
        builder = builder.stopped_clock();
    }
    let sandbox = builder.start().await?;
    if !sandbox.address().ip().is_loopback() {
        eprintln!(
            "bme: warning: listening on {}: whoever reaches it from another machine can read and change everything, \
             API keys included",
            sandbox.address()
        );
    }
    let stopped = stop_signal()?;
    print(&sandbox, options.quiet)?;
    stopped.await
}

/// A length of time such as `2s`, `500ms` or `1m 30s`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Result<SignedDuration, _> = text.parse();
    parsed
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| "give a length of time such as 2s, 500ms or 1m 30s".to_owned())
}

fn read_seed(path: &Path) -> io::Result<serde_json::Value> {
    let say = |verb: &str, error: &dyn Display| {
        io::Error::other(format!(
            "the seed {} can't be {verb}: {error}",
            path.display()
        ))
    };
    let text = std::fs::read(path).map_err(|error| say("read", &error))?;
    serde_json::from_slice(&text).map_err(|error| say("understood", &error))
}

fn print(sandbox: &Sandbox, quiet: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (name, value) in [
        ("BENCHMARK_EMAIL_BASE_URL", sandbox.base_url()),
        ("BENCHMARK_EMAIL_API_KEY", sandbox.api_key()),
    ] {
        let value = shlex::try_quote(value).map_err(io::Error::other)?;
        writeln!(out, "export {name}={value}")?;
    }
    if !quiet {
        writeln!(
            out,
            "# Copy the two lines above. A page to look at: {}",
            sandbox.base_url()
        )?;
        writeln!(out, "# Ctrl-C stops the sandbox.")?;
    }
    out.flush()
}

/// Completes when the program is asked to stop. The signals are caught from the moment this is called.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

/// Completes when the program is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
