//! `bme sync apply`: what it costs, what it looks at first, and how it is stopped.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use benchmark_email_sandbox::{Fault, Sandbox};

use super::{
    apply::{Job, account, asked, updates},
    support::{on, run, said, start},
};

#[test]
fn a_change_is_one_request_and_the_first_five_are_read_back() {
    let job = Job::new(60, &updates(60));
    let planned = job.sandbox.requests().len();
    assert_eq!(job.apply(&[]).code, 0);
    let counts = asked(&[
        ("getStructure", 1),
        ("replaceContact", 60),
        ("getContact", 5),
    ]);
    assert_eq!(job.asked(planned), counts);

    for tags in ["", "New"] {
        let rows: Vec<_> = (0..60)
            .map(|number| format!("new{number}@example.com,{tags}\n"))
            .collect();
        let job = Job::new(1, &format!("Email,Tags\n{}", rows.concat()));
        let planned = job.sandbox.requests().len();
        assert_eq!(job.apply(&[]).code, 0);
        let counts = asked(&[
            ("getStructure", 1),
            ("createContact", 60),
            ("getContact", 5),
        ]);
        assert_eq!(job.asked(planned), counts, "{tags}");
    }
}

#[test]
fn a_plan_tells_every_request_that_applying_it_takes() {
    let mut rows = "Email,Company,Plan,Tags,Lists,Status\n".to_owned();
    for number in 0..60 {
        let (list, status) = match number % 4 {
            0 => ("Fresh", ""),
            1 => ("News", ""),
            2 => ("", "unsubscribed"),
            _ => ("Other", ""),
        };
        let _ = writeln!(rows, "p{number}@example.com,New,Gold,Extra,{list},{status}");
    }
    // Half of them are known, of both kinds.
    for (contacts, rows) in [
        (30, rows.as_str()),
        (3, "Email,Lists\np1@example.com,Fresh\n"),
        (3, "Email,Tags\np1@example.com,Extra\n"),
        (
            3,
            "Email,Company\np1@example.com,Acme\nx@example.com,Acme\n",
        ),
        (3, "Email,Company\np1@example.com,Old\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let fields = folder.path().join("fields.toml");
        let (create, wanted) = if rows.contains("Plan") {
            ("--create-fields", "[fields]\nPlan = \"text\"\n")
        } else {
            ("--duplicates", "")
        };
        std::fs::write(&fields, wanted).unwrap();
        let value = if wanted.is_empty() {
            "first"
        } else {
            fields.to_str().unwrap()
        };
        let sandbox = start(Sandbox::builder().seed(account(contacts)));
        let job = Job::planned(sandbox, rows, &[create, value]);
        let planned = job.sandbox.requests().len();
        let plan = job.plan();
        let shown = ["sync", "show", plan.to_str().unwrap(), "-o", "json"];
        let shown = run(&mut on(&job.sandbox, &shown));
        let told: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
        let applied = job.apply(&[]);
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
        let sent = job.sandbox.requests().len() - planned;
        assert_eq!(told["requests"], sent, "{rows}: {:?}", job.asked(planned));
    }
}

#[test]
fn what_is_read_back_and_is_not_as_planned_stops_it() {
    let job = Job::new(60, &updates(60));
    let one = job.sandbox.snapshot()["contacts"][0].clone();
    // The service says yes and does nothing.
    job.sandbox
        .fault(Fault::status(200).body(one).on("replaceContact"));
    let said = job.apply(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    for part in [
        "p0@example.com was read back",
        "Company: planned \"New\", found \"Old\"",
        "--canary 0",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    assert_eq!(job.asked(0)["replaceContact"], 1);
}

fn send(signal: &str, to: &Child) {
    let kill = Command::new("kill")
        .args([format!("-{signal}"), to.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

/// Nobody's contact was changed more often than once, and each was.
fn each_was_changed_once(job: &Job) {
    let snapshot = job.sandbox.snapshot();
    for contact in snapshot["contacts"].as_array().unwrap() {
        assert_eq!(contact["__v"], 1, "{contact}");
    }
}

#[test]
fn asked_to_stop_it_finishes_what_is_under_way_and_goes_on_later() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let job = Job::new(30, &updates(30));
        let slow = Fault::delay(Duration::from_millis(200)).on("replaceContact");
        job.sandbox.fault(slow);
        let plan = job.plan();
        let mut command = on(
            &job.sandbox,
            &["sync", "apply", plan.to_str().unwrap(), "--yes"],
        );
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !job.asked(0).contains_key("replaceContact") {
            std::thread::sleep(Duration::from_millis(5));
        }
        send(signal, &child);
        let stopped = said(child.wait_with_output().unwrap());
        assert_eq!(stopped.code, code, "{}{}", stopped.out, stopped.err);
        assert!(job.asked(0)["replaceContact"] < 30);
        job.sandbox.clear_faults();
        assert_eq!(job.apply(&[]).code, 0);
        // Nothing was under way when it ended, so nothing is sent twice.
        assert_eq!(job.asked(0)["replaceContact"], 30);
    }
}

#[test]
fn on_a_full_disk_nothing_is_sent_that_is_not_recorded() {
    let job = Job::new(80, &updates(80));
    let planned = job.sandbox.requests().len();
    let plan = job.plan();
    let bme = env!("CARGO_BIN_EXE_bme");
    let script = format!(
        "ulimit -f 200; exec {bme} sync apply {} --yes",
        plan.display()
    );
    let mut command = on(&job.sandbox, &[]);
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = Command::new("sh");
    command.args(["-c", &script]).envs(environment);
    let full = run(&mut command);
    assert_eq!(full.code, 1, "{}{}", full.out, full.err);
    assert!(full.err.contains(plan.to_str().unwrap()), "{}", full.err);
    let sent = job.asked(planned)["replaceContact"];
    assert!(sent < 80, "the disk wasn't full");
    let database = rusqlite::Connection::open(&plan).unwrap();
    let recorded: usize = database
        .query_row("SELECT count(*) FROM outcome", [], |row| row.get(0))
        .unwrap();
    assert!(sent <= recorded, "{sent} were sent, {recorded} recorded");
    // Keeps the log for the next run.
    let wal = plan.with_file_name("job.plan-wal");
    assert!(wal.exists());
    // Somebody who reads the plan doesn't disturb.
    let again = job.apply(&[]);
    drop(database);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
}

#[test]
fn asked_twice_it_stops_at_once_and_nothing_is_lost() {
    let job = Job::new(30, &updates(30));
    // Carried out, and the answer doesn't come.
    job.sandbox
        .fault(Fault::stall_after_commit().on("replaceContact").nth(7));
    job.sandbox
        .fault(Fault::stall_before_answer().on("replaceContact").nth(8));
    let plan = job.plan();
    let mut command = on(
        &job.sandbox,
        &[
            "sync",
            "apply",
            plan.to_str().unwrap(),
            "--yes",
            "--in-flight",
            "2",
        ],
    );
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while job.asked(0).get("replaceContact") < Some(&8) {
        std::thread::sleep(Duration::from_millis(5));
    }
    send("INT", &child);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let stopping = said
        .by_ref()
        .map(Result::unwrap)
        .find(|line| line.contains("Stopping"));
    assert!(stopping.unwrap().contains("2 requests are under way"));
    send("INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    job.sandbox.clear_faults();
    let again = job.apply(&[]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    each_was_changed_once(&job);
}

#[test]
fn it_ends_after_so_many_requests_and_goes_on_later() {
    let job = Job::new(30, &updates(30));
    let planned = job.sandbox.requests().len();
    let said = job.apply(&["--max-requests", "10"]);
    assert_eq!(said.code, 75, "{}{}", said.out, said.err);
    assert!(
        said.err
            .contains("21 changes are left, as --max-requests said"),
        "{}",
        said.err
    );
    assert_eq!(job.since(planned).len(), 10);
    // What is done within the number is done.
    let said = job.apply(&["--max-requests", "22"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(job.since(planned).len(), 32);
    each_was_changed_once(&job);
}

#[test]
fn what_is_sent_again_counts_among_the_requests() {
    let job = Job::new(30, &updates(30));
    let planned = job.sandbox.requests().len();
    job.sandbox
        .fault(Fault::status(503).on("replaceContact").times(3));
    let said = job.apply(&["--max-requests", "10", "--in-flight", "1"]);
    assert_eq!(said.code, 75, "{}{}", said.out, said.err);
    assert_eq!(job.since(planned).len(), 10, "{:?}", job.asked(planned));
}

#[test]
fn the_first_five_are_read_back_in_one_run_of_many() {
    let job = Job::new(60, &updates(60));
    let planned = job.sandbox.requests().len();
    assert_eq!(job.apply(&["--max-requests", "20"]).code, 75);
    assert_eq!(job.apply(&["--max-requests", "20"]).code, 75);
    assert_eq!(job.apply(&[]).code, 0);
    let counts = asked(&[
        ("getContact", 5),
        ("getStructure", 3),
        ("replaceContact", 60),
    ]);
    assert_eq!(job.asked(planned), counts);
}

#[test]
fn it_ends_at_its_time_and_goes_on_later() {
    let job = Job::new(40, &updates(40));
    job.sandbox
        .fault(Fault::delay(Duration::from_millis(500)).on("replaceContact"));
    let soon = jiff::Zoned::now().in_tz("UTC").unwrap() + Duration::from_secs(3);
    let until = soon.strftime("%H:%M:%S").to_string();
    let said = job.apply(&["--until", &until, "--in-flight", "1"]);
    assert_eq!(said.code, 75, "{}{}", said.out, said.err);
    assert!(said.err.contains("as --until said"), "{}", said.err);
    job.sandbox.clear_faults();
    assert_eq!(job.apply(&["--rate", "100%"]).code, 0);
    each_was_changed_once(&job);
}

#[test]
fn a_share_of_the_hour_is_one_to_a_hundred_percent() {
    let job = Job::new(1, &updates(1));
    for wrong in ["0%", "101%", "50", "half", "-1%"] {
        let said = job.apply(&[&format!("--rate={wrong}")]);
        assert_eq!(said.code, 2, "{wrong}: {}", said.err);
        assert!(
            said.err.contains("say a share from 1% to 100%"),
            "{}",
            said.err
        );
    }
}

#[test]
fn a_plan_goes_on_elsewhere_without_its_source() {
    let job = Job::new(30, &updates(30));
    let planned = job.sandbox.requests().len();
    assert_eq!(job.apply(&["--max-requests", "12"]).code, 75);
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved.plan");
    fs::rename(job.plan(), &moved).unwrap();
    fs::remove_file(job.folder.path().join("rows.csv")).unwrap();
    let said = run(&mut on(
        &job.sandbox,
        &["sync", "apply", moved.to_str().unwrap(), "--yes"],
    ));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(job.asked(planned)["replaceContact"], 30);
    each_was_changed_once(&job);
}
