//! Export: the contacts of a search as CSV, written while they arrive.

use std::{future, pin::Pin};

use bytes::Bytes;
use futures_core::Stream;
use http::header;
use serde_json::Map;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{Search, SearchColumn, specification};
use crate::{Error, ErrorKind, raw::types, transport::Head};

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
    /// bytes were written: they are the beginning only; [`ErrorKind::Timeout`], saying the same, when the
    /// deadline passes, which counts the time that `output` takes as well; [`ErrorKind::Output`] when
    /// `output` fails; otherwise as any call.
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
        let call = self.caller.call();
        let exported = call.ask_stream(async |raw| raw.export_contacts(&body).await);
        let (pieces, head) = exported.await?;
        write(pieces.into_inner(), &head, output).await
    }
}

/// Writes the body on as it comes, and tells how many bytes it had.
async fn write<W>(
    mut pieces: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    head: &Head,
    output: &mut W,
) -> Result<u64, Error>
where
    W: AsyncWrite + Unpin + ?Sized,
{
    // A proxy's page, or an error with a status of success.
    let kind = head.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| Some(kind.to_str().ok()?.to_ascii_lowercase()));
    if let Some(kind) = kind.filter(|kind| kind.contains("html") || kind.contains("json")) {
        let why = format!("the answer is {kind}, not CSV; nothing was written");
        return Err(head.tell(Error::new(ErrorKind::Unreadable, why)));
    }
    let mut written = 0_u64;
    let not_taken = |why: std::io::Error, written: u64| {
        let text = format!("the export can't be written on after {written} bytes: {why}");
        head.tell(Error::new(ErrorKind::Output, text).with_source(why))
    };
    while let Some(piece) = future::poll_fn(|context| pieces.as_mut().poll_next(context)).await {
        let piece = piece.map_err(|why| {
            let what = format!(
                "the export broke off after {written} bytes were written, which are its beginning only"
            );
            head.broken_off(&what, why)
        })?;
        let taken = output.write_all(&piece).await;
        taken.map_err(|why| not_taken(why, written))?;
        written = written.saturating_add(piece.len() as u64);
    }
    let taken = output.flush().await;
    taken.map_err(|why| not_taken(why, written))?;
    Ok(written)
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
