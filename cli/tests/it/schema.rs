//! What is printed as JSON is what the published schema says.

use serde_json::{Value, json};

use super::support::{Said, every_command, on, private_file, run, sandbox};

fn document() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/output.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the document says of a command.
fn validator(what: &str, one: bool) -> jsonschema::Validator {
    let mut document = document();
    let mut printed = document["properties"][what].take();
    assert!(!printed.is_null(), "the document doesn't speak of {what}");
    if one && printed["type"] == "array" {
        printed = printed["items"].take();
    }
    printed["$defs"] = document["$defs"].take();
    // A name that the document doesn't know is no name that stays.
    for definition in printed["$defs"].as_object_mut().unwrap().values_mut() {
        definition["additionalProperties"] = json!(false);
    }
    jsonschema::validator_for(&printed).unwrap()
}

pub(super) fn check(what: &str, text: &str, one: bool) {
    let value: Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"));
    let validator = validator(what, one);
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:?}: {text}");
}

const PRINTING: &[(&str, &[&str])] = &[
    ("backup", &["backup", "NEW_BACKUP"]),
    ("backup verify", &["backup", "verify", "BACKUP"]),
    ("check", &["check"]),
    (
        "contacts create",
        &["contacts", "create", "joe@example.com", "--set", "Seats=4"],
    ),
    (
        "contacts delete",
        &["contacts", "delete", "misaki@example.jp", "--yes"],
    ),
    (
        "contacts delete --dry-run",
        &["contacts", "delete", "misaki@example.jp", "--dry-run"],
    ),
    (
        "contacts events",
        &["contacts", "events", "jane.smith@example.com"],
    ),
    (
        "contacts forget",
        &["contacts", "forget", "jane.smith@example.com", "--yes"],
    ),
    (
        "contacts forget --dry-run",
        &["contacts", "forget", "jane.smith@example.com", "--dry-run"],
    ),
    ("contacts forget --list", &["contacts", "forget", "--list"]),
    (
        "contacts get",
        &["contacts", "get", "jane.smith@example.com"],
    ),
    ("contacts list", &["contacts", "list"]),
    ("contacts search", &["contacts", "search", "--tag", "VIP"]),
    (
        "contacts set",
        &["contacts", "set", "rene@example.org", "--set", "Seats=4"],
    ),
    (
        "any other --dry-run",
        &[
            "contacts",
            "set",
            "rene@example.org",
            "--set",
            "Seats=4",
            "--dry-run",
        ],
    ),
    (
        "contacts unsubscribe",
        &["contacts", "unsubscribe", "rene@example.org", "--yes"],
    ),
    (
        "contacts unsubscribe --dry-run",
        &[
            "contacts",
            "unsubscribe",
            "jane.smith@example.com",
            "--dry-run",
        ],
    ),
    ("events", &["events"]),
    ("lists create", &["lists", "create", "Spring"]),
    (
        "lists duplicate",
        &["lists", "duplicate", "Newsletter", "Copy"],
    ),
    ("lists list", &["lists", "list"]),
    (
        "lists merge",
        &[
            "lists",
            "merge",
            "Newsletter",
            "Product News",
            "--into",
            "Both",
        ],
    ),
    ("lists rename", &["lists", "rename", "Newsletter", "Weekly"]),
    (
        "any other --dry-run",
        &["lists", "rename", "Newsletter", "Weekly", "--dry-run"],
    ),
    (
        "probe",
        &[
            "probe",
            "--yes",
            "--address",
            "you+{n}@example.com",
            "--out",
            "OBSERVED",
        ],
    ),
    (
        "migrate",
        &[
            "migrate",
            "kit",
            "ROWS",
            "--out",
            "NEW_PLAN",
            "--max-updates=100%",
            "--max-unsubscribes=100%",
        ],
    ),
    ("profile list", &["profile", "list"]),
    (
        "restore",
        &[
            "restore",
            "BACKUP",
            "--out",
            "NEW_PLAN",
            "--max-unsubscribes=100%",
        ],
    ),
    (
        "structure add-field",
        &["structure", "add-field", "Plan", "text"],
    ),
    ("structure add-tag", &["structure", "add-tag", "New"]),
    ("structure check", &["structure", "check", "WANTED"]),
    (
        "structure rename-field",
        &["structure", "rename-field", "Company", "Employer"],
    ),
    (
        "structure rename-tag",
        &["structure", "rename-tag", "VIP", "Best"],
    ),
    ("structure show", &["structure", "show"]),
    (
        "sync import-files",
        &["sync", "import-files", "PLAN", "--dir", "FOLDER"],
    ),
    (
        "sync plan",
        &[
            "sync",
            "plan",
            "ROWS",
            "--out",
            "NEW_PLAN",
            "--max-updates=100%",
            "--max-unsubscribes=100%",
        ],
    ),
    ("sync show", &["sync", "show", "PLAN"]),
    (
        "sync show --only counts",
        &["sync", "show", "PLAN", "--only", "counts"],
    ),
    (
        "sync show --only rejected",
        &["sync", "show", "PLAN", "--only", "rejected"],
    ),
    (
        "sync show --only steps",
        &["sync", "show", "PLAN", "--only", "steps"],
    ),
    ("sync status", &["sync", "status", "PLAN"]),
    (
        "any other --dry-run",
        &["structure", "rename-tag", "VIP", "Best", "--dry-run"],
    ),
];

/// Text in every format, or none at all.
const LEFT_OUT: [&str; 12] = [
    "completions",
    "contacts export",
    "exit-codes",
    "lists delete",
    "man",
    "profile add",
    "profile path",
    "profile remove",
    "profile use",
    "sandbox",
    "sync map",
    "sync scrub",
];

#[test]
fn what_is_printed_is_what_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = private_file(
        folder.path(),
        "wanted",
        r#"{"fields": [{"label": "Plan"}], "tags": [{"label": "Gold"}]}"#,
    );
    let observed = folder.path().join("observed.json");
    let config = private_file(
        folder.path(),
        "config.toml",
        "[profiles.a]\napi_key_variable = \"KEY\"\n",
    );
    let rows = "Email,Company,Status\njane.smith@example.com,New,\nmisaki@example.jp,,bounced\nnew@example.com,,\nbroken,,\n";
    let rows = private_file(folder.path(), "rows.csv", rows);
    let plan = folder.path().join("plan");
    let new_plan = folder.path().join("new-plan");
    let imports = folder.path().join("imports");
    let backup = folder.path().join("backup");
    let new_backup = folder.path().join("new-backup");
    let made = run(on(&sandbox(), &["backup"]).arg(&backup));
    assert_eq!(made.code, 0, "{}", made.err);
    let made = run(on(&sandbox(), &["sync", "plan", "--out"])
        .args([&plan, &rows])
        .args(["--max-updates=100%", "--max-unsubscribes=100%"]));
    assert_eq!(made.code, 0, "{}", made.err);
    for (what, args) in PRINTING {
        let print = |format: &str| -> Said {
            let _ = std::fs::remove_file(&new_plan);
            let _ = std::fs::remove_dir_all(&imports);
            let _ = std::fs::remove_dir_all(&new_backup);
            let args = args.iter().map(|arg| match *arg {
                "WANTED" => wanted.to_str().unwrap(),
                "ROWS" => rows.to_str().unwrap(),
                "PLAN" => plan.to_str().unwrap(),
                "FOLDER" => imports.to_str().unwrap(),
                "NEW_PLAN" => new_plan.to_str().unwrap(),
                "BACKUP" => backup.to_str().unwrap(),
                "NEW_BACKUP" => new_backup.to_str().unwrap(),
                "OBSERVED" => observed.to_str().unwrap(),
                arg => arg,
            });
            let said = run(on(&sandbox(), &[])
                .args(args)
                .args(["-o", format])
                .env("BME_CONFIG", &config));
            assert!(matches!(said.code, 0 | 3), "{what}: {}", said.err);
            said
        };
        check(what, &print("json").out, false);
        let lines = print("jsonl").out;
        assert!(!lines.is_empty(), "{what} prints nothing");
        for line in lines.lines() {
            check(what, line, true);
        }
    }
}

#[test]
fn a_failure_is_what_the_schema_says() {
    let what = "any, on stderr, when it fails";
    for args in [
        &["contacts", "get", "nobody@example.com"][..],
        &["contacts", "get", "64a1b2c3d4e5f6a7b8c9d4ff"],
        &["contacts", "git"],
    ] {
        for format in ["json", "jsonl"] {
            let said = run(on(&sandbox(), args).args(["-o", format]));
            check(what, &said.err, false);
        }
    }
    let sandbox = sandbox();
    sandbox.set_hourly_left(0);
    check(
        what,
        &run(&mut on(&sandbox, &["lists", "list", "-o", "json"])).err,
        false,
    );
}

#[test]
fn the_schema_speaks_of_every_command() {
    let document = document();
    let described = document["properties"].as_object().unwrap();
    for (words, _) in every_command() {
        let what = words.join(" ");
        let is_known = described.contains_key(&what) || LEFT_OUT.contains(&what.as_str());
        assert!(is_known, "the schema doesn't speak of {what}");
    }
    for what in described.keys() {
        let is_printed = PRINTING.iter().any(|(printed, _)| printed == what);
        assert!(
            is_printed
                || what == "any, on stderr, when it fails"
                // They need the account that was planned for: their own tests look.
                || ["sync apply", "sync undo", "sync verify"].iter().any(|own| what.starts_with(own)),
            "{what} is not tried"
        );
    }
}
