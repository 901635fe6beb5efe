//! State files that are damaged, have no room, or lie where somebody put a trap.

use std::path::{Path, PathBuf};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::account::{Account, id, path};
use super::state::{StateFile, lines};

/// An account with some of everything in its file, and how it looks.
async fn filled(file: &StateFile) -> Value {
    let account = file.open().await;
    let structure = account.structure_id().await;
    let list = id(&account.list("Newsletter").await);
    for key in ["jane@example.com", "john@example.com", "zoë@example.com"] {
        let body = json!({
            "key": key,
            "contactStructureId": structure,
            "fields": [
                { "_id": account.field("First Name").await, "value": "Zoë" },
                { "_id": account.field("Seats").await, "value": 12 },
                { "_id": account.field("Newsletter OK").await, "value": true },
            ],
            "lists": [{ "_id": list }],
            "tags": [{ "_id": account.tag("VIP").await }],
        });
        assert_eq!(account.post("/api/contact", body).await.0, 200);
    }
    account.sandbox.snapshot()
}

async fn refused(builder: benchmark_email_sandbox::Builder) -> String {
    match builder.start().await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

fn at(file: &StateFile) -> benchmark_email_sandbox::Builder {
    Sandbox::builder().state_file(&file.0)
}

#[tokio::test]
async fn a_flipped_bit_is_told_with_its_line_and_the_rest_can_be_kept() {
    let file = StateFile::new();
    let before = filled(&file).await;
    let whole = std::fs::read(&file.0).unwrap();
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..60 {
        let place = dice.usize(..whole.len());
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << dice.u8(..8);
        std::fs::write(&file.0, &flipped).unwrap();
        let number = whole[..place].split(|byte| *byte == b'\n').count();
        let said = refused(at(&file)).await;
        let told = [format!("line {number}"), format!("lines {number}, ")];
        assert!(
            told.iter().any(|told| said.contains(told)),
            "{place}: {said}"
        );
        assert_eq!(
            std::fs::read(&file.0).unwrap(),
            flipped,
            "it was left alone"
        );

        let account = Account::with(at(&file).salvage()).await;
        let lost = account.sandbox.lost_lines();
        assert_eq!(lost[0], number as u64);
        assert!(lost.len() <= 2, "{lost:?}");
        let after = account.sandbox.snapshot();
        let gone = before["contacts"].as_array().unwrap().len() - account.contact_count().await;
        // A line end that became something else joins two lines.
        let most = if whole[place] == b'\n' { 2 } else { 1 };
        assert!(gone <= most, "{gone} contacts went with {lost:?}");
        drop(account);
        // It is an account like any other now.
        assert_eq!(file.open().await.sandbox.snapshot(), after);
        assert_eq!(
            Account::with(Sandbox::builder().seed(after.clone()))
                .await
                .sandbox
                .snapshot(),
            after
        );
        assert_eq!(std::fs::read(file.beside(".damaged")).unwrap(), flipped);
        std::fs::remove_file(file.beside(".damaged")).unwrap();
    }
}

#[tokio::test]
async fn what_contacts_refer_to_survives_the_loss_of_its_line() {
    let file = StateFile::new();
    let before = filled(&file).await;
    let structure = &before["structures"][0];
    let kept: Vec<_> = lines(&file.0)
        .into_iter()
        .map(|line| {
            // Structures and lists are lost.
            let lost = line.contains("{\"structure\"") || line.contains("{\"list\"");
            if lost { line.replace('{', "[") } else { line }
        })
        .collect();
    std::fs::write(&file.0, kept.join("\n") + "\n").unwrap();
    let account = Account::with(at(&file).salvage()).await;
    assert_eq!(account.get("/api/contact").await.1, before["contacts"]);
    let rebuilt = account.structure().await;
    assert_eq!(rebuilt["_id"], structure["_id"]);
    let types: Vec<_> = rebuilt["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["dataType"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["text", "number", "boolean"]);
    // Each contact can be sent back as it was read.
    for contact in before["contacts"].as_array().unwrap() {
        assert_eq!(account.put(&path(contact), contact.clone()).await.0, 200);
    }
}

#[tokio::test]
async fn an_earlier_copy_of_a_damaged_file_is_never_overwritten() {
    let file = StateFile::new();
    filled(&file).await;
    let whole = std::fs::read_to_string(&file.0).unwrap();
    std::fs::write(&file.0, whole.replace("john@", "jahn@")).unwrap();
    std::fs::write(file.beside(".damaged"), "earlier").unwrap();
    let said = refused(at(&file).salvage()).await;
    assert!(said.contains(".damaged"), "{said}");
    assert_eq!(
        std::fs::read_to_string(file.beside(".damaged")).unwrap(),
        "earlier"
    );
    assert!(std::fs::read_to_string(&file.0).unwrap().contains("jahn@"));
}

#[tokio::test]
async fn what_never_was_a_state_is_not_salvaged() {
    let file = StateFile::new();
    std::fs::write(&file.0, "my holiday notes\n").unwrap();
    let said = refused(at(&file).salvage()).await;
    assert!(said.contains("nothing to salvage"), "{said}");
    assert_eq!(
        std::fs::read_to_string(&file.0).unwrap(),
        "my holiday notes\n"
    );
}

#[tokio::test]
async fn a_file_of_another_format_is_left_to_the_version_that_wrote_it() {
    let file = StateFile::new();
    std::fs::write(&file.0, "ed249dfb {\"sandbox-state\":2}\n").unwrap();
    for builder in [at(&file), at(&file).salvage()] {
        let said = refused(builder).await;
        assert!(said.contains("of the format 2"), "{said}");
    }
}

#[tokio::test]
async fn whatever_depth_is_accepted_can_be_read_back() {
    let file = StateFile::new();
    let account = file.open().await;
    let structure = account.structure_id().await;
    let mut accepted = Vec::new();
    for levels in 90..=127 {
        let key = format!("deep{levels}@example.com");
        let deep = (0..levels - 1).fold(json!(levels), |inner, _| json!({ "in": inner }));
        let body = json!({ "key": key, "contactStructureId": structure, "deep": deep });
        let (status, answer) = account.post("/api/contact", body).await;
        if status == 200 {
            accepted.push(answer);
        } else {
            assert_eq!(status, 400);
            assert!(
                answer["errors"][0]["message"]
                    .as_str()
                    .unwrap()
                    .contains("100 levels"),
                "{answer}"
            );
        }
    }
    assert_eq!(accepted.len(), 11);
    let snapshot = account.sandbox.snapshot();
    drop(account);
    let again = file.open().await;
    assert_eq!(again.get("/api/contact").await.1, json!(accepted));
    assert_eq!(again.put("/_sandbox/state", snapshot).await.0, 204);
}

#[tokio::test]
async fn numbers_come_back_to_the_last_bit() {
    let file = StateFile::new();
    let account = file.open().await;
    let mut dice = fastrand::Rng::with_seed(11);
    let doubles = std::iter::repeat_with(|| f64::from_bits(dice.u64(..)));
    let doubles: Vec<f64> = doubles
        .filter(|double| double.is_finite())
        .take(3000)
        .collect();
    let body = json!({
        "key": "jane@example.com",
        "contactStructureId": account.structure_id().await,
        "doubles": doubles,
    });
    let (_, jane) = account.post("/api/contact", body).await;
    drop(account);
    let again = file.open().await.get(&path(&jane)).await.1;
    for read in [jane, again] {
        let read: Vec<f64> = serde_json::from_value(read["doubles"].clone()).unwrap();
        let off = doubles
            .iter()
            .zip(&read)
            .filter(|(sent, read)| sent.to_bits() != read.to_bits())
            .count();
        assert_eq!((read.len(), off), (3000, 0));
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path)
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    }

    #[tokio::test]
    async fn only_the_owner_can_read_the_files() {
        let file = StateFile::new();
        // Somebody made it beforehand, for all to read.
        std::fs::write(&file.0, "").unwrap();
        std::fs::set_permissions(&file.0, std::fs::Permissions::from_mode(0o666)).unwrap();
        let account = file.open().await;
        assert_eq!((mode(&file.0), mode(&file.beside(".lock"))), (0o600, 0o600));
        let first = std::fs::metadata(&file.0).unwrap().ino();
        account.sandbox.reset().unwrap();
        assert_ne!(
            std::fs::metadata(&file.0).unwrap().ino(),
            first,
            "it was rewritten"
        );
        assert_eq!(mode(&file.0), 0o600);
    }

    #[tokio::test]
    async fn nothing_is_written_through_a_link() {
        for suffix in ["", ".new", ".lock"] {
            let file = StateFile::new();
            let victim = file.beside(".victim");
            std::fs::write(&victim, "precious").unwrap();
            symlink(&victim, file.beside(suffix)).unwrap();
            let started = at(&file).start().await;
            // What a killed sandbox may have left is put out of the way; in the place of the others a link is a trap.
            assert_eq!(started.is_ok(), suffix == ".new", "{suffix}");
            drop(started);
            assert_eq!(
                std::fs::read_to_string(&victim).unwrap(),
                "precious",
                "{suffix}"
            );
            assert_eq!(mode(&victim), 0o644, "{suffix}");
            for suffix in [".victim", ".new"] {
                let _ = std::fs::remove_file(file.beside(suffix));
            }
        }
    }

    #[tokio::test]
    async fn a_dangling_link_makes_no_file_elsewhere() {
        for suffix in ["", ".new", ".lock"] {
            let file = StateFile::new();
            let elsewhere = file.beside(".elsewhere");
            symlink(&elsewhere, file.beside(suffix)).unwrap();
            drop(at(&file).start().await);
            assert!(!elsewhere.exists(), "{suffix}");
        }
    }
}

impl StateFile {
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(suffix);
        name.into()
    }
}
