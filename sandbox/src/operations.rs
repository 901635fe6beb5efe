//! The operations of the API: one table of what there is, with method, path and scope. `api` has the code behind.

use http::Method;

use crate::access::Needs;

/// One operation.
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    pub(crate) has_body: bool,
}

/// All of them.
pub(crate) static OPERATIONS: [Operation; 23] = {
    use Needs::{Read, Write};

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
        op("listContacts", Method::GET, CONTACTS, Read),
        op("createContact", Method::POST, CONTACTS, Write).with_body(),
        op("getContact", Method::GET, CONTACT, Read),
        op("replaceContact", Method::PUT, CONTACT, Write).with_body(),
        op("updateContactStatus", Method::PATCH, CONTACT, Write).with_body(),
        op("deleteContact", Method::DELETE, CONTACT, Write),
        op("searchContacts", Method::POST, "/api/contact/search", Read).with_body(),
        op("exportContacts", Method::POST, "/api/contact/export", Read).with_body(),
        op("listEvents", Method::GET, "/api/contact/events", Read),
        op(
            "listContactEvents",
            Method::GET,
            "/api/contact/{contactId}/events",
            Read,
        ),
        op("listStructures", Method::GET, STRUCTURES, Read),
        op("createStructure", Method::POST, STRUCTURES, Write),
        op("getStructure", Method::GET, STRUCTURE, Read),
        op("replaceStructure", Method::PUT, STRUCTURE, Write).with_body(),
        op("listLists", Method::GET, LISTS, Read),
        op("createList", Method::POST, LISTS, Write).with_body(),
        op("deleteLists", Method::DELETE, LISTS, Write).with_body(),
        op("listAllLists", Method::GET, LISTS_ALL, Read),
        op("mergeLists", Method::POST, LISTS_MERGE, Write).with_body(),
        op("getList", Method::GET, LIST, Read),
        op("updateList", Method::PATCH, LIST, Write).with_body(),
        op("deleteList", Method::DELETE, LIST, Write),
        op("duplicateList", Method::POST, DUPLICATE, Write).with_body(),
    ]
};

/// The operation of this id.
pub(crate) fn named(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

const fn op(id: &'static str, method: Method, path: &'static str, needs: Needs) -> Operation {
    Operation {
        id,
        method,
        path,
        needs,
        has_body: false,
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
