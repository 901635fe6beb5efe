//! The operations of the API: one table of what there is, with method, path, scope and the code behind.

use http::Method;

use crate::access::Needs;
use crate::answer::{Answer, Refusal};
use crate::api::{self, Call};

/// One operation.
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    pub(crate) has_body: bool,
    pub(crate) run: fn(&Call<'_>) -> Result<Answer, Refusal>,
}

/// All of them.
pub(crate) static OPERATIONS: [Operation; 23] = {
    use Needs::{Read, Write};
    use api::{contacts, events, export, lists, search, structures};

    const CONTACTS: &str = "/api/contact";
    const CONTACT: &str = "/api/contact/{contactId}";
    const STRUCTURES: &str = "/api/contact-structure";
    const STRUCTURE: &str = "/api/contact-structure/{contactStructureId}";
    const LISTS: &str = "/api/contact-structure/{contactStructureId}/lists";
    const LISTS_ALL: &str = "/api/contact-structure/{contactStructureId}/lists/all";
    const LISTS_MERGE: &str = "/api/contact-structure/{contactStructureId}/lists/merge";
    const LIST: &str = "/api/contact-structure/{contactStructureId}/lists/{listId}";
    const DUPLICATE: &str = "/api/contact-structure/{contactStructureId}/lists/{listId}/duplicate";

    [
        op("listContacts", Method::GET, CONTACTS, Read, contacts::list),
        op(
            "createContact",
            Method::POST,
            CONTACTS,
            Write,
            contacts::create,
        )
        .with_body(),
        op("getContact", Method::GET, CONTACT, Read, contacts::get),
        op(
            "replaceContact",
            Method::PUT,
            CONTACT,
            Write,
            contacts::replace,
        )
        .with_body(),
        op(
            "updateContactStatus",
            Method::PATCH,
            CONTACT,
            Write,
            contacts::update_status,
        )
        .with_body(),
        op(
            "deleteContact",
            Method::DELETE,
            CONTACT,
            Write,
            contacts::delete,
        ),
        op(
            "searchContacts",
            Method::POST,
            "/api/contact/search",
            Read,
            search::search,
        )
        .with_body(),
        op(
            "exportContacts",
            Method::POST,
            "/api/contact/export",
            Read,
            export::export,
        )
        .with_body(),
        op(
            "listEvents",
            Method::GET,
            "/api/contact/events",
            Read,
            events::of_account,
        ),
        op(
            "listContactEvents",
            Method::GET,
            "/api/contact/{contactId}/events",
            Read,
            events::of_contact,
        ),
        op(
            "listStructures",
            Method::GET,
            STRUCTURES,
            Read,
            structures::list,
        ),
        op(
            "createStructure",
            Method::POST,
            STRUCTURES,
            Write,
            structures::create,
        ),
        op(
            "getStructure",
            Method::GET,
            STRUCTURE,
            Read,
            structures::get,
        ),
        op(
            "replaceStructure",
            Method::PUT,
            STRUCTURE,
            Write,
            structures::replace,
        )
        .with_body(),
        op("listLists", Method::GET, LISTS, Read, lists::page),
        op("createList", Method::POST, LISTS, Write, lists::create).with_body(),
        op(
            "deleteLists",
            Method::DELETE,
            LISTS,
            Write,
            lists::delete_many,
        )
        .with_body(),
        op("listAllLists", Method::GET, LISTS_ALL, Read, lists::all),
        op("mergeLists", Method::POST, LISTS_MERGE, Write, lists::merge).with_body(),
        op("getList", Method::GET, LIST, Read, lists::get),
        op("updateList", Method::PATCH, LIST, Write, lists::rename).with_body(),
        op("deleteList", Method::DELETE, LIST, Write, lists::delete),
        op(
            "duplicateList",
            Method::POST,
            DUPLICATE,
            Write,
            lists::duplicate,
        )
        .with_body(),
    ]
};

/// The operation of this id.
pub(crate) fn named(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

const fn op(
    id: &'static str,
    method: Method,
    path: &'static str,
    needs: Needs,
    run: fn(&Call<'_>) -> Result<Answer, Refusal>,
) -> Operation {
    Operation {
        id,
        method,
        path,
        needs,
        has_body: false,
        run,
    }
}

impl Operation {
    const fn with_body(mut self) -> Self {
        self.has_body = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_and_routes_are_unique() {
        let ids: HashSet<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
        let routes: HashSet<_> = OPERATIONS
            .iter()
            .map(|op| (op.method.as_str(), op.path))
            .collect();
        assert_eq!(
            (ids.len(), routes.len()),
            (OPERATIONS.len(), OPERATIONS.len())
        );
    }
}
