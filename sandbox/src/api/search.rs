//! Search within one structure, and the selection that export shares with it.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::{Call, body, contacts};
use crate::account::{Account, Contact, Id, Structure};
use crate::answer::{Answer, Refusal};
use crate::rules::Rule;

const LARGEST_PAGE: u64 = 1000;
/// What a 32-bit number holds, which is what clients count pages with.
const LAST_PAGE: u64 = i32::MAX as u64;

const SOURCE: [&str; 9] = [
    "_id",
    "key",
    "fields",
    "tags",
    "lists",
    "contactStatus",
    "contactSubStatus",
    "createdAt",
    "updatedAt",
];

/// `POST /api/contact/search`.
pub(crate) fn search(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account_to_search();
    let selection = Selection::read(call, &account)?;
    let page = paging(call, "page", LAST_PAGE)?;
    let size = paging(call, "pageSize", LARGEST_PAGE)?;
    let source = read_source(call)?;
    let as_text = call.reads(Rule::SearchValues, "text");

    let skip = (page - 1).saturating_mul(size);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let take = usize::try_from(size).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    let mut total = 0;
    if selection.is_everybody() {
        total = account.indexed().len_in(selection.structure.id);
        rows.extend(selection.contacts(&account).skip(skip).take(take));
    } else {
        for contact in selection.contacts(&account) {
            if total >= skip && rows.len() < take {
                rows.push(contact);
            }
            total += 1;
        }
    }
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|contact| row(contact, &source, as_text))
        .collect();
    Ok(Answer::ok(
        &json!({ "contacts": rows, "totalRecords": total }),
    ))
}

/// Which contacts of a structure are meant: any of the groups, each with all of its criteria.
pub(super) struct Selection<'a> {
    pub(super) structure: &'a Structure,
    groups: Vec<Vec<Criterion>>,
}

/// A column and the values of which it must have one. There may be very many of them.
enum Criterion {
    /// Folded as the account's keys are.
    Key(HashSet<Box<str>>),
    Field(Id, HashSet<String>),
    List(HashSet<Id>),
    Tag(HashSet<Id>),
    Status(HashSet<String>),
}

impl<'a> Selection<'a> {
    pub(super) fn read(call: &Call<'_>, account: &'a Account) -> Result<Self, Refusal> {
        let id = body::required_text(call.body, "contactStructureId", Rule::SearchRequired)?;
        let structure = contacts::find_structure(call, account, id)?;
        let name = "contactSpecification";
        let specification = call.body.get(name).filter(|value| !value.is_null());
        let specification =
            specification.ok_or_else(|| Refusal::required(Rule::SearchRequired, name))?;
        let filters = body::array(body::object(specification, name)?, "filters")?;
        let filters = filters.ok_or_else(|| Refusal::required(Rule::SearchRequired, "filters"))?;
        let mut groups = Vec::new();
        for filter in filters {
            let criterias = body::array(body::object(filter, "filters[]")?, "criterias")?;
            let criterias =
                criterias.ok_or_else(|| Refusal::required(Rule::SearchRequired, "criterias"))?;
            let group: Result<Vec<_>, _> = criterias
                .iter()
                .map(|criteria| Criterion::read(criteria, structure, account))
                .collect();
            groups.push(group?);
        }
        let selection = Self { structure, groups };
        if selection.is_everybody() && call.reads(Rule::SearchAll, "refuse") {
            return Err(Refusal::required(
                Rule::SearchAll,
                "contactSpecification.filters",
            ));
        }
        Ok(selection)
    }

    /// No filter, or a group without criteria: nothing is left out.
    fn is_everybody(&self) -> bool {
        self.groups.is_empty() || self.groups.iter().any(Vec::is_empty)
    }

    /// Those selected, oldest first. By key they are looked up, otherwise all are gone through.
    pub(super) fn contacts<'s>(
        &'s self,
        account: &'s Account,
    ) -> Box<dyn Iterator<Item = &'s Contact> + 's> {
        if let Some(keys) = self.keys() {
            let known = keys.flat_map(|key| account.indexed().all_with_key(self.structure.id, key));
            let by_age: BTreeMap<_, _> = known
                .map(|contact| ((contact.created_at, contact.id), contact))
                .collect();
            return Box::new(
                by_age
                    .into_values()
                    .filter(|contact| self.has(account, contact)),
            );
        }
        Box::new(
            account
                .indexed()
                .iter()
                .filter(|contact| self.has(account, contact)),
        )
    }

    fn has(&self, account: &Account, contact: &Contact) -> bool {
        contact.structure_id == self.structure.id
            && (self.is_everybody()
                || self
                    .groups
                    .iter()
                    .any(|group| group.iter().all(|c| c.fits(account, contact))))
    }

    /// The keys of which one must fit, if every group asks for some.
    fn keys(&self) -> Option<impl Iterator<Item = &str>> {
        let mut keys = Vec::new();
        if self.is_everybody() {
            return None;
        }
        for group in &self.groups {
            let by_key = group.iter().find_map(|criterion| match criterion {
                Criterion::Key(keys) => Some(keys),
                _ => None,
            });
            keys.extend(by_key?.iter().map(AsRef::as_ref));
        }
        Some(keys.into_iter())
    }
}

impl Criterion {
    fn read(value: &Value, structure: &Structure, account: &Account) -> Result<Self, Refusal> {
        let criterion = body::object(value, "criterias[]")?;
        // A field that isn't there is a mistake even where the column doesn't need one.
        if criterion.contains_key("fieldId") {
            read_field(criterion, structure)?;
        }
        let column = body::required_text(criterion, "columnToFilter", Rule::SearchCriteria)?;
        let of_values: Box<dyn FnOnce(Vec<String>) -> Self> = match column {
            "KEY" => Box::new(|values| {
                let keys = values.iter().map(|key| account.contacts().folded(key));
                Self::Key(keys.collect())
            }),
            "FIELD_ID" => {
                let field = read_field(criterion, structure)?;
                Box::new(move |values| Self::Field(field, values.into_iter().collect()))
            }
            "LIST_ID" => Box::new(|values| Self::List(ids(&values))),
            "TAG_ID" => Box::new(|values| Self::Tag(ids(&values))),
            "CONTACT_STATUS" => Box::new(|values| Self::Status(values.into_iter().collect())),
            _ => {
                let message = "columnToFilter must be one of [KEY, FIELD_ID, LIST_ID, TAG_ID, CONTACT_STATUS]";
                return Err(Refusal::validation(Rule::SearchCriteria, message).at("columnToFilter"));
            }
        };
        if body::required_text(criterion, "operator", Rule::SearchCriteria)? != "EQ" {
            let message = "operator must be one of [EQ]";
            return Err(Refusal::validation(Rule::SearchCriteria, message).at("operator"));
        }
        let values = body::array(criterion, "values")?.filter(|values| !values.is_empty());
        let values = values.ok_or_else(|| Refusal::required(Rule::SearchCriteria, "values"))?;
        let values: Result<Vec<_>, _> = values
            .iter()
            .map(|value| {
                as_text(value).ok_or_else(|| {
                    let message = "values[] must be text, a number or a boolean";
                    Refusal::validation(Rule::SearchCriteria, message).at("values[]")
                })
            })
            .collect();
        Ok(of_values(values?))
    }

    fn fits(&self, account: &Account, contact: &Contact) -> bool {
        match self {
            Self::Key(keys) => keys.contains(&account.contacts().folded(&contact.key)),
            Self::List(lists) => contact.lists.iter().any(|list| lists.contains(&list.id)),
            Self::Tag(tags) => contact.tags.iter().any(|tag| tags.contains(&tag.id)),
            Self::Status(statuses) => statuses.contains(contact.status.primary()),
            Self::Field(id, values) => {
                let held = contact.value_of(*id).and_then(as_text);
                held.is_some_and(|held| values.contains(&held))
            }
        }
    }
}

/// What is no id names nothing.
fn ids(values: &[String]) -> HashSet<Id> {
    values.iter().filter_map(|value| Id::parse(value)).collect()
}

fn read_field(criterion: &Map<String, Value>, structure: &Structure) -> Result<Id, Refusal> {
    let text = body::required_text(criterion, "fieldId", Rule::SearchField)?;
    let known = Id::parse(text).filter(|id| structure.field(*id).is_some());
    known.ok_or_else(|| {
        let message = "The contact structure has no field with this _id";
        Refusal::validation(Rule::SearchField, message)
            .at("fieldId")
            .at_field(text)
    })
}

fn paging(call: &Call<'_>, name: &str, most: u64) -> Result<u64, Refusal> {
    let number = body::whole(call.body, name)?;
    let number = number.ok_or_else(|| Refusal::required(Rule::SearchRequired, name))?;
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    let message = match most {
        LAST_PAGE => format!("{name} must be at least 1"),
        most => format!("{name} must be from 1 to {most}"),
    };
    Err(Refusal::validation(Rule::SearchPaging, message).at(name))
}

/// The columns that `source` asks for.
pub(super) fn read_source<'a>(call: &Call<'a>) -> Result<Vec<&'a str>, Refusal> {
    let names = body::array(call.body, "source")?.filter(|names| !names.is_empty());
    let names = names.ok_or_else(|| Refusal::required(Rule::SearchRequired, "source"))?;
    let known = |name: &'a Value| name.as_str().filter(|name| SOURCE.contains(name));
    names
        .iter()
        .map(|name| known(name).ok_or_else(wrong_source))
        .collect()
}

fn wrong_source() -> Refusal {
    let message = format!("source[] must be one of [{}]", SOURCE.join(", "));
    Refusal::validation(Rule::SearchSource, message).at("source")
}

fn row(contact: &Contact, source: &[&str], values_as_text: bool) -> Value {
    let mut row = Map::new();
    row.insert("_id".into(), json!(contact.id));
    row.insert("contactStructureId".into(), json!(contact.structure_id));
    for name in source {
        let value = match *name {
            "key" => json!(contact.key),
            "fields" if values_as_text => {
                let text = |value: &Value| as_text(value).unwrap_or_default();
                let fields = contact
                    .fields
                    .iter()
                    .map(|f| json!({ "_id": f.id, "value": text(&f.value) }));
                fields.collect()
            }
            "fields" => json!(contact.fields),
            "tags" => json!(contact.tags),
            "lists" => json!(contact.lists),
            "contactStatus" => json!(contact.status.primary()),
            "contactSubStatus" => match contact.status.secondary() {
                Some(secondary) => json!(secondary),
                None => continue,
            },
            "createdAt" => json!(contact.created_at),
            "updatedAt" => json!(contact.updated_at),
            _ => continue,
        };
        row.insert((*name).into(), value);
    }
    Value::Object(row)
}

/// A scalar as text; nothing for what isn't one.
pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}
