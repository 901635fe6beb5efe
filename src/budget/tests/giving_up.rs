//! Calls that are dropped before they are done.

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_call_given_up_at_the_head_of_the_line_lets_the_next_one_through() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    let kinds = [
        (Pacing::Burst, Priority::Bulk),
        (Pacing::Even, Priority::Interactive),
    ];
    for (pacing, priority) in kinds {
        let head = desk.spawn(pacing, priority);
        settle().await;
        let next = desk.spawn(pacing, priority);
        settle().await;
        head.abort();
        drop(next.await.unwrap().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn an_interactive_call_given_up_no_longer_holds_bulk_work_back() {
    let desk = Desk::knowing(136).await;
    for _ in 0..11 {
        drop(
            desk.ask(Pacing::Even, Priority::Bulk, PATIENT)
                .await
                .unwrap(),
        );
    }
    // Polled only once, so that bulk work, when it is due, finds it waiting.
    let mut interactive = Box::pin(desk.ask(Pacing::Even, Priority::Interactive, PATIENT));
    assert!(timeout(Duration::ZERO, interactive.as_mut()).await.is_err());
    let bulk = desk.spawn(Pacing::Even, Priority::Bulk);
    sleep(secs(100)).await;
    assert!(!bulk.is_finished());

    drop(interactive);
    settle().await;
    assert!(bulk.is_finished());
}

/// Callers of every kind, most of them given up sooner or later: while they
/// stand in line, at its head, as a probe or with the request under way.
#[tokio::test(start_paused = true)]
async fn a_storm_of_calls_given_up_leaves_the_budget_as_it_was() {
    for seed in 0..20_u64 {
        let desk = Desk::new();
        let mut dice = seed * 7_919 + 1;
        let mut roll = |sides: u64| {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % sides
        };
        let mut storm = JoinSet::new();
        let mut faithful = JoinSet::new();
        for call in 0..120_u32 {
            let pacing =
                [Pacing::Even, Pacing::Burst, Pacing::Off][usize::try_from(roll(3)).unwrap()];
            let priority =
                [Priority::Interactive, Priority::Bulk][usize::try_from(roll(2)).unwrap()];
            let (begin, patience) = (roll(20_000), roll(20_000));
            let (lost, refused) = (roll(4) == 0, roll(10) == 0);
            let caller = desk.clone();
            let work = async move {
                sleep(Duration::from_millis(begin)).await;
                let permit = caller.ask(pacing, priority, PATIENT).await.unwrap();
                sleep(LATENCY).await;
                if lost {
                    drop(permit);
                } else if refused {
                    permit.answered(&HeaderMap::new(), limited(Throttle::Hourly, 3));
                } else {
                    permit.answered(&left(3_600 - call), Meaning::Success);
                }
            };
            if call % 4 == 0 {
                faithful.spawn(work);
            } else {
                let patience = Duration::from_millis(begin + patience);
                storm.spawn(timeout(patience, work));
            }
        }
        let began = Instant::now();
        faithful.join_all().await;
        storm.join_all().await;
        assert!(
            began.elapsed() < secs(400),
            "seed {seed}: {:?}",
            began.elapsed()
        );
        assert!(desk.is_idle(), "seed {seed}: {:?}", desk.budget);
        drop(desk.burst(Priority::Bulk).await.unwrap());
    }
}
