//! Export: the contacts of a search as CSV, made while it is sent.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::StatusCode;

use super::Call;
use super::search::{self, Selection, as_text};
use crate::account::{Contact, Id, Ref, Structure};
use crate::answer::{Answer, Content, Refusal};

/// Contacts that are written under one lock.
const BATCH: usize = 256;

/// `POST /api/contact/export`.
pub(crate) fn export(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account_to_search();
    let selection = Selection::read(call, &account)?;
    let columns = columns(&search::read_source(call)?, selection.structure);
    let head = Bytes::from(line(columns.iter().map(|(name, _)| name.clone())));
    let ids: Vec<Id> = selection
        .contacts(&account)
        .map(|contact| contact.id)
        .collect();
    drop(account);

    let world = Arc::clone(call.world);
    let rest = stream::unfold(0, move |at: usize| {
        let batch: Vec<Id> = ids.iter().skip(at).take(BATCH).copied().collect();
        let account = world.account.read().unwrap_or_else(PoisonError::into_inner);
        let known = batch.iter().filter_map(|id| account.indexed().get(*id));
        let rows: String = known
            .map(|contact| line(columns.iter().map(|(_, column)| column.of(contact))))
            .collect();
        let next = (!batch.is_empty()).then(|| (Bytes::from(rows), at + BATCH));
        async move {
            // Others get their turn between two batches.
            tokio::task::yield_now().await;
            next
        }
    });
    let pieces = stream::iter([head]).chain(rest).boxed();
    let content = Content::Pieces {
        content_type: "text/csv; charset=utf-8",
        pieces,
    };
    Ok(Answer {
        status: StatusCode::OK,
        content,
    })
}

/// What a column of the file holds.
enum Column {
    Id,
    Key,
    Field(Id),
    Lists,
    Tags,
    Status,
    StatusReason,
    CreatedAt,
    UpdatedAt,
}

/// The columns asked for, with their names; `fields` stands for one column each, named by its label.
fn columns(source: &[&str], structure: &Structure) -> Vec<(String, Column)> {
    let mut columns = Vec::new();
    for name in source {
        let column = match *name {
            "_id" => Column::Id,
            "key" => Column::Key,
            "lists" => Column::Lists,
            "tags" => Column::Tags,
            "contactStatus" => Column::Status,
            "contactSubStatus" => Column::StatusReason,
            "createdAt" => Column::CreatedAt,
            "updatedAt" => Column::UpdatedAt,
            _ => {
                let fields = structure.fields.iter();
                columns.extend(fields.map(|field| (field.label.clone(), Column::Field(field.id))));
                continue;
            }
        };
        columns.push(((*name).to_owned(), column));
    }
    columns
}

impl Column {
    fn of(&self, contact: &Contact) -> String {
        let ids = |refs: &[Ref]| {
            refs.iter()
                .map(|entry| entry.id.to_string())
                .collect::<Vec<_>>()
                .join(";")
        };
        match self {
            Self::Id => contact.id.to_string(),
            Self::Key => contact.key.to_string(),
            Self::Field(id) => contact.value_of(*id).and_then(as_text).unwrap_or_default(),
            Self::Lists => ids(&contact.lists),
            Self::Tags => ids(&contact.tags),
            Self::Status => contact.status.primary().to_owned(),
            Self::StatusReason => contact.status.secondary().unwrap_or_default().to_owned(),
            Self::CreatedAt => contact.created_at.to_string(),
            Self::UpdatedAt => contact.updated_at.to_string(),
        }
    }
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
