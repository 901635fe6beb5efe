//! `bme sync plan`: what would change, before anything does.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
};

use benchmark_email::{Client, ListId, Structure, TagId};

use super::{
    args::{ColumnArgs, SourceArgs},
    quoted_for_shell, summary,
};
use crate::{
    account::Account,
    context::Context,
    output::{Exit, Failure},
    sync::{
        self, About, AddressRules, BudgetThen, Decision, Duplicates, Guards, Limit, Parts,
        PlanWriter, Planner, Prepared, Prerequisite, PrerequisiteKind, Settings,
    },
};

/// Reads sources and the account, and writes a plan.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Write the plan to this file, which must not exist.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// The name of the job, by which plans are compared with the last one.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    columns: ColumnArgs,
    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    guards: GuardArgs,
}

/// What is done with rows beyond what they say.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Contacts")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Wishes {
    /// Create lists that rows name and the account hasn't got.
    #[arg(long)]
    create_lists: bool,
    /// Create tags that rows name and the structure hasn't got.
    #[arg(long)]
    create_tags: bool,
    /// Let a row that names lists name all lists of its contact.
    #[arg(long)]
    replace_lists: bool,
    /// Let a row that names tags name all tags of its contact.
    #[arg(long)]
    replace_tags: bool,
    /// Let whoever is on this list and in no source leave it.
    #[arg(long, value_name = "NAME")]
    mirror_list: Option<String>,
    /// Take the first or the last of rows that have one address and contradict each other; none of them otherwise.
    #[arg(long, value_name = "first|last")]
    duplicates: Option<Keep>,
    /// Update the fields of people who have left; they stay away.
    #[arg(long)]
    update_inactive: bool,
    /// Pass over people who have left and whom the account doesn't know, rather than create and unsubscribe them.
    #[arg(long)]
    skip_unknown_suppressions: bool,
    /// Take this address though it mixes letters of several scripts.
    #[arg(long, value_name = "ADDRESS")]
    allow_address: Vec<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Keep {
    First,
    Last,
}

/// How far the plan may go.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Guards")]
#[allow(
    clippy::struct_field_names,
    reason = "they are the names of the options"
)]
struct GuardArgs {
    /// How many contacts may be updated: a number, or a share of all.
    #[arg(long, value_name = "LIMIT", default_value = "20%")]
    max_updates: Limit,
    /// How many contacts may be unsubscribed: a number, or a share of the active ones.
    #[arg(long, value_name = "LIMIT", default_value = "5%")]
    max_unsubscribes: Limit,
    /// How many rows may be rejected, where there are fifty or more: a number, or a share.
    #[arg(long, value_name = "LIMIT", default_value = "10%")]
    max_rejected: Limit,
    /// How many rows fewer there may be than in the last plan of this --name: a number, or a share.
    #[arg(long, value_name = "LIMIT", default_value = "50%")]
    max_fewer_rows: Limit,
    /// How many requests the plan may take; nine tenths of what is left of the month unless told.
    #[arg(long, value_name = "NUMBER")]
    max_requests: Option<u64>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let given = self.columns.say(self.sources.open()?)?;
        let notes: Vec<_> = given
            .iter()
            .flat_map(|given| given.source.notes.clone())
            .collect();
        for note in &notes {
            context.output.note(note);
        }
        let sources: Vec<_> = given
            .iter()
            .map(|given| given.source.name.clone())
            .collect();
        let account = context.account().await?;
        let structure = account.structure().await?;
        let addresses = AddressRules {
            allowed: self
                .wishes
                .allow_address
                .iter()
                .map(|address| address.to_ascii_lowercase())
                .collect(),
        };
        let prepared = sync::prepare(given, &structure, addresses)?;
        let names = self.names(&account, structure, &prepared).await?;
        let guards = Guards {
            max_updates: self.guards.max_updates,
            max_unsubscribes: self.guards.max_unsubscribes,
            max_rejected: self.guards.max_rejected,
            rows_before: None,
            max_fewer_rows: self.guards.max_fewer_rows,
            month_left: None,
            max_requests: self.guards.max_requests,
            mirrors_blindly: self.wishes.mirror_list.is_some() && prepared.anonymous_rejects,
        };
        // What is wrong already needn't cost the reading of the whole account.
        if prepared.counts.is_empty() {
            return Err(guarded(&guards, &prepared.counts));
        }
        let settings = Settings {
            duplicates: match self.wishes.duplicates {
                None => Duplicates::Reject,
                Some(Keep::First) => Duplicates::First,
                Some(Keep::Last) => Duplicates::Last,
            },
            replace_lists: self.wishes.replace_lists,
            replace_tags: self.wishes.replace_tags,
            update_inactive: self.wishes.update_inactive,
            skip_unknown_suppressions: self.wishes.skip_unknown_suppressions,
            mirror: names.mirror.clone(),
        };
        let mut writer = PlanWriter::begin(&self.out, names.structure.clone())?;
        for wanted in &names.prerequisites {
            writer.prerequisite(wanted)?;
        }
        let mut parts = Parts::from(prepared);
        let planner = Planner::new(
            &mut parts,
            &names.structure,
            &names.lists,
            &names.tags,
            settings,
        );
        let (counts, rejected) = read_account(&account.client, planner, &mut writer).await?;
        let left = budget(&account.client);
        let guards = Guards {
            month_left: left.month_left,
            ..guards
        };
        let about = About {
            base_url: account.base_url().to_owned(),
            account: account.name().to_owned(),
            structure: serde_json::value::to_raw_value(&names.structure)
                .map_err(|why| Failure::failed(why.to_string()))?,
            name: self.name.clone(),
            made_at: About::seconds_now(),
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            sources,
            notes,
            lists: names
                .lists
                .iter()
                .map(|(name, id)| (id.to_string(), name.clone()))
                .collect(),
            budget: left,
            counts,
        };
        if !guards.check(&about.counts).is_empty() {
            return Err(guarded(&guards, &about.counts));
        }
        writer.finish(&about, &rejected)?;
        summary::print(context, &self.out)?;
        Ok(Exit::Done)
    }

    /// The ids of all lists and tags that rows name: the service's, or stand-ins for what is to be created.
    async fn names(
        &self,
        account: &Account,
        structure: Structure,
        prepared: &Prepared,
    ) -> Result<Names, Failure> {
        let mut wanted: BTreeSet<&String> = prepared.lists.iter().collect();
        wanted.extend(&self.wishes.mirror_list);
        let known = if wanted.is_empty() {
            Vec::new()
        } else {
            account.client.lists(structure.id()).all().await?
        };
        let mut called = Names {
            structure,
            lists: HashMap::new(),
            tags: HashMap::new(),
            mirror: None,
            prerequisites: Vec::new(),
        };
        for name in wanted {
            let mut named = known.iter().filter(|list| list.name == *name);
            let id = match (named.next(), named.next()) {
                (Some(list), None) => list.id.clone(),
                (Some(one), Some(other)) => {
                    return Err(Failure::command_line(format!(
                        "two lists are called {name:?}: {} and {}",
                        one.id, other.id
                    ))
                    .next("rename one of them"));
                }
                (None, _) if self.wishes.create_lists => {
                    called.stand_in(PrerequisiteKind::List, name)?
                }
                (None, _) => {
                    let near = known.iter().map(|list| list.name.as_str());
                    return Err(missing("list", name, near, "--create-lists"));
                }
            };
            called.lists.insert(name.clone(), id);
        }
        if let Some(name) = &self.wishes.mirror_list {
            called.mirror = called.lists.get(name).cloned();
        }
        let mut new = Vec::new();
        for label in &prepared.tags {
            match called.structure.tag(label.as_str()) {
                Ok(tag) => {
                    called.tags.insert(label.clone(), tag.id.clone());
                }
                Err(_) if self.wishes.create_tags => new.push(label),
                Err(_) => {
                    let near = called.structure.tags().iter().map(|tag| tag.label.as_str());
                    return Err(missing("tag", label, near, "--create-tags"));
                }
            }
        }
        for label in new {
            let id: TagId = called.stand_in(PrerequisiteKind::Tag, label)?;
            called.tags.insert(label.clone(), id);
        }
        called.structure = sync::with_new_tags(&called.structure, &called.prerequisites)
            .map_err(|why| Failure::failed(why.to_string()))?;
        Ok(called)
    }
}

/// What rows call by name.
struct Names {
    /// The structure as it is once the plan's tags are made.
    structure: Structure,
    lists: HashMap<String, ListId>,
    tags: HashMap<String, TagId>,
    mirror: Option<ListId>,
    prerequisites: Vec<Prerequisite>,
}

impl Names {
    /// An id for what the service hasn't given one yet.
    fn stand_in<I: serde::de::DeserializeOwned>(
        &mut self,
        kind: PrerequisiteKind,
        name: &str,
    ) -> Result<I, Failure> {
        let stand_in = format!("new:{}", self.prerequisites.len() + 1);
        let id = serde_json::from_value(serde_json::Value::String(stand_in.clone()))
            .map_err(|why| Failure::failed(why.to_string()))?;
        self.prerequisites.push(Prerequisite {
            kind,
            name: name.to_owned(),
            stand_in,
            data_type: None,
        });
        Ok(id)
    }
}

/// Reads every contact once, and writes what becomes of each.
async fn read_account(
    client: &Client,
    mut planner: Planner<'_>,
    writer: &mut PlanWriter,
) -> Result<(sync::Counts, Vec<sync::Rejected>), Failure> {
    let mut contacts = client.contacts().stream();
    while let Some(contact) = contacts.next().await {
        match planner.contact(&contact?)? {
            Decision::Nothing => {}
            Decision::Do(step) => writer.step(&step)?,
            Decision::TakeBack(places) => writer.take_back(&places)?,
        }
    }
    let mut failed = None;
    let outcome = planner.finish(|step| {
        if failed.is_none() {
            failed = writer.step(&step).err();
        }
    })?;
    match failed {
        None => Ok(outcome),
        Some(why) => Err(why.into()),
    }
}

/// What the last answers told of the account's budget.
fn budget(client: &Client) -> BudgetThen {
    let state = client.budget();
    BudgetThen {
        hour: state.limit.map(u64::from),
        hour_left: state.remaining.map(u64::from),
        month: state.quota_limit.map(u64::from),
        month_left: state.quota_remaining.map(u64::from),
    }
}

fn guarded(guards: &Guards, counts: &sync::Counts) -> Failure {
    let stopped = guards.check(counts);
    let whys: Vec<_> = stopped.iter().map(|guard| guard.why.as_str()).collect();
    let options: Vec<_> = stopped
        .iter()
        .filter_map(|guard| guard.option.as_deref())
        .collect();
    let failure = Failure::failed(format!("{}; nothing was planned", whys.join("; ")))
        .with_exit(Exit::Guarded);
    if options.is_empty() {
        failure
    } else {
        failure.next(format!("if that is meant: {}", options.join(" ")))
    }
}

fn missing<'n>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    option: &str,
) -> Failure {
    let near = sync::nearest(name, known)
        .map(|near| format!("; did you mean {near:?}?"))
        .unwrap_or_default();
    Failure::failed(format!(
        "the account has no {what} {name:?}{near} Nothing was planned"
    ))
    .with_exit(Exit::Guarded)
    .next(format!(
        "{option} puts its creation into the plan ({})",
        quoted_for_shell(name)
    ))
}

/// Names by id, for those who show a plan.
pub(super) type ListNames = BTreeMap<String, String>;
