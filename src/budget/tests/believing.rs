//! What one answer that is wrong can do, and for how long.

use http::header::DATE;

use super::*;

const HOUR: u64 = 3_600;
const YEAR: u64 = 366 * 24 * HOUR;

/// An answer that says so many are left until one o'clock, written at this time by the server's clock.
fn dated(remaining: u32, written: u64) -> HeaderMap {
    let mut headers = left(remaining);
    headers.insert(DATE, http_date(written));
    headers
}

/// A gateway's page, written at this time by its clock.
fn page(written: u64) -> HeaderMap {
    [(DATE, http_date(written))].into_iter().collect()
}

fn http_date(seconds: u64) -> http::HeaderValue {
    httpdate::fmt_http_date(Desk::date(seconds))
        .parse()
        .unwrap()
}

/// How long so many calls of bulk work and one that somebody waits for take, a second apart in the
/// server's headers.
async fn time_for(desk: &Desk, calls: u32, remaining: u32) -> Duration {
    let began = Instant::now();
    for call in 0..calls {
        let bulk = desk.ask(Pacing::Even, Priority::Bulk, PATIENT).await;
        let now = NOON + desk.clock.0.elapsed().as_secs();
        bulk.unwrap()
            .answered(&dated(remaining - call, now), Meaning::Success);
    }
    drop(desk.burst(Priority::Interactive).await.unwrap());
    began.elapsed()
}

/// How long ten calls take after others and one with this answer.
async fn time_with(remaining: u32, headers: &HeaderMap, meaning: Meaning) -> Duration {
    let desk = Desk::new();
    time_for(&desk, 10, remaining).await;
    desk.observe().await.answered(headers, meaning);
    let resets_at = desk.budget.state().resets_at;
    assert_eq!(resets_at, Some(Desk::date(ONE_O_CLOCK)), "{headers:?}");
    time_for(&desk, 10, remaining - 10).await
}

#[tokio::test(start_paused = true)]
async fn a_wrong_date_stops_neither_bulk_work_nor_a_call_near_the_reserve() {
    for wrong in [0, 1, NOON - HOUR, NOON - 600, NOON + HOUR, NOON * 2] {
        for remaining in [3_000, 60] {
            let right = time_with(remaining, &page(NOON), Meaning::Foreign).await;
            let answers = [
                (page(wrong), Meaning::Foreign),
                (page(wrong), Meaning::Success),
                (page(wrong), Meaning::Refusal),
                (dated(remaining, wrong), Meaning::Refusal),
                (dated(remaining, wrong), Meaning::Success),
                (dated(remaining, wrong), limited(Throttle::Hourly, 1)),
            ];
            for (headers, meaning) in answers {
                let wrong = time_with(remaining, &headers, meaning).await;
                assert!(wrong <= right + secs(10), "{headers:?} {wrong:?} {right:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_date_in_the_first_answer_of_all_costs_an_hour_at_most_and_heals() {
    for wrong in [0, NOON - 20 * HOUR, NOON - HOUR, NOON - 600, NOON + HOUR] {
        let desk = Desk::new();
        let first = dated(3_000, wrong);
        desk.observe().await.answered(&first, Meaning::Success);
        let ten = time_for(&desk, 10, 2_999).await;
        assert!(ten < secs(60), "{wrong} {ten:?}");
        assert_eq!(desk.budget.state().resets_at, Some(Desk::date(ONE_O_CLOCK)));

        let desk = Desk::new();
        let first = dated(36, wrong);
        desk.observe().await.answered(&first, Meaning::Success);
        let one = time_for(&desk, 1, 3_000).await;
        assert!(one <= secs(HOUR + 1), "{wrong} {one:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_servers_clock_turns_out_otherwise_a_reset_that_no_longer_makes_sense_is_done_without()
 {
    let desk = Desk::new();
    desk.observe()
        .await
        .answered(&dated(30, NOON), Meaning::Success);
    let refused = desk.ask(Pacing::Even, Priority::Bulk, secs(120)).await;
    refused
        .unwrap()
        .answered(&dated(30, NOON), Meaning::Success);
    let refused = desk.ask(Pacing::Even, Priority::Bulk, secs(120)).await;
    assert_eq!(refused.unwrap_err().limit, Throttle::Hourly);
    // Two other answers agree that it is ten hours later; they tell nothing of the hour.
    for _ in 0..2 {
        let refusal = page(NOON + 10 * HOUR);
        desk.observe().await.answered(&refusal, Meaning::Refusal);
    }
    assert_eq!(desk.budget.state().resets_at, None);
    let bulk = desk.ask(Pacing::Even, Priority::Bulk, secs(120)).await;
    drop(bulk.unwrap());
}

#[tokio::test(start_paused = true)]
async fn no_number_of_dates_counts_without_limit_headers_or_the_services_envelope() {
    for (meaning, counts) in [
        (Meaning::Foreign, false),
        (Meaning::Success, false),
        (Meaning::Refusal, true),
    ] {
        let desk = Desk::knowing(3_000).await;
        for _ in 0..5 {
            let answer = page(NOON + 600);
            desk.observe().await.answered(&answer, meaning.clone());
        }
        let resets_at = desk.budget.state().resets_at.unwrap();
        assert_eq!(resets_at != Desk::date(ONE_O_CLOCK), counts, "{meaning:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_that_asks_for_years_is_asked_about_every_hour_by_one_call() {
    for throttle in [Throttle::Hourly, Throttle::AuthenticationBlock] {
        for priority in [Priority::Interactive, Priority::Bulk] {
            let desk = Desk::knowing(3_000).await;
            let closed = desk.observe().await;
            closed.answered(&left(2_999), limited(throttle, YEAR));
            for _ in 0..3 {
                let refused = desk.ask(Pacing::Burst, priority, secs(120)).await;
                let retry_at = desk.date_in(HOUR);
                assert_eq!(
                    refused.unwrap_err(),
                    LimitReached {
                        limit: throttle,
                        retry_at: Some(retry_at)
                    }
                );

                sleep(secs(HOUR - 1)).await;
                desk.ask(Pacing::Burst, priority, Duration::ZERO)
                    .await
                    .unwrap_err();
                sleep(secs(1)).await;
                let probe = desk.burst(priority).await.unwrap();
                let next = desk.spawn(Pacing::Burst, priority);
                settle().await;
                assert!(!next.is_finished(), "one call asks, the others wait for it");
                probe.answered(&HeaderMap::new(), limited(throttle, YEAR));
                next.abort();
            }
            sleep(secs(HOUR)).await;
            let probe = desk.burst(priority).await.unwrap();
            probe.answered(&left(2_999), Meaning::Success);
            let began = Instant::now();
            let mut permits = Vec::new();
            for _ in 0..20 {
                permits.push(desk.burst(priority).await.unwrap());
            }
            assert_eq!(began.elapsed(), Duration::ZERO, "it is over");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_gets_no_answer_lets_another_one_ask() {
    let desk = Desk::knowing(3_000).await;
    let closed = desk.observe().await;
    closed.answered(&left(2_999), limited(Throttle::Hourly, YEAR));
    sleep(secs(HOUR)).await;
    drop(desk.burst(Priority::Bulk).await.unwrap());
    let probe = desk.burst(Priority::Bulk).await.unwrap();
    probe.answered(&page(NOON), Meaning::Foreign);
    let _lost = desk.burst(Priority::Bulk).await.unwrap();
    let began = Instant::now();
    drop(desk.burst(Priority::Bulk).await.unwrap());
    assert_eq!(began.elapsed(), secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_is_away_for_years_is_looked_at_after_a_month() {
    let desk = Desk::new();
    let used_up = desk.observe().await;
    used_up.answered(&HeaderMap::new(), limited(Throttle::MonthlyQuota, YEAR));
    let refused = desk.burst(Priority::Bulk).await.unwrap_err();
    let month = 31 * 24 * HOUR;
    assert_eq!(refused.retry_at, Some(desk.date_in(month)));
    sleep(secs(month - 1)).await;
    desk.burst(Priority::Bulk).await.unwrap_err();
    sleep(secs(1)).await;
    let probe = desk.burst(Priority::Interactive).await.unwrap();
    let next = desk.spawn(Pacing::Burst, Priority::Interactive);
    settle().await;
    assert!(!next.is_finished());
    probe.answered(&quota(100_000), Meaning::Success);
    drop(next.await.unwrap().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_no_header_tells_is_back_with_an_answer_that_it_let_through() {
    for (early, is_back) in [(1, false), (0, true)] {
        let desk = Desk::new();
        let used_up = desk.observe().await;
        used_up.answered(&left(3_000), limited(Throttle::MonthlyQuota, 1_000));
        sleep(secs(1_000 - early)).await;
        let through = desk.observe().await;
        through.answered(&left(2_999), Meaning::Success);
        assert_eq!(desk.burst(Priority::Bulk).await.is_ok(), is_back);
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_says_nothing_of_its_end_lasts_a_minute_and_is_asked_about_then() {
    let desk = Desk::knowing(3_000).await;
    let blocked = desk.observe().await;
    blocked.answered(
        &HeaderMap::new(),
        limited_somehow(Throttle::AuthenticationBlock),
    );
    let refused = desk.burst(Priority::Interactive).await.unwrap_err();
    let retry_at = Some(desk.date_in(60));
    let limit = Throttle::AuthenticationBlock;
    assert_eq!(refused, LimitReached { limit, retry_at });
    sleep(secs(60)).await;
    drop(desk.burst(Priority::Interactive).await.unwrap());
}

/// Neither that the account has no limit headers, nor anything else.
#[tokio::test(start_paused = true)]
async fn a_gateways_answer_changes_nothing() {
    let desk = Desk::new();
    let before = desk.budget.state();
    let mut headers = quota(0);
    headers.insert(DATE, http_date(0));
    desk.observe().await.answered(&headers, Meaning::Foreign);
    assert_eq!(desk.budget.state(), before);
    let _probe = desk.burst(Priority::Bulk).await.unwrap();
    let next = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    assert!(!next.is_finished(), "what is left is still to be found out");
}

/// The headers are documented for successes only.
#[tokio::test(start_paused = true)]
async fn a_refusal_without_limit_headers_doesnt_mean_that_there_are_none() {
    for (meaning, free) in [(Meaning::Refusal, false), (Meaning::Success, true)] {
        let desk = Desk::new();
        desk.observe().await.answered(&HeaderMap::new(), meaning);
        let _first = desk.burst(Priority::Bulk).await.unwrap();
        let next = desk.spawn(Pacing::Burst, Priority::Bulk);
        settle().await;
        assert_eq!(next.is_finished(), free);
    }
}
