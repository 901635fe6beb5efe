//! What is found to differ between a type and an account, and what would be added.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde_json::json;

use super::{structure, with_field};
use crate::{
    EmailAddress, Error, ErrorKind, Value,
    structures::DataType,
    typed::{DifferenceKind, shape::Shape},
    value::RecurrentDate,
};

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema counts")]
enum Plan {
    Free,
    /// With words, which make it another schema.
    Paid,
}

/// A type with one member, and what is found about it: kind, what the type says, what the account says.
macro_rules! differences {
    ($label:literal: $type:ty $(, in $structure:expr)?) => {{
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema counts")]
        struct Customer {
            #[serde(rename = $label)]
            it: $type,
        }
        #[allow(unused_mut, unused_assignments)]
        let mut structure = structure();
        $( structure = $structure; )?
        match structure.check::<Customer>() {
            Ok(()) => Vec::new(),
            Err(differences) => {
                let all = differences.all().iter();
                all.map(|d| (d.kind, d.wanted.clone(), d.found.clone())).collect::<Vec<_>>()
            }
        }
    }};
}

#[test]
fn a_type_that_fits_has_no_difference() {
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Seats {
        #[serde(rename = "Seats")]
        seats: Option<u32>,
    }
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Customer {
        #[serde(rename = "Email")]
        email: EmailAddress,
        #[serde(rename = "firstName")]
        first: String,
        #[serde(rename = "Customer Since", default)]
        since: chrono::NaiveDate,
        #[serde(rename = "Birthday")]
        birthday: Option<RecurrentDate>,
        #[serde(rename = "Newsletter OK")]
        ok: Option<bool>,
        #[serde(rename = "Plan")]
        plan: Option<Plan>,
        #[serde(rename = "Colour")]
        colour: Option<Value>,
        #[serde(flatten)]
        seats: Seats,
        #[serde(flatten)]
        rest: HashMap<String, Value>,
    }
    assert_eq!(structure().check::<Customer>(), Ok(()));
    assert_eq!(structure().check::<HashMap<String, Value>>(), Ok(()));
}

#[test]
fn text_goes_with_days_and_days_with_their_own() {
    for none in [
        differences!("Customer Since": Option<String>),
        differences!("Birthday": Option<String>),
        differences!("Seats": Option<f64>),
        differences!("Seats": Option<Value>),
        differences!("key": String),
        differences!("Colour": Option<u8>),
    ] {
        assert_eq!(none, []);
    }
}

#[test]
fn another_type_is_a_difference() {
    for (found, wanted, account) in [
        (
            differences!("Seats": Option<String>),
            "optional text",
            "optional number",
        ),
        (
            differences!("Plan": Option<u8>),
            "optional number",
            "optional text",
        ),
        (
            differences!("Plan": Option<bool>),
            "optional boolean",
            "optional text",
        ),
        (
            differences!("Plan": Option<chrono::NaiveDate>),
            "optional date",
            "optional text",
        ),
        (
            differences!("Birthday": Option<chrono::NaiveDate>),
            "optional date",
            "optional recurrent_date",
        ),
        (
            differences!("Customer Since": Option<Plan>),
            "optional text (one of several words)",
            "optional date",
        ),
        (
            differences!("Customer Since": Option<chrono::NaiveDateTime>),
            "optional text (partial-date-time)",
            "optional date",
        ),
        (
            differences!("Plan": Option<Vec<String>>),
            "optional a nested value",
            "optional text",
        ),
        (differences!("First Name": u8), "number", "text"),
        (differences!("Email": u8), "number", "the address"),
    ] {
        let expected = (DifferenceKind::Type, wanted.to_owned(), account.to_owned());
        assert_eq!(found, [expected]);
    }
}

#[test]
fn needing_what_contacts_may_lack_is_a_difference_of_its_own() {
    let needed = |kind| (kind, "text".to_owned(), "optional number".to_owned());
    assert_eq!(
        differences!("Seats": String),
        [
            needed(DifferenceKind::Type),
            needed(DifferenceKind::Optional)
        ]
    );
}

#[test]
fn a_missing_field_is_told_with_the_nearest() {
    let found = differences!("Seat": u8);
    let near = "no such field; did you mean \"Seats\"?".to_owned();
    assert_eq!(
        found,
        [(DifferenceKind::Missing, "number".to_owned(), near)]
    );
}

#[test]
fn a_tag_and_twins_are_no_fields() {
    let found = differences!("VIP": bool);
    assert_eq!(
        found,
        [(
            DifferenceKind::Tag,
            "boolean".to_owned(),
            "a tag".to_owned()
        )]
    );
    let twins = with_field(json!({"_id": "f8", "label": "Seats", "dataType": "number"}));
    let found = differences!("Seats": u8, in twins);
    let ids = "2 fields (f2, f8)".to_owned();
    assert_eq!(
        found,
        [(DifferenceKind::Ambiguous, "number".to_owned(), ids)]
    );
}

#[test]
fn every_difference_is_told_at_once() {
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Customer {
        #[serde(rename = "VIP")]
        vip: bool,
        #[serde(rename = "Seats")]
        seats: Option<String>,
        #[serde(rename = "Shoe size")]
        shoe: Option<u8>,
    }
    let differences = structure().check::<Customer>().unwrap_err();
    assert_eq!(differences.all().len(), 3);
    let error = Error::from(differences);
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let text = error.to_string();
    for told in [
        "the type Customer and the structure \"Default Contacts\" differ: \"Seats\" is",
        "; \"VIP\" is boolean in the type, and in the account a tag",
        "\"Seats\" is optional text in the type, and in the account optional number",
        "; \"Shoe size\" is optional number in the type, and in the account no such field",
    ] {
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn what_only_some_forms_of_a_type_have_is_not_required() {
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema counts")]
    enum Size {
        Counted {
            #[serde(rename = "Seats")]
            seats: u32,
        },
        Guessed {
            #[serde(rename = "About")]
            about: u32,
        },
    }
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Customer {
        #[serde(rename = "Plan")]
        plan: Option<u8>,
        #[serde(flatten)]
        size: Size,
    }
    let differences = structure().check::<Customer>().unwrap_err();
    let found = differences.all().iter();
    let found: Vec<_> = found
        .map(|d| (d.label.as_str(), d.kind, d.wanted.as_str()))
        .collect();
    let expected = [
        ("About", DifferenceKind::Missing, "optional number"),
        ("Plan", DifferenceKind::Type, "optional number"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_type_without_members_is_no_contact() {
    for differences in [
        structure().check::<u8>(),
        structure().check::<Vec<String>>(),
        structure().check::<Plan>(),
    ] {
        let differences = differences.unwrap_err();
        assert_eq!(differences.all()[0].kind, DifferenceKind::Unsupported);
    }
}

/// What would be added for a type with one member.
macro_rules! additions {
    ($label:literal: $type:ty) => {{
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema counts")]
        struct Customer {
            #[serde(rename = $label)]
            it: $type,
        }
        let additions = Shape::of::<Customer>().additions(&structure());
        additions.map(|all| {
            all.into_iter()
                .map(|a| (a.label, a.data_type, a.required))
                .collect::<Vec<_>>()
        })
    }};
}

#[test]
fn what_is_missing_is_added_as_the_type_says() {
    for (additions, data_type, required) in [
        (additions!("New": u8), DataType::Number, true),
        (additions!("New": Option<f32>), DataType::Number, false),
        (additions!("New": String), DataType::Text, true),
        (
            additions!("New": Option<EmailAddress>),
            DataType::Text,
            false,
        ),
        (additions!("New": Option<Plan>), DataType::Text, false),
        (additions!("New": bool), DataType::Boolean, true),
        (additions!("New": chrono::NaiveDate), DataType::Date, true),
        (
            additions!("New": RecurrentDate),
            DataType::RecurrentDate,
            true,
        ),
    ] {
        assert_eq!(
            additions.unwrap(),
            [("New".to_owned(), data_type, required)]
        );
    }
    assert_eq!(additions!("Seats": u8).unwrap(), []);
    assert_eq!(additions!("Email": String).unwrap(), []);
}

#[test]
fn what_no_field_can_be_is_not_added() {
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema counts")]
    struct Node {
        next: Option<Box<Node>>,
    }
    for (additions, kind) in [
        (additions!("New": Vec<u8>), DifferenceKind::Unsupported),
        (additions!("New": Value), DifferenceKind::Unsupported),
        (additions!("New": Node), DifferenceKind::Unsupported),
        (additions!("": u8), DifferenceKind::Unsupported),
        (additions!("VIP": bool), DifferenceKind::Tag),
        (additions!("Plan": u8), DifferenceKind::Type),
    ] {
        let against = additions.unwrap_err();
        let kinds: Vec<_> = against.all().iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [kind]);
    }
    let found = differences!("New": Node);
    assert_eq!(found[0].1, "a nested value");
}
