//! What a probe saw of a claim, as it is printed.

use benchmark_email_sandbox::RuleInForce;
use serde::Serialize;

use crate::probe::{Finding, Seen, assumed};

/// One claim.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct FindingRecord {
    /// The name of the sandbox's rule.
    claim: &'static str,
    /// The reading that this project goes by; `as-assumed` where it knows no other.
    assumed: &'static str,
    /// The reading that was seen; `otherwise` where it is none that is known; none where it can't be told.
    seen: Option<&'static str>,
    /// What shows it, or why it can't be told.
    evidence: String,
}

impl FindingRecord {
    pub(crate) fn new(finding: &Finding, rule: &RuleInForce) -> Self {
        let (seen, evidence) = match &finding.seen {
            Seen::Reading(reading) => (Some(*reading), finding.evidence.clone()),
            Seen::Otherwise => (Some("otherwise"), finding.evidence.clone()),
            Seen::Untold(why) | Seen::NotAsked(why) => (None, why.clone()),
        };
        Self {
            claim: finding.claim,
            assumed: assumed(rule),
            seen,
            evidence,
        }
    }

    pub(crate) fn cells(&self) -> Vec<String> {
        let seen = self.seen.unwrap_or("can't tell");
        [self.claim, self.assumed, seen, &self.evidence]
            .map(str::to_owned)
            .into()
    }
}
