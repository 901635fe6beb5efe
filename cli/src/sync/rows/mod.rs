//! What a record of a source says of a contact: its address, what becomes of its fields, lists and tags, and whether
//! the person has left. Pure.

mod address;
mod merge;

use std::collections::BTreeSet;

use benchmark_email::{FieldId, Value};

use super::{
    mapping::{FieldTarget, Mapping, Standing, Target},
    source::Record,
    values::{self, Notation},
};
use crate::spreadsheet::unguard;

pub(crate) use address::{Address, AddressRules};
pub(crate) use merge::{Contradiction, Duplicates, merge};

/// What a source says of one contact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) address: Address,
    /// The fields that it speaks of; none clears one.
    pub(crate) fields: Vec<(FieldId, Option<Value>)>,
    /// The names of lists.
    pub(crate) lists: BTreeSet<String>,
    /// The labels of tags.
    pub(crate) tags: BTreeSet<String>,
    /// Lists that it says the contact is not on.
    pub(crate) off_lists: BTreeSet<String>,
    /// Tags that it says the contact hasn't got.
    pub(crate) off_tags: BTreeSet<String>,
    /// Where it says that the person has left, if so; then the row says nothing else.
    pub(crate) left: Option<String>,
    /// Whether the contact is to be deleted; then the row says nothing else.
    pub(crate) deletes: bool,
}

/// Why a record gives no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// The column that is to blame, from 0, if it is one.
    pub(crate) column: Option<usize>,
    /// What is wrong; never the value.
    pub(crate) reason: String,
}

impl Rejection {
    fn of(column: usize, reason: impl Into<String>) -> Self {
        Self {
            column: Some(column),
            reason: reason.into(),
        }
    }
}

/// Reads the rows of one source.
#[derive(Debug)]
pub(crate) struct Reader<'m> {
    /// What the columns are called.
    pub(crate) columns: &'m [String],
    pub(crate) mapping: &'m Mapping,
    /// How each column writes its values.
    pub(crate) notations: &'m [Notation],
    pub(crate) addresses: &'m AddressRules,
    pub(crate) role: &'m Role,
    pub(crate) besides: &'m Besides,
}

/// What a source is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its rows say what contacts are like.
    #[default]
    Rows,
    /// Everybody in it has left, for this reason if no column says another one.
    Left(String),
    /// Everybody in it is to be deleted.
    Deletion,
}

/// What the rows of a source say besides their cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Besides {
    /// Lists that all its contacts are on.
    pub(crate) lists: Vec<String>,
    /// Labels that are no tags.
    pub(crate) no_tags: Vec<String>,
    /// Cells that mean nothing.
    pub(crate) nothing: Vec<String>,
}

impl Reader<'_> {
    /// The address of a record, which is all that is needed to know whose row it is.
    ///
    /// # Errors
    ///
    /// When it is missing or can't be one.
    pub(crate) fn address(&self, record: &Record) -> Result<Address, Rejection> {
        let column = self
            .mapping
            .targets
            .iter()
            .position(|target| *target == Target::Address);
        let Some(column) = column else {
            return Err(Rejection {
                column: None,
                reason: "no column holds addresses".to_owned(),
            });
        };
        let cell = record.cell(column).unwrap_or_default();
        self.addresses
            .read(cell)
            .map_err(|why| Rejection::of(column, why))
    }

    /// The whole row, of a record with this [`address`](Self::address).
    ///
    /// # Errors
    ///
    /// The first cell that can't be taken.
    pub(crate) fn row(&self, record: &Record, address: Address) -> Result<Row, Rejection> {
        let mut row = Row {
            address,
            fields: Vec::new(),
            lists: self.besides.lists.iter().cloned().collect(),
            tags: BTreeSet::new(),
            off_lists: BTreeSet::new(),
            off_tags: BTreeSet::new(),
            left: None,
            deletes: *self.role == Role::Deletion,
        };
        let targets = || self.mapping.targets.iter().enumerate();
        let cell = |column| {
            let cell = unguard(record.cell(column).unwrap_or_default());
            let is_nothing = self.besides.nothing.iter().any(|word| word == cell.trim());
            if is_nothing { "" } else { cell }
        };
        let mut unknown = None;
        for (column, target) in targets() {
            if let Target::Left(how) = target {
                match how.standing(cell(column)) {
                    Standing::Left => {
                        row.left.get_or_insert_with(|| {
                            let name = self.columns.get(column).map_or("", String::as_str);
                            format!("{name}: {}", cell(column).trim())
                        });
                    }
                    Standing::Unknown => unknown = unknown.or(Some(column)),
                    Standing::Blank | Standing::Stays => {}
                }
            }
        }
        if let Role::Left(why) = self.role {
            row.left.get_or_insert_with(|| why.clone());
        }
        // Nothing else matters of who has left, so nothing else can be wrong with the row.
        if row.left.is_some() {
            return Ok(row);
        }
        if let Some(column) = unknown {
            let why = "it isn't known whether this word means that the person has left; say it with --map";
            return Err(Rejection::of(column, why));
        }
        for (column, target) in targets() {
            let cell = cell(column);
            let notation = self.notations.get(column).copied().unwrap_or_default();
            match target {
                Target::Address | Target::Ignore | Target::Left(_) => {}
                Target::Field(field) => {
                    let change = change(field, cell, notation);
                    match change.map_err(|why| Rejection::of(column, why))? {
                        Change::Keep => {}
                        Change::Clear => row.fields.push((field.id.clone(), None)),
                        Change::Set(value) => row.fields.push((field.id.clone(), Some(value))),
                    }
                }
                Target::Lists(separator) => row.lists.extend(names(cell, *separator)),
                Target::Tags(separator) => {
                    let labels = names(cell, *separator).into_iter();
                    let is_tag = |label: &String| !self.besides.no_tags.contains(label);
                    row.tags.extend(labels.filter(is_tag));
                }
                Target::List(name) => {
                    let (on, off) = (&mut row.lists, &mut row.off_lists);
                    sort(cell, name, on, off).map_err(|why| Rejection::of(column, why))?;
                }
                Target::Tag(label) => {
                    let (on, off) = (&mut row.tags, &mut row.off_tags);
                    sort(cell, label, on, off).map_err(|why| Rejection::of(column, why))?;
                }
            }
        }
        Ok(row)
    }
}

/// What a cell does to its field.
enum Change {
    Keep,
    Clear,
    Set(Value),
}

fn change(field: &FieldTarget, cell: &str, notation: Notation) -> Result<Change, String> {
    let blank = cell.trim().is_empty();
    if blank && !field.blank_clears {
        return Ok(Change::Keep);
    }
    if blank || field.clear.as_deref() == Some(cell.trim()) {
        return Ok(Change::Clear);
    }
    match values::read(cell, &field.data_type, notation) {
        Ok(value) => Ok(Change::Set(value)),
        Err(why) => {
            let (label, takes, got) = (&field.label, why.takes(), why.got());
            Err(format!("{label:?} takes {takes}, not {got}"))
        }
    }
}

/// The names in a cell: separated, in quotes where a name holds the separator, or as a JSON array.
fn names(cell: &str, separator: char) -> Vec<String> {
    if cell.trim_start().starts_with('[')
        && let Ok(names) = serde_json::from_str::<Vec<String>>(cell)
    {
        return clean(names.into_iter());
    }
    let mut names = vec![String::new()];
    let mut quoted = false;
    for letter in cell.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter == separator && !quoted => names.push(String::new()),
            letter => {
                if let Some(name) = names.last_mut() {
                    name.push(letter);
                }
            }
        }
    }
    clean(names.into_iter())
}

fn clean(names: impl Iterator<Item = String>) -> Vec<String> {
    names
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Puts the name of a column of yes and no to the ones that hold, or to those that don't.
fn sort(
    cell: &str,
    name: &str,
    on: &mut BTreeSet<String>,
    off: &mut BTreeSet<String>,
) -> Result<(), String> {
    if cell.trim().is_empty() {
        return Ok(());
    }
    let value = Value::parse(cell, &benchmark_email::structures::DataType::Boolean)
        .map_err(|why| format!("it takes {}, not {}", why.takes(), why.got()))?;
    let side = if value.as_bool() == Some(true) {
        on
    } else {
        off
    };
    side.insert(name.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests;
