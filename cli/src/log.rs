//! `-v` and `--log-file`: the library's spans and events, which hold no key, address, id or value.

use std::{fs::OpenOptions, io, sync::Mutex};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::output::{Failure, OutputArgs};

/// Listens from now on, if anything was asked to be told.
pub(crate) fn start(output: &OutputArgs) -> Result<(), Failure> {
    if let Some(path) = &output.log_file {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| {
            Failure::io(
                &format!("the log {} can't be opened", path.display()),
                &error,
            )
        })?;
        listen(LevelFilter::DEBUG, Mutex::new(file));
        return Ok(());
    }
    match output.verbose {
        0 => {}
        1 => listen(LevelFilter::INFO, io::stderr),
        _ => listen(LevelFilter::DEBUG, io::stderr),
    }
    Ok(())
}

fn listen(level: LevelFilter, writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) {
    // There is one program, and this is its only listener: it can't be set already.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(writer)
        .try_init();
}
