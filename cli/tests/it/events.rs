//! `bme events`: what came since the last time, and as it comes.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use serde_json::Value;

use super::support::{on, run, sandbox};

fn types(out: &str) -> Vec<String> {
    let events = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    events
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn with_a_cursor_each_run_tells_what_is_new() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let cursor = folder.path().join("cursor");
    let events = || {
        let said = run(on(&sandbox, &["events", "-o", "jsonl", "--cursor"]).arg(&cursor));
        assert_eq!(said.code, 0, "{}", said.err);
        types(&said.out)
    };
    assert_eq!(events(), ["contact-unsubscribed", "email-clicked"]);
    assert_eq!(events(), [""; 0]);
    for seats in ["1", "2"] {
        let set = [
            "contacts",
            "set",
            "jane.smith@example.com",
            "--set",
            &format!("Seats={seats}"),
        ];
        assert_eq!(run(&mut on(&sandbox, &set)).code, 0);
    }
    let leave = ["contacts", "unsubscribe", "misaki@example.jp", "--yes"];
    assert_eq!(run(&mut on(&sandbox, &leave)).code, 0);
    assert_eq!(
        events(),
        ["contact-updated", "contact-updated", "contact-unsubscribed"]
    );
    assert_eq!(events(), [""; 0]);

    let text = std::fs::read_to_string(&cursor).unwrap();
    assert!(!text.contains('@'), "{text}");
    let other = run(on(&sandbox, &["events", "--types", "email-sent", "--cursor"]).arg(&cursor));
    assert_eq!(other.code, 2);
    assert!(other.err.contains("other events"), "{}", other.err);
}

#[test]
fn what_could_not_be_printed_comes_again() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let cursor = folder.path().join("cursor");
    let mut command = on(&sandbox, &["events", "-o", "jsonl", "--cursor"]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = command
        .arg(&cursor)
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
    let said = run(on(&sandbox, &["events", "-o", "jsonl", "--cursor"]).arg(&cursor));
    assert_eq!(types(&said.out).len(), 2);
}

#[test]
fn followed_events_are_printed_as_they_come() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let cursor = folder.path().join("cursor");
    let follow = [
        "events",
        "--follow",
        "--every",
        "1s",
        "-o",
        "jsonl",
        "--types",
        "contact-unsubscribed",
        "--cursor",
    ];
    let mut child = on(&sandbox, &follow)
        .arg(&cursor)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines
            .next()
            .unwrap()
            .unwrap()
            .contains("64a1b2c3d4e5f6a7b8c9d403")
    );
    let leave = ["contacts", "unsubscribe", "jane.smith@example.com", "--yes"];
    assert_eq!(run(&mut on(&sandbox, &leave)).code, 0);
    assert!(
        lines
            .next()
            .unwrap()
            .unwrap()
            .contains("64a1b2c3d4e5f6a7b8c9d401")
    );
    let id = child.id().to_string();
    std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(lines.next().is_none());
}
