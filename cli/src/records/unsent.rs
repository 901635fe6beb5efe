//! A request that a dry run kept back, with names beside the ids.

use std::{collections::BTreeMap, fmt::Write as _};

use benchmark_email::observe::Unsent;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{names::Names, output::Column};

/// A request that a dry run kept back.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Unsent"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnsentRecord {
    /// Always true: nothing was sent.
    dry_run: bool,
    /// The `operationId` in `openapi.yaml`.
    operation: &'static str,
    /// The HTTP method.
    method: &'static str,
    /// The path with its parameters unfilled.
    route: &'static str,
    /// The path.
    path: String,
    /// The body; none where the operation takes none.
    #[cfg_attr(
        test,
        schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    body: Option<Box<RawValue>>,
    /// What the ids in path and body are called.
    names: BTreeMap<String, String>,
}

impl UnsentRecord {
    pub(crate) fn new(unsent: &Unsent, names: &Names) -> Self {
        let body = unsent.body.as_deref().unwrap_or_default();
        let is_named = |id: &str| {
            unsent.path.split('/').any(|part| part == id) || body.contains(&format!("\"{id}\""))
        };
        let used = names.all().filter(|(id, _)| is_named(id));
        Self {
            dry_run: true,
            operation: unsent.operation,
            method: unsent.method,
            route: unsent.route,
            path: unsent.path.clone(),
            names: used
                .map(|(id, name)| (id.to_owned(), name.to_owned()))
                .collect(),
            body: serde_json::from_str(body).ok(),
        }
    }

    /// One cell for each of [`unsent_columns`].
    pub(crate) fn cells(&self) -> Vec<String> {
        let body = self.body.as_deref().map_or("", RawValue::get);
        [self.operation, self.method, &self.path, body]
            .map(str::to_owned)
            .into()
    }

    /// Method, route and body, each id followed by its name.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{} {}", self.method, self.path);
        self.name_behind(&mut text, &self.path);
        if self.path != self.route {
            let _ = write!(text, "\n  route {}", self.route);
        }
        if let Some(body) = &self.body {
            for line in indented(body.get()).lines() {
                text.push('\n');
                text.push_str(line);
                self.name_behind(&mut text, line);
            }
        }
        text.push_str("\nNothing was sent: this is a dry run.");
        text
    }

    fn name_behind(&self, text: &mut String, line: &str) {
        let is_in = |id: &str| line.split(['/', '"']).any(|part| part == id);
        for (_, name) in self.names.iter().filter(|(id, _)| is_in(id)) {
            let _ = write!(text, "  <- {name}");
        }
    }
}

/// The columns of a request that was kept back, as CSV.
pub(crate) fn unsent_columns() -> Vec<Column> {
    ["operation", "method", "path", "body"]
        .map(|name| Column::new(name, name))
        .into()
}

/// JSON text on lines of its own; not a letter else changes.
fn indented(json: &str) -> String {
    let mut text = String::new();
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    let mut letters = json.chars().peekable();
    let new_line = |text: &mut String, depth: usize| {
        let _ = write!(text, "\n{:1$}", "", depth * 2);
    };
    while let Some(c) = letters.next() {
        let follows = letters.peek().copied();
        match c {
            _ if in_string => {
                in_string = escaped || c != '"';
                escaped = c == '\\' && !escaped;
                text.push(c);
            }
            '{' | '[' if matches!(follows, Some('}' | ']')) => text.push(c),
            '{' | '[' => {
                depth += 1;
                text.push(c);
                new_line(&mut text, depth);
            }
            '}' | ']' => {
                if !text.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    new_line(&mut text, depth);
                }
                text.push(c);
            }
            ',' => {
                text.push(c);
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                in_string = c == '"';
                text.push(c);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_indented_and_stays_the_same_json() {
        let json = r#"{"a":[1e400,{"b\"{[":"c:,\\"},[],{}],"d":"佐藤"}"#;
        let text = indented(json);
        assert_eq!(
            text,
            "{\n  \"a\": [\n    1e400,\n    {\n      \"b\\\"{[\": \"c:,\\\\\"\n    },\n    [],\n    {}\n  ],\n  \"d\": \"佐藤\"\n}"
        );
        assert_eq!(text.replace(['\n', ' '], ""), json);
    }
}
