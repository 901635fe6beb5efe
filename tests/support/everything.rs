//! Every method of the client that asks the service for something.

use benchmark_email::{Client, ListId, NewContact, Structure};

/// Everything that the client does, once.
pub async fn everything(client: &Client, structure: &Structure) {
    let (contacts, lists) = (client.contacts(), client.lists(structure.id()));

    client.structures().all().await.unwrap();
    client.structures().get(structure.id()).await.unwrap();

    let structures = client.structures();
    let tagged = structures
        .update(structure.id(), |s| s.add_tag("Nobody has it yet"))
        .await;
    tagged.unwrap();

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
