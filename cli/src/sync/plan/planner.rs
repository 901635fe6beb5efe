//! Decides what becomes of each contact, and of the rows that no contact came by for.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use benchmark_email::{Contact, ListId, Structure, TagId, Value, value::Likeness};

use super::{
    Action, Counts, Creation, Place, Prepared, Rejected, Step,
    index::{Index, Outcome, State},
    prepare::Input,
};
use crate::sync::{
    rows::{AddressRules, Contradiction, Duplicates, Row, merge},
    source::{Lookup, Record, SourceError},
};

/// What the operator wants beyond what the rows say.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub(crate) struct Settings {
    pub(crate) duplicates: Duplicates,
    /// Whether a row names all lists of its contact.
    pub(crate) replace_lists: bool,
    /// Whether a row names all tags of its contact.
    pub(crate) replace_tags: bool,
    /// Whether fields of people who have left are updated.
    pub(crate) update_inactive: bool,
    /// Whether people who have left and whom the account doesn't know are passed over.
    pub(crate) skip_unknown_suppressions: bool,
    /// The list that whoever is on it and in no source leaves.
    pub(crate) mirror: Option<ListId>,
}

/// What a contact comes to.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Nothing.
    Nothing,
    /// This.
    Do(Step),
    /// Nothing, and nothing either of what was planned for these rows: two contacts have their address.
    TakeBack(Vec<Place>),
}

/// Plans contact by contact.
#[derive(Debug)]
pub(crate) struct Planner<'p> {
    inputs: &'p [Input],
    addresses: &'p AddressRules,
    structure: &'p Structure,
    lists: &'p HashMap<String, ListId>,
    tags: &'p HashMap<String, TagId>,
    settings: Settings,
    index: Index,
    lookups: Vec<Lookup<'p>>,
    record: Record,
    counts: Counts,
    rejected: Vec<Rejected>,
}

/// The rows of one address.
#[derive(Debug)]
struct Group {
    folded: String,
    rows: Vec<Row>,
    /// The places of rows that can be taken.
    places: Vec<Place>,
    /// Where in the index they stand.
    entries: Vec<usize>,
}

/// The sources as the planner needs them: what can be lent apart from what it changes.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) inputs: Vec<Input>,
    pub(crate) addresses: AddressRules,
    index: Index,
    counts: Counts,
    rejected: Vec<Rejected>,
}

impl From<Prepared> for Parts {
    fn from(prepared: Prepared) -> Self {
        let Prepared {
            inputs,
            index,
            addresses,
            counts,
            rejected,
            ..
        } = prepared;
        Self {
            inputs,
            addresses,
            index,
            counts,
            rejected,
        }
    }
}

impl<'p> Planner<'p> {
    /// A planner for contacts of this structure, whose fields and tags, and the lists, have every name that the
    /// rows mention.
    pub(crate) fn new(
        parts: &'p mut Parts,
        structure: &'p Structure,
        lists: &'p HashMap<String, ListId>,
        tags: &'p HashMap<String, TagId>,
        settings: Settings,
    ) -> Self {
        let index = std::mem::take(&mut parts.index);
        let counts = std::mem::take(&mut parts.counts);
        let rejected = std::mem::take(&mut parts.rejected);
        let parts: &'p Parts = parts;
        Self {
            lookups: parts
                .inputs
                .iter()
                .map(|input| input.source.lookup())
                .collect(),
            inputs: &parts.inputs,
            addresses: &parts.addresses,
            structure,
            lists,
            tags,
            settings,
            index,
            record: Record::default(),
            counts,
            rejected,
        }
    }

    /// The sources.
    pub(crate) fn inputs(&self) -> &'p [Input] {
        self.inputs
    }

    /// What becomes of a contact of the account.
    ///
    /// # Errors
    ///
    /// When a source can't be read any more.
    pub(crate) fn contact(&mut self, contact: &Contact) -> Result<Decision, SourceError> {
        if contact.structure_id != *self.structure.id() {
            return Ok(Decision::Nothing);
        }
        self.counts.contacts += 1;
        self.counts.active += u64::from(contact.is_active());
        let folded = contact.key.as_str().to_ascii_lowercase();
        let run = self.index.find(&folded);
        let group = if run.is_empty() {
            None
        } else {
            let groups = self.groups(run)?;
            groups.into_iter().find(|group| group.folded == folded)
        };
        Ok(match group {
            None => self.absent(contact),
            Some(group) => self.met(contact, group),
        })
    }

    /// The steps of rows that no contact came by for, once all contacts have.
    ///
    /// # Errors
    ///
    /// When a source can't be read any more.
    pub(crate) fn finish(
        mut self,
        mut take: impl FnMut(Step),
    ) -> Result<(Counts, Vec<Rejected>), SourceError> {
        for run in self.index.left_over() {
            for group in self.groups(run)? {
                if group
                    .entries
                    .first()
                    .and_then(|first| self.index.get(*first))
                    .is_some_and(|entry| entry.state == State::Open)
                    && let Some(step) = self.unmet(group)
                {
                    take(step);
                }
            }
        }
        Ok((self.counts, self.rejected))
    }

    /// The rows that stand in a run of the index, by address.
    fn groups(&mut self, run: Range<usize>) -> Result<Vec<Group>, SourceError> {
        let mut groups: Vec<Group> = Vec::new();
        for place in run {
            let Some(entry) = self.index.get(place) else {
                continue;
            };
            let (Some(input), Some(lookup)) = (
                self.inputs.get(entry.source()),
                self.lookups.get_mut(entry.source()),
            ) else {
                continue;
            };
            lookup.read(entry.span(), &mut self.record)?;
            let reader = input.reader(self.addresses);
            let Ok(address) = reader.address(&self.record) else {
                continue;
            };
            let folded = address.folded();
            let known = groups.iter().position(|group| group.folded == folded);
            let known = known.unwrap_or_else(|| {
                groups.push(Group {
                    folded,
                    rows: Vec::new(),
                    places: Vec::new(),
                    entries: Vec::new(),
                });
                groups.len() - 1
            });
            let Some(group) = groups.get_mut(known) else {
                continue;
            };
            if entry.state == State::Rejected {
                continue;
            }
            if let Ok(row) = reader.row(&self.record, address) {
                group.rows.push(row);
                group.places.push(Place {
                    source: input.source.name.clone(),
                    line: entry.line(),
                });
                group.entries.push(place);
            }
        }
        Ok(groups)
    }

    /// A contact that no row speaks of: it stays, but for a mirrored list.
    fn absent(&mut self, contact: &Contact) -> Decision {
        match &self.settings.mirror {
            Some(list) if contact.is_on(list) => {
                let mut after = contact.clone();
                after.remove_list(list);
                self.counts.mirrored += 1;
                let step = Step {
                    places: Vec::new(),
                    action: Action::Update {
                        before: Box::new(contact.clone()),
                        after: Box::new(after),
                    },
                };
                self.counts.step(&step.action);
                Decision::Do(step)
            }
            _ => {
                self.counts.untouched += 1;
                Decision::Nothing
            }
        }
    }

    /// A contact that rows speak of.
    fn met(&mut self, contact: &Contact, group: Group) -> Decision {
        let Some(&first) = group.entries.first() else {
            // All its rows are rejected; it is not absent, and stays as it is.
            self.counts.untouched += 1;
            return Decision::Nothing;
        };
        let rows = u64::try_from(group.places.len()).unwrap_or(u64::MAX);
        let row = merge(group.rows, self.settings.duplicates);
        let met_before = match self.index.get(first).map(|entry| entry.state) {
            Some(State::Met(outcome)) => Some(outcome),
            _ => None,
        };
        let leaves = matches!(&row, Ok(Some(row)) if row.left.is_some());
        if let Some(outcome) = met_before
            && !leaves
        {
            self.counts.untouched += 1;
            if outcome == Outcome::Rejected {
                return Decision::Nothing;
            }
            self.take_back(outcome, rows);
            self.index
                .set(&group.entries, State::Met(Outcome::Rejected));
            self.reject(
                &group.places,
                "the account has several contacts with this address",
            );
            return Decision::TakeBack(group.places);
        }
        let (outcome, action) = self.decide(contact, row, &group.places);
        if met_before.is_none() {
            self.count(outcome, rows);
        }
        self.index.set(&group.entries, State::Met(outcome));
        match action {
            None => Decision::Nothing,
            Some(action) => {
                self.counts.step(&action);
                let places = group.places;
                Decision::Do(Step { places, action })
            }
        }
    }

    fn decide(
        &mut self,
        contact: &Contact,
        row: Result<Option<Row>, Contradiction>,
        places: &[Place],
    ) -> (Outcome, Option<Action>) {
        let row = match row {
            Ok(Some(row)) => row,
            Ok(None) => return (Outcome::Unchanged, None),
            Err(contradiction) => {
                self.contradicted(&contradiction, places);
                return (Outcome::Rejected, None);
            }
        };
        if let Some(why) = row.left {
            if contact.is_inactive() {
                return (Outcome::Unchanged, None);
            }
            self.counts.unsubscribed += 1;
            let before = Box::new(contact.clone());
            return (Outcome::Suppressed, Some(Action::Suppress { before, why }));
        }
        if row.deletes {
            let before = Box::new(contact.clone());
            return (Outcome::Deleted, Some(Action::Delete { before }));
        }
        // Who isn't said to be active may have left.
        let protected = !contact.is_active();
        if protected && !self.settings.update_inactive {
            return (Outcome::Protected, None);
        }
        // Most contacts stay as they are: none is copied before something of it changes.
        let mut after = Cow::Borrowed(contact);
        let mut changed = self.change_fields(contact, &mut after, &row);
        if !protected {
            changed |= self.change_lists(&mut after, &row);
            changed |= self.change_tags(&mut after, &row);
        }
        match (changed, protected) {
            (false, true) => (Outcome::Protected, None),
            (false, false) => (Outcome::Unchanged, None),
            (true, _) => {
                let (before, after) = (Box::new(contact.clone()), Box::new(after.into_owned()));
                (Outcome::Planned, Some(Action::Update { before, after }))
            }
        }
    }

    fn change_fields(&self, contact: &Contact, after: &mut Cow<'_, Contact>, row: &Row) -> bool {
        let mut changed = false;
        for (id, change) in &row.fields {
            let Some(field) = self.structure.field_by_id(id) else {
                continue;
            };
            let held = contact.field(self.structure, id).ok().flatten();
            let held = held.filter(|value| !value.is_null());
            let same = match (held, change) {
                (None, None) => true,
                (Some(held), Some(wanted)) => {
                    held.likeness(wanted, &field.data_type) == Likeness::Same
                }
                _ => false,
            };
            let value = change.clone().unwrap_or(Value::Null);
            if !same && after.to_mut().set(self.structure, id, value).is_ok() {
                changed = true;
            }
        }
        changed
    }

    fn change_lists(&self, after: &mut Cow<'_, Contact>, row: &Row) -> bool {
        let known = |names: &std::collections::BTreeSet<String>| -> Vec<ListId> {
            names
                .iter()
                .filter_map(|name| self.lists.get(name).cloned())
                .collect()
        };
        let (on, mut off) = (known(&row.lists), known(&row.off_lists));
        if self.settings.replace_lists && !on.is_empty() {
            let held = after.lists.iter().map(|list| list.id.clone());
            off.extend(held.filter(|id| !on.contains(id)));
        }
        let mut changed = false;
        for id in on.iter().filter(|id| !off.contains(id)) {
            if !after.is_on(id) {
                after.to_mut().add_list(id);
                changed = true;
            }
        }
        for id in &off {
            if after.is_on(id) {
                after.to_mut().remove_list(id);
                changed = true;
            }
        }
        changed
    }

    fn change_tags(&self, after: &mut Cow<'_, Contact>, row: &Row) -> bool {
        let known = |labels: &std::collections::BTreeSet<String>| -> Vec<TagId> {
            labels
                .iter()
                .filter_map(|label| self.tags.get(label).cloned())
                .collect()
        };
        let (on, mut off) = (known(&row.tags), known(&row.off_tags));
        if self.settings.replace_tags && !on.is_empty() {
            let held = after.tags.iter().map(|tag| tag.id.clone());
            off.extend(held.filter(|id| !on.contains(id)));
        }
        let mut changed = false;
        for id in on.iter().filter(|id| !off.contains(id)) {
            changed |= !after.has_tag(id) && after.to_mut().add_tag(self.structure, id).is_ok();
        }
        for id in &off {
            changed |= after.has_tag(id) && after.to_mut().remove_tag(self.structure, id).is_ok();
        }
        changed
    }

    /// Rows whose address the account doesn't know.
    fn unmet(&mut self, group: Group) -> Option<Step> {
        let rows = u64::try_from(group.places.len()).unwrap_or(u64::MAX);
        let row = match merge(group.rows, self.settings.duplicates) {
            Ok(row) => row?,
            Err(contradiction) => {
                self.contradicted(&contradiction, &group.places);
                self.count(Outcome::Rejected, rows);
                return None;
            }
        };
        let address = row.address.as_str().to_owned();
        let action = match row.left {
            Some(_) if self.settings.skip_unknown_suppressions => {
                self.count(Outcome::Protected, rows);
                return None;
            }
            Some(why) => Action::SuppressUnknown { address, why },
            // There is nobody to delete.
            None if row.deletes => {
                self.count(Outcome::Unchanged, rows);
                return None;
            }
            None => Action::Create(Creation {
                address,
                fields: row
                    .fields
                    .into_iter()
                    .filter_map(|(id, value)| Some((id, value?)))
                    .collect(),
                lists: row
                    .lists
                    .iter()
                    .filter_map(|name| self.lists.get(name).cloned())
                    .collect(),
                tags: row
                    .tags
                    .iter()
                    .filter_map(|label| self.tags.get(label).cloned())
                    .collect(),
            }),
        };
        self.count(Outcome::Planned, rows);
        self.counts.step(&action);
        let places = group.places;
        Some(Step { places, action })
    }

    fn count(&mut self, outcome: Outcome, rows: u64) {
        let rest = rows.saturating_sub(1);
        match outcome {
            Outcome::Planned | Outcome::Deleted | Outcome::Suppressed => {
                self.counts.planned += 1;
            }
            Outcome::Unchanged => self.counts.unchanged += 1,
            Outcome::Protected => self.counts.protected += 1,
            // Counted where they are named.
            Outcome::Rejected => return,
        }
        self.counts.merged += rest;
    }

    /// Takes back what was counted for rows, and the step if they gave one.
    fn take_back(&mut self, outcome: Outcome, rows: u64) {
        match outcome {
            Outcome::Planned | Outcome::Deleted => {
                self.counts.planned -= 1;
                let kind = match outcome {
                    Outcome::Deleted => super::Kind::Delete,
                    _ => super::Kind::Update,
                };
                for counted in [&mut self.counts.steps, &mut self.counts.requests] {
                    if let Some(count) = counted.get_mut(&kind) {
                        *count -= 1;
                    }
                }
            }
            Outcome::Suppressed => self.counts.planned -= 1,
            Outcome::Unchanged => self.counts.unchanged -= 1,
            Outcome::Protected => self.counts.protected -= 1,
            Outcome::Rejected => return,
        }
        self.counts.merged -= rows.saturating_sub(1);
    }

    fn contradicted(&mut self, contradiction: &Contradiction, places: &[Place]) {
        let lines: Vec<_> = places.iter().map(|place| place.line.to_string()).collect();
        let lines = lines.join(", ");
        let reason = match contradiction {
            Contradiction::Field(id) => {
                let field = self.structure.field_by_id(id);
                let label = field.map_or(id.as_str(), |field| field.label.as_str());
                format!(
                    "the rows of this address (lines {lines}) say different things of {label:?}; --duplicates first or last takes one"
                )
            }
            Contradiction::Deletion => format!(
                "one row of this address wants it deleted, another one doesn't (lines {lines}); take it out of one of the files"
            ),
        };
        self.reject(places, &reason);
    }

    fn reject(&mut self, places: &[Place], reason: &str) {
        self.counts.rejected += u64::try_from(places.len()).unwrap_or(u64::MAX);
        self.rejected.extend(places.iter().map(|place| Rejected {
            place: place.clone(),
            column: None,
            reason: reason.to_owned(),
        }));
    }
}
