//! The API key is found nowhere.

use std::{fs, path::Path, process::Stdio, time::Duration};

use benchmark_email_sandbox::{Fault, KeyState, Sandbox};

use super::support::{bme, every_command, example, private_file, said, start};

const KEY: &str = "bme_us_SECRETsecretSECRETsecretSECRETsecretSECRETs";

/// Each command once.
const COMMANDS: &[&[&str]] = &[
    &["backup", "BACKUP"],
    &["backup", "verify", "BACKUP"],
    &["check"],
    &["completions", "bash"],
    &[
        "contacts",
        "create",
        "joe@example.com",
        "--set",
        "Seats=4",
        "--add-tag",
        "VIP",
    ],
    &["contacts", "delete", "misaki@example.jp", "--yes"],
    &["contacts", "events", "jane.smith@example.com"],
    &["contacts", "export"],
    &["contacts", "forget", "rene@example.org", "--yes"],
    &["contacts", "get", "jane.smith@example.com"],
    &["contacts", "list"],
    &["contacts", "search", "--tag", "VIP"],
    &[
        "contacts",
        "set",
        "jane.smith@example.com",
        "--set",
        "Seats=4",
    ],
    &["contacts", "unsubscribe", "jane.smith@example.com", "--yes"],
    &["events"],
    &["exit-codes"],
    &["lists", "create", "Spring"],
    &["lists", "delete", "Spring", "--yes"],
    &["lists", "duplicate", "Newsletter", "Copy"],
    &["lists", "list"],
    &[
        "lists",
        "merge",
        "Newsletter",
        "Product News",
        "--into",
        "Both",
    ],
    &["lists", "rename", "Newsletter", "Weekly"],
    &["man", "MAN"],
    &["migrate", "kit", "SOURCE.csv", "--out", "PLAN"],
    &[
        "profile",
        "add",
        "other",
        "--base-url",
        "http://127.0.0.1:1",
        "--api-key-variable",
        "MY_KEY",
    ],
    &[
        "probe",
        "--yes",
        "--address",
        "you+{n}@example.com",
        "--out",
        "OBSERVED",
    ],
    &["profile", "list"],
    &["profile", "path"],
    &["profile", "remove", "other"],
    &["profile", "use", "main"],
    &["restore", "BACKUP", "--out", "PLAN"],
    &["structure", "add-field", "Plan", "text"],
    &["structure", "add-tag", "New"],
    &["structure", "check", "WANTED"],
    &["structure", "rename-field", "Company", "Employer"],
    &["structure", "rename-tag", "VIP", "Best"],
    &["structure", "show"],
    &["sync", "apply", "PLAN", "--yes"],
    &["sync", "import-files", "PLAN", "--dir", "FILES"],
    &["sync", "map", "SOURCE.csv"],
    &["sync", "plan", "SOURCE.csv", "--out", "PLAN"],
    &["sync", "scrub", "PLAN", "--yes"],
    &["sync", "show", "PLAN"],
    &["sync", "status", "PLAN"],
    &["sync", "undo", "PLAN", "--out", "BACK"],
    &["sync", "verify", "PLAN"],
];

/// The sandbox prints the key that it made up or was given: that is what it is for.
const LEFT_OUT: [&str; 1] = ["sandbox"];

#[test]
fn every_command_is_looked_through() {
    for (words, _) in every_command() {
        let is_known = COMMANDS
            .iter()
            .any(|args| words.iter().eq(args.iter().take(words.len())));
        assert!(
            is_known || LEFT_OUT.contains(&words[0].as_str()),
            "{words:?} is not looked through"
        );
    }
}

/// What the commands write.
const WRITTEN: [&str; 5] = [
    "PLAN",
    "BACK",
    "OBSERVED",
    "BACKUP/manifest.json",
    "BACKUP/contacts.jsonl",
];

fn holds_no_key(file: &Path) {
    if let Ok(written) = fs::read(file) {
        let text = String::from_utf8_lossy(&written);
        assert!(!text.contains(KEY), "{} holds the key", file.display());
    }
}

/// Where the key comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    Variable,
    File,
    Command,
    Config,
}

/// A plan is written where there is none.
fn make_room(args: &[&str], at: &impl Fn(&str) -> String) {
    let plan = if args.contains(&"undo") {
        "BACK"
    } else {
        "PLAN"
    };
    if args.contains(&"--out") {
        let _ = fs::remove_file(at(plan));
    }
    if args == ["backup", "BACKUP"] {
        let _ = fs::remove_dir_all(at("BACKUP"));
    }
}

fn can_be_dry(args: &[&str]) -> bool {
    (args.contains(&"--yes") && args[0] != "probe")
        || ["create", "set"].contains(args.get(1).unwrap_or(&""))
}

#[test]
fn the_key_is_found_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let key_file = private_file(folder.path(), "key", &format!("{KEY}\n"));
    private_file(folder.path(), "WANTED", "{}");
    private_file(
        folder.path(),
        "SOURCE.csv",
        "Email,Seats\njane.smith@example.com,13\n",
    );
    for (round, from) in [From::Variable, From::File, From::Command, From::Config]
        .into_iter()
        .enumerate()
    {
        for (turn, trouble) in ["none", "dry", "refused", "echoed", "gateway"]
            .into_iter()
            .enumerate()
        {
            let sandbox = start(Sandbox::builder().seed(example()).api_key(KEY));
            sandbox.fault(Fault::delay(Duration::from_millis(20)));
            match trouble {
                "refused" => assert!(sandbox.set_key_state(KEY, KeyState::Inactive)),
                "echoed" => {
                    let echo = format!(
                        r#"{{"errors":[{{"errorType":"ValidationError","message":"key {KEY} is bad"}}]}}"#
                    );
                    sandbox.fault(Fault::status(400).body(echo));
                }
                "gateway" => drop(sandbox.fault(Fault::html(502))),
                _ => {}
            }
            let config = private_file(
                folder.path(),
                "config.toml",
                &format!(
                    "default = \"main\"\n[profiles.main]\nbase_url = \"{}\"\napi_key = \"{KEY}\"\n[profiles.other]\n",
                    sandbox.base_url()
                ),
            );
            for (number, args) in COMMANDS.iter().enumerate() {
                // Each command with each trouble, and each source with all of them: every combination would take minutes.
                if (number + round + turn) % 4 != 0 {
                    continue;
                }
                let log = at("log");
                let _ = fs::remove_file(&log);
                make_room(args, &at);
                let paths = args.iter().map(|arg| match *arg {
                    name @ ("MAN" | "WANTED" | "SOURCE.csv" | "PLAN" | "BACK" | "OBSERVED"
                    | "BACKUP") => at(name),
                    arg => arg.to_owned(),
                });
                let mut command = bme(&[]);
                command.args(paths).args(["-vv", "--max-wait", "0s"]);
                if number % 2 == 0 {
                    command.args(["--log-file", &log]);
                }
                if number % 3 == 0 {
                    command.args(["-o", "json"]);
                }
                if trouble == "dry" && can_be_dry(args) {
                    command.arg("--dry-run");
                }
                let is_profile = args[0] == "profile";
                match from {
                    From::Config => drop(command.env("BME_CONFIG", &config)),
                    _ if is_profile => drop(command.env("BME_CONFIG", &config)),
                    From::Variable => drop(command.env("BENCHMARK_EMAIL_API_KEY", KEY)),
                    From::File => drop(command.arg("--api-key-file").arg(&key_file)),
                    From::Command => drop(
                        command
                            .arg("--api-key-command")
                            .arg(format!("cat '{}'", key_file.display())),
                    ),
                }
                if !matches!(from, From::Config) && !is_profile {
                    command.args(["--base-url", sandbox.base_url()]);
                }
                look_through(&mut command, &format!("{from:?} {trouble} {args:?}"));
                for file in WRITTEN {
                    holds_no_key(Path::new(&at(file)));
                }
                if let Ok(log) = fs::read_to_string(&log) {
                    assert!(!log.contains(KEY), "{args:?}: {log}");
                    assert!(
                        !log.contains("jane.smith@") && !log.contains("joe@"),
                        "{args:?}: {log}"
                    );
                }
            }
        }
    }
}

/// Runs it, and looks at its command line and its children's while it runs, and at what it said.
fn look_through(command: &mut std::process::Command, case: &str) {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let watched = std::thread::spawn(move || {
        let mut seen = Vec::new();
        while let Ok(line) = fs::read(format!("/proc/{id}/cmdline")) {
            // A process that has ended and isn't waited for has an empty one.
            if line.is_empty() {
                break;
            }
            seen.push(line);
            let children =
                fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            let lines = children
                .split_whitespace()
                .map(|child| fs::read(format!("/proc/{child}/cmdline")));
            seen.extend(lines.flatten());
            std::thread::sleep(Duration::from_millis(1));
        }
        seen
    });
    let said = said(child.wait_with_output().unwrap());
    for line in watched.join().unwrap() {
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(!line.contains(KEY), "{case}: {line}");
    }
    assert!(!said.out.contains(KEY), "{case}: {}", said.out);
    assert!(!said.err.contains(KEY), "{case}: {}", said.err);
    assert!(said.code != 101 && said.code != -1, "{case}: {}", said.err);
}

#[test]
fn a_mistake_in_the_configuration_is_told_without_its_text() {
    let folder = tempfile::tempdir().unwrap();
    for text in [
        format!("[profiles.main]\napi_key = \"{KEY}\n"),
        format!("[profiles.main]\napi_key = [\"{KEY}\"]\n"),
        format!("[profiles.main]\nbase_url = 1\napi_key = {KEY}\n"),
        format!("[profiles.main]\napi-key = \"{KEY}\"\n"),
        format!("profiles = \"{KEY}\"\n"),
        format!("default = \"x\"\n[profiles.{KEY}]\nbase_url = 5\n"),
    ] {
        let config = private_file(folder.path(), "config.toml", &text);
        let said = said(
            bme(&["lists", "list", "--config", config.to_str().unwrap()])
                .output()
                .unwrap(),
        );
        assert_eq!(said.code, 4, "{text}: {}", said.err);
        assert!(!said.err.contains(KEY), "{text}: {}", said.err);
        assert!(said.err.contains("config.toml"), "{}", said.err);
    }
}
