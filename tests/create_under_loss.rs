//! A thousand creations whose answers get lost before, during or after the commit: never two contacts,
//! never a failure told of a contact that is there, and an unknown outcome only where looking failed or no
//! attempt was answered.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::{Duration, SystemTime};

use benchmark_email::{Client, Clock, NewContact, Pacing, RetryPolicy, Structure, Value};
use benchmark_email_sandbox::{Fault, Sandbox};
use rand::{Rng, SeedableRng, rngs::StdRng};

const RUNS: u64 = 1000;
const LANES: u64 = 8;

#[derive(Default)]
struct Tally {
    created: u32,
    failed: u32,
    unknown: u32,
}

/// Where the connection drops, and how often in a row; rarely it also drops while looking. Says whether
/// the outcome may remain unknown.
fn arm(sandbox: &Sandbox, dice: &mut StdRng) -> bool {
    let kind = dice.random_range(0..8);
    let drop = match kind {
        0 => Fault::close_before_answer(),
        1 => Fault::reset_before_answer(),
        2 => Fault::drop_after_commit(),
        3 => Fault::reset_after_commit(),
        4 => Fault::close_mid_body(),
        5 => Fault::reset_mid_body(),
        6 => Fault::truncated_json(),
        _ => Fault::html(500),
    };
    let times = dice.random_range(1..=5);
    sandbox.fault(drop.on("createContact").times(times));
    let blind = dice.random_bool(0.2);
    if blind {
        sandbox.fault(
            Fault::close_before_answer()
                .on("searchContacts")
                .times(dice.random_range(1..=6)),
        );
    }
    // None of the four attempts is answered: the service may still be at one.
    let unanswered = kind < 2 && times > 3;
    blind || unanswered
}

async fn run(
    client: &Client,
    structure: &Structure,
    sandbox: &Sandbox,
    seed: u64,
    tally: &mut Tally,
) {
    let mut dice = StdRng::seed_from_u64(seed);
    let may_be_unknown = arm(sandbox, &mut dice);
    let address = format!("run+{seed}@example.com");
    let new = NewContact::new(structure, &address)
        .field("Seats", seed)
        .unwrap();
    let outcome = client.contacts().create(new).await;
    sandbox.clear_faults();

    let all = client.contacts().list().await.unwrap();
    let there: Vec<_> = all
        .iter()
        .filter(|contact| contact.key == address.as_str())
        .collect();
    assert!(there.len() < 2, "seed {seed}: two contacts");
    match outcome {
        Ok(contact) => {
            tally.created += 1;
            assert_eq!(
                there.len(),
                1,
                "seed {seed}: told of a contact that isn't there"
            );
            assert_eq!(contact.id, there[0].id);
            assert_eq!(
                contact.field(structure, "Seats").unwrap(),
                Some(&Value::from(seed))
            );
        }
        Err(error) if error.is_outcome_unknown() => {
            tally.unknown += 1;
            assert!(
                may_be_unknown,
                "seed {seed}: unknown though one could look: {error}"
            );
        }
        Err(error) => {
            tally.failed += 1;
            assert!(
                there.is_empty(),
                "seed {seed}: told {error}, and it is there"
            );
        }
    }
    for contact in there {
        client.contacts().delete(&contact.id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_never_makes_two_contacts_nor_a_false_failure() {
    let lanes = (0..LANES).map(|lane| async move {
        let sandbox = Sandbox::builder()
            .hourly_limit(1_000_000)
            .start()
            .await
            .unwrap();
        let client = support::client_of(sandbox.base_url(), sandbox.api_key())
            .with_retry(RetryPolicy::default().base_delay(Duration::from_micros(10)))
            .with_pacing(Pacing::Off);
        let structure = client.structures().primary().await.unwrap();
        let mut tally = Tally::default();
        for seed in (lane..RUNS).step_by(usize::try_from(LANES).unwrap()) {
            run(&client, &structure, &sandbox, seed, &mut tally).await;
        }
        tally
    });
    let mut all = tokio::task::JoinSet::new();
    lanes.for_each(|lane| drop(all.spawn(lane)));
    let tally = all
        .join_all()
        .await
        .into_iter()
        .fold(Tally::default(), |sum, lane| Tally {
            created: sum.created + lane.created,
            failed: sum.failed + lane.failed,
            unknown: sum.unknown + lane.unknown,
        });
    println!(
        "{} created, {} failed, {} unknown",
        tally.created, tally.failed, tally.unknown
    );
    assert_eq!(
        u64::from(tally.created + tally.failed + tally.unknown),
        RUNS
    );
    // The faults must have struck: each way of ending occurs.
    assert!(tally.created > 700 && tally.failed > 10 && tally.unknown > 10);
}

/// Always waits as long as it may.
#[derive(Debug)]
struct NoJitter;

impl Clock for NoJitter {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn jitter(&self) -> f64 {
        1.0
    }
}

/// The server closes the connection and carries the request out later: before the client looks, between
/// its look and its next attempt, or after that.
#[tokio::test]
async fn a_creation_that_is_carried_out_late_leaves_one_contact() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .clock(NoJitter)
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(100)))
        .build()
        .unwrap();
    let structure = client.structures().primary().await.unwrap();
    for late in [0, 40, 300].map(Duration::from_millis) {
        for times in 1..=2 {
            let address = format!("late+{}.{times}@example.com", late.as_millis());
            sandbox.fault(Fault::commit_late(late).on("createContact").times(times));
            let new = NewContact::new(&structure, &address);
            let created = client.contacts().create(new).await.unwrap();
            tokio::time::sleep(late).await;
            let all = client.contacts().list().await.unwrap();
            let there = all.iter().filter(|contact| contact.key == address.as_str());
            let ids: Vec<_> = there.map(|contact| &contact.id).collect();
            assert_eq!(ids, [&created.id], "{late:?}, {times} times");
            sandbox.clear_faults();
        }
    }
    let struck = sandbox.requests().into_iter();
    let struck = struck.filter(|request| request.fault == Some("commit-late"));
    assert!(struck.count() >= 6);
}

#[tokio::test]
async fn a_contact_with_other_values_is_named_and_not_taken_for_ours() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = support::client_of(sandbox.base_url(), sandbox.api_key())
        .with_retry(RetryPolicy::default().base_delay(Duration::from_millis(1)));
    let structure = client.structures().primary().await.unwrap();
    let new = |seats: i64| {
        NewContact::new(&structure, "jane@example.com")
            .field("Seats", seats)
            .unwrap()
    };
    let theirs = client.contacts().create(new(1)).await.unwrap();
    sandbox.fault(Fault::close_before_answer().on("createContact").times(1));
    let error = client.contacts().create(new(2)).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(error.contact(), Some(&theirs.id));
}

#[tokio::test]
async fn somebody_who_has_left_is_not_taken_for_a_creation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = support::client_of(sandbox.base_url(), sandbox.api_key())
        .with_retry(RetryPolicy::default().base_delay(Duration::from_millis(1)));
    let structure = client.structures().primary().await.unwrap();
    let new = || NewContact::new(&structure, "jane@example.com");
    let before = client.contacts().create(new()).await.unwrap();
    client.contacts().unsubscribe(&before.id).await.unwrap();
    sandbox.fault(Fault::close_before_answer().on("createContact").times(1));
    let error = client.contacts().create(new()).await.unwrap_err();
    assert_eq!(
        (error.is_outcome_unknown(), error.contact()),
        (true, Some(&before.id))
    );
}

#[tokio::test]
async fn all_rounds_together_take_no_more_attempts_than_the_policy_allows() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = support::client_of(sandbox.base_url(), sandbox.api_key()).with_retry(
        RetryPolicy::default()
            .base_delay(Duration::from_millis(1))
            .max_attempts(4),
    );
    let structure = client.structures().primary().await.unwrap();
    sandbox.fault(
        Fault::status(503)
            .with_header("Retry-After", "0")
            .on("createContact")
            .times(2),
    );
    sandbox.fault(Fault::close_before_answer().on("createContact"));
    let new = NewContact::new(&structure, "jane@example.com");
    let error = client.contacts().create(new).await.unwrap_err();
    let sent = sandbox
        .requests()
        .iter()
        .filter(|r| r.operation == Some("createContact"))
        .count();
    assert_eq!((sent, error.attempts()), (4, 4), "{error}");
}
