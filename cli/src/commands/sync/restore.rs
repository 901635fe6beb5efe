//! `bme restore`: a plan from a backup.

use super::plan::Making;
use crate::{
    backup::{self, Place},
    context::Context,
    output::{Exit, Failure},
    sync::{Besides, Given, Role},
};

#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder, or an archive, which may be compressed by gzip; - reads an archive from standard input.
    #[arg(value_name = "BACKUP")]
    backup: String,
    /// The structure of the backup whose contacts are planned, by its label: the one called like the account's unless
    /// told, or the only one.
    #[arg(long, value_name = "LABEL")]
    from: Option<String>,
    #[command(flatten)]
    making: Making,
}

impl Args {
    pub(in crate::commands) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let place = Place::from(self.backup.as_str());
        let name = place.to_string();
        let broken = |why: &str| Failure::failed(format!("{name}: {why}; nothing was planned"));
        let found = backup::look(&place, true)
            .map_err(|why| Failure::io(&format!("{name} can't be read"), &why))?;
        if !found.problems.is_empty() {
            let why = format!("it isn't a whole backup: {}", found.problems.join("; "));
            return Err(broken(&why));
        }
        let account = context.account().await?;
        let structure = account.structure().await?;
        let label = self.from.as_deref().unwrap_or(structure.label());
        let made_by = found
            .manifest
            .as_ref()
            .map(|manifest| manifest.about.base_url.clone());
        let restorable =
            backup::restorable(found, name.clone(), label).map_err(|why| broken(&why))?;
        let given = Given {
            source: restorable.source,
            rules: restorable.rules,
            role: Role::Rows,
            besides: Besides::default(),
        };
        let mut making = self.making;
        making.restore(restorable.lists, restorable.tags, made_by);
        making
            .plan(
                context,
                &account,
                structure,
                restorable.fields,
                vec![given],
                restorable.lost,
            )
            .await
    }
}
