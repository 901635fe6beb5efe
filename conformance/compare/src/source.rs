//! Text from a file or a URL, parsed as JSON or YAML. What it means is the business of
//! [`document`](crate::document).

use std::{fs, time::Duration};

use serde_json::Value;

use crate::Error;

/// A document that takes longer than this won't come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The value that a file or URL (`http://` or `https://`) holds.
///
/// # Errors
/// When it can't be read, or is neither JSON nor YAML. The error names the input.
pub fn read(input: &str) -> Result<Value, Error> {
    text(input)
        .and_then(|text| parse(&text))
        .map_err(|why| why.in_input(input))
}

/// The value of a text in JSON or YAML.
///
/// # Errors
/// When the text is neither. The error tells the line.
pub fn parse(text: &str) -> Result<Value, Error> {
    // JSON is YAML too, but its own parser explains a mistake better.
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|why| Error::new(format!("not JSON: {why}")))
    } else {
        yaml_serde::from_str(text).map_err(|why| Error::new(format!("not YAML: {why}")))
    }
}

fn text(input: &str) -> Result<String, Error> {
    if !(input.starts_with("http://") || input.starts_with("https://")) {
        return fs::read_to_string(input).map_err(|why| Error::new(why.to_string()));
    }
    let fetch = || {
        reqwest::blocking::Client::builder()
            .timeout(PATIENCE)
            .build()?
            .get(input)
            .send()?
            .error_for_status()?
            .text()
    };
    fetch().map_err(|why| Error::new(causes(&why)))
}

/// An error with its causes: the outermost alone says only that sending failed.
fn causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told = format!("{told}: {inner}");
        cause = inner.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_yaml_give_the_same_value() {
        let expected =
            json!({"paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}});
        let yaml =
            "paths:\n  /a:\n    get:\n      responses:\n        200:\n          description: ok\n";
        assert_eq!(parse(yaml).unwrap(), expected);
        assert_eq!(parse(&expected.to_string()).unwrap(), expected);
    }

    #[test]
    fn what_is_neither_is_refused_with_its_line() {
        let why = parse("{\"paths\": }").unwrap_err().to_string();
        assert!(why.contains("not JSON") && why.contains("line 1"), "{why}");
        let why = parse("paths:\n  - a\n b: c\n").unwrap_err().to_string();
        assert!(why.contains("not YAML") && why.contains("line"), "{why}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let why = read("no/such/file.yaml").unwrap_err().to_string();
        assert!(why.starts_with("no/such/file.yaml: "), "{why}");
    }

    #[test]
    fn an_unreachable_url_is_named_with_the_cause() {
        // Port 1 on this machine answers nobody.
        let why = read("http://127.0.0.1:1/openapi.json")
            .unwrap_err()
            .to_string();
        assert!(
            why.starts_with("http://127.0.0.1:1/openapi.json: "),
            "{why}"
        );
        assert!(why.to_lowercase().contains("connect"), "{why}");
    }
}
