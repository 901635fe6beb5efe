//! Looks that are repeated, because a search may lag behind the writes: what it doesn't show now it may
//! show in a moment.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{testing::Clock, transport::RetryPolicy};

/// How often, and until when, something is looked for: with backoff, for as long as the policy says that a
/// search may lag, and never beyond the deadline.
pub(crate) struct Looks {
    policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    /// When a search shows everything that was there when the looks began; never, if the lag has no end.
    shown: Option<Instant>,
    deadline: Option<Instant>,
    round: u32,
}

impl Looks {
    /// Looks that begin now, as part of a call with this deadline.
    pub(crate) fn begin(
        policy: RetryPolicy,
        clock: Arc<dyn Clock>,
        deadline: Option<Instant>,
    ) -> Self {
        Self {
            shown: Instant::now().checked_add(policy.longest_search_lag()),
            policy,
            clock,
            deadline,
            round: 0,
        }
    }

    /// Waits until it is time for another look; false where there is none any more: a search shows by now
    /// what there is to show, or the deadline comes first.
    pub(crate) async fn again(&mut self) -> bool {
        let now = Instant::now();
        let left = self
            .shown
            .map_or(Duration::MAX, |shown| shown.saturating_duration_since(now));
        if left.is_zero() {
            return false;
        }
        self.round = self.round.saturating_add(1);
        let pause = self.policy.look_pause(self.round, self.clock.jitter());
        // The last look comes when everything is shown, and not before.
        let pause = pause.min(left);
        let in_time = |deadline: Instant| pause < deadline.saturating_duration_since(now);
        if !self.deadline.is_none_or(in_time) {
            return false;
        }
        sleep(pause).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    /// The shortest pause between two looks, where the backoff is none.
    const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
    const LAG: Duration = Duration::from_secs(30);

    fn policy() -> RetryPolicy {
        RetryPolicy::default().search_lag(LAG)
    }

    /// When each look comes, in seconds since the first.
    async fn times(policy: RetryPolicy, deadline: Option<Duration>) -> Vec<f64> {
        let began = Instant::now();
        let deadline = deadline.map(|deadline| began + deadline);
        let mut looks = Looks::begin(policy, Arc::new(SystemClock), deadline);
        let mut times = Vec::new();
        while looks.again().await {
            times.push(began.elapsed().as_secs_f64());
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn looks_get_rarer_and_the_last_comes_when_everything_is_shown() {
        let times = times(policy(), None).await;
        assert!((6..=12).contains(&times.len()), "{times:?}");
        assert!(
            times.first().is_some_and(|first| *first <= 0.5),
            "{times:?}"
        );
        let last = times.last().copied().unwrap_or_default();
        assert!((30.0..30.01).contains(&last), "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_look_comes_after_the_deadline() {
        let within = times(policy(), Some(Duration::from_secs(5))).await;
        assert!(within.len() >= 2, "{within:?}");
        assert!(within.iter().all(|time| *time < 5.0), "{within:?}");
        // Nor at the very moment, which leaves no time to ask.
        let hasty = policy().base_delay(Duration::ZERO);
        let look = Some(SHORTEST_PAUSE + Duration::from_millis(1));
        assert_eq!(times(hasty, look).await.len(), 1);
        assert!(times(hasty, Some(SHORTEST_PAUSE)).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_lag_one_look_is_enough() {
        assert!(
            times(policy().search_lag(Duration::ZERO), None)
                .await
                .is_empty()
        );
        assert!(times(RetryPolicy::none(), None).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn however_short_the_backoff_the_service_is_not_flooded() {
        let hasty = policy()
            .base_delay(Duration::ZERO)
            .max_delay(Duration::ZERO);
        assert!(times(hasty, None).await.len() <= 300);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lag_without_an_end_is_bounded_by_the_deadline() {
        let endless = policy().search_lag(Duration::MAX);
        let times = times(endless, Some(Duration::from_secs(600))).await;
        assert!(
            times
                .last()
                .is_some_and(|last| (500.0..600.0).contains(last)),
            "{times:?}"
        );
    }
}
