//! Apply's decisions against a model of the service, in virtual time and a seeded order of events: answers are lost,
//! commits come late, a search lags, somebody else changes things, and the program is killed at any point.
//!
//! A seed tells the same story again: `APPLY_SEED=4711 cargo test -p benchmark-email-cli --lib simulated`;
//! `APPLY_SEEDS=100000 cargo test --release -p benchmark-email-cli --lib simulated` tells that many.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub(crate) mod model;

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    env,
    panic::{AssertUnwindSafe, catch_unwind},
};

use benchmark_email::{Contact, Structure};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

use self::model::{Event, Model, leave};
use super::{
    Answer, Ask, End, Known, Next, Run, Stage, Stopped, Task, Undone, Verdict, run::Book,
    task::Turn, undo, verify,
};
use crate::sync::plan::{Action, Creation, Kind};

pub(crate) const STRUCTURE: &str = "64a1b2c3d4e5f6a7b8c9d001";
/// So many stories are told where nobody says how many.
const SEEDS: u64 = 20_000;
/// When everything begins, in milliseconds since 1970.
const BEGIN: u64 = 1_800_000_000_000;

pub(crate) fn structure() -> Structure {
    serde_json::from_value(json!({
        "_id": STRUCTURE, "label": "Default",
        "fields": [
            {"_id": "64a1b2c3d4e5f6a7b8c9f001", "label": "Company", "dataType": "text"},
            {"_id": "64a1b2c3d4e5f6a7b8c9f002", "label": "Note", "dataType": "text"},
        ],
        "tags": [{"_id": "64a1b2c3d4e5f6a7b8c9e001", "label": "New"}],
    }))
    .unwrap()
}

/// A contact of the account before the plan.
fn contact(number: usize) -> Contact {
    serde_json::from_value(json!({
        "_id": format!("{:024x}", 0xa0_0000 + number), "key": format!("p{number}@example.com"),
        "contactStructureId": STRUCTURE,
        "fields": [{"_id": "64a1b2c3d4e5f6a7b8c9f001", "value": "Old"}],
        "lists": [], "tags": [], "status": {"primary": "Active"}, "__v": 3,
    }))
    .unwrap()
}

fn value<'c>(contact: &'c Contact, structure: &Structure, field: &str) -> &'c str {
    let value = contact.field(structure, field).unwrap();
    value.and_then(|value| value.as_str()).unwrap_or_default()
}

/// The steps of a plan, each kind with some, in their order.
fn steps(dice: &mut StdRng, structure: &Structure) -> (Vec<Action>, Vec<Contact>) {
    let mut before = Vec::new();
    let mut steps = Vec::new();
    let mut somebody = || {
        let contact = contact(before.len());
        before.push(contact.clone());
        Box::new(contact)
    };
    for number in 0..dice.random_range(0..3) {
        let why = String::new();
        steps.push(Action::Suppress {
            before: somebody(),
            why: why.clone(),
        });
        let address = format!("gone{number}@example.com");
        steps.push(Action::SuppressUnknown { address, why });
    }
    for _ in 0..dice.random_range(1..5) {
        let mut before = somebody();
        let mut after = before.clone();
        after.set(structure, "Company", "New").unwrap();
        // As a search finds it.
        if dice.random_ratio(1, 4) {
            before.version = None;
            after.version = None;
        }
        steps.push(Action::Update { before, after });
    }
    for number in 0..dice.random_range(1..5) {
        let tags = structure.tags().iter().map(|tag| tag.id.clone());
        steps.push(Action::Create(Creation {
            address: format!("new{number}@example.com"),
            fields: vec![(structure.fields()[0].id.clone(), "Acme".into())],
            lists: Vec::new(),
            tags: tags.filter(|_| number % 2 == 0).collect(),
        }));
    }
    for _ in 0..dice.random_range(0..2) {
        steps.push(Action::Delete { before: somebody() });
    }
    (steps, before)
}

/// What is on the disk, and what was noted and isn't yet.
#[derive(Debug, Default)]
struct Disk {
    stages: BTreeMap<i64, Stage>,
    noted: Vec<(i64, Stage)>,
}

impl Disk {
    fn commit(&mut self) {
        self.stages.extend(self.noted.drain(..));
    }
}

/// The steps in the order in which a run begins them.
struct Shelf<'d> {
    disk: &'d mut Disk,
    order: std::vec::IntoIter<Task>,
}

impl<'d> Shelf<'d> {
    fn new(actions: &[Action], disk: &'d mut Disk, canaries: usize) -> Self {
        disk.noted.clear();
        let mut new = 0;
        let tasks = (0..).zip(actions).filter_map(|(id, action)| {
            let stage = disk.stages.get(&id).cloned().unwrap_or(Stage::Planned);
            let is_suppression = action.kind() == Kind::Suppress;
            let turn = match (&stage, is_suppression) {
                (Stage::Ended { .. }, _) => return None,
                (Stage::Planned, is_suppression) => {
                    new += 1;
                    if new <= canaries {
                        Turn::Canary
                    } else if is_suppression {
                        Turn::Suppression
                    } else {
                        Turn::Rest
                    }
                }
                (_, true) => Turn::HalfDoneSuppression,
                (_, false) => Turn::Rest,
            };
            Some(Task {
                id,
                action: action.clone(),
                stage,
                turn,
            })
        });
        let mut tasks: Vec<_> = tasks.collect();
        tasks.sort_by_key(|task| task.turn);
        Self {
            disk,
            order: tasks.into_iter(),
        }
    }
}

impl Book for Shelf<'_> {
    type Error = Infallible;

    fn next_task(&mut self) -> Result<Option<Task>, Infallible> {
        Ok(self.order.next())
    }

    fn note(&mut self, task: &Task) -> Result<(), Infallible> {
        self.disk.noted.push((task.id, task.stage.clone()));
        Ok(())
    }
}

/// What happens next, and when.
#[derive(Debug)]
enum Happening {
    /// The service does what was asked. Whoever asked hears of it unless the answer is lost.
    Commit {
        run: usize,
        step: i64,
        ask: Ask,
        is_lost: bool,
    },
    /// Nothing comes back.
    Silence { run: usize, step: i64 },
    Answer {
        run: usize,
        step: i64,
        answer: Answer,
    },
    /// Somebody else does something.
    Other { key: String, deed: Deed },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Note,
    Company,
    Leave,
}

/// How unkind the world is.
#[derive(Debug)]
struct World {
    loss: f64,
    kills: usize,
    others: usize,
}

struct Story {
    dice: StdRng,
    structure: Structure,
    model: Model,
    actions: Vec<Action>,
    queue: BTreeMap<(u64, u64), Happening>,
    number: u64,
    now: u64,
    disk: Disk,
    takes_tags: Option<bool>,
    requests: u64,
    faults: u64,
    killed_in_flight: u64,
    runs: usize,
    deeds: Vec<(String, Deed)>,
}

impl Story {
    fn new(seed: u64) -> (Self, World) {
        let mut dice = StdRng::seed_from_u64(seed);
        let world = World {
            loss: [0.0, 0.05, 0.3][dice.random_range(0..3)],
            kills: dice.random_range(0..5),
            others: if dice.random_ratio(1, 3) {
                dice.random_range(1..4)
            } else {
                0
            },
        };
        let structure = structure();
        let (actions, before) = steps(&mut dice, &structure);
        let mut model = Model::keeping_tags(dice.random());
        for contact in before {
            model.put(contact);
        }
        let story = Self {
            dice,
            structure,
            model,
            actions,
            queue: BTreeMap::new(),
            number: 0,
            now: BEGIN,
            disk: Disk::default(),
            takes_tags: None,
            requests: 0,
            faults: 0,
            killed_in_flight: 0,
            runs: 0,
            deeds: Vec::new(),
        };
        (story, world)
    }

    fn later(&mut self, pause: u64, happening: Happening) {
        self.number += 1;
        self.queue
            .insert((self.now + pause, self.number), happening);
    }

    fn tell(seed: u64) {
        let (mut story, world) = Self::new(seed);
        for _ in 0..world.others {
            let updates = story.actions.iter().filter_map(|action| match action {
                Action::Update { before, .. } => Some(before.key.as_str().to_owned()),
                _ => None,
            });
            let updates: Vec<_> = updates.collect();
            let key = updates[story.dice.random_range(0..updates.len())].clone();
            let deed = [Deed::Note, Deed::Company, Deed::Leave][story.dice.random_range(0..3)];
            let pause = story.dice.random_range(0..4_000);
            story.later(pause, Happening::Other { key, deed });
        }
        let mut kills = world.kills;
        while !story.run(&world, &mut kills) {
            assert!(
                story.runs < 60,
                "it doesn't come to an end: {:?}",
                story.disk
            );
            story.now += story.dice.random_range(0..10_000);
        }
        // What is still under way arrives, whoever hears of it.
        while let Some(((at, _), happening)) = story.queue.pop_first() {
            story.now = at;
            story.happen(happening);
        }
        story.check(&world);
    }

    /// One run; whether everything is over.
    fn run(&mut self, world: &World, kills: &mut usize) -> bool {
        self.runs += 1;
        let this = self.runs;
        let known = Known {
            structure: self.structure.clone(),
            lists: BTreeMap::new(),
            creation_takes_tags: self.takes_tags,
        };
        let in_flight = self.dice.random_range(1..5);
        let mut run = Run::new(known, in_flight);
        let canaries = if world.others == 0 && self.dice.random() {
            3
        } else {
            0
        };
        let kill_at = (*kills > 0).then(|| self.dice.random_range(0..40_u32));
        let half_done = self.half_done();
        let mut given_up = BTreeSet::new();
        let actions = self.actions.clone();
        let mut disk = std::mem::take(&mut self.disk);
        let mut moments = 0;
        let mut book = Shelf::new(&actions, &mut disk, canaries);
        let killed = loop {
            moments += 1;
            if Some(moments) == kill_at {
                break true;
            }
            match run.next(self.now, &mut book).unwrap() {
                Next::Send { step, ask } => {
                    book.disk.commit();
                    self.requests += 1;
                    let waiting = &half_done - &given_up;
                    self.first_writes(&ask, step, &waiting);
                    self.send(world, this, step, ask);
                }
                Next::Over => break false,
                Next::Wait { until } => {
                    book.disk.commit();
                    let due = self.queue.first_key_value().map(|((at, _), _)| *at);
                    match (due, until) {
                        (Some(due), Some(until)) if until < due => self.now = self.now.max(until),
                        (Some(_), _) => {
                            let ((at, _), happening) = self.queue.pop_first().unwrap();
                            self.now = self.now.max(at);
                            if let Some((run_of, step, answer)) = self.happen(happening)
                                && run_of == this
                            {
                                let ended = run.answered(step, answer, self.now, &mut book);
                                if ended.unwrap().is_some_and(|ended| ended.end.is_none()) {
                                    given_up.insert(step);
                                }
                            }
                        }
                        (None, Some(until)) => self.now = self.now.max(until),
                        (None, None) => panic!("it waits for nothing"),
                    }
                }
            }
        };
        self.takes_tags = run.known.creation_takes_tags;
        match run.stopped() {
            None | Some(Stopped::NoAnswer) => {}
            why => panic!("it stopped: {why:?}"),
        }
        if killed {
            *kills -= 1;
            self.killed_in_flight += u64::try_from(run.flying()).unwrap();
            disk.noted.clear();
            self.takes_tags = None;
        } else {
            disk.commit();
        }
        self.disk = disk;
        let over = self
            .disk
            .stages
            .values()
            .filter(|stage| matches!(stage, Stage::Ended { .. }));
        !killed && over.count() == self.actions.len()
    }

    /// What becomes of a request on its way.
    fn send(&mut self, world: &World, run: usize, step: i64, ask: Ask) {
        let way = self.dice.random_range(1..300);
        if !self.dice.random_bool(world.loss) {
            self.later(
                way,
                Happening::Commit {
                    run,
                    step,
                    ask,
                    is_lost: false,
                },
            );
            return;
        }
        self.faults += 1;
        self.later(way + 100, Happening::Silence { run, step });
        match self.dice.random_range(0..3) {
            0 => {}
            1 => self.later(
                way,
                Happening::Commit {
                    run,
                    step,
                    ask,
                    is_lost: true,
                },
            ),
            // Long after everybody gave up.
            _ => {
                let late = self.dice.random_range(200..20_000);
                self.later(
                    way + late,
                    Happening::Commit {
                        run,
                        step,
                        ask,
                        is_lost: true,
                    },
                );
            }
        }
    }

    fn happen(&mut self, happening: Happening) -> Option<(usize, i64, Answer)> {
        match happening {
            Happening::Commit {
                run,
                step,
                ask,
                is_lost,
            } => {
                let answer = self.model.ask(&ask, self.now);
                if !is_lost {
                    let way = self.dice.random_range(1..300);
                    self.later(way, Happening::Answer { run, step, answer });
                }
                None
            }
            Happening::Silence { run, step } => Some((run, step, Answer::Lost)),
            Happening::Answer { run, step, answer } => Some((run, step, answer)),
            Happening::Other { key, deed } => {
                let structure = self.structure.clone();
                self.model.change(&key, self.now, |contact| match deed {
                    Deed::Note => drop(contact.set(&structure, "Note", "theirs").unwrap()),
                    Deed::Company => drop(contact.set(&structure, "Company", "Theirs").unwrap()),
                    Deed::Leave => leave(contact),
                });
                self.deeds.push((key, deed));
                None
            }
        }
    }

    /// Suppressions that were begun, and aren't known to be done.
    fn half_done(&self) -> BTreeSet<i64> {
        let open = self.disk.stages.iter().filter(|(step, stage)| {
            let is_over = matches!(stage, Stage::Ended { .. });
            self.action(**step).kind() == Kind::Suppress && !is_over
        });
        open.map(|(step, _)| *step).collect()
    }

    fn action(&self, step: i64) -> &Action {
        &self.actions[usize::try_from(step).unwrap()]
    }

    /// Nothing else is changed while somebody of a half-done suppression is active, unless this run gave it up.
    fn first_writes(&self, ask: &Ask, step: i64, half_done: &BTreeSet<i64>) {
        let is_write = !matches!(ask, Ask::Read(_) | Ask::Find(_));
        if !is_write || half_done.contains(&step) {
            return;
        }
        let waiting = half_done.iter().filter(|step| {
            let action = self.action(**step);
            let Action::SuppressUnknown { address, .. } = action else {
                return false;
            };
            self.model.by_key(address).is_some_and(Contact::is_active)
        });
        assert_eq!(waiting.count(), 0, "{ask:?} before {half_done:?}");
    }

    fn check(&self, world: &World) {
        let known = Known {
            structure: self.structure.clone(),
            lists: BTreeMap::new(),
            creation_takes_tags: None,
        };
        let mut keys = BTreeSet::new();
        for contact in self.model.contacts() {
            assert!(
                keys.insert(contact.key.as_str()),
                "{} is there twice",
                contact.key.as_str()
            );
        }
        let mut least = 0;
        for (id, action) in (0..).zip(&self.actions) {
            least += action.requests();
            let stage = self.disk.stages[&id].clone();
            let task = Task {
                id,
                action: action.clone(),
                stage,
                turn: Turn::Rest,
            };
            let there = self.model.by_key(task.address());
            let did = |event| {
                let all = self.model.events.iter();
                all.filter(|(key, what)| key == task.address() && *what == event)
                    .count()
            };
            let theirs = |deed| {
                self.deeds
                    .iter()
                    .any(|(key, what)| key == task.address() && *what == deed)
            };
            let Stage::Ended { end } = &task.stage else {
                panic!("{task:?}")
            };
            match action {
                Action::Suppress { .. } => {
                    assert_eq!(*end, End::Done);
                    assert!(there.unwrap().is_inactive());
                    assert_eq!((did(Event::Unsubscribed), did(Event::Replaced)), (1, 0));
                }
                Action::SuppressUnknown { .. } => {
                    assert_eq!(*end, End::Done);
                    assert!(there.unwrap().is_inactive());
                    assert_eq!(
                        (
                            did(Event::Created),
                            did(Event::Unsubscribed),
                            did(Event::Replaced)
                        ),
                        (1, 1, 0)
                    );
                }
                Action::Create(new) => {
                    assert_eq!(*end, End::Done);
                    let replaced = usize::from(!new.tags.is_empty() && !self.model.keeps_tags);
                    assert_eq!((did(Event::Created), did(Event::Replaced)), (1, replaced));
                }
                Action::Delete { .. } => {
                    assert!(there.is_none());
                    assert_eq!(did(Event::Deleted), 1);
                }
                Action::Update { .. } => {
                    self.check_update(end, there.unwrap(), did(Event::Replaced), &theirs);
                }
            }
            if world.others == 0 {
                assert_eq!(verify(&task, there, &known), Verdict::AsPlanned, "{task:?}");
                if let (Action::Update { before, .. }, Undone::Back(Action::Update { after, .. })) =
                    (action, undo(&task, there, &known, false))
                {
                    assert!(
                        before
                            .difference(&after, &self.structure)
                            .unwrap()
                            .is_empty()
                    );
                }
            }
        }
        let starts = u64::try_from(self.runs).unwrap();
        let deeds = u64::try_from(self.deeds.len()).unwrap();
        // Three of each run are read back; tags may take a request more.
        let most = least + 5 + 3 * self.killed_in_flight + 4 * self.faults + 3 * deeds + 4 * starts;
        assert!(
            self.requests <= most,
            "{} requests, {most} allowed",
            self.requests
        );
    }

    fn check_update(
        &self,
        end: &End,
        there: &Contact,
        replaced: usize,
        theirs: &dyn Fn(Deed) -> bool,
    ) {
        let company = value(there, &self.structure, "Company");
        // Whatever somebody else did stays.
        if theirs(Deed::Note) {
            assert_eq!(value(there, &self.structure, "Note"), "theirs");
        }
        if theirs(Deed::Company) {
            assert_eq!(company, "Theirs");
        }
        if theirs(Deed::Leave) {
            assert!(there.is_inactive());
        }
        assert!(replaced <= 1, "it was replaced {replaced} times");
        match end {
            End::Done if !theirs(Deed::Company) => assert_eq!((company, replaced), ("New", 1)),
            End::Done => assert_eq!(replaced, 1),
            End::Conflict { .. } => assert!(theirs(Deed::Company)),
            End::Protected => assert!(theirs(Deed::Leave)),
            other => panic!("{other:?}"),
        }
    }
}

/// The variable's number, if somebody set it.
fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_the_account_is_as_planned() {
    if let Some(seed) = number("APPLY_SEED") {
        return Story::tell(seed);
    }
    for seed in 0..number("APPLY_SEEDS").unwrap_or(SEEDS) {
        let told = catch_unwind(AssertUnwindSafe(|| Story::tell(seed)));
        assert!(
            told.is_ok(),
            "APPLY_SEED={seed} tells what went wrong, again"
        );
    }
}

#[test]
fn requests_are_apart_by_the_gap() {
    let (mut story, _) = Story::new(7);
    let known = Known {
        structure: story.structure.clone(),
        lists: BTreeMap::new(),
        creation_takes_tags: None,
    };
    let mut run = Run::new(known, 4).with_gap(2_000);
    let actions: Vec<_> = (0..5)
        .map(|number| Action::Delete {
            before: Box::new(contact(number)),
        })
        .collect();
    let mut shelf = Shelf::new(&actions, &mut story.disk, 0);
    let (mut now, mut sent) = (BEGIN, Vec::new());
    loop {
        match run.next(now, &mut shelf).unwrap() {
            Next::Send { step, .. } => {
                sent.push(now - BEGIN);
                run.answered(step, Answer::Nobody, now, &mut shelf).unwrap();
            }
            Next::Wait { until } => now = until.unwrap(),
            Next::Over => break,
        }
    }
    assert_eq!(sent, [0, 2_000, 4_000, 6_000, 8_000]);
}
