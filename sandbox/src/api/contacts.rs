//! Contacts: list, create, get, replace, change of status, delete.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::draft::{self, Draft};
use super::{Call, body, commit};
use crate::account::{Account, Change, Contact, Event, EventKind, Id, Status, Version};
use crate::answer::{Answer, Content, Refusal};
use crate::rules::Rule;
use crate::world::World;

/// Contacts that are written under one lock while all are listed.
const BATCH: usize = 256;

/// `GET /api/contact`: all of them, made while they are sent.
///
/// Contacts created or deleted meanwhile may or may not be among them, each at most once.
#[allow(
    clippy::unnecessary_wraps,
    reason = "an operation may refuse; this one has no reason to"
)]
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let wrapped = call.reads(Rule::ContactsShape, "wrapper");
    let plain_refs = call.reads(Rule::ContactRefsShape, "ids");
    let opening = if wrapped { "{\"contacts\":[" } else { "[" };
    let listing = Listing {
        world: Arc::clone(call.world),
        wrapped,
        plain_refs,
        at: None,
        sent: 0,
        done: false,
    };
    let opening = stream::iter([Bytes::from_static(opening.as_bytes())]);
    let rest = stream::unfold(listing, |mut listing| async move {
        // Others get their turn between two batches.
        tokio::task::yield_now().await;
        listing.next_piece().map(|piece| (piece, listing))
    });
    let content = Content::Pieces {
        content_type: "application/json",
        pieces: opening.chain(rest).boxed(),
    };
    Ok(Answer {
        status: StatusCode::OK,
        content,
    })
}

/// `POST /api/contact`.
pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let structure = structure_of_body(call, account)?;
    let draft = Draft::read(call, account, structure)?;
    let structure = structure.id;
    let status = draft.status.clone().unwrap_or(Status::Active);
    draft::check_change(&Status::Active, &status)?;
    let known = account.contacts().with_key(structure, &draft.key);
    if let Some(known) = known.filter(|_| !call.reads(Rule::ContactKeyUnique, "twice")) {
        if call.reads(Rule::ContactKeyUnique, "update") {
            draft::check_change(
                &known.status,
                draft.status.as_ref().unwrap_or(&known.status),
            )?;
            let known = known.clone();
            return put(call, account, &known, draft);
        }
        return Err(duplicate());
    }
    let contact = Contact {
        id: account.new_id(call.now),
        key: draft.key,
        structure_id: structure,
        fields: draft.fields,
        status,
        lists: draft.lists,
        tags: draft.tags,
        created_at: call.now,
        updated_at: call.now,
        version: Version::default(),
        extra: draft.extra,
    };
    save(call, account, contact, EventKind::ContactCreated)
}

/// `GET /api/contact/{contactId}`.
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    Ok(Answer::ok(&shown(call, contact(call, &account)?)))
}

/// `PUT /api/contact/{contactId}`: what the body leaves out is erased.
pub(crate) fn replace(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let known = contact(call, account)?.clone();
    if let Some(asked) = body::text(call.body, "contactStructureId")?
        && Id::parse(asked) != Some(known.structure_id)
    {
        let message = "contactStructureId can't be changed";
        return Err(
            Refusal::validation(Rule::ContactStructureFixed, message).at("contactStructureId")
        );
    }
    let structure = account.structure(known.structure_id);
    let structure =
        structure.ok_or_else(|| Refusal::not_found(Rule::StructureExists, "Contact structure"))?;
    let draft = Draft::read(call, account, structure)?;
    check_version(call, known.version)?;
    draft::check_change(
        &known.status,
        draft.status.as_ref().unwrap_or(&known.status),
    )?;
    let taken = account.contacts().with_key(known.structure_id, &draft.key);
    if taken.is_some_and(|other| other.id != known.id)
        && !call.reads(Rule::ContactKeyUnique, "twice")
    {
        return Err(duplicate());
    }
    put(call, account, &known, draft)
}

/// `PATCH /api/contact/{contactId}`: the status and nothing else.
pub(crate) fn update_status(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let known = contact(call, account)?;
    let other = call
        .body
        .keys()
        .find(|name| !["status", "__v"].contains(&name.as_str()));
    if let Some(other) = other.filter(|_| call.reads(Rule::PatchStatusOnly, "refuse")) {
        let message = format!("{other} is not allowed: PATCH takes status only");
        return Err(Refusal::validation(Rule::PatchStatusOnly, message).at(other));
    }
    let asked = call
        .body
        .get("status")
        .ok_or_else(|| Refusal::required(Rule::PatchStatusOnly, "status"))?;
    let status = draft::read_status(asked)?;
    draft::check_change(&known.status, &status)?;
    if status == known.status {
        return Ok(Answer::ok(&shown(call, known)));
    }
    let kind = event_of(&known.status, &status);
    let contact = Contact {
        status,
        updated_at: call.now,
        version: known.version.next(),
        ..known.clone()
    };
    save(call, account, contact, kind)
}

/// `DELETE /api/contact/{contactId}`: answers with what was deleted.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let known = contact(call, account)?;
    let answer = Answer::ok(&shown(call, known));
    let gone = Change::ContactGone(known.id);
    commit(account, vec![gone])?;
    Ok(answer)
}

/// The contact that the path names.
pub(super) fn contact<'a>(call: &Call<'_>, account: &'a Account) -> Result<&'a Contact, Refusal> {
    let id = call.id("contactId", Rule::ContactExists, "Contact")?;
    account
        .contacts()
        .get(id)
        .ok_or_else(|| Refusal::not_found(Rule::ContactExists, "Contact"))
}

/// Compares the body's `__v` with the current one.
pub(super) fn check_version(call: &Call<'_>, current: Version) -> Result<(), Refusal> {
    match body::integer(call.body, "__v")? {
        Some(version) if current == version => Ok(()),
        Some(_) => Err(Refusal::stale()),
        None if call.reads(Rule::VersionRequired, "optional") => Ok(()),
        None => Err(Refusal::required(Rule::VersionRequired, "__v")),
    }
}

fn structure_of_body<'a>(
    call: &Call<'_>,
    account: &'a Account,
) -> Result<&'a crate::account::Structure, Refusal> {
    // The key is named first when both are missing, as in the guide.
    body::required_text(call.body, "key", Rule::ContactKeyRequired)?;
    let name = "contactStructureId";
    let text = body::required_text(call.body, name, Rule::ContactStructureRequired)?;
    find_structure(call, account, text)
}

/// The structure that a body names.
pub(super) fn find_structure<'a>(
    call: &Call<'_>,
    account: &'a Account,
    id: &str,
) -> Result<&'a crate::account::Structure, Refusal> {
    Id::parse(id)
        .and_then(|id| account.structure(id))
        .ok_or_else(|| {
            let rule = Rule::ContactStructureExists;
            if call.reads(rule, "not-found") {
                return Refusal::not_found(rule, "Contact structure");
            }
            Refusal::validation(rule, "contactStructureId names no contact structure")
                .at("contactStructureId")
        })
}

fn put(
    call: &Call<'_>,
    account: &mut Account,
    known: &Contact,
    draft: Draft,
) -> Result<Answer, Refusal> {
    let status = draft.status.unwrap_or_else(|| known.status.clone());
    let kind = event_of(&known.status, &status);
    let contact = Contact {
        id: known.id,
        key: draft.key,
        structure_id: known.structure_id,
        fields: draft.fields,
        status,
        lists: draft.lists,
        tags: draft.tags,
        created_at: known.created_at,
        updated_at: call.now,
        version: known.version.next(),
        extra: draft.extra,
    };
    save(call, account, contact, kind)
}

fn save(
    call: &Call<'_>,
    account: &mut Account,
    contact: Contact,
    kind: EventKind,
) -> Result<Answer, Refusal> {
    let event = Event {
        contact_id: contact.id,
        kind,
        timestamp: call.now,
        source: "api".into(),
        extra: None,
    };
    let answer = Answer::ok(&shown(call, &contact));
    commit(
        account,
        vec![Change::Contact(Box::new(contact)), Change::Event(event)],
    )?;
    Ok(answer)
}

fn event_of(from: &Status, to: &Status) -> EventKind {
    match (from, to) {
        (Status::Active, Status::Inactive { .. }) => EventKind::ContactUnsubscribed,
        _ => EventKind::ContactUpdated,
    }
}

fn duplicate() -> Refusal {
    let message = "key is already in use";
    let status = StatusCode::BAD_REQUEST;
    Refusal::new(
        Rule::ContactKeyUnique,
        status,
        "DuplicateFieldError",
        message,
    )
    .at("key")
}

fn shown<'a>(call: &Call<'_>, contact: &'a Contact) -> Shown<'a> {
    Shown {
        contact,
        plain_refs: call.reads(Rule::ContactRefsShape, "ids"),
    }
}

/// A contact in the shape that is in force.
struct Shown<'a> {
    contact: &'a Contact,
    plain_refs: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.plain_refs {
            return self.contact.serialize(serializer);
        }
        let mut whole = serde_json::to_value(self.contact).map_err(serde::ser::Error::custom)?;
        if let Value::Object(whole) = &mut whole {
            let ids = |refs: &[crate::account::Ref]| refs.iter().map(|r| r.id).collect::<Vec<_>>();
            whole.insert("lists".into(), json!(ids(&self.contact.lists)));
            whole.insert("tags".into(), json!(ids(&self.contact.tags)));
        }
        whole.serialize(serializer)
    }
}

/// How far a listing of all contacts has come.
struct Listing {
    world: Arc<World>,
    wrapped: bool,
    plain_refs: bool,
    at: Option<u64>,
    sent: usize,
    done: bool,
}

impl Listing {
    fn next_piece(&mut self) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let account = self
            .world
            .account
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut piece = Vec::with_capacity(BATCH * 512);
        for (at, contact) in account.contacts().after(self.at, BATCH) {
            if self.sent > 0 {
                piece.push(b',');
            }
            let shown = Shown {
                contact,
                plain_refs: self.plain_refs,
            };
            piece.extend(serde_json::to_vec(&shown).unwrap_or_default());
            self.at = Some(at);
            self.sent += 1;
        }
        if piece.is_empty() {
            self.done = true;
            piece.push(b']');
            if self.wrapped {
                piece.extend(format!(",\"totalRecords\":{}}}", self.sent).bytes());
            }
        }
        Some(piece.into())
    }
}
