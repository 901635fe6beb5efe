//! The judgement's rules, as one table and over every combination.

use super::*;

const SAFETIES: [Safety; 3] = [Safety::Safe, Safety::Idempotent, Safety::NotIdempotent];

const fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        status,
        throttle: None,
        retry_after: None,
    }
}

const fn asking(status: u16, seconds: u64) -> Outcome {
    let retry_after = Some(Duration::from_secs(seconds));
    Outcome::Answered {
        status,
        throttle: None,
        retry_after,
    }
}

const fn throttled(throttle: Throttle, retry_after: Option<Duration>) -> Outcome {
    Outcome::Answered {
        status: 429,
        throttle: Some(throttle),
        retry_after,
    }
}

const IN_45_S: Option<Duration> = Some(Duration::from_secs(45));
const IN_10_DAYS: Option<Duration> = Some(Duration::from_secs(864_000));

/// Every outcome, and what becomes of it under the default policy. Three
/// letters stand for a safe, an idempotent and a not idempotent operation:
/// Done, Retry, Fail, fail Later, Unknown.
#[rustfmt::skip]
const TABLE: &[(Outcome, &str, &str)] = &[
    //                                                  attempt 1 to 3, the last (4)
    (answered(200),                                             "DDD", "DDD"),
    (answered(204),                                             "DDD", "DDD"),
    (Outcome::ConnectFailed,                                    "RRR", "FFF"),
    (Outcome::TlsRefused,                                       "FFF", "FFF"),
    (Outcome::TimedOut { maybe_processed: false },              "RRR", "FFF"),
    (Outcome::TimedOut { maybe_processed: true },               "RRU", "FUU"),
    (Outcome::ConnectionLost,                                   "RRU", "FUU"),
    (Outcome::BodyCutShort,                                     "RRU", "FUU"),
    (Outcome::Unreadable,                                       "FUU", "FUU"),
    (Outcome::TooLarge,                                         "FUU", "FUU"),
    (Outcome::Redirected,                                       "FFF", "FFF"),
    (answered(304),                                             "FFF", "FFF"),
    (answered(400),                                             "FFF", "FFF"),
    (answered(401),                                             "FFF", "FFF"),
    (asking(401, 1),                                            "FFF", "FFF"),
    (answered(403),                                             "FFF", "FFF"),
    (asking(403, 1),                                            "FFF", "FFF"),
    (answered(404),                                             "FFF", "FFF"),
    (answered(408),                                             "RRU", "FUU"),
    (answered(409),                                             "FFF", "FFF"),
    (answered(429),                                             "RRR", "FFF"),
    (asking(429, 45),                                           "RRR", "FFF"),
    (asking(429, 121),                                          "LLL", "FFF"),
    (throttled(Throttle::Hourly, None),                         "RRR", "FFF"),
    (throttled(Throttle::Hourly, IN_45_S),                      "RRR", "FFF"),
    (throttled(Throttle::Hourly, IN_10_DAYS),                   "LLL", "FFF"),
    (throttled(Throttle::MonthlyQuota, None),                   "FFF", "FFF"),
    (throttled(Throttle::MonthlyQuota, IN_45_S),                "LLL", "LLL"),
    (throttled(Throttle::MonthlyQuota, IN_10_DAYS),             "LLL", "LLL"),
    (throttled(Throttle::AuthenticationBlock, None),            "FFF", "FFF"),
    (throttled(Throttle::AuthenticationBlock, IN_45_S),         "FFF", "FFF"),
    (throttled(Throttle::AuthenticationBlock, IN_10_DAYS),      "FFF", "FFF"),
    (answered(500),                                             "FUU", "FUU"),
    (answered(501),                                             "FUU", "FUU"),
    (answered(502),                                             "RRU", "FUU"),
    (asking(502, 121),                                          "LUU", "FUU"),
    (answered(503),                                             "RRU", "FUU"),
    (asking(503, 0),                                            "RRR", "FFF"),
    (asking(503, 45),                                           "RRR", "FFF"),
    (asking(503, 121),                                          "LLL", "FFF"),
    (answered(504),                                             "RRU", "FUU"),
];

fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Done => 'D',
        Verdict::Retry { .. } => 'R',
        Verdict::Fail => 'F',
        Verdict::FailLater { .. } => 'L',
        Verdict::Unknown => 'U',
    }
}

fn at(attempt: u32) -> Progress {
    Progress {
        attempt,
        time_left: None,
        doubt: Doubt::None,
    }
}

fn letters(policy: &RetryPolicy, progress: Progress, outcome: &Outcome) -> String {
    let judged = SAFETIES.map(|safety| judge(policy, safety, progress, outcome, 0.5));
    judged.into_iter().map(letter).collect()
}

#[test]
fn every_outcome_has_its_verdict() {
    let policy = RetryPolicy::default();
    for (outcome, early, last) in TABLE {
        for attempt in 1..=3 {
            assert_eq!(
                &letters(&policy, at(attempt), outcome),
                early,
                "{attempt} {outcome:?}"
            );
        }
        for attempt in [4, 5, u32::MAX] {
            assert_eq!(
                &letters(&policy, at(attempt), outcome),
                last,
                "{attempt} {outcome:?}"
            );
        }
    }
}

#[test]
fn a_policy_of_one_attempt_treats_the_first_as_the_last() {
    for policy in [RetryPolicy::none(), RetryPolicy::default().max_attempts(0)] {
        for (outcome, _, last) in TABLE {
            assert_eq!(&letters(&policy, at(1), outcome), last, "{outcome:?}");
        }
    }
}

#[test]
fn no_time_left_is_no_retry() {
    let policy = RetryPolicy::default();
    let late = Progress {
        time_left: Some(Duration::ZERO),
        ..at(1)
    };
    for (outcome, early, last) in TABLE {
        let asked = matches!(
            outcome,
            Outcome::Answered {
                retry_after: Some(_),
                ..
            }
        );
        for ((safety, early), last) in SAFETIES.into_iter().zip(early.chars()).zip(last.chars()) {
            // A server that named a time is quoted, if that is all there is to say.
            let expected = if early == 'R' && asked && last == 'F' {
                'L'
            } else {
                last
            };
            let expected = if early == 'L' { 'L' } else { expected };
            let verdict = judge(&policy, safety, late, outcome, 0.5);
            assert_eq!(letter(verdict), expected, "{safety:?} {outcome:?}");
        }
    }
}

#[test]
fn after_a_lost_attempt_giving_up_is_unknown_but_for_safe_operations() {
    let lost = |attempt, doubt| Progress {
        doubt,
        ..at(attempt)
    };
    let policy = RetryPolicy::default();
    let doubts = [Doubt::Answered, Doubt::Pending];
    for ((outcome, early, last), doubt) in TABLE.iter().flat_map(|row| doubts.map(|d| (row, d))) {
        let final_answer = matches!(
            outcome,
            Outcome::Redirected
                | Outcome::Answered {
                    status: 304 | 400..=404 | 409,
                    ..
                }
        );
        for (attempt, row) in [(1, early), (4, last)] {
            let (safe, others) = row.split_at(1);
            let others = if final_answer {
                others.to_owned()
            } else {
                others.replace(['F', 'L'], "U")
            };
            let expected = format!("{safe}{others}");
            assert_eq!(
                letters(&policy, lost(attempt, doubt), outcome),
                expected,
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn the_wait_is_what_the_server_asked_or_the_backoff_if_that_is_longer() {
    let policy = RetryPolicy::default();
    let wait = |attempt, outcome, jitter| match judge(
        &policy,
        Safety::Safe,
        at(attempt),
        &outcome,
        jitter,
    ) {
        Verdict::Retry { after } => after.as_millis(),
        other => unreachable!("{other:?}"),
    };
    assert_eq!(wait(1, Outcome::ConnectFailed, 0.0), 0);
    assert_eq!(wait(1, Outcome::ConnectFailed, 0.5), 250);
    assert_eq!(wait(2, Outcome::ConnectFailed, 0.5), 500);
    assert_eq!(wait(3, Outcome::ConnectFailed, 0.5), 1_000);
    assert_eq!(wait(1, asking(429, 45), 0.5), 45_000);
    assert_eq!(wait(1, asking(429, 120), 0.5), 120_000);
    assert_eq!(wait(1, asking(503, 0), 0.5), 250);
    assert_eq!(wait(3, asking(503, 1), 0.9), 1_800);
}

#[test]
fn the_backoff_doubles_up_to_its_cap_and_never_beyond_the_longest_wait() {
    let policy = RetryPolicy::default().max_attempts(u32::MAX);
    let delays = [1, 2, 6, 7, 8, 100, u32::MAX - 1].map(|attempt| policy.backoff(attempt, 1.0));
    assert_eq!(
        delays.map(|delay| delay.as_millis()),
        [500, 1_000, 16_000, 30_000, 30_000, 30_000, 30_000]
    );
    let impatient = policy.max_wait(Duration::from_secs(2));
    assert_eq!(impatient.backoff(9, 1.0), Duration::from_secs(2));
    // A jitter out of range can't make a delay negative or endless.
    assert_eq!(policy.backoff(1, -1.0), Duration::ZERO);
    assert_eq!(policy.backoff(1, 2.0), Duration::from_millis(500));
    assert_eq!(policy.backoff(1, f64::NAN), Duration::from_millis(500));
    let endless = policy.base_delay(Duration::MAX).max_delay(Duration::MAX);
    assert_eq!(
        endless.max_wait(Duration::MAX).backoff(1, 1.0),
        Duration::MAX
    );
}

#[test]
fn a_wait_beyond_what_is_allowed_says_when_to_come_back() {
    let asked = asking(429, 45);
    let later = Verdict::FailLater {
        retry_after: Duration::from_secs(45),
    };
    let hasty = RetryPolicy::default().max_wait(Duration::from_secs(44));
    assert_eq!(judge(&hasty, Safety::Safe, at(1), &asked, 0.5), later);

    let due = RetryPolicy::default();
    let progress = |left| Progress {
        time_left: Some(Duration::from_secs(left)),
        ..at(1)
    };
    let verdict = |left| judge(&due, Safety::Safe, progress(left), &asked, 0.5);
    assert_eq!(
        verdict(46),
        Verdict::Retry {
            after: Duration::from_secs(45)
        }
    );
    assert_eq!(verdict(45), later, "it would end just when the time is up");
}

/// Every status there is, under policies of every kind.
#[test]
fn no_combination_breaks_the_rules() {
    let second = Duration::from_secs(1);
    let policies = [
        RetryPolicy::default(),
        RetryPolicy::none(),
        RetryPolicy::default().max_wait(second).max_attempts(9),
        RetryPolicy::default()
            .base_delay(Duration::MAX)
            .max_delay(Duration::MAX),
    ];
    let waits = [
        None,
        Some(Duration::ZERO),
        Some(second * 45),
        Some(Duration::MAX),
    ];
    let kinds = [
        None,
        Some(Throttle::Hourly),
        Some(Throttle::MonthlyQuota),
        Some(Throttle::AuthenticationBlock),
    ];
    for policy in policies {
        for status in 100..=999 {
            for retry_after in waits {
                for throttle in kinds
                    .into_iter()
                    .filter(|kind| kind.is_none() || status == 429)
                {
                    let outcome = Outcome::Answered {
                        status,
                        throttle,
                        retry_after,
                    };
                    check_rules(&policy, status, throttle, retry_after, &outcome);
                }
            }
        }
    }
}

fn check_rules(
    policy: &RetryPolicy,
    status: u16,
    throttle: Option<Throttle>,
    asked: Option<Duration>,
    outcome: &Outcome,
) {
    for safety in SAFETIES {
        for attempt in 1..=5 {
            for left in [None, Some(50), Some(1), Some(0)] {
                let time_left = left.map(Duration::from_secs);
                let progress = Progress {
                    time_left,
                    ..at(attempt)
                };
                let verdict = judge(policy, safety, progress, outcome, 0.999);
                let case = format!("{policy:?} {safety:?} {progress:?} {outcome:?}");
                assert_eq!(
                    verdict == Verdict::Done,
                    (200..300).contains(&status),
                    "{case}"
                );
                if let Verdict::Retry { after } = verdict {
                    assert!(after >= asked.unwrap_or_default(), "{case}");
                    assert!(after <= policy.max_wait, "{case}");
                    assert!(time_left.is_none_or(|left| after < left), "{case}");
                    assert!(attempt < policy.max_attempts, "{case}");
                    assert!(matches!(status, 408 | 429 | 502..=504), "{case}");
                    assert!(matches!(throttle, None | Some(Throttle::Hourly)), "{case}");
                    assert!(safety != Safety::NotIdempotent || matches!(status, 429 | 503));
                }
                if let Verdict::FailLater { retry_after } = verdict {
                    assert_eq!(Some(retry_after), asked, "{case}");
                }
            }
        }
    }
}

/// A server that answered is done with the request; one that didn't may still be at it.
#[test]
fn an_outcome_leaves_open_what_it_must() {
    for (outcome, doubt) in [
        (Outcome::ConnectFailed, Doubt::None),
        (
            Outcome::TimedOut {
                maybe_processed: false,
            },
            Doubt::None,
        ),
        (
            Outcome::TimedOut {
                maybe_processed: true,
            },
            Doubt::Pending,
        ),
        (Outcome::ConnectionLost, Doubt::Pending),
        (answered(408), Doubt::Pending),
        (answered(502), Doubt::Pending),
        (answered(503), Doubt::Pending),
        (answered(504), Doubt::Pending),
        (asking(503, 1), Doubt::None),
        (asking(429, 1), Doubt::None),
        (Outcome::BodyCutShort, Doubt::Answered),
        (Outcome::Unreadable, Doubt::Answered),
        (Outcome::TooLarge, Doubt::Answered),
        (answered(500), Doubt::Answered),
        (answered(501), Doubt::Answered),
        (answered(200), Doubt::None),
        (answered(400), Doubt::None),
        (answered(404), Doubt::None),
        (Outcome::Redirected, Doubt::None),
    ] {
        assert_eq!(outcome.doubt(), doubt, "{outcome:?}");
    }
}

#[test]
fn a_deadline_that_no_clock_reaches_is_none() {
    let due = |deadline| {
        RetryPolicy::default()
            .deadline(deadline)
            .deadline_from_now()
    };
    assert!(due(Duration::MAX).is_none());
    assert!(due(Duration::ZERO).is_some_and(|due| due <= Instant::now()));
}
