//! The scenario with the client that openapi-generator makes for Rust, with reqwest.
//!
//! What the generator gives: a module per tag, a function per operation, serde models, and an error with the
//! status and a typed `entity`. What it doesn't give: the headers of any answer, which only a middleware gets to
//! see; the right variant of an error; properties that the document doesn't know; retries.

mod headers;
#[path = "../../steps.rs"]
mod steps;

use std::process::ExitCode;

use contacts::{
    apis::{
        self,
        configuration::{ApiKey, Configuration},
        contacts_api, lists_api, structures_api,
    },
    models,
};
use headers::LastHeaders;
use serde::Serialize;
use serde_json::Value;
use steps::{Answer, Asked, Change, Client, Contact, Field, List, Page, Reason, Row, Structure, Trouble, Values};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Trouble> {
    steps::play::<Generated>("rust").await
}

struct Generated {
    client: Configuration,
    headers: LastHeaders,
}

impl Generated {
    /// Each operation has an error enum of its own. Its variants are named by status, but the first one takes
    /// every envelope; so the status says what happened, and what the variant holds says why.
    fn answer<T, E: Serialize, W>(
        &self,
        success: u16,
        given: Result<T, apis::Error<E>>,
        shown: impl FnOnce(T) -> W,
    ) -> Asked<W> {
        let (status, outcome) = match given {
            Ok(value) => (success, Ok(shown(value))),
            Err(apis::Error::ResponseError(content)) => {
                let typed = content.entity.ok_or_else(|| format!("an untyped error: {}", content.content))?;
                let envelope: models::ErrorEnvelope = serde_json::from_value(serde_json::to_value(typed)?)?;
                let reason = |it: models::ErrorReason| Reason {
                    error_type: it.error_type,
                    message: it.message,
                    field: it.field,
                };
                (content.status.as_u16(), Err(envelope.errors.into_iter().map(reason).collect()))
            }
            Err(other) => return Err(other.to_string().into()),
        };
        Ok(Answer { status, headers: self.headers.all(), outcome })
    }
}

impl Client for Generated {
    type Read = models::Contact;

    fn new(base_url: &str, key: &str) -> Result<Self, Trouble> {
        let headers = LastHeaders::default();
        let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(headers.clone()).build();
        let api_key = Some(ApiKey { prefix: None, key: key.to_owned() });
        let client = Configuration { base_path: base_url.to_owned(), api_key, client, ..Configuration::default() };
        Ok(Self { client, headers })
    }

    async fn list_structures(&self) -> Asked<Vec<Structure>> {
        let given = structures_api::list_structures(&self.client).await;
        self.answer(200, given, |all| all.into_iter().map(structure).collect())
    }

    async fn create_contact(&self, structure: &str, key: &str, values: Values, on: &str) -> Asked<Contact<Self::Read>> {
        let field = |(id, value)| models::ContactFieldInput::new(id, Some(value));
        let list =
            models::ListAssignment { action: Some("add".to_owned()), ..models::ListAssignment::new(on.to_owned()) };
        let body = models::ContactCreate {
            fields: Some(values.into_iter().map(field).collect()),
            lists: Some(vec![list]),
            ..models::ContactCreate::new(key.to_owned(), structure.to_owned())
        };
        self.answer(200, contacts_api::create_contact(&self.client, body).await, contact)
    }

    async fn get_contact(&self, id: &str) -> Asked<Contact<Self::Read>> {
        self.answer(200, contacts_api::get_contact(&self.client, id).await, contact)
    }

    async fn update_contact_status(&self, id: &str, change: Change) -> Asked<Contact<Self::Read>> {
        let status = match change {
            Change::Unsubscribe => models::StatusChange {
                primary: models::SettableStatus::Inactive,
                secondary: Some(models::SettableReason::Unsubscribe),
            },
            Change::Activate => models::StatusChange::new(models::SettableStatus::Active),
        };
        let body = models::ContactStatusUpdate::new(status);
        self.answer(200, contacts_api::update_contact_status(&self.client, id, body).await, contact)
    }

    async fn replace_contact(&self, read: &Self::Read, field: &str, value: Value) -> Asked<Contact<Self::Read>> {
        let mut fields = read.fields.clone();
        for changed in fields.iter_mut().flatten().filter(|it| it._id == field) {
            changed.value = Some(Some(value.clone()));
        }
        let version = read.__v.ok_or("a contact without __v")?;
        let body = models::ContactReplacement {
            fields,
            status: read.status.clone(),
            lists: read.lists.clone(),
            tags: read.tags.clone(),
            ..models::ContactReplacement::new(read.key.clone(), read.contact_structure_id.clone(), version)
        };
        self.answer(200, contacts_api::replace_contact(&self.client, &read._id, body).await, contact)
    }

    async fn delete_contact(&self, id: &str) -> Asked<Contact<Self::Read>> {
        self.answer(200, contacts_api::delete_contact(&self.client, id).await, contact)
    }

    async fn list_contacts(&self) -> Asked<Vec<Contact<Self::Read>>> {
        let given = contacts_api::list_contacts(&self.client).await;
        self.answer(200, given, |all| all.into_iter().map(contact).collect())
    }

    async fn search_contacts(&self, structure: &str, key: &str) -> Asked<Page<Row>> {
        let columns =
            vec![models::SearchColumn::Key, models::SearchColumn::Fields, models::SearchColumn::ContactStatus];
        let body = models::ContactSearch::new(structure.to_owned(), 1, 10, columns, specification(key));
        let row =
            |row: models::FoundContact| Row { id: row._id, values: values(row.fields), status: row.contact_status };
        let given = contacts_api::search_contacts(&self.client, body).await;
        self.answer(200, given, |page| Page {
            total: page.total_records,
            rows: page.contacts.into_iter().map(row).collect(),
        })
    }

    async fn export_contacts(&self, structure: &str, key: &str) -> Asked<String> {
        let columns = vec![models::SearchColumn::Id, models::SearchColumn::Key];
        let body = models::ContactExport::new(structure.to_owned(), columns, specification(key));
        self.answer(200, contacts_api::export_contacts(&self.client, body).await, |csv| csv)
    }

    async fn list_contact_events(&self, id: &str, types: &[&str]) -> Asked<Page<String>> {
        let types = types.iter().map(|kind| (*kind).to_owned()).collect();
        let given = contacts_api::list_contact_events(&self.client, id, Some(types), None, None).await;
        self.answer(200, given, |page| Page {
            total: page.total,
            rows: page.records.into_iter().filter_map(|event| event.r#type).collect(),
        })
    }

    async fn list_all_lists(&self, structure: &str) -> Asked<Vec<List>> {
        let given = lists_api::list_all_lists(&self.client, structure).await;
        self.answer(200, given, |all| all.into_iter().map(list).collect())
    }

    async fn list_lists(&self, structure: &str, page: u32) -> Asked<Page<List>> {
        let page = Some(i32::try_from(page)?);
        let given = lists_api::list_lists(&self.client, structure, page, Some(2), Some("name:asc"), None).await;
        self.answer(200, given, |page| Page { total: page.total, rows: page.records.into_iter().map(list).collect() })
    }

    async fn create_list(&self, structure: &str, name: &str) -> Asked<List> {
        let body = models::ListCreate::new(name.to_owned());
        self.answer(201, lists_api::create_list(&self.client, structure, body).await, list)
    }

    async fn get_list(&self, structure: &str, id: &str) -> Asked<List> {
        self.answer(200, lists_api::get_list(&self.client, structure, id).await, list)
    }

    async fn update_list(&self, structure: &str, id: &str, name: &str, version: i64) -> Asked<List> {
        let body = models::ListUpdate::new(name.to_owned(), version);
        self.answer(200, lists_api::update_list(&self.client, structure, id, body).await, list)
    }

    async fn delete_list(&self, structure: &str, id: &str) -> Asked<()> {
        self.answer(204, lists_api::delete_list(&self.client, structure, id).await, |()| ())
    }
}

fn structure(it: models::Structure) -> Structure {
    let field = |it: models::StructureField| Field {
        id: it._id,
        label: it.label,
        data_type: it.data_type,
        predefined: it.predefined_field,
    };
    Structure {
        id: it._id,
        label: it.label,
        fields: it.fields.into_iter().map(field).collect(),
        tags: it.tags.into_iter().flatten().map(|tag| tag.label).collect(),
    }
}

fn contact(read: models::Contact) -> Contact<models::Contact> {
    Contact {
        id: read._id.clone(),
        key: read.key.clone(),
        structure: read.contact_structure_id.clone(),
        values: values(read.fields.clone()),
        status: read.status.clone().map(|status| (status.primary, status.secondary)),
        lists: read.lists.clone().unwrap_or_default(),
        version: read.__v,
        read,
    }
}

fn values(fields: Option<Vec<models::ContactField>>) -> Values {
    fields.into_iter().flatten().map(|field| (field._id, field.value.flatten().unwrap_or_default())).collect()
}

fn list(it: models::ContactList) -> List {
    List { id: it._id, name: it.name, version: it.__v }
}

fn specification(key: &str) -> models::ContactSpecification {
    let by_key = models::SearchCriterion::new("KEY".to_owned(), "EQ".to_owned(), vec![key.into()]);
    models::ContactSpecification::new(vec![models::SearchGroup::new(vec![by_key])])
}
