//! CSV of somebody else's making on its way out: guarded against spreadsheets, and otherwise as it came.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll},
};

use benchmark_email::Error;
use csv_core::{ReadFieldResult, Reader};
use tokio::io::AsyncWrite;

use crate::spreadsheet::guard;

use super::{Failure, Output, file::beside};

/// Where CSV goes through.
pub(crate) struct CsvPipe {
    sink: Sink,
    /// None where not a byte shall change.
    reader: Option<Box<Reader>>,
    cell: Vec<u8>,
    record: Vec<String>,
    rows: u64,
    /// Why writing failed: the library knows the text of it only.
    failure: Option<io::Error>,
}

enum Sink {
    Stdout(BufWriter<io::Stdout>),
    /// Written beside its place, and put there in the end.
    File {
        out: BufWriter<fs::File>,
        beside: PathBuf,
        path: PathBuf,
    },
}

impl Sink {
    fn out(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(out) => out,
            Self::File { out, .. } => out,
        }
    }
}

impl CsvPipe {
    pub(crate) fn to_stdout(output: Output) -> Self {
        Self::new(output, Sink::Stdout(BufWriter::new(io::stdout())))
    }

    pub(crate) fn to_file(output: Output, path: &Path) -> Result<Self, Failure> {
        let beside = beside(path);
        let file = fs::File::create_new(&beside).map_err(|error| {
            Failure::io(&format!("{} can't be written", path.display()), &error)
        })?;
        let sink = Sink::File {
            out: BufWriter::new(file),
            beside,
            path: path.to_owned(),
        };
        Ok(Self::new(output, sink))
    }

    fn new(output: Output, sink: Sink) -> Self {
        let mut pipe = Self {
            sink,
            reader: (!output.raw).then(|| Box::new(Reader::new())),
            cell: Vec::new(),
            record: Vec::new(),
            rows: 0,
            failure: None,
        };
        if output.bom {
            pipe.failure = pipe.sink.out().write_all("\u{feff}".as_bytes()).err();
        }
        pipe
    }

    /// The library's failure, or our own if writing was what failed.
    pub(crate) fn explain(&mut self, error: Error) -> Failure {
        match self.failure.take() {
            Some(failure) => Failure::stdout(&failure),
            None => error.into(),
        }
    }

    /// Ends it; how many rows there were, without the header. Unknown, and 0, where not a byte was looked at.
    pub(crate) fn finish(mut self) -> Result<u64, Failure> {
        let ended = self.take(&[]).and_then(|()| self.sink.out().flush());
        let ended = ended.and_then(|()| match &self.sink {
            Sink::Stdout(_) => Ok(()),
            Sink::File { out, beside, path } => {
                out.get_ref().sync_all()?;
                fs::rename(beside, path)
            }
        });
        ended.map_err(|error| Failure::stdout(&error))?;
        Ok(self.rows.saturating_sub(1))
    }

    /// Takes bytes; none at the end.
    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(reader) = &mut self.reader else {
            return self.sink.out().write_all(bytes);
        };
        loop {
            let mut piece = [0; 1024];
            let (result, taken, made) = reader.read_field(bytes, &mut piece);
            bytes = bytes.get(taken..).unwrap_or_default();
            self.cell.extend(piece.iter().take(made));
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::End => return Ok(()),
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    let cell = String::from_utf8_lossy(&self.cell);
                    self.record.push(guard(&cell).into_owned());
                    self.cell.clear();
                    if record_end {
                        write_record(self.sink.out(), &self.record)?;
                        self.record.clear();
                        self.rows += 1;
                    }
                }
            }
        }
    }
}

fn write_record(out: &mut dyn Write, record: &[String]) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    csv.write_record(record)?;
    csv.flush()
}

impl AsyncWrite for CsvPipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Nothing at all would be taken for the end.
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if let Err(error) = self.take(bytes) {
            let told = io::Error::from(error.kind());
            self.failure = Some(error);
            return Poll::Ready(Err(told));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What isn't whole is no file.
impl Drop for CsvPipe {
    fn drop(&mut self) {
        if let Sink::File { beside, .. } = &self.sink {
            let _ = fs::remove_file(beside);
        }
    }
}
