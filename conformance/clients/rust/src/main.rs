//! The scenario of ../README.md through the client that openapi-generator makes for Rust, with reqwest.

mod checks;
mod headers;

use std::{collections::BTreeMap, env, error::Error, process::ExitCode};

use checks::{Outcome, Tap, equal, refused};
use contacts::{
    apis::{
        configuration::{ApiKey, Configuration},
        contacts_api, lists_api, structures_api,
    },
    models::{
        Contact, ContactCreate, ContactField, ContactFieldInput, ContactReplacement, ContactSearch,
        ContactSpecification, ContactStatusUpdate, ListAssignment, ListCreate, ListUpdate, SearchColumn,
        SearchCriterion, SearchGroup, SettableReason, SettableStatus, StatusChange, Structure,
    },
};
use headers::LastHeaders;
use serde_json::{Value, json};

const KEY: &str = "Ada.Lovelace+rust@example.com";
const COMPANY: &str = "Analytical Engines";
const UNKNOWN_ID: &str = "0123456789abcdef01234567";

type Values = BTreeMap<String, Value>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut it = Scenario::new()?;
    let mut tap = Tap::plan(16);
    tap.step("reads the structure", it.reads_the_structure()).await;
    tap.step("creates a contact", it.creates_a_contact()).await;
    tap.step("gets it back", it.gets_it_back()).await;
    tap.step("unsubscribes it", it.unsubscribes_it()).await;
    tap.step("can't make it active again", it.cant_make_it_active_again()).await;
    tap.step("replaces it", it.replaces_it()).await;
    tap.step("is told of a stale version", it.is_told_of_a_stale_version()).await;
    tap.step("finds it by key", it.finds_it_by_key()).await;
    tap.step("lists all contacts", it.lists_all_contacts()).await;
    tap.step("works with lists", it.works_with_lists()).await;
    tap.step("is told of a duplicate", it.is_told_of_a_duplicate()).await;
    tap.step("is told of a missing scope", it.is_told_of_a_missing_scope()).await;
    tap.step("is told of a wrong key", it.is_told_of_a_wrong_key()).await;
    tap.step("is told of an unknown id", it.is_told_of_an_unknown_id()).await;
    tap.step("is told when to come back", it.is_told_when_to_come_back()).await;
    tap.step("deletes it", it.deletes_it()).await;
    Ok(if tap.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Scenario {
    client: Configuration,
    read_only: Configuration,
    headers: LastHeaders,
    structure: Option<Structure>,
    newsletter: Option<String>,
    contact_id: Option<String>,
    stale_version: Option<i64>,
}

impl Scenario {
    fn new() -> Result<Self, env::VarError> {
        let headers = LastHeaders::default();
        let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(headers.clone()).build();
        let client =
            Configuration { base_path: env::var("BENCHMARK_EMAIL_BASE_URL")?, client, ..Configuration::default() };
        Ok(Self {
            read_only: with_key(&client, env::var("READ_ONLY_API_KEY")?),
            client: with_key(&client, env::var("BENCHMARK_EMAIL_API_KEY")?),
            headers,
            structure: None,
            newsletter: None,
            contact_id: None,
            stale_version: None,
        })
    }

    async fn reads_the_structure(&mut self) -> Outcome {
        let structures = structures_api::list_structures(&self.client).await?;
        equal("structures", structures.len(), 1)?;
        let structure = self.structure.insert(structures.into_iter().next().ok_or("no structure")?);
        let lists = lists_api::list_all_lists(&self.client, &structure._id).await?;
        let ids: BTreeMap<_, _> = lists.into_iter().map(|list| (list.name, list._id)).collect();
        self.newsletter = ids.get("Newsletter").cloned();
        let fields = &structure.fields;
        let types: BTreeMap<_, _> = fields.iter().map(|field| (&*field.label, &*field.data_type)).collect();
        let wanted = [
            ("Birthday", "recurrent_date"),
            ("Company", "text"),
            ("Customer Since", "date"),
            ("First Name", "text"),
            ("Seats", "number"),
            ("Subscribed to blog", "boolean"),
        ];
        equal("dataType by label", types, BTreeMap::from(wanted))?;
        let first_name = fields.iter().find(|field| field.label == "First Name");
        let predefined = first_name.and_then(|field| field.predefined_field.as_deref());
        equal("predefinedField of First Name", predefined, Some("firstName"))?;
        let tags: Vec<_> = structure.tags.iter().flatten().map(|tag| &*tag.label).collect();
        equal("tags", tags, ["VIP"])?;
        equal("lists", ids.keys().collect::<Vec<_>>(), ["Newsletter", "Partners"])
    }

    fn structure(&self) -> Result<&Structure, &'static str> {
        self.structure.as_ref().ok_or("needs step 1")
    }

    fn newsletter(&self) -> Result<&str, &'static str> {
        self.newsletter.as_deref().ok_or("needs step 1")
    }

    fn contact_id(&self) -> Result<&str, &'static str> {
        self.contact_id.as_deref().ok_or("needs step 2")
    }

    async fn creates_a_contact(&mut self) -> Outcome {
        let newsletter = self.newsletter()?.to_owned();
        let mut values = values(COMPANY);
        let fields = self.structure()?.fields.iter();
        let fields =
            fields.map(|field| ContactFieldInput::new(field._id.clone(), values.remove(&field.label))).collect();
        let mut contact = ContactCreate::new(KEY.to_owned(), self.structure()?._id.clone());
        contact.fields = Some(fields);
        let newsletter = ListAssignment { action: Some("add".to_owned()), ..ListAssignment::new(newsletter) };
        contact.lists = Some(vec![newsletter]);
        let created = contacts_api::create_contact(&self.client, contact).await?;
        self.contact_id = Some(created._id.clone());
        self.check_ada(&created)
    }

    async fn gets_it_back(&self) -> Outcome {
        self.check_ada(&contacts_api::get_contact(&self.client, self.contact_id()?).await?)
    }

    /// What creating and getting answer alike.
    fn check_ada(&self, contact: &Contact) -> Outcome {
        equal("_id", &*contact._id, self.contact_id()?)?;
        equal("key", &*contact.key, KEY)?;
        equal("contactStructureId", &contact.contact_structure_id, &self.structure()?._id)?;
        equal("values by label", self.values_of(contact.fields.as_deref()), values(COMPANY))?;
        equal("status", status_of(contact), Some(("Active", None)))?;
        equal("lists", contact.lists.as_deref(), Some([json!({"_id": self.newsletter()?})].as_slice()))?;
        equal("createdAt is there", contact.created_at.is_some(), true)?;
        equal("__v", contact.__v, Some(0))
    }

    async fn unsubscribes_it(&self) -> Outcome {
        let change = StatusChange { primary: SettableStatus::Inactive, secondary: Some(SettableReason::Unsubscribe) };
        let change = ContactStatusUpdate::new(change);
        let contact = contacts_api::update_contact_status(&self.client, self.contact_id()?, change).await?;
        equal("status", status_of(&contact), Some(("Inactive", Some("Unsubscribe"))))?;
        equal("__v", contact.__v, Some(1))
    }

    async fn cant_make_it_active_again(&self) -> Outcome {
        let change = ContactStatusUpdate::new(StatusChange::new(SettableStatus::Active));
        let answer = contacts_api::update_contact_status(&self.client, self.contact_id()?, change).await;
        let message = "An inactive contact can't be made active through the API";
        refused(answer, (400, "ValidationError", message, Some("status.primary")))
    }

    async fn replaces_it(&mut self) -> Outcome {
        let read = contacts_api::get_contact(&self.client, self.contact_id()?).await?;
        self.stale_version = read.__v;
        let change = self.replacement(&read, "Babbage & Co")?;
        let replaced = contacts_api::replace_contact(&self.client, self.contact_id()?, change).await?;
        equal("values by label", self.values_of(replaced.fields.as_deref()), values("Babbage & Co"))?;
        equal("lists", &replaced.lists, &read.lists)?;
        equal("status", status_of(&replaced), Some(("Inactive", Some("Unsubscribe"))))?;
        equal("__v", replaced.__v, read.__v.map(|version| version + 1))
    }

    async fn is_told_of_a_stale_version(&self) -> Outcome {
        let read = contacts_api::get_contact(&self.client, self.contact_id()?).await?;
        let change = self.replacement(&read, "Too late")?;
        let answer = contacts_api::replace_contact(&self.client, self.contact_id()?, change).await;
        refused(answer, (400, "ConcurrencyError", "Document version mismatch", None))
    }

    /// Everything that was read, with another Company and the version that was read first.
    fn replacement(&self, read: &Contact, company: &str) -> Result<ContactReplacement, &'static str> {
        let version = self.stale_version.ok_or("needs step 6")?;
        let mut fields = read.fields.clone();
        for field in fields.iter_mut().flatten().filter(|field| self.label_of(field) == "Company") {
            field.value = Some(Some(json!(company)));
        }
        Ok(ContactReplacement {
            fields,
            status: read.status.clone(),
            lists: read.lists.clone(),
            tags: read.tags.clone(),
            ..ContactReplacement::new(read.key.clone(), read.contact_structure_id.clone(), version)
        })
    }

    async fn finds_it_by_key(&self) -> Outcome {
        let by_key = SearchCriterion::new("KEY".to_owned(), "EQ".to_owned(), vec![json!(KEY)]);
        let specification = ContactSpecification::new(vec![SearchGroup::new(vec![by_key])]);
        let columns = vec![SearchColumn::Id, SearchColumn::Key, SearchColumn::Fields, SearchColumn::ContactStatus];
        let search = ContactSearch::new(self.structure()?._id.clone(), 1, 10, columns, specification);
        let page = contacts_api::search_contacts(&self.client, search).await?;
        equal("totalRecords", page.total_records, 1)?;
        let [row] = page.contacts.as_slice() else {
            return equal("rows", page.contacts.len(), 1);
        };
        equal("_id", row._id.as_str(), self.contact_id()?)?;
        equal("key", row.key.as_deref(), Some(KEY))?;
        equal("contactStatus", row.contact_status.as_deref(), Some("Inactive"))?;
        equal("values by label", self.values_of(row.fields.as_deref()), values("Babbage & Co"))?;
        equal("lists, not asked for", row.lists.as_ref(), None::<&Vec<Value>>)
    }

    async fn lists_all_contacts(&self) -> Outcome {
        let all = contacts_api::list_contacts(&self.client).await?;
        equal("contacts", all.len(), 4)?;
        let id = self.contact_id()?;
        let ours = all.iter().find(|contact| contact._id == id).ok_or("ours is missing")?;
        equal("key", &*ours.key, KEY)?;
        equal("Seats", self.values_of(ours.fields.as_deref()).get("Seats"), values(COMPANY).get("Seats"))
    }

    async fn works_with_lists(&self) -> Outcome {
        let (client, id) = (&self.client, &self.structure()?._id);
        let created = lists_api::create_list(client, id, ListCreate::new("Conference".to_owned())).await?;
        let first = lists_api::list_lists(client, id, Some(1), Some(2), Some("name:asc"), None).await?;
        let second = lists_api::list_lists(client, id, Some(2), Some(2), Some("name:asc"), None).await?;
        equal("total", first.total, 3)?;
        equal("records of page 1", first.records.len(), 2)?;
        let names: Vec<_> = first.records.iter().chain(&second.records).map(|list| &*list.name).collect();
        equal("names on both pages", names, ["Conference", "Newsletter", "Partners"])?;
        let version = created.__v.ok_or("a list without __v")?;
        let change = ListUpdate::new("Conference 2027".to_owned(), version);
        let renamed = lists_api::update_list(client, id, &created._id, change).await?;
        equal("name", &*renamed.name, "Conference 2027")?;
        equal("__v", renamed.__v, Some(version + 1))?;
        lists_api::delete_list(client, id, &created._id).await?;
        let answer = lists_api::get_list(client, id, &created._id).await;
        refused(answer, (404, "RecordNotFound", "List not found", None))
    }

    async fn is_told_of_a_duplicate(&self) -> Outcome {
        self.contact_id()?;
        let contact = ContactCreate::new(KEY.to_owned(), self.structure()?._id.clone());
        let answer = contacts_api::create_contact(&self.client, contact).await;
        refused(answer, (400, "DuplicateFieldError", "key is already in use", Some("key")))
    }

    async fn is_told_of_a_missing_scope(&self) -> Outcome {
        let contact = ContactCreate::new("nobody@example.com".to_owned(), self.structure()?._id.clone());
        let answer = contacts_api::create_contact(&self.read_only, contact).await;
        refused(answer, (403, "ForbiddenError", "API key missing required scope: contacts:write", None))
    }

    async fn is_told_of_a_wrong_key(&self) -> Outcome {
        let stranger = with_key(&self.client, "bme_us_wrong".to_owned());
        let answer = contacts_api::list_contacts(&stranger).await;
        refused(answer, (401, "UnauthorizedError", "Invalid API key", None))
    }

    async fn is_told_of_an_unknown_id(&self) -> Outcome {
        let answer = contacts_api::get_contact(&self.client, UNKNOWN_ID).await;
        refused(answer, (404, "RecordNotFound", "Contact not found", None))
    }

    async fn is_told_when_to_come_back(&self) -> Outcome {
        self.leave(0).await?;
        let answer = contacts_api::get_contact(&self.client, self.contact_id()?).await;
        let wait = self.headers.number("Retry-After");
        let left = self.headers.number("X-RateLimit-Remaining");
        self.leave(3600).await?;
        let seconds = wait.ok_or("no number in Retry-After")?;
        equal("Retry-After is between 1 s and 1 h", (1..=3600).contains(&seconds), true)?;
        equal("X-RateLimit-Remaining when refused", left, Some(0))?;
        let message = format!("Rate limit exceeded. Retry after {seconds} seconds.");
        refused(answer, (429, "TooManyRequestsError", &message, None))?;
        contacts_api::get_contact(&self.client, self.contact_id()?).await?;
        equal("X-RateLimit-Limit", self.headers.number("X-RateLimit-Limit"), Some(3600))?;
        equal("X-RateLimit-Remaining", self.headers.number("X-RateLimit-Remaining"), Some(3599))
    }

    async fn deletes_it(&self) -> Outcome {
        let deleted = contacts_api::delete_contact(&self.client, self.contact_id()?).await?;
        equal("_id", &*deleted._id, self.contact_id()?)?;
        equal("key", &*deleted.key, KEY)?;
        let answer = contacts_api::get_contact(&self.client, self.contact_id()?).await;
        refused(answer, (404, "RecordNotFound", "Contact not found", None))
    }

    fn label_of(&self, field: &ContactField) -> &str {
        let known = self.structure.iter().flat_map(|structure| &structure.fields).find(|known| known._id == field._id);
        known.map_or("an unknown field", |known| &known.label)
    }

    fn values_of(&self, fields: Option<&[ContactField]>) -> Values {
        let fields = fields.unwrap_or_default().iter();
        fields
            .map(|field| (self.label_of(field).to_owned(), field.value.clone().flatten().unwrap_or_default()))
            .collect()
    }

    /// Tells the sandbox how many requests are left in the hour.
    async fn leave(&self, requests: u32) -> Outcome {
        let url = format!("{}/_sandbox/account", self.client.base_path);
        let answer = reqwest::Client::new().put(url).json(&json!({"hourlyLeft": requests})).send().await?;
        equal("the sandbox's status", answer.status().as_u16(), 200)
    }
}

fn with_key(client: &Configuration, key: String) -> Configuration {
    Configuration { api_key: Some(ApiKey { prefix: None, key }), ..client.clone() }
}

fn values(company: &str) -> Values {
    let values = [
        ("First Name", json!("Ada")),
        ("Company", json!(company)),
        ("Seats", json!(12)),
        ("Subscribed to blog", json!(true)),
        ("Customer Since", json!("2026-01-31")),
        ("Birthday", json!("12-10")),
    ];
    values.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
}

fn status_of(contact: &Contact) -> Option<(&str, Option<&str>)> {
    let status = contact.status.as_ref()?;
    Some((&status.primary, status.secondary.as_deref()))
}
