//! Who goes and who waits, before and after the first answer.

use std::sync::Mutex;

use tokio::task::JoinSet;

use super::*;

#[tokio::test(start_paused = true)]
async fn bulk_work_sends_one_request_to_find_out() {
    let desk = Desk::new();
    let tasks: Vec<_> = (0..5)
        .map(|_| desk.spawn(Pacing::Burst, Priority::Bulk))
        .collect();
    settle().await;
    assert_eq!(count_done(&tasks), 1);

    let mut tasks = tasks.into_iter();
    let probe = tasks.next().unwrap().await.unwrap().unwrap();
    probe.answered(&left(3_000), Meaning::Success);
    settle().await;
    assert_eq!(count_done(tasks.as_slice()), 4);
}

#[tokio::test(start_paused = true)]
async fn a_first_request_that_gets_no_answer_lets_the_next_one_try() {
    let desk = Desk::new();
    let probe = desk.burst(Priority::Bulk).await.unwrap();
    let next = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    assert!(!next.is_finished());
    drop(probe);
    settle().await;
    assert!(next.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_first_request_that_takes_long_holds_nobody_back_for_long() {
    let desk = Desk::new();
    let _probe = desk.burst(Priority::Bulk).await.unwrap();
    let began = Instant::now();
    let _next = desk.burst(Priority::Bulk).await.unwrap();
    assert_eq!(began.elapsed(), secs(5));
}

#[tokio::test(start_paused = true)]
async fn interactive_calls_do_not_wait_for_each_others_first_answers() {
    let desk = Desk::new();
    let began = Instant::now();
    let mut permits = Vec::new();
    for _ in 0..8 {
        permits.push(desk.burst(Priority::Interactive).await.unwrap());
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn bulk_work_leaves_the_reserve_to_interactive_calls() {
    let desk = Desk::knowing(36).await;
    let bulk = desk.ask(Pacing::Burst, Priority::Bulk, secs(120)).await;
    // The reset, and a second for a server that rounds it down.
    let retry_at = Some(Desk::date(ONE_O_CLOCK + 1));
    // It looks once more, as the window might be a rolling one.
    let permit = bulk.unwrap();
    permit.answered(&left(35), Meaning::Success);
    let bulk = desk.ask(Pacing::Burst, Priority::Bulk, secs(120)).await;
    assert_eq!(
        bulk.unwrap_err(),
        LimitReached {
            limit: Throttle::Hourly,
            retry_at
        }
    );

    let began = Instant::now();
    desk.burst(Priority::Interactive)
        .await
        .unwrap()
        .answered(&left(34), Meaning::Success);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn requests_under_way_count_as_spent() {
    let desk = Desk::knowing(40).await;
    let mut permits = Vec::new();
    for _ in 0..4 {
        permits.push(desk.burst(Priority::Bulk).await.unwrap());
    }
    let fifth = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    assert!(!fifth.is_finished());

    permits.pop();
    settle().await;
    assert!(
        fifth.is_finished(),
        "an attempt that failed gives its place back"
    );
}

#[tokio::test(start_paused = true)]
async fn even_pacing_lets_a_short_run_go_and_then_one_at_a_time() {
    let desk = Desk::knowing(3_600).await;
    let mut times = Vec::new();
    let began = Instant::now();
    for remaining in (3_580..3_600).rev() {
        let permit = desk
            .ask(Pacing::Even, Priority::Bulk, PATIENT)
            .await
            .unwrap();
        times.push(began.elapsed().as_secs());
        permit.answered(&left(remaining), Meaning::Success);
    }
    assert_eq!(times.iter().filter(|&&time| time == 0).count(), 11);
    assert_eq!(times.last(), Some(&9), "about one a second: {times:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_kind_go_first_come_first_served() {
    let desk = Desk::knowing(136).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let (desk, order) = (desk.clone(), Arc::clone(&order));
        tasks.spawn(async move {
            let permit = desk
                .ask(Pacing::Even, Priority::Bulk, PATIENT)
                .await
                .unwrap();
            order.lock().unwrap().push(number);
            drop(permit);
        });
    }
    tasks.join_all().await;
    assert_eq!(*order.lock().unwrap(), (0..30).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn an_interactive_call_goes_before_bulk_work_that_waits_longer() {
    let desk = Desk::knowing(136).await;
    for _ in 0..11 {
        drop(
            desk.ask(Pacing::Even, Priority::Bulk, PATIENT)
                .await
                .unwrap(),
        );
    }
    let bulk = desk.spawn(Pacing::Even, Priority::Bulk);
    settle().await;
    let interactive = desk.spawn(Pacing::Even, Priority::Interactive);
    drop(interactive.await.unwrap().unwrap());
    assert!(!bulk.is_finished());
    drop(bulk.await.unwrap().unwrap());
}

#[tokio::test(start_paused = true)]
async fn off_waits_for_nothing_and_still_learns() {
    let desk = Desk::knowing(0).await;
    let began = Instant::now();
    desk.observe()
        .await
        .answered(&HeaderMap::new(), limited(Throttle::Hourly, 45));
    desk.observe()
        .await
        .answered(&quota(0), limited_somehow(Throttle::MonthlyQuota));
    desk.observe().await.answered(
        &HeaderMap::new(),
        limited(Throttle::AuthenticationBlock, 45),
    );
    drop(desk.observe().await);
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(desk.budget.state().quota_remaining, Some(0));
}

#[tokio::test(start_paused = true)]
async fn of_two_calls_due_at_once_the_interactive_one_goes() {
    // Without headers both kinds are paced alike.
    let desk = Desk::new();
    desk.observe()
        .await
        .answered(&HeaderMap::new(), Meaning::Success);
    for _ in 0..12 {
        drop(
            desk.ask(Pacing::Even, Priority::Bulk, PATIENT)
                .await
                .unwrap(),
        );
    }
    for _ in 0..20 {
        let bulk = desk.spawn(Pacing::Even, Priority::Bulk);
        settle().await;
        let interactive = desk.spawn(Pacing::Even, Priority::Interactive);
        drop(interactive.await.unwrap().unwrap());
        settle().await;
        assert!(!bulk.is_finished());
        drop(bulk.await.unwrap().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn without_headers_even_pacing_keeps_the_documented_pace() {
    let desk = Desk::new();
    let began = Instant::now();
    for _ in 0..111 {
        let permit = desk
            .ask(Pacing::Even, Priority::Bulk, PATIENT)
            .await
            .unwrap();
        permit.answered(&HeaderMap::new(), Meaning::Success);
    }
    // One to find out, a run of eleven, and then about one a second.
    assert_eq!(began.elapsed().as_secs(), 100);
}

#[tokio::test(start_paused = true)]
async fn without_headers_burst_pacing_holds_nobody_back() {
    let desk = Desk::new();
    desk.burst(Priority::Bulk)
        .await
        .unwrap()
        .answered(&HeaderMap::new(), Meaning::Success);
    let began = Instant::now();
    let mut permits = Vec::new();
    for _ in 0..100 {
        permits.push(desk.burst(Priority::Bulk).await.unwrap());
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}
