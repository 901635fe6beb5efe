//! Something that happened to a contact.

use benchmark_email::Event;
use serde::Serialize;

use crate::output::Column;

/// Something that happened to a contact. Which properties are there depends on the type.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Event"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventRecord<'a> {
    /// When, in UTC.
    timestamp: Option<String>,
    /// What happened, for example `contact-unsubscribed`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The id of the contact that it happened to.
    contact_id: Option<String>,
    /// Everything that the service told, as it told it.
    #[cfg_attr(
        test,
        schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")
    )]
    event: &'a Event,
}

impl<'a> EventRecord<'a> {
    pub(crate) fn new(event: &'a Event) -> Self {
        Self {
            timestamp: event.timestamp.as_ref().map(ToString::to_string),
            kind: event.kind.as_ref().map(ToString::to_string),
            contact_id: event.contact_id.as_ref().map(ToString::to_string),
            event,
        }
    }

    /// One cell for each of [`event_columns`].
    pub(crate) fn cells(&self) -> Vec<String> {
        const TOLD_APART: [&str; 3] = ["timestamp", "type", "contactId"];
        let event = serde_json::to_value(self.event).unwrap_or_default();
        let details = event.as_object().into_iter().flatten();
        let details = details.filter(|(name, _)| !TOLD_APART.contains(&name.as_str()));
        let details = details.map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        });
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            text(&self.timestamp),
            text(&self.kind),
            text(&self.contact_id),
            details.collect::<Vec<_>>().join("; "),
        ]
    }
}

/// The columns of an event, in every format.
pub(crate) fn event_columns() -> Vec<Column> {
    vec![
        Column::new("timestamp", "When"),
        Column::new("type", "What"),
        Column::new("contactId", "Contact"),
        Column::new("details", "Details"),
    ]
}
