//! The sandbox under each of its readings, and under many at once: the probe names those in force, and leaves the
//! account as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use benchmark_email::{Client, retry::RetryPolicy};
use benchmark_email_sandbox::{Fault, RuleInForce, Sandbox};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::{MOST, Made, Pause, Probe, Seen, assumed, claims, observed};

const ADDRESSES: &str = "ann+{n}@example.org";
const COMBINATIONS: u64 = 200;

/// What can't be told of an account by one API key that may write, whatever is in force.
const UNTOLD: [&str; 12] = [
    "address-block-size",
    "api-key-present",
    "body-size",
    "contact-structure-fixed",
    "content-type",
    "hourly-window",
    "http",
    "method-known",
    "monthly-period",
    "scope-order",
    "state-file",
    "structure-tags",
];

type Readings = BTreeMap<&'static str, &'static str>;

/// An account of somebody, with what a claim may be about.
struct Scene {
    sandbox: Sandbox,
    client: Client,
    before: Value,
}

impl Scene {
    async fn new() -> Self {
        Self::with(json!([
            { "label": "First Name", "dataType": "text" },
            { "label": "Seats", "dataType": "number" },
            { "label": "Since", "dataType": "date", "required": true },
        ]))
        .await
    }

    async fn with(fields: Value) -> Self {
        let seed = json!({
            "structures": [{ "label": "Customers", "fields": fields, "tags": [{ "label": "VIP" }] }],
            "lists": [{ "name": "News" }],
            "contacts": [
                { "key": "jane@example.com", "lists": ["News"], "tags": ["VIP"] },
                { "key": "john@example.com" },
            ],
        });
        let sandbox = Sandbox::builder()
            .seed(seed)
            .stopped_clock()
            .hourly_limit(1_000_000)
            .monthly_quota(1_000_000)
            .start()
            .await
            .unwrap();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .retry(RetryPolicy::default().max_attempts(1))
            .build()
            .unwrap();
        let before = sandbox.snapshot();
        Self {
            sandbox,
            client,
            before,
        }
    }

    /// Time passes for the sandbox alone.
    fn pause(&self) -> Pause {
        let clock = self.sandbox.clock();
        Box::new(move |time: Duration| {
            clock.advance(time);
            Box::pin(async {})
        })
    }

    async fn probe(&self) -> Probe {
        self.probe_with_file(None).await
    }

    async fn probe_with_file(&self, file: Option<PathBuf>) -> Probe {
        let structure = self.client.structures().primary().await.unwrap();
        let made = Made::nothing(self.sandbox.base_url(), structure.id().as_str(), file);
        Probe::new(
            self.client.clone(),
            self.pause(),
            &structure,
            ADDRESSES.parse().unwrap(),
            made,
        )
    }

    fn read(&self, readings: &Readings) {
        for rule in benchmark_email_sandbox::rules() {
            if let Some(first) = rule.readings.first() {
                let reading = readings.get(rule.name).unwrap_or(first);
                self.sandbox.read_rule(rule.name, reading).unwrap();
            }
        }
        self.sandbox.restore(self.before.clone()).unwrap();
    }

    /// Asks under these readings, and holds what is named against them.
    async fn names(&self, readings: &Readings) {
        self.read(readings);
        let mut probe = self.probe().await;
        let asked = probe.ask_all().await;
        assert!(asked.is_ok(), "{readings:?}: {asked:?}");
        let removed = probe.remove_all().await;
        assert!(removed.is_ok(), "{readings:?}: {removed:?}");
        let findings = probe.findings();
        for (finding, rule) in findings.iter().zip(claims()) {
            let in_force = readings.get(rule.name).copied().unwrap_or(assumed(&rule));
            let shown = || format!("{readings:?}: {finding:?}");
            match &finding.seen {
                Seen::Reading(seen) => assert_eq!(*seen, in_force, "{}", shown()),
                Seen::NotAsked(_) => {
                    let structure = ["structure-labels", "structure-values"];
                    let known = UNTOLD.contains(&finding.claim)
                        || !probe.may_change_structure && structure.contains(&finding.claim);
                    assert!(known, "{}", shown());
                }
                Seen::Untold(_) | Seen::Otherwise => panic!("{}", shown()),
            }
        }
        assert!(probe.sent() <= MOST, "{}", probe.sent());
        assert_eq!(
            contents(&self.sandbox.snapshot()),
            contents(&self.before),
            "{readings:?}"
        );
    }
}

/// All but events, and but for what a structure's change and its undoing change anyway.
fn contents(snapshot: &Value) -> Value {
    let mut structures = snapshot["structures"].clone();
    for structure in structures.as_array_mut().unwrap() {
        for clockwork in ["__v", "updatedAt"] {
            structure.as_object_mut().unwrap().remove(clockwork);
        }
    }
    json!([structures, snapshot["lists"], snapshot["contacts"]])
}

fn with_readings() -> Vec<RuleInForce> {
    let mut rules = claims();
    rules.retain(|rule| !rule.readings.is_empty());
    rules
}

#[tokio::test]
async fn each_reading_alone_is_named() {
    let scene = Scene::new().await;
    scene.names(&Readings::new()).await;
    for rule in with_readings() {
        for reading in rule.readings.iter().skip(1) {
            scene.names(&Readings::from([(rule.name, *reading)])).await;
        }
    }
}

#[tokio::test]
async fn readings_together_are_named() {
    let scene = Scene::new().await;
    let rules = with_readings();
    let mut dice = StdRng::seed_from_u64(1);
    for _ in 0..COMBINATIONS {
        let readings = rules.iter().map(|rule| {
            let chosen = dice.random_range(0..rule.readings.len());
            (rule.name, rule.readings[chosen])
        });
        scene.names(&readings.collect()).await;
    }
}

/// The claims that can't be told of this account, with these flags.
async fn untold(fields: Value, structure_changes: bool) -> BTreeSet<&'static str> {
    let scene = Scene::with(fields).await;
    let mut probe = scene
        .probe()
        .await
        .changing_the_structure(structure_changes);
    probe.ask_all().await.unwrap();
    probe.remove_all().await.unwrap();
    assert_eq!(contents(&scene.sandbox.snapshot()), contents(&scene.before));
    let findings = probe.findings();
    for (finding, rule) in findings.iter().zip(claims()) {
        if let Seen::Reading(seen) = finding.seen {
            assert_eq!(seen, assumed(&rule), "{finding:?}");
        }
    }
    let untold = findings
        .iter()
        .filter(|finding| !matches!(finding.seen, Seen::Reading(_)));
    untold.map(|finding| finding.claim).collect()
}

#[tokio::test]
async fn what_the_account_lacks_cant_be_told_and_a_field_of_its_own_helps() {
    let with =
        |more: &[&'static str]| -> BTreeSet<_> { UNTOLD.iter().chain(more).copied().collect() };
    let full = json!([
        { "label": "First Name", "dataType": "text" },
        { "label": "Seats", "dataType": "number" },
        { "label": "Since", "dataType": "date", "required": true },
    ]);
    assert_eq!(untold(full.clone(), true).await, with(&[]));
    assert_eq!(
        untold(full, false).await,
        with(&["structure-labels", "structure-values"])
    );
    assert_eq!(untold(json!([]), true).await, with(&["field-required"]));
    assert_eq!(
        untold(json!([]), false).await,
        with(&[
            "field-required",
            "field-type",
            "search-field",
            "search-values",
            "structure-labels",
            "structure-values",
        ])
    );
}

/// A probe whose connection breaks after each of its requests in turn, with the request carried out, and which is
/// killed then: what it had written down is enough to remove all of it.
#[tokio::test]
async fn what_a_killed_probe_wrote_down_is_enough_to_remove_all() {
    // What was made can't be found at once, where its id never came.
    let readings = &Readings::from([("search-lag", "later")]);
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.json");
    let mut left = 0;
    for nth in 1.. {
        scene.read(readings);
        let mut probe = scene
            .probe_with_file(Some(file.clone()))
            .await
            .changing_the_structure(true);
        let fault = scene.sandbox.fault(Fault::drop_after_commit().nth(nth));
        let ended = probe.ask_all().await;
        scene.sandbox.clear_fault(fault);
        if ended.is_ok() {
            // It was the last request, or the one that it can do without.
            let asked = probe.sent();
            probe.remove_all().await.unwrap();
            if usize::try_from(nth).unwrap() > asked {
                break;
            }
            continue;
        }
        drop(probe);
        if let Some(made) = Made::left_in(file.clone()).unwrap() {
            left += 1;
            let structure = scene.client.structures().primary().await.unwrap();
            let addresses = ADDRESSES.parse().unwrap();
            let mut later = Probe::new(
                scene.client.clone(),
                scene.pause(),
                &structure,
                addresses,
                made,
            );
            later.remove_all().await.unwrap();
        }
        let now = contents(&scene.sandbox.snapshot());
        assert_eq!(now, contents(&scene.before), "after request {nth}");
        assert!(!file.exists(), "after request {nth}");
    }
    assert!(left > 40, "{left}");
}

#[tokio::test]
async fn what_was_seen_names_nobody() {
    let scene = Scene::new().await;
    let mut probe = scene.probe().await.changing_the_structure(true);
    probe.ask_all().await.unwrap();
    probe.remove_all().await.unwrap();
    let observed = observed(&probe, "2026-04-01");
    let text = observed.to_string();
    for somebodys in [
        "ann+",
        "example.org",
        "jane",
        "john",
        "Customers",
        "First Name",
        "Seats",
        "VIP",
        "News",
        scene.sandbox.api_key(),
        "x-sandbox",
    ] {
        assert!(!text.contains(somebodys), "{somebodys}: {text}");
    }
    let is_hexadecimal =
        |word: &&str| word.len() == 24 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let ids: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(is_hexadecimal)
        .collect();
    assert!(ids.is_empty(), "{ids:?}");
    // The same thing has the same name in a request and its answer.
    let exchanges = observed["exchanges"].as_array().unwrap();
    let made = exchanges
        .iter()
        .find(|exchange| exchange["path"] == "/api/contact")
        .unwrap();
    assert_eq!(made["body"]["key"], made["answer"]["key"]);
    let id = made["answer"]["_id"].as_str().unwrap();
    let path = json!(format!("/api/contact/{id}"));
    assert!(exchanges.iter().any(|exchange| exchange["path"] == path));
    // Every claim that was told points at what shows it.
    for claim in observed["claims"].as_array().unwrap() {
        let shown = claim["exchanges"].as_array().unwrap();
        assert_eq!(claim["seen"].is_null(), shown.is_empty(), "{claim}");
        assert_eq!(claim["seen"].is_null(), claim["why"].is_string(), "{claim}");
    }
}

/// The service fails now and then: that tells nothing, and is never taken for a reading.
#[tokio::test]
async fn a_fault_of_the_moment_is_no_reading() {
    let scene = Scene::new().await;
    let mut told = 0;
    for seed in 0..30 {
        scene.read(&Readings::new());
        let mut probe = scene.probe().await;
        let fault = scene
            .sandbox
            .fault(Fault::status(500).probability(0.2, seed));
        let ended = probe.ask_all().await;
        scene.sandbox.clear_fault(fault);
        probe.remove_all().await.unwrap();
        for (finding, rule) in probe.findings().iter().zip(claims()) {
            match &finding.seen {
                Seen::Reading(seen) => {
                    assert_eq!(*seen, assumed(&rule), "seed {seed}: {finding:?}");
                    told += 1;
                }
                Seen::Otherwise => panic!("seed {seed}: {finding:?} {ended:?}"),
                Seen::Untold(_) | Seen::NotAsked(_) => {}
            }
        }
        assert_eq!(
            contents(&scene.sandbox.snapshot()),
            contents(&scene.before),
            "seed {seed}"
        );
    }
    assert!(told > 300, "{told}");
}
