//! The structure of the provider's document without its prose, which is the provider's: what may be
//! kept beside `openapi.yaml`, and compared on a clone that has nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Error, document::Document, drift::in_scope};

/// Keywords whose value is prose, or an example.
const PROSE: [&str; 8] = [
    "summary",
    "description",
    "title",
    "example",
    "examples",
    "externalDocs",
    "$comment",
    "termsOfService",
];

/// Keywords whose members are named by the author; such a name is no keyword.
const NAMED: [&str; 9] = [
    "properties",
    "patternProperties",
    "responses",
    "headers",
    "content",
    "variables",
    "callbacks",
    "links",
    "encoding",
];

/// Keywords whose value is data.
const DATA: [&str; 5] = ["default", "enum", "const", "required", "x-extensible-enum"];

/// The extensions that say something about the structure.
const EXTENSIONS: [&str; 2] = ["x-api-key-scope", "x-extensible-enum"];

#[derive(Serialize)]
struct Structure {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    components: BTreeMap<String, BTreeMap<String, Value>>,
    paths: BTreeMap<String, Value>,
}

/// The paths of the contacts scope, and the components that they refer to, without prose, as sorted
/// JSON that ends in a line break.
///
/// # Errors
/// When the document can't be read as one ([`Document::read`]).
pub fn strip(value: &Value) -> Result<String, Error> {
    Document::read(value)?;
    let paths = value.get("paths").unwrap_or(value).as_object();
    let mut structure = Structure {
        components: BTreeMap::new(),
        paths: BTreeMap::new(),
    };
    for (path, item) in paths.into_iter().flatten() {
        if path.starts_with('/') && covered(path, item) {
            structure.paths.insert(path.clone(), without_prose(item));
        }
    }
    let mut wanted: BTreeSet<String> = structure.paths.values().flat_map(references).collect();
    let mut taken = BTreeSet::new();
    while let Some(reference) = wanted.pop_first() {
        if !taken.insert(reference.clone()) {
            continue;
        }
        // `#/components/<kind>/<name>`, or below that: the whole component is taken.
        let mut steps = reference.split('/').skip(2);
        let (Some(kind), Some(name)) = (steps.next(), steps.next()) else {
            continue;
        };
        let pointer = format!("/components/{kind}/{name}");
        if let Some(component) = value.pointer(&pointer).map(without_prose) {
            wanted.extend(references(&component));
            let kind = structure.components.entry(kind.to_owned()).or_default();
            kind.insert(name.replace("~1", "/").replace("~0", "~"), component);
        }
    }
    let sorted = serde_json::to_value(structure).map(sorted);
    let text = sorted.and_then(|sorted| serde_json::to_string_pretty(&sorted));
    text.map(|text| text + "\n")
        .map_err(|why| Error::new(why.to_string()))
}

/// Whether any operation of the path is in the scope of our document.
fn covered(path: &str, item: &Value) -> bool {
    let operations = item.as_object().into_iter().flatten();
    let scopes = operations.filter_map(|(_, operation)| operation.get("x-api-key-scope"));
    in_scope(path, scopes.filter_map(Value::as_str))
}

fn without_prose(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_prose).collect(),
        Value::Object(members) => members
            .iter()
            .filter_map(member)
            .collect::<Map<_, _>>()
            .into(),
        plain => plain.clone(),
    }
}

fn member((key, value): (&String, &Value)) -> Option<(String, Value)> {
    if PROSE.contains(&key.as_str()) {
        return None;
    }
    if key.starts_with("x-") && !EXTENSIONS.contains(&key.as_str()) {
        return None;
    }
    let kept = match value {
        _ if DATA.contains(&key.as_str()) => value.clone(),
        Value::Object(named) if NAMED.contains(&key.as_str()) => {
            let named = named
                .iter()
                .map(|(name, value)| (name.clone(), without_prose(value)));
            Value::Object(named.collect())
        }
        _ => without_prose(value),
    };
    Some((key.clone(), kept))
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(members) => {
            let own = members
                .get("$ref")
                .and_then(Value::as_str)
                .map(str::to_owned);
            own.into_iter()
                .chain(members.values().flat_map(references))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Members in alphabetical order, whatever order the map keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().collect();
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect(),
            )
        }
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stripped(document: &Value) -> Value {
        serde_json::from_str(&strip(document).unwrap()).unwrap()
    }

    #[test]
    fn prose_goes_and_names_stay() {
        let schema = json!({
            "type": "object",
            "title": "T",
            "description": "prose",
            "example": {"title": "x"},
            "default": {"description": "data"},
            "properties": {
                "description": {"type": "string", "description": "prose"},
                "example": {"type": "string", "x-note": "prose", "x-extensible-enum": ["a"]},
            },
        });
        let operation = json!({
            "summary": "prose", "operationId": "get", "x-api-key-scope": "contacts:read",
            "responses": {"200": {"description": "prose", "content": {"application/json": {"schema": schema}}}},
        });
        let expected = json!({"paths": {"/api/contact": {"get": {
            "operationId": "get", "x-api-key-scope": "contacts:read",
            "responses": {"200": {"content": {"application/json": {"schema": {
                "type": "object",
                "default": {"description": "data"},
                "properties": {
                    "description": {"type": "string"},
                    "example": {"type": "string", "x-extensible-enum": ["a"]},
                },
            }}}}},
        }}}});
        assert_eq!(
            stripped(&json!({"paths": {"/api/contact": {"get": operation}}})),
            expected
        );
    }

    #[test]
    fn other_resources_go_and_used_components_stay() {
        let document = json!({
            "info": {"title": "T"},
            "paths": {
                "/api/reports/all": {"get": {"x-api-key-scope": "reports:read"}},
                "/api/audience": {"get": {"x-api-key-scope": "contacts:read"}},
                "/api/contact/{id}": {"get": {"responses": {"200": {"$ref": "#/components/responses/Contact"}}}},
            },
            "components": {
                "responses": {
                    "Contact": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}},
                    "Report": {},
                },
                "schemas": {"Contact": {"type": "object", "description": "prose"}, "Report": {}},
            },
        });
        let kept = stripped(&document);
        let names = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&kept["paths"]),
            ["/api/audience", "/api/contact/{id}"]
        );
        assert_eq!(names(&kept["components"]["responses"]), ["Contact"]);
        assert_eq!(
            kept["components"]["schemas"],
            json!({"Contact": {"type": "object"}})
        );
        Document::read(&kept).unwrap();
    }

    #[test]
    fn what_is_stripped_once_stays_as_it_is() {
        let document =
            json!({"/api/contact": {"get": {"responses": {"200": {"description": "x"}}}}});
        let once = strip(&document).unwrap();
        assert_eq!(strip(&serde_json::from_str(&once).unwrap()).unwrap(), once);
    }
}
