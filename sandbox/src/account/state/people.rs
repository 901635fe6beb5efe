//! Generated contacts: the same ones each time, and as mixed as those of a real account.

use std::io;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::account::{
    Account, Change, Contact, FieldValue, Id, List, ListKind, Ref, Status, Structure, Version,
};
use crate::clock::Moment;

const FIRST: [&str; 24] = [
    "Jane",
    "John",
    "Zoë",
    "José",
    "Łukasz",
    "Søren",
    "Anaïs",
    "Müge",
    "Đorđe",
    "Siobhán",
    "Nguyễn",
    "Björk",
    "Олена",
    "Дмитро",
    "Μαρία",
    "美咲",
    "健太",
    "小明",
    "서연",
    "अनन्या",
    "فاطمة",
    "נועה",
    "O'Neil",
    "Mary Ann",
];
const LAST: [&str; 20] = [
    "Smith",
    "Müller",
    "García",
    "O'Brien",
    "van der Berg",
    "Håkansson",
    "Çelik",
    "Kowalczyk",
    "Ñíguez",
    "D'Angelo",
    "Шевченко",
    "Παπαδόπουλος",
    "佐藤",
    "王",
    "김",
    "शर्मा",
    "الحسن",
    "כהן",
    "Nguyễn",
    "Smith-Jones",
];
const COMPANY: [&str; 8] = [
    "Acme, Inc.",
    "Globex",
    "Initech \"GmbH\"",
    "Umbrella & Sons",
    "Soylent",
    "株式会社サンプル",
    "Ömer Ltd.",
    "Hooli",
];
/// Latin letters for addresses; people with other names have such addresses too.
const LOCAL: [&str; 12] = [
    "jane",
    "j.smith",
    "zoe",
    "info",
    "kontakt",
    "m_garcia",
    "lukasz",
    "anna-lena",
    "sales",
    "o.neil",
    "taro",
    "x",
];
const DOMAIN: [&str; 6] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "shop.example.org",
    "a-b.example.net",
];

const DAY: i64 = 24 * 3600;

/// Contacts that are committed together.
const BATCH: usize = 1000;

/// Adds contacts to the account's first structure, and two lists that many of them are on.
pub(crate) fn generate(account: &mut Account, count: usize, now: Moment) -> io::Result<()> {
    let Some(structure) = account.structures().first().cloned() else {
        return Ok(());
    };
    if count == 0 {
        return Ok(());
    }
    let lists = ["Newsletter", "Customers"];
    let lists = lists.map(|name| new_list(account.new_id(now), structure.id, name, now));
    let on: Vec<Ref> = lists.iter().map(|list| Ref { id: list.id }).collect();
    account.commit(lists.into_iter().map(Change::List).collect())?;

    let mut dice = Rng::with_seed(count as u64);
    let already = account.contacts().len();
    for start in (0..count).step_by(BATCH) {
        let numbers = already + start..already + count.min(start + BATCH);
        let mut batch = Vec::with_capacity(BATCH);
        for number in numbers {
            let created = now.plus_seconds(-dice.i64(0..730 * DAY));
            let person = person(
                &mut dice,
                account.new_id(created),
                number + 1,
                &structure,
                &on,
                created,
            );
            // A key that someone made up by hand stays theirs.
            if account
                .contacts()
                .with_key(structure.id, &person.key)
                .is_none()
            {
                batch.push(Change::Contact(Box::new(person)));
            }
        }
        account.commit(batch)?;
    }
    Ok(())
}

fn new_list(id: Id, structure_id: Id, name: &str, now: Moment) -> List {
    let name = name.to_owned();
    List {
        id,
        structure_id,
        name,
        kind: ListKind::Static,
        created_at: now,
        updated_at: now,
        version: Version::default(),
    }
}

fn person(
    dice: &mut Rng,
    id: Id,
    number: usize,
    structure: &Structure,
    lists: &[Ref],
    created: Moment,
) -> Contact {
    let plus = if dice.u8(..100) < 7 { "+news" } else { "" };
    let key = format!(
        "{}{number}{plus}@{}",
        one_of(dice, &LOCAL),
        one_of(dice, &DOMAIN)
    );
    let fields = structure.fields.iter().filter_map(|field| {
        let value = value_of(dice, &field.label)?;
        field.data_type.takes(&value).then_some(FieldValue {
            id: field.id,
            value,
        })
    });
    let fields = fields.collect();
    let status = match dice.u8(..100) {
        0..8 => Status::Inactive {
            secondary: "Unsubscribe".into(),
        },
        8..11 => Status::Inactive {
            secondary: "Bounce".into(),
        },
        11 => Status::Inactive {
            secondary: "Complaint-FBL".into(),
        },
        _ => Status::Active,
    };
    let chosen = |dice: &mut Rng, share: u8| dice.u8(..100) < share;
    let lists = lists
        .iter()
        .zip([70, 30])
        .filter(|(_, share)| chosen(dice, *share));
    let lists = lists.map(|(list, _)| *list).collect();
    let tags = structure
        .tags
        .iter()
        .filter(|_| chosen(dice, 10))
        .map(|tag| Ref { id: tag.id })
        .collect();
    Contact {
        id,
        key: key.into(),
        structure_id: structure.id,
        fields,
        status,
        lists,
        tags,
        created_at: created,
        updated_at: created,
        version: Version::default(),
        extra: None,
    }
}

/// A value for one of the default fields; often none.
fn value_of(dice: &mut Rng, label: &str) -> Option<Value> {
    let share = match label {
        "First Name" => 90,
        "Last Name" => 80,
        "Newsletter OK" => 60,
        "Company" => 40,
        _ => 25,
    };
    if dice.u8(..100) >= share {
        return None;
    }
    Some(match label {
        "First Name" => json!(one_of(dice, &FIRST)),
        "Last Name" => json!(one_of(dice, &LAST)),
        "Company" => json!(one_of(dice, &COMPANY)),
        "Seats" => json!(dice.u32(1..500)),
        "Birthday" => json!(format!("{:02}-{:02}", dice.u8(1..=12), dice.u8(1..=28))),
        "Customer Since" => json!(format!(
            "20{:02}-{:02}-{:02}",
            dice.u8(10..26),
            dice.u8(1..=12),
            dice.u8(1..=28)
        )),
        "Newsletter OK" => json!(dice.bool()),
        _ => return None,
    })
}

fn one_of(dice: &mut Rng, choices: &[&'static str]) -> &'static str {
    choices
        .get(dice.usize(..choices.len().max(1)))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::*;

    fn generated(count: usize) -> Account {
        let now = Moment::from_unix_seconds(1_774_710_000);
        let mut account = Account::fresh(now);
        generate(&mut account, count, now).unwrap();
        account
    }

    fn count(account: &Account, fits: impl Fn(&Contact) -> bool) -> usize {
        account
            .contacts()
            .iter()
            .filter(|contact| fits(contact))
            .count()
    }

    #[test]
    fn the_same_contacts_come_each_time() {
        let all = |account: Account| {
            account
                .contacts()
                .iter()
                .map(|c| serde_json::to_string(c).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(all(generated(50)), all(generated(50)));
    }

    #[test]
    fn keys_and_ids_are_unique() {
        let account = generated(5000);
        assert_eq!(account.contacts().len(), 5000);
        let keys: HashSet<_> = account
            .contacts()
            .iter()
            .map(|contact| contact.key.clone())
            .collect();
        assert_eq!(keys.len(), 5000);
    }

    #[test]
    fn more_can_be_added() {
        let mut account = generated(10);
        generate(&mut account, 10, Moment::from_unix_seconds(1_774_710_000)).unwrap();
        let keys: HashSet<_> = account
            .contacts()
            .iter()
            .map(|contact| contact.key.clone())
            .collect();
        assert_eq!((keys.len(), account.contacts().len()), (20, 20));
    }

    #[test]
    fn they_are_mixed_like_real_ones() {
        let account = generated(2000);
        let inactive = count(&account, |contact| contact.status != Status::Active);
        assert!((160..320).contains(&inactive), "{inactive}");
        assert!(count(&account, |contact| contact.key.contains('+')) > 50);
        assert!(count(&account, |contact| contact.fields.is_empty()) > 0);
        assert!(count(&account, |contact| contact.lists.len() == 2) > 200);
        let name = |contact: &Contact| {
            contact
                .fields
                .first()
                .and_then(|f| f.value.as_str().map(str::is_ascii))
        };
        assert!(count(&account, |contact| name(contact) == Some(false)) > 200);
    }
}
