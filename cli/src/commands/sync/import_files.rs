//! `bme sync import-files`: the creations of a plan for the provider's own web importer.

use std::{fs, path::PathBuf};

use super::summary;
use crate::{
    context::Context,
    output::{Column, Exit, Failure},
    records::ImportFileRecord,
    sync::{Kind, PlanFile, import},
};

/// Nothing is sent. Upload the files in the web application, each to the lists that are told. Then plan anew from the
/// same sources: the account is read once, and what is left to do is people who have left, updates, and whoever didn't
/// arrive. Apply that plan, not this one.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The plan.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Write the files into this folder, which must be new or empty.
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
}

impl Args {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let plan = PlanFile::open(&self.plan)?;
        self.prepare()?;
        let imports = import::write(&plan, &self.dir)?;
        let columns = ["file", "lists", "contacts", "bytes"];
        let columns = columns.map(|name| Column::new(name, name));
        let mut rows = context.output.rows(columns.to_vec());
        for file in &imports.files {
            let name = file.path.display().to_string();
            let record = ImportFileRecord {
                file: &name,
                lists: &file.lists,
                contacts: file.contacts,
                bytes: file.bytes,
            };
            let cells = vec![
                name.clone(),
                file.lists.join(", "),
                file.contacts.to_string(),
                file.bytes.to_string(),
            ];
            rows.push(&record, cells)?;
        }
        rows.finish()?;
        if imports.left_over > 0 {
            context.output.note(&format!(
                "Contacts that are left to apply, as an import would take a tag with a comma for two: {}.",
                imports.left_over
            ));
        }
        let new: Vec<_> = plan
            .prerequisites()?
            .iter()
            .map(ToString::to_string)
            .collect();
        if !new.is_empty() {
            context.output.note(&format!(
                "An import fills what is there; make these first: {}.",
                new.join(", ")
            ));
        }
        let all = &plan.about.counts;
        let rest = all.all_requests().saturating_sub(imports.contacts());
        if let (Some(by_api), Some(after)) = (
            summary::takes(&plan.about, all.all_requests()),
            summary::takes(&plan.about, rest),
        ) {
            let files = match imports.files.len() {
                1 => "1 file".to_owned(),
                files => format!("{files} files"),
            };
            context.output.note(&format!(
                "{} of {} creations: by API {by_api}; by import {files}, then {after}.",
                imports.contacts(),
                all.of(Kind::Create),
            ));
        }
        Ok(Exit::Done)
    }

    /// Makes the folder, where only its owner may look; files that are there already may be of another plan.
    fn prepare(&self) -> Result<(), Failure> {
        let fails = |why: &std::io::Error| {
            Failure::failed(format!("{} can't be written: {why}", self.dir.display()))
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.dir).map_err(|why| fails(&why))?;
        let mut there = fs::read_dir(&self.dir).map_err(|why| fails(&why))?;
        if there.next().is_some() {
            let why = format!("{} isn't empty; nothing was written", self.dir.display());
            return Err(Failure::failed(why).next("name a new folder"));
        }
        Ok(())
    }
}
