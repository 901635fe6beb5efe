//! Sources made ready: each column has its meaning and its way of writing values, and each record is found by its
//! address. What has to be asked of the operator first is found here, before the account is read.

use std::collections::BTreeSet;

use benchmark_email::Structure;

use super::{Counts, Place, Rejected, index::Index};
use crate::sync::{
    mapping::{self, Mapping, Rules, RulesError, Target, Unmapped},
    rows::{Address, AddressRules, Besides, Reader, Role},
    source::{Record, Source, SourceError},
    values::{Ambiguity, Notation, Survey},
};

/// A source with what its columns mean.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) source: Source,
    pub(crate) mapping: Mapping,
    pub(crate) notations: Vec<Notation>,
    pub(crate) role: Role,
    pub(crate) besides: Besides,
}

impl Input {
    pub(super) fn reader<'i>(&'i self, addresses: &'i AddressRules) -> Reader<'i> {
        Reader {
            columns: &self.source.columns,
            mapping: &self.mapping,
            notations: &self.notations,
            addresses,
            role: &self.role,
            besides: &self.besides,
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
    pub(crate) role: Role,
    pub(crate) besides: Besides,
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

/// How many records are read between two calls of whoever watches.
const WATCHED: u64 = 1 << 12;

/// Makes the sources ready. Each record is read twice, and `watch` hears now and then how many readings that makes.
///
/// # Errors
///
/// When a source can't be read, or something has to be asked first.
pub(crate) fn prepare(
    given: Vec<Given>,
    structure: &Structure,
    addresses: AddressRules,
    mut watch: impl FnMut(u64),
) -> Result<Prepared, Stop> {
    let mut inputs = Vec::with_capacity(given.len());
    let mut records = 0;
    let mut readings = 0_u64;
    let mut read = || {
        readings += 1;
        if readings.is_multiple_of(WATCHED) {
            watch(readings);
        }
    };
    for source in given {
        let (input, count) = survey(source, structure, &mut read)?;
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
        enter(&mut prepared, number, input, &mut read)?;
    }
    prepared.index.sort();
    prepared.inputs = inputs;
    Ok(prepared)
}

/// Finds what each column means and how it writes its values; and counts the records.
fn survey(
    given: Given,
    structure: &Structure,
    read: &mut impl FnMut(),
) -> Result<(Input, usize), Stop> {
    let Given {
        source,
        rules,
        role,
        besides,
    } = given;
    let name = || source.name.clone();
    let (mut mapping, mut unmapped) =
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
    if role != Role::Rows {
        // Only the addresses count, and why somebody has left.
        unmapped.clear();
        for target in &mut mapping.targets {
            let counts = match target {
                Target::Address => true,
                Target::Left(_) => role != Role::Deletion,
                _ => false,
            };
            if !counts {
                *target = Target::Ignore;
            }
        }
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
        read();
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
        role,
        besides,
    };
    Ok((input, count))
}

/// Enters each record of a source under its address, or among those that can't be taken.
fn enter(
    prepared: &mut Prepared,
    number: usize,
    input: &Input,
    read: &mut impl FnMut(),
) -> Result<(), Stop> {
    let addresses = prepared.addresses.clone();
    let reader = input.reader(&addresses);
    let mut records = input.source.records()?;
    let mut record = Record::default();
    while records.next(&mut record)? {
        prepared.counts.records += 1;
        read();
        if record.is_blank() {
            prepared.counts.blank += 1;
            continue;
        }
        let address = reader.address(&record);
        let folded = address.as_ref().ok().map(Address::folded);
        // To delete somebody is what they asked for; to suppress them would bring them back first.
        let forgotten = match &address {
            Ok(address) if input.role != Role::Deletion => addresses.forgotten(address),
            _ => None,
        };
        let outcome = match (&record.damage, address) {
            _ if forgotten.is_some() => Err((None, forgotten.unwrap_or_default())),
            (Some(damage), _) => Err((damage.column, damage.reason.clone())),
            (None, Err(why)) => Err((why.column, why.reason)),
            (None, Ok(address)) => {
                let row = reader.row(&record, address);
                row.map_err(|why| (why.column, why.reason))
            }
        };
        let rejected = outcome.is_err();
        let entered = if let Some(folded) = folded {
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
