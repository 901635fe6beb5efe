//! Structures: read, and replaced as a whole.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, body, commit, contacts};
use crate::account::{Account, Change, DataType, Field, Form, Id, Structure, Tag};
use crate::answer::{Answer, Refusal};
use crate::rules::Rule;

/// `GET /api/contact-structure`.
#[allow(
    clippy::unnecessary_wraps,
    reason = "an operation may refuse; this one has no reason to"
)]
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(&call.account().structures()))
}

/// `POST /api/contact-structure`: not with an API key.
pub(crate) fn create(_: &Call<'_>) -> Result<Answer, Refusal> {
    let message = "This endpoint is not accessible via API key";
    Err(Refusal::forbidden(Rule::StructureCreate, message))
}

/// `GET /api/contact-structure/{contactStructureId}`.
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.account();
    Ok(Answer::ok(call.structure(&account)?))
}

/// `PUT /api/contact-structure/{contactStructureId}`: a field that the body leaves out is removed.
pub(crate) fn replace(call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = &mut *call.account_mut();
    let known = call.structure(account)?.clone();
    let label = body::required_text(call.body, "label", Rule::StructureReplace)?.to_owned();
    let text_or = |name, old: &str| Ok(body::text(call.body, name)?.unwrap_or(old).to_owned());
    let key_name = text_or("keyName", &known.key_name)?;
    let key_type = text_or("keyType", &known.key_type)?;
    let fields = body::array(call.body, "fields")?;
    let fields = fields.ok_or_else(|| Refusal::required(Rule::StructureReplace, "fields"))?;
    let fields = read_all(fields, |item| read_field(call, account, &known, item))?;
    let tags = match body::array(call.body, "tags")? {
        Some(tags) => read_all(tags, |item| read_tag(call, account, &known, item))?,
        None => known.tags.clone(),
    };
    no_twins(
        "fields",
        fields.iter().map(|field| (field.id, field.label.as_str())),
    )?;
    no_twins("tags", tags.iter().map(|tag| (tag.id, tag.label.as_str())))?;
    contacts::check_version(call, known.version)?;
    check_forms(account.forms(), &known, &fields)?;

    let structure = Structure {
        id: known.id,
        label,
        key_name,
        key_type,
        fields,
        tags,
        created_at: known.created_at,
        updated_at: call.now,
        version: known.version.next(),
        extra: unknown(
            call.body,
            &[
                "_id",
                "label",
                "keyName",
                "keyType",
                "fields",
                "tags",
                "createdAt",
                "updatedAt",
                "__v",
            ],
        ),
    };
    let answer = Answer::ok(&structure);
    commit(account, vec![Change::Structure(Box::new(structure))])?;
    Ok(answer)
}

fn read_all<T>(
    items: &[Value],
    read: impl FnMut(&Value) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    items.iter().map(read).collect()
}

fn read_field(
    call: &Call<'_>,
    account: &mut Account,
    known: &Structure,
    item: &Value,
) -> Result<Field, Refusal> {
    let item = body::object(item, "fields[]")?;
    let id = read_id(call, account, item, "fields[]._id", |id| {
        known.field(id).is_some()
    })?;
    let label = body::required_text(item, "label", Rule::StructureReplace)?.to_owned();
    let data_type = body::required_text(item, "dataType", Rule::StructureReplace)?;
    let data_type: DataType = serde_json::from_value(json!(data_type)).map_err(|_| {
        let message = "dataType must be one of [text, number, date, boolean, recurrent_date]";
        Refusal::validation(Rule::StructureReplace, message).at("dataType")
    })?;
    let required = match item.get("required") {
        None => false,
        Some(Value::Bool(required)) => *required,
        Some(_) => return Err(body::wrong("required", "a boolean")),
    };
    let predefined = body::text(item, "predefinedField")?.map(str::to_owned);
    let extra = unknown(
        item,
        &["_id", "label", "dataType", "required", "predefinedField"],
    );
    Ok(Field {
        id,
        label,
        data_type,
        required,
        predefined,
        extra,
    })
}

fn read_tag(
    call: &Call<'_>,
    account: &mut Account,
    known: &Structure,
    item: &Value,
) -> Result<Tag, Refusal> {
    let item = body::object(item, "tags[]")?;
    let id = read_id(call, account, item, "tags[]._id", |id| known.has_tag(id))?;
    let label = body::required_text(item, "label", Rule::StructureTags)?.to_owned();
    Ok(Tag {
        id,
        label,
        extra: unknown(item, &["_id", "label"]),
    })
}

/// The id of something that stays, or a new one for what has none.
fn read_id(
    call: &Call<'_>,
    account: &mut Account,
    item: &Map<String, Value>,
    name: &str,
    exists: impl Fn(Id) -> bool,
) -> Result<Id, Refusal> {
    let Some(text) = body::text(item, "_id")? else {
        return Ok(account.new_id(call.now));
    };
    Id::parse(text).filter(|id| exists(*id)).ok_or_else(|| {
        let message =
            format!("{name} is not of this contact structure; leave it out to add a new one");
        Refusal::validation(Rule::StructureReplace, message)
            .at(name)
            .at_field(text)
    })
}

fn no_twins<'a>(name: &str, items: impl Iterator<Item = (Id, &'a str)>) -> Result<(), Refusal> {
    let (mut ids, mut labels) = (HashSet::new(), HashSet::new());
    for (id, label) in items {
        if !ids.insert(id) || !labels.insert(label) {
            let message = format!("{name} has {label:?} twice");
            let status = StatusCode::BAD_REQUEST;
            let refusal = Refusal::new(
                Rule::StructureLabels,
                status,
                "DuplicateFieldError",
                message,
            );
            return Err(refusal.at(name));
        }
    }
    Ok(())
}

fn check_forms(forms: &[Form], known: &Structure, fields: &[Field]) -> Result<(), Refusal> {
    for gone in known
        .fields
        .iter()
        .filter(|old| !fields.iter().any(|new| new.id == old.id))
    {
        let affected: Vec<_> = forms
            .iter()
            .filter(|form| form.fields.contains(&gone.id))
            .map(|form| json!({ "_id": form.id, "name": form.name }))
            .collect();
        if !affected.is_empty() {
            let message = format!(
                "The contact field {:?} is used by published forms",
                gone.label
            );
            let status = StatusCode::BAD_REQUEST;
            let refusal = Refusal::new(Rule::FieldInUse, status, "ContactFieldInUseError", message);
            return Err(refusal
                .at_field(&gone.id.to_string())
                .with_debug(json!({ "affectedForms": affected })));
        }
    }
    Ok(())
}

fn unknown(item: &Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    let unknown = item
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()));
    unknown
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
