//! `observed.json`: what was seen, with the requests and answers that show it.

use serde_json::{Value, json};

use super::{Probe, Seen, assumed, claims, scrub::Scrub};

/// What was seen on a day, fit to be shown to anybody.
pub(crate) fn observed(probe: &Probe, date: &str) -> Value {
    let mut scrub = Scrub::new(&probe.made.ids, &probe.subject.labels);
    let exchanges: Vec<Value> = probe
        .service
        .exchanges
        .iter()
        .map(|exchange| {
            let answer = &exchange.answer;
            json!({
                "number": answer.number,
                "method": answer.method.as_str(),
                "path": scrub.text(&exchange.path),
                "body": exchange.request.as_ref().map(|body| scrub.value(body)),
                "status": answer.status,
                "headers": answer.headers,
                "answer": scrub.answer(&answer.body),
            })
        })
        .collect();
    let rules = claims();
    let findings: Vec<Value> = probe
        .findings()
        .iter()
        .zip(&rules)
        .map(|(finding, rule)| {
            let (seen, why) = match &finding.seen {
                Seen::Reading(reading) => (Some(*reading), None),
                Seen::Otherwise => (Some("otherwise"), None),
                Seen::Untold(why) | Seen::NotAsked(why) => (None, Some(why)),
            };
            json!({
                "claim": finding.claim,
                "says": rule.says,
                "assumed": assumed(rule),
                "seen": seen,
                "why": why,
                "evidence": finding.evidence,
                "exchanges": finding.exchanges,
            })
        })
        .collect();
    json!({
        "format": 1,
        "date": date,
        "program": concat!("bme ", env!("CARGO_PKG_VERSION")),
        "claims": findings,
        "exchanges": exchanges,
    })
}
