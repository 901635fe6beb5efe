//! What the columns of a source mean for the contacts of a structure.
//!
//! What the operator says of a column holds; of the others each finds its place by its name, or is left over, and a
//! column that is left over stops the plan. Pure: columns and a structure in, targets out.

mod names;
mod rules;

use std::collections::HashSet;

use benchmark_email::{
    FieldId, Structure,
    structures::{DataType, Field},
};

use super::values::Notation;
pub(crate) use names::{Left, Standing, loose};
pub(crate) use rules::{Blank, ColumnRule, LeftBy, Meaning, Rules, RulesError};

/// What one column is for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// The address, which says whose row it is.
    Address,
    /// The value of a field.
    Field(FieldTarget),
    /// Names of lists, one or several in a cell.
    Lists(char),
    /// Labels of tags, one or several in a cell.
    Tags(char),
    /// Whether the contact is on this list: yes or no.
    List(String),
    /// Whether the contact has this tag: yes or no.
    Tag(String),
    /// Whether the person has left.
    Left(Left),
    /// Nothing.
    Ignore,
}

/// How a column fills a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldTarget {
    pub(crate) id: FieldId,
    pub(crate) label: String,
    pub(crate) data_type: DataType,
    /// What the operator says of how it writes dates and numbers.
    pub(crate) notation: Notation,
    /// Whether a blank cell clears the field; it keeps it otherwise.
    pub(crate) blank_clears: bool,
    /// A word that clears the field.
    pub(crate) clear: Option<String>,
}

/// The targets of a source's columns, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mapping {
    pub(crate) targets: Vec<Target>,
}

/// A column that nothing was found for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmapped {
    /// Its name.
    pub(crate) column: String,
    /// Why, where its name alone doesn't tell.
    pub(crate) why: Option<String>,
}

/// Finds a target for each column.
///
/// # Errors
///
/// When a rule names a column that the source hasn't got, or a field that the structure hasn't got.
pub(crate) fn map(
    columns: &[String],
    structure: &Structure,
    rules: &Rules,
) -> Result<(Mapping, Vec<Unmapped>), RulesError> {
    rules.check(columns.iter())?;
    let mut unmapped = Vec::new();
    let mut taken = HashSet::new();
    let mut targets = Vec::with_capacity(columns.len());
    let own = names::is_own_export(columns);
    // What was said comes first, so that nothing that is merely guessed takes its place.
    for column in columns {
        targets.push(match rules.of(column) {
            Some(rule) => Some(rule.target(column, structure, rules.usual)?),
            None => None,
        });
    }
    for target in targets.iter().flatten() {
        taken.extend(claim(target));
    }
    let mut claims_of = |target: Target| {
        let free = claim(&target).is_none_or(|claim| taken.insert(claim));
        free.then_some(target)
    };
    for (column, target) in columns.iter().zip(&mut targets) {
        if target.is_some() {
            continue;
        }
        let is_ours = own && names::is_ignored_in_own_export(column);
        let guess = if is_ours || names::is_note(column) {
            Some(Target::Ignore)
        } else {
            guess(column, structure, rules)
        };
        let found = match guess {
            None => Err(None),
            Some(guess) => claims_of(guess)
                .ok_or_else(|| Some("another column has the same meaning already".to_owned())),
        };
        *target = Some(found.unwrap_or_else(|why| {
            let column = column.clone();
            unmapped.push(Unmapped { column, why });
            Target::Ignore
        }));
    }
    let targets = targets.into_iter().flatten().collect();
    Ok((Mapping { targets }, unmapped))
}

/// The rules that say what is found for these columns, and what is left over as left out.
///
/// # Errors
///
/// As [`map`].
pub(crate) fn proposed(
    columns: &[String],
    structure: &Structure,
    rules: &Rules,
) -> Result<Rules, RulesError> {
    let (mapping, _) = map(columns, structure, rules)?;
    let mut proposed = Rules::default();
    for (column, target) in columns.iter().zip(mapping.targets) {
        let mut rule = rules.details(column).cloned().unwrap_or_default();
        rule.meaning = Some(match target {
            Target::Address => Meaning::Address(true),
            Target::Field(field) => Meaning::Field(field.label),
            Target::Lists(separator) => Meaning::Lists(separator),
            Target::Tags(separator) => Meaning::Tags(separator),
            Target::List(name) => Meaning::List(name),
            Target::Tag(label) => Meaning::Tag(label),
            Target::Left(Left::Word) => Meaning::Left(LeftBy::Word),
            Target::Left(Left::Flag) => Meaning::Left(LeftBy::Flag),
            Target::Left(Left::Filled) => Meaning::Left(LeftBy::Filled),
            Target::Ignore => Meaning::Ignore(true),
        });
        proposed.say(column, rule);
    }
    Ok(proposed)
}

/// What only one column can be.
fn claim(target: &Target) -> Option<String> {
    match target {
        Target::Address => Some("address".to_owned()),
        Target::Field(field) => Some(format!("field {}", field.id)),
        _ => None,
    }
}

/// The target that a column's name alone tells: a label to the letter, the name of a predefined field, the usual
/// names of an address, of lists, of tags and of who has left, and at last a label in another spelling.
fn guess(column: &str, structure: &Structure, rules: &Rules) -> Option<Target> {
    let how = rules.details(column);
    let filled = |found: &Field| {
        Target::Field(FieldTarget {
            id: found.id.clone(),
            label: found.label.clone(),
            data_type: found.data_type.clone(),
            notation: rules.usual,
            blank_clears: how.is_some_and(|how| how.blank == Some(Blank::Clear)),
            clear: how.and_then(|how| how.clear.clone()),
        })
    };
    let loose = names::loose(column);
    only_field(structure, |name| name == column)
        .map(filled)
        .or_else(|| names::is_address(&loose).then_some(Target::Address))
        .or_else(|| only_field(structure, |name| names::loose(name) == loose).map(filled))
        .or_else(|| names::is_tags(&loose).then_some(Target::Tags(',')))
        .or_else(|| names::is_lists(&loose).then_some(Target::Lists(',')))
        .or_else(|| Left::of(&loose).map(Target::Left))
}

/// The field that is called so, to the letter or in another spelling, by its label or its predefined name.
pub(crate) fn field_called<'s>(structure: &'s Structure, name: &str) -> Option<&'s Field> {
    let loose = names::loose(name);
    only_field(structure, |known| known == name)
        .or_else(|| only_field(structure, |known| names::loose(known) == loose))
}

/// The one field of a name; two that differ only in spelling leave open which one is meant.
fn only_field(structure: &Structure, matches: impl Fn(&str) -> bool) -> Option<&Field> {
    let mut fields = structure.fields().iter().filter(|field| {
        let predefined = field.predefined.as_ref().map(ToString::to_string);
        matches(&field.label) || predefined.is_some_and(|name| matches(&name))
    });
    let found = fields.next()?;
    fields.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests;
