//! Every operation of the document by the wrapper, in the order of the document: the Rust samples of the rendered
//! reference are the bodies of these functions, named after the operations.
//!
//! `cargo run --example reference` plays them on a sandbox of its own.

use std::error::Error;

use benchmark_email::{Client, ContactId, ListId, NewContact, Structure, contacts::EventType};
use benchmark_email_sandbox::Sandbox;

type Outcome = Result<(), Box<dyn Error>>;

/// What the samples take from one another.
struct Account {
    client: Client,
    structure: Structure,
    contact_id: ContactId,
    list_id: ListId,
    partners: ListId,
}

#[tokio::main]
async fn main() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .api_key(sandbox.api_key())
        .build()?;
    let structure = client.structures().primary().await?;
    let john = NewContact::new(&structure, "john.smith@example.com");
    let lists = client.lists(structure.id());
    let it = Account {
        contact_id: client.contacts().create(john).await?.id,
        list_id: lists.create("Newsletter").await?.id,
        partners: lists.create("Partners").await?.id,
        client,
        structure,
    };
    list_contacts(&it).await?;
    create_contact(&it).await?;
    search_contacts(&it).await?;
    export_contacts(&it).await?;
    list_events(&it).await?;
    get_contact(&it).await?;
    replace_contact(&it).await?;
    update_contact_status(&it).await?;
    list_contact_events(&it).await?;
    list_structures(&it).await?;
    get_structure(&it).await?;
    replace_structure(&it).await?;
    list_lists(&it).await?;
    create_list(&it).await?;
    list_all_lists(&it).await?;
    merge_lists(&it).await?;
    get_list(&it).await?;
    update_list(&it).await?;
    duplicate_list(&it).await?;
    delete_list(&it).await?;
    delete_lists(&it).await?;
    delete_contact(&it).await?;
    println!("every operation was asked");
    Ok(())
}

async fn list_contacts(Account { client, .. }: &Account) -> Outcome {
    let mut all = client.contacts().stream();
    while let Some(contact) = all.next().await {
        println!("{}", contact?.key.as_str());
    }
    Ok(())
}

async fn create_contact(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        ..
    } = it;
    let jane = NewContact::new(structure, "jane.smith@example.com")
        .field("First Name", "Jane")?
        .field("Seats", 12)?
        .list(list_id.clone());
    let jane = client.contacts().create(jane).await?;
    println!("{}", jane.id);
    Ok(())
}

async fn search_contacts(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    let search = client.contacts().search(structure);
    let mut found = search.key("jane.smith@example.com").stream();
    while let Some(row) = found.next().await {
        println!("{:?}", row?.id);
    }
    Ok(())
}

async fn export_contacts(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    let search = client.contacts().search(structure).everybody();
    let mut csv = Vec::new();
    search.export_to(&mut csv).await?;
    println!("{}", String::from_utf8_lossy(&csv));
    Ok(())
}

async fn list_events(Account { client, .. }: &Account) -> Outcome {
    let mut events = client.contacts().all_events().past_days(7).stream();
    while let Some(event) = events.next().await {
        println!("{:?}", event?.kind);
    }
    Ok(())
}

async fn get_contact(it: &Account) -> Outcome {
    let Account {
        client, contact_id, ..
    } = it;
    let jane = client.contacts().get(contact_id).await?;
    println!("{}", jane.key.as_str());
    Ok(())
}

async fn replace_contact(it: &Account) -> Outcome {
    let Account {
        client, contact_id, ..
    } = it;
    // Reads it, sends all of it back with the version, and starts anew if somebody was faster.
    let contacts = client.contacts();
    let changed = contacts.update(contact_id, |jane| {
        jane.set("Seats", 15)?.set("Company", "Acme, Inc.")
    });
    println!("{:?}", changed.await?.version);
    Ok(())
}

async fn update_contact_status(it: &Account) -> Outcome {
    let Account {
        client, contact_id, ..
    } = it;
    client.contacts().unsubscribe(contact_id).await?;
    Ok(())
}

async fn delete_contact(it: &Account) -> Outcome {
    let Account {
        client, contact_id, ..
    } = it;
    let gone = client.contacts().delete(contact_id).await?;
    println!("{}", gone.is_some());
    Ok(())
}

async fn list_contact_events(it: &Account) -> Outcome {
    let Account {
        client, contact_id, ..
    } = it;
    let events = client.contacts().events(contact_id);
    let mut events = events.types([EventType::ContactCreated]).stream();
    while let Some(event) = events.next().await {
        println!("{:?}", event?.timestamp);
    }
    Ok(())
}

async fn list_structures(Account { client, .. }: &Account) -> Outcome {
    for structure in client.structures().all().await? {
        println!("{}", structure.label());
    }
    Ok(())
}

async fn get_structure(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    let structure = client.structures().get(structure.id()).await?;
    println!("{}", structure.label());
    Ok(())
}

async fn replace_structure(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    // Keeps every field and tag that is there.
    let structures = client.structures();
    let changed = structures.update(structure.id(), |it| it.add_tag("Partner"));
    println!("{}", changed.await?.label());
    Ok(())
}

async fn list_lists(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    let mut lists = client.lists(structure.id()).query().stream();
    while let Some(list) = lists.next().await {
        println!("{}", list?.name);
    }
    Ok(())
}

async fn create_list(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    let list = client.lists(structure.id()).create("Customers").await?;
    println!("{}", list.id);
    Ok(())
}

async fn delete_lists(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        partners,
        ..
    } = it;
    let lists = client.lists(structure.id());
    lists.delete_many(std::slice::from_ref(partners)).await?;
    Ok(())
}

async fn list_all_lists(it: &Account) -> Outcome {
    let Account {
        client, structure, ..
    } = it;
    for list in client.lists(structure.id()).all().await? {
        println!("{}", list.name);
    }
    Ok(())
}

async fn merge_lists(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        partners,
        ..
    } = it;
    let lists = client.lists(structure.id());
    let both = [list_id.clone(), partners.clone()];
    println!("{}", lists.merge(&both, "Everybody").await?.id);
    Ok(())
}

async fn get_list(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        ..
    } = it;
    let list = client.lists(structure.id()).get(list_id).await?;
    println!("{}", list.name);
    Ok(())
}

async fn update_list(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        ..
    } = it;
    let lists = client.lists(structure.id());
    let list = lists.get(list_id).await?;
    lists.rename(&list, "Monthly Newsletter").await?;
    Ok(())
}

async fn delete_list(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        ..
    } = it;
    client.lists(structure.id()).delete(list_id).await?;
    Ok(())
}

async fn duplicate_list(it: &Account) -> Outcome {
    let Account {
        client,
        structure,
        list_id,
        ..
    } = it;
    let lists = client.lists(structure.id());
    println!(
        "{}",
        lists.duplicate(list_id, "Newsletter (copy)").await?.id
    );
    Ok(())
}
