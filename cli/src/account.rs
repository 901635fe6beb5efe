//! The account that a command works on: a client, and names for its things.

mod names;

use std::{fs, path::Path};

use benchmark_email::{Client, Structure, StructureId};
use benchmark_email_sandbox::Sandbox;

pub(crate) use self::names::ContactName;
use crate::{
    config::{AccountArgs, Embedded, Settings},
    output::Failure,
};

/// An account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) client: Client,
    name: String,
    base_url: String,
    structure: Option<String>,
    /// Where the base URL leads to, if it was asked for: it ends with the command.
    _sandbox: Option<Sandbox>,
}

impl Account {
    /// The account that the arguments name. Nothing is asked of the service yet.
    pub(crate) async fn open(args: &AccountArgs) -> Result<Self, Failure> {
        if let Some(seed) = &args.sandbox {
            return Self::embedded(seed, args.structure.clone()).await;
        }
        let settings = Settings::resolve(args)?;
        let key = settings.key.read().await?;
        let client = Client::builder()
            .base_url(&settings.base_url)
            .api_key(key)
            .build()?;
        Ok(Self {
            client,
            name: settings.name,
            base_url: settings.base_url,
            structure: settings.structure,
            _sandbox: None,
        })
    }

    async fn embedded(seed: &Embedded, structure: Option<String>) -> Result<Self, Failure> {
        let seed = match seed {
            Embedded::Example => example_seed()?,
            Embedded::Seed(path) => read_seed(path)?,
        };
        let start = Sandbox::builder().seed(seed).start().await;
        let sandbox = start.map_err(|error| Failure::io("the sandbox can't start", &error))?;
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .build()?;
        Ok(Self {
            client,
            name: "an embedded sandbox".to_owned(),
            base_url: sandbox.base_url().to_owned(),
            structure,
            _sandbox: Some(sandbox),
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How people know it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The structure that was named, or the account's first; one request, whose answer is kept.
    pub(crate) async fn structure(&self) -> Result<Structure, Failure> {
        let structures = self.client.structures();
        let Some(name) = &self.structure else {
            return Ok(structures.primary().await?);
        };
        let all = structures.all().await?;
        let mut named = all
            .iter()
            .filter(|structure| structure.label() == name || structure.id().as_str() == name);
        match (named.next(), named.next()) {
            (Some(structure), None) => Ok(structure.clone()),
            (None, _) => {
                let labels: Vec<_> = all
                    .iter()
                    .map(|structure| format!("{:?}", structure.label()))
                    .collect();
                Err(Failure::command_line(format!(
                    "the account has no structure {name:?}; it has {}",
                    labels.join(", ")
                )))
            }
            (Some(_), Some(_)) => {
                let ids: Vec<_> = all
                    .iter()
                    .filter(|structure| structure.label() == name)
                    .map(|structure| structure.id().as_str())
                    .collect();
                Err(Failure::command_line(format!(
                    "several structures are called {name:?}: name one by its id ({})",
                    ids.join(", ")
                )))
            }
        }
    }

    /// The structure of a contact that was read.
    pub(crate) async fn structure_of(&self, id: &StructureId) -> Result<Structure, Failure> {
        Ok(self.client.structures().known(id).await?)
    }
}

/// What the embedded sandbox holds unless told.
fn example_seed() -> Result<serde_json::Value, Failure> {
    serde_json::from_str(include_str!("account/example-seed.json"))
        .map_err(|error| Failure::failed(format!("the example seed is broken: {error}")))
}

/// The seed in this file.
pub(crate) fn read_seed(path: &Path) -> Result<serde_json::Value, Failure> {
    let fail = |verb: &str, error: &dyn std::fmt::Display| {
        Failure::command_line(format!(
            "the seed {} can't be {verb}: {error}",
            path.display()
        ))
    };
    let text = fs::read(path).map_err(|error| fail("read", &error))?;
    serde_json::from_slice(&text).map_err(|error| fail("understood", &error))
}
