//! Who asked to be forgotten is in no plan, whatever the sources and the account.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use proptest::prelude::*;

use super::tests::{contact, planned, structure};
use super::*;
use crate::{
    forgotten::Forgotten,
    sync::{
        mapping::Rules,
        rows::{AddressRules, Besides, Role},
        source::{self, Options, Origin},
    },
};

const PEOPLE: [&str; 6] = [
    "a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org",
];

/// The address as somebody may write it.
fn spelt(address: &str, how: u8) -> String {
    match how {
        0 => address.to_uppercase(),
        1 => format!(" {address}\u{200b}"),
        2 => address.replace("x.org", "X.Org"),
        _ => address.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn forgotten_people_never_come_back(
        rows in proptest::collection::vec((0..PEOPLE.len(), 0_u8..5, "(subscribed|unsubscribed|)", 0_u8..6), 1..30),
        account in proptest::collection::vec((0..PEOPLE.len(), "(Active|Inactive)"), 0..5),
        forgotten in proptest::collection::vec(0..PEOPLE.len(), 1..4),
    ) {
        let forgotten: HashSet<&str> = forgotten.iter().filter_map(|at| PEOPLE.get(*at).copied()).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut given = Vec::new();
        let mut barred = 0;
        for (number, role) in [Role::Rows, Role::Left("left".to_owned()), Role::Deletion].into_iter().enumerate() {
            let mut text = "Email,First Name,Status\n".to_owned();
            for (person, how, status, to) in &rows {
                let wanted = usize::from(to.saturating_sub(3));
                if wanted != number {
                    continue;
                }
                let address = PEOPLE.get(*person).copied().unwrap_or_default();
                barred += u64::from(role != Role::Deletion && forgotten.contains(address));
                text.extend([&spelt(address, *how), ",Name,", status, "\n"]);
            }
            let path = folder.path().join(format!("{number}.csv"));
            std::fs::write(&path, text).unwrap();
            let mut sources = source::open(&Origin::File(path), &Options::default()).unwrap();
            let besides = Besides::default();
            given.push(Given { source: sources.remove(0), rules: Rules::default(), role, besides });
        }
        let addresses = AddressRules {
            forgotten: Forgotten::made("https://a", forgotten.iter().copied()).into(),
            ..AddressRules::default()
        };
        let account: Vec<_> = account.iter().enumerate().map(|(number, (person, status))| {
            contact(number, PEOPLE.get(*person).copied().unwrap_or_default(), "Old", status, &[])
        }).collect();
        let prepared = prepare(given, &structure(), addresses, drop).unwrap();
        let rejected = prepared.rejected.iter().filter(|row| row.reason == "asked to be forgotten on 2026-11-24");
        prop_assert_eq!(u64::try_from(rejected.count()).unwrap(), barred);
        // Nothing is done to them but to delete them.
        for step in planned(prepared, &account, &Settings::default()).told() {
            let address = step.split(' ').find(|word| word.contains('@')).unwrap().to_lowercase();
            prop_assert!(step.starts_with("delete") || !forgotten.contains(address.as_str()), "{}", step);
        }
    }
}
