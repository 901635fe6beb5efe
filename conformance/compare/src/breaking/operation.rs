//! The breaks of one operation: its names in generated code, who may call it, its parameters, what it
//! takes and what it answers.

use std::collections::BTreeSet;

use super::{Break, parts};
use crate::document::{Direction, Header, Media, Operation, Parameter, Request, Response, Slot};

/// The breaks found so far.
#[derive(Debug, Default)]
pub(super) struct Breaks(Vec<Break>);

impl Breaks {
    pub(super) fn add(&mut self, place: &str, what: &str) {
        self.0.push(Break {
            place: place.to_owned(),
            what: what.to_owned(),
            written_in: None,
        });
    }

    /// A break that was written in that component, if in one, and shows at the place.
    pub(super) fn add_written(&mut self, place: &str, what: &str, written_in: Option<&String>) {
        self.0.push(Break {
            place: place.to_owned(),
            what: what.to_owned(),
            written_in: written_in.cloned(),
        });
    }

    pub(super) fn into_sorted(mut self) -> Vec<Break> {
        self.0.sort();
        self.0
    }
}

/// `components` are the schemas that there are now: a name that is gone altogether is told once.
pub(super) fn compare(
    found: &mut Breaks,
    old: &Operation,
    new: &Operation,
    components: &BTreeSet<String>,
) {
    let title = &old.title;
    let mut changed = |what: &str, old: &str, new: &str, why: &str| {
        if old != new {
            found.add(
                title,
                &format!("{what} changed from `{old}` to `{new}`: {why}"),
            );
        }
    };
    let id = |operation: &Operation| operation.id.clone().unwrap_or_default();
    changed(
        "operationId",
        &id(old),
        &id(new),
        "generated methods are named after it",
    );
    let tags = |operation: &Operation| operation.tags.join(", ");
    changed(
        "tag",
        &tags(old),
        &tags(new),
        "generated classes are named after it",
    );

    for scope in &new.scopes {
        if !old.scopes.iter().any(|had| covers(had, scope)) {
            found.add(
                title,
                &format!("needs the scope `{scope}`, which its callers may lack"),
            );
        }
    }
    for way in old.security.difference(&new.security) {
        found.add(title, &format!("`{way}` is no longer enough to be let in"));
    }
    parameters(found, old, new, components);
    request(found, old, new, components);
    responses(found, old, new, components);
}

/// Whether a key with one scope may do what asks for the other: writing includes reading.
fn covers(had: &str, needed: &str) -> bool {
    let read = |scope: &str| scope.strip_suffix(":read").map(str::to_owned);
    had == needed
        || (had.strip_suffix(":write").map(str::to_owned) == read(needed) && read(needed).is_some())
}

fn parameters(found: &mut Breaks, old: &Operation, new: &Operation, components: &BTreeSet<String>) {
    let place = |slot: &Slot, parameter: &Parameter| match slot {
        Slot::Path(_) => format!("{}: parameter {}", old.title, parameter.name),
        Slot::Named { .. } => format!("{}: {slot}", old.title),
    };
    for (slot, had) in &old.parameters {
        let place = place(slot, had);
        let Some(has) = new.parameters.get(slot) else {
            found.add(&place, "removed");
            continue;
        };
        if had.name != has.name && matches!(slot, Slot::Path(_)) {
            let what = format!(
                "renamed to `{}`: generated arguments are named after it",
                has.name
            );
            found.add(&place, &what);
        }
        if has.required && !had.required {
            found.add(&place, "now required");
        }
        if had.style != has.style {
            found.add(
                &place,
                &format!("written `{}` instead of `{}`", has.style, had.style),
            );
        }
        parts::compare(
            found,
            &place,
            Direction::Request,
            &had.parts,
            &has.parts,
            components,
        );
    }
    for (slot, has) in &new.parameters {
        if has.required && !old.parameters.contains_key(slot) {
            found.add(&place(slot, has), "new and required");
        }
    }
}

fn request(found: &mut Breaks, old: &Operation, new: &Operation, components: &BTreeSet<String>) {
    let place = format!("{}: request", old.title);
    match (&old.request, &new.request) {
        (None, Some(Request { required: true, .. })) => found.add(&place, "body new and required"),
        (None, _) => {}
        (Some(_), None) => found.add(&place, "body removed"),
        (Some(had), Some(has)) => {
            if has.required && !had.required {
                found.add(&place, "body now required");
            }
            media(
                found,
                &place,
                Direction::Request,
                &had.media,
                &has.media,
                components,
            );
        }
    }
}

fn responses(found: &mut Breaks, old: &Operation, new: &Operation, components: &BTreeSet<String>) {
    for (status, had) in &old.responses {
        let place = format!("{}: response {status}", old.title);
        let Some(has) = new.responses.get(status) else {
            found.add(&place, "removed");
            continue;
        };
        media(
            found,
            &place,
            Direction::Response,
            &had.media,
            &has.media,
            components,
        );
        if had.media.is_empty() && !has.media.is_empty() {
            found.add(
                &place,
                "has a body now: generated methods answer another type",
            );
        }
        for (name, had) in &had.headers {
            let place = format!("{place}: header {}", had.name);
            match has.headers.get(name) {
                None => found.add(&place, "removed"),
                Some(has) => header(found, &place, had, has, components),
            }
        }
    }
    for status in new.responses.keys() {
        if Response::is_success(status) && !old.responses.contains_key(status) {
            let place = format!("{}: response {status}", old.title);
            found.add(
                &place,
                "another success: clients take a status they don't know for an error",
            );
        }
    }
}

fn header(
    found: &mut Breaks,
    place: &str,
    had: &Header,
    has: &Header,
    components: &BTreeSet<String>,
) {
    if had.required && !has.required {
        found.add(place, "no longer required");
    }
    parts::compare(
        found,
        place,
        Direction::Response,
        &had.parts,
        &has.parts,
        components,
    );
}

fn media(
    found: &mut Breaks,
    place: &str,
    direction: Direction,
    old: &Media,
    new: &Media,
    components: &BTreeSet<String>,
) {
    for (kind, had) in old {
        let place = format!("{place}: {kind}");
        match (had, new.get(kind)) {
            (_, None) => found.add(&place, "removed"),
            (None, Some(None)) => {}
            (Some(_), Some(None)) => found.add(&place, "has no schema any more"),
            (None, Some(Some(_))) => found.add(&place, "has a schema now"),
            (Some(had), Some(Some(has))) => {
                parts::compare(found, &place, direction, had, has, components);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_includes_reading_the_same_resource() {
        let cases = [
            ("contacts:read", "contacts:read", true),
            ("contacts:write", "contacts:read", true),
            ("contacts:read", "contacts:write", false),
            ("reports:write", "contacts:read", false),
            ("all", "everything", false),
        ];
        for (had, needed, expected) in cases {
            assert_eq!(covers(had, needed), expected, "{had} for {needed}");
        }
    }
}
