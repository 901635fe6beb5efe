//! `bme migrate`: the exports of each tool, as they are and at their worst, brought over whole.

use std::io::Write as _;

use serde_json::Value;

use super::{
    apply::named,
    support::Said,
    sync_plan::{Desk, OPEN, Planned, account, layouts::corpus},
};

/// Files of one tool, and what must become of them.
struct Case {
    tool: &'static str,
    files: &'static [&'static str],
    more: &'static [&'static str],
    /// Planned, unchanged, protected, merged, rejected, blank.
    rows: [u64; 6],
    /// Everybody who left, and whom the account or nobody knows.
    left: &'static [&'static str],
    /// Everybody who is active in the end because of the files.
    stay: &'static [&'static str],
}

const CASES: [Case; 20] = [
    Case {
        tool: "classic",
        files: &["classic.csv", "classic-unsubscribed.csv"],
        more: &[],
        rows: [4, 1, 0, 1, 0, 0],
        left: &["left@example.com", "gone@example.com", "ada2@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "classic",
        files: &[
            "hostile/classic.csv",
            "hostile/Master Unsubscribe List.csv",
            "hostile/classic-bounced.csv",
        ],
        more: &[],
        rows: [5, 0, 0, 2, 2, 1],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "mailchimp",
        files: &[
            "mailchimp-subscribed.csv",
            "mailchimp-unsubscribed.csv",
            "mailchimp-cleaned.csv",
        ],
        more: &[],
        rows: [5, 1, 0, 0, 0, 0],
        left: &[
            "left@example.com",
            "gone@example.com",
            "ada2@example.com",
            "bounced@example.com",
        ],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "mailchimp",
        files: &[
            "hostile/subscribed_members_export_1.csv",
            "hostile/unsubscribed_members_export_1.csv",
            "hostile/cleaned_members_export_1.csv",
        ],
        more: &[],
        rows: [5, 0, 0, 2, 1, 0],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "hubspot",
        files: &["hubspot-contacts.csv", "hubspot-optouts.csv"],
        more: &[],
        rows: [4, 0, 0, 2, 1, 0],
        left: &["gone@example.com", "ada2@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "hubspot",
        files: &["hostile/hubspot.csv", "hostile/hubspot-optouts.csv"],
        more: &[],
        rows: [6, 0, 0, 3, 1, 0],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
            "left4@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "brevo",
        files: &["brevo.csv"],
        more: &[],
        rows: [4, 0, 0, 0, 0, 0],
        left: &["gone@example.com", "ada2@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "brevo",
        files: &["hostile/brevo.csv"],
        more: &["--duplicates=last"],
        rows: [4, 0, 0, 1, 0, 0],
        left: &["left1@example.com", "left2@example.com"],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "klaviyo",
        files: &["klaviyo.csv"],
        more: &[],
        rows: [5, 0, 0, 0, 0, 0],
        left: &["gone@example.com", "ada2@example.com", "byhand@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "klaviyo",
        files: &["hostile/Spring News.csv"],
        more: &[],
        rows: [5, 0, 0, 0, 1, 0],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "activecampaign",
        files: &["activecampaign.csv"],
        more: &[],
        rows: [4, 0, 0, 0, 0, 0],
        left: &["gone@example.com", "ada2@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "activecampaign",
        files: &["hostile/activecampaign.csv"],
        more: &[],
        rows: [4, 0, 0, 0, 1, 0],
        left: &["left1@example.com", "left2@example.com"],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "constantcontact",
        files: &["constant-contact.csv"],
        more: &[],
        rows: [4, 0, 0, 0, 0, 0],
        left: &["gone@example.com", "ada2@example.com"],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "constantcontact",
        files: &["hostile/constantcontact.csv"],
        more: &[],
        rows: [5, 0, 0, 0, 0, 0],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "google",
        files: &["google.csv"],
        more: &[],
        rows: [2, 0, 0, 0, 2, 0],
        left: &[],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "google",
        files: &["hostile/google.csv"],
        more: &["--unsubscribed=google-gone.csv"],
        rows: [2, 0, 0, 0, 3, 0],
        left: &["ada2@example.com"],
        stay: &["stay1@example.com"],
    },
    Case {
        tool: "outlook",
        files: &["outlook.csv"],
        more: &[],
        rows: [2, 0, 0, 0, 0, 0],
        left: &[],
        stay: &["ada@example.com", "new@example.com"],
    },
    Case {
        tool: "outlook",
        files: &["hostile/outlook.csv"],
        more: &["--date-format=DD/MM/YYYY", "--bounced=google-gone.csv"],
        rows: [3, 0, 0, 0, 1, 0],
        left: &["ada2@example.com"],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
    Case {
        tool: "kit",
        files: &["kit.csv"],
        more: &[],
        rows: [6, 0, 0, 0, 0, 0],
        left: &[
            "gone@example.com",
            "ada2@example.com",
            "complains@example.com",
        ],
        stay: &["ada@example.com", "new@example.com", "cold@example.com"],
    },
    Case {
        tool: "kit",
        files: &["hostile/kit.csv"],
        more: &[],
        rows: [5, 0, 0, 0, 1, 0],
        left: &[
            "left1@example.com",
            "left2@example.com",
            "left3@example.com",
        ],
        stay: &["stay1@example.com", "stay2@example.com"],
    },
];

/// A desk with these files of the corpus, and their names there.
fn desk_with<'f>(files: &[&'f str]) -> (Desk, Vec<&'f str>) {
    let desk = Desk::new(account());
    let names = files.iter().map(|file| {
        let name = file.rsplit('/').next().unwrap();
        desk.file(name, corpus(file));
        name
    });
    let names = names.collect();
    desk.file("google-gone.csv", "Email\nada2@example.com\n");
    (desk, names)
}

fn migrate(desk: &Desk, args: &[&str]) -> Said {
    let _ = std::fs::remove_file(desk.path("plan"));
    desk.run(&[&["migrate", "--out", "plan"], args].concat())
}

/// Plans with every guard open, and tells what came of it.
fn migrated(desk: &Desk, args: &[&str]) -> Planned {
    let said = migrate(desk, &[args, &OPEN].concat());
    assert_eq!(said.code, 0, "{args:?}: {}", said.err);
    Planned::of(desk, &desk.path("plan"))
}

fn contact<'s>(contacts: &'s [Value], address: &str) -> &'s Value {
    let is = |contact: &&Value| {
        contact["key"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case(address)
    };
    let found = contacts.iter().find(is);
    found.unwrap_or_else(|| panic!("nobody has {address}"))
}

#[test]
fn every_row_of_every_export_is_counted_and_nobody_who_left_is_mailed() {
    for case in &CASES {
        let (desk, files) = desk_with(case.files);
        let what = format!("{}: {files:?}", case.tool);
        let planned = migrated(&desk, &[&files, case.more].concat());
        assert_eq!(planned.rows(), case.rows, "{what}: {:#?}", planned.rejected);
        let number = planned.counts["steps"]["suppress"].as_u64().unwrap_or(0);
        let known = u64::from(case.left.contains(&"left@example.com"));
        assert_eq!(number + known, case.left.len() as u64, "{what}");

        let before = desk.sandbox.requests().len();
        let applied = desk.run(&["sync", "apply", "plan", "--yes", "-q"]);
        assert_eq!(applied.code, 0, "{what}: {}{}", applied.out, applied.err);
        let shown = desk.run(&["sync", "show", "plan", "-o", "json"]);
        let told: Value = serde_json::from_str(&shown.out).unwrap();
        assert_eq!(
            told["requests"],
            desk.sandbox.requests().len() - before,
            "{what}"
        );

        let verified = desk.run(&["sync", "verify", "plan"]);
        assert_eq!(verified.code, 0, "{what}: {}{}", verified.out, verified.err);

        let contacts = named(&desk.sandbox.snapshot());
        for address in case.left {
            assert_eq!(
                contact(&contacts, address)["status"]["primary"],
                "Inactive",
                "{what}"
            );
        }
        let active = contacts
            .iter()
            .filter(|contact| contact["status"]["primary"] == "Active");
        let mut active: Vec<_> = active
            .map(|contact| contact["key"].as_str().unwrap().to_ascii_lowercase())
            .collect();
        active.sort();
        let mut wanted: Vec<_> = case.stay.iter().map(ToString::to_string).collect();
        wanted.extend(["ada@example.com".to_owned(), "ada2@example.com".to_owned()]);
        wanted.retain(|address| !case.left.contains(&address.as_str()));
        wanted.sort();
        wanted.dedup();
        assert_eq!(active, wanted, "{what}");

        // Once more there is nothing to do but to tell who stays away.
        let again = migrated(&desk, &[&files, case.more].concat());
        assert!(again.steps.is_empty(), "{what}: {:#?}", again.steps);
    }
}

#[test]
fn a_file_of_another_tool_is_not_taken_for_one_of_this() {
    let mut tools: Vec<_> = CASES
        .iter()
        .map(|case| (case.tool, case.files[0]))
        .collect();
    tools.dedup_by_key(|(tool, _)| *tool);
    for (number, (tool, file)) in tools.iter().enumerate() {
        let (other, _) = tools[(number + 1) % tools.len()];
        let (desk, files) = desk_with(&[file]);
        let said = migrate(&desk, &[other, files[0]]);
        assert_eq!(said.code, 5, "{other} {file}: {}", said.err);
        let title = |tool: &str| {
            let said = migrate(&desk, &[tool, "no-such-file.csv"]);
            assert_eq!(said.code, 1, "{}", said.err);
            match tool {
                "classic" => "Benchmark Classic".to_owned(),
                "constantcontact" => "Constant Contact".to_owned(),
                "google" => "Google Contacts".to_owned(),
                other => other.to_owned(),
            }
        };
        let err = said.err.to_lowercase();
        for tool in [tool, other] {
            assert!(err.contains(&title(tool).to_lowercase()), "{tool}: {err}");
        }
        assert!(
            desk.sandbox.requests().is_empty(),
            "{file}: asked before it was sure"
        );
        assert!(!desk.path("plan").exists());
    }
    let (desk, _) = desk_with(&["kit.csv", "brevo.csv"]);
    let said = migrate(&desk, &["kit.csv", "brevo.csv"]);
    assert_eq!(said.code, 5);
    assert!(
        said.err.contains("Kit") && said.err.contains("Brevo"),
        "{}",
        said.err
    );
    desk.file("any.csv", "Email,Name\na@example.com,A\n");
    let said = migrate(&desk, &["any.csv"]);
    assert_eq!(said.code, 5);
    assert!(
        said.err.contains("mailchimp") && said.err.contains("sync plan"),
        "{}",
        said.err
    );
    // Who says it knows it.
    let planned = migrated(&desk, &["hubspot", "any.csv"]);
    assert_eq!(
        planned.steps,
        ["create a@example.com Name: nothing -> \"A\""]
    );
}

#[test]
fn the_archive_of_mailchimp_brings_its_three_files() {
    let desk = Desk::new(account());
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["subscribed", "unsubscribed", "cleaned"] {
        let inside = format!("{name}_members_export_1.csv");
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(&inside, options).unwrap();
        archive
            .write_all(&corpus(&format!("hostile/{inside}")))
            .unwrap();
    }
    desk.file("audience.zip", archive.finish().unwrap().into_inner());
    let planned = migrated(&desk, &["mailchimp", "--list", "Newsletter=audience.zip"]);
    assert_eq!(
        planned.steps,
        [
            "suppress left3@example.com unsubscribed (cleaned: it bounced)",
            "suppress left1@example.com unsubscribed (unsubscribed)",
            "suppress left2@example.com unsubscribed (UNSUB_TIME: 2022-01-02 03:04:05)",
            "create stay1@example.com First Name: nothing -> \"Zoë 🎉\"; Last Name: nothing -> \"O'Hara\"; Birthday: nothing -> \"05-17\"; Shoe Size: nothing -> 42; Interests: nothing -> \"\\\"Cats, dogs\\\"\"; Opt-in Time: nothing -> \"2021-03-04 05:06:07\"; Opt-in IP: nothing -> \"192.0.2.1\"; Notes: nothing -> \"=cmd()\"; + list Newsletter; + tag A, B; + tag VIP",
            "create stay2@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"; Shoe Size: nothing -> 38; Notes: nothing -> \"a\\nb\"; + list Newsletter",
        ]
    );
}

#[test]
fn roles_of_files_and_what_becomes_of_consent() {
    let (desk, _) = desk_with(&["activecampaign.csv"]);
    let brought = [
        "--list=Friends=activecampaign.csv",
        "--bounced=google-gone.csv",
        "--map=map.toml",
    ];
    let map = "[columns]\nPhone = { field = \"Mobile\" }\n\"Last Name\" = { ignore = true }\n";
    desk.file("map.toml", map);
    let planned = migrated(&desk, &[&brought[..], &["--no-consent-fields"]].concat());
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (Status: Bounced)",
            "suppress gone@example.com unsubscribed (Status: Unsubscribed)",
            "update ada@example.com + list Friends; + tag R&D",
            "create new@example.com First Name: nothing -> \"New\"; Mobile: nothing -> \"0049 89 555 0100\"; + list Friends",
        ]
    );
    let planned = migrated(&desk, &brought);
    assert!(
        planned.steps[2].contains("Opt-in IP: nothing -> \"192.0.2.1\""),
        "{:#?}",
        planned.steps
    );
    assert!(planned.steps[2].contains("Added Time: nothing -> \"2021-03-04\""));
    let said = migrate(&desk, &[&brought[..], &OPEN[..2]].concat());
    let first = said
        .out
        .lines()
        .find(|line| line.starts_with("first"))
        .unwrap_or_default();
    for new in [
        "field \"Mobile\"",
        "field \"Opt-in IP\"",
        "list \"Friends\"",
    ] {
        assert!(first.contains(new), "{new}: {first}");
    }
    // Files of people who left alone need no tool.
    let planned = migrated(&desk, &["--unsubscribed", "google-gone.csv"]);
    assert_eq!(
        planned.steps,
        ["suppress ada2@example.com unsubscribed (unsubscribed)"]
    );
}

#[test]
fn what_it_creates_anyway_is_no_option() {
    let desk = desk_with(&["kit.csv"]).0;
    for option in [&["--create-lists"][..], &["--create-fields", "fields.toml"]] {
        let mut args = vec!["kit.csv"];
        args.extend(option);
        let said = migrate(&desk, &args);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains(option[0]), "{}", said.err);
    }
}
