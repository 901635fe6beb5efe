//! `bme sync apply`: exactly what was planned, once.

use std::{collections::BTreeMap, fs, path::PathBuf};

use benchmark_email_sandbox::{Fault, KeyState, RequestRecord, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    schema::check,
    support::{Said, on, run, start},
};

/// A folder with a source, and an account that it is planned for.
pub(super) struct Job {
    pub(super) folder: TempDir,
    pub(super) sandbox: Sandbox,
}

/// An account with these contacts, `p0@example.com` and so on, of the company Old.
pub(super) fn account(contacts: usize) -> Value {
    let contacts: Vec<_> = (0..contacts)
        .map(|number| {
            json!({
                "key": format!("p{number}@example.com"),
                "fields": { "First Name": format!("P{number}"), "Company": "Old" },
                "lists": ["News"], "tags": ["VIP"],
            })
        })
        .collect();
    json!({
        "structures": [{
            "label": "Default", "keyName": "Email",
            "fields": [
                { "label": "First Name", "dataType": "text" },
                { "label": "Company", "dataType": "text" },
                { "label": "Seats", "dataType": "number" },
            ],
            "tags": [{ "label": "VIP" }, { "label": "New" }],
        }],
        "lists": [{ "name": "News" }],
        "contacts": contacts,
    })
}

impl Job {
    pub(super) fn new(contacts: usize, rows: &str) -> Self {
        Self::on(start(Sandbox::builder().seed(account(contacts))), rows)
    }

    pub(super) fn on(sandbox: Sandbox, rows: &str) -> Self {
        Self::planned(sandbox, rows, &[])
    }

    pub(super) fn planned(sandbox: Sandbox, rows: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rows.csv"), rows).unwrap();
        let job = Self { folder, sandbox };
        let source = job.folder.path().join("rows.csv");
        let plan = job.plan();
        let (source, plan) = (source.to_str().unwrap(), plan.to_str().unwrap());
        let args = [
            "sync",
            "plan",
            source,
            "--out",
            plan,
            "--max-updates",
            "100%",
            "--max-unsubscribes",
            "100%",
            "--max-rejected",
            "100%",
            "--create-lists",
            "--create-tags",
        ];
        let args = [&args[..], more].concat();
        let said = run(&mut on(&job.sandbox, &args));
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        job
    }

    pub(super) fn plan(&self) -> PathBuf {
        self.folder.path().join("job.plan")
    }

    pub(super) fn apply(&self, more: &[&str]) -> Said {
        let plan = self.plan();
        let mut args = vec!["sync", "apply", plan.to_str().unwrap(), "--yes"];
        args.extend(more);
        run(&mut on(&self.sandbox, &args))
    }

    fn rejects(&self) -> String {
        let path = self.folder.path().join("job.plan.rejects.csv");
        fs::read_to_string(path).unwrap_or_default()
    }

    pub(super) fn since(&self, number: usize) -> Vec<RequestRecord> {
        self.sandbox.requests().split_off(number)
    }

    /// What is asked, by operation, since so many requests.
    pub(super) fn asked(&self, since: usize) -> BTreeMap<String, usize> {
        let mut asked = BTreeMap::new();
        for request in self.since(since) {
            *asked
                .entry(request.operation.unwrap_or_default().to_owned())
                .or_default() += 1;
        }
        asked
    }

    /// A contact, with everything by its name.
    pub(super) fn contact(&self, key: &str) -> Option<Value> {
        named(&self.sandbox.snapshot())
            .into_iter()
            .find(|one| one["key"] == key)
    }
}

/// All contacts of a snapshot, with fields, lists and tags by their names.
pub(super) fn named(snapshot: &Value) -> Vec<Value> {
    let structure = &snapshot["structures"][0];
    let name_of = |all: &Value, id: &Value, name: &str| -> String {
        let all = all.as_array().unwrap();
        let found = all.iter().find(|one| one["_id"] == *id).unwrap();
        found[name].as_str().unwrap().to_owned()
    };
    let names = |ids: &Value, all: &Value, name: &str| -> Vec<String> {
        let ids = ids.as_array().unwrap().iter();
        ids.map(|id| name_of(all, if id.is_object() { &id["_id"] } else { id }, name))
            .collect()
    };
    let contacts = snapshot["contacts"].as_array().unwrap().iter();
    contacts
        .map(|contact| {
            let fields = contact["fields"].as_array().unwrap().iter();
            let fields: serde_json::Map<_, _> = fields
                .map(|field| {
                    let label = name_of(&structure["fields"], &field["_id"], "label");
                    (label, field["value"].clone())
                })
                .collect();
            json!({
                "key": contact["key"], "status": contact["status"], "__v": contact["__v"], "fields": fields,
                "lists": names(&contact["lists"], &snapshot["lists"], "name"),
                "tags": names(&contact["tags"], &structure["tags"], "label"),
            })
        })
        .collect()
}

/// Gives the field of a contact in a snapshot that has this value another.
pub(super) fn set(contact: &mut Value, from: &str, to: &str) {
    let fields = contact["fields"].as_array_mut().unwrap();
    fields
        .iter_mut()
        .find(|field| field["value"] == from)
        .unwrap()["value"] = json!(to);
}

pub(super) fn asked(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts
        .iter()
        .map(|(name, number)| ((*name).to_owned(), *number))
        .collect()
}

#[test]
fn a_plan_is_done_as_planned_and_only_once() {
    let rows = "Email,Company,Tags,Lists,Status\n\
                p0@example.com,New,,,\n\
                p1@example.com,,,,unsubscribed\n\
                gone@example.com,,,,bounced\n\
                new@example.com,Acme,New,Fresh,\n\
                plain@example.com,Acme,,News,\n";
    let job = Job::new(3, rows);
    let planned = job.sandbox.requests().len();
    let said = job.apply(&["-o", "jsonl"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let events: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 6, "{}", said.out);
    for (number, line) in said.out.lines().enumerate() {
        let what = if number < 5 {
            "sync apply, a step with -o jsonl"
        } else {
            "sync apply"
        };
        check(what, line, false);
    }
    assert!(events[..5].iter().all(|event| event["outcome"] == "done"));
    assert_eq!(events[5]["outcomes"], json!({ "done": 5 }));
    assert_eq!(
        job.asked(planned),
        asked(&[
            ("getStructure", 1),
            ("listAllLists", 1),
            ("createList", 1),
            ("createContact", 3),
            ("updateContactStatus", 2),
            ("replaceContact", 1),
        ])
    );
    assert_eq!(
        job.contact("p0@example.com").unwrap()["fields"]["Company"],
        "New"
    );
    for left in ["p1@example.com", "gone@example.com"] {
        assert_eq!(job.contact(left).unwrap()["status"]["primary"], "Inactive");
    }
    let new = job.contact("new@example.com").unwrap();
    assert_eq!(
        (&new["lists"], &new["tags"]),
        (&json!(["Fresh"]), &json!(["New"]))
    );
    // Suppressions come first.
    let writes: Vec<_> = job
        .since(planned)
        .into_iter()
        .filter(|request| request.method != "GET")
        .map(|request| request.operation.unwrap())
        .collect();
    assert!(
        writes
            .iter()
            .rposition(|name| *name == "updateContactStatus")
            < writes.iter().position(|name| *name == "replaceContact"),
        "{writes:?}"
    );

    let applied = job.sandbox.requests().len();
    let again = job.apply(&[]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(
        again.out.contains("5 of 5 changes are over"),
        "{}",
        again.out
    );
    assert!(
        job.since(applied)
            .iter()
            .all(|request| request.method == "GET")
    );
    let beside: Vec<_> = fs::read_dir(job.folder.path()).unwrap().collect();
    assert_eq!(beside.len(), 2, "only the source and the plan: {beside:?}");
}

/// So many contacts get another company.
pub(super) fn updates(contacts: usize) -> String {
    let rows: Vec<_> = (0..contacts)
        .map(|number| format!("p{number}@example.com,New"))
        .collect();
    format!("Email,Company\n{}\n", rows.join("\n"))
}

fn sqlite(job: &Job, sql: &str) {
    let plan = rusqlite::Connection::open(job.plan()).unwrap();
    plan.execute_batch(sql).unwrap();
}

#[test]
fn what_is_no_plan_for_this_account_is_refused_and_nothing_is_sent() {
    let rows = "Email,Company\np0@example.com,New\n";
    let refused = |job: &Job, what: &str| {
        let before = job.sandbox.requests().len();
        let said = job.apply(&[]);
        assert!(said.code == 1 || said.code == 5, "{what}: {}", said.err);
        assert!(said.err.contains(what), "{what}: {}", said.err);
        assert!(
            job.since(before)
                .iter()
                .all(|request| request.method == "GET")
        );
    };
    let job = Job::new(1, rows);
    sqlite(
        &job,
        "UPDATE step SET after = replace(after, 'New', 'Newer')",
    );
    refused(&job, "the plan was changed after it was made");

    let job = Job::new(1, rows);
    sqlite(&job, "PRAGMA user_version = 99");
    refused(&job, "the plan has format 99");

    let job = Job::new(1, rows);
    let whole = fs::read(job.plan()).unwrap();
    fs::write(job.plan(), &whole[..whole.len() / 2]).unwrap();
    refused(&job, "damaged");

    let job = Job::new(1, rows);
    fs::write(job.plan(), "Email\n").unwrap();
    refused(&job, "this is no plan of bme");

    let job = Job::new(1, rows);
    sqlite(&job, "INSERT INTO run (began) VALUES (1)");
    refused(&job, "its journal");

    // The same address, another account.
    let job = Job::new(1, rows);
    let here = job.sandbox.snapshot();
    let id = here["structures"][0]["_id"].as_str().unwrap();
    let elsewhere = here.to_string().replace(id, "64a1b2c3d4e5f6a7b8c9dfff");
    job.sandbox
        .restore(serde_json::from_str(&elsewhere).unwrap())
        .unwrap();
    refused(&job, "another account");

    let job = Job::new(1, rows);
    let other = Job::new(1, rows);
    fs::copy(job.plan(), other.plan()).unwrap();
    refused(&other, "the plan is for");

    let job = Job::new(1, rows);
    let mut seed = job.sandbox.snapshot();
    let fields = seed["structures"][0]["fields"].as_array_mut().unwrap();
    fields.retain(|field| field["label"] != "Seats");
    job.sandbox.restore(seed).unwrap();
    refused(&job, "the field \"Seats\" is gone");
}

#[test]
fn a_second_apply_ends_at_once_and_names_the_first() {
    let job = Job::new(1, "Email,Company\np0@example.com,New\n");
    job.sandbox
        .fault(Fault::stall_before_answer().on("getStructure"));
    let plan = job.plan();
    let mut first = on(
        &job.sandbox,
        &["sync", "apply", plan.to_str().unwrap(), "--yes"],
    );
    let mut first = first.stderr(std::process::Stdio::null()).spawn().unwrap();
    while !job.asked(0).contains_key("getStructure") {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let second = job.apply(&[]);
    assert_eq!(second.code, 1);
    let named = format!("process {} is applying this plan", first.id());
    assert!(second.err.contains(&named), "{}", second.err);
    // A killed process leaves no lock.
    first.kill().unwrap();
    first.wait().unwrap();
    job.sandbox.clear_faults();
    assert_eq!(job.apply(&[]).code, 0);
}

#[test]
fn a_refused_row_is_told_and_the_others_go_on() {
    let job = Job::new(
        3,
        "Email,Company\np0@example.com,A\np1@example.com,B\np2@example.com,C\n",
    );
    let body = json!({ "errors": [{ "errorType": "ValidationError", "message": "no such company", "field": "fields" }] });
    job.sandbox
        .fault(Fault::status(400).body(body).on("replaceContact").times(1));
    let said = job.apply(&["--in-flight", "1"]);
    assert_eq!(said.code, 6, "{}{}", said.out, said.err);
    assert!(said.out.contains("update         2 done"), "{}", said.out);
    let rejects = job.rejects();
    assert!(
        rejects.contains("p0@example.com,A,")
            && rejects.contains("rows.csv,2,p0@example.com,refused")
            && rejects.contains("no such company"),
        "{rejects}"
    );
}

#[test]
fn ten_refusals_of_one_kind_stop_it() {
    let job = Job::new(30, &updates(30));
    let body = json!({ "errors": [{ "errorType": "ValidationError", "message": "nothing goes", "field": "fields" }] });
    job.sandbox
        .fault(Fault::status(400).body(body).on("replaceContact"));
    let said = job.apply(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(
        said.err.contains("the same refusal ten times running"),
        "{}",
        said.err
    );
    assert!(job.asked(0)["replaceContact"] < 15);
}

#[test]
fn rows_rejected_at_planning_are_only_told() {
    let job = Job::new(1, "Email,Company\np0@example.com,New\nnobody,Acme\n");
    let said = job.apply(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains("rows rejected when the plan was made: 1"),
        "{}",
        said.out
    );
    assert!(
        job.rejects().contains("nobody,Acme,") && job.rejects().contains("rows.csv,3,,rejected"),
        "{}",
        job.rejects()
    );
}

#[test]
fn a_used_up_hour_or_month_ends_it_with_when_it_goes_on() {
    let rows = updates(9);
    for month in [false, true] {
        let job = Job::new(9, &rows);
        let planned = job.sandbox.requests().len();
        job.sandbox.fault(
            Fault::status(429)
                .body(json!({ "errors": [{ "errorType": "TooManyRequestsError",
                    "message": if month { "Monthly API quota exceeded." } else { "Rate limit exceeded. Retry after 1800 seconds." } }] }))
                .with_header("Retry-After", "1800")
                .on("replaceContact")
                .nth(4),
        );
        let said = job.apply(&["--in-flight", "1"]);
        assert_eq!(said.code, 75, "{}{}", said.out, said.err);
        assert!(said.err.contains("6 changes are left"), "{}", said.err);
        assert!(said.err.contains("go on at"), "{}", said.err);
        assert_eq!(job.asked(planned)["replaceContact"], 4);
        job.sandbox.clear_faults();
        assert_eq!(job.apply(&[]).code, 0);
        assert_eq!(job.asked(planned)["replaceContact"], 10);
    }
}

#[test]
fn a_key_that_is_refused_in_mid_run_stops_it_and_is_not_tried_again() {
    let job = Job::new(9, &updates(9));
    let planned = job.sandbox.requests().len();
    job.sandbox.fault(
        Fault::status(401)
            .body(json!({ "errors": [{ "errorType": "UnauthorizedError", "message": "Invalid API key" }] }))
            .on("replaceContact")
            .nth(4),
    );
    let said = job.apply(&["--in-flight", "1"]);
    assert_eq!(said.code, 4, "{}{}", said.out, said.err);
    assert_eq!(job.asked(planned)["replaceContact"], 4);
    job.sandbox.clear_faults();
    job.sandbox
        .set_key_state(job.sandbox.api_key(), KeyState::Active);
    assert_eq!(job.apply(&[]).code, 0);
}

/// What somebody else does between the plan and its application.
pub(super) fn meanwhile(job: &Job, key: &str, change: impl FnOnce(&mut Value)) {
    let mut seed = job.sandbox.snapshot();
    let contacts = seed["contacts"].as_array_mut().unwrap();
    change(contacts.iter_mut().find(|one| one["key"] == key).unwrap());
    job.sandbox.restore(seed).unwrap();
}

#[test]
fn what_somebody_else_changed_meanwhile_is_kept() {
    let rows = "Email,Company\np0@example.com,New\np1@example.com,New\np2@example.com,New\np3@example.com,New\np4@example.com,New\n";
    let job = Job::new(5, rows);
    meanwhile(&job, "p0@example.com", |contact| {
        set(contact, "P0", "Other");
        contact["__v"] = json!(7);
    });
    meanwhile(&job, "p1@example.com", |contact| {
        set(contact, "Old", "Theirs");
        contact["__v"] = json!(7);
    });
    // Whether a change of status counts isn't stated: here it doesn't.
    meanwhile(&job, "p2@example.com", |contact| {
        contact["status"] = json!({ "primary": "Inactive", "secondary": "Bounce" });
    });
    meanwhile(&job, "p3@example.com", |contact| {
        contact["status"] = json!({ "primary": "Inactive", "secondary": "Bounce" });
        contact["__v"] = json!(7);
    });
    meanwhile(&job, "p4@example.com", |contact| {
        set(contact, "Old", "New");
        contact["__v"] = json!(7);
    });
    let said = job.apply(&["-o", "jsonl"]);
    assert_eq!(said.code, 6, "{}{}", said.out, said.err);
    let outcome = |email: &str| {
        let line = said.out.lines().find(|line| line.contains(email)).unwrap();
        let event: Value = serde_json::from_str(line).unwrap();
        event["outcome"].as_str().unwrap().to_owned()
    };
    let outcomes: Vec<_> = (0..5)
        .map(|n| outcome(&format!("p{n}@example.com")))
        .collect();
    assert_eq!(
        outcomes,
        ["done", "conflict", "protected", "protected", "already"]
    );
    let merged = job.contact("p0@example.com").unwrap();
    assert_eq!(
        merged["fields"],
        json!({ "First Name": "Other", "Company": "New" })
    );
    assert_eq!(
        job.contact("p1@example.com").unwrap()["fields"]["Company"],
        "Theirs"
    );
    for left in ["p2@example.com", "p3@example.com"] {
        let left = job.contact(left).unwrap();
        assert_eq!(left["status"]["secondary"], "Bounce");
        assert_eq!(left["fields"]["Company"], "Old");
    }
    assert!(
        job.rejects()
            .contains("p1@example.com,conflict,Company,New,Old,Theirs"),
        "{}",
        job.rejects()
    );
}

#[test]
fn what_a_search_found_is_read_before_it_is_replaced() {
    let rows = "Email,Company\np0@example.com,New\np1@example.com,New\np2@example.com,New\n";
    let sandbox = start(Sandbox::builder().seed(account(3)));
    let job = Job::planned(sandbox, rows, &["--read-by", "search"]);
    meanwhile(&job, "p1@example.com", |contact| {
        set(contact, "P1", "Other");
        contact["__v"] = json!(7);
    });
    meanwhile(&job, "p2@example.com", |contact| {
        set(contact, "Old", "Theirs");
        contact["__v"] = json!(7);
    });
    let since = job.sandbox.requests().len();
    let said = job.apply(&[]);
    assert_eq!(said.code, 6, "{}{}", said.out, said.err);
    let expected = [
        ("getContact", 3),
        ("getStructure", 1),
        ("replaceContact", 2),
    ];
    assert_eq!(job.asked(since), asked(&expected));
    for (key, first_name, company) in [
        ("p0@example.com", "P0", "New"),
        ("p1@example.com", "Other", "New"),
        ("p2@example.com", "P2", "Theirs"),
    ] {
        let contact = job.contact(key).unwrap();
        let fields = json!({ "First Name": first_name, "Company": company });
        assert_eq!(contact["fields"], fields, "{key}");
        assert_eq!(contact["lists"], json!(["News"]), "{key}");
        assert_eq!(contact["tags"], json!(["VIP"]), "{key}");
    }
}

#[test]
fn a_scrubbed_plan_holds_numbers_and_nobody() {
    let rows = "Email,Company,Status\np0@example.com,Secretive,\np1@example.com,Secretive,\nfresh@example.com,Secretive,\np2@example.com,,unsubscribed\nbroken,Secretive,\n";
    let job = Job::new(3, rows);
    meanwhile(&job, "p1@example.com", |contact| {
        set(contact, "Old", "Theirs");
        contact["__v"] = json!(7);
    });
    assert_eq!(job.apply(&[]).code, 6);
    let plan = job.plan();
    let plan = plan.to_str().unwrap();
    let status = |only: &[&str]| {
        let args = [only, &[plan, "-o", "json"]].concat();
        let said = run(&mut on(&job.sandbox, &args));
        assert_eq!(said.code, 0, "{}", said.err);
        serde_json::from_str::<Value>(&said.out).unwrap()
    };
    let (applied, counts) = (
        status(&["sync", "status"]),
        status(&["sync", "show", "--only", "counts"]),
    );
    assert!(job.rejects().contains("Theirs"));

    // Half a step may be somebody who is to be unsubscribed yet.
    sqlite(
        &job,
        "UPDATE outcome SET ended = NULL WHERE kind = 'create'",
    );
    let scrub = || run(&mut on(&job.sandbox, &["sync", "scrub", plan, "--yes"]));
    let before = fs::read(plan).unwrap();
    assert_eq!(scrub().code, 1);
    assert_eq!(fs::read(plan).unwrap(), before);
    sqlite(
        &job,
        "UPDATE outcome SET ended = 'done' WHERE kind = 'create'",
    );

    let since = job.sandbox.requests().len();
    let said = run(&mut on(&job.sandbox, &["sync", "scrub", plan]));
    assert_eq!(said.code, 2, "nobody can be asked: {}", said.err);
    let said = scrub();
    assert_eq!(said.code, 0, "{}", said.err);
    let bytes = fs::read(plan).unwrap();
    for word in [
        "example.com",
        "Secretive",
        "Theirs",
        "unsubscribed (",
        "broken",
    ] {
        let is_there = bytes.windows(word.len()).any(|at| at == word.as_bytes());
        assert!(!is_there, "{word}");
    }
    let beside: Vec<_> = fs::read_dir(job.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(beside.len(), 2, "only the source and the plan: {beside:?}");
    assert_eq!(status(&["sync", "status"]), applied);
    assert_eq!(status(&["sync", "show", "--only", "counts"]), counts);

    let said = job.apply(&[]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("was scrubbed"), "{}", said.err);
    assert_eq!(job.since(since).len(), 0);
}

#[test]
fn what_was_not_carried_out_comes_back_as_it_came_and_can_be_planned_again() {
    // Quotes, a line break and a semicolon; a column that the plan left out; two rows of one contact.
    let rows = "Email;Company;Seats;Note\n\
                p0@example.com;\"New; \"\"Ltd\"\"\nand sons\";;x\n\
                P0@example.com;;4;y\n\
                p1@example.com;Fine;;\n\
                broken;Acme;;z\n";
    let sandbox = start(Sandbox::builder().seed(account(2)));
    let job = Job::planned(sandbox, rows, &["--ignore", "Note"]);
    meanwhile(&job, "p0@example.com", |contact| {
        set(contact, "Old", "Theirs");
        contact["__v"] = json!(7);
    });
    // Elsewhere, without the source.
    fs::remove_file(job.folder.path().join("rows.csv")).unwrap();
    assert_eq!(job.apply(&[]).code, 6);
    let text = job.rejects();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<_> = csv
        .headers()
        .unwrap()
        .iter()
        .take(6)
        .map(str::to_owned)
        .collect();
    assert_eq!(
        columns,
        [
            "Email",
            "Company",
            "Seats",
            "Note",
            "bme:source",
            "bme:line"
        ]
    );
    let given: Vec<Vec<String>> = csv
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let own: Vec<_> = given.iter().map(|row| row[..4].join("|")).collect();
    assert_eq!(
        own,
        [
            "broken|Acme||z",
            "p0@example.com|New; \"Ltd\"\nand sons||x",
            "P0@example.com||4|y"
        ]
    );
    let lines: Vec<_> = given.iter().map(|row| row[5].as_str()).collect();
    assert_eq!(lines, ["6", "2", "4"]);
    assert_eq!(
        given[1][7..12].join("|"),
        "conflict|Company|New; \"Ltd\"\nand sons|Old|Theirs"
    );
    assert!(
        given
            .iter()
            .all(|row| !row[12].is_empty() && !row[13].is_empty())
    );

    // Mended, it is a source.
    let mended = job.folder.path().join("mended.csv");
    fs::write(&mended, text.replace("broken,", "new@example.com,")).unwrap();
    let plan = |out: &str, source: &std::path::Path| {
        let out = job.folder.path().join(out);
        let args = [
            "sync",
            "plan",
            source.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ]
        .map(str::to_owned);
        let said = run(on(&job.sandbox, &[])
            .args(args)
            .args(["--ignore=Note", "--max-updates=100%"]));
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        out
    };
    let again = plan("again.plan", &mended);
    let args = ["sync", "apply", again.to_str().unwrap(), "--yes"];
    assert_eq!(run(&mut on(&job.sandbox, &args)).code, 0);
    let p0 = job.contact("p0@example.com").unwrap();
    assert_eq!(p0["fields"]["Company"], "New; \"Ltd\"\nand sons");
    assert_eq!(p0["fields"]["Seats"], 4);
    assert_eq!(
        job.contact("new@example.com").unwrap()["fields"]["Company"],
        "Acme"
    );
}

#[test]
fn rows_of_several_sources_come_back_in_files_of_their_own() {
    let sandbox = start(Sandbox::builder().seed(account(2)));
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left.csv");
    fs::write(&left, "Email,Why\nbroken too,bounced\n").unwrap();
    let more = ["--suppressions", left.to_str().unwrap()];
    let job = Job::planned(
        sandbox,
        "Email,Company\np0@example.com,New\nbroken,Acme\n",
        &more,
    );
    let said = job.apply(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("job.plan.rejects-2.csv"), "{}", said.err);
    assert!(
        job.rejects().starts_with("Email,Company,bme:source"),
        "{}",
        job.rejects()
    );
    assert!(!job.rejects().contains("broken too"));
    let second = job.folder.path().join("job.plan.rejects-2.csv");
    let second = fs::read_to_string(second).unwrap();
    assert!(second.starts_with("Email,Why,bme:source"), "{second}");
    assert!(second.contains("broken too,bounced,"), "{second}");
}
