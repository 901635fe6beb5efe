//! `--dry-run`: reads, and nothing else.

use super::support::{every_command, on, run, sandbox};

const WRITING: &[&[&str]] = &[
    &[
        "contacts",
        "create",
        "joe@example.com",
        "--set",
        "Seats=4",
        "--add-list",
        "Newsletter",
        "--add-tag",
        "VIP",
    ],
    &[
        "contacts",
        "set",
        "jane.smith@example.com",
        "--set",
        "Seats=4",
        "--clear",
        "Company",
        "--remove-tag",
        "VIP",
    ],
    &[
        "contacts",
        "unsubscribe",
        "jane.smith@example.com",
        "misaki@example.jp",
    ],
    &["contacts", "delete", "jane.smith@example.com"],
    &["contacts", "forget", "jane.smith@example.com"],
    &["lists", "create", "Spring"],
    &["lists", "rename", "Newsletter", "Weekly"],
    &["lists", "duplicate", "Newsletter", "Copy"],
    &[
        "lists",
        "merge",
        "Newsletter",
        "Product News",
        "--into",
        "Both",
    ],
    &["lists", "delete", "Newsletter", "Product News"],
    &["structure", "add-field", "Plan", "text"],
    &["structure", "rename-field", "Company", "Employer"],
    &["structure", "add-tag", "New"],
    &["structure", "rename-tag", "VIP", "Best"],
];

#[test]
fn a_dry_run_of_each_writing_command_reads_and_nothing_else() {
    for args in WRITING {
        for format in ["table", "json", "csv"] {
            let sandbox = sandbox();
            let before = sandbox.snapshot();
            let said = run(on(&sandbox, args).args(["--dry-run", "-o", format]));
            assert_eq!(said.code, 0, "{args:?}: {}", said.err);
            for method in sandbox
                .requests()
                .iter()
                .map(|r| (r.method.as_str(), r.operation))
            {
                assert!(
                    matches!(method, ("GET", _) | (_, Some("searchContacts"))),
                    "{args:?}: {method:?}"
                );
            }
            assert_eq!(sandbox.snapshot(), before, "{args:?}");
            // And without it something is sent.
            let done = run(on(&sandbox, args).args(
                if ["delete", "forget", "unsubscribe"].contains(&args[1]) {
                    &["--yes"][..]
                } else {
                    &[]
                },
            ));
            assert_eq!(done.code, 0, "{args:?}: {}", done.err);
            assert_ne!(sandbox.snapshot(), before, "{args:?}");
            let sent: Vec<_> = sandbox
                .requests()
                .into_iter()
                .filter(|r| r.method != "GET")
                .collect();
            let first = sent
                .iter()
                .find(|r| r.operation != Some("searchContacts"))
                .unwrap();
            assert!(
                said.out.contains(&first.method) && said.out.contains(&first.path),
                "{args:?}: {}",
                said.out
            );
        }
    }
}

#[test]
fn every_command_that_has_a_dry_run_is_tried() {
    let tried: Vec<&[&str]> = WRITING.iter().map(|args| &args[..2]).collect();
    let writing = every_command()
        .into_iter()
        .filter(|(_, page)| page.contains(r"\-\-dry\-run"));
    let writing: Vec<Vec<String>> = writing.map(|(words, _)| words).collect();
    assert!(writing.len() >= 13, "{writing:?}");
    for words in writing {
        assert!(
            tried.iter().any(|tried| **tried == words),
            "{words:?} is not tried"
        );
    }
}
