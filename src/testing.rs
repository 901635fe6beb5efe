//! Structures, lists, contacts and errors made by hand, for the tests of a program that uses this crate. Nothing
//! here is sent. To test against a service, use the sandbox.
//!
//! ```
//! use benchmark_email::{Contact, Error, ErrorKind, NewContact, testing, structures::DataType};
//!
//! // What a program does with a contact.
//! fn greeting(contact: Result<Contact, Error>) -> String {
//!     match contact {
//!         Ok(contact) => format!("Hello, {}", contact.key.as_str()),
//!         Err(error) if error.is_not_found() => "Who?".to_owned(),
//!         Err(error) => error.to_string(),
//!     }
//! }
//!
//! let structure = testing::structure("Default", [("Seats", DataType::Number)], ["VIP"]);
//! let new = NewContact::new(&structure, "jane.smith@example.com").field("Seats", 12)?;
//! let mut jane = testing::contact(&new)?;
//! jane.add_tag(&structure, "VIP")?;
//!
//! assert_eq!(greeting(Ok(jane)), "Hello, jane.smith@example.com");
//! assert_eq!(greeting(Err(testing::error(ErrorKind::NotFound))), "Who?");
//! # Ok::<(), Error>(())
//! ```

use std::time::SystemTime;

pub use crate::clock::Clock;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::{
    Contact, Error, ErrorKind, List, NewContact, Structure, contacts::StatusReason, key::ApiKey,
    structures::DataType, transport,
};

/// A structure with these fields, none of them required, and these tags. Ids are made up, the same each
/// time. One with more to it is read from JSON by serde.
#[must_use]
pub fn structure<'a>(
    label: impl AsRef<str>,
    fields: impl IntoIterator<Item = (&'a str, DataType)>,
    tags: impl IntoIterator<Item = &'a str>,
) -> Structure {
    Structure::made(label.as_ref(), fields, tags)
}

/// A list of this name, with an id made of it.
#[must_use]
pub fn list(name: impl AsRef<str>) -> List {
    List::made(name.as_ref())
}

/// The contact that the service would make of this: active, with version 0, and an id made of its address.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] when its address can't be one.
pub fn contact(new: &NewContact) -> Result<Contact, Error> {
    new.as_contact()
}

/// The same contact, inactive for this reason.
#[must_use]
pub fn inactive(contact: Contact, reason: StatusReason) -> Contact {
    contact.made_inactive(reason)
}

/// An error of this kind that no answer is behind: no status, no body.
#[must_use]
pub fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "made by hand").after_rounds(1)
}

/// The error that this answer of the service would be, judged as in earnest. Headers that can't be sent are
/// left out.
///
/// ```
/// use std::time::Duration;
/// use benchmark_email::testing;
///
/// let body = r#"{"errors":[{"errorType":"TooManyRequestsError",
///     "message":"Rate limit exceeded. Retry after 45 seconds."}]}"#;
/// let limited = testing::refusal(429, [("Retry-After", "45")], body);
/// assert!(limited.is_rate_limited());
/// assert_eq!(limited.retry_after(), Some(Duration::from_secs(45)));
/// ```
#[must_use]
pub fn refusal<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: impl AsRef<[u8]>,
) -> Error {
    let header = |(name, value): (&str, &str)| {
        let name: HeaderName = name.parse().ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    let headers: HeaderMap = headers.into_iter().filter_map(header).collect();
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    head.headers = headers;
    let (error, _) = transport::refusal(
        "getContact",
        &head,
        body.as_ref(),
        &ApiKey::none(),
        SystemTime::now(),
    );
    error.after_rounds(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn what_is_made_by_hand_is_as_if_the_service_had_sent_it() {
        let fields = [("Seats", DataType::Number), ("Seats", DataType::Text)];
        let structure = structure("Default", fields.clone(), ["VIP"]);
        let read: Structure =
            serde_json::from_str(&serde_json::to_string(&structure).unwrap()).unwrap();
        assert!(read == structure && read == super::structure("Default", fields, ["VIP"]));
        let [first, second] = structure.fields() else {
            panic!("two fields");
        };
        assert_ne!(first.id, second.id);

        let list = list("News").id;
        let new = NewContact::new(&structure, "jane@example.com").list(&list);
        let jane = contact(&new.field(&first.id, 12).unwrap()).unwrap();
        let json = serde_json::to_string(&jane).unwrap();
        assert_eq!(serde_json::from_str::<Contact>(&json).unwrap(), jane);
        let seats = jane.field(&structure, &first.id).unwrap();
        assert_eq!(seats.and_then(Value::as_i64), Some(12));
        assert!(jane.is_active() && jane.is_on(&list) && jane.version == Some(0));
        assert!(inactive(jane.clone(), StatusReason::Bounce).is_inactive());

        let joan = contact(&NewContact::new(&structure, "joan@example.com")).unwrap();
        assert_ne!(joan.id, jane.id);
        assert!(contact(&NewContact::new(&structure, "joan")).is_err());
    }

    #[test]
    fn a_refusal_is_judged_as_in_earnest() {
        let scope = r#"{"errors":[{"errorType":"ForbiddenError",
            "message":"API key missing required scope: contacts:write"}]}"#;
        let error = refusal(403, [("X-Odd", "a\nb"), ("Date", "x")], scope);
        assert_eq!(error.kind(), ErrorKind::MissingScope);
        assert_eq!(error.missing_scope(), Some("contacts:write"));
        assert_eq!((error.status(), error.attempts()), (Some(403), 1));
        assert_eq!(
            (error.header("date"), error.header("x-odd")),
            (Some("x"), None)
        );
        let page = refusal(404, [("content-type", "text/html")], "<html>");
        assert!(!page.is_not_found(), "a proxy's page proves nothing");
    }
}
