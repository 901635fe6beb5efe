//! `bme contacts forget`: all that is held is told and deleted, and nobody comes back by a later plan.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::support::{Said, example, on, private_file, run, start};

/// The example account with a second structure, in which there is a Jane too.
fn two_structures() -> Value {
    let mut seed = example();
    seed["structures"].as_array_mut().unwrap().push(json!({
        "_id": "64a1b2c3d4e5f6a7b8c9d0e2", "label": "Partners",
        "fields": [{ "_id": "64a1b2c3d4e5f6a7b8c9d111", "label": "Nickname", "dataType": "text" }],
    }));
    seed["contacts"].as_array_mut().unwrap().push(json!({
        "_id": "64a1b2c3d4e5f6a7b8c9d499", "key": "Jane.Smith@example.com",
        "contactStructureId": "64a1b2c3d4e5f6a7b8c9d0e2", "fields": { "Nickname": "JJ" },
    }));
    seed
}

struct Desk {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            sandbox: start(Sandbox::builder().seed(two_structures())),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, args: &[&str]) -> Said {
        let state = self.folder.path().join("state");
        run(on(&self.sandbox, args)
            .env("XDG_STATE_HOME", state)
            .current_dir(self.folder.path()))
    }

    fn addresses(&self) -> Vec<String> {
        let contacts = self.sandbox.snapshot()["contacts"].take();
        let keys = contacts.as_array().unwrap().iter();
        let mut keys: Vec<_> = keys
            .map(|contact| contact["key"].as_str().unwrap().to_lowercase())
            .collect();
        keys.sort();
        keys
    }

    /// The steps that a plan of these rows holds.
    fn planned(&self, rows: &str, more: &[&str]) -> (Said, String) {
        private_file(self.folder.path(), "rows.csv", rows);
        let _ = fs::remove_file(self.folder.path().join("rows.plan"));
        let plan = ["sync", "plan", "rows.csv", "--out", "rows.plan"];
        let said = self.run(&[&plan[..], more].concat());
        let steps = self.run(&["sync", "show", "rows.plan", "--only", "steps", "-o", "csv"]);
        (said, steps.out)
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn all_that_is_held_is_told_written_and_deleted_and_stays_away() {
    let desk = Desk::new();
    let forgotten = desk.run(&[
        "contacts",
        "forget",
        "jane.smith@example.com",
        "--yes",
        "--export",
        "jane.json",
        "-o",
        "json",
    ]);
    assert_eq!(forgotten.code, 0, "{}", forgotten.err);
    let told: Value = serde_json::from_str(&forgotten.out).unwrap();
    let export = desk.folder.path().join("jane.json");
    assert_eq!(mode(&export), 0o600);
    let written: Value = serde_json::from_str(&fs::read_to_string(export).unwrap()).unwrap();
    assert_eq!(told["held"], written["held"]);
    assert_eq!(written["held"][0]["structure"], "Default Contacts");
    assert_eq!(
        written["held"][0]["contact"]["_id"],
        "64a1b2c3d4e5f6a7b8c9d401"
    );
    assert_eq!(written["held"][0]["events"][0]["type"], "email-clicked");
    assert_eq!(written["held"][1]["structure"], "Partners");
    assert_eq!(written["held"][1]["contact"]["fields"][0]["value"], "JJ");
    assert_eq!(desk.addresses(), ["misaki@example.jp", "rene@example.org"]);

    // The list names nobody, and only its owner can read it and its key.
    let state = desk.folder.path().join("state/bme");
    let list = fs::read_to_string(state.join("forgotten.jsonl")).unwrap();
    assert!(!list.to_lowercase().contains("jane"), "{list}");
    for name in ["forgotten.jsonl", "forgotten.key"] {
        assert_eq!(mode(&state.join(name)), 0o600);
    }
    let day = told["forgotten"].as_str().unwrap();
    let listed = desk.run(&["contacts", "forget", "--list", "-o", "csv"]);
    assert!(
        listed
            .out
            .contains(&format!("{day},{},", desk.sandbox.base_url())),
        "{}",
        listed.out
    );

    // Neither a row, nor one that says that she has left, brings her back.
    let rows = "Email,First Name,Status\nJane.Smith@Example.com,Jane,\njoe@example.com,Joe,\n";
    let (said, steps) = desk.planned(rows, &[]);
    assert!(
        said.out.contains(&format!(
            "rejected rows.csv line 2: asked to be forgotten on {day}"
        )),
        "{}{}",
        said.out,
        said.err
    );
    assert!(
        steps.contains("joe@") && !steps.to_lowercase().contains("jane"),
        "{steps}"
    );
    let rows =
        "Email,First Name,Status\njane.smith@example.com,Jane,unsubscribed\njoe@example.com,Joe,\n";
    let (_, steps) = desk.planned(rows, &[]);
    assert!(steps.contains("joe@") && !steps.contains("jane"), "{steps}");

    // Who signs up again is taken off the list.
    let off = desk.run(&["contacts", "forget", "JANE.smith@example.com", "--unlist"]);
    assert_eq!(off.code, 0, "{}", off.err);
    let (_, steps) = desk.planned("Email\njane.smith@example.com\n", &[]);
    assert!(steps.contains("create,jane.smith@example.com"), "{steps}");
    let again = desk.run(&["contacts", "forget", "jane.smith@example.com", "--unlist"]);
    assert_eq!(again.code, 1, "{}", again.err);
}

#[test]
fn whoever_the_account_does_not_know_is_remembered_too() {
    let desk = Desk::new();
    let forgotten = desk.run(&["contacts", "forget", "joe@example.com", "--yes"]);
    assert_eq!(forgotten.code, 0, "{}", forgotten.err);
    assert!(
        forgotten.out.starts_with("Nobody has this address."),
        "{}",
        forgotten.out
    );
    let (said, _) = desk.planned("Email\njoe@example.com\n", &[]);
    assert_eq!(said.code, 5, "{}", said.out);
    assert!(
        said.err.contains("asked to be forgotten on"),
        "{}",
        said.err
    );
}

#[test]
fn nothing_is_deleted_before_the_export_is_written_and_before_a_yes() {
    let desk = Desk::new();
    private_file(desk.folder.path(), "there.json", "{}");
    let jane = "jane.smith@example.com";
    for args in [
        &[
            "contacts",
            "forget",
            jane,
            "--yes",
            "--export",
            "there.json",
        ][..],
        &["contacts", "forget", jane],
        &["contacts", "forget", jane, "--dry-run"],
    ] {
        let said = desk.run(args);
        assert_eq!(
            said.code == 0,
            args.contains(&"--dry-run"),
            "{args:?}: {}",
            said.err
        );
        assert_eq!(desk.addresses().len(), 4, "{args:?}");
        assert!(!desk.folder.path().join("state").exists(), "{args:?}");
    }
}

#[test]
fn a_list_that_cannot_be_read_stops_a_plan() {
    let desk = Desk::new();
    desk.run(&["contacts", "forget", "joe@example.com", "--yes"]);
    fs::remove_file(desk.folder.path().join("state/bme/forgotten.key")).unwrap();
    let (said, _) = desk.planned("Email\nann@example.com\n", &[]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.err
            .contains("who asked to be forgotten, can't be read"),
        "{}",
        said.err
    );
    assert!(!desk.folder.path().join("rows.plan").exists());
}
