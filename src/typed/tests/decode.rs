//! What a struct gets from a contact, and what it is told when it can't.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{contact, structure, with_field};
use crate::{EmailAddress, ErrorKind, Value, value::RecurrentDate};

/// A struct of one member, to save words.
macro_rules! one {
    ($name:ident, $label:literal, $type:ty $(, $attribute:meta)*) => {
        #[derive(Debug, Deserialize, PartialEq)]
        struct $name {
            #[serde(rename = $label)]
            $( #[$attribute] )*
            it: $type,
        }
    };
}

one!(Seats, "Seats", u8);
one!(MaybeSeats, "Seats", Option<u8>);
one!(SeatsOrNone, "Seats", u8, serde(default));
one!(First, "First Name", String);
one!(Ok, "Newsletter OK", bool);

fn seats(value: Json) -> crate::contacts::Contact {
    contact(json!([{"_id": "f2", "value": value}]))
}

fn told<T: DeserializeOwned + std::fmt::Debug>(contact: &crate::Contact) -> String {
    let error = structure().decode::<T>(contact).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    error.to_string()
}

#[test]
fn text_with_half_of_a_character_stands_in_the_way_of_no_other_field() {
    let half = r#"{"_id":"c1","key":"j@example.com","contactStructureId":"s1","fields":[{"_id":"f1","value":"\ud800"},{"_id":"f2","value":3}]}"#;
    let half: crate::Contact = serde_json::from_str(half).unwrap();
    assert_eq!(structure().decode::<Seats>(&half).unwrap().it, 3);
    told::<First>(&half);
}

#[test]
fn each_data_type_becomes_the_rust_type_that_asks_for_it() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Plan {
        Free,
        Paid,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Customer {
        #[serde(rename = "First Name")]
        first: String,
        #[serde(rename = "Seats")]
        seats: u32,
        #[serde(rename = "Customer Since")]
        since: chrono::NaiveDate,
        #[serde(rename = "Newsletter OK")]
        ok: bool,
        #[serde(rename = "Birthday")]
        birthday: RecurrentDate,
        #[serde(rename = "Plan")]
        plan: Plan,
        #[serde(rename = "Colour")]
        colour: Vec<u8>,
    }

    let jane = contact(json!([
        {"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": 12},
        {"_id": "f3", "value": "2026-03-28"}, {"_id": "f4", "value": true},
        {"_id": "f5", "value": "02-29"}, {"_id": "f6", "value": "paid"},
        {"_id": "f7", "value": [1, 2, 3]}, {"_id": "f99", "value": "of a field added since"},
    ]));
    let customer: Customer = structure().decode(&jane).unwrap();
    let expected = Customer {
        first: "Jane".to_owned(),
        seats: 12,
        since: chrono::NaiveDate::from_ymd_opt(2026, 3, 28).unwrap(),
        ok: true,
        birthday: RecurrentDate::new(2, 29).unwrap(),
        plan: Plan::Paid,
        colour: vec![1, 2, 3],
    };
    assert_eq!(customer, expected);
}

#[test]
fn no_value_is_absent_and_null_is_none() {
    for absent in [contact(json!([])), contact(json!([{"_id": "f2"}]))] {
        let decoder = structure().decoder::<MaybeSeats>();
        assert_eq!(decoder.decode(&absent).unwrap(), MaybeSeats { it: None });
        let with_default: SeatsOrNone = structure().decode(&absent).unwrap();
        assert_eq!(with_default, SeatsOrNone { it: 0 });
        assert!(told::<Seats>(&absent).contains("the field \"Seats\" has no value"));
    }
    let null = seats(Json::Null);
    assert_eq!(structure().decode::<MaybeSeats>(&null).unwrap().it, None);
    assert!(told::<SeatsOrNone>(&null).contains("should be u8, and its value is null"));
}

#[test]
fn numbers_and_booleans_that_came_as_text_are_such_where_the_field_is() {
    one!(Exact, "Seats", f64);
    one!(Any, "Seats", Value);
    one!(Text, "Seats", String);
    // A number that no type holds to the letter is kept as JSON text, and is still a number.
    for (number, near) in [
        ("1.50", 1.5),
        ("12345678901234567890123", 12_345_678_901_234_567_890_123.0),
    ] {
        let mut contact = seats(0.into());
        contact.fields[0].value = Some(serde_json::from_str(number).unwrap());
        let exact: Exact = structure().decode(&contact).unwrap();
        assert!((exact.it - near).abs() < 1e-9, "{number}");
        let any: Any = structure().decode(&contact).unwrap();
        assert_eq!(serde_json::to_string(&any.it).unwrap(), number);
    }
    for text in ["12", " 12 ", "+12"] {
        assert_eq!(
            structure().decode::<Seats>(&seats(text.into())).unwrap().it,
            12
        );
    }
    let broken = seats("-1.5e3".into());
    assert!((structure().decode::<Exact>(&broken).unwrap().it + 1500.0).abs() < 1e-9);
    let twelve = seats("12".into());
    assert_eq!(structure().decode::<Any>(&twelve).unwrap().it, 12.into());
    assert_eq!(
        structure().decode::<MaybeSeats>(&twelve).unwrap().it,
        Some(12)
    );
    assert_eq!(structure().decode::<Text>(&twelve).unwrap().it, "12");
    for text in ["", "twelve", "inf", "NaN", "256", "-1", "1.5"] {
        told::<Seats>(&seats(text.into()));
    }

    let ok = |text: &str| contact(json!([{"_id": "f4", "value": text}]));
    assert!(structure().decode::<Ok>(&ok("true")).unwrap().it);
    assert!(!structure().decode::<Ok>(&ok("false")).unwrap().it);
    assert!(told::<Ok>(&ok("yes")).contains("should be bool"));

    // In a text field the text of a number is text.
    one!(PlanNumber, "Plan", u8);
    told::<PlanNumber>(&contact(json!([{"_id": "f6", "value": "12"}])));
}

#[test]
fn names_are_labels_then_predefined_names_then_the_key() {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "firstName")]
        first: String,
        #[serde(rename = "Email")]
        email: EmailAddress,
    }
    let jane = contact(json!([{"_id": "f1", "value": "Jane"}]));
    let named: Named = structure().decode(&jane).unwrap();
    assert_eq!(named.first, "Jane");
    assert_eq!(named.email, "jane@example.com");

    // Two names of one thing are no duplicate.
    #[derive(Deserialize)]
    struct Aliased {
        #[serde(rename = "First Name", alias = "firstName")]
        first: String,
        #[serde(alias = "Email")]
        key: String,
    }
    let aliased: Aliased = structure().decode(&jane).unwrap();
    assert_eq!(
        (aliased.first.as_str(), aliased.key.as_str()),
        ("Jane", "jane@example.com")
    );

    // A field that is called so wins.
    let mislabelled = with_field(json!({"_id": "f8", "label": "key", "dataType": "text"}));
    let jane = contact(json!([{"_id": "f8", "value": "from the field"}]));
    #[derive(Deserialize)]
    struct Key {
        key: String,
    }
    let key: Key = mislabelled.decode(&jane).unwrap();
    assert_eq!(key.key, "from the field");
}

#[test]
fn a_map_and_a_flattened_struct_get_every_field_and_the_key() {
    #[derive(Deserialize)]
    struct Customer {
        #[serde(rename = "First Name")]
        first: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Json>,
    }
    let jane = contact(json!([
        {"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": "12"}, {"_id": "f99", "value": 1}
    ]));
    let map: BTreeMap<String, Value> = structure().decode(&jane).unwrap();
    assert_eq!(
        map.keys().collect::<Vec<_>>(),
        ["Email", "First Name", "Seats"]
    );
    assert_eq!(map["Seats"], 12.into());
    let customer: Customer = structure().decode(&jane).unwrap();
    assert_eq!(customer.first, "Jane");
    assert_eq!(customer.rest.keys().collect::<Vec<_>>(), ["Email", "Seats"]);
}

#[test]
fn a_struct_that_denies_unknown_fields_is_shown_its_own_only() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(rename = "Seats")]
        seats: u8,
    }
    let jane = contact(json!([{"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": 2}]));
    assert_eq!(structure().decode::<Strict>(&jane).unwrap().seats, 2);
}

#[test]
fn a_misfit_names_label_contact_and_type_and_never_the_value() {
    // No address, which errors would hide anyway.
    const SECRET: &str = "s3cret";
    #[derive(Debug, Deserialize, PartialEq)]
    enum Plan {
        Free,
    }
    one!(OfPlan, "Seats", Plan);
    one!(OfDate, "Seats", chrono::NaiveDate);
    one!(OfMany, "Seats", Option<Vec<u8>>);
    let secret = seats(SECRET.into());
    let whole = |text: &str| {
        structure()
            .decode::<Plan>(&seats(text.into()))
            .unwrap_err()
            .to_string()
    };
    for (error, expected) in [
        (told::<Seats>(&secret), "u8"),
        (told::<MaybeSeats>(&secret), "Option<u8>"),
        (told::<OfPlan>(&secret), "Plan"),
        (told::<OfDate>(&secret), "NaiveDate"),
        (told::<OfMany>(&secret), "Option<Vec<u8>>"),
    ] {
        assert!(error.contains("the contact c1 is no "), "{error}");
        assert!(
            error.contains(&format!(
                "the field \"Seats\" should be {expected}, and its value is text"
            )),
            "{error}"
        );
        assert!(!error.contains(SECRET), "{error}");
    }
    assert!(!whole(SECRET).contains(SECRET));

    #[derive(Debug, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        _it: Seats,
    }
    let error = told::<Flat>(&secret);
    assert!(
        error.contains("is not u8") && !error.contains(SECRET),
        "{error}"
    );

    // A type's own words may quote it.
    fn quoting<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(serde::de::Error::custom(format!("{text} is odd")))
    }
    one!(Quoting, "Seats", u8, serde(deserialize_with = "quoting"));
    let error = told::<Quoting>(&secret);
    assert!(
        error.contains("\"Seats\" should be another type") && !error.contains(SECRET),
        "{error}"
    );

    // The address is a value too.
    one!(OfKey, "Email", u8);
    let error = told::<OfKey>(&secret);
    assert!(
        error.contains("should be u8, and its value is an address") && !error.contains("jane"),
        "{error}"
    );
}

#[test]
fn drift_between_structure_and_account_is_named() {
    // The number became text.
    let error = told::<Seats>(&seats("many".into()));
    assert!(
        error.contains("its data type was number, and has changed if the value is right"),
        "{error}"
    );
    // The type is wrong, not the structure.
    let error = told::<Seats>(&seats(1000.into()));
    assert!(
        error.ends_with("should be u8, and its value is a number; its data type is number"),
        "{error}"
    );
    // Renamed, or misspelt.
    one!(Seat, "Seat", u8);
    let error = told::<Seat>(&seats(1.into()));
    assert!(
        error.contains("has no field \"Seat\"; did you mean \"Seats\"")
            && error.contains("read the structure again"),
        "{error}"
    );
    one!(Vip, "VIP", bool);
    assert!(told::<Vip>(&seats(1.into())).contains("\"VIP\" is a tag"));
}

#[test]
fn twins_are_refused_where_they_are_asked_for() {
    let twins = with_field(json!({"_id": "f8", "label": "Seats", "dataType": "text"}));
    let error = twins
        .decode::<MaybeSeats>(&seats(1.into()))
        .unwrap_err()
        .to_string();
    assert!(error.contains("several fields called \"Seats\""), "{error}");
    assert!(
        twins
            .decode::<BTreeMap<String, Value>>(&seats(1.into()))
            .is_err()
    );
    let jane = contact(json!([{"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": 2}]));
    assert_eq!(twins.decode::<First>(&jane).unwrap().it, "Jane");
}

#[test]
fn a_contact_of_another_structure_is_refused() {
    let mut other = contact(json!([]));
    other.structure_id = crate::StructureId::new("s2").unwrap();
    let error = structure().decode::<MaybeSeats>(&other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn a_type_that_is_no_struct_is_refused() {
    for error in [
        told::<u8>(&seats(1.into())),
        told::<Vec<u8>>(&seats(1.into())),
        told::<String>(&seats(1.into())),
    ] {
        assert!(
            error.contains("a contact, or one of its values, is not "),
            "{error}"
        );
    }
    // Wrappers of structs are structs.
    #[derive(Deserialize)]
    struct Wrapped(Option<Box<Seats>>);
    let wrapped: Wrapped = structure().decode(&seats(1.into())).unwrap();
    assert_eq!(wrapped.0.map(|seats| seats.it), Some(1));
}

#[test]
fn one_decoder_serves_a_type_that_asks_for_other_names_each_time() {
    /// Asks for `First Name` once, for `Seats` ever after.
    struct Fickle(Option<u8>);

    impl<'de> Deserialize<'de> for Fickle {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            use std::sync::atomic::{AtomicBool, Ordering};
            static AGAIN: AtomicBool = AtomicBool::new(false);
            if AGAIN.swap(true, Ordering::Relaxed) {
                MaybeSeats::deserialize(deserializer).map(|seats| Self(seats.it))
            } else {
                First::deserialize(deserializer).map(|_| Self(None))
            }
        }
    }
    let jane = contact(json!([{"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": 2}]));
    let decoder = structure().decoder::<Fickle>();
    assert_eq!(decoder.decode(&jane).unwrap().0, None);
    assert_eq!(decoder.decode(&jane).unwrap().0, Some(2));
}
