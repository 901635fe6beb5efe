//! `bme sandbox`: the sandbox as a program.

use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use benchmark_email_sandbox::Sandbox;

use crate::{
    account::seed,
    config::Embedded,
    context::Context,
    interrupt::asked_to_stop,
    output::{Exit, Failure, length},
};

/// It prints two lines to copy, and then each request that it gets, until Ctrl-C. `-q` prints the two lines only.
#[derive(Debug, clap::Args)]
#[command(after_long_help = SEEDS)]
pub(crate) struct Args {
    /// Where to listen: an address with a port, or a port of this machine; 0 takes a free one. Whoever reaches it can do
    /// everything.
    #[arg(long, value_name = "ADDRESS", default_value = "0", value_parser = address)]
    listen: SocketAddr,
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
    /// at a time can use the file: it locks FILE.lock, which stays. Only their owner can read these files.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Start although lines of FILE are damaged, without those; a copy of FILE is kept as FILE.damaged.
    ///
    /// What contacts refer to and is lost, such as a field, is put back under its id as its name.
    #[arg(long, requires = "state")]
    salvage: bool,
    /// Start with the account that this JSON file describes; without a name with an example.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "")]
    seed: Option<Embedded>,
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
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = length)]
    search_lag: Duration,
    /// Show the sandbox's page in the browser.
    #[arg(long)]
    open: bool,
    /// Start with a clock that stands still until it is moved by hand.
    #[arg(long)]
    stopped_clock: bool,
}

const SEEDS: &str = r#"A seed is a JSON object. What it leaves out is filled in: ids, times, the fields and tags of a
new account. Fields and tags are named by label, lists by name, the contact of an event by its address:

  {
    "lists": ["Newsletter"],
    "contacts": [
      { "key": "jane@example.com", "fields": { "First Name": "Jane" }, "lists": ["Newsletter"] },
      { "key": "joe@example.com", "status": { "primary": "Inactive", "secondary": "Bounce" } }
    ],
    "events": [{ "contactId": "joe@example.com", "type": "email-bounced" }]
  }"#;

impl Args {
    /// Runs until Ctrl-C or SIGTERM.
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut builder = Sandbox::builder()
            .listen(self.listen)
            .hourly_limit(self.rate_limit)
            .monthly_quota(self.monthly_quota)
            .contacts(self.contacts)
            .search_lag(self.search_lag)
            .threads(std::thread::available_parallelism().map_or(1, usize::from));
        if let Some(path) = self.state {
            builder = builder.state_file(path);
        }
        if self.salvage {
            builder = builder.salvage();
        }
        if let Some(path) = &self.seed {
            builder = builder.seed(seed(path)?);
        }
        if let Some(api_key) = self.api_key {
            builder = builder.api_key(api_key);
        }
        if !context.global.output.quiet {
            let output = context.output;
            builder = builder.on_request(move |request| output.note(&request.to_string()));
        }
        if self.stopped_clock {
            builder = builder.stopped_clock();
        }
        let fail = |error: io::Error| Failure::io("the sandbox can't start", &error);
        let sandbox = builder.start().await.map_err(fail)?;
        if !sandbox.lost_lines().is_empty() {
            let lost: Vec<_> = sandbox.lost_lines().iter().map(u64::to_string).collect();
            context.output.warn(&format!(
                "damaged lines of the state file were left out: {}",
                lost.join(", ")
            ));
        }
        if !sandbox.address().ip().is_loopback() {
            context.output.warn(&format!(
                "listening on {}: whoever reaches it from another machine can read and change everything, API keys \
                 included",
                sandbox.address()
            ));
        }
        let stopped = asked_to_stop().map_err(fail)?;
        print(&sandbox, context.global.output.quiet).map_err(|error| Failure::stdout(&error))?;
        if self.open {
            open(sandbox.base_url(), context);
        }
        stopped.await;
        Ok(Exit::Done)
    }
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

/// A bare port is one of this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse().map_err(|_| {
        "give a port, such as 4010, or an address with one, such as 127.0.0.1:4010".to_owned()
    })
}

/// Asks the desktop to show a page. Nothing depends on it, so a desktop that can't is told and no more.
fn open(url: &str, context: &Context) {
    let (program, before) = if cfg!(target_os = "macos") {
        ("open", &[][..])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""][..])
    } else {
        ("xdg-open", &[][..])
    };
    let started = Command::new(program)
        .args(before)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        context.output.warn(&format!(
            "{program} can't be run, so open {url} yourself: {error}"
        ));
    }
}
