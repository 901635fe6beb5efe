#![allow(clippy::unwrap_used)]

use super::{names::Standing, *};

fn structure() -> Structure {
    serde_json::from_value(serde_json::json!({
        "_id": "64a1b2c3d4e5f6a7b8c9d0e1", "label": "Contacts", "keyName": "Email", "keyType": "email",
        "fields": [
            {"_id": "64a1b2c3d4e5f6a7b8c9d100", "label": "First Name", "dataType": "text", "predefinedField": "firstName"},
            {"_id": "64a1b2c3d4e5f6a7b8c9d101", "label": "Company", "dataType": "text"},
            {"_id": "64a1b2c3d4e5f6a7b8c9d102", "label": "Customer-Since", "dataType": "date"},
            {"_id": "64a1b2c3d4e5f6a7b8c9d103", "label": "Seats", "dataType": "number"},
        ],
        "tags": [], "__v": 0,
    }))
    .unwrap()
}

fn mapped(columns: &[&str], rules: &str) -> (Vec<String>, Vec<String>) {
    let columns: Vec<_> = columns.iter().map(ToString::to_string).collect();
    let rules = Rules::read(rules).unwrap();
    let (mapping, unmapped) = map(&columns, &structure(), &rules).unwrap();
    let name = |target: &Target| match target {
        Target::Field(field) => field.label.clone(),
        other => format!("{other:?}"),
    };
    (
        mapping.targets.iter().map(name).collect(),
        unmapped.into_iter().map(|column| column.column).collect(),
    )
}

#[test]
fn columns_find_their_place_by_name() {
    let (targets, unmapped) = mapped(
        &[
            "E-mail 1 - Value",
            "firstName",
            "COMPANY",
            "customer since",
            "Seats",
            "TAGS",
            "Email Lists",
            "Status",
            "UNSUB_TIME",
        ],
        "",
    );
    assert_eq!(
        targets,
        [
            "Address",
            "First Name",
            "Company",
            "Customer-Since",
            "Seats",
            "Tags(',')",
            "Lists(',')",
            "Left(Word)",
            "Left(Filled)"
        ]
    );
    assert!(unmapped.is_empty(), "{unmapped:?}");
    let (targets, _) = mapped(
        &["\u{30e1}\u{30fc}\u{30eb}\u{30a2}\u{30c9}\u{30ec}\u{30b9}"],
        "",
    );
    assert_eq!(targets, ["Address"]);
}

#[test]
fn what_finds_no_place_is_left_over() {
    let (_, unmapped) = mapped(
        &["Email", "LEID", "First Name", "first_name", "Email Address"],
        "",
    );
    assert_eq!(unmapped, ["LEID", "first_name", "Email Address"]);
}

#[test]
fn what_is_said_of_a_column_holds() {
    let rules = r#"
        [columns]
        "Mail of work" = { address = true }
        "Email" = { ignore = true }
        "Org" = { field = "Company", blank = "clear", clear = "-" }
        "Since" = { field = "Customer-Since", dates = "DD/MM/YYYY" }
        "Groups" = { tags = ";" }
        "VIP" = { tag = "VIP" }
        "Gone" = { left = "flag" }
    "#;
    let (targets, unmapped) = mapped(
        &[
            "Mail of work",
            "Email",
            "Org",
            "Since",
            "Groups",
            "VIP",
            "Gone",
            "Company",
        ],
        rules,
    );
    assert_eq!(
        targets,
        [
            "Address",
            "Ignore",
            "Company",
            "Customer-Since",
            "Tags(';')",
            "Tag(\"VIP\")",
            "Left(Flag)",
            "Ignore"
        ]
    );
    assert_eq!(
        unmapped,
        ["Company"],
        "its field is taken by another column"
    );
    let read = Rules::read(rules).unwrap();
    assert_eq!(Rules::read(&read.write()).unwrap(), read);
}

#[test]
fn a_rule_that_cannot_hold_says_why() {
    let fails = |rules: &str| {
        let read = Rules::read(rules);
        read.and_then(|rules| {
            map(
                &["Email".to_owned(), "Org".to_owned()],
                &structure(),
                &rules,
            )
        })
        .unwrap_err()
        .to_string()
    };
    let why = fails("[columns]\nOgr = { ignore = true }");
    assert!(
        why.contains("no column \"Ogr\"") && why.contains("\"Org\""),
        "{why}"
    );
    let why = fails("[columns]\nOrg = { field = \"Compnay\" }");
    assert!(why.contains("no field \"Compnay\""), "{why}");
    let why = fails("[columns]\nOrg = { field = \"Seats\", decimal = \"x\" }");
    assert!(why.contains("decimal sign"), "{why}");
    let why = fails("[columns]\nOrg = { feild = \"Seats\" }");
    assert!(why.contains("feild"), "{why}");
    let why = fails("[columns]\nOrg = { field = \"Seats\", tags = \",\" }");
    assert!(!why.is_empty());
}

#[test]
fn the_columns_of_an_export_of_bme_need_no_rule() {
    let (targets, unmapped) = mapped(
        &[
            "id",
            "email",
            "status",
            "reason",
            "lists",
            "tags",
            "createdAt",
            "updatedAt",
            "version",
            "Company",
        ],
        "",
    );
    assert!(unmapped.is_empty(), "{unmapped:?}");
    assert_eq!(targets.first().map(String::as_str), Some("Ignore"));
    assert_eq!(targets.last().map(String::as_str), Some("Company"));
}

#[test]
fn who_has_left_is_told_by_a_word_a_flag_or_a_time() {
    use Standing::{Blank, Stays, Unknown};
    for (how, cell, says) in [
        (Left::Word, "Unsubscribed", Standing::Left),
        (Left::Word, "HARD_BOUNCE", Standing::Left),
        (Left::Word, "Complaint-FBL", Standing::Left),
        (Left::Word, "SUBSCRIBED", Stays),
        (Left::Word, "NEVER_SUBSCRIBED", Stays),
        (Left::Word, "perhaps", Unknown),
        (Left::Word, " ", Blank),
        (Left::Flag, "Yes", Standing::Left),
        (Left::Flag, "FALSE", Stays),
        (Left::Flag, "?", Unknown),
        (Left::Filled, "2021-03-04 10:00:00", Standing::Left),
        (Left::Filled, "", Blank),
    ] {
        assert_eq!(how.standing(cell), says, "{cell}");
    }
}
