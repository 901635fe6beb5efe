//! `bme sync plan`: what would change, before anything does.

use std::{collections::BTreeSet, path::PathBuf};

use benchmark_email::{Client, Structure, structures::DataType};
use indexmap::IndexMap;

use super::{
    args::{ColumnArgs, SourceArgs, read_rules},
    last::Last,
    names::{self, Names},
    reading::{ReadBy, read_account},
    summary,
};
use crate::{
    account::Account,
    context::Context,
    forgotten::Forgotten,
    output::{Exit, Failure},
    sync::{
        self, About, AddressRules, BudgetThen, Duplicates, Given, Guards, Limit, Parts, PlanWriter,
        Planner, Prepared, Settings,
    },
};

/// Reads sources and the account, and writes a plan.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    create: CreateArgs,
    #[command(flatten)]
    making: Making,
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    columns: ColumnArgs,
}

/// What is created so that the rows can be taken; what else brings rows creates it all.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Contacts")]
#[allow(
    clippy::struct_field_names,
    reason = "they are the names of the options"
)]
struct CreateArgs {
    /// Create lists that rows name and the account hasn't got.
    #[arg(long)]
    create_lists: bool,
    /// Create tags that rows name and the structure hasn't got.
    #[arg(long)]
    create_tags: bool,
    /// Create the fields that this file names, those that the structure hasn't got: a table [fields] of labels and
    /// data types, also in a file for --map.
    #[arg(long, value_name = "FILE")]
    create_fields: Option<PathBuf>,
}

/// All that makes a plan but its sources.
#[derive(clap::Args, Debug)]
pub(in crate::commands) struct Making {
    /// Write the plan to this file, which must not exist.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
    /// The name of the job, by which plans are compared with the last one.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// By which request the contacts are read.
    #[arg(long, value_enum, value_name = "HOW", default_value = "list")]
    read_by: ReadBy,
    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    guards: GuardArgs,
    #[arg(skip)]
    create: Create,
    #[arg(skip)]
    restored: Option<Restored>,
}

/// What is created where rows name it and it isn't there.
#[derive(Clone, Copy, Debug, Default)]
struct Create {
    lists: bool,
    tags: bool,
}

/// What a backup wants beyond its rows.
#[derive(Clone, Debug)]
struct Restored {
    /// Lists and tags that are to be there whether a row names them or not.
    lists: BTreeSet<String>,
    tags: BTreeSet<String>,
    /// Where the backup comes from: who was forgotten there doesn't come back here.
    base_url: Option<String>,
}

/// What is done with rows beyond what they say.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Contacts")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Wishes {
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

impl Wishes {
    fn addresses(
        &self,
        account: &Account,
        restored: Option<&Restored>,
    ) -> Result<AddressRules, Failure> {
        let accounts = [
            Some(account.base_url()),
            restored.and_then(|restored| restored.base_url.as_deref()),
        ];
        let allowed = self.allow_address.iter();
        Ok(AddressRules {
            allowed: allowed
                .map(|address| address.to_ascii_lowercase())
                .collect(),
            all_scripts: restored.is_some(),
            forgotten: Forgotten::by(accounts.into_iter().flatten())?.into(),
        })
    }

    /// What must be known by name.
    fn names<'w>(&'w self, prepared: &'w Prepared, create: Create) -> names::Wanted<'w> {
        names::Wanted {
            lists: &prepared.lists,
            tags: &prepared.tags,
            mirror: self.mirror_list.as_ref(),
            create_lists: create.lists,
            create_tags: create.tags,
        }
    }

    fn settings(&self, names: &Names) -> Settings {
        Settings {
            duplicates: match self.duplicates {
                None => Duplicates::Reject,
                Some(Keep::First) => Duplicates::First,
                Some(Keep::Last) => Duplicates::Last,
            },
            replace_lists: self.replace_lists,
            replace_tags: self.replace_tags,
            update_inactive: self.update_inactive,
            skip_unknown_suppressions: self.skip_unknown_suppressions,
            mirror: names.mirror.clone(),
        }
    }
}

impl GuardArgs {
    fn guards(&self) -> Guards {
        Guards {
            max_updates: self.max_updates,
            max_unsubscribes: self.max_unsubscribes,
            max_rejected: self.max_rejected,
            max_fewer_rows: self.max_fewer_rows,
            max_requests: self.max_requests,
            ..Guards::default()
        }
    }
}

impl Args {
    pub(super) async fn run(mut self, context: &Context) -> Result<Exit, Failure> {
        let mut progress = context.output.progress();
        progress.say_now("reading the sources");
        let given = self.columns.say(self.sources.open()?)?;
        drop(progress);
        let notes = given
            .iter()
            .flat_map(|given| given.source.notes.clone())
            .collect();
        self.making.create = Create {
            lists: self.create.create_lists,
            tags: self.create.create_tags,
        };
        let fields = match &self.create.create_fields {
            None => IndexMap::new(),
            Some(path) => read_rules(path)?.fields,
        };
        let account = context.account().await?;
        let structure = account.structure().await?;
        self.making
            .plan(context, &account, structure, fields, given, notes)
            .await
    }
}

impl Making {
    /// Creates whatever rows name and the account hasn't got.
    pub(in crate::commands) fn create_missing(&mut self) {
        self.create = Create {
            lists: true,
            tags: true,
        };
    }

    /// Wants what a backup wants: all its lists and tags, those included that no contact has.
    pub(super) fn restore(
        &mut self,
        lists: BTreeSet<String>,
        tags: BTreeSet<String>,
        base_url: Option<String>,
    ) {
        self.create_missing();
        self.restored = Some(Restored {
            lists,
            tags,
            base_url,
        });
    }

    /// Reads the account, writes the plan and prints it. `fields` are created where they are missing, and `notes` is
    /// what was found out about the sources.
    pub(in crate::commands) async fn plan(
        self,
        context: &Context,
        account: &Account,
        structure: Structure,
        fields: IndexMap<String, DataType>,
        given: Vec<Given>,
        notes: Vec<String>,
    ) -> Result<Exit, Failure> {
        let mut progress = context.output.progress();
        for note in &notes {
            context.output.note(note);
        }
        let sources: Vec<_> = given
            .iter()
            .map(|given| given.source.name.clone())
            .collect();
        if self.read_by == ReadBy::Search {
            context.output.note(
                "The account is read by search, a request for each thousand contacts; each update then takes one request more, which reads its contact again.",
            );
        }
        let last = match &self.name {
            None => None,
            Some(name) => Some(Last::of(account, name)?),
        };
        let mut names = Names::new(structure);
        names.create_fields(fields)?;
        let addresses = self.wishes.addresses(account, self.restored.as_ref())?;
        let mut prepared = sync::prepare(given, &names.structure, addresses, |readings| {
            progress.say(|| {
                format!("reading the sources: {readings} rows, of which each is read twice")
            });
        })?;
        let guards = Guards {
            rows_before: last.as_ref().map(Last::rows).transpose()?.flatten(),
            mirrors_blindly: self.wishes.mirror_list.is_some() && prepared.anonymous_rejects,
            ..self.guards.guards()
        };
        // What is wrong already needn't cost the reading of the whole account.
        if prepared.counts.is_empty() {
            let rejected = &prepared.rejected;
            return Err(guarded(context, &guards, &prepared.counts, rejected));
        }
        if let Some(restored) = &self.restored {
            prepared.lists.extend(restored.lists.iter().cloned());
            prepared.tags.extend(restored.tags.iter().cloned());
        }
        names
            .find(account, &self.wishes.names(&prepared, self.create))
            .await?;
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
            self.wishes.settings(&names),
        );
        let outcome = read_account(
            &account.client,
            self.read_by,
            &names.structure,
            planner,
            &mut writer,
            &mut progress,
        )
        .await?;
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
            lists: names.lists_by_id(),
            budget: left,
            counts: writer.with_overhead(&outcome.counts),
        };
        accounted_for(&about.counts)?;
        if !guards.check(&about.counts).is_empty() {
            return Err(guarded(context, &guards, &about.counts, &outcome.rejected));
        }
        writer.finish(&about, &outcome.rejected)?;
        drop(progress);
        if let Some(last) = last {
            last.keep(about.counts.valid(), about.made_at)?;
        }
        summary::print(context, &self.out)?;
        Ok(Exit::Done)
    }
}

/// What the last answers told of the account's budget.
pub(super) fn budget(client: &Client) -> BudgetThen {
    let state = client.budget();
    BudgetThen {
        hour: state.limit.map(u64::from),
        hour_left: state.remaining.map(u64::from),
        month: state.quota_limit.map(u64::from),
        month_left: state.quota_remaining.map(u64::from),
    }
}

/// A row that nobody accounts for is one that is lost in silence.
fn accounted_for(counts: &sync::Counts) -> Result<(), Failure> {
    if counts.add_up() {
        return Ok(());
    }
    let why = "not every row is accounted for, which is a mistake of bme; nothing was planned";
    Err(Failure::failed(why))
}

/// The guards that stop the plan of these counts, and the first rows that can't be taken.
fn guarded(
    context: &Context,
    guards: &Guards,
    counts: &sync::Counts,
    rejected: &[sync::Rejected],
) -> Failure {
    summary::tell_rejected(context, rejected);
    let stopped = guards.check(counts);
    let whys: Vec<_> = stopped.iter().map(|guard| guard.why.as_str()).collect();
    let options: Vec<_> = stopped
        .iter()
        .filter_map(|guard| guard.option.as_deref())
        .collect();
    let what = if counts.records == counts.blank {
        "no rows: nothing is planned; is this the right file?".to_owned()
    } else {
        format!("{}; nothing was planned", whys.join("; "))
    };
    let failure = Failure::failed(what).with_exit(Exit::Guarded);
    if options.is_empty() {
        failure
    } else {
        failure.next(format!("if that is meant: {}", options.join(" ")))
    }
}
