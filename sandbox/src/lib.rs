//! A stateful stand-in for the contacts API of Benchmark Email, in process or as a program.
//!
//! The provider offers no sandbox and no test keys. This crate is one, as far as the service is known
//! from its documentation: accounts with keys and scopes, structures, contacts, lists, search, export and
//! events, the rules between them, the provider's error envelope, the limits with their headers. Each
//! rule says whether it is documented or assumed ([`Sandbox::rules`]); an assumed one can be read the
//! other way ([`Sandbox::read_rule`]).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use benchmark_email_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! sandbox.expect("listContacts").times(2);
//! sandbox.fault(Fault::status(503).on("listContacts").nth(2));
//!
//! let ask = || {
//!     let url = format!("{}/api/contact", sandbox.base_url());
//!     reqwest::Client::new().get(url).header("X-API-Key", sandbox.api_key()).send()
//! };
//! assert_eq!(ask().await?.text().await?, "[]");
//! assert_eq!(ask().await?.status(), 503);
//! assert_eq!(sandbox.requests().len(), 2);
//! # Ok(()) }
//! ```
//!
//! It depends on no client, so a mistake in a client isn't repeated here. What is not known of the service
//! is taken leniently.

// The README's example compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod access;
mod account;
mod answer;
mod api;
mod body;
mod builder;
mod clock;
mod control;
mod faults;
mod limits;
mod log;
mod operations;
mod page;
mod pipeline;
mod rules;
mod sandbox;
mod server;
mod wire;
mod world;

pub use access::{KeyState, Standing};
pub use account::state::SeedError;
pub use builder::Builder;
pub use clock::Clock;
pub use faults::{ArmedFault, Fault, FaultError, FaultId};
pub use log::{Expectation, RequestRecord, Unmet};
pub use rules::{Mark, ReadingError, RuleInForce, rules};
pub use sandbox::Sandbox;
