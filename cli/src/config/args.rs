//! What can be said to every command about the account.

use std::{path::PathBuf, time::Duration};

use crate::output::length;

/// Which account.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArgs {
    /// Use this profile of the configuration file.
    #[arg(long, global = true, value_name = "NAME", env = "BME_PROFILE")]
    pub(crate) profile: Option<String>,
    /// Read this configuration file instead of the usual one.
    #[arg(long, global = true, value_name = "FILE", env = "BME_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The account's own base URL.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Read the API key from the first line of this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// Take the API key from what this command prints, for example 'pass show benchmark'.
    #[arg(
        long,
        global = true,
        value_name = "COMMAND",
        conflicts_with = "api_key_file"
    )]
    pub(crate) api_key_command: Option<String>,
    /// Work in this structure, named by its label or id; the account's first one unless told.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) structure: Option<String>,
    /// Wait at most this long for the account's limits, for example 0s or 10m; then end with exit code 75 and the time.
    #[arg(long, global = true, value_name = "TIME", default_value = "2m", value_parser = length)]
    pub(crate) max_wait: Duration,
    /// Run against an embedded sandbox, which starts with the account that this file describes, or with an example.
    #[arg(
        long,
        global = true,
        value_name = "SEED",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub(crate) sandbox: Option<Embedded>,
}

/// The sandbox to run against.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Embedded {
    /// With the example account.
    Example,
    /// With the account that this file describes.
    Seed(PathBuf),
}

impl From<&str> for Embedded {
    fn from(path: &str) -> Self {
        if path.is_empty() {
            Self::Example
        } else {
            Self::Seed(path.into())
        }
    }
}
