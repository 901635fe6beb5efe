//! The differences between two bodies, parameters or headers: their parts, and what is said about each.
//!
//! What we lack is told part by part, so that a part which the provider adds later has a name of its
//! own; what we add is told once, at its top.

use std::collections::BTreeSet;

use super::difference::{Differences, Place};
use crate::document::{BOUNDS, Facts, Part, Parts, Path};

/// How the whole is named: a body needs a word of its own, a parameter has its name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Told,
    Left,
}

/// What a whole body rests on.
pub(super) fn claim(parts: &Parts) -> Option<&String> {
    parts.get(&Path::default())?.claim.as_ref()
}

pub(super) fn compare(
    found: &mut Differences,
    place: &Place,
    root: Root,
    ours: &Parts,
    theirs: &Parts,
    claim: Option<&String>,
) {
    let at = |path: &Path| match (root, path.parent()) {
        (Root::Left, None) => place.clone(),
        _ => place.to(&path.to_string()),
    };
    for (path, theirs) in theirs {
        match ours.get(path) {
            None => found.lacking(&at(path)),
            Some(ours) => part(found, &at(path), ours, theirs),
        }
    }
    for (path, part) in ours {
        let top = path
            .parent()
            .is_none_or(|parent| theirs.contains_key(&parent));
        if top && !theirs.contains_key(path) {
            found.added(&at(path), part.claim.as_ref().or(claim));
        }
    }
}

fn part(found: &mut Differences, place: &Place, ours: &Part, theirs: &Part) {
    found.yes_or_no(place, "required", theirs.required, ours.required);
    let (ours, theirs) = (&ours.facts, &theirs.facts);
    found.fact(place, "type", Some(theirs.kind()), Some(ours.kind()));
    found.yes_or_no(place, "nullable", theirs.nullable, ours.nullable);
    found.yes_or_no(
        place,
        "no other properties",
        theirs.no_others,
        ours.no_others,
    );
    for (name, theirs, ours) in [
        ("format", &theirs.format, &ours.format),
        ("pattern", &theirs.pattern, &ours.pattern),
        ("default", &theirs.default, &ours.default),
        ("not", &theirs.excluded, &ours.excluded),
    ] {
        found.fact(place, name, theirs.clone(), ours.clone());
    }
    for (keyword, _) in BOUNDS {
        let bound = |facts: &Facts| facts.bounds.get(keyword).map(ToString::to_string);
        found.fact(place, keyword, bound(theirs), bound(ours));
    }
    sets(found, place, ours, theirs);
}

fn sets(found: &mut Differences, place: &Place, ours: &Facts, theirs: &Facts) {
    let openness = |facts: &Facts| match (&facts.closed_set, &facts.open_set) {
        (Some(_), _) => Some("closed set".to_owned()),
        (None, Some(_)) => Some("open set".to_owned()),
        (None, None) => None,
    };
    found.fact(place, "values", openness(theirs), openness(ours));
    if let (Some(ours), Some(theirs)) = (ours.values(), theirs.values()) {
        for value in theirs.symmetric_difference(ours) {
            let said = |set: &BTreeSet<String>| set.contains(value).then(|| "present".to_owned());
            found.fact(place, &format!("value {value}"), said(theirs), said(ours));
        }
    }
}
