//! Whose budget it is.

use super::*;

#[tokio::test(start_paused = true)]
async fn clients_of_one_account_share_a_budget() {
    let one = Budget::shared("https://a.test", "budget-tests");
    let two = Budget::shared("https://a.test", "budget-tests");
    let desk = Desk {
        budget: one,
        clock: Arc::new(Noon(Instant::now())),
    };
    desk.observe().await.answered(&left(7), Meaning::Success);
    assert_eq!(two.state().remaining, Some(7));

    let others = [
        ("https://b.test", "budget-tests"),
        ("https://a.test", "somebody-else"),
    ];
    for (base_url, account) in others {
        assert_eq!(Budget::shared(base_url, account).state().remaining, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_nobody_holds_is_forgotten() {
    let desk = Desk {
        budget: Budget::shared("https://a.test", "forgotten"),
        clock: Arc::new(Noon(Instant::now())),
    };
    desk.observe().await.answered(&left(7), Meaning::Success);
    drop(desk);
    assert_eq!(
        Budget::shared("https://a.test", "forgotten")
            .state()
            .remaining,
        None
    );
}

#[test]
fn a_budget_does_not_tell_whose_it_is() {
    let budget = Budget::shared("https://a.test", "bme_secret_key");
    let text = format!("{budget:?} {:?}", budget.shared);
    assert!(text.contains("remaining"));
    assert!(!text.contains("bme_secret_key"));
}
