//! `bme sync apply` where the service does otherwise than assumed: it stops after the first five, or carries the plan
//! out truly; never a plan half true.

use std::{collections::BTreeMap, fmt::Write as _};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{
    apply::{Job, account, named},
    support::start,
};

/// Contacts of the account before the plan.
const CONTACTS: usize = 46;

/// What the plan wants of each kind: 40 updates, 3 who left, 3 unknown who left, 4 creations with tags and 4 without.
fn rows() -> String {
    let mut rows = "Email,Company,Seats,Tags,Lists,Status\n".to_owned();
    for number in 0..40 {
        writeln!(rows, "p{number}@example.com, Grew ,7,New,,").unwrap();
    }
    for number in 0..3 {
        writeln!(rows, "p{}@example.com,,,,,unsubscribed", 40 + number).unwrap();
        writeln!(rows, "Gone{number}@example.com,,,,,bounced").unwrap();
    }
    for number in 0..8 {
        let tags = if number % 2 == 0 { "New" } else { "" };
        writeln!(rows, "Fresh{number}@example.com,Acme,,{tags},News,").unwrap();
    }
    rows
}

/// The contacts by their addresses, without what is the service's own.
fn contacts(sandbox: &Sandbox) -> BTreeMap<String, Value> {
    let contacts = named(&sandbox.snapshot());
    let told = contacts.into_iter().map(|one| {
        let key = one["key"].as_str().unwrap().to_ascii_lowercase();
        let mut names = [one["lists"].clone(), one["tags"].clone()];
        for names in &mut names {
            let names = names.as_array_mut().unwrap();
            names.sort_by_key(ToString::to_string);
        }
        let [lists, tags] = names;
        let fields = one["fields"].as_object().unwrap().iter();
        // As far as a service keeps values to the letter.
        let fields: BTreeMap<_, _> = fields
            .filter(|(_, value)| !value.is_null())
            .map(|(label, value)| {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (label.clone(), text.trim().to_owned())
            })
            .collect();
        let status = &one["status"]["primary"];
        (
            key,
            json!({ "fields": fields, "lists": lists, "tags": tags, "status": status }),
        )
    });
    told.collect()
}

/// What the account is once the whole plan is true.
fn wanted(before: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut wanted = before.clone();
    for number in 0..40 {
        let contact = wanted.get_mut(&format!("p{number}@example.com")).unwrap();
        contact["fields"]["Company"] = json!("Grew");
        contact["fields"]["Seats"] = json!("7");
        contact["tags"] = json!(["New", "VIP"]);
    }
    for number in 0..3 {
        let left = wanted.get_mut(&format!("p{}@example.com", 40 + number));
        left.unwrap()["status"] = json!("Inactive");
        let gone = json!({ "fields": {}, "lists": [], "tags": [], "status": "Inactive" });
        wanted.insert(format!("gone{number}@example.com"), gone);
    }
    for number in 0..8 {
        let tags = if number % 2 == 0 {
            json!(["New"])
        } else {
            json!([])
        };
        let fields = json!({ "Company": "Acme" });
        let fresh =
            json!({ "fields": fields, "lists": ["News"], "tags": tags, "status": "Active" });
        wanted.insert(format!("fresh{number}@example.com"), fresh);
    }
    wanted
}

/// Every rule that can be read otherwise, each reading of it.
fn readings() -> Vec<(&'static str, &'static str)> {
    let rules = benchmark_email_sandbox::rules();
    let others = rules.iter().flat_map(|rule| {
        let others = rule.readings.iter().skip(1);
        others.map(|reading| (rule.name, *reading))
    });
    others.collect()
}

/// What came of a plan under a reading.
fn tried(rule: &str, reading: &str) -> String {
    let sandbox = start(Sandbox::builder().seed(account(CONTACTS)));
    sandbox.read_rule(rule, reading).unwrap();
    let before = contacts(&sandbox);
    let job = Job::on(sandbox, &rows());
    let said = job.apply(&["--in-flight", "8"]);
    let after = contacts(&job.sandbox);
    let what = format!("{rule} {reading}: {} {}{}", said.code, said.out, said.err);
    let number = job.sandbox.snapshot()["contacts"].as_array().unwrap().len();
    assert_eq!(number, after.len(), "{what}: an address is there twice");
    if said.code == 0 {
        let wanted = wanted(&before);
        for (key, contact) in &wanted {
            assert_eq!(after.get(key), Some(contact), "{what}: {key}");
        }
        assert_eq!(after.len(), wanted.len(), "{what}");
        return "done".to_owned();
    }
    let changed = after
        .iter()
        .filter(|(key, contact)| before.get(*key) != Some(*contact));
    let changed = changed.count();
    assert!(changed <= 5, "{what}: {changed} contacts were changed");
    format!("stopped with {}", said.code)
}

#[test]
fn under_each_reading_a_plan_is_true_or_stops_after_the_first_five() {
    let readings = readings();
    assert!(readings.len() > 20, "{readings:?}");
    let stopped: Vec<_> = readings
        .into_iter()
        .map(|(rule, reading)| (rule, reading, tried(rule, reading)))
        .filter(|(_, _, outcome)| outcome != "done")
        .collect();
    // None of them keeps a plan from being carried out: what stops here is worth a look.
    assert!(stopped.is_empty(), "{stopped:?}");
}
