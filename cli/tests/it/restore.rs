//! `bme restore`: what a backup holds comes back in another account, but for what is told not to.

use std::{fs, path::Path};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::support::{Said, example, on, run, start};

struct Desk {
    from: Sandbox,
    to: Sandbox,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(from: Value, to: Value) -> Self {
        let sandbox = |seed| {
            let builder = Sandbox::builder().seed(seed);
            start(builder.hourly_limit(1_000_000).monthly_quota(1_000_000))
        };
        Self {
            from: sandbox(from),
            to: sandbox(to),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, sandbox: &Sandbox, args: &[&str]) -> Said {
        let state = self.folder.path().join("state");
        run(on(sandbox, args)
            .env("XDG_STATE_HOME", state)
            .current_dir(self.folder.path()))
    }

    fn done(&self, sandbox: &Sandbox, args: &[&str]) -> Said {
        let said = self.run(sandbox, args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        said
    }

    /// The contacts of a backup, without ids: each field, list and tag by its name; of who has left the address alone.
    fn contacts(&self, backup: &str) -> Vec<String> {
        let place = self.folder.path().join(backup);
        let read = |name: &str| fs::read_to_string(place.join(name)).unwrap();
        let structures: Value = serde_json::from_str(&read("structures.json")).unwrap();
        let lists: Value = serde_json::from_str(&read("lists.json")).unwrap();
        let name = |things: &Value, id: &Value, name: &str| -> String {
            let things = things.as_array().unwrap();
            let thing = things.iter().find(|thing| thing["_id"] == *id).unwrap();
            thing[name].as_str().unwrap().to_owned()
        };
        let id = |reference: &Value| match reference {
            Value::Object(object) => object["_id"].clone(),
            id => id.clone(),
        };
        let mut contacts: Vec<_> = read("contacts.jsonl")
            .lines()
            .map(|line| {
                let contact: Value = serde_json::from_str(line).unwrap();
                let (key, status) = (&contact["key"], &contact["status"]["primary"]);
                if status != "Active" {
                    return format!("{key} {status}");
                }
                let mut parts = Vec::new();
                for field in contact["fields"].as_array().unwrap() {
                    let label = name(&structures[0]["fields"], &field["_id"], "label");
                    if !field["value"].is_null() {
                        parts.push(format!("{label}={}", field["value"]));
                    }
                }
                for list in contact["lists"].as_array().unwrap() {
                    parts.push(format!(
                        "on {}",
                        name(&lists[0]["lists"], &id(list), "name")
                    ));
                }
                for tag in contact["tags"].as_array().unwrap() {
                    parts.push(format!(
                        "tag {}",
                        name(&structures[0]["tags"], &id(tag), "label")
                    ));
                }
                parts.sort();
                format!("{key} {status} {}", parts.join(" | "))
            })
            .collect();
        contacts.sort();
        contacts
    }
}

/// An account with contacts of every type and status.
fn every_kind(count: usize) -> Value {
    let mut seed = example();
    let structure = &mut seed["structures"][0];
    structure["tags"] = json!([{ "label": "VIP" }, { "label": "a, \"b\"" }, { "label": "unused" }]);
    let reasons = ["Unsubscribe", "Bounce", "ComplaintFbl"];
    let contacts: Vec<_> = (0..count)
        .map(|number| {
            let left = number % 7 == 6;
            let texts = ["=1+1", "'quoted'", "a,\"b\"\nc", "\u{fffd} 佐藤 👩‍🚀", "-2+3", " ", "null", "[1]"];
            json!({
                "key": if number % 11 == 0 { format!("Pеrson{number}@example.com") } else { format!("Person{number}@example.com") },
                "fields": {
                    "First Name": texts[number % texts.len()],
                    "Last Name": format!("Last {number}"),
                    "Seats": if number % 2 == 0 { json!(number) } else { json!(f64::from(u32::try_from(number).unwrap()) / 8.0 - 3.0) },
                    "Birthday": format!("{:02}-{:02}", number % 12 + 1, number % 28 + 1),
                    "Customer Since": format!("2024-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
                    "Newsletter OK": number % 3 == 0,
                },
                "lists": if number % 3 == 0 { json!(["Newsletter", "Product News"]) } else { json!([]) },
                "tags": if number % 2 == 0 { json!(["VIP", "a, \"b\""]) } else { json!([]) },
                "status": if left {
                    json!({ "primary": "Inactive", "secondary": reasons[number % 3] })
                } else {
                    json!({ "primary": "Active", "secondary": null })
                },
            })
        })
        .collect();
    seed["contacts"] = json!(contacts);
    seed["events"] = json!([]);
    seed
}

fn round_trip(count: usize) {
    let desk = Desk::new(every_kind(count), json!({}));
    desk.done(&desk.from, &["backup", "one", "--events"]);
    let planned = desk.done(&desk.to, &["restore", "one", "--out", "back.plan"]);
    for lost in [
        "Not restored: ids, versions, createdAt and updatedAt",
        "Not restored: fields, lists and tags of",
        "Not restored: the reason \"Bounce\" of",
    ] {
        assert!(planned.err.contains(lost), "{lost}: {}", planned.err);
    }
    desk.done(&desk.to, &["sync", "apply", "back.plan", "--yes"]);
    desk.done(&desk.to, &["backup", "two"]);
    let (one, two) = (desk.contacts("one"), desk.contacts("two"));
    assert_eq!(one.len(), count);
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one, two);
    }
    assert_eq!(one.len(), two.len());
    // What nobody has is there too.
    let structure = &desk.to.snapshot()["structures"][0];
    assert!(structure["tags"].to_string().contains("unused"));
    // And once more changes nothing.
    let again = desk.done(
        &desk.to,
        &["restore", "two", "--out", "again.plan", "-o", "json"],
    );
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["counts"]["steps"], json!({}), "{again}");
}

#[test]
fn a_backup_comes_back_in_an_empty_account_but_for_what_is_told() {
    round_trip(400);
}

/// `cargo test -p benchmark-email-cli --test it -- --ignored ten_thousand_contacts_come_back`
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_contacts_come_back() {
    round_trip(10_000);
}

#[test]
fn who_left_since_stays_away_and_who_was_forgotten_does_not_come_back() {
    let desk = Desk::new(example(), example());
    desk.done(&desk.from, &["backup", "one"]);
    desk.done(
        &desk.from,
        &["contacts", "forget", "misaki@example.jp", "--yes"],
    );
    desk.done(
        &desk.to,
        &["contacts", "unsubscribe", "jane.smith@example.com", "--yes"],
    );
    desk.done(
        &desk.to,
        &["contacts", "delete", "misaki@example.jp", "--yes"],
    );
    // Forgotten in the account of the backup, so here too.
    let planned = desk.done(
        &desk.to,
        &["restore", "one", "--out", "back.plan", "-o", "json"],
    );
    let planned: Value = serde_json::from_str(&planned.out).unwrap();
    assert_eq!(planned["counts"]["steps"], json!({}), "{planned}");
    assert_eq!(planned["counts"]["protected"], 1, "{planned}");
    let rejected = desk.done(
        &desk.to,
        &[
            "sync",
            "show",
            "back.plan",
            "--only",
            "rejected",
            "-o",
            "csv",
        ],
    );
    assert!(rejected.out.contains("one,2,"), "{}", rejected.out);
    assert!(
        rejected.out.contains("asked to be forgotten on"),
        "{}",
        rejected.out
    );
}

#[test]
fn a_broken_backup_and_a_structure_that_is_not_there_are_not_planned() {
    let mut seed = example();
    let other = json!({ "_id": "64a1b2c3d4e5f6a7b8c9d0e2", "label": "Partners" });
    seed["structures"].as_array_mut().unwrap().push(other);
    let desk = Desk::new(seed, json!({ "structures": [{ "label": "Other" }] }));
    desk.done(&desk.from, &["backup", "one"]);
    let restore = ["restore", "one", "--out", "back.plan"];
    let said = desk.run(&desk.to, &restore);
    assert_eq!(said.code, 1, "{}", said.out);
    let told = "it has no structure \"Other\"; it has \"Default Contacts\", \"Partners\"";
    assert!(said.err.contains(told), "{}", said.err);
    desk.done(
        &desk.to,
        &[&restore[..], &["--from", "Default Contacts"]].concat(),
    );
    fs::remove_file(desk.folder.path().join("back.plan")).unwrap();
    let contacts = desk.folder.path().join("one/contacts.jsonl");
    let text = fs::read_to_string(&contacts).unwrap();
    fs::write(&contacts, text.replace("Jane", "Joan")).unwrap();
    let said = desk.run(&desk.to, &restore);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.err.contains("its SHA-256 is another one"),
        "{}",
        said.err
    );
    assert!(!Path::new(&desk.folder.path().join("back.plan")).exists());
}
