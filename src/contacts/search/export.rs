//! Export: the contacts of a search as CSV, written while they arrive.

use std::{future, pin::Pin};

use futures_core::Stream;
use http::header;
use serde_json::Map;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{Search, SearchColumn, specification};
use crate::{Error, ErrorKind, raw::types, transport::cause};

const OPERATION: &str = "exportContacts";

impl Search {
    /// Writes the contacts to `output` as CSV while they arrive, flushes it, and returns how many bytes
    /// it wrote. One request, however many contacts; the memory of one piece of the body.
    ///
    /// Documented: the answer is `text/csv`. Assumed: the request is that of a search without paging.
    /// Which columns come, and how they are spelt, is the service's affair; nothing of it is checked,
    /// the criteria neither.
    ///
    /// ```no_run
    /// # async fn run(client: benchmark_email::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let structure = client.structures().primary().await?;
    /// let mut csv = Vec::new(); // or a tokio::fs::File
    /// let bytes = client.contacts().search(&structure).tag("VIP").export_to(&mut csv).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a mistake in the search, before anything is sent;
    /// [`ErrorKind::Unreadable`] when the answer is no CSV, before anything is written;
    /// [`ErrorKind::Interrupted`] when the connection is lost or stalls within the body, saying how many
    /// bytes were written: they are the beginning only; [`ErrorKind::Output`] when `output` fails;
    /// otherwise as any call.
    pub async fn export_to<W>(&self, output: &mut W) -> Result<u64, Error>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        let groups = self.groups()?;
        let body = types::ContactExport {
            contact_structure_id: self.structure.id().clone(),
            contact_specification: specification(&groups),
            source: self.csv_columns()?,
            extra: Map::new(),
        };
        let call = self.client.call();
        let exported = call.ask(async |raw| raw.export_contacts(&body).await);
        let answer = exported.await?;
        let kind = answer.headers().get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .map(str::to_ascii_lowercase);
        let mut pieces = answer.into_inner().into_inner();
        // A proxy's page, or an error with a status of success.
        if let Some(kind) = kind.filter(|kind| kind.contains("html") || kind.contains("json")) {
            let why = format!("the answer is {kind}, not CSV; nothing was written");
            return Err(Error::new(ErrorKind::Unreadable, why).on(OPERATION));
        }

        let mut written = 0;
        while let Some(piece) = next(&mut pieces).await {
            let piece = piece.map_err(|why| broken_off(why, written))?;
            output
                .write_all(&piece)
                .await
                .map_err(|why| not_taken(why, written))?;
            written += piece.len() as u64;
        }
        output
            .flush()
            .await
            .map_err(|why| not_taken(why, written))?;
        Ok(written)
    }
}

impl Search {
    /// The columns of a CSV, each once, in the order in which they were asked for.
    fn csv_columns(&self) -> Result<Vec<SearchColumn>, Error> {
        let asked = self.columns.as_deref().unwrap_or(SearchColumn::ALL);
        let mut columns = Vec::with_capacity(asked.len());
        for column in asked {
            if !columns.contains(column) {
                columns.push(*column);
            }
        }
        if columns.is_empty() {
            return Err(Error::invalid("a CSV without a column: name at least one"));
        }
        Ok(columns)
    }
}

async fn next<S: Stream + ?Sized>(stream: &mut Pin<Box<S>>) -> Option<S::Item> {
    future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

fn broken_off(why: reqwest::Error, written: u64) -> Error {
    let text = format!(
        "the export broke off after {written} bytes were written, which are its beginning only: {}",
        cause(&why)
    );
    Error::new(ErrorKind::Interrupted, text)
        .on(OPERATION)
        .with_source(why.without_url())
}

fn not_taken(why: std::io::Error, written: u64) -> Error {
    let text = format!("the export can't be written on after {written} bytes: {why}");
    Error::new(ErrorKind::Output, text)
        .on(OPERATION)
        .with_source(why)
}
