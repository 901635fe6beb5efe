#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeSet, HashMap};

use benchmark_email::Structure;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::{
    mapping::Rules,
    rows::{AddressRules, Besides, Duplicates, Role},
    source::{self, Options, Origin},
};

const FIRST_NAME: &str = "64a1b2c3d4e5f6a7b8c9d100";
const SEATS: &str = "64a1b2c3d4e5f6a7b8c9d101";
const STRUCTURE: &str = "64a1b2c3d4e5f6a7b8c9d0e1";
pub(super) const NEWS: &str = "64a1b2c3d4e5f6a7b8c9d200";
const VIP: &str = "64a1b2c3d4e5f6a7b8c9d300";

pub(super) fn structure() -> Structure {
    serde_json::from_value(json!({
        "_id": STRUCTURE, "label": "Contacts", "keyName": "Email", "keyType": "email",
        "fields": [
            {"_id": FIRST_NAME, "label": "First Name", "dataType": "text", "predefinedField": "firstName"},
            {"_id": SEATS, "label": "Seats", "dataType": "number"},
        ],
        "tags": [{"_id": VIP, "label": "VIP"}], "__v": 0,
    }))
    .unwrap()
}

pub(super) fn contact(
    number: usize,
    key: &str,
    name: &str,
    status: &str,
    lists: &[&str],
) -> Contact {
    let secondary = if status == "Inactive" {
        json!("Unsubscribe")
    } else {
        json!(null)
    };
    serde_json::from_value(json!({
        "_id": format!("66f1a6e4698f1bca6042{number:04x}"), "key": key, "contactStructureId": STRUCTURE,
        "fields": [{"_id": FIRST_NAME, "value": name}],
        "status": {"primary": status, "secondary": secondary},
        "lists": lists.iter().map(|id| json!({"_id": id})).collect::<Vec<_>>(),
        "tags": [], "__v": 3, "aPropertyOfTomorrow": {"kept": true},
    }))
    .unwrap()
}

pub(super) struct Planned {
    steps: Vec<Step>,
    pub(super) counts: Counts,
    rejected: Vec<Rejected>,
}

impl Planned {
    /// What is done, a line a step.
    pub(super) fn told(&self) -> Vec<String> {
        let told = |step: &Step| match &step.action {
            Action::Suppress { before, .. } => format!("suppress {}", before.key.as_str()),
            Action::SuppressUnknown { address, .. } => format!("suppress unknown {address}"),
            Action::Update { before, after } => {
                let structure = structure();
                let changes = before.difference(after, &structure).unwrap();
                let changes = serde_json::to_value(&changes).unwrap();
                format!("update {} {changes}", before.key.as_str())
            }
            Action::Create(new) => format!("create {} {}", new.address, new.fields.len()),
            Action::Delete { before } => format!("delete {}", before.key.as_str()),
        };
        self.steps.iter().map(told).collect()
    }
}

fn plan_with(files: &[&str], account: &[Contact], settings: &Settings) -> Planned {
    let folder = tempfile::tempdir().unwrap();
    let given = files.iter().enumerate().map(|(number, text)| {
        let path = folder.path().join(format!("{number}.csv"));
        std::fs::write(&path, text).unwrap();
        let mut sources = source::open(&Origin::File(path), &Options::default()).unwrap();
        Given {
            source: sources.remove(0),
            rules: Rules::default(),
            role: Role::Rows,
            besides: Besides::default(),
        }
    });
    let structure = structure();
    let prepared = prepare(given.collect(), &structure, AddressRules::default(), drop).unwrap();
    planned(prepared, account, settings)
}

/// What comes of it; every record and every step is counted.
pub(super) fn planned(prepared: Prepared, account: &[Contact], settings: &Settings) -> Planned {
    let structure = structure();
    let lists = HashMap::from([("News".to_owned(), id(NEWS))]);
    let tags = HashMap::from([("VIP".to_owned(), id(VIP))]);
    let mut parts = Parts::from(prepared);
    let mut decides = Planner::new(&mut parts, &structure, &lists, &tags, settings.clone());
    let mut steps: Vec<Step> = Vec::new();
    for contact in account {
        match decides.contact(contact).unwrap() {
            Decision::Nothing => {}
            Decision::Do(step) => steps.push(step),
            Decision::TakeBack(places) => steps.retain(|step| step.places != places),
        }
    }
    let (counts, rejected) = decides.finish(|step| steps.push(step)).unwrap();
    assert!(counts.add_up(), "{counts:?}");
    assert_eq!(u64::try_from(rejected.len()).unwrap(), counts.rejected);
    let planned: u64 = counts.steps.values().sum();
    assert_eq!(u64::try_from(steps.len()).unwrap(), planned, "{counts:?}");
    Planned {
        steps,
        counts,
        rejected,
    }
}

fn id<I: serde::de::DeserializeOwned>(id: &str) -> I {
    serde_json::from_value(json!(id)).unwrap()
}

fn plan(files: &[&str], account: &[Contact]) -> Planned {
    plan_with(files, account, &Settings::default())
}

#[test]
fn each_row_becomes_what_its_contact_needs() {
    let account = [
        contact(1, "same@x.org", "Same", "Active", &[]),
        contact(2, "new-name@x.org", "Old", "Active", &[NEWS]),
        contact(3, "left@x.org", "Old", "Inactive", &[]),
        contact(4, "absent@x.org", "Absent", "Active", &[]),
        contact(5, "leaves@x.org", "Leaves", "Active", &[NEWS]),
    ];
    let rows = "Email,First Name,Seats,Tags,Lists,Status\n\
                same@x.org,Same,,,,\n\
                NEW-NAME@X.ORG,New,12,VIP,,subscribed\n\
                left@x.org,New,1,VIP,News,subscribed\n\
                leaves@x.org,New,1,VIP,News,unsubscribed\n\
                created@x.org,Cara,3,VIP,News,\n\
                ,,,,,\n\
                gone@x.org,,,,,bounced\n\
                broken@x.org,,many,,,\n\
                not an address,,,,,\n";
    let planned = plan(&[rows], &account);
    assert_eq!(
        planned.told(),
        [
            format!(
                "update new-name@x.org {}",
                json!([
                    {"change": "field", "id": FIRST_NAME, "label": "First Name", "from": "Old", "to": "New", "likeness": "different"},
                    {"change": "field", "id": SEATS, "label": "Seats", "from": null, "to": 12, "likeness": "different"},
                    {"change": "tag_added", "id": VIP, "label": "VIP"},
                ])
            )
            .as_str(),
            "suppress leaves@x.org",
            "create created@x.org 2",
            "suppress unknown gone@x.org",
        ]
    );
    let Counts {
        records,
        blank,
        rejected,
        merged,
        unchanged,
        protected,
        planned: rows,
        untouched,
        ..
    } = planned.counts;
    assert_eq!(
        (
            records, blank, rejected, merged, unchanged, protected, rows, untouched
        ),
        (9, 1, 2, 0, 1, 1, 4, 1)
    );
    assert_eq!(planned.counts.all_requests(), 5);
    let reasons: Vec<_> = planned
        .rejected
        .iter()
        .map(|row| (row.place.line, row.column.as_deref(), row.reason.as_str()))
        .collect();
    assert_eq!(reasons[0].0, 9);
    assert_eq!(reasons[0].1, Some("Seats"));
    assert!(reasons[0].2.contains("number"), "{reasons:?}");
    assert_eq!(reasons[1].1, Some("Email"));
}

#[test]
fn what_a_version_from_tomorrow_knows_of_a_contact_stays_in_its_update() {
    let account = [contact(1, "a@x.org", "A", "Active", &[])];
    let planned = plan(&["Email,First Name\na@x.org,B\n"], &account);
    let Action::Update { after, .. } = &planned.steps[0].action else {
        panic!("{:?}", planned.told());
    };
    let after = serde_json::to_value(after).unwrap();
    assert_eq!(after["aPropertyOfTomorrow"], json!({"kept": true}));
    assert_eq!(after["__v"], json!(3));
}

#[test]
fn rows_of_one_address_are_one_unless_they_contradict_each_other() {
    let rows = "Email,First Name,Seats\na@x.org,Ann,\nA@X.org,,3\nb@x.org,Ben,\nb@x.org,Bob,\n";
    let planned = plan(&[rows], &[]);
    assert_eq!(planned.told(), ["create a@x.org 2"]);
    assert_eq!((planned.counts.merged, planned.counts.rejected), (1, 2));
    assert!(
        planned.rejected[0].reason.contains("lines 4, 5"),
        "{:?}",
        planned.rejected
    );
    let settings = Settings {
        duplicates: Duplicates::Last,
        ..Settings::default()
    };
    let planned = plan_with(&[rows], &[], &settings);
    assert_eq!(planned.told(), ["create A@x.org 2", "create b@x.org 1"]);
}

#[test]
fn whoever_leaves_by_any_row_of_any_source_leaves() {
    let account = [contact(1, "a@x.org", "A", "Active", &[])];
    for files in [
        [
            "Email,First Name\na@x.org,New\n",
            "Email,Status\nA@x.org,cleaned\n",
        ],
        [
            "Email,Status\na@x.org,unsubscribed\n",
            "Email,Seats\na@x.org,many\n",
        ],
    ] {
        assert_eq!(plan(&files, &account).told(), ["suppress a@x.org"]);
    }
    // Nothing else of such a row can be wrong.
    let planned = plan(&["Email,Seats,Status\na@x.org,many,bounced\n"], &account);
    assert_eq!(planned.told(), ["suppress a@x.org"]);
}

#[test]
fn two_contacts_of_one_address_are_left_alone_but_leave_both() {
    let account = [
        contact(1, "a@x.org", "A", "Active", &[]),
        contact(2, "A@x.org", "A", "Active", &[]),
    ];
    let planned = plan(&["Email,First Name\na@x.org,New\n"], &account);
    assert!(planned.told().is_empty(), "{:?}", planned.told());
    assert_eq!(planned.counts.rejected, 1);
    let planned = plan(&["Email,Status\na@x.org,unsubscribed\n"], &account);
    assert_eq!(planned.told(), ["suppress a@x.org", "suppress A@x.org"]);
}

#[test]
fn whoever_is_absent_leaves_a_mirrored_list_and_nothing_else() {
    let account = [
        contact(1, "a@x.org", "A", "Active", &[NEWS]),
        contact(2, "b@x.org", "B", "Active", &[NEWS]),
        contact(3, "c@x.org", "C", "Active", &[]),
        contact(4, "d@x.org", "D", "Active", &[NEWS]),
    ];
    let settings = Settings {
        mirror: Some(id(NEWS)),
        ..Settings::default()
    };
    // A row that is rejected still says that its contact isn't absent.
    let rows = "Email,Seats\na@x.org,\nd@x.org,many\n";
    let planned = plan_with(&[rows], &account, &settings);
    let change = json!([{"change": "list_removed", "id": NEWS}]);
    assert_eq!(planned.told(), [format!("update b@x.org {change}")]);
    assert_eq!(planned.counts.mirrored, 1);
}

#[test]
fn guards_name_both_numbers_and_what_lets_the_plan_pass() {
    let account: Vec<_> = (0..10)
        .map(|number| contact(number, &format!("{number}@x.org"), "Old", "Active", &[]))
        .collect();
    let rows = "0@x.org,New\n1@x.org,New\n2@x.org,New\n3@x.org,New\n";
    let counts = plan(&[&format!("Email,First Name\n{rows}")], &account).counts;
    let stopped = Guards::default().check(&counts);
    assert_eq!(
        stopped,
        [guards::Guard {
            why: "4 of 10 contacts would change (40 %)".to_owned(),
            option: Some("--max-updates 40%".to_owned()),
        }]
    );
    for passes in ["40%", "4"] {
        let guards = Guards {
            max_updates: passes.parse().unwrap(),
            ..Guards::default()
        };
        assert!(guards.check(&counts).is_empty(), "{passes}");
    }
    let guards = Guards {
        max_updates: Limit::Percent(100.0),
        month_left: Some(3),
        rows_before: Some(9),
        mirrors_blindly: true,
        ..Guards::default()
    };
    let whys: Vec<_> = guards
        .check(&counts)
        .into_iter()
        .map(|guard| guard.why)
        .collect();
    assert_eq!(whys.len(), 3, "{whys:?}");
    assert!(whys[0].contains("4 rows") && whys[0].contains('9'));
    assert!(whys[1].contains("4 requests") && whys[1].contains("3 left"));
    let none = Guards::default().check(&Counts::default());
    assert!(none[0].why.contains("is this the right file?"));
    let counts = plan(&["Email,Status\n0@x.org,bounced\n"], &account).counts;
    let why = &Guards::default().check(&counts)[0].why;
    assert!(
        why.contains("1 of 10 active") && why.contains("can't be undone"),
        "{why}"
    );
    assert!("12x".parse::<Limit>().is_err() && "120%".parse::<Limit>().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nobody_who_left_comes_back_and_every_row_is_accounted_for(
        people in proptest::collection::vec((0_u8..12, "(Active|Inactive)", any::<bool>()), 0..12),
        rows in proptest::collection::vec(
            (0_u8..16, "(|A|B|,)", "(|1|x)", "(|VIP)", "(|News)", "(|subscribed|bounced|odd)"),
            0..40,
        ),
        split in 0_usize..40,
        update_inactive in any::<bool>(),
        mirror in any::<bool>(),
    ) {
        let address = |person: u8| match person {
            12 => "@broken".to_owned(),
            person => format!("{}@x.org", ["p", "P"][usize::from(person) % 2].repeat(1 + usize::from(person) / 2)),
        };
        let account: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(number, (person, status, on))| {
                let lists: &[&str] = if *on { &[NEWS] } else { &[] };
                contact(number, &address(*person), "A", status, lists)
            })
            .collect();
        let line = |(person, name, seats, tag, list, status): &(u8, String, String, String, String, String)| {
            format!("{},{name},{seats},{tag},{list},{status}\n", address(*person))
        };
        let header = "Email,First Name,Seats,Tags,Lists,Status\n";
        let at = split.min(rows.len());
        let files = [&rows[..at], &rows[at..]].map(|rows| {
            format!("{header}{}", rows.iter().map(line).collect::<String>())
        });
        let settings = Settings {
            update_inactive,
            mirror: mirror.then(|| id(NEWS)),
            ..Settings::default()
        };
        let planned = plan_with(&[&files[0], &files[1]], &account, &settings);
        let inactive: BTreeSet<_> = account
            .iter()
            .filter(|contact| contact.is_inactive())
            .map(|contact| contact.key.as_str().to_ascii_lowercase())
            .collect();
        let mut met = BTreeSet::new();
        let mut created = BTreeSet::new();
        for step in &planned.steps {
            match &step.action {
                Action::Suppress { before, .. } => {
                    prop_assert!(before.is_active());
                    prop_assert!(met.insert(before.id.to_string()));
                }
                Action::Update { before, after } => {
                    prop_assert!(met.insert(before.id.to_string()));
                    prop_assert_eq!(before.is_inactive(), after.is_inactive());
                    if before.is_inactive() {
                        prop_assert!(after.lists.len() <= before.lists.len());
                        prop_assert!(after.tags.len() <= before.tags.len());
                    }
                }
                Action::Create(Creation { address, .. }) | Action::SuppressUnknown { address, .. } => {
                    let folded = address.to_ascii_lowercase();
                    prop_assert!(!inactive.contains(&folded));
                    prop_assert!(account.iter().all(|contact| !contact.key.as_str().eq_ignore_ascii_case(&folded)));
                    prop_assert!(created.insert(folded));
                }
                Action::Delete { .. } => prop_assert!(false),
            }
        }
        // Whoever a whole row says has left is suppressed, or left before.
        for (person, name, _, _, _, status) in &rows {
            if status != "bounced" || *person == 12 || name == "," {
                continue;
            }
            let folded = address(*person).to_ascii_lowercase();
            let suppressed = planned.steps.iter().any(|step| match &step.action {
                Action::SuppressUnknown { address, .. } => address.eq_ignore_ascii_case(&folded),
                Action::Suppress { before, .. } => before.key.as_str().eq_ignore_ascii_case(&folded),
                _ => false,
            });
            prop_assert!(suppressed || inactive.contains(&folded), "{}", folded);
            let mailed = planned.steps.iter().any(|step| match &step.action {
                Action::Create(new) => new.address.eq_ignore_ascii_case(&folded),
                _ => false,
            });
            prop_assert!(!mailed);
        }
    }
}
