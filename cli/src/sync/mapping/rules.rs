//! What the operator says of columns: `map.toml`, and the options that say the same.
//!
//! ```toml
//! [columns]
//! "E-mail" = { address = true }
//! "Org"    = { field = "Company", blank = "clear" }
//! "Since"  = { field = "Customer Since", dates = "DD/MM/YYYY" }
//! "Groups" = { tags = ";" }
//! "LEID"   = { ignore = true }
//!
//! [fields]
//! "Plan"   = "text"
//! ```

use std::fmt;

use benchmark_email::{
    Structure,
    structures::{DataType, Field},
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{FieldTarget, Left, Target};
use crate::sync::values::{DateOrder, DecimalSign, Notation};

/// The data types that a new field can have.
const CREATABLE: [DataType; 5] = [
    DataType::Text,
    DataType::Number,
    DataType::Boolean,
    DataType::Date,
    DataType::RecurrentDate,
];

/// What is said of the columns, by their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    #[serde(default)]
    columns: IndexMap<String, ColumnRule>,
    /// Data types of fields by label, for whoever wants to create those that are missing.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) fields: IndexMap<String, DataType>,
    /// How columns write dates and numbers of which nothing else is said.
    #[serde(skip)]
    pub(crate) usual: Notation,
}

/// What is said of one column: one meaning, and for a field how it is filled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnRule {
    #[serde(flatten)]
    pub(crate) meaning: Option<Meaning>,
    /// The order of its dates, as `DD/MM/YYYY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dates: Option<String>,
    /// What stands before the fraction of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decimal: Option<String>,
    /// What a blank cell does: `keep` or `clear`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blank: Option<Blank>,
    /// A word that clears the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clear: Option<String>,
}

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Meaning {
    /// It holds the address.
    Address(bool),
    /// It fills the field of this label, predefined name or id.
    Field(String),
    /// It holds names of lists, separated by this character.
    Lists(char),
    /// It holds labels of tags, separated by this character.
    Tags(char),
    /// It says whether the contact is on this list.
    List(String),
    /// It says whether the contact has this tag.
    Tag(String),
    /// It says who has left: by a word, by yes or no, or by being filled.
    Left(LeftBy),
    /// It is left out.
    Ignore(bool),
}

/// How a column says that somebody has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LeftBy {
    Word,
    Flag,
    Filled,
}

/// What a blank cell does to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Blank {
    Keep,
    Clear,
}

/// A rule that can't hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RulesError {
    /// The structure has no field of this label.
    NoField { label: String, known: Vec<String> },
    /// Anything else, in words.
    Wrong(String),
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoField { label, .. } => write!(f, "there is no field {label:?}"),
            Self::Wrong(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for RulesError {}

impl Rules {
    /// The rules that a `map.toml` holds.
    ///
    /// # Errors
    ///
    /// Where it isn't one, with the line.
    pub(crate) fn read(text: &str) -> Result<Self, RulesError> {
        let rules: Self =
            toml_edit::de::from_str(text).map_err(|why| RulesError::Wrong(why.to_string()))?;
        // A set that is open to what the service may say is closed to what is asked of it.
        let unknown = |data_type: &DataType| !CREATABLE.contains(data_type);
        match rules.fields.iter().find(|(_, wanted)| unknown(wanted)) {
            None => Ok(rules),
            Some((label, wanted)) => Err(RulesError::Wrong(format!(
                "field {label:?}: there is no data type {:?}; say {}",
                wanted.as_str(),
                CREATABLE
                    .map(|known| format!("{:?}", known.as_str()))
                    .join(", ")
            ))),
        }
    }

    /// The same as a `map.toml`.
    pub(crate) fn write(&self) -> String {
        toml_edit::ser::to_string_pretty(self).unwrap_or_default()
    }

    /// Says something of a column; what was said of it before no longer holds.
    pub(crate) fn say(&mut self, column: impl Into<String>, rule: ColumnRule) {
        self.columns.insert(column.into(), rule);
    }

    /// Changes what is said of a column, or says it where nothing was.
    pub(crate) fn change(&mut self, column: &str, change: impl FnOnce(&mut ColumnRule)) {
        change(self.columns.entry(column.to_owned()).or_default());
    }

    /// Says also what other rules say, of columns of which nothing is said yet.
    pub(crate) fn extend(&mut self, other: Self) {
        for (column, rule) in other.columns {
            self.columns.entry(column).or_insert(rule);
        }
    }

    /// What is said of these columns alone.
    pub(crate) fn for_columns(&self, columns: &[String]) -> Self {
        let mut rules = self.clone();
        rules.columns.retain(|named, _| columns.contains(named));
        rules
    }

    /// Whatever is said of a column, also where it isn't said what it is.
    pub(crate) fn details(&self, column: &str) -> Option<&ColumnRule> {
        self.columns.get(column)
    }

    /// What a column is said to be.
    pub(crate) fn meaning_of(&self, column: &str) -> Option<&Meaning> {
        self.details(column)?.meaning.as_ref()
    }

    /// The names of the fields that columns are said to fill.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        let meanings = self
            .columns
            .values()
            .filter_map(|rule| rule.meaning.as_ref());
        meanings.filter_map(|meaning| match meaning {
            Meaning::Field(name) => Some(name.as_str()),
            _ => None,
        })
    }

    pub(super) fn of(&self, column: &str) -> Option<&ColumnRule> {
        let rule = self.columns.get(column)?;
        rule.meaning.is_some().then_some(rule)
    }

    /// Whether every column that is spoken of is among these.
    ///
    /// # Errors
    ///
    /// The first that isn't, with those that are.
    pub(crate) fn check<'c>(
        &self,
        columns: impl Iterator<Item = &'c String> + Clone,
    ) -> Result<(), RulesError> {
        let is_there = |named: &String| columns.clone().any(|column| column == named);
        match self.columns.keys().find(|named| !is_there(named)) {
            None => Ok(()),
            Some(named) => {
                let there: Vec<_> = columns.map(|column| format!("{column:?}")).collect();
                Err(RulesError::Wrong(format!(
                    "there is no column {named:?}; there are {}",
                    there.join(", ")
                )))
            }
        }
    }
}

impl ColumnRule {
    /// A rule of this meaning and nothing else.
    pub(crate) fn meaning(meaning: Meaning) -> Self {
        Self {
            meaning: Some(meaning),
            ..Self::default()
        }
    }

    pub(super) fn target(
        &self,
        column: &str,
        structure: &Structure,
        usual: Notation,
    ) -> Result<Target, RulesError> {
        let wrong = |why: String| RulesError::Wrong(format!("column {column:?}: {why}"));
        Ok(
            match self.meaning.clone().unwrap_or(Meaning::Ignore(true)) {
                Meaning::Address(true) => Target::Address,
                Meaning::Ignore(true) => Target::Ignore,
                Meaning::Address(false) | Meaning::Ignore(false) => {
                    return Err(wrong("only true can be said here".to_owned()));
                }
                Meaning::Lists(separator) => Target::Lists(separator),
                Meaning::Tags(separator) => Target::Tags(separator),
                Meaning::List(name) => Target::List(name),
                Meaning::Tag(label) => Target::Tag(label),
                Meaning::Left(LeftBy::Word) => Target::Left(Left::Word),
                Meaning::Left(LeftBy::Flag) => Target::Left(Left::Flag),
                Meaning::Left(LeftBy::Filled) => Target::Left(Left::Filled),
                Meaning::Field(name) => {
                    let known = structure.fields().iter();
                    let is_called = |field: &Field| {
                        field.label == name
                            || field
                                .predefined
                                .as_ref()
                                .is_some_and(|standard| standard.as_str() == name)
                    };
                    if !known.clone().any(is_called) {
                        return Err(RulesError::NoField {
                            label: name,
                            known: known.map(|field| field.label.clone()).collect(),
                        });
                    }
                    let field = structure
                        .field(name.as_str())
                        .map_err(|why| wrong(why.to_string()))?;
                    Target::Field(FieldTarget {
                        id: field.id.clone(),
                        label: field.label.clone(),
                        data_type: field.data_type.clone(),
                        notation: self.notation(usual).map_err(wrong)?,
                        blank_clears: self.blank == Some(Blank::Clear),
                        clear: self.clear.clone(),
                    })
                }
            },
        )
    }

    fn notation(&self, usual: Notation) -> Result<Notation, String> {
        let dates = match &self.dates {
            None => usual.dates,
            Some(pattern) => Some(DateOrder::of(pattern).ok_or_else(|| {
                format!(
                    "{pattern:?} is no order of dates; say DD/MM/YYYY, MM/DD/YYYY or YYYY-MM-DD"
                )
            })?),
        };
        let decimal = match &self.decimal {
            None => usual.decimal,
            Some(sign) => Some(
                DecimalSign::of(sign)
                    .ok_or_else(|| format!("{sign:?} is no decimal sign; say \".\" or \",\""))?,
            ),
        };
        Ok(Notation {
            dates,
            decimal,
            json: usual.json,
        })
    }
}
