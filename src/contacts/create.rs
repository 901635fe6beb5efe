//! Creating a contact once, whatever becomes of the answer.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Contact, Contacts, NewContact, keys_alike};
use crate::{
    ContactId, EmailAddress, Error, FieldId, Timestamp, Value,
    settle::{self, Look},
    structures::DataType,
    value::Likeness,
};

/// How far the clock that dates contacts may be from the one that dates answers.
const CLOCKS_APART: Duration = Duration::from_secs(60);

impl Contacts {
    /// Creates a contact, and returns it as the service keeps it. Documented: guide Manage Contacts,
    /// step 2.
    ///
    /// The service has no idempotency key. When an answer is lost, the contact is looked for by its
    /// address: if it is there as it was sent, it is returned. If it isn't found it is sent again, as often
    /// as the [`RetryPolicy`](crate::retry::RetryPolicy) allows: if the first attempt was carried out after all, the
    /// service refuses the second one as a duplicate, and the contact is looked for until a
    /// [search that lags](crate::retry::RetryPolicy::search_lag) shows it. So that it is never created twice relies
    /// on the documented refusal of duplicates.
    ///
    /// When the service refuses a value or a tag, the structure may have changed since it was read. It is
    /// read once more then (a request, whose answer serves the refusals of the next minute too), and
    /// [`Error::drift`] names what was renamed, removed or given another type.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the address can't be one, before anything is
    /// sent; [`Duplicate`](crate::ErrorKind::Duplicate) when the structure has a contact with this address
    /// that this call didn't make; [`MissingScope`](crate::ErrorKind::MissingScope) when the key may only
    /// read; [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when the answer was lost and looking for
    /// the contact failed, found nothing, or found one with this address that is not what was sent
    /// ([`Error::contact`]); otherwise as any call.
    pub fn create(
        &self,
        contact: NewContact,
    ) -> impl Future<Output = Result<Contact, Error>> + use<> {
        let contacts = self.clone();
        async move { contacts.begun().create_once(&contact).await }
    }

    /// [`create`](Self::create), as a part of a call that has begun.
    async fn create_once(&self, contact: &NewContact) -> Result<Contact, Error> {
        let body = contact.body()?;
        let began = Instant::now();
        let policy = self.caller.options.policy;
        let (mut attempts, mut round, mut lost) = (0, 0, false);
        loop {
            round += 1;
            let left = policy.attempts().saturating_sub(attempts);
            let caller = self.clone().with_attempts(left).caller;
            let created = caller.ask(async |raw| raw.create_contact(&body).await);
            let failure = match created.await {
                Ok(created) => return Ok(created),
                Err(failure) => failure,
            };
            let sent = attempts + failure.attempts();
            attempts += failure.attempts().max(1);
            let failure = failure.after_rounds(sent);
            if !lost && !settle::is_open(&failure) {
                return Err(self.explain_creation(failure, contact).await);
            }
            if !policy.looks_for_lost_creations() {
                return Err(failure.outcome_unknown());
            }
            lost = true;
            // Where it is sent again, the service tells whether it has it; otherwise only a search can.
            let again = settle::is_open(&failure) && attempts < policy.attempts();
            let found = match self.look_for(contact, began, !again).await {
                Ok(found) => found,
                why => return settle::conclude(failure, why.map(|_| Look::Unclear(None))),
            };
            match found {
                Some(Found::Ours(created)) => return Ok(*created),
                Some(Found::Older(_)) if failure.is_duplicate() => return Err(failure),
                Some(Found::Other(id)) => return Err(failure.outcome_unknown().with_contact(id)),
                Some(Found::Older(id)) if !again => {
                    return Err(failure.outcome_unknown().with_contact(id));
                }
                Some(Found::Older(_)) | None => {}
            }
            let pause = self.caller.backoff(round);
            if !again || !self.caller.has_time_for(pause) {
                return Err(failure.outcome_unknown());
            }
            sleep(pause).await;
        }
    }

    /// Looks for the contact that a lost creation may have made: once, or for as long as a search may lag.
    async fn look_for(
        &self,
        sent: &NewContact,
        began: Instant,
        patiently: bool,
    ) -> Result<Option<Found>, Error> {
        let mut looks = self.caller.looks();
        loop {
            let mut found = None;
            for there in self.with_key(sent.structure(), sent.key()).await? {
                match self.what_is(there, sent, began) {
                    ours @ Found::Ours(_) => return Ok(Some(ours)),
                    other => found = found.or(Some(other)),
                }
            }
            if found.is_some() || !patiently || !looks.again().await {
                return Ok(found);
            }
        }
    }

    /// What a contact with the right address is to a creation that began then.
    fn what_is(&self, there: Contact, sent: &NewContact, began: Instant) -> Found {
        let created = there.created_at.as_ref().and_then(Timestamp::since_1970);
        let is_older = created.is_some_and(|created| {
            let now = created + CLOCKS_APART + began.elapsed();
            self.caller.service_is_past(now) == Some(true)
        });
        if is_older {
            Found::Older(there.id)
        } else if sent.is_held_by(&there) && sent.holds_all_of(&there) {
            Found::Ours(Box::new(there))
        } else {
            Found::Other(there.id)
        }
    }

    async fn explain_creation(&self, refusal: Error, contact: &NewContact) -> Error {
        let fields: Vec<_> = contact.values().iter().map(|(id, _)| id).collect();
        let tags: Vec<_> = contact.tags().iter().collect();
        self.explain(refusal, contact.structure(), &fields, &tags)
            .await
    }
}

/// A contact that was found where one was looked for.
#[derive(Debug)]
enum Found {
    /// The one that was sent.
    Ours(Box<Contact>),
    /// One that was there before.
    Older(ContactId),
    /// One that isn't what was sent.
    Other(ContactId),
}

impl NewContact {
    /// Whether a contact is what was sent, as far as a service keeps values to the letter: same address,
    /// every value, every list, and nobody who has left, whom a creation doesn't make.
    fn is_held_by(&self, found: &Contact) -> bool {
        let holds = |(id, sent): &(FieldId, Value)| {
            let field = self.structure().field_by_id(id);
            let unknown = DataType::Unknown(String::new());
            let data_type = field.map_or(&unknown, |field| &field.data_type);
            let held = found.value(id).unwrap_or(&Value::Null);
            sent.likeness(held, data_type) > Likeness::Different
        };
        self.key_is_like(found)
            && !found.is_inactive()
            && self.values().iter().all(holds)
            && self.lists().iter().all(|list| found.is_on(list))
    }

    /// Whether a contact has nothing that wasn't sent, and so may have come of it.
    fn holds_all_of(&self, found: &Contact) -> bool {
        let sent = |id: &FieldId| self.values().iter().any(|(sent, _)| sent == id);
        let blank = |value: &Value| value.is_null() || value.as_str().is_some_and(str::is_empty);
        found.tags.iter().all(|tag| self.tags().contains(&tag.id))
            && found
                .lists
                .iter()
                .all(|list| self.lists().contains(&list.id))
            && found
                .fields
                .iter()
                .all(|field| sent(&field.id) || field.value.as_ref().is_none_or(blank))
    }

    fn key_is_like(&self, found: &Contact) -> bool {
        EmailAddress::new(self.key()).is_ok_and(|key| keys_alike(&key, &found.key))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::{ListId, Structure};

    fn structure() -> Structure {
        serde_json::from_value(json!({
            "_id": "s1", "label": "Default",
            "fields": [
                {"_id": "name", "label": "First Name", "dataType": "text"},
                {"_id": "seats", "label": "Seats", "dataType": "number"},
            ],
        }))
        .unwrap()
    }

    fn sent() -> NewContact {
        NewContact::new(&structure(), "jane@example.com")
            .field("Seats", 5)
            .unwrap()
            .list(ListId::new("l1").unwrap())
    }

    /// What came of it, with these members in place of its own.
    fn found(changed: &Json) -> Contact {
        let mut contact = json!({
            "_id": "c1", "key": "jane@example.com", "contactStructureId": "s1",
            "fields": [{"_id": "seats", "value": 5}], "status": {"primary": "Active"}, "lists": ["l1"],
            "tags": [], "__v": 0,
        });
        let members = contact.as_object_mut().unwrap();
        members.extend(changed.as_object().unwrap().clone());
        serde_json::from_value(contact).unwrap()
    }

    #[test]
    fn a_contact_is_what_was_sent_where_it_has_each_part_of_it() {
        for alike in [
            json!({}),
            json!({"key": "JANE@example.com"}),
            json!({"fields": [{"_id": "seats", "value": "5.0"}]}),
            json!({"lists": ["l2", "l1"]}),
        ] {
            assert!(sent().is_held_by(&found(&alike)), "{alike}");
        }
        for other in [
            json!({"key": "joan@example.com"}),
            json!({"fields": [{"_id": "seats", "value": 6}]}),
            json!({"fields": []}),
            json!({"lists": []}),
            json!({"status": {"primary": "Inactive", "secondary": "Unsubscribe"}}),
        ] {
            assert!(!sent().is_held_by(&found(&other)), "{other}");
        }
    }

    #[test]
    fn a_contact_has_nothing_but_what_was_sent_where_all_else_is_blank() {
        let with_name = |name: Json| json!({"fields": [{"_id": "seats", "value": 5}, {"_id": "name", "value": name}]});
        for same in [
            json!({}),
            json!({"lists": []}),
            json!({"fields": [{"_id": "seats", "value": 6}]}),
            with_name(Json::Null),
            with_name(json!("")),
            json!({"fields": [{"_id": "name"}]}),
        ] {
            assert!(sent().holds_all_of(&found(&same)), "{same}");
        }
        for more in [
            json!({"tags": ["t1"]}),
            json!({"lists": ["l1", "l2"]}),
            with_name(json!("Jane")),
        ] {
            assert!(!sent().holds_all_of(&found(&more)), "{more}");
        }
    }
}
