//! Formats: whole, in order, and quiet where nobody reads on.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use benchmark_email_sandbox::{Fault, Sandbox};

use super::support::{example, nasty, on, run, said, sandbox, start};

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let sandbox = start(Sandbox::builder().seed(example()).contacts(3000));
    for format in ["table", "json", "jsonl", "csv"] {
        let mut child = on(&sandbox, &["contacts", "list", "-o", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(!line.is_empty());
        let said = said(child.wait_with_output().unwrap());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn an_export_to_a_reader_that_goes_away_ends_quietly_too() {
    let sandbox = start(Sandbox::builder().seed(example()).contacts(3000));
    let mut child = on(&sandbox, &["contacts", "export"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let said = said(child.wait_with_output().unwrap());
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn a_list_that_breaks_off_is_no_list() {
    let sandbox = start(Sandbox::builder().seed(example()).contacts(500));
    sandbox.fault(Fault::close_mid_body().on("listContacts"));
    for format in ["table", "json", "jsonl", "csv"] {
        let said = run(&mut on(&sandbox, &["contacts", "list", "-o", format]));
        assert_eq!(said.code, 1, "{format}: {}", said.err);
        if format == "json" {
            assert!(serde_json::from_str::<serde_json::Value>(&said.out).is_err());
        }
    }
    sandbox.fault(Fault::close_mid_body().on("exportContacts"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.csv");
    let said = run(on(&sandbox, &["contacts", "export", "--to"]).arg(&file));
    assert_eq!(said.code, 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_export_is_the_services_csv_but_for_what_a_spreadsheet_would_run() {
    let sandbox = start(Sandbox::builder().seed(nasty()));
    let raw = run(&mut on(&sandbox, &["contacts", "export", "--raw"])).out;
    let guarded = run(&mut on(&sandbox, &["contacts", "export"])).out;
    assert!(
        raw.contains("\"=HYPERLINK") && !guarded.contains("\"=HYPERLINK"),
        "{guarded}"
    );
    let read = |text: &str| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    };
    let (raw, guarded) = (read(&raw), read(&guarded));
    assert_eq!(raw.len(), guarded.len());
    for (cell, kept) in raw.iter().flatten().zip(guarded.iter().flatten()) {
        let expected = if cell.starts_with('=') {
            format!("'{cell}")
        } else {
            cell.clone()
        };
        assert_eq!(*kept, expected);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.csv");
    let said = run(on(&sandbox, &["contacts", "export", "--bom", "--to"]).arg(&file));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("10 rows"), "{}", said.err);
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .starts_with("\u{feff}_id,")
    );
}

#[test]
fn csv_is_what_the_rfc_says() {
    let sandbox = start(Sandbox::builder().seed(nasty()));
    let said = run(&mut on(
        &sandbox,
        &["contacts", "list", "-o", "csv", "--bom"],
    ));
    let text = said.out.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 10);
    assert!(text.ends_with("\r\n"));
    assert!(
        rows.iter()
            .flatten()
            .any(|cell| cell == "'=HYPERLINK(\"http://example.com\")")
    );
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let sandbox = sandbox();
    let list = |args: &[&str], variable: &str| {
        let mut command = on(&sandbox, &["lists", "list"]);
        command.args(args);
        if !variable.is_empty() {
            command.env(variable, "1");
        }
        run(&mut command).out.contains('\u{1b}')
    };
    assert!(!list(&[], ""));
    assert!(list(&[], "CLICOLOR_FORCE"));
    assert!(list(&["--color", "always"], "NO_COLOR"));
    assert!(!list(&["--color", "never"], "CLICOLOR_FORCE"));
    assert!(!list(&[], "NO_COLOR"));
}

#[test]
fn the_log_tells_what_was_asked() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let get = ["contacts", "get", "jane.smith@example.com", "--log-file"];
    let said = run(on(&sandbox, &get).arg(&log));
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(
        text.contains("searchContacts") && text.contains("/api/contact/{contactId}"),
        "{text}"
    );
    assert!(!text.contains("jane") && !text.contains('\u{1b}'), "{text}");
    let said = run(&mut on(&sandbox, &["lists", "list", "-v"]));
    assert!(said.err.contains("listLists"), "{}", said.err);
}
