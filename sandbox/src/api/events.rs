//! Events: what happened to the contacts of the account, or to one of them.

use serde_json::json;

use super::query::{self, Paging};
use super::{Call, contacts};
use crate::account::{Event, EventKind};
use crate::answer::{Answer, Refusal};
use crate::rules::Rule;

const DAY: i64 = 24 * 3600;
const DAYS_KEPT: u64 = 90;
const DAYS_SHOWN: u64 = 30;

/// `GET /api/contact/events`.
pub(crate) fn of_account(call: &Call<'_>) -> Result<Answer, Refusal> {
    let days = query::whole(call.query, "pastDays", 1..=DAYS_KEPT)?.unwrap_or(DAYS_SHOWN);
    page(call, days, |_| true)
}

/// `GET /api/contact/{contactId}/events`.
pub(crate) fn of_contact(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = contacts::contact(call, &call.account())?.id;
    page(call, DAYS_KEPT, |event| event.contact_id == id)
}

fn page(call: &Call<'_>, days: u64, belongs: impl Fn(&Event) -> bool) -> Result<Answer, Refusal> {
    let kinds = read_kinds(call)?;
    let paging = Paging::read(call.query)?;
    let since = call
        .now
        .plus_seconds(-i64::try_from(days).unwrap_or(0) * DAY);
    let account = call.account();
    let events: Vec<&Event> = account
        .events()
        .rev()
        .filter(|event| event.timestamp >= since && belongs(event))
        .filter(|event| {
            kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&event.kind))
        })
        .collect();
    let total = events.len();
    Ok(Answer::ok(
        &json!({ "records": paging.cut(events.into_iter()), "total": total }),
    ))
}

/// `types=contact-created,contact-updated`.
fn read_kinds(call: &Call<'_>) -> Result<Option<Vec<EventKind>>, Refusal> {
    let Some(types) = query::list(call.query, "types", Rule::EventTypes)? else {
        return Ok(None);
    };
    let kind = |name| {
        serde_json::from_value(json!(name)).map_err(|_| {
            Refusal::validation(Rule::EventTypes, "types has an unknown event type").at("types")
        })
    };
    types
        .into_iter()
        .map(kind)
        .collect::<Result<_, _>>()
        .map(Some)
}
