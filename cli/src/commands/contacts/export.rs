//! `bme contacts export`.

use std::path::PathBuf;

use super::criteria::Criteria;
use crate::{
    context::Context,
    output::{CsvPipe, Exit, Failure},
};

/// The service's own CSV: which columns come and how they are spelt is its affair. One request, however many contacts.
/// `contacts list -o csv` prints columns by label instead. Cells that a spreadsheet would run are guarded, as in every
/// CSV, unless --raw: then not a byte is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    criteria: Criteria,
    /// Write to this file, which is there only when all of it came.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let names = account.names().await?;
        let search = self.criteria.search(&account, &names)?;
        let mut pipe = match &self.to {
            Some(path) => CsvPipe::to_file(context.output, path)?,
            None => CsvPipe::to_stdout(context.output),
        };
        let exported = search.export_to(&mut pipe).await;
        exported.map_err(|error| pipe.explain(error))?;
        let rows = pipe.finish()?;
        if let Some(path) = &self.to {
            context
                .output
                .note(&format!("{rows} rows in {}", path.display()));
        }
        Ok(Exit::Done)
    }
}
