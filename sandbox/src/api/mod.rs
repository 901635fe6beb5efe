//! The operations: what each reads from a request, does to the account, and answers.
//!
//! They are plain functions of a [`Call`]. Authentication, limits, faults and everything of HTTP are
//! settled before and after, in `pipeline`.

mod body;
pub(crate) mod contacts;
mod draft;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod lists;
mod query;
pub(crate) mod search;
pub(crate) mod structures;

use std::io;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::account::{Account, Change, Id, Structure};
use crate::answer::{Answer, Refusal};
use crate::clock::Moment;
use crate::rules::Rule;
use crate::world::World;

/// A request that passed the gate.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a Arc<World>,
    /// The names and values of the path's parameters, decoded.
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a str,
    pub(crate) body: &'a Map<String, Value>,
    pub(crate) now: Moment,
}

impl Call<'_> {
    fn account(&self) -> RwLockReadGuard<'_, Account> {
        self.world
            .account
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn account_mut(&self) -> RwLockWriteGuard<'_, Account> {
        self.world
            .account
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The account for who searches it: what is due to be found is found.
    fn account_to_search(&self) -> RwLockReadGuard<'_, Account> {
        if !self.account().search_lag().is_zero() {
            self.account_mut().refresh_index();
        }
        self.account()
    }

    fn reads(&self, rule: Rule, reading: &str) -> bool {
        self.world.readings.is(rule, reading)
    }

    /// The id in the path under `name`. One that is no id at all is unknown, or a bad request.
    fn id(&self, name: &str, exists: Rule, what: &str) -> Result<Id, Refusal> {
        let text = self
            .path
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value);
        Id::parse(text).ok_or_else(|| {
            if self.reads(Rule::MalformedId, "validation") {
                let message = format!("{name} must be 24 hexadecimal characters");
                Refusal::validation(Rule::MalformedId, message).at(name)
            } else {
                Refusal::not_found(exists, what)
            }
        })
    }

    /// The structure that the path names.
    fn structure<'a>(&self, account: &'a Account) -> Result<&'a Structure, Refusal> {
        let id = self.id(
            "contactStructureId",
            Rule::StructureExists,
            "Contact structure",
        )?;
        let known = account.structure(id);
        known.ok_or_else(|| Refusal::not_found(Rule::StructureExists, "Contact structure"))
    }
}

/// The refusal for what the path names, if it isn't there.
pub(crate) fn not_there(call: &Call<'_>) -> Option<Refusal> {
    let has = |name: &str| call.path.iter().any(|(known, _)| known == name);
    let account = call.account();
    if has("contactId") {
        contacts::contact(call, &account).err()
    } else if has("contactStructureId") {
        call.structure(&account).err()
    } else {
        None
    }
}

fn commit(account: &mut Account, changes: Vec<Change>) -> Result<(), Refusal> {
    account.commit(changes).map_err(|error: io::Error| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Refusal::new(Rule::StateFile, status, "InternalError", error.to_string())
    })
}

/// What an operation does.
pub(crate) type Code = fn(&Call<'_>) -> Result<Answer, Refusal>;

/// What the operation of this id does.
pub(crate) fn code_of(operation: &str) -> Option<Code> {
    Some(match operation {
        "listContacts" => contacts::list,
        "createContact" => contacts::create,
        "getContact" => contacts::get,
        "replaceContact" => contacts::replace,
        "updateContactStatus" => contacts::update_status,
        "deleteContact" => contacts::delete,
        "searchContacts" => search::search,
        "exportContacts" => export::export,
        "listEvents" => events::of_account,
        "listContactEvents" => events::of_contact,
        "listStructures" => structures::list,
        "createStructure" => structures::create,
        "getStructure" => structures::get,
        "replaceStructure" => structures::replace,
        "listLists" => lists::page,
        "createList" => lists::create,
        "deleteLists" => lists::delete_many,
        "listAllLists" => lists::all,
        "mergeLists" => lists::merge,
        "getList" => lists::get,
        "updateList" => lists::rename,
        "deleteList" => lists::delete,
        "duplicateList" => lists::duplicate,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::code_of;
    use crate::operations::OPERATIONS;

    #[test]
    fn every_operation_has_its_code() {
        for operation in &OPERATIONS {
            assert!(code_of(operation.id).is_some(), "{}", operation.id);
        }
    }
}
