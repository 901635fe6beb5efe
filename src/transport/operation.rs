//! What the transport knows of each operation: the table that `build.rs` makes from `openapi.yaml`.

use super::retry::Safety;

/// One operation.
#[derive(Debug, PartialEq)]
pub(crate) struct Operation {
    /// As the generated client names it: `create_contact`.
    pub(crate) id: &'static str,
    /// `operationId`: `createContact`.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// The path with its parameters unfilled, so that it can be logged.
    pub(crate) route: &'static str,
    pub(crate) safety: Safety,
    /// Whether the body of a success goes to the caller as it arrives.
    pub(crate) streams: bool,
    /// The success code that the document declares.
    pub(crate) success: u16,
}

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

/// `listContacts` once more, with the body left to the caller.
pub(crate) static LIST_STREAM: Operation = Operation {
    id: "list_contacts",
    name: "listContacts",
    method: "GET",
    route: "/api/contact",
    safety: Safety::Safe,
    streams: true,
    success: 200,
};

/// What is assumed of an operation that the table doesn't have: only a request by hand names one.
static UNKNOWN: Operation = Operation {
    id: "",
    name: "unknown",
    method: "",
    route: "",
    safety: Safety::NotIdempotent,
    streams: false,
    success: 200,
};

/// The operation that the generated client names so.
pub(crate) fn named(id: &str) -> &'static Operation {
    OPERATIONS
        .iter()
        .find(|operation| operation.id == id)
        .unwrap_or(&UNKNOWN)
}

/// The operation of a request that was put together by hand; where several paths fit, the one with the fewest
/// parameters.
#[cfg(feature = "raw")]
pub(super) fn at(method: &http::Method, path: &str) -> &'static Operation {
    let path = path.split('?').next().unwrap_or(path);
    let fits = |route: &str| {
        let (mut asked, mut known) = (path.split('/'), route.split('/'));
        let fit = |(asked, known): (&str, &str)| asked == known || known.starts_with('{');
        asked.by_ref().zip(known.by_ref()).all(fit)
            && path.matches('/').count() == route.matches('/').count()
    };
    let here = OPERATIONS
        .iter()
        .filter(|operation| operation.method == method.as_str() && fits(operation.route));
    here.min_by_key(|operation| operation.route.matches('{').count())
        .unwrap_or(&UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "raw")]
    #[test]
    fn a_request_by_hand_is_known_by_its_method_and_path() {
        for (method, path, name) in [
            (http::Method::GET, "/api/contact/5f1?x=1/2", "getContact"),
            (http::Method::POST, "/api/contact/search", "searchContacts"),
            (
                http::Method::GET,
                "/api/contact-structure/5f1/lists/all",
                "listAllLists",
            ),
            (
                http::Method::GET,
                "/api/contact-structure/5f1/lists/5f2",
                "getList",
            ),
            (http::Method::POST, "/api/contact/5f1", "unknown"),
            (http::Method::GET, "/api/contact/5f1/", "unknown"),
        ] {
            assert_eq!(at(&method, path).name, name, "{method} {path}");
        }
    }

    #[test]
    fn only_reads_are_safe_and_only_creations_are_unsafe_to_repeat() {
        let names = |safety| -> Vec<_> {
            OPERATIONS
                .iter()
                .filter(|o| o.safety == safety)
                .map(|o| o.name)
                .collect()
        };
        assert_eq!(OPERATIONS.len(), 22);
        assert_eq!(names(Safety::NotIdempotent).len(), 4);
        for name in ["createContact", "createList", "mergeLists", "duplicateList"] {
            assert!(names(Safety::NotIdempotent).contains(&name), "{name}");
        }
        for operation in OPERATIONS {
            let reads = operation.method == "GET"
                || ["searchContacts", "exportContacts"].contains(&operation.name);
            assert_eq!(
                operation.safety == Safety::Safe,
                reads,
                "{}",
                operation.name
            );
            assert_eq!(operation.streams, operation.name == "exportContacts");
            assert_eq!(named(operation.id), operation);
        }
        let listed = named(LIST_STREAM.id);
        assert_eq!(
            (LIST_STREAM.name, LIST_STREAM.route),
            (listed.name, listed.route)
        );
    }
}
