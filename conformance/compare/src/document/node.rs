//! A value of a document together with its place, so that whatever is wrong with it is told with the
//! place. References are followed here; what keywords mean is not known here.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::Error;

/// A value and its place, written as a `$ref` to it would be.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) at: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            at: "#".into(),
        }
    }

    pub(super) fn wrong(&self, why: impl Into<String>) -> Error {
        Error::at(&self.at, why)
    }

    fn map(&self) -> Result<&'a Map<String, Value>, Error> {
        self.value
            .as_object()
            .ok_or_else(|| self.wrong("should be an object"))
    }

    fn below(&self, key: &str, value: &'a Value) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self {
            value,
            at: format!("{}/{key}", self.at),
        }
    }

    /// The member of that name, if there is one. A node that is no object has no members, and is wrong.
    pub(super) fn get(&self, key: &str) -> Result<Option<Self>, Error> {
        let value = self.map()?.get(key);
        Ok(value.map(|value| self.below(key, value)))
    }

    /// All members of an object.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, Self)>, Error> {
        let members = self.map()?.iter();
        Ok(members
            .map(|(key, value)| (key.as_str(), self.below(key, value)))
            .collect())
    }

    /// All elements of an array.
    pub(super) fn elements(&self) -> Result<Vec<Self>, Error> {
        let elements = self
            .value
            .as_array()
            .ok_or_else(|| self.wrong("should be an array"))?;
        let elements = elements.iter().enumerate();
        Ok(elements
            .map(|(index, value)| self.below(&index.to_string(), value))
            .collect())
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        let text = self.value.as_str().map(str::to_owned);
        text.ok_or_else(|| self.wrong("should be a string"))
    }

    /// The members of the member of that name; none when it is missing.
    pub(super) fn members_of(&self, key: &str) -> Result<Vec<(&'a str, Self)>, Error> {
        self.get(key)?.map_or(Ok(Vec::new()), |node| node.members())
    }

    /// The elements of the member of that name; none when it is missing.
    pub(super) fn elements_of(&self, key: &str) -> Result<Vec<Self>, Error> {
        self.get(key)?
            .map_or(Ok(Vec::new()), |node| node.elements())
    }

    pub(super) fn text_of(&self, key: &str) -> Result<Option<String>, Error> {
        self.get(key)?.map(|node| node.text()).transpose()
    }

    /// A boolean member; a missing one is false.
    pub(super) fn flag_of(&self, key: &str) -> Result<bool, Error> {
        self.get(key)?.map_or(Ok(false), |node| {
            let flag = node.value.as_bool();
            flag.ok_or_else(|| node.wrong("should be true or false"))
        })
    }

    /// A string, or several: both spellings are in use for scopes.
    pub(super) fn texts_of(&self, key: &str) -> Result<BTreeSet<String>, Error> {
        match self.get(key)? {
            None => Ok(BTreeSet::new()),
            Some(node) if node.value.is_string() => Ok(BTreeSet::from([node.text()?])),
            Some(node) => node.elements()?.iter().map(Node::text).collect(),
        }
    }
}

/// Follows `$ref` until something else comes. Also gives the name of the first component on the way.
pub(super) fn follow<'a>(
    root: &'a Value,
    node: &Node<'a>,
) -> Result<(Node<'a>, Option<String>), Error> {
    let mut node = node.clone();
    let mut name = None;
    let mut seen = BTreeSet::new();
    while let Some(reference) = node.value.get("$ref") {
        let reference = reference
            .as_str()
            .ok_or_else(|| node.wrong("`$ref` should be a string"))?;
        if !seen.insert(reference) {
            return Err(node.wrong(format!("`{reference}` leads back to itself")));
        }
        let pointer = reference.strip_prefix('#').ok_or_else(|| {
            node.wrong(format!(
                "`{reference}` is outside this document; bundle it first"
            ))
        })?;
        let value = root
            .pointer(pointer)
            .ok_or_else(|| node.wrong(format!("`{reference}` leads nowhere")))?;
        name = name.or_else(|| reference.rsplit('/').next().map(str::to_owned));
        node = Node {
            value,
            at: reference.to_owned(),
        };
    }
    Ok((node, name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed_to_the_end() {
        let root = json!({
            "start": {"$ref": "#/a~1b"},
            "a/b": {"$ref": "#/c"},
            "c": {"type": "string"},
        });
        let start = Node::root(&root).get("start").unwrap().unwrap();
        let (end, name) = follow(&root, &start).unwrap();
        assert_eq!(end.value, &json!({"type": "string"}));
        assert_eq!(end.at, "#/c");
        assert_eq!(name.as_deref(), Some("a~1b"));
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_told_with_its_place() {
        let root = json!({"paths": {"/a": {"$ref": "#/gone"}}});
        let paths = Node::root(&root).get("paths").unwrap().unwrap();
        let item = paths.get("/a").unwrap().unwrap();
        let why = follow(&root, &item).unwrap_err().to_string();
        assert_eq!(why, "#/paths/~1a: `#/gone` leads nowhere");
    }

    #[test]
    fn a_circle_of_references_ends() {
        let root = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        let a = Node::root(&root).get("a").unwrap().unwrap();
        let why = follow(&root, &a).unwrap_err().to_string();
        assert!(why.contains("leads back to itself"), "{why}");
    }

    #[test]
    fn another_document_is_not_fetched() {
        let root = json!({"$ref": "other.yaml#/a"});
        let why = follow(&root, &Node::root(&root)).unwrap_err().to_string();
        assert!(why.contains("outside this document"), "{why}");
    }

    #[test]
    fn a_wrong_kind_is_told_with_its_place() {
        let root = json!({"paths": []});
        let paths = Node::root(&root).get("paths").unwrap().unwrap();
        let why = paths.members().unwrap_err().to_string();
        assert_eq!(why, "#/paths: should be an object");
    }
}
