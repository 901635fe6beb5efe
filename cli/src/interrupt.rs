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

/// Hears each time that the program is asked to stop, from the moment it is made.
#[derive(Debug)]
pub(crate) struct Stops {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stops {
    pub(crate) fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Completes when the program is asked to stop, once more.
    pub(crate) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
        }
    }
}

#[cfg(not(unix))]
impl Stops {
    #[allow(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Completes when the program is asked to stop, once more.
    #[allow(clippy::unused_self, reason = "on Unix it has the signals")]
    pub(crate) async fn next(&mut self) -> Stop {
        // Without a handler the system ends the program, which is what was asked for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::Interrupt
    }
}

/// Completes when the program is asked to stop. The signals are caught from the moment this is called.
pub(crate) fn asked_to_stop() -> io::Result<impl Future<Output = Stop>> {
    let mut stops = Stops::catch()?;
    Ok(async move { stops.next().await })
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
