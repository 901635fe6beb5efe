//! What a schema says about a value by itself: its kind, its bounds, the values it knows.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Number;

/// Which way a bound closes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A greater number allows less.
    Lower,
    /// A smaller number allows less.
    Upper,
    /// Any other number allows something else.
    Neither,
}

/// The keywords that bound a value.
pub const BOUNDS: [(&str, Side); 12] = [
    ("minimum", Side::Lower),
    ("exclusiveMinimum", Side::Lower),
    ("minLength", Side::Lower),
    ("minItems", Side::Lower),
    ("minProperties", Side::Lower),
    // True is read as 1: more unique than 0.
    ("uniqueItems", Side::Lower),
    ("maximum", Side::Upper),
    ("exclusiveMaximum", Side::Upper),
    ("maxLength", Side::Upper),
    ("maxItems", Side::Upper),
    ("maxProperties", Side::Upper),
    ("multipleOf", Side::Neither),
];

/// What is said about a value, references and `allOf` resolved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The JSON types besides null. None at all: any value.
    pub types: BTreeSet<String>,
    /// The format, such as `date-time`.
    pub format: Option<String>,
    /// Whether null is allowed, in either spelling (3.0 `nullable`, 3.1 a type).
    pub nullable: bool,
    /// The values of an `enum`: there are no others.
    pub closed_set: Option<BTreeSet<String>>,
    /// The values of an `x-extensible-enum`: there may be others.
    pub open_set: Option<BTreeSet<String>>,
    /// The numbers of the bounding keywords, by keyword ([`BOUNDS`]).
    pub bounds: BTreeMap<&'static str, Number>,
    /// The regular expression that a string must match.
    pub pattern: Option<String>,
    /// What is taken when nothing is sent, as JSON.
    pub default: Option<String>,
    /// What `not` excludes, as JSON.
    pub excluded: Option<String>,
    /// Whether properties that aren't named are forbidden.
    pub no_others: bool,
    /// The alternatives of `oneOf` or `anyOf`: their components, or their numbers.
    pub choices: BTreeSet<String>,
}

impl Facts {
    /// `self` with whatever `other` says besides or instead: how the parts of an `allOf` add up.
    pub(super) fn and(mut self, other: Self) -> Self {
        if !other.types.is_empty() {
            self.types = other.types;
        }
        self.nullable |= other.nullable;
        self.no_others |= other.no_others;
        self.bounds.extend(other.bounds);
        self.choices.extend(other.choices);
        Self {
            format: other.format.or(self.format),
            closed_set: other.closed_set.or(self.closed_set),
            open_set: other.open_set.or(self.open_set),
            pattern: other.pattern.or(self.pattern),
            default: other.default.or(self.default),
            excluded: other.excluded.or(self.excluded),
            ..self
        }
    }

    /// The values that are known, whether there may be others or not.
    #[must_use]
    pub fn values(&self) -> Option<&BTreeSet<String>> {
        self.closed_set.as_ref().or(self.open_set.as_ref())
    }

    /// The types as a reader would say them.
    #[must_use]
    pub fn kind(&self) -> String {
        if self.types.is_empty() {
            return "any value".into();
        }
        let types: Vec<&str> = self.types.iter().map(String::as_str).collect();
        types.join(" or ")
    }
}

/// One step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The property of that name.
    Property(String),
    /// The elements of an array.
    Elements,
    /// The values of a map.
    Values,
    /// One of the alternatives of `oneOf` or `anyOf`: its component, or its number.
    Choice(String),
}

/// The way from a body to a part of it; the empty one is the body itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    pub(super) fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path to what this is a part of; none for the body itself.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, steps) = self.0.split_last()?;
        Some(Self(steps.to_vec()))
    }

    /// The step to it from its parent.
    #[must_use]
    pub fn last(&self) -> Option<&Step> {
        self.0.last()
    }

    /// How many steps it takes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("body");
        }
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Property(name) if index == 0 => f.write_str(name)?,
                Step::Property(name) => write!(f, ".{name}")?,
                Step::Elements => f.write_str("[]")?,
                Step::Values => f.write_str("{}")?,
                Step::Choice(name) => write!(f, "|{name}")?,
            }
        }
        Ok(())
    }
}

/// Compares two bounds; whole numbers exactly, others as well as floating point can.
#[must_use]
pub fn compare_bounds(one: &Number, other: &Number) -> Ordering {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one
            .as_f64()
            .unwrap_or_default()
            .total_cmp(&other.as_f64().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_expressions() {
        let path = Path::default()
            .then(Step::Property("contacts".into()))
            .then(Step::Elements)
            .then(Step::Property("labels".into()))
            .then(Step::Values)
            .then(Step::Choice("Text".into()));
        assert_eq!(path.to_string(), "contacts[].labels{}|Text");
        assert_eq!(path.parent().unwrap().to_string(), "contacts[].labels{}");
        assert_eq!(Path::default().to_string(), "body");
    }

    #[test]
    fn great_whole_numbers_are_told_apart() {
        let (one, other) = (Number::from(i64::MAX - 1), Number::from(i64::MAX));
        assert_eq!(compare_bounds(&one, &other), Ordering::Less);
        let half = Number::from_f64(0.5).unwrap();
        assert_eq!(compare_bounds(&half, &Number::from(1)), Ordering::Less);
    }
}
