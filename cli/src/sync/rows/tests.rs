#![allow(clippy::unwrap_used)]

use super::*;

fn read(cell: &str) -> Result<String, String> {
    AddressRules::default()
        .read(cell)
        .map(|address| address.as_str().to_owned())
}

#[test]
fn an_address_is_cleaned_and_keeps_its_local_part() {
    assert_eq!(
        read(" Jane.O'Hara@Example.COM\u{200b} ").unwrap(),
        "Jane.O'Hara@example.com"
    );
    assert_eq!(read("\u{feff}j@x.org").unwrap(), "j@x.org");
    for odd in [
        "",
        " ",
        "jane",
        "jane@",
        "@x.org",
        "a@x.org, b@x.org",
        "a@x.org ::: b@x.org",
    ] {
        assert!(read(odd).is_err(), "{odd}");
    }
    let upper = AddressRules::default().read("JANE@X.org").unwrap();
    assert_eq!(upper.folded(), "jane@x.org");
    assert_eq!(format!("{upper:?}"), "***@x.org");
}

#[test]
fn look_alikes_are_refused_unless_they_are_meant() {
    let look_alike = "jane@\u{435}xample.com";
    assert!(read(look_alike).unwrap_err().contains("scripts"));
    assert!(read("j\u{430}ne@example.com").is_err());
    assert!(read("\u{438}\u{432}\u{430}\u{43d}@example.com").is_ok());
    assert!(read("\u{5c71}\u{7530}taro@example.jp").is_ok());
    let rules = AddressRules {
        allowed: [look_alike.to_owned()].into(),
        ..AddressRules::default()
    };
    assert!(rules.read(look_alike).is_ok());
}

#[test]
fn names_in_a_cell_are_separated_quoted_or_json() {
    assert_eq!(names("VIP, R&D ,,", ','), ["VIP", "R&D"]);
    assert_eq!(names("\"Smith, A\",\"B\"", ','), ["Smith, A", "B"]);
    assert_eq!(names("[\"a,b\", \"c\"]", ','), ["a,b", "c"]);
    assert_eq!(names("a,b;c", ';'), ["a,b", "c"]);
    assert!(names(" ", ',').is_empty());
}

fn row(fields: &[(&str, Option<&str>)], left: bool) -> Row {
    let id = |last: &str| FieldId::new(format!("64a1b2c3d4e5f6a7b8c9d10{last}")).unwrap();
    Row {
        address: AddressRules::default().read("j@x.org").unwrap(),
        fields: fields
            .iter()
            .map(|(last, value)| (id(last), value.map(Value::from)))
            .collect(),
        lists: BTreeSet::from(["A".to_owned()]),
        tags: BTreeSet::new(),
        off_lists: BTreeSet::from(["B".to_owned()]),
        off_tags: BTreeSet::new(),
        left: left.then(|| "unsubscribed".to_owned()),
        deletes: false,
    }
}

#[test]
fn rows_that_do_not_contradict_each_other_are_one() {
    let mut second = row(&[("1", Some("Acme"))], false);
    second.lists.insert("B".to_owned());
    let merged = merge(
        [row(&[("0", Some("Jane"))], false), second],
        Duplicates::Reject,
    );
    let merged = merged.unwrap().unwrap();
    assert_eq!(merged.fields.len(), 2);
    assert_eq!(
        merged.lists,
        BTreeSet::from(["A".to_owned(), "B".to_owned()])
    );
    assert!(merged.off_lists.is_empty());
    assert_eq!(merge([], Duplicates::Reject), Ok(None));
}

#[test]
fn rows_that_contradict_each_other_need_a_word_from_the_operator() {
    let rows = || {
        [
            row(&[("0", Some("Jane"))], false),
            row(&[("0", Some("Joan"))], false),
        ]
    };
    assert!(merge(rows(), Duplicates::Reject).is_err());
    for (duplicates, value) in [(Duplicates::First, "Jane"), (Duplicates::Last, "Joan")] {
        let merged = merge(rows(), duplicates).unwrap().unwrap();
        assert_eq!(merged.fields.first().unwrap().1, Some(Value::from(value)));
    }
}

#[test]
fn whoever_left_in_one_row_has_left_even_where_the_rows_contradict_each_other() {
    let rows = [
        row(&[("0", Some("Jane"))], false),
        row(&[("0", Some("Joan"))], true),
    ];
    let merged = merge(rows, Duplicates::Reject).unwrap().unwrap();
    assert_eq!(merged.left.as_deref(), Some("unsubscribed"));
    assert!(merged.fields.is_empty());
}
