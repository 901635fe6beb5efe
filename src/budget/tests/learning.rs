//! What an answer changes.

use http::header::DATE;

use super::*;

#[tokio::test(start_paused = true)]
async fn the_state_is_what_the_latest_answer_says() {
    let desk = Desk::new();
    assert_eq!(desk.budget.state(), BudgetState::default());

    desk.observe()
        .await
        .answered(&quota(90_000), Meaning::Success);
    let state = desk.budget.state();
    assert_eq!((state.limit, state.remaining), (Some(3_600), Some(3_000)));
    assert_eq!(
        (state.quota_limit, state.quota_remaining),
        (Some(100_000), Some(90_000))
    );
    assert_eq!(state.resets_at, Some(Desk::date(ONE_O_CLOCK)));

    desk.observe()
        .await
        .answered(&quota(90_000), Meaning::Success);
    assert_eq!(desk.budget.state(), state, "nothing changed");
}

#[tokio::test(start_paused = true)]
async fn a_quota_grows_by_a_later_answer_and_shrinks_by_an_overtaken_one() {
    let desk = Desk::new();
    let (first, less, more) = (
        desk.observe().await,
        desk.observe().await,
        desk.observe().await,
    );
    let remaining = || desk.budget.state().quota_remaining;
    sleep(secs(1)).await;
    first.answered(&quota(200), Meaning::Success);
    less.answered(&quota(199), Meaning::Success);
    assert_eq!(remaining(), Some(199));
    more.answered(&quota(201), Meaning::Success);
    assert_eq!(remaining(), Some(199));
    // Another billing period, or a larger plan.
    let later = desk.observe().await;
    later.answered(&quota(100_000), Meaning::Success);
    assert_eq!(remaining(), Some(100_000));
}

#[tokio::test(start_paused = true)]
async fn the_reset_is_told_in_this_machines_time() {
    let desk = Desk::new();
    let mut headers = left(3_000);
    // The server's clock is ten minutes ahead.
    let date = httpdate::fmt_http_date(Desk::date(NOON + 600));
    headers.insert(DATE, date.parse().unwrap());
    desk.observe().await.answered(&headers, Meaning::Success);
    assert_eq!(
        desk.budget.state().resets_at,
        Some(Desk::date(ONE_O_CLOCK - 600))
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_raises_nothing() {
    let desk = Desk::new();
    let (first, second) = (desk.observe().await, desk.observe().await);
    sleep(LATENCY).await;
    second.answered(&left(98), Meaning::Success);
    first.answered(&left(99), Meaning::Success);
    assert_eq!(desk.remaining(), Some(98));
}

#[tokio::test(start_paused = true)]
async fn a_lower_answer_counts_even_when_it_was_overtaken() {
    let desk = Desk::new();
    let (first, second) = (desk.observe().await, desk.observe().await);
    sleep(LATENCY).await;
    second.answered(&left(99), Meaning::Success);
    first.answered(&left(98), Meaning::Success);
    assert_eq!(desk.remaining(), Some(98));
}

#[tokio::test(start_paused = true)]
async fn a_request_sent_later_may_find_more_left() {
    let desk = Desk::knowing(100).await;
    sleep(secs(1)).await;
    desk.observe().await.answered(&left(140), Meaning::Success);
    assert_eq!(desk.remaining(), Some(140));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_from_the_hour_before_changes_nothing() {
    let desk = Desk::new();
    let old = desk.observe().await;
    let new = desk.observe().await;
    sleep(LATENCY).await;
    new.answered(&left_until(3_599, ONE_O_CLOCK), Meaning::Success);
    old.answered(&left_until(7, NOON), Meaning::Success);
    assert_eq!(desk.remaining(), Some(3_599));
    assert_eq!(desk.budget.state().resets_at, Some(Desk::date(ONE_O_CLOCK)));
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_the_new_hour_counts_though_it_was_sent_in_the_old() {
    let desk = Desk::new();
    let (one, two) = (desk.observe().await, desk.observe().await);
    one.answered(&left_until(7, NOON + 1), Meaning::Success);
    sleep(secs(2)).await;
    two.answered(&left_until(3_599, ONE_O_CLOCK), Meaning::Success);
    assert_eq!(desk.remaining(), Some(3_599));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_headers_takes_nothing_back() {
    let desk = Desk::knowing(100).await;
    desk.observe()
        .await
        .answered(&HeaderMap::new(), Meaning::Success);
    assert_eq!(desk.remaining(), Some(100));
}

#[tokio::test(start_paused = true)]
async fn when_the_hour_is_over_what_is_left_is_unknown() {
    let desk = Desk::knowing(100).await;
    sleep(secs(3_602)).await;
    let state = desk.budget.state();
    assert_eq!(
        (state.limit, state.remaining, state.resets_at),
        (Some(3_600), None, None)
    );
}

#[tokio::test(start_paused = true)]
async fn no_number_breaks_it() {
    let numbers = [0, 1, u64::from(u32::MAX), u64::MAX];
    for limit in numbers {
        for remaining in numbers {
            for reset in numbers {
                let desk = Desk::new();
                let meanings = [
                    Meaning::Success,
                    limited(Throttle::Hourly, reset),
                    limited(Throttle::MonthlyQuota, reset),
                ];
                for meaning in meanings {
                    let headers = headers(&[
                        ("x-ratelimit-limit", limit),
                        ("x-ratelimit-remaining", remaining),
                        ("x-ratelimit-reset", reset),
                        ("x-monthly-remaining", remaining),
                    ]);
                    desk.observe().await.answered(&headers, meaning);
                    for pacing in [Pacing::Even, Pacing::Burst] {
                        for priority in [Priority::Interactive, Priority::Bulk] {
                            let asked = desk.ask(pacing, priority, Duration::ZERO);
                            drop(tokio::time::timeout(secs(10), asked).await);
                        }
                    }
                    sleep(secs(90)).await;
                }
            }
        }
    }
}
