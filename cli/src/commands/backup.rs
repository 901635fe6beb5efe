//! `bme backup`: what the account holds, as files.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use benchmark_email::Client;
use serde_json::json;

use crate::{
    account::Account,
    backup::{self, About, CONTACTS, Draft, EVENTS, LISTS, Manifest, Place, STRUCTURES},
    context::Context,
    output::{Column, Exit, Failure, Format, Output, iso},
    records::BackupRecord,
};

#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    create: Create,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Look whether a backup is whole and as it was written. Nothing is asked of the service.
    ///
    /// A byte that was changed, a line that is missing, a file that is shorter, missing or too many: each is told, and the
    /// exit code is 1.
    Verify(Verify),
}

#[derive(clap::Args, Debug)]
struct Create {
    /// The folder, which must not exist or be empty; - writes a tar archive to standard output.
    #[arg(value_name = "DIR", required = true)]
    to: Option<String>,
    /// What happened to the contacts too, as far back as the service keeps it: 90 days.
    #[arg(long)]
    events: bool,
}

#[derive(clap::Args, Debug)]
struct Verify {
    /// The folder, or an archive, which may be compressed by gzip; - reads an archive from standard input.
    #[arg(value_name = "BACKUP")]
    backup: String,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Some(Command::Verify(verify)) => verify.run(context),
            None => self.create.run(context).await,
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let to = self.to.unwrap_or_default();
        if to == "-" {
            if io::stdout().is_terminal() {
                let why = "an archive is nothing for a terminal; nothing was asked for";
                let next = "send it to a file or a program: bme backup - > backup.tar";
                return Err(Failure::command_line(why).next(next));
            }
            let draft = Draft::of_archive();
            let (draft, about) = read(context, draft, self.events, "the archive").await?;
            let manifest = draft
                .finish_archive(about, io::stdout().lock())
                .map_err(|why| Failure::stdout(&why))?;
            context.output.note(&told(&manifest));
            return Ok(Exit::Done);
        }
        let path = PathBuf::from(&to);
        let fails = |why: &io::Error| Failure::io(&format!("{to} can't be written"), why);
        let draft = Draft::of_folder(&path).map_err(|why| fails(&why))?;
        let (draft, about) = read(context, draft, self.events, &to).await?;
        let manifest = draft.finish_folder(about).map_err(|why| fails(&why))?;
        print(context, &path, &manifest)?;
        Ok(Exit::Done)
    }
}

/// Brings everything that the account holds into the files of the draft.
async fn read(
    context: &Context,
    mut draft: Draft,
    events: bool,
    to: &str,
) -> Result<(Draft, About), Failure> {
    let account = context.account().await?;
    let about = About {
        account: account.name().to_owned(),
        base_url: account.base_url().to_owned(),
        made_at: iso(SystemTime::now()),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let disk = |why: &io::Error| Failure::io(&format!("{to} can't be written"), why);
    structures_and_lists(&account, &mut draft, &disk).await?;
    let mut progress = context.output.progress();
    progress.say_now("reading the contacts");
    let mut file = draft.begin(CONTACTS).map_err(|why| disk(&why))?;
    let mut count = 0_u64;
    let mut contacts = account.client.contacts().stream_json();
    while let Some(contact) = contacts.next().await {
        file.line(&contact?).map_err(|why| disk(&why))?;
        count += 1;
        progress.say(|| format!("reading the contacts: {count}"));
    }
    draft.keep(file, count).map_err(|why| disk(&why))?;
    if events {
        let mut file = draft.begin(EVENTS).map_err(|why| disk(&why))?;
        let mut count = 0_u64;
        let mut events = all_events(&account.client);
        while let Some(event) = events.next().await {
            file.line(&text(&event?)?).map_err(|why| disk(&why))?;
            count += 1;
            progress.say(|| format!("reading the events: {count}"));
        }
        draft.keep(file, count).map_err(|why| disk(&why))?;
    }
    Ok((draft, about))
}

/// As far back as the service keeps them.
fn all_events(client: &Client) -> benchmark_email::paging::Rows<benchmark_email::Event> {
    client.contacts().all_events().past_days(90).stream()
}

async fn structures_and_lists(
    account: &Account,
    draft: &mut Draft,
    disk: &impl Fn(&io::Error) -> Failure,
) -> Result<(), Failure> {
    let structures = account.client.structures().all().await?;
    let (mut texts, mut lists, mut count) = (Vec::new(), Vec::new(), 0);
    for structure in &structures {
        texts.push(text(structure)?);
        let held = account.client.lists(structure.id()).all().await?;
        count += held.len();
        lists.push(text(
            &json!({ "structure": structure.id(), "lists": held }),
        )?);
    }
    for (name, lines, records) in [(STRUCTURES, texts, structures.len()), (LISTS, lists, count)] {
        let mut file = draft.begin(name).map_err(|why| disk(&why))?;
        file.text(&array(&lines)).map_err(|why| disk(&why))?;
        let records = u64::try_from(records).unwrap_or(u64::MAX);
        draft.keep(file, records).map_err(|why| disk(&why))?;
    }
    Ok(())
}

/// A JSON array with an element a line.
fn array(elements: &[String]) -> String {
    match elements {
        [] => "[]\n".to_owned(),
        elements => format!("[\n{}\n]\n", elements.join(",\n")),
    }
}

fn text(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|why| Failure::failed(why.to_string()))
}

impl Verify {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let place = Place::from(self.backup.as_str());
        let found = backup::look(&place, false)
            .map_err(|why| Failure::io(&format!("{place} can't be read"), &why))?;
        match (found.manifest, found.problems.as_slice()) {
            (Some(manifest), []) => {
                print(context, Path::new(&self.backup), &manifest)?;
                Ok(Exit::Done)
            }
            (_, problems) => {
                let what = format!("{place} isn't a whole backup: {}", problems.join("; "));
                Err(Failure::failed(what))
            }
        }
    }
}

fn print(context: &Context, path: &Path, manifest: &Manifest) -> Result<(), Failure> {
    if context.output.format() == Format::Table {
        return Output::text(&format!("{}: {}", path.display(), told(manifest)));
    }
    let records = |name| manifest.records(name);
    let record = BackupRecord {
        path: path.display().to_string(),
        account: &manifest.about.account,
        base_url: &manifest.about.base_url,
        made_at: &manifest.about.made_at,
        structures: records(STRUCTURES).unwrap_or_default(),
        lists: records(LISTS).unwrap_or_default(),
        contacts: records(CONTACTS).unwrap_or_default(),
        events: records(EVENTS),
        bytes: manifest.bytes(),
    };
    let columns = [
        "path",
        "account",
        "baseUrl",
        "madeAt",
        "structures",
        "lists",
        "contacts",
        "events",
        "bytes",
    ];
    let cells = [
        record.path.clone(),
        record.account.to_owned(),
        record.base_url.to_owned(),
        record.made_at.to_owned(),
        record.structures.to_string(),
        record.lists.to_string(),
        record.contacts.to_string(),
        record
            .events
            .map(|events| events.to_string())
            .unwrap_or_default(),
        record.bytes.to_string(),
    ];
    let columns = columns.map(|name| Column::new(name, name));
    context.output.record(columns.into(), &record, cells.into())
}

/// `6 contacts, 1 structure, 2 lists, no events, of ACCOUNT on DAY`.
fn told(manifest: &Manifest) -> String {
    let records = |name| manifest.records(name).unwrap_or_default();
    let count = |number: u64, what: &str| match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    };
    let events = match manifest.records(EVENTS) {
        None => "without events".to_owned(),
        Some(events) => count(events, "event"),
    };
    format!(
        "{}, {}, {}, {events}; of {}, made {}",
        count(records(CONTACTS), "contact"),
        count(records(STRUCTURES), "structure"),
        count(records(LISTS), "list"),
        manifest.about.account,
        manifest.about.made_at,
    )
}
