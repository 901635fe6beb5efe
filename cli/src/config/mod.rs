//! Which account: flags first, then the environment, then a profile of the configuration file.
//!
//! Base URL and key belong together, so they come from one place: a profile that is named is taken whole, and the
//! environment is not asked. Only flags, which somebody wrote for this one command, replace single parts.

mod args;
mod file;
mod key;
mod place;

use std::env;

pub(crate) use self::{
    args::{AccountArgs, Embedded},
    file::{Edit, File, Profile},
    key::KeySource,
    place::{bare_base_url, config_file, state_folder},
};
use crate::output::Failure;

const BASE_URL: &str = benchmark_email::Client::BASE_URL_VARIABLE;
const API_KEY: &str = benchmark_email::Client::API_KEY_VARIABLE;

/// All that is needed to reach an account; the key is not read yet.
#[derive(Debug)]
pub(crate) struct Settings {
    /// How to name the account to people.
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) key: KeySource,
    pub(crate) structure: Option<String>,
}

/// Where the account is described, before flags replace parts of it.
#[derive(Debug, Default)]
struct Described {
    name: String,
    base_url: Option<String>,
    key: Option<KeySource>,
    structure: Option<String>,
}

impl Settings {
    /// Finds out which account is meant.
    pub(crate) fn resolve(args: &AccountArgs) -> Result<Self, Failure> {
        let place = config_file(args.config.as_deref())?;
        let described = describe(args, &place)?;
        let key = match (&args.api_key_file, &args.api_key_command) {
            (Some(path), _) => Some(KeySource::File(path.clone())),
            (_, Some(command)) => Some(KeySource::Shell(command.clone())),
            _ => described.key,
        };
        let base_url = args.base_url.clone().or(described.base_url);
        let (Some(base_url), Some(key)) = (base_url, key) else {
            return Err(Failure::config(format!(
                "no account: set {BASE_URL} and {API_KEY}, or write a profile into {}",
                place.display()
            ))
            .next(
                "`bme profile add` writes one; Settings > API Keys shows both; or try --sandbox",
            ));
        };
        Ok(Self {
            name: described.name,
            base_url,
            key,
            structure: args.structure.clone().or(described.structure),
        })
    }
}

fn describe(args: &AccountArgs, place: &std::path::Path) -> Result<Described, Failure> {
    if let Some(name) = &args.profile {
        let file = File::read(place)?;
        let profile = file.profile(name, place)?;
        return describe_profile(name, profile, place);
    }
    let (base_url, key) = (variable(BASE_URL)?, variable(API_KEY)?);
    match (base_url, key) {
        (None, None) => {}
        (base_url, key) => {
            let complete = (base_url.is_some() || args.base_url.is_some())
                && (key.is_some() || args.api_key_file.is_some() || args.api_key_command.is_some());
            if !complete {
                let (set, lacking) = if key.is_some() {
                    (API_KEY, BASE_URL)
                } else {
                    (BASE_URL, API_KEY)
                };
                return Err(
                    Failure::config(format!("{set} is set and {lacking} is not"))
                        .next("set both, or neither and use a profile; or try --sandbox"),
                );
            }
            return Ok(Described {
                name: "from the environment".to_owned(),
                base_url,
                key: key.map(|_| KeySource::Variable(API_KEY.to_owned())),
                structure: None,
            });
        }
    }
    if !place.exists() {
        let name = "from the command line".to_owned();
        return Ok(Described {
            name,
            ..Described::default()
        });
    }
    let file = File::read(place)?;
    match file.usual() {
        Some((name, profile)) => describe_profile(name, profile, place),
        None => Ok(Described::default()),
    }
}

fn describe_profile(
    name: &str,
    profile: &Profile,
    place: &std::path::Path,
) -> Result<Described, Failure> {
    Ok(Described {
        name: format!("profile {name}"),
        base_url: profile.base_url.clone(),
        key: profile.key(name, place)?,
        structure: profile.structure.clone(),
    })
}

/// A variable that is set, and not to nothing.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::config(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}
