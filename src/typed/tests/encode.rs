//! What a struct sends, and what can't be sent.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::json;

use super::{super::encode::members, contact, created, structure, with_field};
use crate::{Contact, Error, ErrorKind, NewContact, Structure, Value, value::RecurrentDate};

fn jane(structure: &Structure) -> NewContact {
    NewContact::new(structure, "jane@example.com")
}

fn told<T: Serialize>(values: &T) -> String {
    let error: Error = jane(&structure()).fields(values).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

fn map<V>(name: &str, value: V) -> HashMap<String, V> {
    HashMap::from([(name.to_owned(), value)])
}

/// The field's value in the contact that would come of it.
fn value(contact: &Contact, label: &str) -> Option<Value> {
    contact.field(&structure(), label).unwrap().cloned()
}

#[test]
fn members_become_the_values_of_the_fields_they_name() {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Plan {
        Paid,
    }
    #[derive(Serialize)]
    struct Contacted {
        #[serde(rename = "Newsletter OK")]
        ok: bool,
        #[serde(rename = "Plan")]
        plan: Plan,
    }
    #[derive(Serialize)]
    struct Customer {
        #[serde(rename = "firstName")]
        first: &'static str,
        #[serde(rename = "Seats")]
        seats: Option<u128>,
        #[serde(rename = "Customer Since")]
        since: chrono::NaiveDate,
        #[serde(rename = "Birthday")]
        birthday: RecurrentDate,
        #[serde(flatten)]
        rest: Contacted,
    }
    let customer = Customer {
        first: "Jane",
        seats: Some(u128::from(u64::MAX)),
        since: chrono::NaiveDate::from_ymd_opt(2026, 3, 28).unwrap(),
        birthday: RecurrentDate::new(2, 29).unwrap(),
        rest: Contacted {
            ok: true,
            plan: Plan::Paid,
        },
    };
    let created = created(&jane(&structure()).fields(&customer).unwrap());
    for (label, expected) in [
        ("First Name", Value::from("Jane")),
        ("Seats", u64::MAX.into()),
        ("Customer Since", "2026-03-28".into()),
        ("Birthday", "02-29".into()),
        ("Newsletter OK", true.into()),
        ("Plan", "paid".into()),
    ] {
        assert_eq!(value(&created, label), Some(expected), "{label}");
    }
}

#[test]
fn none_is_left_out() {
    let created = created(
        &jane(&structure())
            .fields(&map("Seats", None::<u8>))
            .unwrap(),
    );
    assert_eq!(created.fields, []);
    // But it must stand for something.
    assert!(told(&map("Seat", None::<u8>)).contains("did you mean \"Seats\"?"));
}

#[test]
fn a_member_replaces_what_was_set_before() {
    let new = jane(&structure()).field("Seats", 1).unwrap();
    let created = created(&new.fields(&map("Seats", 2)).unwrap());
    assert_eq!(value(&created, "Seats"), Some(2.into()));
    assert_eq!(created.fields.len(), 1);
}

#[test]
fn a_short_fraction_stays_short() {
    let created = created(&jane(&structure()).fields(&map("Seats", 0.1_f32)).unwrap());
    assert_eq!(
        serde_json::to_string(&created.fields[0].value).unwrap(),
        "0.1"
    );
}

#[test]
fn what_a_field_does_not_take_is_refused_without_showing_it() {
    const SECRET: &str = "s3cret";

    #[derive(Serialize)]
    enum Content {
        Of(&'static str),
    }

    for (error, told) in [
        (told(&map("Seats", SECRET)), "takes a number; got text"),
        (
            told(&map("Customer Since", SECRET)),
            "takes a date that exists",
        ),
        (told(&map("First Name", 7)), "takes text; got a number"),
        (
            told(&map("Frist Name", SECRET)),
            "did you mean \"First Name\"?",
        ),
        (told(&map("VIP", SECRET)), "has no field \"VIP\""),
        (
            told(&map("Plan", vec![SECRET])),
            "takes text; got an array or object",
        ),
        (
            told(&map("Plan", map("a", SECRET))),
            "takes text; got an array or object",
        ),
        (
            told(&map("Plan", ('a', 1))),
            "takes text; got an array or object",
        ),
        (
            told(&map("Plan", Content::Of(SECRET))),
            "the value of \"Plan\" can't be sent: a field holds a text",
        ),
        (
            told(&map("Seats", f64::NAN)),
            "it is infinite, or not a number",
        ),
        (
            told(&map("Seats", [f32::INFINITY])),
            "it is infinite, or not a number",
        ),
        (told(&SECRET), "come from a struct or map"),
        (told(&vec![SECRET]), "come from a struct or map"),
        (
            told(&BTreeMap::from([(1, SECRET)])),
            "the names in a map are the labels",
        ),
    ] {
        assert!(error.contains(told), "{error}");
        assert!(!error.contains(SECRET), "{error}");
    }
}

#[test]
fn a_number_of_any_size_goes_to_the_letter() {
    let sent = members(&(map("Seats", u128::MAX))).unwrap();
    assert_eq!(sent[0].1.to_string(), u128::MAX.to_string());
    let sent = members(&(map("Seats", i128::MIN))).unwrap();
    assert_eq!(sent[0].1.to_string(), i128::MIN.to_string());
    assert!(jane(&structure()).fields(&map("Seats", u128::MAX)).is_ok());
}

#[test]
fn a_type_that_refuses_to_be_serialized_is_not_quoted() {
    struct Refusing;

    impl Serialize for Refusing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("s3cret is odd"))
        }
    }
    let error = told(&map("Plan", Refusing));
    assert!(
        error.contains("\"Plan\"") && !error.contains("s3cret"),
        "{error}"
    );
}

#[test]
fn the_address_must_be_the_contacts_own() {
    for name in ["Email", "key"] {
        let same = jane(&structure())
            .fields(&map(name, "jane@example.com"))
            .unwrap();
        assert_eq!(created(&same).fields, []);
        let error = told(&map(name, "joan@example.com"));
        assert!(
            error.contains("holds another one") && !error.contains("joan"),
            "{error}"
        );
    }
}

#[test]
fn two_names_for_one_field_are_refused() {
    let both = BTreeMap::from([("First Name", "Jane"), ("firstName", "Joan")]);
    assert!(told(&both).contains("stands for a field that another name stands for too (f1)"));
    let twins = with_field(json!({"_id": "f8", "label": "Seats", "dataType": "number"}));
    let error = jane(&twins).fields(&map("Seats", 1)).unwrap_err();
    assert!(
        error.to_string().contains("2 fields called \"Seats\""),
        "{error}"
    );
}

#[test]
fn what_was_decoded_can_be_sent_again() {
    let known = contact(json!([{"_id": "f1", "value": "Jane"}, {"_id": "f2", "value": 2}]));
    let map: BTreeMap<String, Value> = structure().decode(&known).unwrap();
    let again = created(&jane(&structure()).fields(&map).unwrap());
    assert_eq!(again.fields, known.fields);
}
