//! `bme sync verify` and `bme sync undo`: what a plan did, held against the account and taken back.

use benchmark_email_sandbox::Fault;
use serde_json::{Value, json};

use super::{
    apply::{Job, asked, meanwhile, set},
    schema::check,
    support::{Said, on, run},
};

/// Two updates, somebody who left, somebody unknown who left, two creations and a row that can't be taken.
const ROWS: &str = "Email,Company,Tags,Lists,Status\n\
                    p0@example.com,New,,,\n\
                    p1@example.com,New,,,\n\
                    p2@example.com,,,,unsubscribed\n\
                    gone@example.com,,,,bounced\n\
                    new@example.com,Acme,New,Fresh,\n\
                    plain@example.com,Acme,,News,\n\
                    broken,,,,\n";

fn verify(job: &Job, more: &[&str]) -> Said {
    let plan = job.plan();
    let args = [&["sync", "verify", plan.to_str().unwrap()], more].concat();
    run(&mut on(&job.sandbox, &args))
}

fn verified(job: &Job, code: i32) -> Value {
    let said = verify(job, &["-o", "json"]);
    assert_eq!(said.code, code, "{}{}", said.out, said.err);
    check("sync verify", &said.out, false);
    serde_json::from_str(&said.out).unwrap()
}

/// Plans what takes the job back, and gives that plan's path and numbers.
fn undo(job: &Job, name: &str, more: &[&str]) -> (String, Value) {
    let (plan, out) = (job.plan(), job.folder.path().join(name));
    let (plan, out) = (plan.to_str().unwrap(), out.to_str().unwrap());
    let args = ["sync", "undo", plan, "--out", out, "-o", "json"];
    let said = run(&mut on(&job.sandbox, &[&args, more].concat()));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    check("sync undo", &said.out, false);
    (out.to_owned(), serde_json::from_str(&said.out).unwrap())
}

fn stays(job: &Job, plan: &str) -> Vec<String> {
    let args = ["sync", "show", plan, "--only", "rejected", "-o", "json"];
    let said = run(&mut on(&job.sandbox, &args));
    let rows: Value = serde_json::from_str(&said.out).unwrap();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row["line"], row["reason"].as_str().unwrap()))
        .collect()
}

#[test]
fn what_was_applied_is_held_against_the_account() {
    let job = Job::new(3, ROWS);
    let before = verified(&job, 0);
    assert_eq!(before["lacking"], json!({ "planned": 6 }));
    assert_eq!(before["asPlanned"], 0);

    assert_eq!(job.apply(&[]).code, 0);
    let since = job.sandbox.requests().len();
    let whole = verified(&job, 0);
    assert_eq!(
        (&whole["asPlanned"], &whole["differences"]),
        (&json!(6), &json!([]))
    );
    let expected = [
        ("getStructure", 1),
        ("listContacts", 1),
        ("listAllLists", 1),
    ];
    assert_eq!(job.asked(since), asked(&expected));

    // Beside what the plan changed, anybody may change anything.
    meanwhile(&job, "p0@example.com", |contact| {
        set(contact, "P0", "Other");
    });
    assert_eq!(verified(&job, 0)["asPlanned"], 6);

    meanwhile(&job, "p1@example.com", |contact| {
        set(contact, "New", "Theirs");
    });
    meanwhile(&job, "p2@example.com", |contact| {
        contact["status"] = json!({ "primary": "Active" });
    });
    meanwhile(&job, "new@example.com", |contact| {
        contact["tags"] = json!([]);
        contact["lists"] = json!([]);
    });
    let mut seed = job.sandbox.snapshot();
    let contacts = seed["contacts"].as_array_mut().unwrap();
    contacts.retain(|contact| contact["key"] != "plain@example.com");
    job.sandbox.restore(seed).unwrap();
    let differs = verified(&job, 3);
    assert_eq!(
        (&differs["asPlanned"], &differs["differ"]),
        (&json!(2), &json!(4))
    );
    let told: Vec<_> = differs["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            ["email", "what", "planned", "now"]
                .map(|name| one[name].as_str().unwrap().to_owned())
                .join("|")
        })
        .collect();
    let mut expected = [
        "p1@example.com|Company|New|Theirs",
        "p2@example.com|status|Inactive|Active",
        "new@example.com|list Fresh|with it|without it",
        "new@example.com|tag New|with it|without it",
        "plain@example.com|contact|there|gone",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut sorted = told.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);

    let text = verify(&job, &[]);
    assert_eq!(text.code, 3);
    assert!(
        text.out
            .contains("update p1@example.com: Company: planned \"New\", found \"Theirs\""),
        "{}",
        text.out
    );
    let csv = verify(&job, &["-o", "csv"]);
    assert!(
        csv.out.starts_with("step,kind,email,what,planned,now"),
        "{}",
        csv.out
    );
}

#[test]
fn a_creation_that_is_there_twice_differs() {
    let job = Job::new(1, "Email,Company\nnew@example.com,Acme\n");
    assert_eq!(job.apply(&[]).code, 0);
    let mut contacts = job.sandbox.snapshot()["contacts"]
        .as_array()
        .unwrap()
        .clone();
    let mut twin = contacts
        .iter()
        .find(|one| one["key"] == "new@example.com")
        .unwrap()
        .clone();
    twin["_id"] = json!("64a1b2c3d4e5f6a7b8c9dfff");
    contacts.push(twin);
    job.sandbox
        .fault(Fault::status(200).body(json!(contacts)).on("listContacts"));
    let differs = verified(&job, 3);
    assert_eq!(differs["differences"][0]["now"], "twice", "{differs}");
}

#[test]
fn what_goes_back_is_what_nobody_changed_since() {
    let job = Job::new(3, ROWS);
    let before = job.contact("p0@example.com").unwrap();
    assert_eq!(job.apply(&[]).code, 0);
    meanwhile(&job, "p1@example.com", |contact| {
        set(contact, "New", "Theirs");
    });
    let (back, numbers) = undo(&job, "back.plan", &[]);
    assert_eq!(
        numbers,
        json!({ "applied": 6, "back": 1, "requests": 2, "asBefore": 0, "kept": 3, "never": 2 })
    );
    let unsubscribed = "it was unsubscribed, and only the person can subscribe again";
    let mut told = stays(&job, &back);
    told.sort();
    assert_eq!(
        told,
        [
            "3 somebody else changed it since: Company".to_owned(),
            format!("4 {unsubscribed}"),
            format!("5 {unsubscribed}"),
            "6 it was created; --delete-created deletes it".to_owned(),
            "7 it was created; --delete-created deletes it".to_owned(),
        ]
    );

    // It is a plan like any other.
    let apply = |plan: &str| run(&mut on(&job.sandbox, &["sync", "apply", plan, "--yes"]));
    assert_eq!(apply(&back).code, 0);
    let after = job.contact("p0@example.com").unwrap();
    for part in ["fields", "lists", "tags", "status"] {
        assert_eq!(after[part], before[part]);
    }
    assert_eq!(
        job.contact("p1@example.com").unwrap()["fields"]["Company"],
        "Theirs"
    );
    let verified = run(&mut on(
        &job.sandbox,
        &["sync", "verify", &back, "-o", "json"],
    ));
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);

    // Created contacts go by a word of their own, and not once somebody else uses them.
    meanwhile(&job, "new@example.com", |contact| {
        set(contact, "Acme", "Other");
    });
    let (gone, numbers) = undo(&job, "gone.plan", &["--delete-created"]);
    assert_eq!(
        numbers,
        json!({ "applied": 6, "back": 1, "requests": 2, "asBefore": 1, "kept": 2, "never": 2 })
    );
    assert_eq!(apply(&gone).code, 0);
    assert!(job.contact("plain@example.com").is_none());
    assert!(job.contact("new@example.com").is_some());
    for left in ["p2@example.com", "gone@example.com"] {
        assert_eq!(job.contact(left).unwrap()["status"]["primary"], "Inactive");
    }
}

#[test]
fn who_left_since_is_neither_taken_back_nor_forgotten() {
    let rows = "Email,Company\np0@example.com,New\nnew@example.com,Acme\n";
    let job = Job::new(1, rows);
    assert_eq!(job.apply(&[]).code, 0);
    for key in ["p0@example.com", "new@example.com"] {
        meanwhile(&job, key, |contact| {
            contact["status"] = json!({ "primary": "Inactive", "secondary": "Unsubscribed" });
        });
    }
    let (back, numbers) = undo(&job, "back.plan", &["--delete-created"]);
    assert_eq!((&numbers["back"], &numbers["kept"]), (&json!(0), &json!(2)));
    let told = stays(&job, &back).join("\n");
    assert!(told.contains("2 it has left since\n"), "{told}");
    assert!(
        told.contains("3 it has left since it was created"),
        "{told}"
    );
}

#[test]
fn half_a_step_is_not_taken_back() {
    let job = Job::new(1, "Email,Company\np0@example.com,New\n");
    assert_eq!(job.apply(&[]).code, 0);
    let plan = rusqlite::Connection::open(job.plan()).unwrap();
    plan.execute_batch(
        "UPDATE outcome SET ended = NULL, stage = '{\"stage\":\"sent\",\"verb\":\"replace\",\"at\":1}'",
    )
    .unwrap();
    drop(plan);
    let out = job.folder.path().join("back.plan");
    let args = [
        "sync",
        "undo",
        job.plan().to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]
    .map(str::to_owned);
    let said = run(on(&job.sandbox, &[]).args(args));
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("apply the plan again"), "{}", said.err);
    assert!(!out.exists());
    assert_eq!(verified(&job, 0)["lacking"], json!({ "open": 1 }));
}
