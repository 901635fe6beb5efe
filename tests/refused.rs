//! What a call is told that isn't sent, or not sent once more.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::{Duration, SystemTime};

use benchmark_email::{
    Client, ContactId, Error, ErrorKind, NewContact,
    budget::{Budget, Pacing},
    error::ErrorType,
    retry::RetryPolicy,
};
use benchmark_email_sandbox::{KeyState, Sandbox};
use support::{API_KEY, account::Account, client_of, refusal};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn refused_with_401(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    let refused = requests
        .iter()
        .filter(|request| request.status == Some(401));
    refused.count()
}

async fn create(client: &Client, account: &Account, number: usize) -> Error {
    let address = format!("jane{number}@example.com");
    let new = NewContact::new(&account.structure, address);
    client.contacts().create(new).await.unwrap_err()
}

#[tokio::test]
async fn a_refused_key_makes_one_request_however_many_calls_there_are() {
    let account = Account::new().await;
    let (sandbox, client) = (&account.sandbox, &account.client);
    sandbox.set_key_state(sandbox.api_key(), KeyState::Expired);
    let first = create(client, &account, 0).await;
    assert_eq!((first.status(), first.attempts()), (Some(401), 1));

    let others = [
        client.clone(),
        client.bulk(),
        client.with_pacing(Pacing::Off),
        client_of(sandbox.base_url(), sandbox.api_key()),
    ];
    for number in 1..200 {
        let error = create(&others[number % others.len()], &account, number).await;
        assert_eq!(
            (error.kind(), error.status(), error.attempts()),
            (ErrorKind::Unauthorized, Some(401), 0)
        );
        assert!(error.is_access() && !error.is_retryable());
        assert_eq!(error.operation(), Some("createContact"));
        assert_eq!(error.errors(), first.errors());
        assert_eq!(error.errors()[0].error_type, Some(ErrorType::Unauthorized));
        assert_eq!(error.body(), first.body());
        let text = error.to_string();
        let told = "createContact: 401 UnauthorizedError: API key expired; \
                    not sent: the service refused this API key ";
        assert!(text.starts_with(told), "{text}");
        assert!(
            text.ends_with(" s ago; check the API key in Settings > API Keys"),
            "{text}"
        );
    }
    assert_eq!(refused_with_401(sandbox), 1);
}

#[tokio::test]
async fn a_refused_key_is_tried_once_a_minute_until_it_is_good_again() {
    let account = Account::new().await;
    let (sandbox, client) = (&account.sandbox, &account.client);
    sandbox.set_key_state(sandbox.api_key(), KeyState::Inactive);
    for minute in 1..=3 {
        for number in 0..10 {
            create(client, &account, number).await;
        }
        assert_eq!(refused_with_401(sandbox), minute);
        pass(Duration::from_secs(30)).await;
        let error = create(client, &account, 10).await.to_string();
        let seconds = ["30 s ago", "31 s ago", "32 s ago"];
        assert!(seconds.iter().any(|ago| error.contains(ago)), "{error}");
        pass(Duration::from_secs(30)).await;
    }
    sandbox.set_key_state(sandbox.api_key(), KeyState::Active);
    for _ in 0..2 {
        client.contacts().list().await.unwrap();
    }
}

#[tokio::test]
async fn another_key_of_the_account_goes_on() {
    let account = Account::new().await;
    let sandbox = &account.sandbox;
    let budget = Budget::new();
    let client = |key: &str| {
        let builder = Client::builder().base_url(sandbox.base_url()).api_key(key);
        builder.budget(budget.clone()).build().unwrap()
    };
    let (one, other) = (client(sandbox.api_key()), client(sandbox.read_only_key()));
    sandbox.set_key_state(sandbox.api_key(), KeyState::Inactive);
    for _ in 0..2 {
        one.contacts().list().await.unwrap_err();
        other.contacts().list().await.unwrap();
    }
    assert_eq!(refused_with_401(sandbox), 1);
}

#[tokio::test]
async fn a_program_with_a_client_for_each_request_doesnt_ask_anew_each_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let ask = async || {
        let client = client_of(sandbox.base_url(), sandbox.api_key());
        client.contacts().list().await
    };
    sandbox.set_monthly_left(0);
    for _ in 0..5 {
        assert_eq!(ask().await.unwrap_err().kind(), ErrorKind::QuotaExceeded);
    }
    assert_eq!(sandbox.requests().len(), 1);

    let sandbox = Sandbox::start().await.unwrap();
    let ask = async || {
        let client = client_of(sandbox.base_url(), sandbox.api_key());
        client.contacts().list().await
    };
    sandbox.set_key_state(sandbox.api_key(), KeyState::Inactive);
    for _ in 0..5 {
        assert_eq!(ask().await.unwrap_err().kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(sandbox.requests().len(), 1);
}

/// A proxy that wants a login of its own says nothing about the key.
#[tokio::test]
async fn a_401_that_is_not_the_services_own_doesnt_count_against_the_key() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(401).set_body_raw("<html>Log in</html>", "text/html");
    Mock::given(any()).respond_with(page).mount(&server).await;
    let client = support::hasty_client_of(&server.uri());
    for asked in 1..=3 {
        let error = client.contacts().list().await.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(401), 1));
        assert_eq!(server.received_requests().await.unwrap().len(), asked);
    }
}

#[cfg(feature = "raw")]
#[tokio::test]
async fn a_user_of_the_generated_client_is_told_as_well() {
    let account = Account::new().await;
    let (sandbox, client) = (&account.sandbox, &account.client);
    sandbox.set_key_state(sandbox.api_key(), KeyState::Expired);
    client.contacts().list().await.unwrap_err();
    let error = client.raw().list_contacts().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert!(error.to_string().contains("API key expired"), "{error}");
    assert_eq!(refused_with_401(sandbox), 1);
}

/// A server that refuses with this, and a client that waits five seconds at most.
async fn limited(answer: ResponseTemplate, policy: RetryPolicy) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = Client::builder()
        .base_url(server.uri())
        .api_key(API_KEY)
        .budget(Budget::new())
        .retry(policy)
        .build()
        .unwrap();
    (server, client)
}

fn seconds_until(date: SystemTime) -> u64 {
    let left = date.duration_since(SystemTime::now()).unwrap();
    (left + Duration::from_millis(500)).as_secs()
}

#[tokio::test]
async fn a_429_whose_wait_isnt_allowed_is_told_as_the_service_told_it() {
    const HOURLY: &str = "Rate limit exceeded. Retry after 45 seconds.";
    let id = ContactId::new("c1").unwrap();
    let hourly = || refusal(429, "TooManyRequestsError", HOURLY);
    let brisk = RetryPolicy::default().base_delay(Duration::ZERO);
    let policies = [
        brisk.max_wait(Duration::from_secs(5)),
        brisk.deadline(Duration::from_secs(5)),
        RetryPolicy::none().max_wait(Duration::from_secs(5)),
    ];
    for policy in policies {
        for (answer, wait) in [
            (hourly(), 60),
            (hourly().insert_header("Retry-After", "45"), 45),
        ] {
            let (server, client) = limited(answer, policy).await;
            let error = client.contacts().get(&id).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status(), error.attempts()),
                (ErrorKind::RateLimited, Some(429), 1),
                "{policy:?}"
            );
            assert_eq!(error.errors()[0].message(), HOURLY);
            let left = seconds_until(error.retry_at().unwrap());
            assert!((wait - 3..=wait).contains(&left), "{left} {policy:?}");
            assert!(!error.to_string().contains("not sent"), "{error}");
            let asks = error.to_string().contains("the server asks to wait");
            assert_eq!(asks, error.header("retry-after").is_some(), "{error}");

            // The next one isn't sent.
            let error = client.contacts().get(&id).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.attempts()),
                (ErrorKind::RateLimited, 0)
            );
            assert_eq!((error.status(), error.errors().len()), (None, 0));
            assert!(seconds_until(error.retry_at().unwrap()) <= wait);
            let text = error.to_string();
            assert!(text.starts_with("getContact: not sent: the account's requests of this hour are used up; come back in "), "{text}");
            assert_eq!(server.received_requests().await.unwrap().len(), 1);
        }
    }
}
