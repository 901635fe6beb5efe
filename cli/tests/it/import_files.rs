//! `bme sync import-files`: what the provider's own importer takes, and apply does the rest.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Value, json};

use super::sync_plan::{Desk, OPEN, Planned, account};

const NOT_ARRIVED: usize = 10;

/// Numbers that are the same each time and look like dice.
fn dice(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    *state >> 33
}

/// Rows of every kind, of which several may be one person's.
fn rows(seed: u64) -> String {
    let mut state = seed;
    let mut rows = "Email,First Name,Lists,Tags,Status\n".to_owned();
    for _ in 0..400 {
        let number = dice(&mut state) % 300;
        let lists = ["", "Newsletter", "\"Newsletter,Product News\""]
            [usize::try_from(dice(&mut state) % 3).unwrap()];
        let tags = ["", "R&D", "\"R&D,VIP\""][usize::try_from(dice(&mut state) % 3).unwrap()];
        let status = ["", "", "subscribed", "unsubscribed", "bounced"]
            [usize::try_from(dice(&mut state) % 5).unwrap()];
        writeln!(
            rows,
            "p{number}@example.com,\"=Ann, \"\"A\"\"\",{lists},{tags},{status}"
        )
        .unwrap();
    }
    rows
}

/// What the importer makes of the rows: a contact each, all but the first few.
fn arrive(desk: &Desk, imported: &[(String, String, Value)]) {
    let mut account = desk.sandbox.snapshot();
    let contacts = account["contacts"].as_array_mut().unwrap();
    for (address, tags, lists) in imported.iter().skip(NOT_ARRIVED) {
        let tags: Vec<_> = tags.split(',').filter(|tag| !tag.is_empty()).collect();
        contacts.push(json!({
            "key": address, "fields": { "First Name": "=Ann, \"A\"" }, "lists": lists, "tags": tags,
        }));
    }
    desk.sandbox.restore(account).unwrap();
}

#[test]
fn nobody_who_left_is_in_a_file_and_the_next_plan_is_what_is_left_to_do() {
    for seed in 1..=3 {
        let desk = Desk::new(account());
        let source = desk.file("rows.csv", rows(seed));
        let planned = desk.run(&[&["sync", "plan", &source, "--out", "plan"][..], &OPEN].concat());
        assert_eq!(planned.code, 0, "{}", planned.err);
        let said = desk.run(&[
            "sync",
            "import-files",
            "plan",
            "--dir",
            "files",
            "-o",
            "json",
        ]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(
            said.err.contains("by API") && said.err.contains("by import"),
            "{}",
            said.err
        );
        let files: Vec<Value> = serde_json::from_str(&said.out).unwrap();

        let left: BTreeSet<String> = csv::Reader::from_reader(rows(seed).as_bytes())
            .records()
            .map(Result::unwrap)
            .filter(|row| ["unsubscribed", "bounced"].contains(&&row[4]))
            .map(|row| row[0].to_owned())
            .collect();
        let mut imported = Vec::new();
        for file in &files {
            let text = std::fs::read_to_string(desk.path(file["file"].as_str().unwrap())).unwrap();
            for row in csv::Reader::from_reader(text.as_bytes()).records() {
                let row = row.unwrap();
                assert!(!left.contains(&row[0]), "seed {seed}: {} has left", &row[0]);
                assert_eq!(&row[2], "=Ann, \"A\"");
                imported.push((row[0].to_owned(), row[1].to_owned(), file["lists"].clone()));
            }
        }
        let created = desk.run(&[
            "sync", "show", "plan", "--only", "steps", "-o", "csv", "--raw",
        ]);
        let created = created.out.lines().filter(|line| line.contains(",create,"));
        assert_eq!(created.count(), imported.len(), "seed {seed}");
        assert!(imported.len() > 50, "seed {seed}: {}", imported.len());

        // The folder isn't written into again.
        let again = desk.run(&["sync", "import-files", "plan", "--dir", "files"]);
        assert_eq!(again.code, 1, "{}", again.err);
        assert!(again.err.contains("isn't empty"), "{}", again.err);

        arrive(&desk, &imported);
        // The same rows, planned again, are what the importer left to do.
        let rest = ["sync", "plan", &source, "--out", "rest"];
        let planned = desk.run(&[&rest[..], &OPEN].concat());
        assert_eq!(planned.code, 0, "{}", planned.err);
        let rest = Planned::of(&desk, &desk.path("rest"));
        let missing = rest.steps.iter().filter(|step| step.starts_with("create "));
        assert_eq!(missing.count(), NOT_ARRIVED, "{:?}", rest.steps);
        assert!(!rest.steps.iter().any(|step| step.starts_with("update ")));
        let applied = desk.run(&["sync", "apply", "rest", "--yes"]);
        assert_eq!(applied.code, 0, "{}", applied.err);
        let verified = desk.run(&["sync", "verify", "rest"]);
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
        let contacts = desk.sandbox.snapshot()["contacts"].clone();
        let keys = contacts
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["key"].to_string());
        let keys: Vec<_> = keys.collect();
        let distinct: BTreeSet<_> = keys.iter().collect();
        assert_eq!(
            distinct.len(),
            keys.len(),
            "seed {seed}: somebody is there twice"
        );
    }
}
