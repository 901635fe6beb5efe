//! Who waits for whom: nobody for another's request, and nobody interactive for bulk work.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::time::{Duration, Instant};

use benchmark_email::{Client, Contact, NewContact, budget::Pacing, retry::RetryPolicy};
use benchmark_email_sandbox::Fault;
use support::{account::Account, client_of};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

/// Far more than it takes, and far less than what others wait for.
const SOON: Duration = Duration::from_secs(10);

async fn jane(account: &Account) -> Contact {
    let new = NewContact::new(&account.structure, "jane@example.com");
    account.client.contacts().create(new).await.unwrap()
}

/// A client that remembers nothing.
fn forgetful(account: &Account) -> Client {
    client_of(account.sandbox.base_url(), account.sandbox.api_key())
}

/// From now on bulk work waits for the next hour.
async fn use_up_the_hour(account: &Account) {
    account.sandbox.set_hourly_left(20);
    account.client.structures().all().await.unwrap();
}

#[tokio::test]
async fn a_slow_read_of_the_structure_delays_nobody_else() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    let client = forgetful(&account);
    let slow = Fault::delay(Duration::from_secs(4));
    account.sandbox.fault(slow.on("listStructures"));
    let mut others = JoinSet::new();
    let structures = client.structures();
    others.spawn(async move { structures.primary().await });
    sleep(Duration::from_millis(200)).await;

    let policy = RetryPolicy::default().deadline(Duration::from_secs(2));
    let started = Instant::now();
    let contacts = client.with_retry(policy).contacts();
    contacts
        .update(&jane.id, |c| c.set("Seats", 1))
        .await
        .unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert!(others.try_join_next().is_none());
}

#[tokio::test]
async fn bulk_work_that_waits_for_the_hour_keeps_no_structure_from_others() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    use_up_the_hour(&account).await;
    let client = forgetful(&account);
    let mut bulk = JoinSet::new();
    let (id, structures) = (account.structure.id().clone(), client.bulk().structures());
    bulk.spawn(async move { structures.known(&id).await });
    let structures = client.bulk().structures();
    bulk.spawn(async move { structures.primary().await });
    sleep(Duration::from_millis(200)).await;

    let client = client.with_pacing(Pacing::Off);
    let update = timeout(SOON, async {
        client.structures().primary().await.unwrap();
        let contacts = client.contacts();
        contacts.update(&jane.id, |c| c.set("Seats", 1)).await
    });
    update.await.unwrap().unwrap();
    assert!(bulk.try_join_next().is_none());
}

#[tokio::test]
async fn an_interactive_update_does_not_wait_for_a_bulk_one_of_the_same_contact() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    use_up_the_hour(&account).await;
    let mut bulk = JoinSet::new();
    let (id, contacts) = (jane.id.clone(), account.client.bulk().contacts());
    bulk.spawn(async move { contacts.update(&id, |c| c.set("Seats", 1)).await });
    sleep(Duration::from_millis(200)).await;

    let contacts = account.client.with_pacing(Pacing::Off).contacts();
    let update = contacts.update(&jane.id, |c| c.set("Seats", 2));
    timeout(SOON, update).await.unwrap().unwrap();
    assert!(bulk.try_join_next().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interactive_and_bulk_updates_of_one_contact_all_arrive() {
    let account = Account::new().await;
    let jane = jane(&account).await;
    let mut lists = Vec::new();
    for n in 0..16 {
        let list = account.client.lists(account.structure.id());
        lists.push(list.create(&format!("List {n}")).await.unwrap().id);
    }
    let mut updates = JoinSet::new();
    for (n, list) in lists.iter().cloned().enumerate() {
        let client = match n % 2 {
            0 => account.client.clone(),
            _ => account.client.bulk(),
        };
        let (id, contacts) = (jane.id.clone(), client.with_pacing(Pacing::Off).contacts());
        updates.spawn(async move { contacts.update(&id, |c| c.add_list(&list)).await.unwrap() });
    }
    updates.join_all().await;
    let jane = account.client.contacts().get(&jane.id).await.unwrap();
    assert!(lists.iter().all(|list| jane.is_on(list)));
}
