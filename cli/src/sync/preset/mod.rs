//! The exports of other tools: which tool wrote a file, and what its columns say of contacts.
//!
//! What is known of each tool is a table in `tables/`, in the words of `map.toml`; this room only reads the tables and
//! holds a file against them. What comes of it are rules like those that an operator gives.

mod columns;
mod kinds;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{
    mapping::{Meaning, RulesError, loose},
    rows::Besides,
    values::DateOrder,
};
use benchmark_email::structures::DataType;

pub(crate) use columns::Misunderstood;

/// The tables, by the names under which people ask for them.
const TABLES: [(&str, &str); 10] = [
    ("classic", include_str!("tables/classic.toml")),
    ("mailchimp", include_str!("tables/mailchimp.toml")),
    ("hubspot", include_str!("tables/hubspot.toml")),
    ("brevo", include_str!("tables/brevo.toml")),
    ("klaviyo", include_str!("tables/klaviyo.toml")),
    ("activecampaign", include_str!("tables/activecampaign.toml")),
    (
        "constantcontact",
        include_str!("tables/constantcontact.toml"),
    ),
    ("google", include_str!("tables/google.toml")),
    ("outlook", include_str!("tables/outlook.toml")),
    ("kit", include_str!("tables/kit.toml")),
];

/// What is known of the exports of one tool.
#[derive(Debug)]
pub(crate) struct Preset {
    /// What people ask for it by.
    pub(crate) name: &'static str,
    table: Table,
}

/// What a file of `tables/` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The tool's name.
    title: String,
    /// Columns that a file of this tool has, to the letter; each set alone tells it.
    told_by: Vec<Vec<String>>,
    /// The order of dates.
    dates: Option<String>,
    /// Whether a file is a list, and its name the list's.
    #[serde(default)]
    list_is_file: bool,
    /// Files that hold nobody but people who have left.
    #[serde(default)]
    left: Vec<LeftFile>,
    /// What the last columns mean, where they are called like others.
    #[serde(default)]
    tail: Vec<TailColumn>,
    /// In a file with these columns, each column that isn't known says by yes or no who has left.
    #[serde(default)]
    others_left: Vec<String>,
    /// Labels that are no tags.
    #[serde(default)]
    no_tags: Vec<String>,
    /// Cells that mean nothing.
    #[serde(default)]
    nothing: Vec<String>,
    /// What columns mean. `#` stands for a number, in the name of a field too.
    columns: IndexMap<String, Column>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftFile {
    /// How the name of such a file begins, in lower case.
    begins: Option<String>,
    /// What is in its name, in lower case.
    contains: Option<String>,
    /// A column that such files alone have.
    column: Option<String>,
    /// Why its people may not be mailed.
    says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TailColumn {
    column: String,
    /// What it is called in the table of columns.
    means: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Column {
    #[serde(flatten)]
    meaning: Meaning,
    /// The data type of its field, where the account hasn't got the field; found by its values unless told.
    #[serde(rename = "type")]
    data_type: Option<DataType>,
    /// Whether it tells since when, from where and how somebody may be mailed.
    #[serde(default)]
    consent: bool,
}

impl Column {
    /// The data type of its field, where the values don't decide: what tells of consent is kept to the letter.
    fn data_type(&self) -> Option<DataType> {
        let kept = self.consent.then_some(DataType::Text);
        self.data_type.clone().or(kept)
    }
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Presets(Vec<Preset>);

impl Presets {
    /// Reads the tables.
    ///
    /// # Errors
    ///
    /// When one of them is broken, which the tests of this room rule out.
    pub(crate) fn read() -> Result<Self, RulesError> {
        let presets = TABLES.into_iter().map(|(name, text)| {
            let table = toml_edit::de::from_str(text)
                .map_err(|why| RulesError::Wrong(format!("the table of {name}: {why}")))?;
            Ok(Preset { name, table })
        });
        presets.collect::<Result<_, _>>().map(Self)
    }

    /// The names of all of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TABLES.into_iter().map(|(name, _)| name)
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Preset> {
        self.0.iter().find(|preset| preset.name == name)
    }

    /// The tools that a file with these columns may come from: those whose columns it has the most of.
    pub(crate) fn recognized(&self, columns: &[String]) -> Vec<&Preset> {
        let told: Vec<_> = self
            .0
            .iter()
            .map(|preset| (preset.told_by(columns), preset))
            .filter(|(told, _)| *told > 0)
            .collect();
        let most = told.iter().map(|(told, _)| *told).max();
        told.into_iter()
            .filter(|(told, _)| Some(*told) == most)
            .map(|(_, preset)| preset)
            .collect()
    }
}

impl Preset {
    /// The tool's name.
    pub(crate) fn title(&self) -> &str {
        &self.table.title
    }

    /// How many columns tell that the file is this tool's.
    fn told_by(&self, columns: &[String]) -> usize {
        let sets = self.table.told_by.iter();
        sets.filter(|set| set.iter().all(|column| columns.contains(column)))
            .map(Vec::len)
            .max()
            .unwrap_or(0)
    }

    /// Why all people in a file have left, where its name or its columns tell that they have.
    pub(crate) fn all_left(&self, source: &str, columns: &[String]) -> Option<&str> {
        let name = file_name(source).to_lowercase();
        let holds = |file: &&LeftFile| {
            let begins = file
                .begins
                .as_ref()
                .is_none_or(|word| name.starts_with(word));
            let contains = file
                .contains
                .as_ref()
                .is_none_or(|word| name.contains(word));
            let has = file
                .column
                .as_ref()
                .is_none_or(|column| columns.contains(column));
            begins && contains && has
        };
        let found = self.table.left.iter().find(holds);
        found.map(|file| file.says.as_str())
    }

    /// The list that a file is, by its name, if files are lists.
    pub(crate) fn list_of(&self, source: &str) -> Option<String> {
        let name = file_name(source);
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem).trim();
        (self.table.list_is_file && !stem.is_empty()).then(|| stem.to_owned())
    }

    /// What rows of its files say besides their cells.
    pub(crate) fn besides(&self, lists: Vec<String>) -> Besides {
        Besides {
            lists,
            no_tags: self.table.no_tags.clone(),
            nothing: self.table.nothing.clone(),
        }
    }

    fn dates(&self) -> Option<DateOrder> {
        self.table.dates.as_deref().and_then(DateOrder::of)
    }

    /// What the table knows of a column, and the number in its name that `#` stands for.
    fn column(&self, name: &str) -> Option<(&Column, String)> {
        let wanted = loose(name);
        let digits = |letter: char| letter.is_ascii_digit();
        let number: String = wanted
            .chars()
            .skip_while(|letter| !digits(*letter))
            .take_while(|letter| digits(*letter))
            .collect();
        let numbered = if number.is_empty() {
            wanted.clone()
        } else {
            wanted.replacen(&number, "#", 1)
        };
        let known = |name: &str| {
            let columns = self.table.columns.iter();
            columns.clone().find(|(column, _)| loose(column) == name)
        };
        let (_, column) = known(&wanted).or_else(|| known(&numbered))?;
        Some((column, number))
    }

    /// The columns by the names under which the table knows them.
    fn called<'c>(&'c self, columns: &'c [String]) -> Vec<&'c str> {
        let mut called: Vec<&str> = columns.iter().map(String::as_str).collect();
        let tail = &self.table.tail;
        if let Some(last) = called.len().checked_sub(tail.len())
            && let Some(columns) = called.get_mut(last..)
            && columns
                .iter()
                .zip(tail)
                .all(|(column, tail)| without_number(column) == tail.column)
        {
            for (column, tail) in columns.iter_mut().zip(tail) {
                *column = &tail.means;
            }
        }
        called
    }
}

/// The last part of a source's name: of an archive, the file in it.
fn file_name(source: &str) -> &str {
    source.rsplit(['/', '\\', ':']).next().unwrap_or(source)
}

/// The name of a column without the number that a second one of this name has behind it.
fn without_number(column: &str) -> &str {
    match column.rsplit_once(" (") {
        Some((name, number))
            if number
                .strip_suffix(')')
                .is_some_and(|number| number.parse::<u32>().is_ok()) =>
        {
            name
        }
        _ => column,
    }
}

#[cfg(test)]
mod tests;
