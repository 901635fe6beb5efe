//! Lists of a structure: page, all, create, get, rename, delete, merge, duplicate.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::query::{self, Paging};
use super::{Call, body, commit, contacts};
use crate::account::{Account, Change, Contact, Id, List, ListKind, Ref, Version};
use crate::answer::{Answer, Refusal};
use crate::rules::Rule;

const LONGEST_NAME: usize = 1000;
const LONGEST_CRITERIA: usize = 50;

/// `GET …/lists`.
pub(crate) fn page(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    let structure = call.structure(&account)?.id;
    let paging = Paging::read(call.query)?;
    let order = read_sort(call.query)?;
    let criteria = read_criteria(call.query)?;
    let mut lists: Vec<&List> = account
        .lists_in(structure)
        .filter(|list| {
            criteria
                .as_ref()
                .is_none_or(|part| list.name.to_lowercase().contains(part))
        })
        .collect();
    if let Some(order) = order {
        lists.sort_by(|one, other| order(one, other));
    }
    let total = lists.len();
    let sizes = account.list_sizes();
    let rows = paging.cut(lists.into_iter()).into_iter().map(|list| {
        let mut row = whole(list);
        row.insert(
            "totalContacts".into(),
            json!(sizes.get(&list.id).unwrap_or(&0)),
        );
        row.insert("totalCampaigns".into(), json!(0));
        row
    });
    Ok(collection(
        call.reads(Rule::ListsPaged, "array"),
        total,
        &rows.collect::<Vec<_>>(),
    ))
}

/// `GET …/lists/all`: three properties of each.
pub(crate) fn all(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    let structure = call.structure(&account)?.id;
    let brief = |list: &List| {
        let mut row = whole(list);
        row.retain(|name, _| ["_id", "name", "type"].contains(&name.as_str()));
        row
    };
    let rows: Vec<_> = account.lists_in(structure).map(brief).collect();
    Ok(collection(
        call.reads(Rule::ListsAll, "array"),
        rows.len(),
        &rows,
    ))
}

/// `POST …/lists`.
pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let structure = call.structure(account)?.id;
    let name = body::required_text(call.body, "name", Rule::ListName)?;
    check_name(call, account, structure, name, None)?;
    check_kind(call)?;
    let list = new_list(call, account, structure, name);
    let answer = Answer::created(&whole(&list));
    commit(account, vec![Change::List(list)])?;
    Ok(answer)
}

/// `GET …/lists/{listId}`.
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    Ok(Answer::ok(&whole(list(call, &account)?)))
}

/// `PATCH …/lists/{listId}`: another name.
pub(crate) fn rename(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let known = list(call, account)?.clone();
    let name = body::required_text(call.body, "name", Rule::ListName)?;
    check_name(call, account, known.structure_id, name, Some(known.id))?;
    contacts::check_version(call, known.version)?;
    let list = List {
        name: name.to_owned(),
        updated_at: call.now,
        version: known.version.next(),
        ..known
    };
    let answer = Answer::ok(&whole(&list));
    commit(account, vec![Change::List(list)])?;
    Ok(answer)
}

/// `DELETE …/lists/{listId}`.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let gone = list(call, account)?.id;
    commit(account, vec![Change::ListGone(gone)])?;
    Ok(Answer::no_content())
}

/// `DELETE …/lists`, with a body that names them.
pub(crate) fn delete_many(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let structure = call.structure(account)?.id;
    let gone = read_ids(call, account, structure, Rule::ListsDelete)?;
    commit(account, gone.into_iter().map(Change::ListGone).collect())?;
    Ok(Answer::no_content())
}

/// `POST …/lists/merge`: a new list with the contacts of two or more.
pub(crate) fn merge(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let structure = call.structure(account)?.id;
    let name = body::required_text(call.body, "name", Rule::ListsMerge)?;
    let sources = read_ids(call, account, structure, Rule::ListsMerge)?;
    if sources.len() < 2 {
        let message = "listIds must name at least two lists";
        return Err(Refusal::validation(Rule::ListsMerge, message).at("listIds"));
    }
    check_name(call, account, structure, name, None)?;
    let list = new_list(call, account, structure, name);
    let answer = Answer::ok(&whole(&list));
    commit(
        account,
        fill(account, list, |contact| {
            sources.iter().any(|id| contact.is_on(*id))
        }),
    )?;
    Ok(answer)
}

/// `POST …/lists/{listId}/duplicate`: a new list with the same contacts.
pub(crate) fn duplicate(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let source = list(call, account)?.clone();
    let name = match body::text(call.body, "name")? {
        Some(name) if !name.is_empty() => name.to_owned(),
        None if call.reads(Rule::ListDuplicate, "optional") => format!("Copy of {}", source.name)
            .chars()
            .take(LONGEST_NAME)
            .collect(),
        _ => return Err(Refusal::required(Rule::ListDuplicate, "name")),
    };
    check_name(call, account, source.structure_id, &name, None)?;
    let list = new_list(call, account, source.structure_id, &name);
    let answer = Answer::created(&whole(&list));
    commit(
        account,
        fill(account, list, |contact| contact.is_on(source.id)),
    )?;
    Ok(answer)
}

/// The list that the path names.
fn list<'a>(call: &Call<'_>, account: &'a Account) -> Result<&'a List, Refusal> {
    let structure = call.structure(account)?.id;
    let unknown = || {
        if call.reads(Rule::ListExists, "validation") {
            return Refusal::validation(Rule::ListExists, "List not found").at("listId");
        }
        Refusal::not_found(Rule::ListExists, "List")
    };
    let id = call
        .id("listId", Rule::ListExists, "List")
        .map_err(|refusal| match refusal.rule {
            Rule::ListExists => unknown(),
            _ => refusal,
        })?;
    account.list(structure, id).ok_or_else(unknown)
}

fn new_list(call: &Call<'_>, account: &mut Account, structure: Id, name: &str) -> List {
    List {
        id: account.new_id(call.now),
        structure_id: structure,
        name: name.to_owned(),
        kind: ListKind::Static,
        created_at: call.now,
        updated_at: call.now,
        version: Version::default(),
    }
}

/// The list and the contacts that get on it.
fn fill(account: &Account, list: List, belongs: impl Fn(&Contact) -> bool) -> Vec<Change> {
    let on = Ref { id: list.id };
    let members = account.contacts().iter().filter(|contact| belongs(contact));
    let members: Vec<_> = members
        .map(|contact| {
            let lists = contact.lists.iter().copied().chain([on]).collect();
            Change::Contact(Box::new(Contact {
                lists,
                ..contact.clone()
            }))
        })
        .collect();
    [Change::List(list)].into_iter().chain(members).collect()
}

fn whole(list: &List) -> Map<String, Value> {
    let mut row = match json!(list) {
        Value::Object(row) => row,
        _ => Map::new(),
    };
    row.remove("contactStructureId");
    row
}

fn collection(bare: bool, total: usize, rows: &[Map<String, Value>]) -> Answer {
    if bare {
        Answer::ok(&rows)
    } else {
        Answer::ok(&json!({ "total": total, "records": rows }))
    }
}

fn check_name(
    call: &Call<'_>,
    account: &Account,
    structure: Id,
    name: &str,
    of: Option<Id>,
) -> Result<(), Refusal> {
    if name.chars().count() > LONGEST_NAME {
        let message = format!("name must have at most {LONGEST_NAME} characters");
        return Err(Refusal::validation(Rule::ListName, message).at("name"));
    }
    let taken = account
        .lists_in(structure)
        .any(|list| list.name == name && Some(list.id) != of);
    if taken && call.reads(Rule::ListNameUnique, "unique") {
        let status = StatusCode::BAD_REQUEST;
        let message = "name is already in use";
        return Err(
            Refusal::new(Rule::ListNameUnique, status, "DuplicateFieldError", message).at("name"),
        );
    }
    Ok(())
}

fn check_kind(call: &Call<'_>) -> Result<(), Refusal> {
    match body::text(call.body, "type")? {
        None | Some("static") => Ok(()),
        Some(_) => {
            Err(Refusal::validation(Rule::ListName, "type must be one of [static]").at("type"))
        }
    }
}

fn read_ids(
    call: &Call<'_>,
    account: &Account,
    structure: Id,
    rule: Rule,
) -> Result<BTreeSet<Id>, Refusal> {
    let name = "listIds";
    let ids = body::array(call.body, name)?.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| Refusal::required(rule, name))?;
    let known = |value: &Value| {
        let text = value
            .as_str()
            .ok_or_else(|| body::wrong("listIds[]", "a string"))?;
        let id = Id::parse(text).filter(|id| account.list(structure, *id).is_some());
        id.ok_or_else(|| Refusal::validation(rule, "listIds names an unknown list").at(name))
    };
    ids.iter().map(known).collect()
}

type Order = Box<dyn Fn(&List, &List) -> Ordering>;

fn read_sort(query: &str) -> Result<Option<Order>, Refusal> {
    let Some(sort) = query::value(query, "sort") else {
        return Ok(None);
    };
    let by: fn(&List, &List) -> Ordering =
        match sort.split_once(':').map_or("", |(column, _)| column) {
            "name" => |one, other| one.name.cmp(&other.name),
            "createdAt" => |one, other| one.created_at.cmp(&other.created_at),
            "updatedAt" => |one, other| one.updated_at.cmp(&other.updated_at),
            _ => return Err(wrong_sort()),
        };
    match sort.split_once(':').map_or("", |(_, direction)| direction) {
        "asc" => Ok(Some(Box::new(by))),
        "desc" => Ok(Some(Box::new(move |one, other| by(other, one)))),
        _ => Err(wrong_sort()),
    }
}

fn wrong_sort() -> Refusal {
    let message = "sort must be one of [name, createdAt, updatedAt], a colon, and asc or desc";
    Refusal::validation(Rule::Query, message).at("sort")
}

fn read_criteria(query: &str) -> Result<Option<String>, Refusal> {
    match query::value(query, "criteria") {
        Some(part) if part.chars().count() > LONGEST_CRITERIA => {
            let message = format!("criteria must have at most {LONGEST_CRITERIA} characters");
            Err(Refusal::validation(Rule::Query, message).at("criteria"))
        }
        part => Ok(part.map(|part| part.to_lowercase())),
    }
}
