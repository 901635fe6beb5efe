//! The account that a command works on: a client, and names for its things.

mod contacts;
mod waits;

use std::{fs, path::Path};

use benchmark_email::{Client, ClientBuilder, Structure, retry::RetryPolicy};
use benchmark_email_sandbox::Sandbox;

use self::waits::Waits;
pub(crate) use self::{contacts::ContactName, waits::Requests};
pub(crate) use crate::names::Names;
use crate::{
    config::{AccountArgs, Embedded, Settings},
    output::{Failure, Output},
};

/// An account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) client: Client,
    name: String,
    base_url: String,
    structure: Option<String>,
    requests: Requests,
    /// Where the base URL leads to, if it was asked for: it ends with the command.
    sandbox: Option<Sandbox>,
}

impl Account {
    /// The account that the arguments name. Nothing is asked of the service yet.
    pub(crate) async fn open(args: &AccountArgs, output: Output) -> Result<Self, Failure> {
        if let Some(seed) = &args.sandbox {
            return Self::embedded(seed, args, output).await;
        }
        let settings = Settings::resolve(args)?;
        let key = settings.key.read().await?;
        let requests = Requests::default();
        let client = client(args, output, &requests)
            .base_url(&settings.base_url)
            .api_key(key)
            .build()?;
        Ok(Self {
            client,
            name: settings.name,
            base_url: settings.base_url,
            structure: settings.structure,
            requests,
            sandbox: None,
        })
    }

    async fn embedded(
        seed: &Embedded,
        args: &AccountArgs,
        output: Output,
    ) -> Result<Self, Failure> {
        let seed = self::seed(seed)?;
        let start = Sandbox::builder().seed(seed).start().await;
        let sandbox = start.map_err(|error| Failure::io("the sandbox can't start", &error))?;
        let requests = Requests::default();
        let client = client(args, output, &requests)
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .build()?;
        Ok(Self {
            client,
            name: "an embedded sandbox".to_owned(),
            base_url: sandbox.base_url().to_owned(),
            structure: args.structure.clone(),
            requests,
            sandbox: Some(sandbox),
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How many requests went out.
    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    /// How people know it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it ends with the command.
    pub(crate) fn is_embedded(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Both, on one line.
    pub(crate) fn describe(&self) -> String {
        match self.sandbox {
            Some(_) => self.name.clone(),
            None => format!("{}, {}", self.name, self.base_url),
        }
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

    /// What the ids of a structure are called; one request, for its lists.
    pub(crate) async fn names_in(&self, structure: Structure) -> Result<Names, Failure> {
        let lists = self.client.lists(structure.id()).all().await?;
        Ok(Names::new(structure, lists))
    }

    /// The same for the structure that was named.
    pub(crate) async fn names(&self) -> Result<Names, Failure> {
        let structure = self.structure().await?;
        self.names_in(structure).await
    }
}

/// How every command asks: it tells of its waits, and doesn't wait longer than it may.
fn client(args: &AccountArgs, output: Output, requests: &Requests) -> ClientBuilder {
    Client::builder()
        .retry(RetryPolicy::default().max_wait(args.max_wait))
        .observer(Waits {
            output,
            requests: requests.clone(),
        })
}

/// What a sandbox starts with.
pub(crate) fn seed(seed: &Embedded) -> Result<serde_json::Value, Failure> {
    match seed {
        Embedded::Example => example_seed(),
        Embedded::Seed(path) => read_seed(path),
    }
}

fn example_seed() -> Result<serde_json::Value, Failure> {
    serde_json::from_str(include_str!("account/example-seed.json"))
        .map_err(|error| Failure::failed(format!("the example seed is broken: {error}")))
}

/// The seed in this file.
fn read_seed(path: &Path) -> Result<serde_json::Value, Failure> {
    let fail = |verb: &str, error: &dyn std::fmt::Display| {
        Failure::command_line(format!(
            "the seed {} can't be {verb}: {error}",
            path.display()
        ))
    };
    let text = fs::read(path).map_err(|error| fail("read", &error))?;
    serde_json::from_slice(&text).map_err(|error| fail("understood", &error))
}
