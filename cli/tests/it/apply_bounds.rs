//! `bme sync apply`: what it costs, what it looks at first, and how it is stopped.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use benchmark_email_sandbox::Fault;

use super::{
    apply::{Job, asked, updates},
    support::{on, run, said},
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
        let kill = Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
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
