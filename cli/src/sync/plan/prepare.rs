//! Sources made ready: each column has its meaning and its way of writing values, and each record is found by its
//! address. What has to be asked of the operator first is found here, before the account is read.

use std::collections::BTreeSet;

use benchmark_email::Structure;

use super::{Counts, Place, Rejected, index::Index};
use crate::sync::{
    mapping::{self, Mapping, Rules, RulesError, Target, Unmapped},
    rows::{AddressRules, Reader},
    source::{Record, Source, SourceError},
    values::{Ambiguity, Notation, Survey},
};

/// A source with what its columns mean.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) source: Source,
    pub(crate) mapping: Mapping,
    pub(crate) notations: Vec<Notation>,
    /// Why everybody in it has left, where that is what the file is for.
    pub(crate) everybody_left: Option<String>,
    /// Lists that everybody in it is on.
    pub(crate) lists: Vec<String>,
}

impl Input {
    pub(super) fn reader<'i>(&'i self, addresses: &'i AddressRules) -> Reader<'i> {
        Reader {
            mapping: &self.mapping,
            notations: &self.notations,
            addresses,
            everybody_left: self.everybody_left.as_deref(),
            lists: &self.lists,
        }
    }
}

/// All sources, and whose rows they hold.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) inputs: Vec<Input>,
    pub(crate) index: Index,
    pub(crate) addresses: AddressRules,
    /// Names of lists that rows mention.
    pub(crate) lists: BTreeSet<String>,
    /// Labels of tags that rows mention.
    pub(crate) tags: BTreeSet<String>,
    pub(crate) counts: Counts,
    pub(crate) rejected: Vec<Rejected>,
    /// Whether a record was rejected whose address can't be read, so that nobody knows whose it is.
    pub(crate) anonymous_rejects: bool,
}

/// A source and what the operator says of it.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) source: Source,
    pub(crate) rules: Rules,
    pub(crate) everybody_left: Option<String>,
    pub(crate) lists: Vec<String>,
}

/// Why there can be no plan before the operator has said more.
#[derive(Debug)]
pub(crate) enum Stop {
    Source(SourceError),
    Rules {
        source: String,
        why: RulesError,
    },
    Unmapped {
        source: String,
        columns: Vec<Unmapped>,
    },
    NoAddress {
        source: String,
        columns: Vec<String>,
    },
    Ambiguous {
        source: String,
        column: String,
        why: Box<Ambiguity>,
    },
}

impl From<SourceError> for Stop {
    fn from(why: SourceError) -> Self {
        Self::Source(why)
    }
}

/// Makes the sources ready.
///
/// # Errors
///
/// When a source can't be read, or something has to be asked first.
pub(crate) fn prepare(
    given: Vec<Given>,
    structure: &Structure,
    addresses: AddressRules,
) -> Result<Prepared, Stop> {
    let mut inputs = Vec::with_capacity(given.len());
    let mut records = 0;
    for source in given {
        let (input, count) = survey(source, structure)?;
        records += count;
        inputs.push(input);
    }
    let mut prepared = Prepared {
        inputs: Vec::new(),
        index: Index::with_room_for(records),
        addresses,
        lists: BTreeSet::new(),
        tags: BTreeSet::new(),
        counts: Counts::default(),
        rejected: Vec::new(),
        anonymous_rejects: false,
    };
    for (number, input) in inputs.iter().enumerate() {
        enter(&mut prepared, number, input)?;
    }
    prepared.index.sort();
    prepared.inputs = inputs;
    Ok(prepared)
}

/// Finds what each column means and how it writes its values; and counts the records.
fn survey(given: Given, structure: &Structure) -> Result<(Input, usize), Stop> {
    let Given {
        source,
        rules,
        everybody_left,
        lists,
    } = given;
    let name = || source.name.clone();
    let (mapping, unmapped) =
        mapping::map(&source.columns, structure, &rules).map_err(|why| Stop::Rules {
            source: name(),
            why,
        })?;
    if !mapping.targets.contains(&Target::Address) && !source.columns.is_empty() {
        let columns = source.columns.clone();
        return Err(Stop::NoAddress {
            source: name(),
            columns,
        });
    }
    if !unmapped.is_empty() {
        let columns = unmapped;
        return Err(Stop::Unmapped {
            source: name(),
            columns,
        });
    }
    let mut surveys: Vec<Option<Survey>> = mapping
        .targets
        .iter()
        .map(|target| match target {
            Target::Field(field) => Some(Survey::new(&field.data_type, field.notation)),
            _ => None,
        })
        .collect();
    let mut records = source.records()?;
    let mut record = Record::default();
    let mut count = 0;
    while records.next(&mut record)? {
        count += 1;
        if record.damage.is_none() {
            for (cell, survey) in record.cells().zip(&mut surveys) {
                if let Some(survey) = survey {
                    survey.look(record.line, cell);
                }
            }
        }
    }
    let mut notations = Vec::with_capacity(surveys.len());
    for (column, survey) in source.columns.iter().zip(&surveys) {
        let notation = match survey {
            None => Notation::default(),
            Some(survey) => survey.decide().map_err(|why| Stop::Ambiguous {
                source: name(),
                column: column.clone(),
                why: Box::new(why),
            })?,
        };
        notations.push(notation);
    }
    let input = Input {
        source,
        mapping,
        notations,
        everybody_left,
        lists,
    };
    Ok((input, count))
}

/// Enters each record of a source under its address, or among those that can't be taken.
fn enter(prepared: &mut Prepared, number: usize, input: &Input) -> Result<(), Stop> {
    let addresses = prepared.addresses.clone();
    let reader = input.reader(&addresses);
    let mut records = input.source.records()?;
    let mut record = Record::default();
    prepared.lists.extend(input.lists.iter().cloned());
    while records.next(&mut record)? {
        prepared.counts.records += 1;
        if record.is_blank() {
            prepared.counts.blank += 1;
            continue;
        }
        let address = reader.address(&record);
        let outcome = match (&record.damage, &address) {
            (Some(damage), _) => Err((damage.column, damage.reason.clone())),
            (None, Err(why)) => Err((why.column, why.reason.clone())),
            (None, Ok(_)) => reader.row(&record).map_err(|why| (why.column, why.reason)),
        };
        let rejected = outcome.is_err();
        let entered = if let Ok(address) = &address {
            let folded = address.folded();
            let index = &mut prepared.index;
            index.put(&folded, number, record.span, record.line, rejected)
        } else {
            prepared.anonymous_rejects = true;
            true
        };
        let outcome = if entered {
            outcome
        } else {
            Err((
                None,
                "it is too large, or too far down in its file".to_owned(),
            ))
        };
        match outcome {
            Ok(row) => {
                prepared.lists.extend(row.lists);
                prepared.tags.extend(row.tags);
            }
            Err((column, reason)) => {
                prepared.counts.rejected += 1;
                prepared.rejected.push(Rejected {
                    place: Place {
                        source: input.source.name.clone(),
                        line: record.line,
                    },
                    column: column.and_then(|column| input.source.columns.get(column).cloned()),
                    reason,
                });
            }
        }
    }
    Ok(())
}
