//! Contacts to measure with: the same bytes at every run, about 475 a contact.
//!
//! Ids and addresses are unique, names come from small sets. Some values hold what a decoder may
//! stumble over: escapes, brackets in strings, letters beyond ASCII.

use std::fmt::Write;

use serde::Deserialize;

const FIRST_NAMES: [&str; 8] = ["Jane", "John", "Zoë", "Ana", "Wei", "José", "Olu", "Mia"];
const LAST_NAMES: [&str; 8] = [
    "Smith",
    "Müller",
    "O\\u0027Neil",
    "Garc\\u00eda",
    "Li",
    "Novák",
    "Okafor",
    "Brown",
];
const COMPANIES: [&str; 4] = [
    "Acme International, Inc.",
    "Baker \\\"Best\\\" Bread",
    "Nuts [and] Bolts {Limited}",
    "Smith \\u0026 Daughters Gardening",
];

/// A contact as the service sends it, owned and untyped: what is measured is decoding.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Contact {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) key: String,
    #[serde(rename = "contactStructureId")]
    pub(crate) structure: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) status: Status,
    pub(crate) lists: Vec<String>,
    pub(crate) tags: Vec<String>,
    #[serde(rename = "createdAt")]
    pub(crate) created: String,
    #[serde(rename = "updatedAt")]
    pub(crate) updated: String,
    #[serde(rename = "__v")]
    pub(crate) version: u64,
}

/// The value of one field.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Field {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) value: String,
}

/// Active, or Inactive with a reason.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Status {
    pub(crate) primary: String,
    pub(crate) secondary: Option<String>,
}

/// A JSON array of `count` contacts.
pub(crate) fn body(count: u64) -> String {
    let mut body = String::from("[");
    for number in 0..count {
        if number > 0 {
            body.push(',');
        }
        push_contact(&mut body, number);
    }
    body.push(']');
    body
}

fn push_contact(body: &mut String, number: u64) {
    // Bits that look drawn but come from the number alone.
    let bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    let [first, last, company, ..] = bits.to_le_bytes();
    let pick = |from: &[&'static str], by: u8| {
        from.get(usize::from(by) % from.len())
            .copied()
            .unwrap_or_default()
    };
    let status = match bits % 20 {
        0 => r#"{"primary":"Inactive","secondary":"Unsubscribe"}"#,
        1 => r#"{"primary":"Inactive","secondary":"Bounce"}"#,
        _ => r#"{"primary":"Active"}"#,
    };
    let lists = match bits % 3 {
        0 => "[]",
        1 => r#"["64a1b2c3d4e5f6a7b8c9d201"]"#,
        _ => r#"["64a1b2c3d4e5f6a7b8c9d201","64a1b2c3d4e5f6a7b8c9d202"]"#,
    };
    // Writing to a string can't fail.
    let _ = write!(
        body,
        concat!(
            r#"{{"_id":"66f1a6e4{number:016x}","key":"person.{number:06}@mail{domain:02}.example.com","#,
            r#""contactStructureId":"64a1b2c3d4e5f6a7b8c9d0e1","fields":["#,
            r#"{{"_id":"64a1b2c3d4e5f6a7b8c9d100","value":"{first}"}},"#,
            r#"{{"_id":"64a1b2c3d4e5f6a7b8c9d101","value":"{last}"}},"#,
            r#"{{"_id":"64a1b2c3d4e5f6a7b8c9d102","value":"{company}"}}"#,
            r#"],"status":{status},"lists":{lists},"tags":[],"#,
            r#""createdAt":"2026-03-{day:02}T14:{minute:02}:00.000Z","#,
            r#""updatedAt":"2026-04-{day:02}T09:{minute:02}:12.345Z","__v":{version}}}"#,
        ),
        number = number,
        first = pick(&FIRST_NAMES, first),
        last = pick(&LAST_NAMES, last),
        status = status,
        lists = lists,
        day = 1 + number % 28,
        minute = number % 60,
        domain = bits % 100,
        company = pick(&COMPANIES, company),
        version = bits % 12,
    );
}
