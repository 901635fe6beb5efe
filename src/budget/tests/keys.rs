//! What becomes of an API key that the service refused.

use super::*;
use crate::{Error, ErrorKind};

const EVERY_PACING: [Pacing; 3] = [Pacing::Even, Pacing::Burst, Pacing::Off];

fn bad_key() -> Meaning {
    let answer = Error::new(ErrorKind::Unauthorized, "Invalid API key");
    Meaning::BadKey(Arc::new(answer))
}

impl Desk {
    async fn with(&self, key: &str) -> Result<Permit, Refused> {
        self.ask_with(key, Pacing::Burst, Priority::Interactive, PATIENT)
            .await
    }

    /// How long ago the key was refused, if it is refused here.
    async fn refused_ago(&self, key: &str, pacing: Pacing) -> Option<Duration> {
        match self.ask_with(key, pacing, Priority::Bulk, PATIENT).await {
            Ok(_) => None,
            Err(Refused::Key { ago, answer }) => {
                assert_eq!(answer.unwrap().kind(), ErrorKind::Unauthorized);
                Some(ago)
            }
            Err(refused) => panic!("{refused:?}"),
        }
    }

    async fn refuse(&self, key: &str) {
        let permit = self.with(key).await.unwrap();
        permit.answered(&HeaderMap::new(), bad_key());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_is_refused_here_whatever_the_pacing_and_other_keys_are_not() {
    let desk = Desk::knowing(3_000).await;
    desk.refuse("bad").await;
    sleep(secs(12)).await;
    for pacing in EVERY_PACING {
        assert_eq!(desk.refused_ago("bad", pacing).await, Some(secs(12)));
        assert_eq!(desk.refused_ago("good", pacing).await, None);
    }
    assert_eq!(desk.remaining(), Some(3_000));
}

#[tokio::test(start_paused = true)]
async fn one_call_a_minute_finds_out_whether_the_key_is_good_again() {
    for pacing in EVERY_PACING {
        let desk = Desk::knowing(3_000).await;
        desk.refuse("bad").await;
        for _ in 0..3 {
            sleep(secs(59)).await;
            assert_eq!(desk.refused_ago("bad", pacing).await, Some(secs(59)));
            sleep(secs(1)).await;
            let probe = desk.ask_with("bad", pacing, Priority::Bulk, PATIENT).await;
            // The others don't wait for it.
            assert_eq!(desk.refused_ago("bad", pacing).await, Some(secs(60)));
            probe.unwrap().answered(&HeaderMap::new(), bad_key());
            assert_eq!(desk.refused_ago("bad", pacing).await, Some(secs(0)));
        }
        sleep(secs(60)).await;
        let probe = desk.ask_with("bad", pacing, Priority::Bulk, PATIENT).await;
        drop(probe.unwrap());
        assert_eq!(desk.refused_ago("bad", pacing).await, Some(secs(60)));
        sleep(secs(60)).await;
        let probe = desk.ask_with("bad", pacing, Priority::Bulk, PATIENT).await;
        probe.unwrap().answered(&left(2_999), Meaning::Success);
        assert_eq!(desk.refused_ago("bad", pacing).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_came_of_the_key_shows_that_it_is_good_but_for_a_block_and_a_gateways() {
    let cases = [
        (Meaning::Success, true),
        (Meaning::Refusal, true),
        (limited(Throttle::Hourly, 1), true),
        (limited(Throttle::MonthlyQuota, 1), true),
        (limited(Throttle::AuthenticationBlock, 1), false),
        (Meaning::Foreign, false),
    ];
    for (meaning, good) in cases {
        let desk = Desk::knowing(3_000).await;
        desk.refuse("bad").await;
        sleep(secs(60)).await;
        let probe = desk.with("bad").await.unwrap();
        probe.answered(&HeaderMap::new(), meaning.clone());
        let ago = desk.refused_ago("bad", Pacing::Off).await;
        assert_eq!(ago.is_none(), good, "{meaning:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_in_line_are_refused_as_soon_as_the_key_is() {
    let desk = Desk::new();
    let first = desk.ask_with("bad", Pacing::Burst, Priority::Bulk, PATIENT);
    let first = first.await.unwrap();
    let others: Vec<_> = (0..20)
        .map(|_| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.refused_ago("bad", Pacing::Burst).await })
        })
        .collect();
    settle().await;
    assert_eq!(count_done(&others), 0);
    let began = Instant::now();
    first.answered(&HeaderMap::new(), bad_key());
    for other in others {
        assert!(other.await.unwrap().is_some());
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_refused_tells_nothing_of_the_limits() {
    let desk = Desk::new();
    let used_up = desk.observe().await;
    used_up.answered(&HeaderMap::new(), limited(Throttle::MonthlyQuota, 100));
    sleep(secs(100)).await;
    desk.refuse("bad").await;
    let probe = desk.with("good").await.unwrap();
    let next = desk.spawn(Pacing::Burst, Priority::Bulk);
    settle().await;
    assert!(!next.is_finished(), "the quota is still to be found out");
    drop(probe);
}
