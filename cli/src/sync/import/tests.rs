#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use benchmark_email::Structure;
use serde_json::json;

use super::*;
use crate::sync::{
    About, PlanWriter,
    plan::{Action, Counts, Place, Step},
};

const LISTS: [&str; 2] = ["64a1b2c3d4e5f6a7b8c9d200", "64a1b2c3d4e5f6a7b8c9d201"];

/// A plan that creates `count` contacts, each third one on one list, on two, on none; with every character that means
/// something in such a file, and one tag with a comma.
fn plan(folder: &Path, count: usize) -> PlanFile {
    let structure: Structure = serde_json::from_value(json!({
        "_id": "64a1b2c3d4e5f6a7b8c9d0e1", "label": "Default", "keyName": "Email", "keyType": "email", "__v": 0,
        "tags": [
            { "_id": "64a1b2c3d4e5f6a7b8c9d300", "label": "R&D" },
            { "_id": "64a1b2c3d4e5f6a7b8c9d301", "label": "one, two" },
        ],
        "fields": [
            { "_id": "64a1b2c3d4e5f6a7b8c9d100", "label": "Tags", "dataType": "text" },
            { "_id": "64a1b2c3d4e5f6a7b8c9d101", "label": "Seats", "dataType": "number" },
            { "_id": "64a1b2c3d4e5f6a7b8c9d102", "label": "Unused", "dataType": "text" },
        ],
    }))
    .unwrap();
    let path = folder.join("plan");
    let mut writer = PlanWriter::begin(&path, structure.clone()).unwrap();
    let mut counts = Counts::default();
    for number in 0..count {
        let field = |id: &str| FieldId::new(id).unwrap();
        let lists = LISTS.iter().take(number % 3);
        let tags: &[&str] = match number {
            0 => &["64a1b2c3d4e5f6a7b8c9d301"],
            _ => &["64a1b2c3d4e5f6a7b8c9d300"],
        };
        let new = Creation {
            address: format!("person{number}@example.com"),
            fields: vec![
                (
                    field("64a1b2c3d4e5f6a7b8c9d100"),
                    format!("=1+1, \"{number}\"\r\nnext").into(),
                ),
                (field("64a1b2c3d4e5f6a7b8c9d101"), 12.into()),
            ],
            lists: lists.map(|id| ListId::new(*id).unwrap()).collect(),
            tags: tags.iter().map(|id| TagId::new(*id).unwrap()).collect(),
        };
        let step = Step {
            places: vec![Place {
                source: "rows.csv".to_owned(),
                line: 2 + number as u64,
            }],
            action: Action::Create(new),
        };
        counts.step(&step.action);
        writer.step(&step).unwrap();
    }
    let about = About {
        base_url: "http://127.0.0.1".to_owned(),
        account: "default".to_owned(),
        structure: serde_json::value::to_raw_value(&structure).unwrap(),
        name: None,
        made_at: 0,
        made_by: String::new(),
        sources: Vec::new(),
        notes: Vec::new(),
        lists: [(LISTS[0].to_owned(), "News / daily".to_owned())].into(),
        budget: crate::sync::BudgetThen::default(),
        counts,
    };
    writer.finish(&about, &[]).unwrap();
    PlanFile::open(&path).unwrap()
}

#[test]
fn every_contact_is_in_one_file_of_its_lists_and_none_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), 60);
    let imports = write_up_to(&plan, folder.path(), 500).unwrap();
    assert_eq!((imports.contacts(), imports.left_over), (59, 1));
    let mut addresses = BTreeSet::new();
    let mut combinations = BTreeSet::new();
    for file in &imports.files {
        let text = std::fs::read(&file.path).unwrap();
        assert!(text.len() <= 500, "{file:?}");
        assert_eq!(text.len() as u64, file.bytes);
        let mut reader = csv::Reader::from_reader(&*text);
        assert_eq!(
            reader.headers().unwrap(),
            ["Email", "Tags", "Tags (field)", "Seats"].as_slice()
        );
        let mut contacts = 0;
        for row in reader.records() {
            let row = row.unwrap();
            let number: usize = row[0]
                .strip_prefix("person")
                .and_then(|rest| rest.strip_suffix("@example.com")?.parse().ok())
                .unwrap();
            let value = format!("=1+1, \"{number}\"\r\nnext");
            assert_eq!(
                row.iter().skip(1).collect::<Vec<_>>(),
                ["R&D", &*value, "12"]
            );
            assert_eq!(file.lists.len(), number % 3, "{file:?}");
            assert!(addresses.insert(number), "person{number} is there twice");
            contacts += 1;
        }
        assert_eq!(contacts, file.contacts);
        combinations.insert(file.lists.clone());
    }
    assert!(imports.files.len() > 6, "{:?}", imports.files);
    let named = "News / daily".to_owned();
    assert_eq!(
        combinations.into_iter().collect::<Vec<_>>(),
        [
            vec![],
            vec![named.clone()],
            vec![named, LISTS[1].to_owned()]
        ]
    );
}
