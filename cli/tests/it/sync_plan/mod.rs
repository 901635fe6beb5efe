//! `bme sync plan` and what it leaves: every layout that people bring, and everything that can be wrong with one.

mod account_read;
mod hostile;
pub(super) mod layouts;
mod stops;

use std::path::{Path, PathBuf};

use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Said, on, run, start};

/// Every guard open: these tests are about rows.
pub(super) const OPEN: [&str; 6] = [
    "--max-updates=100%",
    "--max-unsubscribes=100%",
    "--max-rejected=100%",
    "--max-fewer-rows=100%",
    "--max-requests=1000000",
    "-q",
];

/// An account and a folder for sources and plans.
pub(super) struct Desk {
    pub(super) sandbox: Sandbox,
    folder: TempDir,
}

impl Desk {
    pub(super) fn new(seed: Value) -> Self {
        Self {
            sandbox: start(Sandbox::builder().seed(seed)),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(super) fn run(&self, args: &[&str]) -> Said {
        run(on(&self.sandbox, args).current_dir(self.folder.path()))
    }

    /// Plans, with no guard but those that are said.
    fn plan(&self, args: &[&str]) -> Said {
        let _ = std::fs::remove_file(self.path("plan"));
        self.run(&[&["sync", "plan", "--out", "plan"], args].concat())
    }

    /// Plans with every guard open, and tells what came of it.
    fn planned(&self, args: &[&str]) -> Planned {
        let said = self.plan(&[args, &OPEN].concat());
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        Planned::of(self, &self.path("plan"))
    }
}

/// What a plan holds.
pub(super) struct Planned {
    pub(super) counts: Value,
    /// `kind address what`, a step each.
    pub(super) steps: Vec<String>,
    /// `line column reason`, a record each.
    pub(super) rejected: Vec<String>,
}

impl Planned {
    pub(super) fn of(desk: &Desk, plan: &Path) -> Self {
        let show = |only: &str, format: &str| {
            let said = desk.run(&[
                "sync",
                "show",
                plan.to_str().unwrap(),
                "--only",
                only,
                "-o",
                format,
                "--raw",
            ]);
            assert_eq!(said.code, 0, "{}", said.err);
            said.out
        };
        let counts: Value = serde_json::from_str(&show("counts", "json")).unwrap();
        let rows = |only: &str, columns: [usize; 3]| {
            let text = show(only, "csv");
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let rows = reader.records().map(|row| {
                let row = row.unwrap();
                columns
                    .map(|column| row[column].to_owned())
                    .join(" ")
                    .trim()
                    .to_owned()
            });
            rows.collect::<Vec<_>>()
        };
        let planned = Self {
            steps: rows("steps", [1, 2, 3]),
            rejected: rows("rejected", [1, 2, 3]),
            counts,
        };
        planned.add_up();
        planned
    }

    /// Every record is accounted for, once.
    fn add_up(&self) {
        let number = |name: &str| self.counts[name].as_u64().unwrap();
        let parts = [
            "planned",
            "unchanged",
            "protected",
            "merged",
            "rejected",
            "blank",
        ];
        let sum: u64 = parts.into_iter().map(number).sum();
        assert_eq!(sum, number("records"), "{}", self.counts);
        assert_eq!(
            u64::try_from(self.rejected.len()).unwrap(),
            number("rejected")
        );
    }

    /// Planned, unchanged, protected, merged, rejected, blank.
    pub(super) fn rows(&self) -> [u64; 6] {
        [
            "planned",
            "unchanged",
            "protected",
            "merged",
            "rejected",
            "blank",
        ]
        .map(|name| self.counts[name].as_u64().unwrap())
    }
}

/// An account with the fields that people have: Ada and a second address of hers are active, Lee has left.
pub(super) fn account() -> Value {
    let text = |label: &str| json!({ "label": label, "dataType": "text" });
    json!({
        "structures": [{
            "label": "Contacts",
            "fields": [
                { "label": "First Name", "dataType": "text", "predefinedField": "firstName" },
                { "label": "Last Name", "dataType": "text", "predefinedField": "lastName" },
                text("Company"), text("Phone"), text("City"), text("Zip"), text("Country"), text("Notes"),
                { "label": "Seats", "dataType": "number" },
                { "label": "Customer Since", "dataType": "date" },
                { "label": "Birthday", "dataType": "recurrent_date" },
            ],
            "tags": [{ "label": "VIP" }, { "label": "R&D" }],
        }],
        "lists": [{ "name": "Newsletter" }, { "name": "Product News" }],
        "contacts": [
            { "key": "ada@example.com", "fields": { "First Name": "Ada", "Last Name": "Lane" }, "lists": ["Newsletter"], "tags": ["VIP"] },
            { "key": "ada2@example.com", "lists": ["Newsletter"] },
            { "key": "left@example.com", "fields": { "First Name": "Lee" }, "status": { "primary": "Inactive", "secondary": "Unsubscribe" } },
        ],
    })
}
