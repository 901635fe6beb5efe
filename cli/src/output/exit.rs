//! Exit codes: the same for every command.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "the list is complete for those who come: plans and their application"
)]
pub(crate) enum Exit {
    Done,
    Failed,
    CommandLine,
    Differences,
    Access,
    Guarded,
    Partly,
    Later,
    Interrupted,
    Terminated,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::CommandLine => 2,
            Self::Differences => 3,
            Self::Access => 4,
            Self::Guarded => 5,
            Self::Partly => 6,
            Self::Later => 75,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// `bme help exit-codes`.
pub(crate) const EXIT_CODES: &str = "  0  done
  1  failed
  2  the command line is wrong; nothing was sent that changes anything
  3  there are differences
  4  API key, scope, standing or configuration: a person has to act
  5  a guard stopped it; nothing was sent
  6  done but for some
 75  try again later; the time is printed (EX_TEMPFAIL)
130  stopped by Ctrl-C
143  stopped by SIGTERM

Treat a code that is not in this list as a failure.";
