//! `bme migrate`: the move from another tool, planned from its exports.

use indexmap::IndexMap;

use super::sync::{ColumnArgs, Making, Pair, TextArgs, named, wrong_rules};
use crate::{
    context::Context,
    output::{Exit, Failure},
    sync::{self, Given, Meaning, Misunderstood, Options, Preset, Presets, Role, Source},
};

/// Reads exports of another tool and the account, and writes a plan: what is missing of fields, tags and lists, the
/// people who have left, the contacts. Nothing is changed; `bme sync apply` does that.
///
/// TOOL is classic, mailchimp, hubspot, brevo, klaviyo, activecampaign, constantcontact, google, outlook or kit, and is
/// told by the columns where it is left out. Columns of your own become fields.
#[derive(clap::Args, Debug)]
#[command(override_usage = "bme migrate [OPTIONS] --out <PLAN> [TOOL] <FILE>...")]
pub(crate) struct Args {
    /// The tool, if it is to be said, and its files: .csv or .xlsx, also by gzip, or .zip.
    #[arg(value_name = "FILE", required_unless_present_any = ["unsubscribed", "bounced", "list"])]
    words: Vec<String>,
    /// A file of people who have unsubscribed: only its addresses count.
    #[arg(long, value_name = "FILE")]
    unsubscribed: Vec<String>,
    /// A file of addresses that bounced.
    #[arg(long, value_name = "FILE")]
    bounced: Vec<String>,
    /// A file whose contacts are put on this list, which is created if it isn't there.
    #[arg(long, value_name = "NAME=FILE")]
    list: Vec<Pair>,
    /// Don't keep when, from which address and how somebody opted in; the account knows the day of the migration alone.
    #[arg(long)]
    no_consent_fields: bool,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    columns: ColumnArgs,
    #[command(flatten)]
    making: Making,
}

/// A file, what it is for, and the list that it was said to be.
struct Brought {
    source: Source,
    role: Role,
    list: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let presets = Presets::read().map_err(wrong_rules)?;
        let (tool, files) = match self.words.split_first() {
            Some((first, files)) if presets.named(first).is_some() => (presets.named(first), files),
            _ => (None, self.words.as_slice()),
        };
        let mut brought = self.open(files, &self.text.options()?)?;
        let tool = recognized(context, &presets, tool, &brought)?;
        let mut lists = Vec::with_capacity(brought.len());
        for file in &mut brought {
            let name = &file.source.name;
            if let Some(tool) = tool
                && file.role == Role::Rows
                && let Some(why) = tool.all_left(name, &file.source.columns)
            {
                file.role = Role::Left(why.to_owned());
            }
            let is_list = file.list.take();
            lists.push(is_list.or_else(|| tool?.list_of(name)));
        }
        let sources = brought.into_iter().map(|file| (file.source, file.role));
        let given = self.columns.say(sources.collect())?;
        let account = context.account().await?;
        let structure = account.structure().await?;
        let mut notes = Vec::new();
        let mut fields = IndexMap::new();
        let mut understood = Vec::with_capacity(given.len());
        for (mut given, list) in given.into_iter().zip(lists) {
            notes.append(&mut given.source.notes.clone());
            match tool {
                Some(tool) if given.role == Role::Rows => {
                    let consent = !self.no_consent_fields;
                    let said = std::mem::take(&mut given.rules);
                    let read = tool
                        .understand(&given.source, &structure, said, consent)
                        .map_err(misunderstood)?;
                    given.rules = read.rules;
                    given.besides = tool.besides(list.into_iter().collect());
                    notes.extend(read.notes);
                    notes.extend(without_list(&given));
                    for (label, data_type) in read.fields {
                        // Of a field that two files fill in different ways, text is what takes both.
                        let known = fields.entry(label).or_insert_with(|| data_type.clone());
                        if *known != data_type {
                            *known = benchmark_email::structures::DataType::Text;
                        }
                    }
                }
                Some(tool) => {
                    let said = std::mem::take(&mut given.rules);
                    given.rules = tool.who_left(&given.source.columns, said);
                }
                None => {}
            }
            understood.push(given);
        }
        let mut making = self.making;
        making.create_missing();
        making
            .plan(context, &account, structure, fields, understood, notes)
            .await
    }

    /// Opens every file.
    fn open(&self, files: &[String], options: &Options) -> Result<Vec<Brought>, Failure> {
        let rows = files.iter().map(|file| (file, Role::Rows, None));
        let left = |why: &'static str| move |file| (file, Role::Left(why.to_owned()), None);
        let lists = self.list.iter();
        let all = rows
            .chain(lists.map(|Pair(name, file)| (file, Role::Rows, Some(name))))
            .chain(self.unsubscribed.iter().map(left("unsubscribed")))
            .chain(self.bounced.iter().map(left("bounced")));
        let mut brought = Vec::new();
        for (file, role, list) in all {
            let opened = sync::open(&named(file), options)?;
            brought.extend(opened.into_iter().map(|source| Brought {
                source,
                role: role.clone(),
                list: list.cloned(),
            }));
        }
        Ok(brought)
    }
}

/// The tool whose exports these files are: the one that was said, or the one that their columns tell.
fn recognized<'p>(
    context: &Context,
    presets: &'p Presets,
    said: Option<&'p Preset>,
    brought: &[Brought],
) -> Result<Option<&'p Preset>, Failure> {
    let mut tool = said;
    let mut told_by: Option<&str> = None;
    let mut unknown = Vec::new();
    for file in brought.iter().filter(|file| file.role == Role::Rows) {
        let name = file.source.name.as_str();
        let found = presets.recognized(&file.source.columns);
        let is = |preset: &Preset| found.iter().any(|found| found.name == preset.name);
        match (tool, found.as_slice()) {
            (_, []) => unknown.push(file),
            (Some(tool), _) if is(tool) => {}
            (Some(tool), [other, ..]) => return Err(mistaken(name, other, tool, told_by)),
            (None, [found]) => (tool, told_by) = (Some(*found), Some(name)),
            (None, [one, other, ..]) => {
                let (one, other) = (one.title(), other.title());
                return Err(guarded(format!(
                    "{name} may be an export of {one} or of {other}; nothing was planned"
                ))
                .next(say_it()));
            }
        }
    }
    for file in unknown {
        let name = &file.source.name;
        match tool {
            Some(tool) if tool.all_left(name, &file.source.columns).is_some() => {}
            Some(tool) if said.is_some() => context.output.note(&format!(
                "{name}: nothing tells that it is an export of {}; it is read as one, as you say so.",
                tool.title()
            )),
            _ => {
                let columns: Vec<_> = file.source.columns.iter().map(|name| format!("{name:?}")).collect();
                return Err(guarded(format!(
                    "{name}: its columns don't tell which tool it is from ({}); nothing was planned",
                    columns.join(", ")
                ))
                .next(say_it()));
            }
        }
    }
    Ok(tool)
}

fn mistaken(name: &str, is: &Preset, wanted: &Preset, told_by: Option<&str>) -> Failure {
    let what = match told_by {
        None => format!(
            "{name} is an export of {}, not of {}",
            is.title(),
            wanted.title()
        ),
        Some(other) => format!(
            "{other} is an export of {}, {name} one of {}",
            wanted.title(),
            is.title()
        ),
    };
    guarded(format!("{what}; nothing was planned")).next(match told_by {
        None => format!("say bme migrate {}, or give it another file", is.name),
        Some(_) => "migrate from one tool at a time".to_owned(),
    })
}

fn say_it() -> String {
    let names: Vec<_> = Presets::names().collect();
    format!(
        "say the tool before the file, one of {}; bme sync plan takes any other file",
        names.join(", ")
    )
}

/// Whoever is on no list can't be mailed.
fn without_list(given: &Given) -> Option<String> {
    let names_lists = |column: &String| {
        let meaning = given.rules.meaning_of(column);
        matches!(meaning, Some(Meaning::Lists(_) | Meaning::List(_)))
    };
    let none = given.besides.lists.is_empty() && !given.source.columns.iter().any(names_lists);
    none.then(|| {
        format!(
            "{}: it names no list, and a contact needs one to be mailed; --list NAME=FILE names it",
            given.source.name
        )
    })
}

fn misunderstood(why: Misunderstood) -> Failure {
    match why {
        Misunderstood::Source(why) => why.into(),
        Misunderstood::Rules(why) => wrong_rules(why),
    }
}

fn guarded(what: String) -> Failure {
    Failure::failed(what).with_exit(Exit::Guarded)
}
