//! JSON to the letter: generated in spellings that no parser gives back, and compared in all but the
//! order of members and the escapes of text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;

/// A JSON text taken apart; what is neither an object, an array nor text keeps its letters.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Object(BTreeMap<String, Tree>),
    Array(Vec<Tree>),
    Text(String),
    Letters(String),
}

impl Tree {
    pub fn of(json: &str) -> Self {
        let json = json.trim();
        match json.as_bytes()[0] {
            b'{' => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).unwrap();
                let members = members.into_iter();
                Self::Object(members.map(|(name, v)| (name, Self::of(v.get()))).collect())
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap();
                Self::Array(items.into_iter().map(|v| Self::of(v.get())).collect())
            }
            // Half of a character is no text of ours.
            b'"' => serde_json::from_str(json)
                .map_or_else(|_| Self::Letters(json.to_owned()), Self::Text),
            _ => Self::Letters(json.to_owned()),
        }
    }

    pub fn members(&mut self) -> &mut BTreeMap<String, Tree> {
        match self {
            Self::Object(members) => members,
            other => panic!("no object: {other:?}"),
        }
    }

    /// The elements of a member; an array that is missing is put there, empty.
    pub fn elements(&mut self, name: &str) -> &mut Vec<Tree> {
        let empty = Self::Array(Vec::new());
        match self.members().entry(name.to_owned()).or_insert(empty) {
            Self::Array(elements) => elements,
            other => panic!("no array: {other:?}"),
        }
    }
}

pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Text of any kind, as JSON.
fn text() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "",
        ".",
        "\"",
        "a\nb",
        "\u{0}",
        "\u{1f600}",
        "\u{2028}",
        "null",
        "\\",
    ];
    prop_oneof![
        "(?s).{0,12}".prop_map(|text| quoted(&text)),
        prop::sample::select(ODD).prop_map(quoted),
        // Escapes that nobody writes back.
        Just(r#""\u0041\/\ud83d\ude00""#.to_owned()),
    ]
}

fn number() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "1.0",
        "1e3",
        "-0",
        "-0.0",
        "1.10",
        "9007199254740993",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1E400",
        "5e-324",
    ];
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?",
        prop::sample::select(ODD).prop_map(str::to_owned),
    ]
}

/// Any JSON.
pub fn anything() -> impl Strategy<Value = String> {
    let word = prop::sample::select(&["null", "true", "false"][..]).prop_map(str::to_owned);
    prop_oneof![word, number(), text()].prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec((text(), inner), 0..4).prop_map(|members| {
                // Each name once.
                let members: BTreeMap<_, _> = members
                    .into_iter()
                    .map(|(name, value)| (serde_json::from_str::<String>(&name).unwrap(), value))
                    .collect();
                let members = members
                    .iter()
                    .map(|(name, value)| format!("{}: {value}", quoted(name)));
                format!("{{ {} }}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

/// Members that nobody knows, each with a comma before it.
pub fn unknown() -> impl Strategy<Value = String> {
    prop::collection::vec(("(?s).{0,6}", anything()), 0..3).prop_map(|members| {
        let members = members.iter().enumerate();
        let members = members.map(|(n, (odd, value))| {
            let name = quoted(&format!("x{n}{odd}"));
            format!(",{name}:{value}")
        });
        members.collect()
    })
}
