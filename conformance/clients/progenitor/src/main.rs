//! The scenario with the client that cargo-progenitor makes, without help from this project's `build.rs`.
//!
//! What the generator gives: one `Client` with a method per operation, newtypes that check what is sent, serde
//! models that keep the properties the document doesn't know, the refusal as `ErrorEnvelope`, status and headers
//! with every answer. What it doesn't give: a place for the key, which is a default header of the HTTP client;
//! retries. It sends the document's version in a header `api-version` that nobody asks for.

#[path = "../../steps.rs"]
mod steps;

use std::{num::NonZeroU32, process::ExitCode};

use contacts::{ByteStream, Error, ResponseValue, types};
use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use steps::{Answer, Asked, Change, Client, Contact, Field, List, Page, Reason, Row, Structure, Trouble, Values};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Trouble> {
    steps::play::<Generated>("progenitor").await
}

struct Generated(contacts::Client);

type Given<T> = Result<ResponseValue<T>, Error<types::ErrorEnvelope>>;

fn answer<T, W>(given: Given<T>, shown: impl FnOnce(T) -> W) -> Asked<W> {
    match given {
        Ok(value) => Ok(Answer {
            status: value.status().as_u16(),
            headers: value.headers().clone(),
            outcome: Ok(shown(value.into_inner())),
        }),
        Err(Error::ErrorResponse(refusal)) => {
            let reason = |it: types::ErrorReason| Reason {
                error_type: it.error_type.into(),
                message: it.message,
                field: it.field,
            };
            let (status, headers) = (refusal.status().as_u16(), refusal.headers().clone());
            Ok(Answer { status, headers, outcome: Err(refusal.into_inner().errors.into_iter().map(reason).collect()) })
        }
        Err(other) => Err(other.to_string().into()),
    }
}

impl Client for Generated {
    type Read = types::Contact;

    fn new(base_url: &str, key: &str) -> Result<Self, Trouble> {
        let mut headers = HeaderMap::new();
        headers.insert("X-API-Key", HeaderValue::from_str(key)?);
        let http = reqwest::Client::builder().default_headers(headers).build()?;
        Ok(Self(contacts::Client::new_with_client(base_url, http)))
    }

    async fn list_structures(&self) -> Asked<Vec<Structure>> {
        answer(self.0.list_structures().await, |all| all.0.into_iter().map(structure).collect())
    }

    async fn create_contact(&self, structure: &str, key: &str, values: Values, on: &str) -> Asked<Contact<Self::Read>> {
        let field = |(id, value): (String, Value)| {
            Ok(types::ContactFieldInput { id: id.try_into()?, value, extra: Map::new() })
        };
        let list = types::ListAssignment { id: on.parse()?, action: Some("add".to_owned()), extra: Map::new() };
        let body = types::ContactCreate {
            key: key.parse()?,
            contact_structure_id: structure.parse()?,
            fields: values.into_iter().map(field).collect::<Result<_, Trouble>>()?,
            lists: vec![list],
            tags: vec![],
        };
        answer(self.0.create_contact(&body).await, contact)
    }

    async fn get_contact(&self, id: &str) -> Asked<Contact<Self::Read>> {
        answer(self.0.get_contact(&id.parse()?).await, contact)
    }

    async fn update_contact_status(&self, id: &str, change: Change) -> Asked<Contact<Self::Read>> {
        let (primary, secondary) = match change {
            Change::Unsubscribe => (types::SettableStatus::Inactive, Some(types::SettableReason::Unsubscribe)),
            Change::Activate => (types::SettableStatus::Active, None),
        };
        let body = types::ContactStatusUpdate { status: types::StatusChange { primary, secondary } };
        answer(self.0.update_contact_status(&id.parse()?, &body).await, contact)
    }

    async fn replace_contact(&self, read: &Self::Read, field: &str, value: Value) -> Asked<Contact<Self::Read>> {
        let mut fields = read.fields.clone();
        for changed in fields.iter_mut().filter(|it| it.id == field) {
            changed.value = Some(value.clone());
        }
        let body = types::ContactReplacement {
            key: read.key.parse()?,
            contact_structure_id: read.contact_structure_id.parse()?,
            fields,
            status: read.status.clone(),
            lists: read.lists.clone(),
            tags: read.tags.clone(),
            v: read.v.ok_or("a contact without __v")?,
            extra: read.extra.clone(),
        };
        answer(self.0.replace_contact(&read.id.parse()?, &body).await, contact)
    }

    async fn delete_contact(&self, id: &str) -> Asked<Contact<Self::Read>> {
        answer(self.0.delete_contact(&id.parse()?).await, contact)
    }

    async fn list_contacts(&self) -> Asked<Vec<Contact<Self::Read>>> {
        answer(self.0.list_contacts().await, |all| all.0.into_iter().map(contact).collect())
    }

    async fn search_contacts(&self, structure: &str, key: &str) -> Asked<Page<Row>> {
        let body = types::ContactSearch {
            contact_structure_id: structure.parse()?,
            page: NonZeroU32::MIN,
            page_size: NonZeroU32::new(10).ok_or("ten is not zero")?,
            source: vec![types::SearchColumn::Key, types::SearchColumn::Fields, types::SearchColumn::ContactStatus],
            contact_specification: specification(key),
            extra: Map::new(),
        };
        let row = |row: types::FoundContact| Row {
            id: row.id,
            values: values(row.fields),
            status: row.contact_status.map(Into::into),
        };
        answer(self.0.search_contacts(&body).await, |page| Page {
            total: page.total_records,
            rows: page.contacts.into_iter().map(row).collect(),
        })
    }

    async fn export_contacts(&self, structure: &str, key: &str) -> Asked<String> {
        let body = types::ContactExport {
            contact_structure_id: structure.parse()?,
            source: vec![types::SearchColumn::Id, types::SearchColumn::Key],
            contact_specification: specification(key),
            extra: Map::new(),
        };
        let given = answer(self.0.export_contacts(&body).await, |stream: ByteStream| stream)?;
        let outcome = match given.outcome {
            Ok(stream) => {
                let parts: Vec<_> = stream.into_inner().try_collect().await?;
                Ok(String::from_utf8(parts.concat())?)
            }
            Err(reasons) => Err(reasons),
        };
        Ok(Answer { status: given.status, headers: given.headers, outcome })
    }

    async fn list_contact_events(&self, id: &str, types: &[&str]) -> Asked<Page<String>> {
        let types = types.iter().map(|kind| types::EventType((*kind).to_owned())).collect();
        let given = self.0.list_contact_events(&id.parse()?, None, None, Some(&types)).await;
        answer(given, |page| Page {
            total: page.total,
            rows: page.records.into_iter().filter_map(|event| Some(event.type_?.0)).collect(),
        })
    }

    async fn list_all_lists(&self, structure: &str) -> Asked<Vec<List>> {
        answer(self.0.list_all_lists(&structure.parse()?).await, |all| all.0.into_iter().map(list).collect())
    }

    async fn list_lists(&self, structure: &str, page: u32) -> Asked<Page<List>> {
        let (page, size, sort) = (NonZeroU32::new(page), NonZeroU32::new(2), "name:asc".parse()?);
        let given = self.0.list_lists(&structure.parse()?, None, page, size, Some(&sort)).await;
        answer(given, |page| Page { total: page.total, rows: page.records.into_iter().map(list).collect() })
    }

    async fn create_list(&self, structure: &str, name: &str) -> Asked<List> {
        let body = types::ListCreate { name: name.parse()?, type_: None };
        answer(self.0.create_list(&structure.parse()?, &body).await, list)
    }

    async fn get_list(&self, structure: &str, id: &str) -> Asked<List> {
        answer(self.0.get_list(&structure.parse()?, &id.parse()?).await, list)
    }

    async fn update_list(&self, structure: &str, id: &str, name: &str, version: i64) -> Asked<List> {
        let body = types::ListUpdate { name: name.parse()?, v: version };
        answer(self.0.update_list(&structure.parse()?, &id.parse()?, &body).await, list)
    }

    async fn delete_list(&self, structure: &str, id: &str) -> Asked<()> {
        answer(self.0.delete_list(&structure.parse()?, &id.parse()?).await, |()| ())
    }
}

fn structure(it: types::Structure) -> Structure {
    let field = |it: types::StructureField| Field {
        id: it.id,
        label: it.label,
        data_type: it.data_type.into(),
        predefined: it.predefined_field.map(Into::into),
    };
    Structure {
        id: it.id,
        label: it.label,
        fields: it.fields.into_iter().map(field).collect(),
        tags: it.tags.into_iter().map(|tag| tag.label).collect(),
    }
}

fn contact(read: types::Contact) -> Contact<types::Contact> {
    Contact {
        id: read.id.clone(),
        key: read.key.clone(),
        structure: read.contact_structure_id.clone(),
        values: values(read.fields.clone()),
        status: read.status.clone().map(|status| (status.primary.into(), status.secondary.map(Into::into))),
        lists: read.lists.clone(),
        version: read.v,
        read,
    }
}

fn values(fields: Vec<types::ContactField>) -> Values {
    fields.into_iter().map(|field| (field.id, field.value.unwrap_or_default())).collect()
}

fn list(it: types::ContactList) -> List {
    List { id: it.id, name: it.name, version: it.v }
}

fn specification(key: &str) -> types::ContactSpecification {
    let by_key = types::SearchCriterion {
        column_to_filter: types::FilterColumn("KEY".to_owned()),
        operator: types::FilterOperator("EQ".to_owned()),
        values: vec![key.into()],
        field_id: None,
        extra: Map::new(),
    };
    let group = types::SearchGroup { criterias: vec![by_key], extra: Map::new() };
    types::ContactSpecification { filters: vec![group], extra: Map::new() }
}
