//! The verdict as text: three groups, in each the differences under what makes them all right.

use std::{collections::BTreeMap, fmt};

use super::{
    difference::{Difference, Group},
    explanations::{Verdict, Why},
};

/// A verdict to print.
#[derive(Debug)]
pub struct Report<'a> {
    /// What to tell.
    pub verdict: &'a Verdict<'a>,
    /// Whether what is explained is left out.
    pub brief: bool,
}

const GROUPS: [(Group, &str); 3] = [
    (Group::Lacking, "The provider has, and we lack"),
    (Group::Added, "We add"),
    (Group::Disagreeing, "Both have, and disagree about"),
];

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, title) in GROUPS {
            self.group(f, group, title)?;
        }
        let stale = &self.verdict.stale;
        if !stale.is_empty() {
            writeln!(f, "Explained, but no difference any more: {}", stale.len())?;
        }
        for name in stale {
            writeln!(f, "  STALE: {name}")?;
        }
        Ok(())
    }
}

impl Report<'_> {
    fn group(&self, f: &mut fmt::Formatter<'_>, group: Group, title: &str) -> fmt::Result {
        let mut by_reason: BTreeMap<Option<Why<'_>>, Vec<&Difference>> = BTreeMap::new();
        for (difference, why) in &self.verdict.differences {
            if difference.group == group {
                by_reason.entry(*why).or_default().push(difference);
            }
        }
        let unexplained = by_reason.remove(&None).unwrap_or_default();
        let explained: usize = by_reason.values().map(Vec::len).sum();
        let unexplained_count = unexplained.len();
        writeln!(
            f,
            "{title}: {explained} explained, {unexplained_count} unexplained"
        )?;
        for difference in unexplained {
            writeln!(f, "  UNEXPLAINED: {difference}")?;
            if let Some(claim) = &difference.claim {
                writeln!(
                    f,
                    "    x-fact \"{claim}\" rests on what the provider's document doesn't say"
                )?;
            } else if group == Group::Added {
                writeln!(f, "    no x-fact says where it comes from")?;
            }
        }
        if self.brief {
            return Ok(());
        }
        for (why, differences) in by_reason {
            match why {
                Some(Why::Claim(claim)) => {
                    writeln!(f, "  x-fact: {claim}")?;
                }
                Some(Why::Explained(reason, source)) => {
                    writeln!(f, "  {} ({source})", reason.trim())?;
                }
                None => {}
            }
            for difference in differences {
                writeln!(f, "    {difference}")?;
            }
        }
        Ok(())
    }
}
