//! Whose budget it is, and for how long.

use super::registry::Registry;
use super::*;
use crate::{Error, ErrorKind};

fn account(name: &str) -> AccountName {
    AccountName::named("https://a.test", name)
}

fn desk_of(budget: Budget) -> Desk {
    Desk {
        budget,
        clock: Arc::new(Noon(Instant::now())),
    }
}

#[tokio::test(start_paused = true)]
async fn clients_of_one_account_share_a_budget() {
    let one = Budget::of(account("budget-tests"));
    let two = Budget::of(account("budget-tests"));
    desk_of(one)
        .observe()
        .await
        .answered(&left(7), Meaning::Success);
    assert_eq!(two.state().remaining, Some(7));
    let other = Budget::of(account("somebody-else"));
    assert_eq!(other.state().remaining, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_the_hour_outlives_the_last_client_until_the_hour_is_over() {
    let desk = desk_of(Budget::of(account("outlived")));
    desk.observe().await.answered(&left(7), Meaning::Success);
    drop(desk);
    let state = || Budget::of(account("outlived")).state();
    assert_eq!(state().remaining, Some(7));
    sleep(secs(3_602)).await;
    assert_eq!(state().remaining, None);
}

/// What an answer means, and for how long another client should hear of it.
fn memories() -> Vec<(HeaderMap, Meaning, u64)> {
    let bad_key = Error::new(ErrorKind::Unauthorized, "Invalid API key");
    let none = HeaderMap::new;
    let mut no_reset = left(7);
    no_reset.remove("x-ratelimit-reset");
    vec![
        (left(7), Meaning::Success, 3_601),
        (left_until(7, NOON + 60), Meaning::Success, 61),
        (no_reset, Meaning::Success, 3_601),
        (none(), limited(Throttle::Hourly, 45), 45),
        (none(), limited(Throttle::AuthenticationBlock, 600), 600),
        (none(), limited(Throttle::MonthlyQuota, 864_000), 864_000),
        (none(), limited_somehow(Throttle::MonthlyQuota), 600),
        (none(), Meaning::BadKey(Arc::new(bad_key)), 60),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_was_learned_is_kept_for_as_long_as_it_matters_and_then_forgotten() {
    for (headers, meaning, seconds) in memories() {
        let mut registry = Registry::default();
        let desk = desk_of(Budget {
            shared: registry.budget_of(account("first")),
        });
        desk.observe().await.answered(&headers, meaning.clone());
        drop(desk);
        let mut others = 0;
        let mut fill = |registry: &mut Registry| {
            for _ in 0..100 {
                others += 1;
                registry.budget_of(account(&others.to_string()));
            }
        };
        sleep(secs(seconds - 1)).await;
        fill(&mut registry);
        assert!(registry.knows(account("first")), "{meaning:?} {headers:?}");
        sleep(secs(2)).await;
        fill(&mut registry);
        assert!(!registry.knows(account("first")), "{meaning:?} {headers:?}");
        assert!(registry.len() <= 16, "{}", registry.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_somebody_holds_is_never_forgotten() {
    let mut registry = Registry::default();
    let held: Vec<_> = (0..100)
        .map(|number| registry.budget_of(account(&format!("held {number}"))))
        .collect();
    for number in 0..1_000 {
        registry.budget_of(account(&number.to_string()));
    }
    for (number, shared) in held.iter().enumerate() {
        let again = registry.budget_of(account(&format!("held {number}")));
        assert!(Arc::ptr_eq(shared, &again));
    }
    assert!((100..=200).contains(&registry.len()), "{}", registry.len());
}

#[test]
fn a_budget_does_not_tell_whose_it_is() {
    let budget = Budget::of(account("bme_secret_key"));
    let text = format!("{budget:?}");
    assert!(text.contains("remaining"));
    assert!(!text.contains("bme_secret_key"));
}
