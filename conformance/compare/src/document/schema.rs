//! One level of a schema: its facts and its parts, with references, `allOf` and lone alternatives
//! resolved. The parts stay nodes, so that a schema that contains itself can be read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::{
    facts::{BOUNDS, Facts},
    node::{Node, follow},
};
use crate::Error;

/// Deeper nesting of `allOf` isn't believed.
const DEEPEST: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Schema<'a> {
    /// The component that the reference named, if there was one.
    pub(super) component: Option<String>,
    /// Where the schema itself is, references followed.
    pub(super) at: String,
    pub(super) facts: Facts,
    pub(super) required: BTreeSet<String>,
    pub(super) properties: BTreeMap<String, Node<'a>>,
    pub(super) elements: Option<Node<'a>>,
    /// The schema of the properties that aren't named.
    pub(super) values: Option<Node<'a>>,
    /// The alternatives by name, when there are several.
    pub(super) choices: Vec<(String, Node<'a>)>,
    pub(super) claim: Option<String>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
}

impl<'a> Schema<'a> {
    pub(super) fn read(root: &'a Value, node: &Node<'a>) -> Result<Self, Error> {
        Self::read_at_depth(root, node, 0)
    }

    fn read_at_depth(root: &'a Value, node: &Node<'a>, depth: usize) -> Result<Self, Error> {
        if depth > DEEPEST {
            return Err(
                node.wrong("`allOf` or `oneOf` leads back to itself, or is nested too deeply")
            );
        }
        let (target, component) = follow(root, node)?;
        if let Some(anything) = target.value.as_bool() {
            // `true` allows everything, `false` nothing.
            let excluded = (!anything).then(|| "{}".to_owned());
            let facts = Facts {
                excluded,
                ..Facts::default()
            };
            return Ok(Self {
                facts,
                at: target.at,
                ..Self::default()
            });
        }
        let mut schema = Self::own(&target)?;
        if target.at != node.at && node.value.as_object().is_some_and(|map| map.len() > 1) {
            // Beside a `$ref`, 3.1 allows more.
            schema = schema.and(Self::own(node)?);
        }
        let mut component = component;
        let mut parts = target.elements_of("allOf")?;
        let (choices, null) = choices(root, &target)?;
        schema.facts.nullable |= null;
        if choices.len() == 1 {
            parts.extend(choices);
        } else {
            for (index, choice) in choices.into_iter().enumerate() {
                let reference = choice.value.get("$ref").and_then(Value::as_str);
                let component = reference.and_then(|reference| reference.rsplit('/').next());
                let name = component.map_or_else(|| (index + 1).to_string(), str::to_owned);
                schema.facts.choices.insert(name.clone());
                schema.choices.push((name, choice));
            }
        }
        let alone = parts.len() == 1;
        for part in &parts {
            let part = Self::read_at_depth(root, part, depth + 1)?;
            if alone {
                component = component.or_else(|| part.component.clone());
            }
            // What stands beside `allOf` has the last word.
            schema = part.and(schema);
        }
        Ok(Self {
            component,
            at: target.at,
            ..schema
        })
    }

    /// What the schema says itself, before anything is added up.
    fn own(node: &Node<'a>) -> Result<Self, Error> {
        let mut facts = facts(node)?;
        let mut values = None;
        if let Some(others) = node.get("additionalProperties")? {
            match others.value {
                Value::Bool(allowed) => facts.no_others = !allowed,
                Value::Object(schema) if schema.is_empty() => {}
                _ => values = Some(others),
            }
        }
        let properties = node.members_of("properties")?.into_iter();
        Ok(Self {
            component: None,
            at: node.at.clone(),
            facts,
            required: node.texts_of("required")?,
            properties: properties
                .map(|(name, node)| (name.to_owned(), node))
                .collect(),
            elements: node.get("items")?,
            values,
            choices: Vec::new(),
            claim: node.text_of("x-fact")?,
            read_only: node.flag_of("readOnly")?,
            write_only: node.flag_of("writeOnly")?,
        })
    }

    fn and(mut self, other: Self) -> Self {
        self.required.extend(other.required);
        self.properties.extend(other.properties);
        self.choices.extend(other.choices);
        Self {
            facts: self.facts.and(other.facts),
            elements: other.elements.or(self.elements),
            values: other.values.or(self.values),
            claim: other.claim.or(self.claim),
            read_only: self.read_only || other.read_only,
            write_only: self.write_only || other.write_only,
            at: other.at,
            ..self
        }
    }
}

/// The alternatives of `oneOf` or `anyOf`, and whether null is one of them.
fn choices<'a>(root: &'a Value, node: &Node<'a>) -> Result<(Vec<Node<'a>>, bool), Error> {
    let mut all = node.elements_of("oneOf")?;
    all.extend(node.elements_of("anyOf")?);
    let mut choices = Vec::new();
    let mut null = false;
    for choice in all {
        let (target, _) = follow(root, &choice)?;
        if target.value.get("type").and_then(Value::as_str) == Some("null") {
            null = true;
        } else {
            choices.push(choice);
        }
    }
    Ok((choices, null))
}

fn facts(node: &Node<'_>) -> Result<Facts, Error> {
    let mut types = node.texts_of("type")?;
    let mut nullable = types.remove("null") | node.flag_of("nullable")?;
    let mut closed_set = set(node, "enum")?;
    if let Some(only) = node.get("const")? {
        closed_set = Some(BTreeSet::from([label(only.value)]));
    }
    if let Some(values) = &mut closed_set {
        // A nullable enum lists null; that is told by `nullable`.
        nullable |= values.remove("null") && types.is_empty();
    }
    Ok(Facts {
        types,
        format: node.text_of("format")?,
        nullable,
        closed_set,
        open_set: set(node, "x-extensible-enum")?,
        bounds: bounds(node)?,
        pattern: node.text_of("pattern")?,
        default: node.get("default")?.map(|node| node.value.to_string()),
        excluded: node.get("not")?.map(|node| node.value.to_string()),
        ..Facts::default()
    })
}

fn bounds(node: &Node<'_>) -> Result<BTreeMap<&'static str, Number>, Error> {
    let mut bounds = BTreeMap::new();
    for (keyword, _) in BOUNDS {
        match node.get(keyword)?.map(|bound| (bound.value, bound)) {
            None | Some((Value::Bool(false), _)) => {}
            Some((Value::Number(number), _)) => {
                bounds.insert(keyword, number.clone());
            }
            Some((Value::Bool(true), _)) if keyword == "uniqueItems" => {
                bounds.insert(keyword, Number::from(1));
            }
            Some((Value::Bool(true), _)) if keyword.starts_with("exclusive") => {}
            Some((_, bound)) => return Err(bound.wrong("should be a number")),
        }
    }
    // 3.0 says `exclusiveMinimum: true` beside the minimum, 3.1 gives it the number.
    for (exclusive, plain) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        let says_so = node
            .get(exclusive)?
            .is_some_and(|n| n.value == &Value::Bool(true));
        if says_so && let Some(number) = bounds.remove(plain) {
            bounds.insert(exclusive, number);
        }
    }
    Ok(bounds)
}

fn set(node: &Node<'_>, keyword: &str) -> Result<Option<BTreeSet<String>>, Error> {
    let Some(values) = node.get(keyword)? else {
        return Ok(None);
    };
    let values = values.elements()?;
    Ok(Some(values.iter().map(|node| label(node.value)).collect()))
}

/// A value as it is named in differences.
fn label(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts_of(schema: &Value) -> Facts {
        Schema::read(schema, &Node::root(schema)).unwrap().facts
    }

    #[test]
    fn both_spellings_of_null_are_one_fact() {
        let spellings = [
            json!({"type": "string", "nullable": true}),
            json!({"type": ["string", "null"]}),
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
        ];
        for spelling in spellings {
            let facts = facts_of(&spelling);
            assert!(facts.nullable, "{spelling}");
            assert_eq!(facts.kind(), "string", "{spelling}");
        }
        assert!(!facts_of(&json!({"type": "string"})).nullable);
    }

    #[test]
    fn null_in_an_enum_is_told_once() {
        let facts = facts_of(&json!({"type": "string", "nullable": true, "enum": ["a", null]}));
        assert_eq!(facts.closed_set, Some(BTreeSet::from(["a".to_owned()])));
        assert!(facts.nullable);
    }

    #[test]
    fn both_spellings_of_an_exclusive_bound_are_one_fact() {
        let three_0 = facts_of(&json!({"minimum": 5, "exclusiveMinimum": true}));
        let three_1 = facts_of(&json!({"exclusiveMinimum": 5}));
        assert_eq!(three_0.bounds, three_1.bounds);
        assert_eq!(three_0.bounds.len(), 1);
    }

    #[test]
    fn the_parts_of_all_of_add_up() {
        let root = json!({
            "allOf": [{"$ref": "#/base"}, {"properties": {"b": {"type": "string"}}, "required": ["b"]}],
            "properties": {"c": {"type": "string"}},
            "base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "maxProperties": 3}
        });
        let schema = Schema::read(&root, &Node::root(&root)).unwrap();
        assert_eq!(
            schema.properties.keys().collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        assert_eq!(
            schema.required,
            BTreeSet::from(["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(schema.facts.kind(), "object");
        assert!(schema.facts.bounds.contains_key("maxProperties"));
    }

    #[test]
    fn a_lone_part_of_all_of_lends_its_name() {
        let root =
            json!({"allOf": [{"$ref": "#/base"}], "nullable": true, "base": {"type": "object"}});
        let schema = Schema::read(&root, &Node::root(&root)).unwrap();
        assert_eq!(schema.component.as_deref(), Some("base"));
        assert!(schema.facts.nullable);
    }

    #[test]
    fn an_all_of_that_contains_itself_is_refused() {
        let root = json!({"allOf": [{"$ref": "#"}]});
        let why = Schema::read(&root, &Node::root(&root))
            .unwrap_err()
            .to_string();
        assert!(why.contains("leads back to itself"), "{why}");
    }

    #[test]
    fn words_for_numbers_are_refused_with_their_place() {
        let root = json!({"maximum": "ten"});
        let why = Schema::read(&root, &Node::root(&root))
            .unwrap_err()
            .to_string();
        assert_eq!(why, "#/maximum: should be a number");
    }
}
