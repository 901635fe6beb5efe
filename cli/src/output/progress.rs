//! One line on a terminal that says how far a long work is. Whatever else is told wipes it first.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{Output, table, terminal};

/// Whether the line stands on the terminal.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// How often it changes at most.
const PAUSE: Duration = Duration::from_millis(200);

/// The line; nothing where stderr is no terminal, or less is to be said.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    next: Instant,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            shown: !quiet && io::stderr().is_terminal(),
            next: Instant::now(),
        }
    }

    /// Says how far it is, if a moment has passed since it was last said.
    pub(crate) fn say(&mut self, text: impl FnOnce() -> String) {
        if self.shown && Instant::now() >= self.next {
            self.say_now(&text());
        }
    }

    /// Says it at once, as before something that may take long.
    pub(crate) fn say_now(&mut self, text: &str) {
        if !self.shown {
            return;
        }
        let room = terminal::stderr_width().map(|width| width.saturating_sub(1));
        let text = table::fitted(text, room);
        let text = text.lines().next().unwrap_or_default();
        wipe();
        DRAWN.store(true, Ordering::Relaxed);
        let mut err = io::stderr().lock();
        let _ = write!(err, "{text}").and_then(|()| err.flush());
        self.next = Instant::now() + PAUSE;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        wipe();
    }
}

/// Takes the line away, before something else is told.
pub(super) fn wipe() {
    if DRAWN.swap(false, Ordering::Relaxed) {
        let _ = write!(io::stderr().lock(), "\r\u{1b}[2K");
    }
}

impl Output {
    /// A line that says how far a long work is.
    pub(crate) fn progress(self) -> Progress {
        Progress::new(self.quiet)
    }
}
