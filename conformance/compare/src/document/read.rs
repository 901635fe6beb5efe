//! Reads the view out of a parsed document: the operations with their parameters, bodies and answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Direction, Document, Header, Media, Operation, Parameter, Parts, Request, Response, Route,
    Slot,
    body::parts,
    node::{Node, follow},
};
use crate::Error;

const METHODS: [&str; 8] = [
    "get", "put", "post", "patch", "delete", "head", "options", "trace",
];

/// How it is called that nothing has to be shown.
const NO_SECURITY: &str = "nothing";

pub(super) fn document(value: &Value) -> Result<Document, Error> {
    let root = Node::root(value);
    let reader = Reader { root: value };
    let components = |kind| match root.get("components")? {
        Some(components) => components.members_of(kind),
        None => Ok(Vec::new()),
    };
    let mut security_schemes = BTreeMap::new();
    for (name, scheme) in components("securitySchemes")? {
        let (scheme, _) = follow(value, &scheme)?;
        let said = |key| scheme.text_of(key).map(Option::unwrap_or_default);
        let words = [said("type")?, said("scheme")?, said("in")?, said("name")?];
        let words: Vec<&str> = words
            .iter()
            .map(String::as_str)
            .filter(|w| !w.is_empty())
            .collect();
        security_schemes.insert(name.to_owned(), words.join(" "));
    }
    let components = components("schemas")?;
    let version = match root.get("info")? {
        Some(info) => info.text_of("version")?,
        None => None,
    };
    let everywhere = security(&root)?.unwrap_or_else(|| BTreeSet::from([NO_SECURITY.to_owned()]));
    let mut operations = BTreeMap::new();
    for (path, item) in paths(&root)? {
        let (item, _) = follow(value, &item)?;
        let shared = reader.parameters(path, &item)?;
        for method in METHODS {
            let Some(node) = item.get(method)? else {
                continue;
            };
            let mut operation = reader.operation(path, method, &node, &everywhere)?;
            for (slot, parameter) in &shared {
                operation
                    .parameters
                    .entry(slot.clone())
                    .or_insert_with(|| parameter.clone());
            }
            let route = Route {
                path: without_names(path),
                method: method.to_uppercase(),
            };
            if let Some(other) = operations.insert(route, operation) {
                let other: &Operation = &other;
                return Err(node.wrong(format!("the same as {}", other.title)));
            }
        }
    }
    Ok(Document {
        version,
        operations,
        components: components
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        security_schemes,
    })
}

/// The paths of a document, or the document itself when it is nothing but paths.
fn paths<'a>(root: &Node<'a>) -> Result<Vec<(&'a str, Node<'a>)>, Error> {
    let members = root.members()?;
    let bare = !members.is_empty() && members.iter().all(|(key, _)| key.starts_with('/'));
    let mut paths = if bare {
        members
    } else if let Some(paths) = root.get("paths")? {
        paths.members()?
    } else {
        return Err(root.wrong("no OpenAPI document: it has no `paths`"));
    };
    paths.retain(|(path, _)| path.starts_with('/'));
    Ok(paths)
}

/// `/lists/{listId}/duplicate` -> `/lists/{}/duplicate`.
fn without_names(path: &str) -> String {
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        })
        .collect();
    segments.join("/")
}

/// The position of a parameter among those of the path.
fn position(path: &str, name: &str) -> Option<usize> {
    let mut names = path.split('{').skip(1);
    names.position(|rest| rest.split('}').next() == Some(name))
}

/// The alternatives of `security`; `None` where nothing is said.
fn security(node: &Node<'_>) -> Result<Option<BTreeSet<String>>, Error> {
    if node.get("security")?.is_none() {
        return Ok(None);
    }
    let mut alternatives = BTreeSet::new();
    for alternative in node.elements_of("security")? {
        let schemes = alternative.members()?;
        let schemes: Vec<&str> = schemes.iter().map(|(name, _)| *name).collect();
        alternatives.insert(schemes.join(" and "));
    }
    // An alternative without schemes lets anybody in, and so does a list without alternatives.
    if alternatives.is_empty() || alternatives.remove("") {
        alternatives.insert(NO_SECURITY.to_owned());
    }
    Ok(Some(alternatives))
}

struct Reader<'a> {
    root: &'a Value,
}

impl<'a> Reader<'a> {
    fn operation(
        &self,
        path: &str,
        method: &str,
        node: &Node<'a>,
        everywhere: &BTreeSet<String>,
    ) -> Result<Operation, Error> {
        let mut responses = BTreeMap::new();
        for (status, response) in node.members_of("responses")? {
            responses.insert(status.to_owned(), self.response(&response)?);
        }
        let request = node.get("requestBody")?.map(|body| self.request(&body));
        let tags = node.elements_of("tags")?;
        Ok(Operation {
            title: format!("{} {path}", method.to_uppercase()),
            id: node.text_of("operationId")?,
            tags: tags.iter().map(Node::text).collect::<Result<_, _>>()?,
            scopes: node.texts_of("x-api-key-scope")?,
            security: security(node)?.unwrap_or_else(|| everywhere.clone()),
            parameters: self.parameters(path, node)?,
            request: request.transpose()?,
            responses,
            claim: node.text_of("x-fact")?,
        })
    }

    fn parameters(&self, path: &str, node: &Node<'a>) -> Result<BTreeMap<Slot, Parameter>, Error> {
        let mut parameters = BTreeMap::new();
        for parameter in node.elements_of("parameters")? {
            let (node, _) = follow(self.root, &parameter)?;
            let needed = |key| {
                node.text_of(key)?
                    .ok_or_else(|| node.wrong(format!("no `{key}`")))
            };
            let (name, location) = (needed("name")?, needed("in")?);
            let slot = if location == "path" {
                let missing = || node.wrong(format!("`{{{name}}}` is not in {path}"));
                Slot::Path(position(path, &name).ok_or_else(missing)?)
            } else {
                let name = if location == "header" {
                    name.to_lowercase()
                } else {
                    name.clone()
                };
                Slot::Named {
                    location: location.clone(),
                    name,
                }
            };
            let usual = if matches!(location.as_str(), "query" | "cookie") {
                "form"
            } else {
                "simple"
            };
            let style = node.text_of("style")?.unwrap_or_else(|| usual.into());
            let exploded = match node.get("explode")? {
                Some(_) => node.flag_of("explode")?,
                None => style == "form",
            };
            parameters.insert(
                slot,
                Parameter {
                    name,
                    required: node.flag_of("required")?,
                    style: if exploded {
                        format!("{style}, exploded")
                    } else {
                        style
                    },
                    parts: self.value(&node, Direction::Request)?,
                    claim: node.text_of("x-fact")?,
                },
            );
        }
        Ok(parameters)
    }

    /// The value of a parameter or header: `schema`, or the one media type of `content`.
    fn value(&self, node: &Node<'a>, direction: Direction) -> Result<Parts, Error> {
        if let Some(schema) = node.get("schema")? {
            return parts(self.root, &schema, direction);
        }
        let media = self.media(node, direction)?;
        Ok(media.into_values().flatten().next().unwrap_or_default())
    }

    fn media(&self, node: &Node<'a>, direction: Direction) -> Result<Media, Error> {
        let mut media = Media::new();
        for (kind, node) in node.members_of("content")? {
            let schema = node.get("schema")?;
            let parts = schema.map(|schema| parts(self.root, &schema, direction));
            media.insert(kind.to_owned(), parts.transpose()?);
        }
        Ok(media)
    }

    fn request(&self, node: &Node<'a>) -> Result<Request, Error> {
        let (node, _) = follow(self.root, node)?;
        Ok(Request {
            required: node.flag_of("required")?,
            media: self.media(&node, Direction::Request)?,
        })
    }

    fn response(&self, node: &Node<'a>) -> Result<Response, Error> {
        let (node, _) = follow(self.root, node)?;
        let mut headers = BTreeMap::new();
        for (name, header) in node.members_of("headers")? {
            let (header, _) = follow(self.root, &header)?;
            headers.insert(
                name.to_lowercase(),
                Header {
                    name: name.to_owned(),
                    required: header.flag_of("required")?,
                    parts: self.value(&header, Direction::Response)?,
                    claim: header.text_of("x-fact")?,
                },
            );
        }
        Ok(Response {
            media: self.media(&node, Direction::Response)?,
            headers,
            claim: node.text_of("x-fact")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn only_operation(value: &Value) -> Operation {
        let document = Document::read(value).unwrap();
        assert_eq!(document.operations.len(), 1);
        document.operations.into_values().next().unwrap()
    }

    #[test]
    fn path_parameters_are_told_apart_by_position() {
        let operation = only_operation(&json!({"paths": {"/s/{sid}/lists/{lid}": {
            "parameters": [{"name": "lid", "in": "path", "required": true, "schema": {"type": "string"}}],
            "get": {"parameters": [
                {"name": "sid", "in": "path", "required": true, "schema": {"type": "string"}},
            ]},
        }}}));
        let slots: Vec<(usize, &str)> = operation
            .parameters
            .iter()
            .map(|(slot, parameter)| match slot {
                Slot::Path(position) => (*position, parameter.name.as_str()),
                Slot::Named { .. } => panic!("{slot} is in the path"),
            })
            .collect();
        assert_eq!(slots, [(0, "sid"), (1, "lid")]);
    }

    #[test]
    fn an_operation_s_own_parameter_wins_over_the_path_s() {
        let operation = only_operation(&json!({"paths": {"/a": {
            "parameters": [{"name": "page", "in": "query", "schema": {"type": "string"}}],
            "get": {"parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}]},
        }}}));
        let page = operation.parameters.values().next().unwrap();
        assert_eq!(
            page.parts[&super::super::Path::default()].facts.kind(),
            "integer"
        );
    }

    #[test]
    fn paths_alone_are_a_document() {
        let operation = only_operation(&json!({"/a": {"get": {"responses": {"200": {}}}}}));
        assert_eq!(operation.title, "GET /a");
    }

    #[test]
    fn what_holds_everywhere_holds_for_an_operation_that_says_nothing() {
        let paths = json!({"/a": {"get": {}}, "/b": {"get": {"security": [{}]}}});
        let document = json!({"paths": paths, "security": [{"Key": []}]});
        let document = Document::read(&document).unwrap();
        let security: Vec<String> = document
            .operations
            .values()
            .flat_map(|operation| operation.security.clone())
            .collect();
        assert_eq!(security, ["Key", "nothing"]);
    }

    #[test]
    fn malformed_documents_are_refused_with_the_place() {
        let path = |item: Value| json!({"paths": {"/a": item}});
        let cases = [
            (json!("text"), "#: should be an object"),
            (json!({"swagger": "2.0"}), "it has no `paths`"),
            (
                path(json!({"get": 5})),
                "#/paths/~1a/get: should be an object",
            ),
            (
                path(json!({"get": {"parameters": {}}})),
                "parameters: should be an array",
            ),
            (
                path(json!({"get": {"parameters": [{"$ref": "#/components/parameters/Page"}]}})),
                "#/paths/~1a/get/parameters/0: `#/components/parameters/Page` leads nowhere",
            ),
            (
                path(json!({"get": {"parameters": [{"name": "x"}]}})),
                "parameters/0: no `in`",
            ),
            (
                path(json!({"get": {"parameters": [{"name": "x", "in": "path"}]}})),
                "`{x}` is not in /a",
            ),
            (
                path(json!({"get": {"responses": {"200": {"$ref": "#/nowhere"}}}})),
                "responses/200: `#/nowhere` leads nowhere",
            ),
            (
                json!({"paths": {"/a/{x}": {"get": {}}, "/a/{y}": {"get": {}}}}),
                "the same as GET /a/{x}",
            ),
        ];
        for (document, expected) in cases {
            let why = Document::read(&document).unwrap_err().to_string();
            assert!(why.contains(expected), "{document}: {why}");
        }
    }
}
