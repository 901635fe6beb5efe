//! What a step asks, asked of the service.

use benchmark_email::{Client, Contact, Error, ErrorKind, NewContact, Structure};

use crate::sync::{
    Creation,
    apply::{Answer, Ask},
};

/// What came of it.
pub(super) enum Said {
    Answer(Answer),
    /// It was surely not carried out, and nothing else will be: the key, the budget.
    TurnedAway(Error),
}

pub(super) async fn ask(client: Client, structure: Structure, ask: Ask) -> Said {
    let contacts = client.contacts();
    let answer = match ask {
        Ask::Create { new, with_tags } => match new_contact(&structure, &new, with_tags) {
            Ok(new) => contacts.create(new).await.map(contact),
            Err(why) => Err(why),
        },
        Ask::Replace(to) => contacts.replace(&to).await.map(contact),
        Ask::Unsubscribe(id) => contacts.unsubscribe(&id).await.map(contact),
        Ask::Delete(id) => contacts.delete(&id).await.map(|_| Answer::Nobody),
        Ask::Read(id) => contacts.get(&id).await.map(contact),
        Ask::Find(address) => {
            let found = contacts.find(&structure, address).await;
            found.map(|found| found.map_or(Answer::Nobody, contact))
        }
    };
    answer.map_or_else(refused, Said::Answer)
}

fn contact(contact: Contact) -> Answer {
    Answer::Contact(Box::new(contact))
}

fn new_contact(
    structure: &Structure,
    new: &Creation,
    with_tags: bool,
) -> Result<NewContact, Error> {
    let mut contact = NewContact::new(structure, new.address.as_str());
    for (id, value) in &new.fields {
        contact = contact.field(id, value.clone())?;
    }
    for list in &new.lists {
        contact = contact.list(list);
    }
    for tag in new.tags.iter().filter(|_| with_tags) {
        contact = contact.tag(tag);
    }
    Ok(contact)
}

fn refused(error: Error) -> Said {
    let answer = match error.kind() {
        ErrorKind::NotFound => Answer::Gone,
        ErrorKind::Duplicate => Answer::Duplicate,
        ErrorKind::Conflict => Answer::Conflict,
        ErrorKind::OutcomeUnknown
        | ErrorKind::Server
        | ErrorKind::Connect
        | ErrorKind::Timeout
        | ErrorKind::Interrupted => Answer::Lost,
        ErrorKind::RateLimited | ErrorKind::QuotaExceeded | ErrorKind::Config | ErrorKind::Tls => {
            return Said::TurnedAway(error);
        }
        _ if error.is_access() => return Said::TurnedAway(error),
        kind => {
            let blamed = error.errors().first();
            let field = blamed.and_then(|blamed| blamed.field()).unwrap_or_default();
            Answer::Refused {
                kind: format!("{kind:?} {field}").trim_end().to_owned(),
                why: error.to_string(),
            }
        }
    };
    Said::Answer(answer)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use benchmark_email::{ContactId, retry::RetryPolicy};
    use benchmark_email_sandbox::Sandbox;
    use serde_json::json;

    use super::*;
    use crate::sync::apply::simulated::{
        STRUCTURE,
        model::{Model, SEARCH_LAG},
        structure,
    };

    /// What both have told of an address.
    type Told = BTreeMap<String, Contact>;

    /// What an answer says, without ids and times of one's own.
    fn says(answer: &Answer) -> String {
        let Answer::Contact(contact) = answer else {
            return format!("{answer:?}");
        };
        let fields: Vec<_> = contact
            .fields
            .iter()
            .filter_map(|field| Some((field.id.as_str(), field.value.as_ref()?.as_str()?)))
            .collect();
        let tags: Vec<_> = contact.tags.iter().map(|tag| tag.id.to_string()).collect();
        let (key, active, version) = (contact.key.as_str(), contact.is_active(), contact.version);
        format!("{key} {active} {version:?} {fields:?} {tags:?}")
    }

    fn unknown() -> ContactId {
        ContactId::new("64a1b2c3d4e5f6a7b8c9dfff").unwrap()
    }

    fn new(tags: bool) -> Ask {
        let structure = structure();
        let tag = structure.tags().first().unwrap().id.clone();
        let company = structure.fields().first().unwrap().id.clone();
        Ask::Create {
            new: Creation {
                address: if tags {
                    "tagged@example.com"
                } else {
                    "new@example.com"
                }
                .to_owned(),
                fields: vec![(company, "Acme".into())],
                lists: Vec::new(),
                tags: if tags { vec![tag] } else { Vec::new() },
            },
            with_tags: tags,
        }
    }

    /// The contact that was told last, with another company and the version that it had then.
    fn replacement(told: &Told) -> Ask {
        let mut contact = told["new@example.com"].clone();
        contact.set(&structure(), "Company", "Other").unwrap();
        Ask::Replace(Box::new(contact))
    }

    fn id(told: &Told) -> ContactId {
        told["new@example.com"].id.clone()
    }

    /// What is asked, and a name for it.
    type Scene = (&'static str, fn(&Told) -> Ask);

    /// Everything that a step can ask, in an order in which each answer is another.
    const STORY: &[Scene] = &[
        ("nobody is found", |_| {
            Ask::Find("new@example.com".to_owned())
        }),
        ("created", |_| new(false)),
        ("a duplicate", |_| new(false)),
        ("not found yet", |_| Ask::Find("new@example.com".to_owned())),
        ("later", |_| Ask::Find("nobody@example.com".to_owned())),
        ("found", |_| Ask::Find("NEW@example.com".to_owned())),
        ("created with tags", |_| new(true)),
        ("read", |told| Ask::Read(id(told))),
        ("replaced", replacement),
        ("another version", |told| match replacement(told) {
            Ask::Replace(mut contact) => {
                contact.version = Some(0);
                Ask::Replace(contact)
            }
            other => other,
        }),
        ("unsubscribed", |told| Ask::Unsubscribe(id(told))),
        ("unsubscribed already", |told| Ask::Unsubscribe(id(told))),
        ("replaced, and still away", replacement),
        ("nobody to read", |_| Ask::Read(unknown())),
        ("nobody to replace", |told| match replacement(told) {
            Ask::Replace(mut contact) => {
                contact.id = unknown();
                Ask::Replace(contact)
            }
            other => other,
        }),
        ("nobody to unsubscribe", |_| Ask::Unsubscribe(unknown())),
        ("nobody to delete", |_| Ask::Delete(unknown())),
        ("deleted", |told| Ask::Delete(id(told))),
        ("deleted already", |told| Ask::Delete(id(told))),
        ("found still", |_| Ask::Find("new@example.com".to_owned())),
        ("later", |_| Ask::Find("nobody@example.com".to_owned())),
        ("found no more", |_| Ask::Find("new@example.com".to_owned())),
    ];

    #[tokio::test]
    async fn the_model_answers_what_the_sandbox_answers() {
        let lag = Duration::from_millis(SEARCH_LAG);
        let of_account = json!({ "structures": [structure()], "contacts": [] });
        let sandbox = Sandbox::builder()
            .stopped_clock()
            .search_lag(lag)
            .start()
            .await
            .unwrap();
        let mut seed = sandbox.snapshot();
        let own = seed["structures"][0].clone();
        for (name, value) in of_account["structures"][0].as_object().unwrap() {
            seed["structures"][0][name] = value.clone();
        }
        assert_ne!(own, seed["structures"][0]);
        sandbox.restore(seed).unwrap();
        assert_eq!(sandbox.snapshot()["structures"][0]["_id"], STRUCTURE);
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .api_key(sandbox.api_key())
            .retry(RetryPolicy::default().look_for_lost_creations(false))
            .build()
            .unwrap();
        let mut model = Model::keeping_tags(true);
        let (mut real, mut modelled) = (Told::new(), Told::new());
        let mut now = 10_000;
        for (what, asked) in STORY {
            if *what == "later" {
                now += SEARCH_LAG;
                sandbox.clock().advance(lag);
            }
            let Said::Answer(answer) = ask(client.clone(), structure(), asked(&real)).await else {
                panic!("{what}: turned away");
            };
            let expected = model.ask(&asked(&modelled), now);
            assert_eq!(says(&expected), says(&answer), "{what}");
            for (told, answer) in [(&mut real, answer), (&mut modelled, expected)] {
                if let Answer::Contact(contact) = answer {
                    told.insert(contact.key.as_str().to_owned(), *contact);
                }
            }
        }
    }
}
