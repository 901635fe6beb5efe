//! A plan's creations as files for the provider's own web importer, which takes a great many at once.
//!
//! Documented in the provider's help on imports: separated by commas, in UTF-8, at most 100 MB, tags separated by commas in
//! one cell, lists chosen at the upload. What is blank there erases, so only contacts that don't exist yet are written.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use benchmark_email::{FieldId, ListId, Structure, TagId};
use tempfile::NamedTempFile;

use super::{FileError, PlanFile, plan::Creation};

/// The importer takes no more bytes.
const MOST: u64 = 99_999_999;
const ADDRESS: &str = "Email";
const TAGS: &str = "Tags";

/// One file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportFile {
    pub(crate) path: PathBuf,
    /// The lists to choose when it is uploaded.
    pub(crate) lists: Vec<String>,
    pub(crate) contacts: u64,
    pub(crate) bytes: u64,
}

/// What was written, and what couldn't be.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    pub(crate) files: Vec<ImportFile>,
    /// Contacts with a tag that has a comma in its label, which the importer would take for two.
    pub(crate) left_over: u64,
}

impl Imports {
    pub(crate) fn contacts(&self) -> u64 {
        self.files.iter().map(|file| file.contacts).sum()
    }
}

/// Writes the creations of a plan that nothing was sent for into a folder: a file for each combination of lists, or
/// several where one would be too large.
///
/// # Errors
///
/// When the plan can't be read, or the folder can't be written.
pub(crate) fn write(plan: &PlanFile, folder: &Path) -> Result<Imports, FileError> {
    write_up_to(plan, folder, MOST)
}

fn write_up_to(plan: &PlanFile, folder: &Path, most: u64) -> Result<Imports, FileError> {
    let fails = |why: &dyn std::fmt::Display| FileError::new(folder, why);
    let structure: Structure = serde_json::from_str(plan.about.structure.get())
        .map_err(|why| fails(&format!("the plan's structure can't be read: {why}")))?;
    let mut used = BTreeSet::new();
    plan.creations(|new: Creation| -> Result<(), FileError> {
        used.extend(new.fields.into_iter().map(|(id, _)| id));
        Ok(())
    })?;
    let header = Header::new(&structure, |id| used.contains(id));
    let mut imports = Imports::default();
    let mut open: Option<Open> = None;
    plan.creations(|new: Creation| -> Result<(), FileError> {
        let Some(row) = header.row(&new) else {
            imports.left_over += 1;
            return Ok(());
        };
        let row = line(&row).map_err(|why| fails(&why))?;
        let size = u64::try_from(row.len()).unwrap_or(u64::MAX);
        let goes_on = open
            .as_ref()
            .is_some_and(|open| open.lists == new.lists && open.bytes.saturating_add(size) <= most);
        if !goes_on {
            if let Some(full) = open.take() {
                imports.files.push(full.close(folder)?);
            }
            let names = new.lists.iter().map(|id| {
                let name = plan.about.lists.get(id.as_str());
                name.cloned().unwrap_or_else(|| id.to_string())
            });
            let number = imports.files.len() + 1;
            let begun = Open::begin(folder, number, &new.lists, names.collect(), &header);
            open = Some(begun.map_err(|why| fails(&why))?);
        }
        if let Some(open) = &mut open {
            open.put(&row).map_err(|why| fails(&why))?;
            open.contacts += 1;
        }
        Ok(())
    })?;
    if let Some(last) = open {
        imports.files.push(last.close(folder)?);
    }
    Ok(imports)
}

/// The columns of every file.
struct Header {
    columns: Vec<String>,
    fields: Vec<FieldId>,
    tags: BTreeMap<TagId, String>,
}

impl Header {
    fn new(structure: &Structure, is_used: impl Fn(&FieldId) -> bool) -> Self {
        let mut columns = vec![ADDRESS.to_owned(), TAGS.to_owned()];
        let mut fields = Vec::new();
        for field in structure.fields().iter().filter(|field| is_used(&field.id)) {
            let mut label = field.label.clone();
            while columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case(&label))
            {
                label.push_str(" (field)");
            }
            columns.push(label);
            fields.push(field.id.clone());
        }
        let tags = structure.tags().iter();
        Self {
            columns,
            fields,
            tags: tags
                .map(|tag| (tag.id.clone(), tag.label.clone()))
                .collect(),
        }
    }

    /// The cells of a contact; none where a tag can't be written. An importer is no spreadsheet: values are as they are.
    fn row(&self, new: &Creation) -> Option<Vec<String>> {
        let tags: Vec<_> = new
            .tags
            .iter()
            .map(|id| self.tags.get(id).map_or(id.as_str(), String::as_str))
            .collect();
        if tags.iter().any(|tag| tag.contains(',')) {
            return None;
        }
        let mut cells = vec![new.address.clone(), tags.join(",")];
        cells.extend(self.fields.iter().map(|id| {
            let value = new.fields.iter().find(|(field, _)| field == id);
            value
                .map(|(_, value)| value.to_string())
                .unwrap_or_default()
        }));
        Some(cells)
    }
}

/// A file that is being written.
struct Open {
    out: BufWriter<NamedTempFile>,
    name: String,
    lists: Vec<ListId>,
    names: Vec<String>,
    contacts: u64,
    bytes: u64,
}

impl Open {
    fn begin(
        folder: &Path,
        number: usize,
        lists: &[ListId],
        names: Vec<String>,
        header: &Header,
    ) -> std::io::Result<Self> {
        // Readable by its owner alone from its first byte.
        let file = tempfile::Builder::new()
            .prefix(".bme-import-")
            .tempfile_in(folder)?;
        let mut open = Self {
            out: BufWriter::new(file),
            name: format!("contacts-{number}-{}.csv", plain(&names)),
            lists: lists.to_vec(),
            names,
            contacts: 0,
            bytes: 0,
        };
        open.put(&line(&header.columns)?)?;
        Ok(open)
    }

    fn put(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.bytes += u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.out.write_all(line)
    }

    fn close(self, folder: &Path) -> Result<ImportFile, FileError> {
        let path = folder.join(&self.name);
        let fails = |why: &dyn std::fmt::Display| FileError::new(&path, why);
        let file = self.out.into_inner().map_err(|why| fails(&why))?;
        file.as_file().sync_all().map_err(|why| fails(&why))?;
        file.persist_noclobber(&path)
            .map_err(|why| fails(&why.error))?;
        Ok(ImportFile {
            lists: self.names,
            contacts: self.contacts,
            bytes: self.bytes,
            path,
        })
    }
}

/// A row as RFC 4180 has it.
fn line(cells: &[String]) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// The names of lists as a part of the name of a file.
fn plain(names: &[String]) -> String {
    if names.is_empty() {
        return "no-list".to_owned();
    }
    let letters = names.join("-").to_lowercase();
    let letters = letters.chars().take(40);
    letters
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
