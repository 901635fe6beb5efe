//! One `reqwest::Client` for a client and all that it does: making one costs as much as some two hundred
//! calls, and its connections are nobody else's.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use benchmark_email::budget::Priority;
use support::{account::Account, client_of, everything::everything};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// A way to a server on which connections are counted.
async fn counted(server: SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut here, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut there = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut here, &mut there).await;
            });
        }
    });
    (url, count)
}

#[tokio::test]
async fn all_that_a_client_does_goes_over_one_connection() {
    let account = Account::new().await;
    let (url, connections) = counted(account.sandbox.address()).await;
    let client = client_of(&url, account.sandbox.api_key());
    let asked = account.sandbox.requests().len();
    everything(&client, &account.structure).await;
    everything(&client.with_priority(Priority::Bulk), &account.structure).await;
    let requests = account.sandbox.requests().len() - asked;
    assert!(requests > 40, "{requests}");
    assert_eq!(connections.load(Ordering::SeqCst), 1, "of {requests}");
}

/// The library's own code by file, without comments and unit tests.
fn code(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tests") || path.ends_with("tests.rs") {
            continue;
        }
        if path.is_dir() {
            found.extend(code(&path));
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        found.push((path, lines.collect::<Vec<_>>().join("\n")));
    }
    found
}

#[test]
fn only_the_builder_makes_an_http_client_and_only_a_user_makes_the_builder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code = code(&root);
    assert!(code.len() > 50, "{}", code.len());
    let count = |words: &str| -> usize {
        let per_file = code.iter().map(|(_, code)| code.matches(words).count());
        per_file.sum()
    };
    for maker in [
        "reqwest::Client::",
        "reqwest::get",
        "use reqwest::Client",
        // The generated one makes an HTTP client of its own.
        "raw::Client::new(",
    ] {
        assert_eq!(count(maker), 0, "{maker}");
    }
    // An HTTP client comes of `reqwest`'s builder, which only ours holds and can't copy.
    let holders: Vec<_> = code
        .iter()
        .filter(|(_, code)| code.contains("reqwest::ClientBuilder"))
        .collect();
    assert_eq!(holders.len(), 1, "{holders:?}");
    assert_eq!(count("reqwest::ClientBuilder::"), 0);
    // Ours is made in `Client::builder`, which `Client::from_env` asks for one.
    assert_eq!(count("ClientBuilder::default()"), 1);
    assert_eq!(count("Self::builder()") + count("Client::builder()"), 1);
}
