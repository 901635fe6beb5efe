//! Does our document still say what the provider's own document says? Compares two views and gives
//! every difference a stable name, in three groups: what the provider has and we lack, what we add, and
//! what disagrees. Which differences are all right is said by [`Explanations`].

mod claim;
mod difference;
mod explanations;
mod parts;
mod report;

use std::collections::{BTreeMap, BTreeSet};

pub use difference::{Difference, Group};
pub use explanations::{Explanation, Explanations, Verdict, Why};
pub use report::Report;

use crate::document::{Document, Media, Operation, Parameter, Request, Response, Route, Slot};
use difference::{Differences, Place};

/// Whether an operation of the provider is one that our document has to have: it is below
/// `/api/contact`, or needs a contacts scope. The provider's document describes other resources too.
#[must_use]
pub fn in_scope<'a>(path: &str, mut scopes: impl Iterator<Item = &'a str>) -> bool {
    path.starts_with("/api/contact") || scopes.any(|scope| scope.starts_with("contacts:"))
}

/// All differences between our document and the provider's.
#[must_use]
pub fn compare(ours: &Document, provider: &Document) -> Vec<Difference> {
    let covered = |(route, operation): &(&Route, &Operation)| {
        in_scope(&route.path, operation.scopes.iter().map(String::as_str))
    };
    let theirs: BTreeMap<_, _> = provider.operations.iter().filter(covered).collect();
    let mut found = Differences::default();
    for (route, theirs) in &theirs {
        match ours.operations.get(route) {
            None => found.lacking(&Place::of(&theirs.title).to("operation")),
            Some(ours) => operation(&mut found, ours, theirs),
        }
    }
    for (route, ours) in &ours.operations {
        if !theirs.contains_key(route) {
            found.added(&Place::of(&ours.title).to("operation"), ours.claim.as_ref());
        }
    }
    found.into_sorted()
}

fn operation(found: &mut Differences, ours: &Operation, theirs: &Operation) {
    let place = Place::of(&ours.title);
    let listed = |set: &BTreeSet<String>| {
        let all: Vec<&str> = set.iter().map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    };
    found.fact(
        &place,
        "scope",
        listed(&theirs.scopes),
        listed(&ours.scopes),
    );
    for (slot, theirs) in &theirs.parameters {
        match ours.parameters.get(slot) {
            None => found.lacking(&place.to(&slot.to_string())),
            Some(ours) => parameter(found, &place, slot, ours, theirs),
        }
    }
    for (slot, ours) in &ours.parameters {
        if !theirs.parameters.contains_key(slot) {
            found.added(&place.to(&slot.to_string()), ours.claim.as_ref());
        }
    }
    request(found, &place.to("request"), ours, theirs);
    for (status, theirs) in &theirs.responses {
        let place = place.to(&format!("response {status}"));
        match ours.responses.get(status) {
            None => found.lacking(&place),
            Some(ours) => response(found, &place, ours, theirs),
        }
    }
    for (status, answer) in &ours.responses {
        if !theirs.responses.contains_key(status) {
            let claim = answer.claim.as_ref().or(ours.claim.as_ref());
            found.added(&place.to(&format!("response {status}")), claim);
        }
    }
}

fn parameter(
    found: &mut Differences,
    place: &Place,
    slot: &Slot,
    ours: &Parameter,
    theirs: &Parameter,
) {
    let place = match slot {
        Slot::Path(_) => place.to(&format!("parameter {}", ours.name)),
        Slot::Named { .. } => place.to(&slot.to_string()),
    };
    let written = |p: &Parameter| Some(p.name.clone());
    if matches!(slot, Slot::Path(_)) {
        found.fact(&place, "name", written(theirs), written(ours));
    }
    found.yes_or_no(&place, "required", theirs.required, ours.required);
    found.fact(
        &place,
        "style",
        Some(theirs.style.clone()),
        Some(ours.style.clone()),
    );
    parts::compare(
        found,
        &place,
        parts::Root::Left,
        &ours.parts,
        &theirs.parts,
        ours.claim.as_ref(),
    );
}

fn request(found: &mut Differences, place: &Place, ours: &Operation, theirs: &Operation) {
    match (&ours.request, &theirs.request) {
        (None, None) => {}
        (None, Some(_)) => found.lacking(place),
        (Some(Request { media, .. }), None) => {
            let body = media.values().flatten().next();
            let claim = body.and_then(parts::claim).or(ours.claim.as_ref());
            found.added(place, claim);
        }
        (Some(ours_body), Some(theirs)) => {
            found.yes_or_no(place, "required", theirs.required, ours_body.required);
            media(
                found,
                place,
                &ours_body.media,
                &theirs.media,
                ours.claim.as_ref(),
            );
        }
    }
}

fn response(found: &mut Differences, place: &Place, ours: &Response, theirs: &Response) {
    media(
        found,
        place,
        &ours.media,
        &theirs.media,
        ours.claim.as_ref(),
    );
    for (name, theirs) in &theirs.headers {
        let place = place.to(&format!("header {}", theirs.name));
        match ours.headers.get(name) {
            None => found.lacking(&place),
            Some(ours) => {
                found.yes_or_no(&place, "required", theirs.required, ours.required);
                let claim = ours.claim.as_ref();
                parts::compare(
                    found,
                    &place,
                    parts::Root::Left,
                    &ours.parts,
                    &theirs.parts,
                    claim,
                );
            }
        }
    }
    for (name, ours) in &ours.headers {
        if !theirs.headers.contains_key(name) {
            found.added(
                &place.to(&format!("header {}", ours.name)),
                ours.claim.as_ref(),
            );
        }
    }
}

fn media(
    found: &mut Differences,
    place: &Place,
    ours: &Media,
    theirs: &Media,
    claim: Option<&String>,
) {
    for (kind, theirs) in theirs {
        let place = place.to(kind);
        match (ours.get(kind), theirs) {
            (None, _) => found.lacking(&place),
            (Some(None), None) => {}
            (Some(None), Some(_)) => found.lacking(&place.to("schema")),
            (Some(Some(ours)), None) => {
                found.added(&place.to("schema"), parts::claim(ours).or(claim));
            }
            (Some(Some(ours)), Some(theirs)) => {
                parts::compare(found, &place, parts::Root::Told, ours, theirs, claim);
            }
        }
    }
    for (kind, ours) in ours {
        if !theirs.contains_key(kind) {
            let claim = ours.as_ref().and_then(parts::claim).or(claim);
            found.added(&place.to(kind), claim);
        }
    }
}
