//! `bme sync apply` killed again and again, by a service that loses answers: everything happens once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    process::Stdio,
    time::Duration,
};

use benchmark_email_sandbox::{Fault, RequestRecord, Sandbox};
use serde_json::{Value, json};

use super::{
    apply::{Job, account, named},
    support::{on, start},
};

/// How large a story is.
struct Size {
    creations: usize,
    with_tags: usize,
    updates: usize,
    leaving: usize,
    unknown: usize,
    kills: usize,
}

/// A small generator, so that a seed tells the same story again: xorshift.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn rows(size: &Size) -> String {
    let mut rows = "Email,Company,Tags,Lists,Status\n".to_owned();
    for number in 0..size.updates {
        writeln!(rows, "p{number}@example.com,New,,,").unwrap();
    }
    for number in size.updates..size.updates + size.leaving {
        writeln!(rows, "p{number}@example.com,,,,unsubscribed").unwrap();
    }
    for number in 0..size.unknown {
        writeln!(rows, "gone{number}@example.com,,,,bounced").unwrap();
    }
    for number in 0..size.creations {
        let tags = if number < size.with_tags { "New" } else { "" };
        writeln!(rows, "new{number}@example.com,Acme,{tags},News,").unwrap();
    }
    rows
}

/// What the account must be in the end.
fn wanted(size: &Size) -> BTreeMap<String, Value> {
    let contact = |fields: Value, lists: Value, tags: Value, status: &str| json!({ "fields": fields, "lists": lists, "tags": tags, "status": status });
    let mut all = BTreeMap::new();
    for number in 0..size.updates + size.leaving {
        let (company, status) = if number < size.updates {
            ("New", "Active")
        } else {
            ("Old", "Inactive")
        };
        let fields = json!({ "First Name": format!("P{number}"), "Company": company });
        all.insert(
            format!("p{number}@example.com"),
            contact(fields, json!(["News"]), json!(["VIP"]), status),
        );
    }
    for number in 0..size.unknown {
        all.insert(
            format!("gone{number}@example.com"),
            contact(json!({}), json!([]), json!([]), "Inactive"),
        );
    }
    for number in 0..size.creations {
        let tags = if number < size.with_tags {
            json!(["New"])
        } else {
            json!([])
        };
        all.insert(
            format!("new{number}@example.com"),
            contact(
                json!({ "Company": "Acme" }),
                json!(["News"]),
                tags,
                "Active",
            ),
        );
    }
    all
}

/// Who somebody who left is: by address in a creation, by id in a change of status.
fn check_first_writes(requests: &[RequestRecord], half_done: &BTreeSet<String>, seed: u64) {
    let mut waiting = half_done.clone();
    for request in requests {
        if waiting.is_empty() {
            return;
        }
        match request.operation {
            Some("updateContactStatus") => {
                waiting.remove(request.path.rsplit('/').next().unwrap_or_default());
            }
            Some("replaceContact" | "deleteContact") => {
                panic!("seed {seed}: {request} before {waiting:?} were unsubscribed");
            }
            _ => {}
        }
    }
}

fn story(seed: u64, size: &Size) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let sandbox = start(
        Sandbox::builder()
            .seed(account(size.updates + size.leaving))
            .hourly_limit(1_000_000)
            .monthly_quota(1_000_000)
            .keep_requests(1_000_000)
            .search_lag(Duration::from_secs(1)),
    );
    let job = Job::on(sandbox, &rows(size));
    let planned = job.sandbox.requests().len();
    for (number, fault) in [Fault::drop_after_commit(), Fault::reset_before_answer()]
        .into_iter()
        .enumerate()
    {
        let seed = seed * 2 + u64::try_from(number).unwrap();
        job.sandbox.fault(fault.probability(0.05, seed));
    }
    let plan = job.plan();
    let args = ["sync", "apply", plan.to_str().unwrap(), "--yes", "--quiet"];
    let (mut kills, mut starts, mut in_flight) = (0, 0, 0);
    loop {
        let began = job.sandbox.requests().len();
        let half_done: BTreeSet<String> = made_and_active(&job.sandbox);
        let mut command = on(&job.sandbox, &args);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        starts += 1;
        if kills < size.kills {
            // After so many requests more, at any point of what it does then.
            let until = began + usize::try_from(dice.next(60)).unwrap();
            while job.sandbox.requests().len() < until && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(500));
            }
            std::thread::sleep(Duration::from_micros(dice.next(3_000)));
            if child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
                in_flight += 4;
                check_first_writes(&job.since(began), &half_done, seed);
                continue;
            }
        }
        let said = child.wait_with_output().unwrap();
        let said = (said.status.code(), String::from_utf8(said.stderr).unwrap());
        check_first_writes(&job.since(began), &half_done, seed);
        // What couldn't be told in one run is told in the next.
        if said.0 == Some(0) {
            break;
        }
        assert!(
            matches!(said.0, Some(1 | 6)) && starts < size.kills + 40,
            "seed {seed}: {said:?}"
        );
    }
    check(seed, size, &job, planned, (kills, starts, in_flight))
}

/// Contacts that were created to be unsubscribed, and aren't yet.
fn made_and_active(sandbox: &Sandbox) -> BTreeSet<String> {
    let all = sandbox.snapshot();
    let contacts = all["contacts"].as_array().unwrap().iter();
    contacts
        .filter(|contact| {
            contact["key"].as_str().unwrap().starts_with("gone")
                && contact["status"]["primary"] == "Active"
        })
        .map(|contact| contact["_id"].as_str().unwrap().to_owned())
        .collect()
}

fn check(
    seed: u64,
    size: &Size,
    job: &Job,
    planned: usize,
    (kills, starts, in_flight): (usize, usize, usize),
) -> String {
    let snapshot = job.sandbox.snapshot();
    let all = named(&snapshot);
    let there: BTreeMap<String, Value> = all
        .iter()
        .map(|one| {
            let told = json!({
                "fields": one["fields"], "lists": one["lists"], "tags": one["tags"],
                "status": one["status"]["primary"],
            });
            (one["key"].as_str().unwrap().to_owned(), told)
        })
        .collect();
    assert_eq!(all.len(), there.len(), "seed {seed}: a key is there twice");
    let wanted = wanted(size);
    for (key, contact) in &wanted {
        assert_eq!(there.get(key), Some(contact), "seed {seed}: {key}");
    }
    assert_eq!(there.len(), wanted.len(), "seed {seed}");
    // What happened, and none of it twice: each contact was changed as often as its plan says.
    for contact in &all {
        let key = contact["key"].as_str().unwrap();
        let version = contact["__v"].as_u64().unwrap();
        let changes = u64::from(!key.starts_with("new"));
        assert_eq!(
            version, changes,
            "seed {seed}: {key} was changed {version} times"
        );
    }
    let mut events: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for event in snapshot["events"].as_array().unwrap() {
        let about = (
            event["contactId"].as_str().unwrap(),
            event["type"].as_str().unwrap(),
        );
        *events.entry(about).or_default() += 1;
    }
    assert!(
        events.values().all(|times| *times == 1),
        "seed {seed}: {events:?}"
    );
    let requests = job.since(planned);
    let faults = requests.iter().filter(|r| r.fault.is_some()).count();
    let least = size.creations + size.updates + size.leaving + 2 * size.unknown;
    let most = least + 2 * in_flight + 2 * faults + starts + 5;
    let asked = requests.len();
    assert!(
        asked <= most,
        "seed {seed}: {asked} requests, {most} allowed: {:?}",
        job.asked(planned)
    );
    format!(
        "seed {seed}: {kills} kills, {starts} starts, {faults} faults, {asked} requests, at least {least}, at most {most}"
    )
}

#[test]
fn killed_at_random_everything_happens_once() {
    let size = Size {
        creations: 60,
        with_tags: 12,
        updates: 48,
        leaving: 6,
        unknown: 6,
        kills: 8,
    };
    story(1, &size);
}

/// The same at its full size; `APPLY_SEEDS=10 cargo test -p benchmark-email-cli --test it -- --ignored --nocapture killed`.
#[test]
#[ignore = "it takes minutes"]
fn killed_at_random_everything_happens_once_in_large() {
    let size = Size {
        creations: 1_000,
        with_tags: 200,
        updates: 800,
        leaving: 100,
        unknown: 100,
        kills: 50,
    };
    let seeds = std::env::var("APPLY_SEEDS").ok();
    let seeds: u64 = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(1);
    for seed in 1..=seeds {
        println!("{}", story(seed, &size));
    }
}
