//! A body as a flat map: the path to each of its parts, with what is said about it. A part that
//! contains itself is listed once, so the map is finite.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    facts::{Facts, Path, Step},
    node::Node,
    schema::Schema,
};
use crate::Error;

/// Bodies nested deeper than this, or with more parts, aren't read.
const DEEPEST: usize = 64;
const MOST_PARTS: usize = 5_000;

/// All parts of a body, by the path to them; the body itself is at the empty path.
pub type Parts = BTreeMap<Path, Part>;

/// A part of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What its schema says.
    pub facts: Facts,
    /// Whether what it is a part of must have it. Elements, values and alternatives needn't be there.
    pub required: bool,
    /// The schema component that it is.
    pub component: Option<String>,
    /// The component that it is written in and the way from there, such as `Contact.fields[]`.
    pub written_in: Option<String>,
    /// The nearest `x-fact` at or above it within the body.
    pub claim: Option<String>,
}

/// Which way a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the service: what it may contain must not shrink.
    Request,
    /// From the service to the client: what it may contain must not grow.
    Response,
}

/// The parts of a body that travels in that direction: `readOnly` is no part of a request, `writeOnly`
/// none of a response.
pub(super) fn parts(root: &Value, node: &Node<'_>, direction: Direction) -> Result<Parts, Error> {
    let mut reading = Reading {
        root,
        direction,
        parts: Parts::new(),
        inside: Vec::new(),
    };
    let start = Around {
        required: true,
        claim: None,
        written_in: None,
    };
    reading.add(node, &Path::default(), &start)?;
    Ok(reading.parts)
}

struct Reading<'a> {
    root: &'a Value,
    direction: Direction,
    parts: Parts,
    /// The schemas that are being read, to notice one that contains itself.
    inside: Vec<String>,
}

/// What a part takes from where it is.
struct Around {
    required: bool,
    claim: Option<String>,
    written_in: Option<String>,
}

impl<'a> Reading<'a> {
    fn add(&mut self, node: &Node<'a>, path: &Path, around: &Around) -> Result<(), Error> {
        if path.len() > DEEPEST || self.parts.len() > MOST_PARTS {
            return Err(node.wrong("the body is too large or nested too deeply to compare"));
        }
        let schema = Schema::read(self.root, node)?;
        let hidden = match self.direction {
            Direction::Request => schema.read_only,
            Direction::Response => schema.write_only,
        };
        if hidden {
            return Ok(());
        }
        let part = Part {
            facts: schema.facts.clone(),
            required: around.required,
            component: schema.component.clone(),
            written_in: around.written_in.clone(),
            claim: schema.claim.clone().or_else(|| around.claim.clone()),
        };
        let claim = part.claim.clone();
        let written_in = part.component.clone().or(around.written_in.clone());
        self.parts.insert(path.clone(), part);
        if self.inside.contains(&schema.at) {
            return Ok(());
        }
        self.inside.push(schema.at.clone());
        let around = |step: &str, required| Around {
            required,
            claim: claim.clone(),
            written_in: written_in.as_ref().map(|it| format!("{it}{step}")),
        };
        for (name, node) in &schema.properties {
            let around = around(&format!(".{name}"), schema.required.contains(name));
            self.add(node, &path.then(Step::Property(name.clone())), &around)?;
        }
        if let Some(node) = &schema.elements {
            self.add(node, &path.then(Step::Elements), &around("[]", false))?;
        }
        if let Some(node) = &schema.values {
            self.add(node, &path.then(Step::Values), &around("{}", false))?;
        }
        for (name, node) in &schema.choices {
            let around = around(&format!("|{name}"), false);
            self.add(node, &path.then(Step::Choice(name.clone())), &around)?;
        }
        self.inside.pop();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(root: &Value, direction: Direction) -> Vec<String> {
        let parts = parts(root, &Node::root(root), direction).unwrap();
        parts.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn every_part_has_its_path() {
        let root = json!({
            "type": "object",
            "properties": {
                "rows": {"type": "array", "items": {"$ref": "#/row"}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "value": {"oneOf": [{"$ref": "#/row"}, {"type": "string"}]},
            },
            "row": {"type": "object", "properties": {"_id": {"type": "string"}}},
        });
        let expected = [
            "body",
            "labels",
            "labels{}",
            "rows",
            "rows[]",
            "rows[]._id",
            "value",
            "value|2",
            "value|row",
            "value|row._id",
        ];
        assert_eq!(paths(&root, Direction::Response), expected);
    }

    #[test]
    fn what_contains_itself_is_listed_once() {
        let root = json!({
            "type": "object",
            "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        });
        assert_eq!(
            paths(&root, Direction::Response),
            ["body", "children", "children[]"]
        );
    }

    #[test]
    fn a_body_that_doubles_at_each_level_is_refused() {
        let mut root = json!({"level20": {"type": "string"}});
        for level in 0..20 {
            let next = json!({"$ref": format!("#/level{}", level + 1)});
            root[format!("level{level}")] =
                json!({"type": "object", "properties": {"a": next, "b": next}});
        }
        root["properties"] = json!({"a": {"$ref": "#/level0"}});
        let why = parts(&root, &Node::root(&root), Direction::Request).unwrap_err();
        assert!(why.to_string().contains("too large"), "{why}");
    }

    #[test]
    fn each_direction_has_its_own_parts() {
        let root = json!({"properties": {
            "_id": {"readOnly": true, "type": "string"},
            "secret": {"writeOnly": true, "type": "string"},
        }});
        assert_eq!(paths(&root, Direction::Request), ["body", "secret"]);
        assert_eq!(paths(&root, Direction::Response), ["body", "_id"]);
    }

    #[test]
    fn a_part_knows_where_it_is_written_and_what_it_rests_on() {
        let root = json!({
            "properties": {"row": {"$ref": "#/components/schemas/Row"}},
            "x-fact": "assumed: all of it",
            "components": {"schemas": {"Row": {
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
                "x-fact": "documented: guide",
            }}},
        });
        let parts = parts(&root, &Node::root(&root), Direction::Response).unwrap();
        let part = |path: &str| parts.iter().find(|(p, _)| p.to_string() == path).unwrap().1;
        assert_eq!(part("row").component.as_deref(), Some("Row"));
        assert_eq!(part("row").written_in, None);
        assert_eq!(part("row.name").written_in.as_deref(), Some("Row.name"));
        assert_eq!(part("row.name").claim.as_deref(), Some("documented: guide"));
        assert_eq!(part("body").claim.as_deref(), Some("assumed: all of it"));
        assert!(part("row.name").required && !part("row").required);
    }
}
