//! `bme profile`: accounts by name, in the configuration file.

use std::path::Path;

use clap::Subcommand;

use crate::{
    config::{Edit, File, config_file},
    context::Context,
    output::{Column, Exit, Failure, Output},
    records::ProfileRecord,
};

/// The configuration file holds profiles: each a base URL, where the API key comes from, and a structure to work in.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the profiles.
    List,
    /// Add a profile, or change one, by --base-url, --structure and one of --api-key-file, --api-key-command and
    /// --api-key-variable. No API key is read or written.
    Add {
        /// What to call it.
        name: String,
        /// Take the API key from this environment variable.
        #[arg(long, value_name = "NAME", conflicts_with_all = ["api_key_file", "api_key_command"])]
        api_key_variable: Option<String>,
        /// Use it where no profile is named.
        #[arg(long)]
        default: bool,
    },
    /// Remove a profile.
    Remove {
        /// What it is called.
        name: String,
    },
    /// Use a profile where none is named.
    Use {
        /// What it is called.
        name: String,
    },
    /// Print where the configuration file is.
    Path,
}

impl Command {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let place = config_file(context.global.account.config.as_deref())?;
        match self {
            Self::List => list(context, &place)?,
            Self::Path => Output::plain(&place.display().to_string())?,
            Self::Add {
                name,
                api_key_variable,
                default,
            } => {
                add(context, &place, &name, api_key_variable, default)?;
            }
            Self::Remove { name } => {
                File::read(&place)?.profile(&name, &place)?;
                let mut edit = Edit::begin(&place)?;
                edit.remove(&name);
                edit.save()?;
            }
            Self::Use { name } => {
                File::read(&place)?.profile(&name, &place)?;
                let mut edit = Edit::begin(&place)?;
                edit.use_by_default(&name);
                edit.save()?;
            }
        }
        Ok(Exit::Done)
    }
}

fn list(context: &Context, place: &Path) -> Result<(), Failure> {
    let file = if place.exists() {
        File::read(place)?
    } else {
        File::default()
    };
    let usual = file.usual().map(|(name, _)| name);
    let columns = ["name", "default", "baseUrl", "apiKey", "structure"];
    let headings = ["Name", "Default", "Base URL", "API key", "Structure"];
    let columns = columns
        .iter()
        .zip(headings)
        .map(|(name, heading)| Column::new(*name, heading));
    let mut rows = context.output.rows(columns.collect());
    for (name, profile) in &file.profiles {
        let record = ProfileRecord {
            name,
            default: usual == Some(name),
            base_url: profile.base_url.as_deref(),
            api_key: profile.key(name, place)?.map(|key| key.describe()),
            structure: profile.structure.as_deref(),
        };
        let or_nothing = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let cells = vec![
            name.clone(),
            if record.default { "yes" } else { "" }.to_owned(),
            or_nothing(record.base_url),
            or_nothing(record.api_key.as_deref()),
            or_nothing(record.structure),
        ];
        rows.push(&record, cells)?;
    }
    rows.finish()
}

fn add(
    context: &Context,
    place: &Path,
    name: &str,
    api_key_variable: Option<String>,
    default: bool,
) -> Result<(), Failure> {
    let args = &context.global.account;
    let key = match (&args.api_key_file, &args.api_key_command, api_key_variable) {
        (Some(file), ..) => {
            // A path of this folder would be another one elsewhere.
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            Some(("api_key_file", file.display().to_string()))
        }
        (_, Some(command), _) => Some(("api_key_command", command.clone())),
        (.., Some(variable)) => Some(("api_key_variable", variable)),
        _ => None,
    };
    let is_new = !place.exists() || !File::read(place)?.profiles.contains_key(name);
    if is_new && (args.base_url.is_none() || key.is_none()) {
        return Err(Failure::command_line(format!(
            "the profile {name:?} needs --base-url and one of --api-key-file, --api-key-command and --api-key-variable"
        ))
        .next("Settings > API Keys in the web application shows base URL and key"));
    }
    let mut edit = Edit::begin(place)?;
    if let Some(base_url) = &args.base_url {
        edit.set(name, "base_url", base_url.as_str());
    }
    if let Some((entry, value)) = key {
        edit.set_key(name, entry, value);
    }
    if let Some(structure) = &args.structure {
        edit.set(name, "structure", structure.as_str());
    }
    if default {
        edit.use_by_default(name);
    }
    edit.save()
}
