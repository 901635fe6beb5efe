//! A malformed document is refused with the place of what is wrong, or read; nothing makes it panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use benchmark_email_compare::{document::Document, source, strip::strip};
use serde_json::{Value, json};

/// The places of all values below a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), all);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{at}/{key}"), all);
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_is_put_in_any_place_is_read_or_refused_with_its_place() {
    let fine = source::parse(include_str!("support/released.yaml")).unwrap();
    Document::read(&fine).unwrap();
    let mut places = Vec::new();
    pointers(&fine, "", &mut places);
    let intruders = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!("word"),
        json!([[{}]]),
        json!({"$ref": "#/components/schemas/Thing"}),
        json!({"allOf": [{"$ref": "#/components/schemas/Thing"}], "type": ["null"]}),
    ];
    let mut refused = 0;
    for place in &places {
        for intruder in &intruders {
            let mut document = fine.clone();
            *document.pointer_mut(place).unwrap() = intruder.clone();
            // Stripping reads the document first.
            if let Err(why) = strip(&document) {
                refused += 1;
                let why = why.to_string();
                assert!(
                    why.starts_with('#') && why.contains(": "),
                    "{place}: {intruder}: {why}"
                );
            }
        }
    }
    assert!(
        refused > places.len(),
        "{refused} of {} places times {}",
        places.len(),
        intruders.len()
    );
}
