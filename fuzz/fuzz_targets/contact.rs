//! Contacts and values of any kind: read, looked at, decoded into any type and written, always as
//! `serde_json` sees them, and never a panic or a value in an error.
#![no_main]

use std::{collections::BTreeMap, fmt::Debug};

use arbitrary::{Result, Unstructured};
use benchmark_email::{Contact, NewContact, Structure, Value, value::RecurrentDate};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// Begins each text that a contact holds, and nothing that a structure does.
const SECRET: &str = "s3cret";

const TYPES: [&str; 6] = [
    "text",
    "number",
    "boolean",
    "date",
    "recurrent_date",
    "colour",
];
const LABELS: [&str; 6] = [
    "First Name",
    "Seats",
    "firstName",
    "a.b",
    "\u{1f600}",
    "Email",
];

fuzz_target!(|input: &[u8]| {
    if let Ok(json) = std::str::from_utf8(input) {
        value_as_serde_json(json);
    }
    let mut input = Unstructured::new(input);
    if let Ok(drawn) = Drawn::draw(&mut input) {
        drawn.judge();
    }
});

/// A value is what `serde_json` takes for JSON, and goes back as it came.
fn value_as_serde_json(json: &str) {
    let Ok(value) = serde_json::from_str::<Value>(json) else {
        let valid = serde_json::from_str::<Box<RawValue>>(json).is_ok();
        assert!(!valid, "refused: {json}");
        return;
    };
    let json = json.trim_matches([' ', '\t', '\n', '\r']);
    let seen = serde_json::from_str::<serde_json::Value>(json).ok();
    let written = serde_json::to_string(&value).unwrap();
    match value.as_str() {
        Some(text) => {
            assert_eq!(seen.as_ref().and_then(|seen| seen.as_str()), Some(text));
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
        None => assert_eq!(written, json),
    }
    if let Some(seen) = &seen {
        assert_eq!(value.as_bool(), seen.as_bool());
        assert_eq!(value.is_null(), seen.is_null());
        assert!(near(value.as_f64(), seen.as_f64()), "{json}");
        if let Some(number) = value.as_i64() {
            assert_eq!(whole_number(json), Some(number.into()), "{json}");
        }
    }
    if let Some(day) = value.as_recurrent_date() {
        let text = value.as_str().unwrap();
        assert!(text.contains(&day.to_string()), "{text}");
        assert_eq!(Value::from(day).as_recurrent_date(), Some(day));
    }
    if let Some(day) = value.as_date() {
        assert!(value.as_str().unwrap().starts_with(&day.to_string()));
        assert_eq!(Value::from(day).as_date(), Some(day));
    }
    assert!(!format!("{value:?}").contains(SECRET));
}

/// The two round floats in their own ways.
fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other || (one - other).abs() <= other.abs() * 1e-12,
        (one, other) => one == other,
    }
}

/// A whole number in any spelling, found by moving the point in its text.
fn whole_number(json: &str) -> Option<i128> {
    let number = serde_json::from_str::<&RawValue>(json).ok()?.get();
    if !number.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = before.to_owned() + after;
    let mut after = after.len() as i64 - exponent.parse::<i64>().ok()?;
    if digits.bytes().all(|digit| matches!(digit, b'0' | b'-')) {
        return Some(0);
    }
    while after > 0 && digits.ends_with('0') {
        digits.pop();
        after -= 1;
    }
    while after < 0 && digits.len() < 60 {
        digits.push('0');
        after += 1;
    }
    if after == 0 { digits.parse().ok() } else { None }
}

/// A structure and a contact of it, as JSON.
struct Drawn {
    structure: String,
    contact: String,
    /// Label, data type and JSON of each value.
    values: Vec<(&'static str, &'static str, String)>,
}

#[derive(Debug, Deserialize, PartialEq)]
enum Kind {
    Small,
    #[serde(rename = "s3cret")]
    Secret,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Wrapped(String);

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is only decoded")]
struct Customer {
    key: Option<String>,
    #[serde(rename = "First Name", alias = "firstName")]
    first: Option<Wrapped>,
    #[serde(rename = "Seats", default)]
    seats: Option<u32>,
    #[serde(rename = "a.b")]
    date: Option<chrono::NaiveDate>,
    #[serde(rename = "\u{1f600}")]
    birthday: Option<RecurrentDate>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

impl Drawn {
    fn draw(input: &mut Unstructured<'_>) -> Result<Self> {
        let mut values = Vec::new();
        let (mut fields, mut entries) = (Vec::new(), Vec::new());
        for (place, label) in LABELS.iter().enumerate() {
            if input.ratio(1, 4)? {
                continue;
            }
            let data_type = *input.choose(&TYPES)?;
            let extra = extra(input)?;
            let quoted = serde_json::to_string(label).unwrap();
            fields.push(format!(
                r#"{{"_id":"f{place}","label":{quoted},"dataType":"{data_type}"{extra}}}"#
            ));
            if input.ratio(1, 5)? {
                continue;
            }
            let mut json = String::new();
            value(input, &mut json, 0)?;
            entries.push(format!(r#"{{"_id":"f{place}","value":{json}{extra}}}"#));
            values.push((*label, data_type, json));
        }
        let references = |input: &mut Unstructured<'_>| -> Result<String> {
            let extra = extra(input)?;
            let any = [
                "\"l1\"".to_owned(),
                format!(r#"{{"_id":"l2"{extra}}}"#),
                "null".to_owned(),
            ];
            let count = input.int_in_range(0..=3)?;
            let items: Result<Vec<_>> = (0..count).map(|_| input.choose(&any).cloned()).collect();
            Ok(items?.join(","))
        };
        let (lists, tags) = (references(input)?, references(input)?);
        let version = *input.choose(&["0", "7", "null", "9007199254740993"])?;
        let (whole, status) = (extra(input)?, extra(input)?);
        Ok(Self {
            structure: format!(
                r#"{{"_id":"s1","label":"Default","keyName":"Email","fields":[{}],"__v":{version}{whole}}}"#,
                fields.join(",")
            ),
            contact: format!(
                r#"{{"_id":"c1","key":"{SECRET}@example.com","contactStructureId":"s1","fields":[{}],"status":{{"primary":"Active"{status}}},"lists":[{lists}],"tags":[{tags}],"__v":{version}{whole}}}"#,
                entries.join(",")
            ),
            values,
        })
    }

    fn judge(&self) {
        let structure: Structure = serde_json::from_str(&self.structure).unwrap();
        let contact: Contact = serde_json::from_str(&self.contact).unwrap();
        for (read, written) in [
            (&self.structure, serde_json::to_string(&structure).unwrap()),
            (&self.contact, serde_json::to_string(&contact).unwrap()),
        ] {
            let written = Tree::of(&written);
            match (written, Tree::of(read)) {
                // An array that was not there is written as an empty one.
                (Tree::Object(mut written), Tree::Object(read)) => {
                    written.retain(|name, value| {
                        read.contains_key(name) || *value != Tree::Array(Vec::new())
                    });
                    assert_eq!(written, read);
                }
                _ => unreachable!(),
            }
        }
        assert!(!format!("{contact:?} {structure:?}").contains(SECRET));

        for (label, data_type, json) in &self.values {
            let named = contact.field(&structure, *label).unwrap();
            let named = named.map_or("null".to_owned(), |v| serde_json::to_string(v).unwrap());
            assert_eq!(Tree::of(&named), Tree::of(json));
            // What comes as text is read in the light of other data types.
            if matches!(*data_type, "text" | "colour") {
                decoded_as_serde_json(json);
            }
        }
        told::<Customer>(&structure, &contact);
        told::<BTreeMap<String, Value>>(&structure, &contact);
        told::<BTreeMap<String, u8>>(&structure, &contact);
        told::<BTreeMap<String, RecurrentDate>>(&structure, &contact);
        told::<BTreeMap<String, chrono::NaiveDate>>(&structure, &contact);
        told::<BTreeMap<String, (String, u8)>>(&structure, &contact);
        told::<Vec<String>>(&structure, &contact);
        told::<String>(&structure, &contact);

        if let Ok(all) = structure.decode::<BTreeMap<String, Value>>(&contact) {
            let new = NewContact::new(&structure, "jane@example.com");
            if let Err(error) = new.fields(&all) {
                assert!(!error.to_string().contains(SECRET), "{error}");
            }
        }
    }
}

/// A value alone in its structure is, in any type, what `serde_json` makes of it.
fn decoded_as_serde_json(json: &str) {
    let structure = r#"{"_id":"s1","label":"Default","fields":[{"_id":"f1","label":"Alone","dataType":"text"}]}"#;
    let contact = format!(
        r#"{{"_id":"c1","key":"j@example.com","contactStructureId":"s1","fields":[{{"_id":"f1","value":{json}}}]}}"#
    );
    let structure: Structure = serde_json::from_str(structure).unwrap();
    let contact: Contact = serde_json::from_str(&contact).unwrap();
    alike::<bool>(&structure, &contact, json);
    alike_whole::<u8>(&structure, &contact, json);
    alike_whole::<i64>(&structure, &contact, json);
    alike_whole::<u64>(&structure, &contact, json);
    alike::<char>(&structure, &contact, json);
    alike::<String>(&structure, &contact, json);
    alike::<Wrapped>(&structure, &contact, json);
    alike::<Kind>(&structure, &contact, json);
    alike::<()>(&structure, &contact, json);
    alike::<Option<Option<String>>>(&structure, &contact, json);
    alike::<Vec<Option<bool>>>(&structure, &contact, json);
    alike::<BTreeMap<String, i64>>(&structure, &contact, json);
    alike::<chrono::NaiveDate>(&structure, &contact, json);
    alike::<RecurrentDate>(&structure, &contact, json);
    let float = only::<f64>(&structure, &contact);
    assert!(near(float, serde_json::from_str(json).ok()), "{json}");
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Alone<T> {
    #[serde(rename = "Alone")]
    value: T,
}

/// The one value, decoded.
fn only<T: DeserializeOwned>(structure: &Structure, contact: &Contact) -> Option<T> {
    let alone = structure.decode::<Alone<T>>(contact);
    alone.ok().map(|alone| alone.value)
}

fn alike<T: DeserializeOwned + PartialEq + Debug>(
    structure: &Structure,
    contact: &Contact,
    json: &str,
) {
    let seen: Option<T> = serde_json::from_str(json).ok();
    let kind = std::any::type_name::<T>();
    assert_eq!(only(structure, contact), seen, "{kind} of {json}");
}

/// An integer is read in any spelling, where `serde_json` knows one alone.
fn alike_whole<T>(structure: &Structure, contact: &Contact, json: &str)
where
    T: DeserializeOwned + PartialEq + Debug + TryFrom<i128>,
{
    let seen = whole_number(json).and_then(|number| T::try_from(number).ok());
    let kind = std::any::type_name::<T>();
    let optional: Option<Option<T>> = only(structure, contact);
    assert_eq!(optional.flatten(), seen, "Option<{kind}> of {json}");
    assert_eq!(only(structure, contact), seen, "{kind} of {json}");
}

/// Decodes into a type; an error shows no value.
fn told<T: DeserializeOwned>(structure: &Structure, contact: &Contact) {
    if let Err(error) = structure.decode::<T>(contact) {
        let words = format!("{error} {error:?}");
        assert!(!words.contains(SECRET), "{words}");
    }
}

/// JSON to the letter, but for the order of members and the spelling of text.
#[derive(Debug, PartialEq)]
enum Tree {
    Object(BTreeMap<String, Tree>),
    Array(Vec<Tree>),
    Text(String),
    Word(String),
}

impl Tree {
    fn of(json: &str) -> Self {
        fn read<'a, T: Deserialize<'a>>(json: &'a str) -> T {
            serde_json::from_str(json).unwrap()
        }
        let json = json.trim();
        match json.as_bytes() {
            [b'{', ..] => {
                let members = read::<BTreeMap<String, &RawValue>>(json);
                let members = members.into_iter();
                Self::Object(members.map(|(name, v)| (name, Self::of(v.get()))).collect())
            }
            [b'[', ..] => {
                let items = read::<Vec<&RawValue>>(json);
                Self::Array(items.into_iter().map(|v| Self::of(v.get())).collect())
            }
            [b'"', ..] => Self::Text(read(json)),
            _ => Self::Word(json.to_owned()),
        }
    }
}

/// Members that nobody knows, each with its comma.
fn extra(input: &mut Unstructured<'_>) -> Result<String> {
    let mut extra = String::new();
    for name in 0..input.int_in_range(0..=2)? {
        extra.push_str(&format!(",\"x{name}\":"));
        value(input, &mut extra, 0)?;
    }
    Ok(extra)
}

/// Any JSON that `serde_json` takes.
fn value(input: &mut Unstructured<'_>, json: &mut String, depth: u8) -> Result<()> {
    match input.int_in_range(0..=if depth < 5 { 9 } else { 5 })? {
        0 => json.push_str(input.choose(&["null", "true", "false"])?),
        1 => json.push_str(&input.arbitrary::<i64>()?.to_string()),
        2 => json.push_str(input.choose(&[
            "1.0",
            "1.50",
            "-0",
            "1e3",
            "1E-2",
            "0.1234567890123456789",
            "9007199254740993",
            "18446744073709551616",
            "12345678901234567890123",
            "-1e-400",
        ])?),
        3 => json.push_str(&format!(
            "{}e{}",
            input.arbitrary::<i32>()?,
            input.int_in_range(-300..=290)?
        )),
        4 => json.push_str(input.choose(&[
            "\"2026-03-28\"",
            "\"02-29\"",
            "\"2024-02-29T00:00:00.000Z\"",
            "\"true\"",
            "\"12\"",
            "\"1e999\"",
            "\" 7 \"",
            "\"x\"",
            "\"Small\"",
            "\"s3cret\"",
            "{\"Small\":null}",
        ])?),
        5 | 6 => {
            let text: String = input.arbitrary()?;
            json.push_str(&serde_json::to_string(&format!("{SECRET}{text}")).unwrap());
        }
        7 => {
            json.push('[');
            for place in 0..input.int_in_range(0..=3)? {
                json.push_str(if place > 0 { ", " } else { "" });
                value(input, json, depth + 1)?;
            }
            json.push(']');
        }
        8 => {
            json.push('{');
            for place in 0..input.int_in_range(0..=3)? {
                json.push_str(if place > 0 { "," } else { " " });
                json.push_str(&format!("\"n{place}\": "));
                value(input, json, depth + 1)?;
            }
            json.push('}');
        }
        // What the fuzzer came up with, if it is JSON.
        _ => {
            let length = input.int_in_range(0..=24)?;
            let bytes = input.bytes(length)?;
            match std::str::from_utf8(bytes) {
                Ok(text) if serde_json::from_str::<serde_json::Value>(text).is_ok() => {
                    json.push_str(text.trim())
                }
                _ => json.push('0'),
            }
        }
    }
    Ok(())
}
