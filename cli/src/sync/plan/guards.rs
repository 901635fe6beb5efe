//! What stops a plan that is likelier a mistake than a wish. Each guard is passed by its name with a number.

use std::{fmt, str::FromStr};

use super::Counts;

/// A number, or a share in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    Number(u64),
    Percent(f64),
}

impl Limit {
    /// Whether so many of so many are within it.
    fn holds(self, part: u64, whole: u64) -> bool {
        match self {
            Self::Number(most) => part <= most,
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            Self::Percent(most) => part as f64 * 100.0 <= most * whole as f64,
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is neither a number like 500 nor a share like 20%");
        match text.strip_suffix('%') {
            Some(share) => match share.trim().parse() {
                Ok(share) if (0.0..=100.0).contains(&share) => Ok(Self::Percent(share)),
                _ => Err(wrong()),
            },
            None => text.parse().map(Self::Number).map_err(|_| wrong()),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

/// How far a plan may go.
#[derive(Clone, Debug)]
pub(crate) struct Guards {
    /// Contacts that would be updated, of all.
    pub(crate) max_updates: Limit,
    /// Active contacts that would be unsubscribed, of all active ones.
    pub(crate) max_unsubscribes: Limit,
    /// Records that can't be taken, of all; not where there are fewer than fifty.
    pub(crate) max_rejected: Limit,
    /// Valid rows of the last plan of this name, and how many there may be fewer now.
    pub(crate) rows_before: Option<u64>,
    pub(crate) max_fewer_rows: Limit,
    /// Requests left in the month, if known.
    pub(crate) month_left: Option<u64>,
    pub(crate) max_requests: Option<u64>,
    /// Whether an unreadable record would let somebody seem absent who must leave a mirrored list.
    pub(crate) mirrors_blindly: bool,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_updates: Limit::Percent(20.0),
            max_unsubscribes: Limit::Percent(5.0),
            max_rejected: Limit::Percent(10.0),
            rows_before: None,
            max_fewer_rows: Limit::Percent(50.0),
            month_left: None,
            max_requests: None,
            mirrors_blindly: false,
        }
    }
}

/// A guard that stops a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guard {
    /// What it found, with both numbers.
    pub(crate) why: String,
    /// What lets the plan pass.
    pub(crate) option: Option<String>,
}

impl Guards {
    /// Every guard that stops a plan of these counts.
    pub(crate) fn check(&self, counts: &Counts) -> Vec<Guard> {
        let mut guards = Vec::new();
        let mut stop = |why: String, option: Option<String>| guards.push(Guard { why, option });
        let valid = counts.valid();
        if counts.records == counts.blank {
            stop(
                "there are no rows: is this the right file?".to_owned(),
                None,
            );
            return guards;
        }
        if valid == 0 {
            let why = format!("none of {} rows can be taken", counts.rejected);
            stop(why, None);
        }
        let records = counts.records - counts.blank;
        if records >= 50 && !self.max_rejected.holds(counts.rejected, records) {
            let why = format!(
                "{} of {records} rows can't be taken ({})",
                counts.rejected,
                percent(counts.rejected, records)
            );
            stop(
                why,
                Some(option("--max-rejected", counts.rejected, records)),
            );
        }
        if let Some(before) = self.rows_before {
            let fewer = before.saturating_sub(valid);
            if !self.max_fewer_rows.holds(fewer, before) {
                let why = format!("{valid} rows, where the last plan of this name had {before}");
                stop(why, Some(option("--max-fewer-rows", fewer, before)));
            }
        }
        let updates = counts.of(super::Kind::Update);
        if !self.max_updates.holds(updates, counts.contacts) {
            let why = format!(
                "{updates} of {} contacts would change ({})",
                counts.contacts,
                percent(updates, counts.contacts)
            );
            stop(why, Some(option("--max-updates", updates, counts.contacts)));
        }
        if !self
            .max_unsubscribes
            .holds(counts.unsubscribed, counts.active)
        {
            let why = format!(
                "{} of {} active contacts would be unsubscribed ({}), which can't be undone",
                counts.unsubscribed,
                counts.active,
                percent(counts.unsubscribed, counts.active)
            );
            stop(
                why,
                Some(option(
                    "--max-unsubscribes",
                    counts.unsubscribed,
                    counts.active,
                )),
            );
        }
        let needed = counts.all_requests();
        if let Some(left) = self.month_left {
            let allowed = self.max_requests.unwrap_or(left - left / 10);
            if needed > allowed {
                let why = format!("{needed} requests are needed, and the month has {left} left");
                stop(why, Some(format!("--max-requests {needed}")));
            }
        }
        if self.mirrors_blindly {
            let why = "a row whose address can't be read may be somebody's who would leave the mirrored list";
            stop(why.to_owned(), None);
        }
        guards
    }
}

/// The option that lets so many of so many pass, in whole percent upwards.
fn option(name: &str, part: u64, whole: u64) -> String {
    let share = match whole {
        0 => 100,
        whole => (part * 100).div_ceil(whole).min(100),
    };
    format!("{name} {share}%")
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "of none".to_owned(),
        whole => format!("{} %", (part * 100).div_ceil(whole)),
    }
}
