//! Sets of strings that the service may extend: a value that this version doesn't know is kept.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! open_sets {
    ($( $(#[$meta:meta])* $set:ident { $( $(#[$value_meta:meta])* $value:ident = $text:literal, )* } )*) => { $(
        $(#[$meta])*
        ///
        /// The set is open: a value that this version doesn't know is kept in `Unknown` and goes
        /// back as it came.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $set {
            $( $(#[$value_meta])* $value, )*
            /// A value that this version doesn't know.
            Unknown(String),
        }

        impl $set {
            /// The values known to this version, as the service writes them.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value as the service writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$value => $text, )*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $set {
            fn from(text: &str) -> Self {
                match text {
                    $( $text => Self::$value, )*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl FromStr for $set {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(text.into())
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $set {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::wire::read_as_text! { $set }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $set;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_str<E>(self, text: &str) -> Result<$set, E> {
                        Ok(text.into())
                    }
                }

                deserializer.deserialize_str(Visitor)
            }
        }
    )* };
}

open_sets! {
    /// What the values of a custom field are. Documented: guide Manage Custom Fields.
    DataType {
        /// Text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day of a year.
        Date = "date",
        /// Yes or no.
        Boolean = "boolean",
        /// A day of every year, for example a birthday.
        RecurrentDate = "recurrent_date",
    }

    /// The standard field that a custom field stands for. Documented: guide Manage Custom Fields,
    /// with these two as examples.
    PredefinedField {
        /// The first name.
        FirstName = "firstName",
        /// The last name.
        LastName = "lastName",
    }

    /// Whether mail may be sent to a contact. Documented: guide Manage Contacts.
    PrimaryStatus {
        /// Mail may be sent.
        Active = "Active",
        /// No mail is sent. The API can't undo it.
        Inactive = "Inactive",
    }

    /// Why a contact is inactive. Documented: guide Manage Contacts, which says that the values
    /// include these.
    StatusReason {
        /// The contact has left; the only reason that a client may set.
        Unsubscribe = "Unsubscribe",
        /// Mail could not be delivered; set by the service.
        Bounce = "Bounce",
        /// The contact complained; set by the service.
        ComplaintFbl = "Complaint-FBL",
    }

    /// A column that a search compares. Documented: guide Search Contacts, but for two.
    FilterColumn {
        /// The e-mail address.
        Key = "KEY",
        /// A custom field.
        Field = "FIELD_ID",
        /// The lists.
        List = "LIST_ID",
        /// The tags; assumed.
        Tag = "TAG_ID",
        /// `Active` or `Inactive`; assumed.
        Status = "CONTACT_STATUS",
    }

    /// How a search compares a column. Documented: guide Search Contacts, which shows one and speaks of
    /// others.
    FilterOperator {
        /// It is one of the values.
        Equal = "EQ",
    }

    /// What happened to a contact. Documented: the provider's OpenAPI document.
    EventType {
        /// The contact was created.
        ContactCreated = "contact-created",
        /// The contact was changed.
        ContactUpdated = "contact-updated",
        /// A change of the contact failed.
        ContactUpdateFailed = "contact-update-failed",
        /// The contact left.
        ContactUnsubscribed = "contact-unsubscribed",
        /// The contact came back, by a way outside the API.
        ContactReactivated = "contact-reactivated",
        /// A message was sent.
        EmailSent = "email-sent",
        /// A message bounced.
        EmailBounced = "email-bounced",
        /// A message was delivered.
        EmailDelivered = "email-delivered",
        /// A message was delayed.
        EmailDelayed = "email-delayed",
        /// A message was rejected.
        EmailRejected = "email-rejected",
        /// The contact complained about a message.
        EmailComplaint = "email-complaint",
        /// A message was opened.
        EmailOpened = "email-opened",
        /// A link in a message was clicked.
        EmailClicked = "email-clicked",
        /// A message was not sent, on purpose.
        EmailSkipped = "email-skipped",
    }

    /// What kind of actor caused a change. Documented: the provider's OpenAPI document, with these two as
    /// examples.
    ActorKind {
        /// A user.
        User = "user",
        /// An administrator.
        Admin = "admin",
    }

    /// How a list gets its contacts. Documented: guide Manage Lists.
    ListKind {
        /// By assignment; the only kind now.
        Static = "static",
    }

    /// How a page of lists is sorted. Documented: guide Manage Lists.
    ListSort {
        /// By name, from A.
        NameAscending = "name:asc",
        /// By name, from Z.
        NameDescending = "name:desc",
        /// The oldest first.
        CreatedAscending = "createdAt:asc",
        /// The newest first.
        CreatedDescending = "createdAt:desc",
        /// The longest unchanged first.
        UpdatedAscending = "updatedAt:asc",
        /// The last changed first.
        UpdatedDescending = "updatedAt:desc",
    }

    /// The class of an error that the service reports. Documented: page Errors and the guides.
    ErrorType {
        /// The request is malformed.
        Validation = "ValidationError",
        /// A value that must be unique exists already.
        DuplicateField = "DuplicateFieldError",
        /// The `__v` that was sent is stale.
        Concurrency = "ConcurrencyError",
        /// A field that shall go is used by a published form.
        ContactFieldInUse = "ContactFieldInUseError",
        /// The API key is not valid.
        Unauthorized = "UnauthorizedError",
        /// The API key may not do this.
        Forbidden = "ForbiddenError",
        /// Nothing has this id.
        RecordNotFound = "RecordNotFound",
        /// A limit is reached.
        TooManyRequests = "TooManyRequestsError",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_tomorrow_goes_back_as_it_came() {
        let reason: StatusReason = serde_json::from_str("\"Spam-Trap\"").unwrap();
        assert_eq!(reason, StatusReason::Unknown("Spam-Trap".to_owned()));
        assert_eq!(serde_json::to_string(&reason).unwrap(), "\"Spam-Trap\"");
    }

    #[test]
    fn case_matters() {
        assert_eq!(
            PrimaryStatus::from("active"),
            PrimaryStatus::Unknown("active".to_owned())
        );
        assert_eq!(PrimaryStatus::from("Active"), PrimaryStatus::Active);
    }
}
