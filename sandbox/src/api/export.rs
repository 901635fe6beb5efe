//! Export: the contacts of a search as CSV, made while it is sent.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::StatusCode;
use serde_json::Value;

use super::Call;
use super::search::{Selection, as_text};
use crate::account::{Contact, Id};
use crate::answer::{Answer, Content, Refusal};

/// Contacts that are written under one lock.
const BATCH: usize = 256;

/// `POST /api/contact/export`.
pub(crate) fn export(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    let selection = Selection::read(call, &account)?;
    let fields: Vec<_> = selection
        .structure
        .fields
        .iter()
        .map(|field| field.id)
        .collect();
    let labels = selection
        .structure
        .fields
        .iter()
        .map(|field| field.label.clone());
    let head = [selection.structure.key_name.clone()]
        .into_iter()
        .chain(labels);
    let head =
        head.chain(["Status", "Status Reason", "Created At", "Updated At"].map(str::to_owned));
    let head = Bytes::from(line(head));
    let ids: Vec<Id> = selection
        .contacts(&account)
        .map(|contact| contact.id)
        .collect();
    drop(account);

    let world = Arc::clone(call.world);
    let rest = stream::unfold(0, move |at: usize| {
        let batch: Vec<Id> = ids.iter().skip(at).take(BATCH).copied().collect();
        let account = world.account.read().unwrap_or_else(PoisonError::into_inner);
        let known = batch.iter().filter_map(|id| account.contacts().get(*id));
        let rows: String = known.map(|contact| line(row(contact, &fields))).collect();
        let next = (!batch.is_empty()).then(|| (Bytes::from(rows), at + BATCH));
        async move { next }
    });
    let pieces = stream::iter([head]).chain(rest).boxed();
    Ok(Answer {
        status: StatusCode::OK,
        content: Content::Pieces {
            content_type: "text/csv; charset=utf-8",
            pieces,
        },
    })
}

fn row(contact: &Contact, fields: &[Id]) -> impl Iterator<Item = String> {
    let value = |id: &Id| {
        contact
            .value_of(*id)
            .and_then(|value: &Value| as_text(value))
            .unwrap_or_default()
    };
    let status = [
        contact.status.primary(),
        contact.status.secondary().unwrap_or_default(),
    ];
    let mut row = vec![contact.key.to_string()];
    row.extend(fields.iter().map(value));
    row.extend(status.map(str::to_owned));
    row.extend([
        contact.created_at.to_string(),
        contact.updated_at.to_string(),
    ]);
    row.into_iter()
}

/// One line of RFC 4180: quoted where a value holds a comma, a quote or a line break.
fn line(values: impl Iterator<Item = String>) -> String {
    let quoted = values.map(|value| {
        if value.contains([',', '"', '\r', '\n']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value
        }
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_would_break_a_line_are_quoted() {
        let values = ["plain", "a,b", "say \"hi\"", "two\nlines", ""].map(str::to_owned);
        assert_eq!(
            line(values.into_iter()),
            "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n"
        );
    }
}
