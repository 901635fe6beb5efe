//! Every operation of the document can be reached by name, or `ARCHITECTURE.md` says why not.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::collections::BTreeSet;

use benchmark_email::{ListId, NewContact};
use support::{account::Account, contract::operations, document};

/// Everything that the client does, once.
async fn everything(account: &Account) {
    let (client, structure) = (&account.client, &account.structure);
    let (contacts, lists) = (client.contacts(), client.lists(structure.id()));

    client.structures().all().await.unwrap();
    client.structures().get(structure.id()).await.unwrap();

    let list = lists.create("News").await.unwrap();
    let list = lists.rename(&list, "Monthly News").await.unwrap();
    let copy = lists.duplicate(&list.id, "Copy").await.unwrap();
    let ids: [ListId; 2] = [list.id.clone(), copy.id.clone()];
    let merged = lists.merge(&ids, "Both").await.unwrap();
    lists.get(&merged.id).await.unwrap();
    lists.all().await.unwrap();
    lists.query().page(1).await.unwrap();

    let new = NewContact::new(structure, "jane@example.com").list(&list.id);
    let mut jane = contacts.create(new).await.unwrap();
    jane.add_tag(structure, "VIP").unwrap();
    let jane = contacts.replace(&jane).await.unwrap();
    contacts.get(&jane.id).await.unwrap();
    contacts.list().await.unwrap();
    let search = contacts.search(structure).tag("VIP").list(&list.id);
    assert_eq!(search.page(1).await.unwrap().rows.len(), 1);
    search.export_to(&mut Vec::new()).await.unwrap();
    contacts.unsubscribe(&jane.id).await.unwrap();
    contacts.events(&jane.id).page(1).await.unwrap();
    contacts.all_events().page(1).await.unwrap();
    contacts.delete(&jane.id).await.unwrap();

    lists.delete(&merged.id).await.unwrap();
    lists.delete_many(&ids).await.unwrap();
}

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
    everything(&account).await;
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
