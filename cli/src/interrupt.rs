//! Being asked to stop: Ctrl-C and SIGTERM.

use std::io;

use crate::output::{Exit, Failure};

/// What asked the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Interrupt,
    #[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has the signal"))]
    Terminate,
}

impl From<Stop> for Exit {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Interrupt => Self::Interrupted,
            Stop::Terminate => Self::Terminated,
        }
    }
}

/// Completes when the program is asked to stop. The signals are caught from the moment this is called.
#[cfg(unix)]
pub(crate) fn asked_to_stop() -> io::Result<impl Future<Output = Stop>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Stop::Interrupt,
            _ = terminate.recv() => Stop::Terminate,
        }
    })
}

/// Completes when the program is asked to stop.
#[cfg(not(unix))]
pub(crate) fn asked_to_stop() -> io::Result<impl Future<Output = Stop>> {
    Ok(async {
        // Without a handler the system ends the program, which is what was asked for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::Interrupt
    })
}

/// Works until it is done or the program is asked to stop; what is under way then is dropped.
pub(crate) async fn until_stopped(
    work: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    let stopped =
        asked_to_stop().map_err(|error| Failure::io("the signals can't be caught", &error))?;
    tokio::select! {
        outcome = work => outcome,
        stop = stopped => Ok(stop.into()),
    }
}
