//! What a 429 closes, for how long, and who hears of it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_429_closes_the_hour_for_everybody_until_it_says() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    let began = Instant::now();
    let kinds = [Pacing::Even, Pacing::Burst]
        .into_iter()
        .flat_map(|pacing| {
            [Priority::Interactive, Priority::Bulk].map(|priority| (pacing, priority))
        });
    let tasks: Vec<_> = kinds
        .map(|(pacing, priority)| desk.spawn(pacing, priority))
        .collect();
    sleep(Duration::from_millis(44_990)).await;
    assert_eq!(count_done(&tasks), 0);
    sleep(secs(1)).await;
    settle().await;
    // Bulk work waits for what the others find out.
    assert_eq!(count_done(&tasks), 2);
    for task in tasks {
        task.await
            .unwrap()
            .unwrap()
            .answered(&left(3_000), Meaning::Success);
    }
    assert!(began.elapsed() < secs(52));
}

#[tokio::test(start_paused = true)]
async fn a_429_that_says_nothing_closes_the_hour_for_a_while() {
    let desk = Desk::new();
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited_somehow(Throttle::Hourly));
    let began = Instant::now();
    drop(desk.burst(Priority::Interactive).await.unwrap());
    assert_eq!(began.elapsed(), secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_second_429_never_opens_the_hour_earlier() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 1));
    let began = Instant::now();
    drop(desk.burst(Priority::Interactive).await.unwrap());
    assert_eq!(began.elapsed(), secs(45));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_refused_at_once() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 121));
    let began = Instant::now();
    let refused = desk
        .ask(Pacing::Burst, Priority::Interactive, secs(120))
        .await
        .unwrap_err();
    assert_eq!(began.elapsed(), Duration::ZERO);
    let retry_at = Some(Desk::date(NOON + 121));
    assert_eq!(
        refused,
        LimitReached {
            limit: Throttle::Hourly,
            retry_at
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_in_line_behind_a_patient_one_is_refused_at_once_all_the_same() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 3_000));
    let patient = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    let began = Instant::now();
    desk.ask(Pacing::Burst, Priority::Bulk, secs(120))
        .await
        .unwrap_err();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(!patient.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_call_in_line_is_refused_when_the_hour_closes_while_it_stands_there() {
    let desk = Desk::new();
    let probe = desk.burst(Priority::Bulk).await.unwrap();
    let _patient = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    let began = Instant::now();
    let asked = desk.ask(Pacing::Burst, Priority::Bulk, secs(120));
    let close = async {
        sleep(secs(1)).await;
        probe.answered(&HeaderMap::new(), limited(Throttle::Hourly, 3_000));
    };
    let (refused, ()) = tokio::join!(asked, close);
    assert_eq!(refused.unwrap_err().limit, Throttle::Hourly);
    assert!(began.elapsed() <= secs(120), "no longer than its patience");
}

#[tokio::test(start_paused = true)]
async fn the_observer_hears_until_when_and_when_that_becomes_later() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    let mut told = Vec::new();
    let mut tell = |until| told.push(until);
    let asked = desk.budget.acquire(PermitRequest {
        pacing: Pacing::Burst,
        priority: Priority::Interactive,
        max_wait: PATIENT,
        key: KeyName::of("key"),
        clock: &*desk.clock,
        on_wait: &mut tell,
    });
    let close = async {
        sleep(secs(10)).await;
        desk.observe()
            .await
            .answered(&HeaderMap::new(), limited(Throttle::Hourly, 50));
    };
    let (permit, ()) = tokio::join!(asked, close);
    drop(permit.unwrap());
    assert_eq!(told, [Desk::date(NOON + 45), Desk::date(NOON + 60)]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_just_so_long_waits_and_hears_of_no_second_more() {
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    for (patience, waits) in [(44, false), (45, true)] {
        let mut told = Vec::new();
        let mut tell = |until| told.push(until);
        let asked = desk.budget.acquire(PermitRequest {
            pacing: Pacing::Burst,
            priority: Priority::Interactive,
            max_wait: secs(patience),
            key: KeyName::of("key"),
            clock: &*desk.clock,
            on_wait: &mut tell,
        });
        let asked = tokio::time::timeout(secs(1), asked).await;
        assert_eq!(asked.is_err(), waits, "{asked:?}");
        let heard = waits.then(|| Desk::date(NOON + 45));
        assert_eq!(told, Vec::from_iter(heard));
    }
}

#[tokio::test(start_paused = true)]
async fn a_used_up_quota_refuses_at_once_and_says_until_when() {
    let desk = Desk::new();
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::MonthlyQuota, 864_000));
    let refused = desk
        .ask(Pacing::Burst, Priority::Interactive, Duration::MAX)
        .await
        .unwrap_err();
    let retry_at = Some(Desk::date(NOON + 864_000));
    assert_eq!(
        refused,
        LimitReached {
            limit: Throttle::MonthlyQuota,
            retry_at
        }
    );

    sleep(secs(864_000)).await;
    drop(desk.burst(Priority::Bulk).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_ends_with_an_accepted_request_is_looked_at_now_and_then() {
    let desk = Desk::new();
    desk.observe().await.answered(&quota(0), Meaning::Success);
    let refused = desk.burst(Priority::Bulk).await.unwrap_err();
    assert_eq!(
        refused,
        LimitReached {
            limit: Throttle::MonthlyQuota,
            retry_at: None
        }
    );

    sleep(secs(600)).await;
    let look = desk.burst(Priority::Bulk).await.unwrap();
    let next = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    assert!(
        !next.is_finished(),
        "one call looks, the others wait for it"
    );
    look.answered(&quota(100_000), Meaning::Success);
    drop(next.await.unwrap().unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_last_of_the_quota_is_not_spent_twice() {
    let desk = Desk::new();
    desk.observe().await.answered(&quota(2), Meaning::Success);
    let one = desk.burst(Priority::Interactive).await.unwrap();
    let two = desk.burst(Priority::Interactive).await.unwrap();
    let three = desk.spawn(Pacing::Burst, Priority::Interactive);
    settle().await;
    assert!(!three.is_finished());
    one.answered(&quota(1), Meaning::Success);
    two.answered(&quota(0), Meaning::Success);
    assert_eq!(
        three.await.unwrap().unwrap_err().limit,
        Throttle::MonthlyQuota
    );
}

#[tokio::test(start_paused = true)]
async fn a_429_while_much_is_left_does_not_change_the_pace_afterwards() {
    // A limit that the headers don't speak of, as one for the minute.
    let desk = Desk::knowing(3_000).await;
    desk.observe()
        .await
        .answered(&left(2_900), limited(Throttle::Hourly, 20));
    assert_eq!(desk.remaining(), Some(2_900));
    sleep(secs(21)).await;
    desk.burst(Priority::Bulk)
        .await
        .unwrap()
        .answered(&left(2_899), Meaning::Success);
    let began = Instant::now();
    let mut permits = Vec::new();
    for _ in 0..100 {
        permits.push(desk.burst(Priority::Bulk).await.unwrap());
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn while_the_address_is_blocked_nothing_is_sent() {
    let desk = Desk::knowing(3_000).await;
    desk.observe().await.answered(
        &HeaderMap::new(),
        limited(Throttle::AuthenticationBlock, 600),
    );
    let refused = desk.burst(Priority::Interactive).await.unwrap_err();
    let retry_at = Some(Desk::date(NOON + 600));
    assert_eq!(
        refused,
        LimitReached {
            limit: Throttle::AuthenticationBlock,
            retry_at
        }
    );
    sleep(secs(600)).await;
    drop(desk.burst(Priority::Interactive).await.unwrap());
}
