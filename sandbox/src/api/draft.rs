//! What a client says a contact should be, read and checked: the common part of create and replace.

use serde_json::{Map, Value};

use super::{Call, body};
use crate::account::{Account, FieldValue, Id, Ref, Status, Structure};
use crate::answer::Refusal;
use crate::rules::Rule;

/// A contact as asked for.
pub(super) struct Draft {
    pub(super) key: Box<str>,
    pub(super) fields: Box<[FieldValue]>,
    pub(super) lists: Box<[Ref]>,
    pub(super) tags: Box<[Ref]>,
    pub(super) status: Option<Status>,
    pub(super) extra: Option<Box<Map<String, Value>>>,
}

const KNOWN: [&str; 10] = [
    "_id",
    "key",
    "contactStructureId",
    "fields",
    "status",
    "lists",
    "tags",
    "createdAt",
    "updatedAt",
    "__v",
];

impl Draft {
    pub(super) fn read(
        call: &Call<'_>,
        account: &Account,
        structure: &Structure,
    ) -> Result<Self, Refusal> {
        let body = call.body;
        let mut key: Box<str> = body::required_text(body, "key", Rule::ContactKeyRequired)?.into();
        check_key(&key)?;
        if call.reads(Rule::StoredText, "tidied") {
            key = key.to_lowercase().into();
        }
        let fields = read_fields(call, structure)?;
        let lists = read_refs(call, "lists", |id| account.list(structure.id, id).is_some())?;
        let tags = read_refs(call, "tags", |id| structure.has_tag(id))?;
        let status = body.get("status").map(read_status).transpose()?;
        let unknown = body
            .iter()
            .filter(|(name, _)| !KNOWN.contains(&name.as_str()));
        let extra: Map<_, _> = unknown
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let extra = (!extra.is_empty()).then(|| Box::new(extra));
        Ok(Self {
            key,
            fields,
            lists,
            tags,
            status,
            extra,
        })
    }
}

/// A status as a client may write it: the case and the pair are checked, not who may set it.
pub(super) fn read_status(value: &Value) -> Result<Status, Refusal> {
    let status = body::object(value, "status")?;
    let at = "status.primary";
    let primary = match status.get("primary") {
        None => return Err(Refusal::required(Rule::StatusCase, at)),
        Some(Value::String(primary)) => primary.as_str(),
        Some(_) => return Err(body::wrong(at, "a string")),
    };
    let secondary = match status.get("secondary") {
        None => None,
        Some(Value::String(secondary)) => Some(secondary.as_str()),
        Some(_) => return Err(body::wrong("status.secondary", "a string")),
    };
    match (primary, secondary) {
        ("Active", None) => Ok(Status::Active),
        ("Active", Some(_)) => {
            let message = "status.secondary is not allowed when status.primary is Active";
            Err(Refusal::validation(Rule::StatusPair, message).at("status.secondary"))
        }
        ("Inactive", Some(secondary)) => Ok(Status::Inactive {
            secondary: secondary.into(),
        }),
        ("Inactive", None) => {
            let message = "status.secondary is required when status.primary is Inactive";
            Err(Refusal::validation(Rule::StatusPair, message).at("status.secondary"))
        }
        _ => {
            let message = "status.primary must be one of [Active, Inactive]";
            Err(Refusal::validation(Rule::StatusCase, message).at(at))
        }
    }
}

/// Whether a client may change a status so. An unchanged one is always fine.
pub(super) fn check_change(from: &Status, to: &Status) -> Result<(), Refusal> {
    match (from, to) {
        _ if from == to => Ok(()),
        (Status::Inactive { .. }, Status::Active) => {
            let message = "An inactive contact can't be made active through the API";
            Err(Refusal::validation(Rule::StatusOneWay, message).at("status.primary"))
        }
        (_, Status::Inactive { secondary }) if **secondary != *"Unsubscribe" => {
            let message = "status.secondary must be Unsubscribe";
            Err(Refusal::validation(Rule::StatusSettable, message).at("status.secondary"))
        }
        _ => Ok(()),
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    let plausible = key.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if plausible && !key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Ok(());
    }
    Err(Refusal::validation(Rule::ContactKeyIsEmail, "key must be a valid email").at("key"))
}

fn read_fields(call: &Call<'_>, structure: &Structure) -> Result<Box<[FieldValue]>, Refusal> {
    let mut values: Vec<FieldValue> = Vec::new();
    for item in body::array(call.body, "fields")?.unwrap_or_default() {
        let item = body::object(item, "fields[]")?;
        let text = match item.get("_id") {
            Some(Value::String(text)) => text,
            Some(_) => return Err(body::wrong("fields[]._id", "a string")),
            None => return Err(Refusal::required(Rule::ValueShape, "fields[]._id")),
        };
        let Some(field) = Id::parse(text).and_then(|id| structure.field(id)) else {
            if call.reads(Rule::FieldKnown, "ignore") {
                continue;
            }
            let message = "The contact structure has no field with this _id";
            return Err(Refusal::validation(Rule::FieldKnown, message)
                .at("fields")
                .at_field(text));
        };
        let mut value = item.get("value").cloned().unwrap_or(Value::Null);
        if let (Value::String(text), true) = (&value, call.reads(Rule::StoredText, "tidied")) {
            value = Value::from(text.trim());
        }
        if !field.data_type.takes(&value) && call.reads(Rule::FieldType, "check") {
            let message = format!("{} must be {}", field.label, field.data_type.described());
            return Err(Refusal::validation(Rule::FieldType, message)
                .at("fields")
                .at_field(text));
        }
        // A field named twice has its last value; null clears it.
        values.retain(|known| known.id != field.id);
        if !value.is_null() {
            values.push(FieldValue {
                id: field.id,
                value,
            });
        }
    }
    if call.reads(Rule::FieldRequired, "enforce") {
        let is_missing = |id: Id| !values.iter().any(|value| value.id == id);
        if let Some(field) = structure
            .fields
            .iter()
            .find(|field| field.required && is_missing(field.id))
        {
            let message = format!("{} is required", field.label);
            let refusal = Refusal::validation(Rule::FieldRequired, message).at("fields");
            return Err(refusal.at_field(&field.id.to_string()));
        }
    }
    Ok(values.into())
}

fn read_refs(
    call: &Call<'_>,
    name: &str,
    exists: impl Fn(Id) -> bool,
) -> Result<Box<[Ref]>, Refusal> {
    let mut refs: Vec<Ref> = Vec::new();
    for item in body::array(call.body, name)?.unwrap_or_default() {
        let (text, removed) = match item {
            Value::String(text) => (text, false),
            Value::Object(item) => match item.get("_id") {
                Some(Value::String(text)) => (
                    text,
                    item.get("action").is_some_and(|action| action == "remove"),
                ),
                _ => {
                    return Err(Refusal::required(
                        Rule::ContactRefs,
                        &format!("{name}[]._id"),
                    ));
                }
            },
            _ => {
                return Err(body::wrong(
                    &format!("{name}[]"),
                    "an id or an object with _id",
                ));
            }
        };
        let Some(id) = Id::parse(text).filter(|id| exists(*id)) else {
            if call.reads(Rule::ContactRefs, "ignore") {
                continue;
            }
            let message = format!("{name} has an _id that the contact structure doesn't have");
            return Err(Refusal::validation(Rule::ContactRefs, message).at(name));
        };
        refs.retain(|known| known.id != id);
        if !removed {
            refs.push(Ref { id });
        }
    }
    Ok(refs.into())
}
