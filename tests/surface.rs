//! Every operation of the document can be reached by name, or `ARCHITECTURE.md` says why not.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::collections::BTreeSet;

use support::{account::Account, contract::operations, document, everything::everything};

/// What `ARCHITECTURE.md` lists as left out.
fn explained() -> BTreeSet<String> {
    let text = include_str!("../ARCHITECTURE.md");
    let (_, section) = text.split_once("## What the wrapper leaves out").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let names = section.lines().filter_map(|line| {
        let name = line.strip_prefix("- `")?.split_once('`')?.0;
        Some(name.to_owned())
    });
    names.collect()
}

#[tokio::test]
async fn each_operation_of_the_document_is_reached_or_explained() {
    let account = Account::new().await;
    everything(&account.client, &account.structure).await;
    let requests = account.sandbox.requests();
    let reached: BTreeSet<String> = requests
        .iter()
        .filter_map(|request| request.operation.map(str::to_owned))
        .collect();
    let documented: BTreeSet<String> = operations(&document())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let explained = explained();

    let missing: Vec<_> = documented
        .iter()
        .filter(|name| !reached.contains(*name) && !explained.contains(*name))
        .collect();
    assert!(
        missing.is_empty(),
        "neither reached nor explained: {missing:?}"
    );
    let stale: Vec<_> = explained
        .iter()
        .filter(|name| reached.contains(*name) || !documented.contains(*name))
        .collect();
    assert!(stale.is_empty(), "explained for nothing: {stale:?}");
    assert!(reached.is_subset(&documented));
}
