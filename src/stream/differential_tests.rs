//! The decoder against `serde_json` over generated bodies, sound and spoilt.

#![allow(clippy::indexing_slicing)]

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::oracle::{AtLeastHundred, Contact, assert_agreement, expected};

/// JSON of any shape, printed with any white space.
fn json() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u8>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
    ];
    let leaf = prop_oneof![
        number,
        Just("true".into()),
        Just("false".into()),
        Just("null".into()),
        string()
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            vec((space(), inner.clone(), space()), 0..6).prop_map(|items| {
                let items: Vec<_> = items
                    .into_iter()
                    .map(|(a, item, b)| format!("{a}{item}{b}"))
                    .collect();
                format!("[{}]", items.join(","))
            }),
            vec((name(), space(), inner), 0..6).prop_map(|members| object(&members)),
        ]
    })
}

fn object(members: &[(String, String, String)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, space, value)| format!("{space}{name}{space}:{value}{space}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 1 => "[ \n\r\t]{1,3}"]
}

fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9]{1,5}",
        "[\\[\\]{}:,]{1,3}",
        any::<char>()
            .prop_filter("plain", |char| *char >= ' '
                && *char != '"'
                && *char != '\\')
            .prop_map(String::from),
        Just("\\\"".into()),
        Just("\\\\".into()),
        Just("\\n".into()),
        Just("\\u00e9".into()),
        Just("\\ud83d\\ude00".into()),
    ];
    vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "key", "fields", "status", "__v", "_id", "value", "primary", "records", "contacts",
    ]);
    prop_oneof![2 => string(), 3 => known.prop_map(|name| format!("\"{name}\""))]
}

/// A body with elements of any shape, bare or in a wrapper.
fn body() -> impl Strategy<Value = String> {
    let elements = vec((space(), json(), space()), 0..8)
        .prop_map(|items| {
            let items: Vec<_> = items
                .into_iter()
                .map(|(a, item, b)| format!("{a}{item}{b}"))
                .collect();
            format!("[{}]", items.join(","))
        })
        .boxed();
    let skipped = || vec((string(), space(), json()), 0..3);
    let wrapped = (
        skipped(),
        prop::sample::select(vec!["\"records\"", "\"contacts\""]),
        space(),
        elements.clone(),
        skipped(),
    )
        .prop_map(|(mut members, name, space, array, after)| {
            members.push((name.into(), space, array));
            members.extend(after);
            object(&members)
        });
    (space(), prop_oneof![elements, wrapped], space())
        .prop_map(|(a, body, b)| format!("{a}{body}{b}"))
}

/// A body spoilt at a few places.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let junk = prop_oneof![
        prop::sample::select(b"[]{},:\"\\ \n\x00eE+-.0179tfnu\xC3\xA9\xF0".to_vec()),
        any::<u8>(),
    ];
    (
        body(),
        vec((any::<prop::sample::Index>(), 0_u8..3, junk), 1..4),
    )
        .prop_map(|(body, edits)| {
            let mut body = body.into_bytes();
            for (index, edit, junk) in edits {
                let at = index.index(body.len().max(1));
                match edit {
                    0 if at < body.len() => {
                        body.remove(at);
                    }
                    1 if at < body.len() => body[at] = junk,
                    _ => body.insert(at.min(body.len()), junk),
                }
            }
            body
        })
}

fn contact() -> impl Strategy<Value = String> {
    let field = (
        string(),
        prop_oneof![Just("null".into()), "-?[1-9][0-9]{0,8}"],
    );
    let status = prop_oneof![
        Just(r#"{"primary":"Active"}"#.to_owned()),
        string().prop_map(|reason| format!(r#"{{"secondary":{reason},"primary":"Inactive"}}"#)),
        Just("null".to_owned()),
    ];
    let field = field.prop_map(|(id, value)| format!(r#"{{"value":{value},"_id":{id}}}"#));
    let fields = vec(field, 0..4).prop_map(|fields| fields.join(","));
    let members = (json(), string(), fields, status, any::<u8>());
    members.prop_map(|(unknown, key, fields, status, version)| {
        let known = format!(r#""key":{key},"fields":[{fields}],"status":{status},"__v":{version}"#);
        format!(r#"{{"unknown":{unknown},{known}}}"#)
    })
}

fn sizes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(vec![1]),
        vec(1_u8..4, 1..9),
        vec(1_u8..60, 1..9),
        vec(any::<u8>(), 1..9)
    ]
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "1",
        "200",
        "-",
        ".",
        "e5",
        "0",
        "true",
        "null",
        "\"a\"",
        "\"records\":[",
        "é",
        "{\"a\":",
    ]);
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn a_valid_body_is_decoded_as_serde_json_does_however_it_is_cut(
        body in body(),
        sizes in sizes(),
    ) {
        prop_assert!(expected::<Value>(body.as_bytes()).is_some(), "not valid: {}", body);
        assert_agreement::<Value>(body.as_bytes(), &sizes);
    }

    #[test]
    fn typed_contacts_are_decoded_as_serde_json_does(
        contacts in vec(contact(), 0..6),
        sizes in sizes(),
    ) {
        let body = format!("[{}]", contacts.join(","));
        let decoded = expected::<Contact>(body.as_bytes());
        prop_assert_eq!(decoded.map(|decoded| decoded.len()), Some(contacts.len()));
        assert_agreement::<Contact>(body.as_bytes(), &sizes);
    }

    #[test]
    fn a_spoilt_body_is_refused_where_serde_json_refuses_it(body in spoilt(), sizes in sizes()) {
        assert_agreement::<Value>(&body, &sizes);
        assert_agreement::<Contact>(&body, &sizes);
        assert_agreement::<f64>(&body, &sizes);
    }

    #[test]
    fn any_text_of_json_pieces_is_judged_as_serde_json_judges_it(
        pieces in pieces(),
        sizes in sizes(),
    ) {
        let array = format!("[{pieces}]");
        let wrapper = format!("{{\"records\":[{pieces}]}}");
        for body in [pieces, array, wrapper] {
            assert_agreement::<Value>(body.as_bytes(), &sizes);
            assert_agreement::<AtLeastHundred>(body.as_bytes(), &sizes);
            assert_agreement::<String>(body.as_bytes(), &sizes);
            assert_agreement::<IgnoredAny>(body.as_bytes(), &sizes);
        }
    }
}
