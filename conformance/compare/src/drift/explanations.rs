//! The explanations of differences: patterns for their names, each with a reason and a source. They
//! are held against the differences in both directions, so none outlives what it explains.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::{claim, difference::Difference};
use crate::Error;

/// Why some differences are all right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// Names of differences. `*` stands for any run of characters between two colons.
    pub names: Vec<String>,
    /// Why they are all right.
    pub reason: String,
    /// What that rests on, as in `x-fact`.
    pub source: String,
}

/// All explanations of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanations(Vec<Explanation>);

/// What the explanations make of the differences.
#[derive(Debug)]
pub struct Verdict<'a> {
    /// Each difference with why it is all right; `None` where nothing says so.
    pub differences: Vec<(&'a Difference, Option<Why<'a>>)>,
    /// Names in explanations that no difference has any more.
    pub stale: Vec<&'a str>,
}

/// Why a difference is all right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why<'a> {
    /// Our document says where its addition comes from.
    Claim(&'a str),
    /// An explanation, with its reason and its source.
    Explained(&'a str, &'a str),
}

impl Explanations {
    /// The explanations of a parsed file: a list of `names`, `reason` and `source`.
    ///
    /// # Errors
    /// When it has another shape, a part is empty, or a source says neither `documented:`, `observed:` nor
    /// `assumed:`.
    pub fn read(value: Value) -> Result<Self, Error> {
        let all: Vec<Explanation> =
            serde_json::from_value(value).map_err(|why| Error::new(why.to_string()))?;
        for (index, explanation) in all.iter().enumerate() {
            let wrong = |why: &str| Error::at(format!("explanation {}", index + 1), why);
            if explanation.names.is_empty() || explanation.reason.trim().is_empty() {
                return Err(wrong("it needs names and a reason"));
            }
            let kinds = ["documented:", "observed:", "assumed:"];
            if !kinds
                .iter()
                .any(|kind| explanation.source.starts_with(kind))
            {
                return Err(wrong(
                    "its source starts with documented:, observed: or assumed:",
                ));
            }
        }
        Ok(Self(all))
    }

    /// Holds the differences and the explanations against each other.
    #[must_use]
    pub fn judge<'a>(&'a self, differences: &'a [Difference]) -> Verdict<'a> {
        let mut used = BTreeSet::new();
        let judged = differences.iter().map(|difference| {
            let claim = difference.claim.as_deref();
            let mut why = claim
                .filter(|claim| claim::stands_alone(claim))
                .map(Why::Claim);
            for explanation in &self.0 {
                for name in &explanation.names {
                    if matches(name, difference.segments()) {
                        used.insert(name.as_str());
                        why = Some(Why::Explained(&explanation.reason, &explanation.source));
                    }
                }
            }
            (difference, why)
        });
        let differences = judged.collect();
        let names = self.0.iter().flat_map(|explanation| &explanation.names);
        let stale = names
            .map(String::as_str)
            .filter(|name| !used.contains(name))
            .collect();
        Verdict { differences, stale }
    }
}

impl Verdict<'_> {
    /// Whether every difference is explained, and every explanation is needed.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.stale.is_empty() && self.differences.iter().all(|(_, why)| why.is_some())
    }
}

fn matches(name: &str, segments: &[String]) -> bool {
    let patterns: Vec<&str> = name.split(": ").collect();
    patterns.len() == segments.len()
        && patterns
            .iter()
            .zip(segments)
            .all(|(pattern, segment)| matches_segment(pattern, segment))
}

/// Whether the pieces between the stars come in the text, in order, from its start to its end.
fn matches_segment(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stars_stand_for_anything_between_two_colons() {
        let name = ["GET /api/contact/{contactId}", "response 200", "type"].map(str::to_owned);
        let cases = [
            ("GET /api/contact/{contactId}: response 200: type", true),
            ("* /api/contact*: response 2*: *", true),
            ("*: *: *", true),
            ("*: *", false),
            ("*: *: *: *", false),
            ("GET*contact*contactId}: *0: type", true),
            ("GET*Contact*: *: type", false),
            ("GET: *: type", false),
            ("*: response 20: type", false),
        ];
        for (pattern, expected) in cases {
            assert_eq!(matches(pattern, &name), expected, "{pattern}");
        }
        assert!(
            !matches_segment("ab*ba", "aba"),
            "no character counts twice"
        );
    }

    #[test]
    fn a_shapeless_explanation_is_refused() {
        let cases = [
            (json!({"names": []}), "expected a sequence"),
            (
                json!([{"names": ["*"], "reason": "so"}]),
                "missing field `source`",
            ),
            (
                json!([{"names": ["*"], "reason": "so", "source": "documented: x", "note": ""}]),
                "unknown field",
            ),
            (
                json!([{"names": [], "reason": "so", "source": "documented: x"}]),
                "explanation 1: it needs names",
            ),
            (
                json!([{"names": ["*"], "reason": " ", "source": "documented: x"}]),
                "a reason",
            ),
            (
                json!([{"names": ["*"], "reason": "so", "source": "hearsay"}]),
                "explanation 1: its source starts with",
            ),
        ];
        for (value, expected) in cases {
            let why = Explanations::read(value.clone()).unwrap_err().to_string();
            assert!(why.contains(expected), "{value}: {why}");
        }
    }
}
