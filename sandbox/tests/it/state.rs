use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::account::{Account, id, path};

/// A path of its own for each test, removed at its end.
pub(crate) struct StateFile(pub(crate) PathBuf);

impl StateFile {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "sandbox-state-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) async fn open(&self) -> Account {
        Account::with(Sandbox::builder().state_file(&self.0)).await
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
        let _ = std::fs::remove_file(self.0.with_extension("lock"));
    }
}

pub(crate) fn lines(path: &Path) -> Vec<String> {
    BufReader::new(std::fs::File::open(path).unwrap())
        .lines()
        .map(Result::unwrap)
        .collect()
}

#[tokio::test]
async fn an_account_survives_in_its_file() {
    let file = StateFile::new();
    let (jane, list, structure) = {
        let account = file.open().await;
        let jane = account.contact("jane@example.com").await;
        let gone = account.contact("john@example.com").await;
        account.delete(&path(&gone)).await;
        let body = json!({ "status": { "primary": "Inactive", "secondary": "Unsubscribe" } });
        let jane = account.patch(&path(&jane), body).await.1;
        (
            jane,
            account.list("Newsletter").await,
            account.structure().await,
        )
    };
    for _ in 0..2 {
        let account = file.open().await;
        assert_eq!(account.get("/api/contact").await.1, json!([jane]));
        assert_eq!(account.structure().await, structure);
        let lists = format!(
            "/api/contact-structure/{}/lists/{}",
            id(&structure),
            id(&list)
        );
        assert_eq!(account.get(&lists).await.1, list);
        assert_eq!(
            account.get(&format!("{}/events", path(&jane))).await.1["total"],
            2
        );
        // An id made after the restart is a new one.
        let new = account.contact("new@example.com").await;
        assert_ne!(id(&new), id(&jane));
        account.delete(&path(&new)).await;
    }
}

#[tokio::test]
async fn api_keys_survive_with_the_account() {
    let file = StateFile::new();
    let keys = |account: &Account| {
        [account.sandbox.api_key(), account.sandbox.read_only_key()].map(str::to_owned)
    };
    let first = file.open().await;
    let issued = keys(&first);
    first.sandbox.reset().unwrap();
    drop(first);
    assert_eq!(keys(&file.open().await), issued);
    let asked = Sandbox::builder()
        .state_file(&file.0)
        .api_key("bme_us_mine")
        .start()
        .await
        .unwrap();
    assert_eq!(
        (asked.api_key(), asked.read_only_key()),
        ("bme_us_mine", issued[1].as_str())
    );
}

#[tokio::test]
async fn a_file_cut_short_loses_only_what_was_never_answered() {
    let file = StateFile::new();
    {
        let account = file.open().await;
        account.contact("one@example.com").await;
        account.contact("two@example.com").await;
    }
    let whole = std::fs::read(&file.0).unwrap();
    std::fs::write(&file.0, &whole[..whole.len() - 40]).unwrap();
    let account = file.open().await;
    let (_, all) = account.get("/api/contact").await;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["key"]),
        (1, &json!("one@example.com"))
    );
}

#[tokio::test]
async fn a_file_that_is_something_else_is_left_alone() {
    let file = StateFile::new();
    std::fs::write(&file.0, "my holiday notes\n").unwrap();
    let error = Sandbox::builder()
        .state_file(&file.0)
        .start()
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("line 1 is no state of a sandbox"),
        "{error}"
    );
    assert_eq!(
        std::fs::read_to_string(&file.0).unwrap(),
        "my holiday notes\n"
    );
}

#[tokio::test]
async fn a_note_without_a_line_end_is_left_alone_as_well() {
    let file = StateFile::new();
    std::fs::write(&file.0, "my holiday notes").unwrap();
    let start = Sandbox::builder().state_file(&file.0).start();
    assert!(start.await.is_err());
    assert_eq!(
        std::fs::read_to_string(&file.0).unwrap(),
        "my holiday notes"
    );
}

#[tokio::test]
async fn an_empty_file_is_a_new_one() {
    let file = StateFile::new();
    std::fs::write(&file.0, "").unwrap();
    let builder = Sandbox::builder().state_file(&file.0).contacts(3);
    let account = Account::with(builder).await;
    assert!(account.structure().await.is_object());
    assert_eq!(account.contact_count().await, 3);
}

#[tokio::test]
async fn the_file_forgets_history_when_it_is_opened() {
    let file = StateFile::new();
    {
        let account = file.open().await;
        let mut jane = account.contact("jane@example.com").await;
        for _ in 0..5 {
            jane = account.put(&path(&jane), jane).await.1;
        }
        assert_eq!(lines(&file.0).len(), 1 + 2 + 6);
    }
    drop(file.open().await);
    // The format, the keys, the structure, the contact, and six events.
    assert_eq!(lines(&file.0).len(), 1 + 1 + 1 + 1 + 6);
}

#[tokio::test]
async fn the_file_does_not_outgrow_the_account() {
    let file = StateFile::new();
    let unlimited = Sandbox::builder()
        .hourly_limit(u64::MAX)
        .monthly_quota(u64::MAX);
    let account = Account::with(unlimited.state_file(&file.0)).await;
    let structure = account.structure_id().await;
    let long = "x".repeat(400_000);
    let create =
        json!({ "key": "jane@example.com", "contactStructureId": structure, "long": long });
    let mut jane = account.post("/api/contact", create).await.1;
    let mut longest = 0;
    for _ in 0..100 {
        jane = account.put(&path(&jane), jane).await.1;
        longest = longest.max(std::fs::metadata(&file.0).unwrap().len());
    }
    let now = std::fs::metadata(&file.0).unwrap().len();
    assert!(
        longest < 20_000_000,
        "40 MB were written, the file had {longest}"
    );
    assert!(now < longest);
    drop(account);
    assert_eq!(file.open().await.get(&path(&jane)).await.1, jane);
}

#[tokio::test]
async fn a_file_belongs_to_one_sandbox_at_a_time() {
    let file = StateFile::new();
    let first = file.open().await;
    first.contact("jane@example.com").await;
    // A rewrite gives the file anew; it stays locked.
    first.sandbox.reset().unwrap();
    let second = Sandbox::builder().state_file(&file.0).start().await;
    let said = second.unwrap_err().to_string();
    assert!(said.contains("is in use by another sandbox"), "{said}");
    first.contact("john@example.com").await;
    drop(first);
    let all = file.open().await.get("/api/contact").await.1;
    assert_eq!(all[0]["key"], "john@example.com");
}

#[tokio::test]
async fn a_reset_reaches_the_file() {
    let file = StateFile::new();
    {
        let account = file.open().await;
        account.contact("jane@example.com").await;
        account.sandbox.reset().unwrap();
        account.contact("john@example.com").await;
    }
    let all = file.open().await.get("/api/contact").await.1;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["key"]),
        (1, &json!("john@example.com"))
    );
}

#[tokio::test]
async fn a_snapshot_moves_an_account_to_another_sandbox() {
    let one = Account::with(Sandbox::builder().contacts(30)).await;
    one.contact("jane@example.com").await;
    let (status, document) = one.get("/_sandbox/state").await;
    assert_eq!(status, 200);
    assert_eq!(document, one.sandbox.snapshot());
    let two = Account::new().await;
    assert_eq!(two.put("/_sandbox/state", document).await.0, 204);
    assert_eq!(two.get("/api/contact").await, one.get("/api/contact").await);
    assert_eq!(two.structure().await, one.structure().await);
}

#[tokio::test]
async fn a_seed_fills_in_what_it_leaves_out() {
    let seed = json!({
        "lists": ["Newsletter"],
        "contacts": [{ "key": "jane@example.com", "fields": { "Seats": 3 }, "lists": ["Newsletter"] }],
    });
    let account = Account::with(Sandbox::builder().seed(seed)).await;
    let (_, all) = account.get("/api/contact").await;
    assert_eq!(
        all[0]["fields"],
        json!([{ "_id": account.field("Seats").await, "value": 3 }])
    );
    assert_eq!(all[0]["status"], json!({ "primary": "Active" }));
}

#[tokio::test]
async fn a_version_that_could_not_grow_is_refused_wherever_a_seed_has_it() {
    let account = Account::new().await;
    let structure = account.structure().await;
    let versioned = |of: &Value, version: u64| {
        let mut of = of.clone();
        of["__v"] = json!(version);
        of
    };
    let contact = json!({ "key": "a@example.com" });
    let list = json!({ "name": "Newsletter" });
    for (place, of) in [
        ("contacts", contact),
        ("lists", list),
        ("structures", structure),
    ] {
        let seed = json!({ (place): [versioned(&of, u64::MAX)] });
        let (status, answer) = account.put("/_sandbox/state", seed).await;
        assert_eq!(status, 400, "{place}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(
            message.contains("the largest that can be kept"),
            "{message}"
        );
        let seed = json!({ (place): [versioned(&of, 9_007_199_254_740_991)] });
        assert_eq!(account.put("/_sandbox/state", seed).await.0, 204, "{place}");
    }
}

#[tokio::test]
async fn the_largest_version_is_followed_by_another() {
    let seed =
        json!({ "contacts": [{ "key": "a@example.com", "__v": 9_007_199_254_740_991_u64 }] });
    let account = Account::with(Sandbox::builder().seed(seed)).await;
    let mut contact = account.get("/api/contact").await.1[0].clone();
    contact["key"] = json!("b@example.com");
    let (status, replaced) = account.put(&path(&contact), contact.clone()).await;
    assert_eq!((status, &replaced["__v"]), (200, &json!(0)));
    assert_eq!(account.put(&path(&contact), contact).await.0, 400);
}

#[tokio::test]
async fn a_restore_that_fails_changes_nothing() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    let bad = json!({ "contacts": [{ "key": "a@example.com" }, { "key": "a@example.com" }] });
    let (status, answer) = account.put("/_sandbox/state", bad).await;
    assert_eq!(status, 400);
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("contacts[1] has the key of another")
    );
    assert_eq!(account.get("/api/contact").await.1, json!([jane]));
}

#[tokio::test]
async fn the_service_itself_may_deactivate_a_contact() {
    let account = Account::new().await;
    let jane = account.contact("jane@example.com").await;
    assert!(account.sandbox.deactivate(&id(&jane), "Bounce"));
    assert!(!account.sandbox.deactivate("nonsense", "Bounce"));
    let bounced = account.get(&path(&jane)).await.1;
    assert_eq!(
        bounced["status"],
        json!({ "primary": "Inactive", "secondary": "Bounce" })
    );
    // Such a contact can still be sent back as it was read.
    assert_eq!(account.put(&path(&jane), bounced).await.0, 200);
}

#[tokio::test]
async fn a_reset_is_the_first_day_again() {
    let account = Account::with(Sandbox::builder().hourly_limit(5)).await;
    account.contact("jane@example.com").await;
    account
        .sandbox
        .set_standing(benchmark_email_sandbox::Standing::Suspended);
    assert_eq!(account.post("/_sandbox/reset", Value::Null).await.0, 204);
    assert_eq!(account.get("/api/contact").await, (200, json!([])));
    assert_eq!(account.get("/_sandbox").await.1["limits"]["hourlyLeft"], 4);
    assert_eq!(account.sandbox.requests().len(), 1);
}
