//! What a call gives back owns what it needs: calls are put together, collected, sent elsewhere and awaited
//! later. Most of it is that this compiles.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use benchmark_email::{Client, Contact, ContactId, Error, NewContact};
use futures_util::future::{join_all, try_join_all};
use support::account::Account;

fn is_free<T>(future: impl Future<Output = T> + Send + 'static) -> impl Future<Output = T> + Send {
    future
}

#[tokio::test]
async fn a_call_takes_little_room_until_it_is_made() {
    let account = Account::new().await;
    let jane = account.populate(["jane".into()]).await.remove(0);
    let contacts = account.client.contacts();
    let lists = account.client.lists(account.structure.id());
    for size in [
        size_of_val(&contacts.get(&jane.id)),
        size_of_val(&contacts.update(&jane.id, |c| Ok(c))),
        size_of_val(&contacts.find(&account.structure, "jane@example.com")),
        size_of_val(&contacts.upsert(&account.structure, "jane@example.com", |c| Ok(c))),
        size_of_val(&contacts.delete(&jane.id)),
        size_of_val(&lists.find_or_create("News")),
    ] {
        assert!(size < 8 * 1024, "{size} bytes");
    }
}

#[tokio::test]
async fn two_contacts_are_read_at_once() {
    let account = Account::new().await;
    let made = account.populate(["jane".into(), "joan".into()]).await;
    let [a, b] = made.as_slice() else {
        panic!("two were made");
    };
    let c = &account.client;
    let (jane, joan) = tokio::join!(c.contacts().get(&a.id), c.contacts().get(&b.id));
    assert_eq!((&jane.unwrap(), &joan.unwrap()), (a, b));
}

#[tokio::test]
async fn many_contacts_are_read_by_ids_that_nobody_keeps() {
    fn all(c: &Client, ids: Vec<ContactId>) -> impl Future<Output = Result<Vec<Contact>, Error>> {
        try_join_all(ids.into_iter().map(|id| c.contacts().get(&id)))
    }
    let account = Account::new().await;
    let made = account.populate(["jane".into(), "joan".into()]).await;
    let ids = made.iter().map(|contact| contact.id.clone()).collect();
    assert_eq!(all(&account.client, ids).await.unwrap(), made);

    let ids = made.iter().map(|contact| &contact.id);
    let read = join_all(ids.map(|id| account.client.contacts().get(id))).await;
    assert_eq!(
        read.into_iter().collect::<Result<Vec<_>, _>>().unwrap(),
        made
    );
}

#[tokio::test]
async fn a_call_outlives_all_that_it_was_made_of() {
    let account = Account::new().await;
    let (deleted, known) = {
        let structure = account.structure.clone();
        let lists = account.client.lists(structure.id());
        let made = tokio::spawn(is_free(lists.create(String::from("News"))));
        let news = made.await.unwrap().unwrap();
        let news = is_free(lists.get(&news.id)).await.unwrap();
        let news = is_free(lists.rename(&news, String::from("Old")))
            .await
            .unwrap();
        is_free(lists.find("News")).await.unwrap();
        is_free(lists.find_or_create("More")).await.unwrap();
        let copy = is_free(lists.duplicate(&news.id, "Copy")).await.unwrap();
        let both = is_free(lists.merge(&[news.id.clone(), copy.id], "Both"));
        is_free(lists.delete(&both.await.unwrap().id))
            .await
            .unwrap();
        assert_eq!(is_free(lists.all()).await.unwrap().len(), 3);
        let structures = account.client.structures();
        let known = is_free(structures.known(structure.id()));
        (is_free(lists.delete_many(&[news.id])), known)
    };
    deleted.await.unwrap();
    assert_eq!(known.await.unwrap(), account.structure);
    is_free(account.client.structures().primary())
        .await
        .unwrap();
    is_free(account.client.structures().all()).await.unwrap();
    let id = account.structure.id();
    let changed = account
        .client
        .structures()
        .update(id, |s| s.add_tag("Late"));
    is_free(changed).await.unwrap();
}

#[tokio::test]
async fn a_call_about_a_contact_outlives_it() {
    let account = Account::new().await;
    let contacts = account.client.contacts();
    let jane = {
        let (structure, address) = (account.structure.clone(), "jane@example.com".to_owned());
        let new = NewContact::new(&structure, address.as_str());
        let jane = is_free(contacts.create(new)).await.unwrap();
        is_free(contacts.find(&structure, address.clone()))
            .await
            .unwrap();
        is_free(contacts.find_everywhere(address.clone()))
            .await
            .unwrap();
        let upserted = contacts.upsert(&structure, address, |c| c.set("Seats", 1));
        is_free(upserted).await.unwrap();
        is_free(contacts.get(&jane.id))
    };
    let jane = jane.await.unwrap();
    let changed = {
        let jane = jane.clone();
        is_free(contacts.update_from(&jane, |c| c.set("Seats", 2)))
    };
    let changed = changed.await.unwrap();
    let replaced = is_free(contacts.replace(&changed)).await.unwrap();
    let updated = is_free(contacts.update(&replaced.id, |c| c.set("Seats", 3)));
    updated.await.unwrap();
    is_free(contacts.unsubscribe(&jane.id)).await.unwrap();
    is_free(contacts.delete(&jane.id)).await.unwrap();
    assert_eq!(is_free(contacts.list()).await.unwrap(), []);
    let page = is_free(contacts.search(&account.structure).everybody().page(1));
    assert_eq!(page.await.unwrap().rows, []);
    is_free(contacts.all_events().page(1)).await.unwrap();
}
