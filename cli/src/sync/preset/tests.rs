#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::{super::values::DateOrder, kinds::Values, *};

fn presets() -> Presets {
    Presets::read().unwrap()
}

/// The first line of a file of the corpus, as columns.
fn columns(file: &str) -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let text = std::fs::read(corpus.join(file)).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    let header = text.trim_start_matches('\u{feff}').lines().next().unwrap();
    let columns = header.split([',', ';']);
    columns
        .map(|name| name.trim().trim_matches('"').to_owned())
        .collect()
}

#[test]
fn every_table_says_nothing_that_is_not_understood() {
    let known = [
        "address", "field", "tags", "lists", "tag", "list", "left", "ignore", "type", "consent",
    ];
    for (name, text) in TABLES {
        let table: toml_edit::DocumentMut = text.parse().unwrap();
        for (column, rule) in table["columns"].as_table().unwrap() {
            let keys: Vec<_> = rule.as_inline_table().unwrap().iter().collect();
            for (key, _) in &keys {
                assert!(known.contains(key), "{name}, {column}: {key}");
            }
        }
        let presets = presets();
        let preset = presets.named(name).unwrap();
        assert_eq!(
            preset.table.dates.is_some(),
            preset.dates().is_some(),
            "{name}: its order of dates"
        );
        let addresses = preset.table.columns.values();
        let addresses = addresses.filter(|column| column.meaning == Meaning::Address(true));
        assert_eq!(addresses.count(), 1, "{name}");
        for column in preset.table.columns.values() {
            let creatable = !matches!(column.data_type, Some(DataType::Unknown(_)));
            assert!(creatable, "{name}: {column:?}");
        }
        // Two columns of one loose name would hide one another.
        let mut loose: Vec<_> = preset
            .table
            .columns
            .keys()
            .map(|name| loose(name))
            .collect();
        loose.sort();
        let count = loose.len();
        loose.dedup();
        assert_eq!(loose.len(), count, "{name}");
        assert!(text.lines().all(|line| line.len() <= 120), "{name}");
    }
}

#[test]
fn each_layout_is_told_from_all_others() {
    let presets = presets();
    for (file, tool) in [
        ("classic.csv", "classic"),
        ("hostile/classic.csv", "classic"),
        ("mailchimp-subscribed.csv", "mailchimp"),
        ("mailchimp-unsubscribed.csv", "mailchimp"),
        ("mailchimp-cleaned.csv", "mailchimp"),
        ("hubspot-contacts.csv", "hubspot"),
        ("hubspot-optouts.csv", "hubspot"),
        ("brevo.csv", "brevo"),
        ("klaviyo.csv", "klaviyo"),
        ("activecampaign.csv", "activecampaign"),
        ("constant-contact.csv", "constantcontact"),
        ("google.csv", "google"),
        ("hostile/google.csv", "google"),
        ("outlook.csv", "outlook"),
        ("kit.csv", "kit"),
    ] {
        let found = presets.recognized(&columns(file));
        let found: Vec<_> = found.iter().map(|preset| preset.name).collect();
        assert_eq!(found, [tool], "{file}");
    }
    let nobody = presets.recognized(&["Email".to_owned(), "Name".to_owned()]);
    assert!(nobody.is_empty(), "{nobody:?}");
}

#[test]
fn a_file_of_people_who_left_is_told_by_its_name_or_a_column() {
    let presets = presets();
    for (tool, name, column, left) in [
        (
            "mailchimp",
            "a.zip:unsubscribed_members_export_1.csv",
            "",
            true,
        ),
        (
            "mailchimp",
            "a.zip:x/cleaned_members_export_1.csv",
            "",
            true,
        ),
        ("mailchimp", "old.csv", "UNSUB_TIME", true),
        (
            "mailchimp",
            "a.zip:subscribed_members_export_1.csv",
            "",
            false,
        ),
        (
            "mailchimp",
            "a.zip:nonsubscribed_members_export_1.csv",
            "",
            false,
        ),
        ("classic", "/x/Master Unsubscribe List.csv", "", true),
        ("classic", "/unsubscribed/News.csv", "", false),
        ("kit", "unsubscribed.csv", "", false),
    ] {
        let preset = presets.named(tool).unwrap();
        let all_left = preset.all_left(name, &[column.to_owned()]);
        assert_eq!(all_left.is_some(), left, "{name}");
    }
}

#[test]
fn the_last_columns_of_classic_mean_what_fields_of_their_names_do_not() {
    let presets = presets();
    let preset = presets.named("classic").unwrap();
    let called = |columns: &[&str]| {
        let columns: Vec<_> = columns.iter().map(ToString::to_string).collect();
        preset.called(&columns).join(",")
    };
    assert_eq!(
        called(&["Email", "Date 1", "Optin IP", "Date 1 (2)", "Date 2"]),
        "Email,Date 1,Optin IP,Contact created,Contact updated"
    );
    assert_eq!(called(&["Date 1", "Date 2"]), "Date 1,Date 2");
    let named = |name| preset.column(name).map(|(column, _)| column.consent);
    assert_eq!(named("Contact created"), Some(true));
    assert_eq!(named("Date 1"), None);
}

#[test]
fn numbers_in_names_of_columns_are_any() {
    let presets = presets();
    let preset = presets.named("google").unwrap();
    let (column, number) = preset.column("Phone 12 - Value").unwrap();
    let Meaning::Field(label) = &column.meaning else {
        panic!("{column:?}")
    };
    assert_eq!(label.replace('#', &number), "Phone 12");
    assert!(preset.column("Phone x - Value").is_none());
}

#[test]
fn a_new_field_has_the_type_that_takes_all_of_its_values() {
    use DataType::{Boolean, Date, Number, Text};

    for (column, values, order, wanted) in [
        ("Seats", &["1", "-20", "0", "3.5"][..], None, Number),
        ("Seats", &["1", "many"], None, Text),
        ("Seats", &["007"], None, Text),
        ("Seats", &["+1"], None, Text),
        ("Seats", &["1.234"], None, Text),
        ("Seats", &["15035550100"], None, Text),
        ("Zip Code", &["12345"], None, Text),
        ("Customer ID", &["12"], None, Text),
        ("Paid", &["12"], None, Number),
        ("Agrees", &["yes", "No", "TRUE"], None, Boolean),
        ("Since", &["2021-03-04"], None, Date),
        ("Since", &["2021-02-30"], None, Text),
        ("Since", &["2021-03-04 05:06:07"], None, Text),
        ("Since", &["03/25/2021", "03/04/2021"], None, Date),
        ("Since", &["03/04/2021"], None, Text),
        (
            "Since",
            &["03/04/2021"],
            Some(DateOrder::MonthDayYear),
            Date,
        ),
        (
            "Since",
            &["25/04/2021"],
            Some(DateOrder::MonthDayYear),
            Text,
        ),
        ("Nothing", &[], None, Text),
    ] {
        let mut looked = Values::new(column, order);
        for value in values {
            looked.look(value);
        }
        assert_eq!(looked.data_type(), wanted, "{column}: {values:?}");
    }
}
