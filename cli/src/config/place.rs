//! Where files of this program are: XDG on Unix (macOS too), `%APPDATA%` on Windows.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::output::Failure;

/// The configuration file: the one that was named, or the usual one.
pub(crate) fn config_file(named: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let base = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory: name a file with --config".to_owned())
    })?;
    Ok(base.config_dir().join("bme").join("config.toml"))
}

/// Of an account's base URL what doesn't depend on how it was typed.
pub(crate) fn bare_base_url(base_url: &str) -> String {
    base_url.trim_end_matches('/').to_ascii_lowercase()
}

/// The folder for what is kept from one run to the next: `$XDG_STATE_HOME/bme`, or where the system keeps such things.
pub(crate) fn state_folder() -> Result<PathBuf, Failure> {
    let base = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory, in which bme keeps what it remembers")
    })?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("bme"))
}
