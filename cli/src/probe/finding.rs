//! What was seen of a claim, and on what evidence.

use super::service::{Answer, Kind};

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// The service goes by this reading.
    Reading(&'static str),
    /// It does something that no known reading has.
    Otherwise,
    /// What came can mean this or that.
    Untold(String),
    /// It can't be asked, or not safely.
    NotAsked(String),
}

/// The name of the one reading of a claim that has no other.
pub(crate) const AS_ASSUMED: &str = "as-assumed";

/// One claim, and what was seen of it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The sandbox's name of the rule.
    pub(crate) claim: &'static str,
    pub(crate) seen: Seen,
    /// In words.
    pub(crate) evidence: String,
    /// The numbers of the exchanges that show it.
    pub(crate) exchanges: Vec<usize>,
}

impl Finding {
    /// A finding from answers, with the evidence that they are.
    pub(crate) fn new(claim: &'static str, seen: Seen, answers: &[&Answer]) -> Self {
        let evidence: Vec<_> = answers.iter().map(|answer| answer.described()).collect();
        Self {
            claim,
            seen,
            evidence: evidence.join("; "),
            exchanges: answers.iter().map(|answer| answer.number).collect(),
        }
    }

    /// A claim that has one reading: seen as it was assumed, or not.
    pub(crate) fn whether(claim: &'static str, holds: bool, answers: &[&Answer]) -> Self {
        let fault = answers.iter().find(|answer| answer.kind() == Kind::Fault);
        let seen = match fault {
            _ if holds => Seen::Reading(AS_ASSUMED),
            Some(fault) => Seen::Untold(fault.described()),
            None => Seen::Otherwise,
        };
        Self::new(claim, seen, answers)
    }

    /// The same with something to add to the evidence.
    pub(crate) fn noting(mut self, what: &str) -> Self {
        self.evidence = if self.evidence.is_empty() {
            what.to_owned()
        } else {
            format!("{}; {what}", self.evidence)
        };
        self
    }

    /// A claim of which nothing can be said.
    pub(crate) fn untold(claim: &'static str, why: impl Into<String>) -> Self {
        Self::new(claim, Seen::Untold(why.into()), &[])
    }

    pub(crate) fn not_asked(claim: &'static str, why: impl Into<String>) -> Self {
        Self::new(claim, Seen::NotAsked(why.into()), &[])
    }
}

/// The reading that one of these kinds of answers stands for; an answer of a kind that none of them has tells
/// nothing, as it may be a fault of the moment.
pub(crate) fn reading(answer: &Answer, readings: &[(Kind, &'static str)]) -> Seen {
    let kind = answer.kind();
    match readings.iter().find(|(known, _)| *known == kind) {
        Some((_, reading)) => Seen::Reading(reading),
        None if kind == Kind::Fault => Seen::Untold(format!("the answer was {}", answer.status)),
        None => Seen::Otherwise,
    }
}
