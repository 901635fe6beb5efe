#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use super::*;

fn about() -> About {
    About {
        account: "main".to_owned(),
        base_url: "https://api.example.com".to_owned(),
        made_at: "2026-11-24T20:31:28Z".to_owned(),
        made_by: "0.1.0".to_owned(),
    }
}

fn filled(mut draft: Draft) -> Draft {
    let mut file = draft.begin(STRUCTURES).unwrap();
    file.text("[\n{\"_id\":\"s\"}\n]\n").unwrap();
    draft.keep(file, 1).unwrap();
    let mut file = draft.begin(CONTACTS).unwrap();
    for number in 0..5 {
        let contact = format!("{{\"_id\": {number},\r\n \"key\": \"\\n\"}}");
        file.line(&contact).unwrap();
    }
    draft.keep(file, 5).unwrap();
    draft
}

fn folder(above: &Path) -> PathBuf {
    let place = above.join("backup");
    let draft = filled(Draft::of_folder(&place).unwrap());
    draft.finish_folder(about()).unwrap();
    place
}

fn archive(above: &Path) -> PathBuf {
    let place = above.join("backup.tar");
    let file = fs::File::create(&place).unwrap();
    let draft = filled(Draft::of_archive());
    draft.finish_archive(about(), file).unwrap();
    place
}

fn problems(place: &Path) -> Vec<String> {
    look(&Place::Path(place.into()), false).unwrap().problems
}

const NONE: [&str; 0] = [];

#[test]
fn a_line_break_between_the_parts_of_a_value_becomes_a_space() {
    let above = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(folder(above.path()).join(CONTACTS)).unwrap();
    assert_eq!(
        text.lines().next(),
        Some("{\"_id\": 0,   \"key\": \"\\n\"}")
    );
}

#[test]
fn what_was_written_is_whole() {
    let above = tempfile::tempdir().unwrap();
    for place in [folder(above.path()), archive(above.path())] {
        let found = look(&Place::Path(place), true).unwrap();
        assert_eq!(found.problems, NONE);
        let manifest = found.manifest.unwrap();
        assert_eq!(manifest.about, about());
        assert_eq!(manifest.records(CONTACTS), Some(5));
        assert_eq!(manifest.records(EVENTS), None);
        let contacts = std::io::read_to_string(&found.files[CONTACTS]).unwrap();
        assert_eq!(contacts.lines().count(), 5);
    }
}

#[test]
fn every_flipped_bit_of_every_file_is_noticed() {
    let above = tempfile::tempdir().unwrap();
    let place = folder(above.path());
    for name in [STRUCTURES, CONTACTS, MANIFEST] {
        let path = place.join(name);
        let text = fs::read(&path).unwrap();
        for at in 0..text.len() {
            let mut flipped = text.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, flipped).unwrap();
            assert_ne!(problems(&place), NONE, "{name}, byte {at}");
        }
        fs::write(&path, text).unwrap();
    }
    assert_eq!(problems(&place), NONE);
}

#[test]
fn every_shorter_file_is_noticed() {
    let above = tempfile::tempdir().unwrap();
    let place = folder(above.path());
    for name in [STRUCTURES, CONTACTS, MANIFEST] {
        let path = place.join(name);
        let text = fs::read(&path).unwrap();
        for length in 0..text.len() {
            fs::write(&path, &text[..length]).unwrap();
            assert_ne!(problems(&place), NONE, "{name}, {length} bytes");
        }
        fs::write(&path, text).unwrap();
    }
}

#[test]
fn every_archive_that_was_cut_is_noticed() {
    let above = tempfile::tempdir().unwrap();
    let place = archive(above.path());
    let whole = fs::read(&place).unwrap();
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap();
    for length in (0..end).step_by(7) {
        fs::write(&place, &whole[..length]).unwrap();
        let found = look(&Place::Path(place.clone()), false).unwrap();
        assert_ne!(found.problems, NONE, "{length} bytes");
    }
}

#[test]
fn each_damage_is_told_by_its_name() {
    type Damage = fn(&Path);
    let cases: [(Damage, &str); 6] = [
        (
            |place| {
                let path = place.join(CONTACTS);
                let text = fs::read_to_string(&path).unwrap();
                let rest: Vec<_> = text.lines().skip(1).collect();
                fs::write(path, rest.join("\n") + "\n").unwrap();
            },
            "contacts.jsonl has 4 lines, not 5 as it was written with",
        ),
        (
            |place| fs::remove_file(place.join(CONTACTS)).unwrap(),
            "contacts.jsonl is missing",
        ),
        (
            |place| fs::write(place.join("notes.txt"), "x").unwrap(),
            "notes.txt isn't in manifest.json",
        ),
        (
            |place| fs::create_dir(place.join("more")).unwrap(),
            "more is no file of the backup",
        ),
        (
            |place| fs::remove_file(place.join(MANIFEST)).unwrap(),
            "there is no manifest.json: it isn't a backup, or one that was never whole",
        ),
        (
            |place| {
                let path = place.join(MANIFEST);
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
            },
            "manifest.json: it is of format 2, which this version of bme doesn't read: take a newer one",
        ),
    ];
    for (damage, told) in cases {
        let above = tempfile::tempdir().unwrap();
        let place = folder(above.path());
        damage(&place);
        assert_eq!(problems(&place), [told]);
    }
}

#[test]
fn an_archive_that_was_packed_anew_is_the_same_backup_and_one_that_holds_a_file_twice_is_none() {
    let above = tempfile::tempdir().unwrap();
    let place = folder(above.path());
    let mut packed = tar::Builder::new(Vec::new());
    packed.append_dir_all("some/folder", &place).unwrap();
    let packed = packed.into_inner().unwrap();
    let path = above.path().join("packed.tar");
    fs::write(&path, &packed).unwrap();
    assert_eq!(problems(&path), NONE);

    let mut twice = tar::Builder::new(Vec::new());
    twice.append_dir_all(".", &place).unwrap();
    twice.append_dir_all("again", &place).unwrap();
    fs::write(&path, twice.into_inner().unwrap()).unwrap();
    let told = problems(&path);
    assert!(
        told.contains(&"there are two contacts.jsonl".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"there are two manifest.json".to_owned()),
        "{told:?}"
    );

    let mut gzip = flate2::read::GzEncoder::new(Cursor::new(packed), flate2::Compression::fast());
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut gzip, &mut text).unwrap();
    fs::write(&path, &text).unwrap();
    assert_eq!(problems(&path), NONE);
}

#[test]
fn a_backup_takes_no_folder_that_holds_something_and_leaves_nothing_when_it_is_dropped() {
    let above = tempfile::tempdir().unwrap();
    let place = above.path().join("backup");
    fs::create_dir(&place).unwrap();
    drop(filled(Draft::of_folder(&place).unwrap()));
    assert_eq!(fs::read_dir(above.path()).unwrap().count(), 1);
    // What came there meanwhile stays.
    let draft = filled(Draft::of_folder(&place).unwrap());
    fs::write(place.join("mine"), "x").unwrap();
    assert!(draft.finish_folder(about()).is_err());
    assert!(Draft::of_folder(&place).is_err());
    assert_eq!(fs::read_dir(above.path()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
}
