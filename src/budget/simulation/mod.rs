//! Hours of paced work against models of the server, in virtual time: what
//! share of the hour is used, and how often the server refuses.
//!
//! Every test prints its rows. All of them, as one table:
//!
//! ```text
//! cargo test -p benchmark-email --lib budget::simulation -- --nocapture --test-threads=1 | grep -o '| .*'
//! ```
//!
//! Its columns: story, pacing, requests of ours and of others accepted, full
//! hours, share used in the worst of these, 429s for us, 429s for us in the
//! worst hour, 429s for others.

#![allow(clippy::unwrap_used)]

mod servers;
mod world;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::servers::{
    FixedWindow, Misdated, Server, Silent, SlidingReset, SlidingWindow, TokenBucket,
};
use self::world::{Dice, Hour, Other, World};
use crate::budget::{AccountName, Budget, Pacing, Priority};

type CallOptions = (Pacing, Priority);

const EVEN: CallOptions = (Pacing::Even, Priority::Bulk);
const BURST: CallOptions = (Pacing::Burst, Priority::Bulk);
const SOMEBODY_WAITS: CallOptions = (Pacing::Burst, Priority::Interactive);

const STEADY_30_PERCENT: Other = Other::Steady { per_second: 0.3 };
const POISSON_30_PERCENT: Other = Other::Poisson { per_second: 0.3 };
const BURSTS_OF_25: Other = Other::Bursts {
    of: 25,
    every: Duration::from_secs(60),
};
const BURSTS_OF_100: Other = Other::Bursts {
    of: 100,
    every: Duration::from_secs(300),
};

fn sliding(reset: SlidingReset) -> SlidingWindow {
    SlidingWindow {
        log: VecDeque::new(),
        reset,
    }
}

/// When a job begins, in seconds after a full hour, and how many calls it is.
#[derive(Clone, Copy)]
struct Job {
    second: u64,
    calls: u32,
}

/// Almost three hours.
const LONG: Job = Job {
    second: 1_200,
    calls: 10_000,
};

/// The end of an hour, a full one, and a little of the next.
const SHORT: Job = Job {
    second: 3_480,
    calls: 4_000,
};

/// The fixed window of an hour that was used evenly until the job begins.
fn fixed(job: Job) -> FixedWindow {
    let used = u32::try_from(job.second).unwrap();
    FixedWindow {
        hour: world::FIRST_HOUR,
        used,
    }
}

/// A bucket that holds so many tokens when the job begins.
fn bucket(job: Job, tokens: u64) -> TokenBucket {
    let begin = world::FIRST_HOUR * 3_600 + job.second;
    TokenBucket {
        full_at: Duration::from_secs(begin + 3_600 - tokens),
    }
}

/// The two handles of two clients of one account, for four workers each.
fn two_clients(account: &str) -> Vec<Budget> {
    let account = AccountName::named("http://localhost", account);
    let clients = [Budget::of(account), Budget::of(account)];
    clients.into_iter().cycle().take(8).collect()
}

/// A job done by two clients of one account.
async fn run(
    job: Job,
    story: &str,
    server: impl Server + 'static,
    other: Other,
    options: CallOptions,
) -> World {
    let world = World::new(job.second, server);
    let _other = world.disturb(other);
    world
        .work(
            two_clients(&format!("{story} {options:?}")),
            options,
            job.calls,
        )
        .await;
    report(story, options, &world);
    world
}

fn report(story: &str, (pacing, _): CallOptions, world: &World) {
    let hours = world.hours();
    let sum = |count: fn(&Hour) -> u32| hours.iter().map(count).sum::<u32>();
    println!(
        "| {story} | {pacing:?} | {} | {} | {} | {:.2} % | {} | {} | {} |",
        sum(|hour| hour.ours),
        sum(|hour| hour.theirs),
        world.full_hours().len(),
        least_used(world) * 100.0,
        sum(|hour| hour.refused_us),
        most_refused(world),
        sum(|hour| hour.refused_them),
    );
}

/// The share of the allowance used in the worst full hour.
fn least_used(world: &World) -> f64 {
    let hours = world.full_hours();
    assert!(!hours.is_empty(), "the story is too short to tell");
    hours.iter().map(Hour::used).fold(f64::INFINITY, f64::min)
}

/// How often we were refused in the worst hour.
fn most_refused(world: &World) -> u32 {
    world
        .hours()
        .iter()
        .map(|hour| hour.refused_us)
        .max()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn alone_the_hour_is_used_and_nothing_refused() {
    let world = run(
        LONG,
        "fixed window, alone",
        fixed(LONG),
        Other::Nobody,
        EVEN,
    )
    .await;
    assert_eq!(most_refused(&world), 0);
    assert!(least_used(&world) >= 0.98);
    let world = run(
        SHORT,
        "fixed window, alone",
        fixed(SHORT),
        Other::Nobody,
        BURST,
    )
    .await;
    assert_eq!(most_refused(&world), 0);
    assert!(least_used(&world) >= 0.98);
}

#[tokio::test(start_paused = true)]
async fn with_a_third_of_it_taken_by_others_the_hour_is_used_and_nothing_refused() {
    for (story, other) in [
        ("fixed window, others steadily 30 %", STEADY_30_PERCENT),
        ("fixed window, others at random 30 %", POISSON_30_PERCENT),
    ] {
        let world = run(LONG, story, fixed(LONG), other, EVEN).await;
        assert_eq!(most_refused(&world), 0);
        assert!(least_used(&world) >= 0.98);
        let refused_them: u32 = world.hours().iter().map(|hour| hour.refused_them).sum();
        assert_eq!(refused_them, 0, "even pacing leaves others their share");
    }
}

/// A burst that is larger than the reserve and comes just when only the
/// reserve is left can't be seen in time: at most the calls under way fail,
/// and at the pace of that moment that is one.
#[tokio::test(start_paused = true)]
async fn sudden_bursts_of_others_cost_at_most_one_refusal_an_hour() {
    for (story, other, most) in [
        ("fixed window, others 25 each minute", BURSTS_OF_25, 0),
        ("fixed window, others 100 each 5 minutes", BURSTS_OF_100, 1),
    ] {
        for options in [EVEN, BURST] {
            let world = run(SHORT, story, fixed(SHORT), other, options).await;
            assert!(most_refused(&world) <= most, "{story}");
            assert!(least_used(&world) >= 0.98, "{story}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sliding_window_is_used_with_few_refusals() {
    for (story, reset, other) in [
        (
            "sliding window (reset: next), alone",
            SlidingReset::Next,
            Other::Nobody,
        ),
        (
            "sliding window (reset: next), others 30 %",
            SlidingReset::Next,
            POISSON_30_PERCENT,
        ),
        (
            "sliding window (reset: clear), alone",
            SlidingReset::Clear,
            Other::Nobody,
        ),
        (
            "sliding window (reset: clear), others 30 %",
            SlidingReset::Clear,
            POISSON_30_PERCENT,
        ),
    ] {
        let world = run(SHORT, story, sliding(reset), other, EVEN).await;
        assert!(most_refused(&world) <= 5, "{story}");
        assert!(least_used(&world) >= 0.95, "{story}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_bucket_is_used_with_few_refusals() {
    for (story, tokens, other) in [
        ("token bucket, full, alone", 3_600, Other::Nobody),
        ("token bucket, empty, alone", 0, Other::Nobody),
        ("token bucket, empty, others 30 %", 0, POISSON_30_PERCENT),
        (
            "token bucket, empty, others 100 each 5 minutes",
            0,
            BURSTS_OF_100,
        ),
    ] {
        // A full bucket is an hour's worth in advance.
        let calls = SHORT.calls + u32::try_from(tokens).unwrap();
        let job = Job { calls, ..SHORT };
        let world = run(job, story, bucket(job, tokens), other, EVEN).await;
        assert!(most_refused(&world) <= 5, "{story}");
        assert!(least_used(&world) >= 0.95, "{story}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_processes_that_know_nothing_of_each_other_share_the_hour() {
    let world = World::new(SHORT.second, fixed(SHORT));
    let processes = [Budget::new(), Budget::new()];
    let workers = processes.into_iter().cycle().take(8);
    world.work(workers, EVEN, SHORT.calls).await;
    report("fixed window, two processes", EVEN, &world);
    assert_eq!(most_refused(&world), 0);
    assert!(least_used(&world) >= 0.98);
}

#[tokio::test(start_paused = true)]
async fn without_any_headers_the_documented_limit_is_kept() {
    let world = run(
        SHORT,
        "no headers",
        Silent(fixed(SHORT)),
        Other::Nobody,
        EVEN,
    )
    .await;
    // What was used before the job began can't be known.
    assert!(most_refused(&world) <= 1);
    assert!(least_used(&world) >= 0.98);

    // Free until a 429 says otherwise, which each worker may run into once.
    let world = run(
        SHORT,
        "no headers",
        Silent(fixed(SHORT)),
        Other::Nobody,
        BURST,
    )
    .await;
    assert!((1..=8).contains(&most_refused(&world)));
    assert!(least_used(&world) >= 0.98);
}

#[tokio::test(start_paused = true)]
async fn a_reset_that_makes_no_sense_is_done_without() {
    type Reset = fn(Duration) -> String;
    let stories: [(&str, Reset); 3] = [
        ("reset an hour ago", |now| {
            (now.as_secs() - 3_600).to_string()
        }),
        ("reset is no number", |_| "soon".to_owned()),
        ("reset in milliseconds", |now| {
            (now.as_secs() * 1_000).to_string()
        }),
    ];
    for (story, reset) in stories {
        let server = Misdated {
            server: fixed(SHORT),
            reset,
        };
        let world = run(SHORT, story, server, Other::Nobody, EVEN).await;
        assert_eq!(most_refused(&world), 0, "{story}");
        assert!(least_used(&world) >= 0.95, "{story}");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_waits_hardly_waits_while_bulk_work_runs() {
    for options in [EVEN, BURST] {
        let world = World::new(SHORT.second, fixed(SHORT));
        let budgets = two_clients(&format!("waiting {options:?}"));
        let budget = budgets.first().unwrap().clone();
        let bulk = tokio::spawn({
            let world = world.clone();
            async move { world.work(budgets, options, SHORT.calls).await }
        });
        let (mut dice, mut longest, mut calls) = (Dice(99), Duration::ZERO, 0);
        while !bulk.is_finished() {
            sleep(dice.millis(60_000, 240_000)).await;
            longest = longest.max(world.call(&budget, SOMEBODY_WAITS, &mut dice).await);
            calls += 1;
        }
        bulk.await.unwrap();
        println!("| {calls} interactive calls during bulk | longest wait {longest:?} |");
        report("fixed window, with interactive calls", options, &world);
        assert!(calls > 20);
        assert!(longest < Duration::from_millis(250));
        assert_eq!(most_refused(&world), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fits_into_the_hour_is_done_as_fast_as_it_can_be() {
    let time = async |pacing| {
        let world = World::new(LONG.second, fixed(LONG));
        let began = Instant::now();
        let budget = Budget::new();
        world
            .work(vec![budget; 8], (pacing, Priority::Bulk), 500)
            .await;
        assert_eq!(most_refused(&world), 0);
        began.elapsed().as_secs_f64()
    };
    let (paced, oracle) = (time(Pacing::Burst).await, time(Pacing::Off).await);
    let ratio = paced / oracle;
    println!("| 500 calls, 2,400 left | {paced:.2} s | oracle {oracle:.2} s | {ratio:.3} |");
    assert!(ratio <= 1.05);
}
