//! The exports of other tools: `bme sync map` writes what their columns are, `bme sync plan` takes it.

use std::{io::Write as _, path::Path};

use super::{Desk, Planned, account};

/// A file of the corpus, beside these tests.
pub(in super::super) fn corpus(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Plans as a person does: has the columns written down, says of some what they are, and plans.
fn planned(files: &[&str], said: &[&str]) -> Planned {
    planned_with(files, said, &[])
}

/// The same, with what is said to the plan alone.
fn planned_with(files: &[&str], said: &[&str], wishes: &[&str]) -> Planned {
    let desk = Desk::new(account());
    let paths: Vec<_> = files
        .iter()
        .map(|name| desk.file(name, corpus(name)))
        .collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    mapped(&desk, &paths, said, wishes)
}

fn mapped(desk: &Desk, paths: &[&str], said: &[&str], wishes: &[&str]) -> Planned {
    let map = desk.run(&[&["sync", "map"], paths, said].concat());
    assert_eq!(map.code, 0, "{}", map.err);
    let map = desk.file("map.toml", map.out);
    desk.planned(&[paths, said, wishes, &["--map", &map]].concat())
}

#[test]
fn benchmark_classic() {
    let said = [
        "--field=Company Name=Company",
        "--field=Date 1=Customer Since",
        "--date-format=MM/DD/YYYY",
    ];
    let planned = planned(&["classic.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "update ada@example.com Company: nothing -> \"Acme\"; City: nothing -> \"Salem\"; Zip: nothing -> \"01970\"; Country: nothing -> \"US\"; Customer Since: nothing -> \"2021-03-25\"",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"; Zip: nothing -> \"00501\"; Country: nothing -> \"US\"; Company: nothing -> \"Initech\"; Customer Since: nothing -> \"2021-04-03\"",
        ]
    );
    assert_eq!(planned.rows(), [2, 0, 1, 0, 0, 0]);
}

#[test]
fn mailchimp() {
    let desk = Desk::new(account());
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["subscribed", "unsubscribed", "cleaned"] {
        let inside = format!("{name}_members_export_0a0a.csv");
        archive
            .start_file(inside, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive
            .write_all(&corpus(&format!("mailchimp-{name}.csv")))
            .unwrap();
    }
    let archive = archive.finish().unwrap().into_inner();
    let archive = desk.file("mailchimp.zip", archive);
    let planned = mapped(&desk, &[&archive], &[], &["--create-tags"]);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (UNSUB_TIME: 2022-01-02 03:04:05)",
            "suppress bounced@example.com unsubscribed (CLEAN_TIME: 2022-02-03 04:05:06)",
            "suppress gone@example.com unsubscribed (UNSUB_TIME: 2022-01-02 03:04:05)",
            "update ada@example.com + tag Blog",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person, Jr.\"; Notes: nothing -> \"a note\\nof two lines\"",
        ]
    );
    assert_eq!(planned.rows(), [5, 1, 0, 0, 0, 0]);
}

#[test]
fn hubspot() {
    let said = [
        "--field=Phone Number=Phone",
        "--field=Associated Company=Company",
    ];
    let planned = planned(&["hubspot-contacts.csv", "hubspot-optouts.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (Portal Bounce: TRUE)",
            "suppress gone@example.com unsubscribed (Portal Unsubscribe: TRUE)",
            "update ada@example.com Company: nothing -> \"Acme\"; Phone: nothing -> \"+1 503 555 0100\"",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"; Phone: nothing -> \"+1 503 555 0101\"",
        ]
    );
    assert_eq!(planned.rejected, ["5 Email there is no address"]);
    assert_eq!(planned.rows(), [4, 0, 0, 2, 1, 0]);
}

#[test]
fn google() {
    let said = [
        "--field=Organization Name=Company",
        "--field=Phone 1 - Value=Phone",
    ];
    let planned = planned(&["google.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "update ada@example.com Company: nothing -> \"Acme\"; Phone: nothing -> \"+1 503-555-0100\"; Birthday: nothing -> \"10-06\"",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"",
        ]
    );
    assert_eq!(
        planned.rejected,
        [
            "4 E-mail 1 - Value it is no e-mail address, or more than one",
            "5 E-mail 1 - Value there is no address"
        ]
    );
    assert_eq!(planned.rows(), [2, 0, 0, 0, 2, 0]);
}

#[test]
fn outlook() {
    let desk = Desk::new(account());
    let text = String::from_utf8(corpus("outlook.csv")).unwrap();
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&text);
    let path = desk.file("outlook.csv", bytes);
    let planned = mapped(&desk, &[&path], &["--ignore=Birthday"], &[]);
    assert_eq!(
        planned.steps,
        [
            "update ada@example.com Company: nothing -> \"Acme\"",
            "create new@example.com First Name: nothing -> \"Jörg\"; Last Name: nothing -> \"Müller\"; Company: nothing -> \"Bäckerei Müller\"",
        ]
    );
    assert_eq!(planned.rows(), [2, 0, 0, 0, 0, 0]);
}

#[test]
fn brevo() {
    let said = ["--field=ADDED_TIME=Customer Since"];
    let planned = planned(&["brevo.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (EMAIL_BLACKLISTED: Yes)",
            "suppress gone@example.com unsubscribed (EMAIL_BLACKLISTED: Yes)",
            "update ada@example.com Customer Since: nothing -> \"2021-03-04\"",
            "create new@example.com Last Name: nothing -> \"Person\"; First Name: nothing -> \"New\"; Customer Since: nothing -> \"2021-03-13\"",
        ]
    );
    assert_eq!(planned.rows(), [4, 0, 0, 0, 0, 0]);
}

#[test]
fn klaviyo() {
    let said = ["--field=Organization=Company", "--field=Zip Code=Zip"];
    let planned = planned(&["klaviyo.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (Email Suppressions: HARD_BOUNCE)",
            "suppress gone@example.com unsubscribed (Email Marketing Consent: UNSUBSCRIBED)",
            "suppress byhand@example.com unsubscribed (Email Suppressions: USER_SUPPRESSED)",
            "update ada@example.com Company: nothing -> \"Acme\"; City: nothing -> \"Salem\"; Zip: nothing -> \"01970\"; Country: nothing -> \"US\"",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"",
        ]
    );
    assert_eq!(planned.rows(), [5, 0, 0, 0, 0, 0]);
}

#[test]
fn active_campaign() {
    let planned = planned(&["activecampaign.csv"], &[]);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (Status: Bounced)",
            "suppress gone@example.com unsubscribed (Status: Unsubscribed)",
            "update ada@example.com + tag R&D",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"; Phone: nothing -> \"0049 89 555 0100\"",
        ]
    );
    assert_eq!(planned.rows(), [4, 0, 0, 0, 0, 0]);
}

#[test]
fn constant_contact() {
    let said = ["--field=Country - Home=Country"];
    let planned = planned(&["constant-contact.csv"], &said);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (Email status: Removed)",
            "suppress gone@example.com unsubscribed (Email status: Unsubscribed)",
            "update ada@example.com Company: nothing -> \"Acme\"; Country: nothing -> \"US\"; + list Product News",
            "create new@example.com First Name: nothing -> \"New\"; Last Name: nothing -> \"Person\"; + list Newsletter",
        ]
    );
    assert_eq!(planned.rows(), [4, 0, 0, 0, 0, 0]);
}

#[test]
fn kit() {
    let planned = planned_with(&["kit.csv"], &[], &["--create-tags"]);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (status: bounced)",
            "suppress gone@example.com unsubscribed (status: cancelled)",
            "suppress complains@example.com unsubscribed (status: complained)",
            "update ada@example.com + tag Blog",
            "create new@example.com First Name: nothing -> \"New\"",
            "create cold@example.com First Name: nothing -> \"Cold\"",
        ]
    );
    assert_eq!(planned.rows(), [6, 0, 0, 0, 0, 0]);
}

#[test]
fn a_file_of_people_who_left_and_one_of_contacts_to_delete() {
    let desk = Desk::new(account());
    let unsubscribed = desk.file(
        "classic-unsubscribed.csv",
        corpus("classic-unsubscribed.csv"),
    );
    let planned = desk.planned(&["--suppressions", &unsubscribed]);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (suppressions)",
            "suppress gone@example.com unsubscribed (suppressions)",
        ]
    );
    assert_eq!(planned.rows(), [2, 1, 0, 0, 0, 0]);

    // Whoever has left stays known as such; whom a row wants kept isn't deleted; whom nobody knows isn't either.
    let delete = "Email,Why\nada@example.com,test\nada2@example.com,test\nleft@example.com,\nnobody@example.com,\n";
    let delete = desk.file("delete.csv", delete);
    let rows = desk.file("rows.csv", "Email,First Name\nada@example.com,Ada\n");
    let planned = desk.planned(&[&rows, "--suppressions", &unsubscribed, "--delete", &delete]);
    assert_eq!(
        planned.steps,
        [
            "suppress ada2@example.com unsubscribed (suppressions)",
            "suppress gone@example.com unsubscribed (suppressions)",
        ]
    );
    let wanted = "one row of this address wants it deleted, another one doesn't (lines 2, 2); take it out of one of the files";
    assert_eq!(
        planned.rejected,
        [format!("2  {wanted}"), format!("2  {wanted}")]
    );
    let planned = desk.planned(&["--delete", &delete]);
    assert_eq!(
        planned.steps,
        [
            "delete ada@example.com",
            "delete ada2@example.com",
            "delete left@example.com"
        ]
    );
    assert_eq!(planned.rows(), [3, 1, 0, 0, 0, 0]);
}
