//! What a contact must be to be found: criteria, and groups of them.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::expect::Expect;
use crate::{
    EmailAddress, Error, ListId, Structure, Value,
    contacts::{FilterColumn, FilterOperator, FoundContact, PrimaryStatus},
    raw::types,
    structures::{FieldRef, TagRef},
    value::convert,
};

/// Criteria that must all hold; from [`Search::or`](super::Search::or). A mistake in one is told by the
/// search, before anything is sent.
#[derive(Clone, Debug)]
#[must_use]
pub struct Group {
    structure: Structure,
    criteria: Vec<Criterion>,
    fault: Option<String>,
}

impl Group {
    pub(super) fn new(structure: &Structure) -> Self {
        Self {
            structure: structure.clone(),
            criteria: Vec::new(),
            fault: None,
        }
    }

    /// Whose address is this one. Documented: guide Search Contacts.
    pub fn key(self, address: impl AsRef<str>) -> Self {
        let criterion = EmailAddress::new(address.as_ref())
            .map(|key| Criterion::equal(FilterColumn::Key, key.as_str()));
        self.with(criterion)
    }

    /// Whose field, by label, predefined name or id, has this value. Documented: the column. Assumed: that
    /// `fieldId` names the field. The rows that come are checked against it.
    pub fn field<'f, V>(self, field: impl Into<FieldRef<'f>>, value: V) -> Self
    where
        V: TryInto<Value>,
        V::Error: Into<Error>,
    {
        let criterion = convert(value).and_then(|value| {
            let field = self.structure.accept(field, &value)?;
            if value.is_null() {
                return Err(Error::invalid(format!(
                    "no text says how to search for contacts without a value in {:?}: give a value",
                    field.label
                )));
            }
            let expect = Expect::field(field, &value);
            Ok(Criterion::equal(FilterColumn::Field, value).expecting(expect))
        });
        self.with(criterion)
    }

    /// Who is on this list. Documented: guide Search Contacts.
    pub fn list(self, list: impl Into<ListId>) -> Self {
        self.with(Ok(Criterion::equal(
            FilterColumn::List,
            list.into().as_str(),
        )))
    }

    /// Who has the tag with this label or id. Assumed: the column. The rows that come are checked against it.
    pub fn tag<'t>(self, tag: impl Into<TagRef<'t>>) -> Self {
        let criterion = self.structure.tag(tag).map(|tag| {
            Criterion::equal(FilterColumn::Tag, tag.id.as_str())
                .expecting(Expect::Tag(tag.id.clone()))
        });
        self.with(criterion)
    }

    /// Who has this status. Assumed: the column. The rows that come are checked against it.
    pub fn status(self, status: PrimaryStatus) -> Self {
        let criterion = Criterion::equal(FilterColumn::Status, status.as_str())
            .expecting(Expect::Status(status));
        self.with(Ok(criterion))
    }

    /// Whatever else the service may understand: sent as it is.
    pub fn criterion(self, criterion: Criterion) -> Self {
        let fault = criterion.fault();
        self.with(match fault {
            Some(why) => Err(Error::invalid(why)),
            None => Ok(criterion),
        })
    }

    fn with(mut self, criterion: Result<Criterion, Error>) -> Self {
        match criterion {
            Ok(criterion) => self.criteria.push(criterion),
            // The first mistake is the one to mend first.
            Err(error) => {
                self.fault.get_or_insert_with(|| error.to_string());
            }
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.criteria.is_empty()
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    pub(super) fn expects(&self) -> impl Iterator<Item = &Expect> {
        self.criteria.iter().filter_map(|c| c.expect.as_ref())
    }

    /// Why this row doesn't belong to the group, as far as can be told.
    pub(super) fn contradiction(&self, row: &FoundContact) -> Option<String> {
        self.expects().find_map(|expect| expect.contradiction(row))
    }

    pub(super) fn body(&self) -> types::SearchGroup {
        types::SearchGroup {
            criterias: self.criteria.iter().map(Criterion::body).collect(),
            extra: Map::new(),
        }
    }
}

/// One criterion, in the service's own words: for what the provider's texts don't show, or show too
/// little of. `Debug` hides its values.
///
/// ```
/// use benchmark_email::contacts::Criterion;
///
/// // The guide speaks of a search by domain, and doesn't name the operator.
/// let at_example = Criterion::new("KEY", "ENDS_WITH", ["@example.com"]);
/// let big = Criterion::new("FIELD_ID", "GT", [100]).extra("fieldId", "64a1b2c3d4e5f6a7b8c9d103");
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct Criterion {
    column: FilterColumn,
    operator: FilterOperator,
    values: Vec<Value>,
    extra: Map<String, Json>,
    expect: Option<Expect>,
}

impl Criterion {
    /// What a column must be. Several values are alternatives; assumed.
    pub fn new<V: Into<Value>>(
        column: impl Into<FilterColumn>,
        operator: impl Into<FilterOperator>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            column: column.into(),
            operator: operator.into(),
            values: values.into_iter().map(Into::into).collect(),
            extra: Map::new(),
            expect: None,
        }
    }

    /// Adds a property that no text shows.
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    fn equal(column: FilterColumn, value: impl Into<Value>) -> Self {
        Self::new(column, FilterOperator::Equal, [value])
    }

    fn expecting(mut self, expect: Expect) -> Self {
        self.expect = Some(expect);
        self
    }

    fn fault(&self) -> Option<String> {
        let column = &self.column;
        let named = ["columnToFilter", "operator", "values"]
            .into_iter()
            .find(|name| self.extra.contains_key(*name));
        if column.as_str().is_empty() || self.operator.as_str().is_empty() {
            Some("a criterion needs a column and an operator".to_owned())
        } else if self.values.is_empty() {
            Some(format!(
                "the criterion on {column} has no value: give at least one"
            ))
        } else {
            named.map(|name| format!("the criterion on {column} has a second {name:?}: give it to Criterion::new only"))
        }
    }

    fn body(&self) -> types::SearchCriterion {
        types::SearchCriterion {
            column_to_filter: self.column.clone(),
            operator: self.operator.clone(),
            values: self.values.clone(),
            field_id: self.expect.as_ref().and_then(Expect::field_id).cloned(),
            extra: self.extra.clone(),
        }
    }
}

impl fmt::Debug for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Criterion")
            .field("column", &self.column)
            .field("operator", &self.operator)
            .field("values", &self.values)
            .field("extra", &self.extra.keys())
            .finish_non_exhaustive()
    }
}
