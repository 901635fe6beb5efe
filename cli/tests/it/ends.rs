//! What is given, what is said, and the exit code.

use std::{os::unix::fs::PermissionsExt as _, time::Duration};

use benchmark_email_sandbox::{Fault, KeyState, Sandbox, Standing};
use serde_json::json;

use super::support::{Said, bme, example, on, private_file, run, sandbox, start};

fn holds(case: &str, said: &Said, code: i32, parts: &[&str]) {
    assert_eq!(said.code, code, "{case}: {}{}", said.out, said.err);
    for part in parts {
        assert!(
            said.err.contains(part),
            "{case}: {part:?} is not in {:?}",
            said.err
        );
    }
}

fn writes(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    let is_write =
        |operation: &str| !operation.starts_with("search") && !operation.starts_with("export");
    requests
        .iter()
        .filter(|r| r.method != "GET" && r.operation.is_some_and(is_write))
        .count()
}

#[test]
fn without_an_account_everything_that_names_one_is_said() {
    let said = run(&mut bme(&["contacts", "list"]));
    holds(
        "no account",
        &said,
        4,
        &[
            "BENCHMARK_EMAIL_BASE_URL",
            "BENCHMARK_EMAIL_API_KEY",
            "/nonexistent/bme/config.toml",
            "or try --sandbox",
        ],
    );
    let half = run(bme(&["contacts", "list"]).env("BENCHMARK_EMAIL_API_KEY", "bme_us_1"));
    holds("half", &half, 4, &["BENCHMARK_EMAIL_BASE_URL is not"]);
}

#[test]
fn a_refused_key_is_not_tried_again() {
    for command in [
        &["check"][..],
        &["contacts", "list"],
        &["contacts", "set", "jane@example.com", "--set", "Seats=1"],
    ] {
        let sandbox = sandbox();
        let said = run(on(&sandbox, command).env("BENCHMARK_EMAIL_API_KEY", "bme_us_wrong"));
        holds("401", &said, 4, &["the key is refused"]);
        assert_eq!(sandbox.requests().len(), 1);
    }
    let sandbox = sandbox();
    sandbox.set_key_state(sandbox.api_key(), KeyState::Expired);
    holds(
        "expired",
        &run(&mut on(&sandbox, &["check"])),
        4,
        &["the key is refused", "expired"],
    );
}

#[test]
fn a_key_that_may_only_read_is_told_which_scope_it_needs() {
    let sandbox = sandbox();
    let reader = sandbox.read_only_key();
    let set = [
        "contacts",
        "set",
        "jane.smith@example.com",
        "--set",
        "Seats=1",
    ];
    let said = run(on(&sandbox, &set).env("BENCHMARK_EMAIL_API_KEY", reader));
    holds("read only", &said, 4, &["needs contacts:write"]);
    let said = run(on(&sandbox, &["check"]).env("BENCHMARK_EMAIL_API_KEY", reader));
    assert_eq!(said.code, 0);
    assert!(
        said.out
            .contains("contacts:read; to write, widen the key's scopes"),
        "{}",
        said.out
    );
}

#[test]
fn check_tells_what_a_key_may_do_as_far_as_it_can_be_told() {
    let told = "contacts:read, contacts:write as far as can be told";
    for (order, may_write, scopes) in [
        ("scope-first", true, told),
        ("scope-first", false, "contacts:read; to write"),
        ("lookup-first", true, told),
        // No request tells this one without a risk of changing something.
        ("lookup-first", false, told),
    ] {
        let sandbox = sandbox();
        sandbox.read_rule("scope-order", order).unwrap();
        let mut check = on(&sandbox, &["check"]);
        if !may_write {
            check.env("BENCHMARK_EMAIL_API_KEY", sandbox.read_only_key());
        }
        let said = run(&mut check);
        assert!(said.out.contains(scopes), "{order}: {}", said.out);
    }
    // A service that refuses in no way that is known says nothing.
    let sandbox = sandbox();
    sandbox.fault(Fault::status(500).on("updateContactStatus"));
    let said = run(&mut on(&sandbox, &["check"]));
    assert!(said.out.contains("can't be told"), "{}", said.out);
}

#[test]
fn check_sends_nothing_that_any_reading_of_the_service_could_carry_out() {
    let rules = sandbox().rules();
    let readings = rules
        .iter()
        .flat_map(|rule| rule.readings.iter().map(|reading| (rule.name, *reading)));
    for (rule, reading) in readings {
        let sandbox = sandbox();
        sandbox.read_rule(rule, reading).unwrap();
        let before = sandbox.snapshot();
        run(&mut on(&sandbox, &["check"]));
        assert_eq!(sandbox.snapshot(), before, "{rule}: {reading}");
        // A creation is refused by these rules, and maybe not by the service's.
        let asked = sandbox.requests();
        let asked: Vec<_> = asked.iter().filter_map(|asked| asked.operation).collect();
        assert_eq!(
            asked,
            ["updateContactStatus", "listStructures"],
            "{rule}: {reading}"
        );
    }
}

#[test]
fn a_contact_is_set_from_one_reading_of_it() {
    let sandbox = sandbox();
    let id = "64a1b2c3d4e5f6a7b8c9d402";
    let said = run(&mut on(
        &sandbox,
        &["contacts", "set", id, "--set", "Seats=4"],
    ));
    assert_eq!(said.code, 0, "{}", said.err);
    let requests = sandbox.requests();
    let read = requests
        .iter()
        .filter(|asked| asked.operation == Some("getContact"));
    assert_eq!(read.count(), 1, "{requests:?}");
}

#[test]
fn an_account_in_bad_standing_is_told() {
    let sandbox = sandbox();
    sandbox.set_standing(Standing::PastDue);
    holds(
        "standing",
        &run(&mut on(&sandbox, &["check"])),
        4,
        &["good standing"],
    );
}

#[test]
fn check_takes_three_requests_at_most() {
    let sandbox = sandbox();
    assert_eq!(run(&mut on(&sandbox, &["check"])).code, 0);
    assert_eq!(sandbox.requests().len(), 2);
    let before = sandbox.snapshot();
    sandbox.fault(Fault::status(503));
    assert_eq!(run(&mut on(&sandbox, &["check"])).code, 1);
    sandbox.clear_faults();
    sandbox.fault(Fault::close_before_answer());
    assert_eq!(run(&mut on(&sandbox, &["check"])).code, 1);
    assert!(
        sandbox.requests().len() <= 2 + 3 + 3,
        "{:?}",
        sandbox.requests()
    );
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_configuration_that_others_can_read_holds_no_key() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[profiles.main]\nbase_url = \"{}\"\napi_key = \"{}\"\n",
        sandbox.base_url(),
        sandbox.api_key()
    );
    let path = private_file(folder.path(), "config.toml", &text);
    let config = path.to_str().unwrap();
    let list = ["lists", "list", "--config", config];
    assert_eq!(run(&mut bme(&list)).code, 0);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    holds("config", &run(&mut bme(&list)), 4, &["chmod 600", config]);
    let key = private_file(folder.path(), "key", sandbox.api_key());
    let by_file = [
        "lists",
        "list",
        "--base-url",
        sandbox.base_url(),
        "--api-key-file",
        key.to_str().unwrap(),
    ];
    assert_eq!(run(&mut bme(&by_file)).code, 0);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o604)).unwrap();
    holds("key file", &run(&mut bme(&by_file)), 4, &["chmod 600"]);
}

#[test]
fn a_slip_on_the_command_line_sends_nothing_that_changes_anything() {
    let sandbox = sandbox();
    for (args, parts) in [
        (
            &[
                "contacts",
                "set",
                "jane.smith@example.com",
                "--set",
                "Frist Name=x",
            ][..],
            &["did you mean \"First Name\"?"][..],
        ),
        (
            &[
                "contacts",
                "set",
                "jane.smith@example.com",
                "--set",
                "Seats=many",
            ],
            &["Seats", "takes a number"],
        ),
        (
            &["contacts", "delete", "jane.smith@example.com"],
            &["nothing was deleted", "--yes"],
        ),
        (
            &["contacts", "unsubscribe", "jane.smith@example.com"],
            &["nobody was unsubscribed", "--yes"],
        ),
        (
            &["lists", "delete", "Newsletter"],
            &["nothing was deleted", "--yes"],
        ),
        (
            &[
                "contacts",
                "set",
                "jane.smith@example.com",
                "--sit",
                "Seats=1",
            ],
            &["--sit"],
        ),
    ] {
        holds(&args.join(" "), &run(&mut on(&sandbox, args)), 2, parts);
    }
    assert_eq!(writes(&sandbox), 0);
}

#[test]
fn an_address_that_nobody_has_is_told_with_the_structure() {
    let said = run(&mut on(
        &sandbox(),
        &["contacts", "get", "nobody@example.com"],
    ));
    holds(
        "nobody",
        &said,
        1,
        &["Default Contacts", "may take a moment to be found"],
    );
}

#[test]
fn a_used_up_hour_says_when_to_go_on() {
    let sandbox = start(Sandbox::builder().seed(example()).stopped_clock());
    // The hour begins with the first request.
    assert_eq!(run(&mut on(&sandbox, &["check"])).code, 0);
    sandbox.clock().advance(Duration::from_secs(19 * 60));
    sandbox.set_hourly_left(0);
    let said = run(&mut on(&sandbox, &["contacts", "list"]));
    holds("hour", &said, 75, &["go on at ", "(in 41 min)"]);
    sandbox.set_monthly_left(0);
    let said = run(&mut on(&sandbox, &["lists", "list", "-o", "json"]));
    holds("month", &said, 75, &["retryAt", "QuotaExceeded"]);
    let error: serde_json::Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!(error["error"]["exit"], 75);
}

#[test]
fn a_name_that_two_lists_have_is_told_with_both_ids() {
    let mut seed = example();
    seed["lists"] = json!([
        { "_id": "64a1b2c3d4e5f6a7b8c9d3aa", "name": "News" },
        { "_id": "64a1b2c3d4e5f6a7b8c9d3bb", "name": "News" },
    ]);
    seed["contacts"] = json!([{ "key": "jane.smith@example.com" }]);
    seed["events"] = json!([]);
    let sandbox = start(Sandbox::builder().seed(seed));
    let both = ["64a1b2c3d4e5f6a7b8c9d3aa", "64a1b2c3d4e5f6a7b8c9d3bb"];
    for args in [
        &[
            "contacts",
            "set",
            "jane.smith@example.com",
            "--add-list",
            "News",
        ][..],
        &["lists", "delete", "News", "--yes"],
        &["contacts", "search", "--list", "News"],
    ] {
        holds(&args.join(" "), &run(&mut on(&sandbox, args)), 2, &both);
    }
    assert_eq!(writes(&sandbox), 0);
    assert_eq!(
        run(&mut on(&sandbox, &["lists", "delete", both[1], "--yes"])).code,
        0
    );
}

#[test]
fn several_of_which_some_fail_are_done_but_for_some() {
    let sandbox = sandbox();
    let delete = [
        "contacts",
        "delete",
        "jane.smith@example.com",
        "nobody@example.com",
        "--yes",
    ];
    holds(
        "some",
        &run(&mut on(&sandbox, &delete)),
        6,
        &["nobody@example.com"],
    );
    let delete = [
        "contacts",
        "delete",
        "no1@example.com",
        "no2@example.com",
        "--yes",
    ];
    holds(
        "all",
        &run(&mut on(&sandbox, &delete)),
        1,
        &["no1@example.com", "no2@example.com"],
    );
}

#[test]
fn the_exit_codes_can_be_read() {
    let said = run(&mut bme(&["help", "exit-codes"]));
    for line in [
        "0  done",
        "75  try again later",
        "130  stopped",
        "Treat a code that is not in this list as a failure",
    ] {
        assert!(said.out.contains(line), "{}", said.out);
    }
}

#[test]
fn being_stopped_has_a_code_of_its_own() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let sandbox = sandbox();
        sandbox.fault(Fault::stall_before_answer());
        let mut child = on(&sandbox, &["contacts", "list"]).spawn().unwrap();
        while sandbox.requests().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        std::process::Command::new("kill")
            .args([format!("-{signal}"), id])
            .status()
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}
