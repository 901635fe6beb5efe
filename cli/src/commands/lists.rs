//! `bme lists`.

use clap::Subcommand;

use super::writing::{ConfirmArgs, WriteArgs, done_or_shown};
use crate::{
    account::Names,
    context::Context,
    output::{Exit, Failure},
    records::{ListRecord, list_columns},
};

/// A list is named by its name, or by its id where two have one name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the lists, with how many contacts each has.
    List {
        /// Only lists whose name holds this.
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
    },
    /// Create an empty list. Whether two lists may have one name is not documented.
    Create {
        /// What to call it.
        name: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Give a list another name.
    Rename {
        /// The list.
        list: String,
        /// What to call it.
        name: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Create a list with the contacts of another one.
    Duplicate {
        /// The list.
        list: String,
        /// What to call the new one.
        name: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Create a list with the contacts of two or more others, which stay.
    Merge {
        /// The lists.
        #[arg(value_name = "LIST", num_args = 2.., required = true)]
        lists: Vec<String>,
        /// What to call the new one.
        #[arg(long, value_name = "NAME")]
        into: String,
        #[command(flatten)]
        write: WriteArgs,
    },
    /// Delete lists. Their contacts stay; assumed. Asks first; without a terminal --yes is needed.
    Delete {
        /// The lists.
        #[arg(value_name = "LIST", required = true)]
        lists: Vec<String>,
        #[command(flatten)]
        confirm: ConfirmArgs,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let (names, made) = match self {
            Self::List { name } => {
                let structure = account.structure().await?;
                let mut query = account.client.lists(structure.id()).query();
                if let Some(name) = name {
                    query = query.name_contains(name);
                }
                let mut lists = query.stream();
                let mut rows = context.output.rows(list_columns());
                while let Some(list) = lists.next().await {
                    let record = ListRecord::new(&list?);
                    rows.push(&record, record.cells())?;
                }
                rows.finish()?;
                return Ok(Exit::Done);
            }
            Self::Delete { lists, confirm } => {
                let names = account.names().await?;
                let client = confirm.write.client(&account, context);
                let mut ids = Vec::new();
                for list in &lists {
                    ids.push(names.find_list(list)?.id.clone());
                }
                let what = match lists.as_slice() {
                    [one] => format!("the list {one:?}"),
                    many => format!("{} lists", many.len()),
                };
                confirm
                    .ask(format!("Delete {what} for good?"), "nothing was deleted")
                    .await?;
                let lists = client.lists(names.structure().id());
                let deleted = match ids.as_slice() {
                    // Of one list the provider's guide says how; of many the body is assumed.
                    [one] => lists.delete(one).await,
                    many => lists.delete_many(many).await,
                };
                if done_or_shown(deleted, &names, context)?.is_some() {
                    context.output.note(&format!("Deleted: {what}."));
                }
                return Ok(Exit::Done);
            }
            Self::Create { name, write } => {
                let structure = account.structure().await?;
                let client = write.client(&account, context);
                let made = client.lists(structure.id()).create(&name).await;
                (Names::new(structure, Vec::new()), made)
            }
            Self::Rename { list, name, write } => {
                let names = account.names().await?;
                let client = write.client(&account, context);
                let lists = client.lists(names.structure().id());
                // The list of all lists tells no version.
                let list = lists.get(&names.find_list(&list)?.id).await?;
                let made = lists.rename(&list, &name).await;
                (names, made)
            }
            Self::Duplicate { list, name, write } => {
                let names = account.names().await?;
                let client = write.client(&account, context);
                let id = &names.find_list(&list)?.id;
                let made = client
                    .lists(names.structure().id())
                    .duplicate(id, &name)
                    .await;
                (names, made)
            }
            Self::Merge { lists, into, write } => {
                let names = account.names().await?;
                let client = write.client(&account, context);
                let mut ids = Vec::new();
                for list in &lists {
                    ids.push(names.find_list(list)?.id.clone());
                }
                let made = client
                    .lists(names.structure().id())
                    .merge(&ids, &into)
                    .await;
                (names, made)
            }
        };
        if let Some(list) = done_or_shown(made, &names, context)? {
            let record = ListRecord::new(&list);
            context
                .output
                .record(list_columns(), &record, record.cells())?;
        }
        Ok(Exit::Done)
    }
}
