//! What became of a change whose answer was lost. The service has no idempotency key, so the only way
//! to know is to look. Each function here looks once and decides; what can't be decided stays
//! [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).

use super::{Contact, Contacts, NewContact};
use crate::{ContactId, DataType, Error, ErrorKind, FieldId, Value, error::Doubt, value::Likeness};

/// Of a field that no structure at hand tells the type of.
static ANY: DataType = DataType::Unknown(String::new());

/// What a look for a contact that may have been created tells.
pub(super) enum Creation {
    /// It is there, as it was sent.
    Done(Box<Contact>),
    /// It isn't there; the failure, now that this is known.
    NotDone(Error),
    /// Nobody knows.
    Unknown(Error),
}

impl Contacts {
    /// Looks for a contact whose creation was not answered, by its address.
    pub(super) async fn settle_creation(&self, sent: &NewContact, failure: Error) -> Creation {
        let found = match self.find(sent.structure(), sent.key()).await {
            Ok(Some(found)) => found,
            Ok(None) => return Creation::NotDone(failure.not_carried_out()),
            Err(why) => return Creation::Unknown(failure.outcome_unknown().with_source(why)),
        };
        if !sent.is_held_by(&found) {
            let failure = failure.outcome_unknown().with_contact(found.id);
            return Creation::Unknown(failure);
        }
        // A search answers no version. That it exists is sure without one.
        Creation::Done(Box::new(self.get(&found.id).await.unwrap_or(found)))
    }

    /// Whether a replacement that was not answered, or was refused as stale after one that was not,
    /// has taken place.
    pub(super) async fn settle_replacement(
        &self,
        sent: &Contact,
        failure: Error,
    ) -> Result<Contact, Error> {
        match self.get(&sent.id).await {
            Ok(now) if now.version == sent.version => Err(failure.not_carried_out()),
            Ok(now) if now.says_the_same_as(sent) => Ok(now),
            // One change since, and not ours: ours was refused. After more, ours may have been among them.
            Ok(now) if failure.is_conflict() && is_next(now.version, sent.version) => Err(failure),
            Ok(now) => Err(failure.outcome_unknown().with_contact(now.id)),
            Err(gone) if gone.is_not_found() => Err(gone),
            Err(why) => Err(failure.outcome_unknown().with_source(why)),
        }
    }

    /// Whether an unsubscription that was not answered has taken place.
    pub(super) async fn settle_unsubscription(
        &self,
        id: &ContactId,
        failure: Error,
    ) -> Result<Contact, Error> {
        match self.get(id).await {
            Ok(now) if now.is_inactive() => Ok(now),
            Ok(_) => Err(failure.not_carried_out()),
            Err(gone) if gone.is_not_found() => Err(gone),
            Err(why) => Err(failure.outcome_unknown().with_source(why)),
        }
    }

    /// Whether a deletion that was not answered has taken place. What was deleted is lost with the
    /// answer.
    pub(super) async fn settle_deletion(
        &self,
        id: &ContactId,
        failure: Error,
    ) -> Result<Option<Contact>, Error> {
        match self.get(id).await {
            Err(gone) if gone.says_record_not_found() => Ok(None),
            Ok(_) => Err(failure.not_carried_out()),
            Err(why) => Err(failure.outcome_unknown().with_source(why)),
        }
    }
}

/// Whether the failure leaves open what became of the request: no answer came, or one that can't be
/// read, or another attempt was refused after one of which no answer came.
pub(crate) fn is_open(failure: &Error) -> bool {
    let success = failure.status().is_some_and(|status| status / 100 == 2);
    let unreadable = failure.kind() == ErrorKind::Unreadable && success;
    failure.is_outcome_unknown() || unreadable || failure.doubt() > Doubt::None
}

impl NewContact {
    /// Whether a contact is what was sent: same address, every value, every list, and nobody who has
    /// left, whom a creation doesn't make.
    fn is_held_by(&self, found: &Contact) -> bool {
        let holds = |(id, sent): &(FieldId, Value)| {
            let field = self.structure().field_by_id(id);
            let data_type = field.map_or(&ANY, |field| &field.data_type);
            same(Some(sent), found.value(id), data_type)
        };
        found.key == self.key()
            && !found.is_inactive()
            && self.values().iter().all(holds)
            && self.lists().iter().all(|list| found.is_on(list))
    }
}

impl Contact {
    /// Whether a later reading says what a replacement sent.
    fn says_the_same_as(&self, sent: &Contact) -> bool {
        self.key == sent.key && self.covers(sent) && sent.covers(self)
    }

    fn covers(&self, other: &Contact) -> bool {
        other
            .fields
            .iter()
            .all(|field| same(field.value.as_ref(), self.value(&field.id), &ANY))
            && other.lists.iter().all(|list| self.is_on(&list.id))
            && other.tags.iter().all(|tag| self.has_tag(&tag.id))
    }
}

fn is_next(version: Option<i64>, sent: Option<i64>) -> bool {
    version
        .zip(sent)
        .is_some_and(|(now, sent)| sent.checked_add(1) == Some(now))
}

/// Whether two values say the same in a field of this type; no value and `null` do.
fn same(one: Option<&Value>, other: Option<&Value>, data_type: &DataType) -> bool {
    let (one, other) = (one.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null));
    one.likeness(other, data_type) == Likeness::Same
}
