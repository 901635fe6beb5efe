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
