//! The way to the real service: TLS, straight and through a proxy, by each library that this build has.
//!
//! `cargo test --test tls` tries `rustls`; with `--features native-tls` the platform's library as well.
#![cfg(any(feature = "rustls", feature = "native-tls"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;
#[path = "support/tls.rs"]
mod tls;

use std::{net::SocketAddr, sync::atomic::Ordering, time::Duration};

use benchmark_email::{
    Client, Error, ErrorKind, NewContact, Structure, budget::Pacing, contacts::Contacts,
    retry::RetryPolicy,
};
use benchmark_email_sandbox::{Fault, Sandbox};
use support::{API_KEY, everything::everything};
use tls::{Authority, Front, Proxy, saying};

const HOST: &str = "api.benchmark.test";
const YEARS_TO_COME: i32 = 2090;

/// Settings of the HTTP client.
type Http = reqwest::ClientBuilder;
/// A library by its name, and how it is chosen.
type Library = (&'static str, fn(Http) -> Http);

/// The libraries that this build has.
const LIBRARIES: &[Library] = &[
    #[cfg(feature = "rustls")]
    ("rustls", Http::tls_backend_rustls),
    #[cfg(feature = "native-tls")]
    ("native-tls", Http::tls_backend_native),
];

/// A client of the server at this address, which it takes for `HOST`.
fn client(address: SocketAddr, key: &str, http: impl FnOnce(Http) -> Http) -> Client {
    Client::builder()
        .base_url(format!("https://{HOST}:{}", address.port()))
        .api_key(key)
        .http(|settings| http(settings.resolve(HOST, address)))
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
        .build()
        .unwrap()
        .with_pacing(Pacing::Off)
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|at| at == part.as_bytes())
}

#[tokio::test]
async fn everything_goes_over_tls_on_one_connection() {
    for (library, choose) in LIBRARIES {
        let sandbox = Sandbox::start().await.unwrap();
        let authority = Authority::new();
        let config = authority.server(HOST, YEARS_TO_COME);
        let front = Front::start(config, sandbox.address()).await;
        let client = client(front.address, sandbox.api_key(), |http| {
            choose(http).tls_certs_merge([authority.certificate()])
        });
        let structure = client.structures().primary().await.unwrap();
        everything(&client, &structure).await;
        assert_eq!(front.connections(), 1, "{library}");
        assert!(contains(&front.said(), sandbox.api_key()), "{library}");
    }
}

#[tokio::test]
async fn everything_goes_through_a_proxy_that_sees_the_host_alone() {
    for (library, choose) in LIBRARIES {
        let sandbox = Sandbox::start().await.unwrap();
        let authority = Authority::new();
        let config = authority.server(HOST, YEARS_TO_COME);
        let front = Front::start(config, sandbox.address()).await;
        let proxy = Proxy::start(front.address).await;
        // Nothing but the proxy knows where the host is.
        let client = Client::builder()
            .base_url(format!("https://{HOST}"))
            .api_key(sandbox.api_key())
            .http(|http| {
                choose(http)
                    .tls_certs_merge([authority.certificate()])
                    .proxy(reqwest::Proxy::https(&proxy.url).unwrap())
            })
            .build()
            .unwrap();
        let structure = client.structures().primary().await.unwrap();
        everything(&client, &structure).await;
        let asked = proxy.asked();
        assert_eq!(asked.len(), 1, "{library}: {asked:?}");
        assert!(asked[0].starts_with(&format!("CONNECT {HOST}:443 ")));
        assert!(!asked[0].contains(sandbox.api_key()), "{library}");
    }
}

async fn create(contacts: &Contacts, structure: &Structure, name: &str) -> Result<(), Error> {
    let new = NewContact::new(structure, format!("{name}@example.com"));
    contacts.create(new).await.map(drop)
}

#[tokio::test]
async fn a_connection_that_died_costs_no_call_and_makes_nothing_twice() {
    for (library, choose) in LIBRARIES {
        for proxied in [false, true] {
            let sandbox = Sandbox::start().await.unwrap();
            let authority = Authority::new();
            let config = authority.server(HOST, YEARS_TO_COME);
            let front = Front::start(config, sandbox.address()).await;
            let proxy = Proxy::start(front.address).await;
            let client = client(front.address, sandbox.api_key(), |http| {
                let http = choose(http).tls_certs_merge([authority.certificate()]);
                if proxied {
                    http.proxy(reqwest::Proxy::https(&proxy.url).unwrap())
                } else {
                    http
                }
            });
            let what = format!("{library}, proxied: {proxied}");
            let (structure, contacts) = (
                client.structures().primary().await.unwrap(),
                client.contacts(),
            );
            create(&contacts, &structure, "first").await.expect(&what);

            // It dies while nobody uses it, and is used at once.
            front.cut();
            create(&contacts, &structure, "second").await.expect(&what);
            front.cut();
            contacts.list().await.expect(&what);

            // It dies with a request in it.
            front.cut_when_used();
            contacts.list().await.expect(&what);
            front.cut_when_used();
            create(&contacts, &structure, "third").await.expect(&what);

            // An answer is lost with the connection.
            sandbox.fault(Fault::drop_after_commit().on("createContact").times(1));
            create(&contacts, &structure, "fourth").await.expect(&what);

            assert_eq!(contacts.list().await.unwrap().len(), 4, "{what}");
            assert!(front.connections() >= 5, "{what}");
        }
    }
}

/// The answer to a TLS greeting of a server that can't do better than TLS 1.1.
const TLS_1_1: &[u8] = &{
    let mut hello = [0; 47];
    let head = [
        22, 3, 2, 0, 42, // a handshake record of TLS 1.1
        2, 0, 0, 38, 3, 2, // the server's greeting, in TLS 1.1
    ];
    let mut at = 0;
    while at < head.len() {
        hello[at] = head[at];
        at += 1;
    }
    // After 32 bytes of chance and no session: a cipher of its time, no compression.
    hello[44] = 0xc0;
    hello[45] = 0x13;
    hello
};

/// What a call to a server that can't be trusted ends with.
async fn refused(client: &Client, what: &str, why: &[&str]) {
    let error = client.contacts().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{what}: {error}");
    assert_eq!(error.attempts(), 1, "{what}: {error}");
    assert!(!error.is_retryable(), "{what}");
    let told = error.to_string();
    for part in ["certificate", "base URL", "ClientBuilder::http"] {
        assert!(told.contains(part), "{what}: {told}");
    }
    assert!(!told.contains("network"), "{what}: {told}");
    // Each library has its own words.
    assert!(why.iter().any(|why| told.contains(why)), "{what}: {told}");

    let error = client.contacts().stream().next().await.unwrap();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Tls, "{what}");
    // Nothing was sent, so nothing has to be looked for.
    let structure = support::structure();
    let error = create(&client.contacts(), &structure, "jane").await;
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Tls, 1));
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_call_before_the_key_is_sent() {
    let authority = Authority::new();
    let ours = authority.certificate();
    for (library, choose) in LIBRARIES {
        for (wrong, server, trusted, why) in [
            (
                "issuer",
                authority.server(HOST, YEARS_TO_COME),
                None,
                ["UnknownIssuer", "issuer certificate"],
            ),
            (
                "name",
                authority.server("other.test", YEARS_TO_COME),
                Some(&ours),
                ["not valid for name", "hostname mismatch"],
            ),
            (
                "time",
                authority.server(HOST, 2020),
                Some(&ours),
                ["certificate expired", "certificate has expired"],
            ),
        ] {
            // Nobody is behind it: nothing may come that far.
            let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
            let front = Front::start(server, nowhere).await;
            let settings = |http| choose(http).tls_certs_merge(trusted.cloned());
            let direct = client(front.address, API_KEY, settings);
            refused(&direct, &format!("{library}, {wrong}"), &why).await;
            assert_eq!(front.connections(), 3, "{library}, {wrong}");

            let proxy = Proxy::start(front.address).await;
            let through = reqwest::Proxy::https(&proxy.url).unwrap();
            let proxied = client(front.address, API_KEY, |http| settings(http).proxy(through));
            refused(
                &proxied,
                &format!("{library}, {wrong}, through a proxy"),
                &why,
            )
            .await;
            assert_eq!(front.connections(), 6, "{library}, {wrong}");

            assert_eq!(front.said(), b"", "{library}, {wrong}");
            assert!(!proxy.asked().concat().contains(API_KEY));
        }
    }
}

#[tokio::test]
async fn a_server_without_tls_that_is_good_enough_ends_the_call_too() {
    for (library, choose) in LIBRARIES {
        for (what, answer, why) in [
            ("TLS 1.1", TLS_1_1, ["incompatible", "unsupported protocol"]),
            (
                "no TLS",
                b"HTTP/1.1 400 Bad Request\r\n\r\n",
                ["corrupt message", "wrong version"],
            ),
        ] {
            let (address, connections) = saying(answer).await;
            let client = client(address, API_KEY, choose);
            refused(&client, &format!("{library}, {what}"), &why).await;
            assert_eq!(connections.load(Ordering::SeqCst), 3, "{library}, {what}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_within_the_handshake_is_the_networks_affair() {
    for (library, choose) in LIBRARIES {
        let (address, connections) = saying(b"").await;
        let error = client(address, API_KEY, choose).contacts().list().await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{library}: {error}");
        assert_eq!(error.attempts(), 4, "{library}: {error}");
        assert_eq!(connections.load(Ordering::SeqCst), 4, "{library}");
    }
}
