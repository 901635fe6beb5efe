//! What happened to a contact.

use serde::{Deserialize, Serialize};

use super::Id;
use super::extra::{self, Extra};
use crate::clock::Moment;

/// One entry of a contact's history.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    pub(crate) contact_id: Id,
    #[serde(rename = "type")]
    pub(crate) kind: EventKind,
    pub(crate) timestamp: Moment,
    pub(crate) source: Box<str>,
    /// What only events of mail, imports and users carry. The sandbox writes none of it; seeds do.
    #[serde(flatten, with = "extra", default)]
    pub(crate) extra: Extra,
}

/// The kinds that the service lists. The sandbox itself writes those about changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EventKind {
    ContactCreated,
    ContactUpdated,
    ContactUpdateFailed,
    ContactUnsubscribed,
    ContactReactivated,
    EmailSent,
    EmailBounced,
    EmailDelivered,
    EmailDelayed,
    EmailRejected,
    EmailComplaint,
    EmailOpened,
    EmailClicked,
    EmailSkipped,
}
