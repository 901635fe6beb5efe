//! What a look at a contact tells of a replacement, an unsubscription or a deletion whose answer was lost.
//! Each function looks once.

use super::{Change, Contact, Contacts, Part, keys_alike};
use crate::{
    ContactId, Error, Structure,
    settle::{Look, is_next},
    value::Likeness,
};

impl Contacts {
    /// What became of a replacement, which was made from this reading of the contact if the caller has one.
    pub(super) async fn look_at_replacement(
        &self,
        sent: &Contact,
        read: Option<(&Contact, &Structure)>,
    ) -> Result<Look<Contact>, Error> {
        let now = self.get(&sent.id).await?;
        if now.version.is_some() && now.version == sent.version {
            return Ok(Look::NotDone);
        }
        let whose = match read {
            Some((read, structure)) => whose_change(read, sent, &now, structure),
            None if is_to_the_letter(sent, &now) => Whose::Ours,
            None => {
                let structures = self.structures();
                whose_contact(sent, &now, &structures.known(&sent.structure_id).await?)
            }
        };
        Ok(match whose {
            Whose::Ours => Look::Done(now),
            Whose::Theirs if is_next(now.version, sent.version) => Look::Overtaken,
            // After more changes than one ours may have been among them.
            Whose::Theirs | Whose::Unclear => Look::Unclear(Some(now.id)),
        })
    }

    /// What became of an unsubscription.
    pub(super) async fn look_at_unsubscription(
        &self,
        id: &ContactId,
    ) -> Result<Look<Contact>, Error> {
        let now = self.get(id).await?;
        Ok(if now.is_inactive() {
            Look::Done(now)
        } else if now.is_active() {
            Look::NotDone
        } else {
            Look::Unclear(Some(now.id))
        })
    }

    /// What became of a deletion. What was deleted is lost with the answer.
    pub(super) async fn look_at_deletion(
        &self,
        id: &ContactId,
    ) -> Result<Look<Option<Contact>>, Error> {
        match self.get(id).await {
            Ok(_) => Ok(Look::NotDone),
            Err(gone) if gone.says_record_not_found() => Ok(Look::Done(None)),
            Err(why) => Err(why),
        }
    }
}

/// Whose the last change of a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    Theirs,
    Unclear,
}

/// Whether a contact is what was sent but for its clockwork, so that nothing need be known of its fields.
fn is_to_the_letter(sent: &Contact, now: &Contact) -> bool {
    let mut wound_back = now.clone();
    wound_back.version = sent.version;
    wound_back.updated_at.clone_from(&sent.updated_at);
    wound_back == *sent
}

/// Whose change a contact shows that was sent whole: ours where it says what was sent, as far as a service
/// keeps values to the letter. Where it doesn't, it may still be ours, kept in another way.
fn whose_contact(sent: &Contact, now: &Contact, structure: &Structure) -> Whose {
    match now.difference(sent, structure) {
        Ok(lacks)
            if lacks
                .iter()
                .all(|change| likeness(change) > Likeness::Different) =>
        {
            Whose::Ours
        }
        _ => Whose::Unclear,
    }
}

/// Whose change a contact shows that was read, changed and sent: ours where it has all that we changed,
/// somebody else's where it has nothing of it. Each of our changes is held against what was before it and
/// what it made, so that it doesn't matter how the service keeps values: what is neither is unclear.
fn whose_change(read: &Contact, sent: &Contact, now: &Contact, structure: &Structure) -> Whose {
    let (Ok(ours), Ok(lacks), Ok(changed)) = (
        read.difference(sent, structure),
        now.difference(sent, structure),
        read.difference(now, structure),
    ) else {
        return Whose::Unclear;
    };
    let differs = |changes: &[Change<'_>], of: Part<'_>| {
        let same_part = |change: &&Change<'_>| change.part() == of;
        changes
            .iter()
            .find(same_part)
            .map_or(Likeness::Same, likeness)
    };
    // A replacement never changes a status.
    let ours = ours.iter().filter(|change| change.part() != Part::Status);
    let mut votes = ours.map(|change| {
        let of = change.part();
        let (made, before) = (differs(&lacks, of), differs(&changed, of));
        if likeness(change) > Likeness::Different {
            // The service may make the one of the other: only the letter tells.
            if made == Likeness::Same {
                Whose::Ours
            } else {
                Whose::Unclear
            }
        } else {
            match (made > Likeness::Different, before > Likeness::Different) {
                (true, false) => Whose::Ours,
                (false, true) => Whose::Theirs,
                _ => Whose::Unclear,
            }
        }
    });
    let Some(first) = votes.next() else {
        return Whose::Unclear;
    };
    if votes.all(|vote| vote == first) {
        first
    } else {
        Whose::Unclear
    }
}

/// Whether a service that keeps what it is given in its own way could make one of the other.
fn likeness(change: &Change<'_>) -> Likeness {
    match change {
        Change::Key { from, to } if keys_alike(from, to) => Likeness::Alike,
        Change::Field { likeness, .. } => *likeness,
        Change::Status { .. } => Likeness::Same,
        _ => Likeness::Different,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn structure() -> Structure {
        serde_json::from_value(json!({
            "_id": "s1", "label": "Default",
            "fields": [
                {"_id": "name", "label": "First Name", "dataType": "text"},
                {"_id": "seats", "label": "Seats", "dataType": "number"},
                {"_id": "since", "label": "Since", "dataType": "date"},
            ],
            "tags": [{"_id": "t1", "label": "VIP"}],
        }))
        .unwrap()
    }

    /// Jane with these values in place of hers.
    fn jane(changed: &Json) -> Contact {
        let mut contact = json!({
            "_id": "c1", "key": "jane@example.com", "contactStructureId": "s1", "name": "Jane",
            "seats": 1, "since": "2026-03-28", "status": {"primary": "Active"}, "lists": ["l1"],
            "tags": [], "__v": 3,
        });
        let members = contact.as_object_mut().unwrap();
        members.extend(changed.as_object().unwrap().clone());
        let fields: Vec<_> = ["name", "seats", "since"]
            .into_iter()
            .filter_map(|id| Some(json!({"_id": id, "value": members.remove(id)?})))
            .collect();
        members.insert("fields".to_owned(), json!(fields));
        serde_json::from_value(contact).unwrap()
    }

    #[test]
    fn a_change_is_ours_theirs_or_unclear_by_each_part_of_it() {
        use Whose::{Ours, Theirs, Unclear};
        for (sent, now, whose) in [
            // All of it is there, to the letter, in another form or tidied; whatever else changed.
            (json!({"seats": 2}), json!({"seats": 2}), Ours),
            (
                json!({"seats": 2}),
                json!({"seats": "2.0", "name": "Joan"}),
                Ours,
            ),
            (json!({"name": " Joan"}), json!({"name": "joan"}), Ours),
            (
                json!({"since": "2026-04-01"}),
                json!({"since": "2026-04-01T00:00:00.000Z"}),
                Ours,
            ),
            (json!({"seats": null}), json!({"seats": null}), Ours),
            (
                json!({"key": "Joan@example.com"}),
                json!({"key": "joan@example.com"}),
                Ours,
            ),
            (json!({"lists": []}), json!({"lists": []}), Ours),
            (
                json!({"lists": ["l1", "l2"]}),
                json!({"lists": [{"_id": "l2"}]}),
                Ours,
            ),
            (
                json!({"tags": ["t1"]}),
                json!({"tags": [{"_id": "t1"}]}),
                Ours,
            ),
            (json!({"name": "JANE"}), json!({"name": "JANE"}), Ours),
            // Nothing of it is there, and something else is.
            (json!({"seats": 2}), json!({"name": "Joan"}), Theirs),
            (
                json!({"seats": 2}),
                json!({"status": {"primary": "Inactive", "secondary": "Bounce"}}),
                Theirs,
            ),
            (json!({"seats": null}), json!({"name": "Joan"}), Theirs),
            (json!({"lists": []}), json!({"seats": 5}), Theirs),
            (
                json!({"tags": ["t1"], "seats": 2}),
                json!({"name": "Joan"}),
                Theirs,
            ),
            (
                json!({"key": "joan@example.com"}),
                json!({"seats": 5}),
                Theirs,
            ),
            // A part of it is there, or something that is neither.
            (
                json!({"seats": 2, "name": "Joan"}),
                json!({"seats": 2}),
                Unclear,
            ),
            (
                json!({"seats": 2, "tags": ["t1"]}),
                json!({"tags": ["t1"]}),
                Unclear,
            ),
            (json!({"seats": 2}), json!({"seats": 3}), Unclear),
            (
                json!({"name": "Joan of Arc"}),
                json!({"name": "Joan of"}),
                Unclear,
            ),
            // The service may have made the old of the new.
            (json!({"name": "JANE "}), json!({"seats": 5}), Unclear),
            (json!({"name": "JANE "}), json!({"name": "JANE"}), Unclear),
            (
                json!({"seats": 2, "name": "JANE"}),
                json!({"seats": 2}),
                Unclear,
            ),
            (json!({}), json!({}), Unclear),
        ] {
            let case = format!("{sent} {now}");
            let (read, sent, now) = (jane(&json!({})), jane(&sent), jane(&now));
            assert_eq!(
                whose_change(&read, &sent, &now, &structure()),
                whose,
                "{case}"
            );
        }
    }

    #[test]
    fn a_whole_contact_is_ours_where_it_says_what_was_sent() {
        use Whose::{Ours, Unclear};
        for (sent, now, whose) in [
            (json!({}), json!({}), Ours),
            (
                json!({"seats": 2, "name": " Joan "}),
                json!({"seats": "2", "name": "Joan"}),
                Ours,
            ),
            (json!({"key": "JANE@example.com"}), json!({}), Ours),
            (
                json!({}),
                json!({"status": {"primary": "Inactive", "secondary": "Bounce"}}),
                Ours,
            ),
            (json!({"seats": 2}), json!({}), Unclear),
            (json!({}), json!({"seats": 2}), Unclear),
            (json!({"seats": null}), json!({}), Unclear),
            (json!({"lists": []}), json!({}), Unclear),
            (json!({"tags": ["t1"]}), json!({}), Unclear),
            (json!({"key": "joan@example.com"}), json!({}), Unclear),
        ] {
            let case = format!("{sent} {now}");
            let (sent, now) = (jane(&sent), jane(&now));
            assert_eq!(whose_contact(&sent, &now, &structure()), whose, "{case}");
        }
    }

    #[test]
    fn a_contact_of_another_structure_tells_nothing() {
        let elsewhere = jane(&json!({"contactStructureId": "s2"}));
        let (read, sent) = (jane(&json!({})), jane(&json!({"seats": 2})));
        let of = whose_change(&read, &sent, &elsewhere, &structure());
        assert_eq!(of, Whose::Unclear);
        assert_eq!(
            whose_contact(&sent, &elsewhere, &structure()),
            Whose::Unclear
        );
    }
}
