//! A thousand seeds of changes whose answers get lost, in virtual time, against a service whose search lags
//! behind its writes: never two contacts, never a failure told of what was done, never a success told of
//! what wasn't, and never a closure applied twice. The table in `docs/reliability.md` is this test's
//! expectation; `UPDATE_DOCS=1 cargo test --test create_under_loss` writes it anew, for a person to read.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use benchmark_email::{
    Client, Contact, Error, NewContact, Structure, Value,
    contacts::{Contacts, Edit},
};
use benchmark_email_sandbox::{Fault, Sandbox};
use rand::{Rng, SeedableRng, rngs::StdRng};
use support::virtual_time::Time;

const SEEDS: u64 = 1000;
const LANES: u64 = 4;
const LAGS_MS: [u64; 7] = [0, 100, 1_000, 2_000, 5_000, 10_000, 60_000];
const LOSSES: [Loss; 5] = [
    Loss::Nothing,
    Loss::Before,
    Loss::During,
    Loss::After,
    Loss::Late,
];
const READINGS: [&str; 2] = ["refuse", "update"];
const CALLS: [Call; 5] = [
    Call::Create,
    Call::Upsert,
    Call::UpsertAgain,
    Call::Delete,
    Call::Update,
];

/// When the connection is lost, if it is: before the change is made, while its answer is under way, after the change
/// and before the answer, or long before the change, which is made all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    Nothing,
    Before,
    During,
    After,
    Late,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Create,
    Upsert,
    /// Of a contact that was created a moment ago.
    UpsertAgain,
    Delete,
    Update,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Done,
    Failed,
    Unknown,
}

/// A place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    lag_ms: u64,
    loss: Loss,
    reading: &'static str,
}

impl Cell {
    /// The place of a seed, and how the service stores text: each place meets both ways in turn.
    fn of(seed: u64) -> (Self, &'static str) {
        let mut rest = usize::try_from(seed).unwrap();
        let mut pick = |count: usize| {
            let picked = rest % count;
            rest /= count;
            picked
        };
        let cell = Self {
            lag_ms: LAGS_MS[pick(LAGS_MS.len())],
            loss: LOSSES[pick(LOSSES.len())],
            reading: READINGS[pick(READINGS.len())],
        };
        (cell, ["as-sent", "tidied"][pick(2)])
    }
}

/// One account in one time.
struct World {
    sandbox: Sandbox,
    time: Time,
    client: Client,
}

/// One seed's part of it.
struct Run<'w> {
    world: &'w World,
    cell: Cell,
    seed: u64,
    dice: StdRng,
    structure: Structure,
}

impl<'w> Run<'w> {
    async fn new(world: &'w World, seed: u64) -> Self {
        let World {
            sandbox,
            time,
            client,
        } = world;
        sandbox.reset().unwrap();
        time.tell();
        time.seed(seed);
        let (cell, stored) = Cell::of(seed);
        sandbox.read_rule("stored-text", stored).unwrap();
        sandbox
            .read_rule("contact-key-unique", cell.reading)
            .unwrap();
        sandbox.set_search_lag(Duration::from_millis(cell.lag_ms));
        let structure = client.structures().all().await.unwrap().remove(0);
        Self {
            world,
            cell,
            seed,
            dice: StdRng::seed_from_u64(seed),
            structure,
        }
    }

    fn contacts(&self) -> Contacts {
        self.world.client.contacts()
    }

    /// Loses the answers to the next requests of this operation, now this way, now that.
    fn lose(&mut self, operation: &str) {
        for _ in 0..self.dice.random_range(1..=5) {
            let fault = match (self.cell.loss, self.dice.random_range(0..3)) {
                (Loss::Nothing, _) => return,
                (Loss::Before, 0) => Fault::close_before_answer(),
                (Loss::Before, 1) => Fault::reset_before_answer(),
                (Loss::Before, _) => Fault::html(500),
                (Loss::During, 0) => Fault::close_mid_body(),
                (Loss::During, 1) => Fault::reset_mid_body(),
                (Loss::During, _) => Fault::truncated_json(),
                (Loss::After, 0) => Fault::drop_after_commit(),
                (Loss::After, _) => Fault::reset_after_commit(),
                (Loss::Late, _) => {
                    let late = self.dice.random_range(1..20_000);
                    Fault::commit_late(Duration::from_millis(late))
                }
            };
            self.world.sandbox.fault(fault.on(operation).times(1));
        }
    }

    fn new_contact(&self, seats: i64) -> NewContact {
        let address = format!("Jane+{}@Example.com", self.seed);
        NewContact::new(&self.structure, address)
            .field("First Name", " Jane ")
            .unwrap()
            .field("Seats", seats)
            .unwrap()
    }

    async fn jane(&self) -> Contact {
        self.contacts().create(self.new_contact(5)).await.unwrap()
    }

    /// What there is in the end, when everything late is done: the seats of each contact.
    async fn truth(&self) -> Vec<i64> {
        self.world.sandbox.clear_faults();
        self.world.time.pass(Duration::from_secs(600)).await;
        let seats = &self.structure.field("Seats").unwrap().id;
        let snapshot = self.world.sandbox.snapshot();
        let seats_of = |contact: &serde_json::Value| {
            let fields = contact["fields"].as_array().unwrap();
            let held = fields.iter().find(|field| field["_id"] == seats.as_str());
            held.map_or(0, |field| field["value"].as_i64().unwrap())
        };
        snapshot["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(seats_of)
            .collect()
    }

    async fn call(&mut self, call: Call) -> Option<End> {
        let contacts = self.contacts();
        let (before, outcome) = match call {
            Call::Create => {
                self.lose("createContact");
                let made = contacts.create(self.new_contact(1)).await;
                (None, made.map(|jane| self.seats(&jane)))
            }
            Call::Upsert => {
                self.lose("createContact");
                (None, self.upsert().await)
            }
            // Where a creation updates, it replaces the contact that its search didn't find.
            Call::UpsertAgain if self.cell.reading == "update" => return None,
            Call::UpsertAgain => {
                self.jane().await;
                self.lose("createContact");
                self.lose("replaceContact");
                (Some(5), self.upsert().await)
            }
            Call::Delete => {
                let jane = self.jane().await;
                self.lose("deleteContact");
                let gone = contacts.delete(&jane.id).await;
                (Some(5), gone.map(|_| None))
            }
            Call::Update => {
                let jane = self.jane().await;
                self.lose("replaceContact");
                let changed = contacts.update(&jane.id, one_more).await;
                (Some(5), changed.map(|jane| self.seats(&jane)))
            }
        };
        let after = match call {
            Call::Create | Call::Upsert => Some(1),
            Call::UpsertAgain | Call::Update => Some(6),
            Call::Delete => None,
        };
        Some(self.check(call, before, after, outcome).await)
    }

    async fn upsert(&self) -> Result<Option<i64>, Error> {
        let address = format!("Jane+{}@Example.com", self.seed);
        let contacts = self.contacts();
        let made = contacts.upsert(&self.structure, &address, one_more).await;
        made.map(|made| self.seats(&made.into_contact()))
    }

    fn seats(&self, jane: &Contact) -> Option<i64> {
        let seats = jane.field(&self.structure, "Seats").unwrap();
        seats.and_then(Value::as_i64)
    }

    /// Whatever is told must be so, when all is over.
    async fn check(
        &self,
        call: Call,
        before: Option<i64>,
        after: Option<i64>,
        outcome: Result<Option<i64>, Error>,
    ) -> End {
        let there = self.truth().await;
        let case = format!(
            "seed {}: {call:?} {:?}, {outcome:?}, {there:?}",
            self.seed, self.cell
        );
        assert!(there.len() < 2, "{case}");
        let there = there.first().copied();
        match outcome {
            Ok(told) => {
                assert_eq!((told, there), (after, after), "{case}");
                End::Done
            }
            Err(error) if error.is_outcome_unknown() => {
                assert!(there == before || there == after, "{case}");
                End::Unknown
            }
            Err(_) => {
                assert_eq!(there, before, "{case}");
                End::Failed
            }
        }
    }
}

/// Not the same when it is done twice.
fn one_more(edit: &mut Edit) -> Result<&mut Edit, Error> {
    let seats = edit.get("Seats")?.and_then(Value::as_i64).unwrap_or(0);
    edit.set("Seats", seats + 1)?.set("First Name", " Joan ")
}

type Ends = BTreeMap<(Cell, Call, End), u32>;

/// Some of the seeds, one after the other, in a time of their own.
fn lane(lane: u64) -> Ends {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::builder()
            .hourly_limit(1_000_000)
            .start()
            .await
            .unwrap();
        let time = Time::of(&sandbox);
        let client = time.client(&sandbox);
        let world = World {
            sandbox,
            time,
            client,
        };
        let mut ends = Ends::new();
        for seed in (lane..SEEDS).step_by(usize::try_from(LANES).unwrap()) {
            for call in CALLS {
                let mut run = Run::new(&world, seed).await;
                if let Some(end) = Box::pin(run.call(call)).await {
                    *ends.entry((run.cell, call, end)).or_default() += 1;
                }
            }
        }
        ends
    })
}

fn shown(ends: &Ends, of: impl Fn(&(Cell, Call)) -> bool) -> String {
    let count = |wanted: End| -> u32 {
        let fitting = ends
            .iter()
            .filter(|((cell, call, end), _)| *end == wanted && of(&(*cell, *call)));
        fitting.map(|(_, count)| count).sum()
    };
    let parts = [
        (End::Done, "done"),
        (End::Failed, "failed"),
        (End::Unknown, "unknown"),
    ];
    let parts = parts.map(|(end, word)| (count(end), word));
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}

fn table(ends: &Ends) -> String {
    let mut table = String::from(
        "| Search lags | Lost | create; refused | create; updated | upsert; refused | upsert; updated | upsert after create; refused | delete | update |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for lag_ms in LAGS_MS {
        for loss in LOSSES {
            let cell = |call: Call, reading: Option<&str>| {
                shown(ends, |(cell, known)| {
                    (cell.lag_ms, cell.loss, *known) == (lag_ms, loss, call)
                        && reading.is_none_or(|reading| cell.reading == reading)
                })
            };
            let cells = [
                cell(Call::Create, Some("refuse")),
                cell(Call::Create, Some("update")),
                cell(Call::Upsert, Some("refuse")),
                cell(Call::Upsert, Some("update")),
                cell(Call::UpsertAgain, None),
                cell(Call::Delete, None),
                cell(Call::Update, None),
            ];
            let lag = Duration::from_millis(lag_ms).as_secs_f64();
            let loss = format!("{loss:?}").to_lowercase();
            writeln!(table, "| {lag} s | {loss} | {} |", cells.join(" | ")).unwrap();
        }
    }
    table
}

#[test]
fn no_lost_answer_makes_two_contacts_or_a_falsehood_or_a_change_twice() {
    let lanes: Vec<_> = (0..LANES)
        .map(|number| std::thread::spawn(move || lane(number)))
        .collect();
    let mut all = Ends::new();
    for lane in lanes {
        for (key, count) in lane.join().unwrap() {
            *all.entry(key).or_default() += count;
        }
    }
    let table = table(&all);
    println!("{table}");
    support::tables::compare("loss", &table);
}
