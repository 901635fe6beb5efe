//! What is said of what can't be planned, and the exit code.

use serde_json::json;

use super::{Desk, OPEN, account};

/// What a plan of this file says, and how it ends; nothing was written.
fn stopped(desk: &Desk, name: &str, text: &str, said: &[&str]) -> (String, i32) {
    let path = desk.file(name, text);
    let said = desk.plan(&[&[path.as_str()], said].concat());
    assert!(
        !desk.path("plan").exists(),
        "a plan was written: {}",
        said.err
    );
    (said.err.replace(&path, name), said.code)
}

#[test]
fn a_file_without_rows() {
    let desk = Desk::new(account());
    for text in ["", "Email,First Name\n", "Email,First Name\n,\n"] {
        let (said, code) = stopped(&desk, "a.csv", text, &[]);
        assert_eq!(
            said,
            "bme: no rows: nothing is planned; is this the right file?\n"
        );
        assert_eq!(code, 5, "{text:?}");
    }
    // Nobody read the account for it.
    assert!(
        desk.sandbox
            .requests()
            .iter()
            .all(|request| request.operation == Some("listStructures"))
    );
}

#[test]
fn no_column_that_holds_addresses() {
    let desk = Desk::new(account());
    let (said, code) = stopped(&desk, "a.csv", "Name,Who\nAda,ada@example.com\n", &[]);
    assert_eq!(
        said,
        "bme: a.csv: no column holds addresses; there are \"Name\", \"Who\"; nothing was planned\n  \
         say which one does: --address COLUMN, or --map FILE\n"
    );
    assert_eq!(code, 5);
}

#[test]
fn a_command_that_fails_after_five_hundred_rows() {
    let desk = Desk::new(account());
    let command = "echo Email; for i in $(seq 500); do echo $i@example.com; done; exit 1";
    let said = desk.plan(&["--exec", command]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains(
            "it ended with exit status: 1, so what it printed may be half of it; no plan was written"
        ),
        "{}",
        said.err
    );
    assert!(!desk.path("plan").exists());
    assert!(desk.sandbox.requests().is_empty());
}

#[test]
fn a_date_that_may_be_two() {
    let desk = Desk::new(account());
    let text = "Email,Customer Since\na@example.com,2021-03-04\nb@example.com,03/04/2021\n";
    let (said, code) = stopped(&desk, "a.csv", text, &[]);
    assert_eq!(
        said,
        "bme: a.csv: column \"Customer Since\", line 3: 03/04/2021 may be 2021-04-03 or 2021-03-04; nothing was planned\n  \
         nothing in the column decides; say --date-format DD/MM/YYYY or MM/DD/YYYY\n"
    );
    assert_eq!(code, 5);
    let path = desk.file("a.csv", text);
    let planned = desk.planned(&[&path, "--date-format=MM/DD/YYYY"]);
    assert_eq!(
        planned.steps,
        [
            "create a@example.com Customer Since: nothing -> \"2021-03-04\"",
            "create b@example.com Customer Since: nothing -> \"2021-03-04\"",
        ]
    );
}

#[test]
fn a_number_that_may_be_two() {
    let desk = Desk::new(account());
    let (said, code) = stopped(&desk, "a.csv", "Email,Seats\na@example.com,1.234\n", &[]);
    assert_eq!(
        said,
        "bme: a.csv: column \"Seats\", line 2: 1.234 may be 1.234 or 1234; nothing was planned\n  \
         nothing in the column decides; say --decimal . or ,\n"
    );
    assert_eq!(code, 5);
}

#[test]
fn bytes_that_the_encoding_lacks() {
    let desk = Desk::new(account());
    let path = desk.file(
        "a.csv",
        b"Email,Notes\na@example.com,A\nb@example.com,\xff\n",
    );
    let said = desk.plan(&[&[path.as_str(), "--encoding=utf-8"], &OPEN[..]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains(
            "line 3, column \"Notes\": it holds bytes that the encoding doesn't have; say --encoding if another was meant"
        ),
        "{}",
        said.out
    );
}

#[test]
fn more_contacts_than_a_plan_may_change() {
    let mut seed = account();
    let contacts: Vec<_> = (0..100)
        .map(|number| json!({ "key": format!("c{number}@example.com") }))
        .collect();
    seed["contacts"] = json!(contacts);
    let desk = Desk::new(seed);
    let rows = (0..41)
        .map(|number| format!("c{number}@example.com,Name\n"))
        .collect::<Vec<_>>()
        .concat();
    let text = format!("Email,First Name\n{rows}");
    let (said, code) = stopped(&desk, "a.csv", &text, &[]);
    assert_eq!(
        said,
        "bme: 41 of 100 contacts would change (41 %); nothing was planned\n  if that is meant: --max-updates 41%\n"
    );
    assert_eq!(code, 5);
    let path = desk.file("a.csv", &text);
    assert_eq!(desk.plan(&[&path, "--max-updates", "41%"]).code, 0);
    assert_eq!(desk.plan(&[&path, "--max-updates", "40"]).code, 5);
}

#[test]
fn more_requests_than_the_month_has_left() {
    let desk = Desk::new(account());
    desk.sandbox.set_monthly_left(12);
    let rows = (0..10)
        .map(|number| format!("c{number}@example.com\n"))
        .collect::<Vec<_>>()
        .concat();
    let (said, code) = stopped(&desk, "a.csv", &format!("Email\n{rows}"), &[]);
    // Two of the twelve went for the plan; a tenth of the ten stays for others.
    assert!(
        said.starts_with("bme: 11 requests are needed, and the month has 10 left"),
        "{said}"
    );
    assert!(said.contains("--max-requests 11"), "{said}");
    assert_eq!(code, 5);
}

#[test]
fn names_that_the_account_lacks() {
    let desk = Desk::new(account());
    let tags = "Email,Tags\na@example.com,\"R&B,VIP,Zebra\"\n";
    let (said, code) = stopped(&desk, "a.csv", tags, &[]);
    assert_eq!(
        said,
        "bme: the account has no tag \"R&B\" (did you mean \"R&D\"?), \"Zebra\"; nothing was planned\n  \
         --create-tags puts their creation into the plan\n"
    );
    assert_eq!(code, 5);
    let lists = "Email,Lists\na@example.com,Newsleter\n";
    let (said, code) = stopped(&desk, "a.csv", lists, &[]);
    assert_eq!(
        said,
        "bme: the account has no list \"Newsleter\" (did you mean \"Newsletter\"?); nothing was planned\n  \
         --create-lists puts their creation into the plan\n"
    );
    assert_eq!(code, 5);
    let (said, code) = stopped(
        &desk,
        "a.csv",
        "Email,Org\na@example.com,Acme\n",
        &["--field=Org=Compamy"],
    );
    assert_eq!(
        said,
        "bme: the account has no field \"Compamy\" (did you mean \"Company\"?); nothing was planned\n  \
         --create-fields FILE puts their creation into the plan\n"
    );
    assert_eq!(code, 5);
}

#[test]
fn columns_without_a_place() {
    let desk = Desk::new(account());
    let text = "Email,LEID,It's\na@example.com,1,2\n";
    let (said, code) = stopped(&desk, "a.csv", text, &[]);
    assert_eq!(
        said,
        "bme: a.csv: it isn't known what to do with \"LEID\", \"It's\"; nothing was planned\n  \
         leave them out with --ignore LEID --ignore \"It's\", or say what they are: --field COLUMN=LABEL, --tags COLUMN, --lists COLUMN\n"
    );
    assert_eq!(code, 5);
    let path = desk.file("a.csv", text);
    let planned = desk.planned(&[&path, "--ignore", "LEID", "--ignore", "It's"]);
    assert_eq!(planned.rows(), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn too_many_rows_that_cannot_be_taken() {
    let desk = Desk::new(account());
    let rows: String = (0..50)
        .map(|number| match number {
            0..6 => "broken\n".to_owned(),
            _ => format!("c{number}@example.com\n"),
        })
        .collect();
    let (said, code) = stopped(&desk, "a.csv", &format!("Email\n{rows}"), &[]);
    let why = [2, 3, 4, 5, 6]
        .map(|line| {
            format!("rejected a.csv line {line}, column \"Email\": it is no e-mail address\n")
        })
        .concat();
    assert_eq!(
        said,
        format!(
            "{why}bme: 6 of 50 rows can't be taken (12 %); nothing was planned\n  if that is meant: --max-rejected 12%\n"
        )
    );
    assert_eq!(code, 5);
    let (said, code) = stopped(&desk, "a.csv", "Email\nbroken\n", &[]);
    assert_eq!(
        said,
        "rejected a.csv line 2, column \"Email\": it is no e-mail address\n\
         bme: none of 1 rows can be taken; nothing was planned\n"
    );
    assert_eq!(code, 5);
}

#[test]
fn more_people_than_may_leave() {
    let desk = Desk::new(account());
    let text = "Email,Status\nada@example.com,unsubscribed\n";
    let (said, code) = stopped(&desk, "a.csv", text, &[]);
    assert_eq!(
        said,
        "bme: 1 of 2 active contacts would be unsubscribed (50 %), which can't be undone; nothing was planned\n  \
         if that is meant: --max-unsubscribes 50%\n"
    );
    assert_eq!(code, 5);
}
