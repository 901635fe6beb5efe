//! Each kind of difference from the provider's document is found, in its group and by its name; it
//! needs an explanation, and an explanation needs a difference. Every row of `support/differences.yaml`
//! changes `support/released.yaml`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use benchmark_email_compare::{
    document::Document,
    drift::{self, Difference, Explanations, Group, Report, Verdict},
    source,
};
use serde::Deserialize;
use serde_json::{Value, json};
use support::{Change, RELEASED, changed, rows};

const DIFFERENCES: &str = include_str!("support/differences.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    lacking: Vec<String>,
    #[serde(default)]
    added: Vec<String>,
    #[serde(default)]
    disagreeing: Vec<String>,
    change: Vec<Change>,
}

fn document(value: &Value) -> Document {
    Document::read(value).unwrap()
}

fn ours() -> Value {
    source::parse(RELEASED).unwrap()
}

fn differences(ours: &Value, provider: &Value) -> Vec<Difference> {
    drift::compare(&document(ours), &document(provider))
}

/// Our document with an `x-fact` for the property `owner`, and the provider's without that property.
fn with_an_addition(claim: Option<&str>) -> Vec<Difference> {
    let mut ours = ours();
    if let Some(claim) = claim {
        ours["components"]["schemas"]["Thing"]["properties"]["owner"]["x-fact"] = json!(claim);
    }
    let gone = rows("[{at: Thing/properties/owner, removed: true}]");
    differences(&ours, &changed(&gone))
}

fn explanations(names: &[&str]) -> Explanations {
    let source = "documented: guide Manage Things";
    let value = json!([{"names": names, "reason": "It is so.", "source": source}]);
    Explanations::read(value).unwrap()
}

fn report(verdict: &Verdict<'_>, brief: bool) -> String {
    Report { verdict, brief }.to_string()
}

fn none() -> Explanations {
    Explanations::read(json!([])).unwrap()
}

#[test]
fn each_kind_of_difference_has_its_group_and_its_name() {
    let mut wrong = Vec::new();
    for row in rows::<Row>(DIFFERENCES) {
        let found = differences(&ours(), &changed(&row.change));
        for (group, expected) in [
            (Group::Lacking, row.lacking),
            (Group::Added, row.added),
            (Group::Disagreeing, row.disagreeing),
        ] {
            let found = found.iter().filter(|difference| difference.group == group);
            let found: Vec<String> = found.map(ToString::to_string).collect();
            if found != expected {
                wrong.push(format!("{expected:?}\n    but found: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_path_parameter_may_have_another_name() {
    let ours = source::parse(&RELEASED.replace("thingId", "id")).unwrap();
    let found: Vec<String> = differences(&ours, &self::ours())
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = ["GET", "PUT"].map(|method| {
        format!("{method} /things/{{id}}: parameter id: name: provider thingId, ours id")
    });
    assert_eq!(found, expected);
}

#[test]
fn a_document_differs_in_nothing_from_itself() {
    assert_eq!(differences(&ours(), &ours()), []);
}

#[test]
fn a_difference_without_an_explanation_is_told() {
    let found = differences(
        &ours(),
        &changed(&rows("[{at: Thing/properties/size/type, to: number}]")),
    );
    let none = none();
    let verdict = none.judge(&found);
    assert!(!verdict.is_fine());
    let report = report(&verdict, true);
    let told = "UNEXPLAINED: GET /things/{thingId}: response 200: application/json: size: type: provider number, ours integer\n";
    assert!(report.contains(told), "{report}");
    assert!(
        report.contains("disagree about: 0 explained, 1 unexplained"),
        "{report}"
    );
}

#[test]
fn an_explained_difference_is_fine_and_told_with_its_reason() {
    let found = differences(
        &ours(),
        &changed(&rows("[{at: Thing/properties/size/type, to: number}]")),
    );
    let explanations = explanations(&["GET *: *: *: size: type: provider number, ours integer"]);
    let verdict = explanations.judge(&found);
    assert!(verdict.is_fine());
    let whole = report(&verdict, false);
    assert!(
        whole.contains("  It is so. (documented: guide Manage Things)\n    GET /things"),
        "{whole}"
    );
    let brief = report(&verdict, true);
    assert!(!brief.contains("/things"), "{brief}");
}

#[test]
fn an_explanation_is_of_one_value_and_no_other() {
    let found = differences(
        &ours(),
        &changed(&rows("[{at: Thing/properties/size/type, to: string}]")),
    );
    let explanations = explanations(&["GET *: *: *: size: type: provider number, ours integer"]);
    assert!(!explanations.judge(&found).is_fine());
}

#[test]
fn an_explanation_that_explains_nothing_is_stale() {
    let explanations = explanations(&["GET *: *: *: size: type: provider number, ours integer"]);
    let verdict = explanations.judge(&[]);
    assert!(!verdict.is_fine());
    let report = report(&verdict, true);
    assert!(
        report.contains("  STALE: GET *: *: *: size: type: provider number, ours integer\n"),
        "{report}"
    );
}

#[test]
fn each_name_of_an_explanation_must_be_needed() {
    let found = differences(
        &ours(),
        &changed(&rows("[{at: Thing/properties/size/type, to: number}]")),
    );
    let explanations = explanations(&["GET *: *: *: size: *", "GET *: *: *: length: *"]);
    // The first has too few parts, the second names a property that doesn't differ.
    assert_eq!(explanations.judge(&found).stale.len(), 2);
}

#[test]
fn an_addition_rests_on_its_fact() {
    let none = none();
    let found = with_an_addition(Some("documented: guide Manage Things"));
    let verdict = none.judge(&found);
    assert!(verdict.is_fine());
    let report = report(&verdict, false);
    assert!(
        report.contains("  x-fact: documented: guide Manage Things\n    GET /things"),
        "{report}"
    );
}

#[test]
fn an_addition_without_a_fact_is_unexplained() {
    let none = none();
    let found = with_an_addition(None);
    let verdict = none.judge(&found);
    assert!(!verdict.is_fine());
    let report = report(&verdict, true);
    assert!(
        report.contains("no x-fact says where it comes from"),
        "{report}"
    );
}

#[test]
fn an_addition_can_t_rest_on_the_document_that_lacks_it() {
    let none = none();
    let found = with_an_addition(Some("documented: provider's OpenAPI document"));
    let verdict = none.judge(&found);
    assert!(!verdict.is_fine());
    let report = report(&verdict, true);
    assert!(
        report.contains("rests on what the provider's document doesn't say"),
        "{report}"
    );
}

#[test]
fn a_fact_excuses_no_disagreement() {
    let mut ours = ours();
    let size = &mut ours["components"]["schemas"]["Thing"]["properties"]["size"];
    size["x-fact"] = json!("documented: guide Manage Things");
    size["maximum"] = json!(99);
    let found = differences(&ours, &self::ours());
    assert!(!none().judge(&found).is_fine());
}
