//! `bme structure`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use benchmark_email::{
    Error, Structure,
    structures::{DataType, StructureReplacement},
};
use clap::{Subcommand, builder::PossibleValuesParser};

use super::writing::{WriteArgs, done_or_shown};
use crate::{
    account::{Account, Names},
    context::Context,
    output::{Column, Exit, Failure, Format},
    records::{DifferenceRecord, StructureRecord, Wanted},
};

/// Fields and tags can be added and renamed. The API could remove them too, with their values on all contacts: that is
/// left to the web application.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the fields and tags.
    Show,
    /// Add a field, unless it is there.
    AddField {
        /// What to call it.
        label: String,
        /// What its values are: text, number, date, boolean or `recurrent_date`.
        #[arg(value_name = "TYPE", value_parser = PossibleValuesParser::new(DataType::KNOWN))]
        kind: String,
        /// Each contact needs a value.
        #[arg(long)]
        required: bool,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Give a field another label. Its values stay.
    RenameField {
        /// The field's label, predefined name or id.
        field: String,
        /// What to call it.
        label: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Add a tag, unless it is there.
    AddTag {
        /// What to call it.
        label: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Give a tag another label. Who has it keeps it.
    RenameTag {
        /// The tag's label.
        tag: String,
        /// What to call it.
        label: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Compare the structure with what it should be; exit code 3 if it differs.
    Check {
        /// What `bme structure show -o json` printed, or as much of it as matters.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Fields and tags that the file doesn't name are differences too.
        #[arg(long)]
        exactly: bool,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let structure = account.structure().await?;
        match self {
            Self::Show => show(context, &structure)?,
            Self::Check { file, exactly } => return check(context, &structure, &file, exactly),
            Self::AddField {
                label,
                kind,
                required,
                write,
            } => {
                let kind = DataType::from(kind.as_str());
                change(context, &account, structure, write, |s| {
                    s.add_field(&label, kind.clone(), required)
                })
                .await?;
            }
            Self::RenameField {
                field,
                label,
                write,
            } => {
                let id =
                    super::contacts::field(&Names::new(structure.clone(), Vec::new()), &field)?
                        .id
                        .clone();
                change(context, &account, structure, write, |s| {
                    s.rename_field(&id, &label)
                })
                .await?;
            }
            Self::AddTag { label, write } => {
                change(context, &account, structure, write, |s| s.add_tag(&label)).await?;
            }
            Self::RenameTag { tag, label, write } => {
                let id = structure.tag(&tag)?.id.clone();
                change(context, &account, structure, write, |s| {
                    s.rename_tag(&id, &label)
                })
                .await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn change<F>(
    context: &Context,
    account: &Account,
    structure: Structure,
    write: WriteArgs,
    change: F,
) -> Result<(), Failure>
where
    F: FnMut(&mut StructureReplacement) -> Result<&mut StructureReplacement, Error>,
{
    let client = write.client(account, context);
    let changed = client.structures().update(structure.id(), change).await;
    let names = Names::new(structure, Vec::new());
    let Some(changed) = done_or_shown(changed, &names, context)? else {
        return Ok(());
    };
    if changed == *names.structure() {
        context
            .output
            .note("Nothing changed: the structure is so already.");
    }
    show(context, &changed)
}

fn show(context: &Context, structure: &Structure) -> Result<(), Failure> {
    let record = StructureRecord::new(structure);
    if matches!(context.output.format(), Format::Json | Format::Jsonl) {
        return context.output.record(Vec::new(), &record, Vec::new());
    }
    let columns = ["what", "label", "type", "required", "predefined", "id"];
    let headings = ["What", "Label", "Type", "Required", "Predefined", "Id"];
    let columns = columns
        .iter()
        .zip(headings)
        .map(|(name, heading)| Column::new(*name, heading));
    let mut rows = context.output.rows(columns.collect());
    for field in &record.fields {
        let required = if field.required { "yes" } else { "" };
        let predefined = field.predefined.as_deref().unwrap_or_default();
        let cells = [
            "field",
            &field.label,
            &field.kind,
            required,
            predefined,
            &field.id,
        ];
        rows.push(&(), cells.map(str::to_owned).into())?;
    }
    for tag in &record.tags {
        let cells = ["tag", &tag.label, "", "", "", &tag.id];
        rows.push(&(), cells.map(str::to_owned).into())?;
    }
    rows.finish()
}

fn check(
    context: &Context,
    structure: &Structure,
    file: &Path,
    exactly: bool,
) -> Result<Exit, Failure> {
    let text = fs::read(file).map_err(|error| {
        Failure::command_line(format!("{} can't be read: {error}", file.display()))
    })?;
    let wanted: Wanted = serde_json::from_slice(&text).map_err(|error| {
        Failure::command_line(format!("{} is no structure: {error}", file.display()))
            .next("`bme structure show -o json` prints one")
    })?;
    if let Some(kind) = wanted.unknown_type() {
        return Err(Failure::command_line(format!(
            "{} names a type that no field has, {kind:?}: the types are {}",
            file.display(),
            DataType::KNOWN.join(", ")
        )));
    }
    let differences = wanted.differences(structure, exactly);
    let columns = ["what", "label", "wanted", "found"];
    let headings = ["What", "Label", "Wanted", "Found"];
    let columns = columns
        .iter()
        .zip(headings)
        .map(|(name, heading)| Column::new(*name, heading));
    let mut rows = context.output.rows(columns.collect());
    for difference in &differences {
        let DifferenceRecord {
            what,
            label,
            wanted,
            found,
        } = difference;
        let or_none =
            |text: &Option<String>| text.clone().unwrap_or_else(|| "not there".to_owned());
        rows.push(
            difference,
            vec![
                (*what).to_owned(),
                label.clone(),
                or_none(wanted),
                or_none(found),
            ],
        )?;
    }
    rows.finish()?;
    if differences.is_empty() {
        context.output.note("No differences.");
    }
    Ok(if differences.is_empty() {
        Exit::Done
    } else {
        Exit::Differences
    })
}
