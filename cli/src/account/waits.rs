//! What the program waits for, told while it waits.

use std::time::{Duration, SystemTime};

use benchmark_email::observe::{Observer, Wait, WaitReason};

use crate::output::{Output, clock_on_the_wall};

/// Shorter waits are nobody's business.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// Tells of waits on stderr.
#[derive(Debug)]
pub(super) struct Waits(pub(super) Output);

impl Observer for Waits {
    fn waiting(&self, wait: &Wait) {
        let left = wait
            .until
            .duration_since(SystemTime::now())
            .unwrap_or_default();
        if left < WORTH_TELLING {
            return;
        }
        let what = match wait.reason {
            WaitReason::Budget => "the account's requests of this hour are used up",
            _ => "the last attempt failed",
        };
        let until = clock_on_the_wall(wait.until);
        self.0.note(&format!(
            "Waiting {} s, until {until}: {what}.",
            left.as_secs()
        ));
    }
}
