//! The breaks between two states of a body, parameter or header. A request must not allow less than
//! before, an answer must not allow more, and neither may change what generated code is made from.

use std::{cmp::Ordering, collections::BTreeSet};

use super::operation::Breaks;
use crate::document::{BOUNDS, Direction, Facts, Part, Parts, Path, Side, Step, compare_bounds};

pub(super) fn compare(
    found: &mut Breaks,
    place: &str,
    direction: Direction,
    old: &Parts,
    new: &Parts,
    components: &BTreeSet<String>,
) {
    let at = |path: &Path| match path.parent() {
        None => place.to_owned(),
        Some(_) => format!("{place}: {path}"),
    };
    // What is below a part that is gone or is something else now isn't told again.
    let mut told: BTreeSet<Path> = BTreeSet::new();
    let below = |told: &BTreeSet<Path>, path: &Path| {
        let mut above = path.parent();
        while let Some(path) = above {
            if told.contains(&path) {
                return true;
            }
            above = path.parent();
        }
        false
    };
    for (path, had) in old {
        if below(&told, path) {
            continue;
        }
        let place = at(path);
        let Some(has) = new.get(path) else {
            found.add_written(&place, "removed", had.written_in.as_ref());
            told.insert(path.clone());
            continue;
        };
        for what in use_of(direction, had, has, components) {
            found.add_written(&place, &what, has.written_in.as_ref());
        }
        // What a shared component says is changed there, not where it is used.
        let shared = has
            .component
            .as_ref()
            .filter(|_| had.component == has.component);
        let written_in = shared.or(has.written_in.as_ref());
        if had.facts.types != has.facts.types {
            let (from, to) = (had.facts.kind(), has.facts.kind());
            let what = format!("type changed from {from} to {to}");
            found.add_written(&place, &what, written_in);
            told.insert(path.clone());
            continue;
        }
        for what in value(direction, &had.facts, &has.facts) {
            found.add_written(&place, &what, written_in);
        }
    }
    for (path, has) in new {
        let top = path
            .parent()
            .is_some_and(|parent| old.contains_key(&parent));
        if top
            && !old.contains_key(path)
            && !below(&told, path)
            && let Some(what) = addition(direction, path, has)
        {
            found.add_written(&at(path), what, has.written_in.as_ref());
        }
    }
}

/// What is wrong with a part that wasn't there.
fn addition(direction: Direction, path: &Path, has: &Part) -> Option<&'static str> {
    match (path.last()?, direction) {
        (Step::Property(_), Direction::Request) if has.required => Some("new and required"),
        (Step::Elements | Step::Values, Direction::Request) => Some("now narrowed by a schema"),
        _ => None,
    }
}

/// What breaks in how a value is used: its type's name, and whether it must be there.
fn use_of(
    direction: Direction,
    had: &Part,
    has: &Part,
    components: &BTreeSet<String>,
) -> Vec<String> {
    let required = match direction {
        Direction::Request if has.required && !had.required => Some("now required"),
        Direction::Response if had.required && !has.required => Some("no longer required"),
        _ => None,
    };
    let required = required.map(str::to_owned).into_iter();
    required.chain(name(had, has, components)).collect()
}

/// What breaks in a value whose type is the same.
fn value(direction: Direction, had: &Facts, has: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    if had.format != has.format {
        let said = |format: &Option<String>| format.clone().unwrap_or_else(|| "none".into());
        let (from, to) = (said(&had.format), said(&has.format));
        found.push(format!("format changed from {from} to {to}"));
    }
    found.extend(sets(direction, had, has));
    found.extend(match direction {
        Direction::Request => narrowed(had, has),
        Direction::Response => widened(had, has),
    });
    found
}

/// Another component in the same place is another generated type. An inline object or set of values has
/// a generated type too; other inline schemas have none.
fn name(had: &Part, has: &Part, components: &BTreeSet<String>) -> Option<String> {
    let typed = has.facts.types.contains("object") || has.facts.closed_set.is_some();
    match (&had.component, &has.component) {
        (Some(old), new) if Some(old) != new.as_ref() && components.contains(old) => {
            let new = new.as_deref().unwrap_or("an inline schema");
            Some(format!(
                "{old} replaced by {new}: generated types are named after it"
            ))
        }
        (None, Some(new)) if typed => Some(format!(
            "named {new} now: generated types are named after it"
        )),
        _ => None,
    }
}

fn sets(direction: Direction, had: &Facts, has: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    match (&had.closed_set, &has.closed_set) {
        (None, Some(_)) => found.push("a closed set of values now".into()),
        (Some(_), None) => found.push("no longer a closed set of values".into()),
        _ => {}
    }
    if let (Some(old), Some(new)) = (had.values(), has.values()) {
        if direction == Direction::Request {
            let gone = old.difference(new);
            found.extend(gone.map(|value| format!("value `{value}` no longer taken")));
        } else if had.closed_set.is_some() && has.closed_set.is_some() {
            let more = new.difference(old);
            found.extend(more.map(|value| format!("value `{value}` new in a closed set")));
        }
    }
    found
}

/// What a request may no longer contain.
fn narrowed(had: &Facts, has: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    if had.choices.is_empty() && !has.choices.is_empty() {
        found.push("narrowed to alternatives now".into());
    }
    if had.nullable && !has.nullable {
        found.push("null no longer taken".into());
    }
    if has.no_others && !had.no_others {
        found.push("other properties no longer taken".into());
    }
    if had.default.is_some() && had.default != has.default {
        found.push("another default, or none".into());
    }
    for (keyword, old, new) in [
        ("pattern", &had.pattern, &has.pattern),
        ("not", &had.excluded, &has.excluded),
    ] {
        if let Some(new) = new
            && old.as_ref() != Some(new)
        {
            found.push(format!("{keyword} may take less: {new}"));
        }
    }
    for (keyword, side) in BOUNDS {
        if allows_less(side, had, has, keyword) {
            found.push(format!("{keyword} takes less"));
        }
    }
    found
}

/// What an answer may contain that it couldn't.
fn widened(had: &Facts, has: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    for choice in has.choices.difference(&had.choices) {
        found.push(format!("alternative `{choice}` new in an answer"));
    }
    if has.nullable && !had.nullable {
        found.push("may be null now".into());
    }
    if had.no_others && !has.no_others {
        found.push("may have other properties now".into());
    }
    for (keyword, old, new) in [
        ("pattern", &had.pattern, &has.pattern),
        ("not", &had.excluded, &has.excluded),
    ] {
        if let Some(old) = old
            && new.as_ref() != Some(old)
        {
            found.push(format!("{keyword} may allow more: it was {old}"));
        }
    }
    for (keyword, side) in BOUNDS {
        if allows_less(side, has, had, keyword) {
            found.push(format!("{keyword} allows more"));
        }
    }
    found
}

/// Whether the second allows less by that keyword than the first.
fn allows_less(side: Side, first: &Facts, second: &Facts, keyword: &str) -> bool {
    match (first.bounds.get(keyword), second.bounds.get(keyword)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(first), Some(second)) => match (side, compare_bounds(first, second)) {
            (Side::Lower, order) => order == Ordering::Less,
            (Side::Upper, order) => order == Ordering::Greater,
            (Side::Neither, order) => order != Ordering::Equal,
        },
    }
}
