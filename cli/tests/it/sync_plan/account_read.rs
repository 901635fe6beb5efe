//! What a plan costs, what it remembers, and what it shows.

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Desk, OPEN, Planned, account};
use crate::support::{on, run, start};

fn many(count: usize) -> Value {
    let mut seed = account();
    let contacts: Vec<_> = (0..count)
        .map(|number| {
            json!({
                "key": format!("Person{number}@example.com"),
                "fields": {
                    "First Name": format!("=Name {number}"),
                    "Notes": format!("a \"quote\",\na line, an apostrophe ' and +{number}"),
                    "Phone": format!("+1 503 {number:07}"),
                    "Zip": format!("{:05}", number % 100_000),
                    "Seats": number % 90,
                    "Customer Since": format!("2024-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
                    "Birthday": format!("{:02}-{:02}", number % 12 + 1, number % 28 + 1),
                },
                "lists": if number % 3 == 0 { json!(["Newsletter", "Product News"]) } else { json!([]) },
                "tags": if number % 2 == 0 { json!(["VIP", "R&D"]) } else { json!([]) },
                "status": if number % 10 == 9 {
                    json!({ "primary": "Inactive", "secondary": "Unsubscribe" })
                } else {
                    json!({ "primary": "Active", "secondary": null })
                },
            })
        })
        .collect();
    seed["contacts"] = json!(contacts);
    seed
}

fn operations(sandbox: &Sandbox) -> Vec<&'static str> {
    let requests = sandbox.requests();
    requests
        .iter()
        .filter_map(|request| request.operation)
        .collect()
}

#[test]
fn what_was_exported_plans_nothing() {
    let desk = Desk {
        sandbox: start(Sandbox::builder().seed(many(10_000))),
        folder: tempfile::tempdir().unwrap(),
    };
    let exported = desk.run(&["contacts", "list", "-o", "csv"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let path = desk.file("all.csv", &exported.out);
    let planned = desk.planned(&[&path]);
    assert_eq!(planned.steps, [""; 0]);
    // Those who have left are known to have: their rows say so.
    assert_eq!(planned.rows(), [0, 10_000, 0, 0, 0, 0]);

    // One change is one step.
    let changed = exported.out.replacen("Name 7\"", "Name 7x\"", 1);
    let changed = if changed == exported.out {
        exported.out.replacen("=Name 7,", "=Name 7x,", 1)
    } else {
        changed
    };
    let path = desk.file("changed.csv", &changed);
    let planned = desk.planned(&[&path]);
    assert_eq!(
        planned.steps,
        ["update Person7@example.com First Name: \"=Name 7\" -> \"=Name 7x\""]
    );
}

#[test]
fn a_plan_takes_three_requests_at_most() {
    for (count, columns, expected) in [
        (3, "Email", &["listStructures", "listContacts"][..]),
        (
            3,
            "Email,Lists",
            &["listStructures", "listAllLists", "listContacts"],
        ),
        (
            5_000,
            "Email,Lists",
            &["listStructures", "listAllLists", "listContacts"],
        ),
    ] {
        let desk = Desk::new(many(count));
        let rows: String = (0..count)
            .map(|number| match columns {
                "Email" => format!("new{number}@example.com\n"),
                _ => format!("new{number}@example.com,Newsletter\n"),
            })
            .collect();
        let path = desk.file("a.csv", format!("{columns}\n{rows}"));
        let said = desk.plan(&[&[path.as_str()], &OPEN[..]].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(operations(&desk.sandbox), expected);
    }
}

#[test]
fn read_by_search_an_update_takes_a_read_more() {
    let desk = Desk::new(account());
    let path = desk.file(
        "a.csv",
        "Email,Company,Status\nada@example.com,Acme,\nleft@example.com,Acme,\nada2@example.com,,unsubscribed\nnew@example.com,,\n",
    );
    let by_list = desk.planned(&[&path]);
    let by_search = desk.planned(&[&path, "--read-by=search"]);
    assert_eq!(by_search.steps, by_list.steps);
    assert_eq!(by_search.rows(), by_list.rows());
    let requests = |planned: &Planned| planned.counts["requests"].clone();
    assert_eq!(
        requests(&by_list),
        json!({ "suppress": 1, "update": 1, "create": 1 })
    );
    assert_eq!(
        requests(&by_search),
        json!({ "suppress": 1, "update": 2, "create": 1 })
    );
    assert!(operations(&desk.sandbox).contains(&"searchContacts"));
    let said = desk.plan(&[
        &path,
        "--read-by=search",
        "--max-updates=100%",
        "--max-unsubscribes=100%",
    ]);
    assert!(
        said.err.contains("each update then takes one request more"),
        "{}",
        said.err
    );
}

#[test]
fn a_job_that_has_lost_half_its_rows_is_stopped() {
    let desk = Desk::new(account());
    let state = desk.path("state");
    let plan = |rows: usize, said: &[&str]| {
        let rows = (0..rows)
            .map(|number| format!("c{number}@example.com\n"))
            .collect::<Vec<_>>()
            .concat();
        let path = desk.file("a.csv", format!("Email\n{rows}"));
        let _ = std::fs::remove_file(desk.path("plan"));
        let args = [&["sync", "plan", "--out", "plan", &path], said].concat();
        run(on(&desk.sandbox, &args)
            .current_dir(desk.folder.path())
            .env("XDG_STATE_HOME", &state))
    };
    let nightly = ["--name", "nightly / shop"];
    assert_eq!(plan(10, &nightly).code, 0);
    assert_eq!(plan(5, &nightly).code, 0);
    let said = plan(2, &nightly);
    assert_eq!(said.code, 5);
    assert_eq!(
        said.err,
        "bme: 2 rows, where the last plan of this name had 5; nothing was planned\n  if that is meant: --max-fewer-rows 60%\n"
    );
    assert!(!desk.path("plan").exists());
    // What was stopped isn't remembered; another name and another account have other rows.
    assert_eq!(plan(2, &nightly).code, 5);
    assert_eq!(plan(2, &["--name", "weekly"]).code, 0);
    assert_eq!(plan(2, &[]).code, 0);
    assert_eq!(
        plan(2, &[&nightly[..], &["--max-fewer-rows=60%"]].concat()).code,
        0
    );
    assert_eq!(plan(1, &nightly).code, 0);
    let said = plan(1, &["--name", ""]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn fields_that_the_account_lacks_are_made_first_where_a_file_says_so() {
    let desk = Desk::new(account());
    let path = desk.file("a.csv", "Email,Plan,Size\na@example.com,Gold,7\n");
    let map = desk.file(
        "map.toml",
        "[columns]\nSize = { field = \"Size of hat\" }\n\n[fields]\nPlan = \"text\"\n\"Size of hat\" = \"number\"\nCompany = \"text\"\n",
    );
    let said = desk.plan(&[&path, "--map", &map]);
    assert_eq!(said.code, 5, "{}", said.err);
    let planned = desk.planned(&[&path, "--map", &map, "--create-fields", &map]);
    assert_eq!(
        planned.steps,
        ["create a@example.com Plan: nothing -> \"Gold\"; Size of hat: nothing -> 7"]
    );
    let plan = rusqlite::Connection::open(desk.path("plan")).unwrap();
    let mut query = plan
        .prepare("SELECT kind || ' ' || name || ' ' || data_type FROM prerequisite ORDER BY id")
        .unwrap();
    let made: Vec<String> = query
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(made, ["field Plan text", "field Size of hat number"]);
    let shown = desk.run(&["sync", "show", "plan"]);
    let first = "first      field \"Plan\", field \"Size of hat\" created\n";
    assert!(shown.out.contains(first), "{}", shown.out);
    for (wrong, why) in [
        (
            "[fields]\nSeats = \"text\"\n",
            "has a field \"Seats\" already",
        ),
        (
            "[fields]\nPlan = \"money\"\n",
            "there is no data type \"money\"; say \"text\"",
        ),
    ] {
        let wrong = desk.file("wrong.toml", wrong);
        let said = desk.plan(&[&path, "--create-fields", &wrong]);
        assert!(said.err.contains(why), "{}", said.err);
    }
}

#[test]
fn the_page_for_whoever_says_yes_has_no_scripts_and_masks_addresses() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new(account());
    let text = "Email,Company,Notes,Status\n\
                ada@example.com,<script>alert(1)</script>,write to ada.private@example.org,\n\
                new@example.com,,,\n\
                ada2@example.com,,,unsubscribed\n\
                broken,,,\n";
    let path = desk.file("a.csv", text);
    desk.planned(&[&path]);
    let page = |said: &[&str]| {
        let said = desk.run(&[&["sync", "show", "plan", "--html", "plan.html"], said].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        std::fs::read_to_string(desk.path("plan.html")).unwrap()
    };
    let masked = page(&[]);
    for shown in [
        "a***@example.com",
        "n***@example.com",
        "a***@example.org",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "unsubscribed (Status: unsubscribed)",
        "it is no e-mail address",
        "1  people who have left",
    ] {
        assert!(masked.contains(shown), "{shown}: {masked}");
    }
    for hidden in [
        "ada@",
        "new@",
        "ada2@",
        "ada.private",
        "<script",
        "http://",
        "https://",
        "src=",
    ] {
        assert!(!masked.contains(hidden), "{hidden}: {masked}");
    }
    let mode = std::fs::metadata(desk.path("plan.html"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let full = page(&["--full"]);
    assert!(full.contains("ada.private@example.org") && full.contains("<td>new@example.com</td>"));
    assert!(!full.contains("<script"));
    let said = desk.run(&["sync", "show", "plan", "--full"]);
    assert_eq!(said.code, 2);
}
