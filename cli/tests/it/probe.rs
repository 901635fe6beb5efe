//! `bme probe` as a program: how it ends, what it leaves. What it names under each reading is tried where it is
//! made, in `src/probe/tests.rs`.

use std::{fs, path::Path, process::Stdio, time::Duration};

use benchmark_email_sandbox::{Fault, Sandbox};
use serde_json::Value;

use super::support::{on, run, said, sandbox};

const ADDRESS: &str = "you+{n}@example.com";

fn probe(sandbox: &Sandbox, out: &Path, more: &[&str]) -> std::process::Command {
    let mut command = on(sandbox, &["probe", "--yes", "--out"]);
    command.arg(out).args(more);
    command
}

fn contents(sandbox: &Sandbox) -> [Value; 3] {
    let snapshot = sandbox.snapshot();
    ["structures", "lists", "contacts"].map(|part| snapshot[part].clone())
}

#[test]
fn it_ends_with_nought_where_all_is_as_assumed_and_with_three_where_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("observed.json");
    for (reading, code) in [("not-found", 0), ("validation", 3)] {
        let sandbox = sandbox();
        sandbox.read_rule("malformed-id", reading).unwrap();
        let before = contents(&sandbox);
        let said = run(&mut probe(
            &sandbox,
            &out,
            &["--address", ADDRESS, "-o", "jsonl"],
        ));
        assert_eq!(said.code, code, "{}", said.err);
        let lines = said
            .out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let line = lines
            .into_iter()
            .find(|line| line["claim"] == "malformed-id")
            .unwrap();
        assert_eq!(
            (&line["assumed"], &line["seen"]),
            (&"not-found".into(), &reading.into())
        );
        let observed: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
        assert_eq!(observed["format"], 1);
        assert!(sandbox.requests().len() <= 120);
        assert_eq!(contents(&sandbox), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn without_a_yes_nothing_is_sent() {
    let sandbox = sandbox();
    let said = run(&mut on(&sandbox, &["probe", "--address", ADDRESS]));
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(
        said.err.contains("nothing was sent") && said.err.contains("--yes"),
        "{}",
        said.err
    );
    for odd in [
        "you@example.com",
        "you@{n}.example.com",
        "{n}",
        "you+{n}@x@y",
    ] {
        let said = run(&mut on(&sandbox, &["probe", "--yes", "--address", odd]));
        assert_eq!(said.code, 2, "{odd}: {}", said.err);
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn help_shows_what_addresses_look_like() {
    let said = run(&mut super::support::bme(&["probe", "--help"]));
    assert!(
        said.out.contains("--address <you+{n}@your-domain>"),
        "{}",
        said.out
    );
}

#[cfg(unix)]
#[test]
fn stopped_it_removes_what_it_made_and_killed_it_leaves_a_list_of_it() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("KILL", -1)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("observed.json");
        let list = folder.path().join("observed.made.json");
        let sandbox = sandbox();
        let before = contents(&sandbox);
        // The search that follows on the first contact takes its time.
        let delay = Fault::delay(Duration::from_secs(2))
            .on("searchContacts")
            .nth(1);
        sandbox.fault(delay);
        let mut command = probe(&sandbox, &out, &["--address", ADDRESS]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while contents(&sandbox)[2] == before[2] {
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), id])
            .status();
        assert!(sent.unwrap().success());
        let ended = said(child.wait_with_output().unwrap());
        assert_eq!(ended.code, code, "{signal}: {}", ended.err);
        if signal == "KILL" {
            assert!(list.exists());
            let refused = run(&mut probe(&sandbox, &out, &["--address", ADDRESS]));
            assert_eq!(refused.code, 5, "{}", refused.err);
            assert!(refused.err.contains("--remove"), "{}", refused.err);
            let removed = run(&mut probe(&sandbox, &out, &["--remove"]));
            assert_eq!(removed.code, 0, "{}", removed.err);
        }
        assert_eq!(contents(&sandbox), before, "{signal}");
        assert!(!list.exists(), "{signal}");
    }
}

#[test]
fn what_cant_be_removed_is_told_and_kept_for_later() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("observed.json");
    let sandbox = sandbox();
    let before = contents(&sandbox);
    sandbox.fault(Fault::status(500).on("deleteContact"));
    let said = run(&mut probe(&sandbox, &out, &["--address", ADDRESS]));
    assert_eq!(said.code, 6, "{}", said.err);
    assert!(
        said.err.contains("still there") && said.err.contains("--remove"),
        "{}",
        said.err
    );
    sandbox.clear_faults();
    let removed = run(&mut probe(&sandbox, &out, &["--remove"]));
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert_eq!(contents(&sandbox), before);
}

#[test]
fn an_hour_that_is_used_up_ends_it_with_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox();
    sandbox.set_hourly_left(0);
    let out = folder.path().join("observed.json");
    let said = run(probe(&sandbox, &out, &["--address", ADDRESS]).args(["--max-wait", "0s"]));
    assert_eq!(said.code, 75, "{}", said.err);
}
