//! Each kind of break is found, told once with its place, and asks for a version; what breaks nobody is
//! not told. Every row of `support/breaks.yaml` and `support/harmless.yaml` changes `support/released.yaml`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::collections::BTreeSet;

use benchmark_email_compare::{
    breaking::{self, Bump, Report},
    document::Document,
    source,
};
use serde::Deserialize;
use serde_json::Value;
use support::{Change, RELEASED, changed, rows};

const BREAKS: &str = include_str!("support/breaks.yaml");
const HARMLESS: &str = include_str!("support/harmless.yaml");

/// A break: its change, and how it is told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    told: String,
    change: Vec<Change>,
}

fn breaks(ours: &Value) -> Vec<breaking::Break> {
    let released = source::parse(RELEASED).unwrap();
    breaking::compare(
        &Document::read(&released).unwrap(),
        &Document::read(ours).unwrap(),
    )
}

/// The breaks as they are told: by component where there is one, each once.
fn told(ours: &Value) -> BTreeSet<String> {
    let breaks = breaks(ours).into_iter();
    breaks
        .map(|b| format!("{}: {}", b.written_in.unwrap_or(b.place), b.what))
        .collect()
}

#[test]
fn each_kind_of_break_is_told_once_with_its_place() {
    for Row {
        told: expected,
        change,
    } in rows(BREAKS)
    {
        assert_eq!(told(&changed(&change)), BTreeSet::from([expected.clone()]));
    }
}

#[test]
fn what_breaks_nobody_is_not_told() {
    let mut wrong = Vec::new();
    for change in rows::<Vec<Change>>(HARMLESS) {
        let pointer = &change[0].at;
        let told = told(&changed(&change));
        if !told.is_empty() {
            wrong.push(format!("{pointer}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_break_asks_for_the_version_that_announces_it() {
    for Row {
        told: expected,
        change,
    } in rows(BREAKS)
    {
        let breaks = breaks(&changed(&change));
        let fine = |released, ours| {
            let bump = breaking::bump(released, ours).unwrap();
            Report {
                breaks: &breaks,
                released,
                ours,
                bump,
            }
            .is_fine()
        };
        assert!(!fine("0.1.0", "0.1.0"), "{expected}");
        assert!(!fine("0.1.0", "0.1.1"), "{expected}");
        assert!(fine("0.1.0", "0.2.0"), "{expected}");
        assert!(!fine("1.0.0", "1.1.0"), "{expected}");
        assert!(fine("1.0.0", "2.0.0"), "{expected}");
    }
}

#[test]
fn without_a_break_any_version_will_do_but_a_lower_one() {
    let fine = |ours| {
        let bump = breaking::bump("0.1.0", ours).unwrap();
        Report {
            breaks: &[],
            released: "0.1.0",
            ours,
            bump,
        }
        .is_fine()
    };
    assert!(fine("0.1.0") && fine("0.1.1") && fine("0.2.0"));
    assert!(!fine("0.0.9"));
}

/// A path parameter's name is an argument's name in generated code, though not on the wire.
#[test]
fn a_renamed_path_parameter_is_a_break_and_no_other_operation() {
    let text = RELEASED.replace("thingId", "id");
    let told = told(&source::parse(&text).unwrap());
    let expected = ["GET", "PUT"].map(|method| {
        format!("{method} /things/{{thingId}}: parameter thingId: renamed to `id`: generated arguments are named after it")
    });
    assert_eq!(told, BTreeSet::from(expected));
}

#[test]
fn a_change_of_a_component_is_reported_once_with_the_places() {
    let kind = "{at: /components/schemas/Kind/type, to: integer}";
    let ours = changed(&rows(&format!("[{kind}]")));
    let breaks = breaks(&ours);
    let bump = Bump::Compatible;
    let report = Report {
        breaks: &breaks,
        released: "0.1.0",
        ours: "0.1.0",
        bump,
    }
    .to_string();
    let expected = "Breaks between 0.1.0 and 0.1.0: 1\n  Kind: type changed from string to integer\n    in 3 places, \
                    such as GET /things/{thingId}: parameter kinds: []\n";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.contains("raise `info.version`"), "{report}");
}
