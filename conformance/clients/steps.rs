//! The scenario of README.md, written once for every client in Rust. A client's folder has `src/main.rs`, which
//! says how one asks with that client: a method for each operation that the steps need. What the steps look at
//! they get in the types below, made from the client's own.

use std::{collections::BTreeMap, env, error::Error, fmt::Debug, process::ExitCode};

use http::HeaderMap;
use serde_json::{Value, json};

const UNKNOWN_ID: &str = "0123456789abcdef01234567";

/// What may go wrong beside a refusal.
pub type Trouble = Box<dyn Error>;
/// By field id, or by label.
pub type Values = BTreeMap<String, Value>;

/// An answer, or why the service says no, as the client decoded it.
pub struct Answer<T> {
    pub status: u16,
    pub headers: HeaderMap,
    pub outcome: Result<T, Vec<Reason>>,
}
pub type Asked<T> = Result<Answer<T>, Trouble>;

#[derive(Debug)]
pub struct Reason {
    pub error_type: String,
    pub message: String,
    pub field: Option<String>,
}

pub struct Structure {
    pub id: String,
    pub label: String,
    pub fields: Vec<Field>,
    pub tags: Vec<String>,
}

pub struct Field {
    pub id: String,
    pub label: String,
    pub data_type: String,
    pub predefined: Option<String>,
}

/// `read` is what the client itself read.
pub struct Contact<R> {
    pub id: String,
    pub key: String,
    pub structure: String,
    pub values: Values,
    pub status: Option<(String, Option<String>)>,
    pub lists: Vec<Value>,
    pub version: Option<i64>,
    pub read: R,
}

pub struct List {
    pub id: String,
    pub name: String,
    pub version: Option<i64>,
}

pub struct Row {
    pub id: String,
    pub values: Values,
    pub status: Option<String>,
}

pub struct Page<T> {
    pub total: i64,
    pub rows: Vec<T>,
}

/// What a status shall become.
#[derive(Clone, Copy)]
pub enum Change {
    Unsubscribe,
    Activate,
}

pub trait Client: Sized {
    /// What the client itself reads.
    type Read;

    fn new(base_url: &str, key: &str) -> Result<Self, Trouble>;

    async fn list_structures(&self) -> Asked<Vec<Structure>>;
    /// With these values by field id, on this list.
    async fn create_contact(&self, structure: &str, key: &str, values: Values, on: &str) -> Asked<Contact<Self::Read>>;
    async fn get_contact(&self, id: &str) -> Asked<Contact<Self::Read>>;
    async fn update_contact_status(&self, id: &str, change: Change) -> Asked<Contact<Self::Read>>;
    /// Sends back all that was read, with this value: what a replacement leaves out is erased.
    async fn replace_contact(&self, read: &Self::Read, field: &str, value: Value) -> Asked<Contact<Self::Read>>;
    async fn delete_contact(&self, id: &str) -> Asked<Contact<Self::Read>>;
    async fn list_contacts(&self) -> Asked<Vec<Contact<Self::Read>>>;
    /// The first ten whose key this is, with `key`, `fields` and `contactStatus`.
    async fn search_contacts(&self, structure: &str, key: &str) -> Asked<Page<Row>>;
    /// Those whose key this is, with `_id` and `key`.
    async fn export_contacts(&self, structure: &str, key: &str) -> Asked<String>;
    /// Their types.
    async fn list_contact_events(&self, id: &str, types: &[&str]) -> Asked<Page<String>>;
    async fn list_all_lists(&self, structure: &str) -> Asked<Vec<List>>;
    /// Two lists, sorted by name.
    async fn list_lists(&self, structure: &str, page: u32) -> Asked<Page<List>>;
    async fn create_list(&self, structure: &str, name: &str) -> Asked<List>;
    async fn get_list(&self, structure: &str, id: &str) -> Asked<List>;
    async fn update_list(&self, structure: &str, id: &str, name: &str, version: i64) -> Asked<List>;
    async fn delete_list(&self, structure: &str, id: &str) -> Asked<()>;
}

/// A step passes unless it gives an error, which says what was expected and what came.
type Outcome = Result<(), Trouble>;

/// Plays it, and prints TAP. A step that failed doesn't stop those that need nothing of it.
pub async fn play<C: Client>(name: &str) -> Result<ExitCode, Trouble> {
    let mut it = Scenario::<C>::new(name)?;
    let mut tap = Tap { steps: 0, failed: 0 };
    println!("1..18");
    tap.step("reads the structure", it.reads_the_structure().await);
    tap.step("creates a contact", it.creates_a_contact().await);
    tap.step("gets it back", it.gets_it_back().await);
    tap.step("unsubscribes it", it.unsubscribes_it().await);
    tap.step("can't make it active again", it.cant_make_it_active_again().await);
    tap.step("replaces it", it.replaces_it().await);
    tap.step("is told of a stale version", it.is_told_of_a_stale_version().await);
    tap.step("finds it by key", it.finds_it_by_key().await);
    tap.step("lists all contacts", it.lists_all_contacts().await);
    tap.step("works with lists", it.works_with_lists().await);
    tap.step("is told of a duplicate", it.is_told_of_a_duplicate().await);
    tap.step("is told of a missing scope", it.is_told_of_a_missing_scope().await);
    tap.step("is told of a wrong key", it.is_told_of_a_wrong_key().await);
    tap.step("is told of an unknown id", it.is_told_of_an_unknown_id().await);
    tap.step("is told when to come back", it.is_told_when_to_come_back().await);
    tap.step("exports it", it.exports_it().await);
    tap.step("reads its events of two types", it.reads_its_events_of_two_types().await);
    tap.step("deletes it", it.deletes_it().await);
    Ok(if tap.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Tap {
    steps: usize,
    failed: usize,
}

impl Tap {
    fn step(&mut self, name: &str, outcome: Outcome) {
        self.steps += 1;
        let number = self.steps;
        match outcome {
            Ok(()) => println!("ok {number} - {name}"),
            Err(complaint) => {
                self.failed += 1;
                let complaint = complaint.to_string().replace('\n', "\n# ");
                println!("not ok {number} - {name}\n# {complaint}");
            }
        }
    }
}

struct Scenario<C: Client> {
    base_url: String,
    key: String,
    client: C,
    structure: Option<Structure>,
    newsletter: Option<String>,
    contact_id: Option<String>,
    stale: Option<C::Read>,
}

impl<C: Client> Scenario<C> {
    fn new(name: &str) -> Result<Self, Trouble> {
        let base_url = env::var("BENCHMARK_EMAIL_BASE_URL")?;
        Ok(Self {
            client: C::new(&base_url, &env::var("BENCHMARK_EMAIL_API_KEY")?)?,
            base_url,
            key: format!("Ada.Lovelace+{name}@example.com"),
            structure: None,
            newsletter: None,
            contact_id: None,
            stale: None,
        })
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

    fn field_id(&self, label: &str) -> Result<&str, Trouble> {
        let field = self.structure()?.fields.iter().find(|field| field.label == label);
        Ok(field.map(|field| &*field.id).ok_or_else(|| format!("no field {label}"))?)
    }

    fn by_label(&self, values: Values) -> Result<Values, Trouble> {
        let fields = &self.structure()?.fields;
        let label = |id: &str| fields.iter().find(|field| field.id == id).map(|field| field.label.clone());
        let named = |(id, value): (String, Value)| Ok((label(&id).ok_or("an unknown field")?, value));
        values.into_iter().map(named).collect()
    }

    async fn create(&self, client: &C, key: &str) -> Asked<Contact<C::Read>> {
        let named = |(label, value): (String, Value)| Ok((self.field_id(&label)?.to_owned(), value));
        let values = values("Analytical Engines").into_iter().map(named).collect::<Result<_, Trouble>>()?;
        client.create_contact(&self.structure()?.id, key, values, self.newsletter()?).await
    }

    async fn reads_the_structure(&mut self) -> Outcome {
        let structures = given(self.client.list_structures().await?)?;
        equal("structures", structures.len(), 1)?;
        let structure = structures.into_iter().next().ok_or("no structure")?;
        let lists = given(self.client.list_all_lists(&structure.id).await?)?;
        let ids: BTreeMap<_, _> = lists.into_iter().map(|list| (list.name, list.id)).collect();
        equal("label", &*structure.label, "Default Contacts")?;
        let types: BTreeMap<_, _> = structure.fields.iter().map(|field| (&*field.label, &*field.data_type)).collect();
        let wanted = [
            ("Birthday", "recurrent_date"),
            ("Company", "text"),
            ("Customer Since", "date"),
            ("First Name", "text"),
            ("Seats", "number"),
            ("Subscribed to blog", "boolean"),
        ];
        equal("data types", types, BTreeMap::from(wanted))?;
        let predefined = structure.fields.first().and_then(|field| field.predefined.as_deref());
        equal("predefined field", predefined, Some("firstName"))?;
        equal("tags", &*structure.tags, ["VIP"].as_slice())?;
        equal("lists", ids.keys().collect::<Vec<_>>(), ["Newsletter", "Partners"])?;
        self.newsletter = ids.get("Newsletter").cloned();
        self.structure = Some(structure);
        Ok(())
    }

    async fn creates_a_contact(&mut self) -> Outcome {
        let created = given(self.create(&self.client, &self.key).await?)?;
        self.contact_id = Some(created.id.clone());
        self.check_ada(created)
    }

    async fn gets_it_back(&self) -> Outcome {
        self.check_ada(given(self.client.get_contact(self.contact_id()?).await?)?)
    }

    /// What creating and getting answer alike.
    fn check_ada(&self, contact: Contact<C::Read>) -> Outcome {
        equal("id", &*contact.id, self.contact_id()?)?;
        equal("key", contact.key, &*self.key)?;
        equal("structure", &contact.structure, &self.structure()?.id)?;
        equal("values", self.by_label(contact.values)?, values("Analytical Engines"))?;
        equal("status", contact.status, Some(("Active".to_owned(), None)))?;
        equal("lists", contact.lists, [json!({"_id": self.newsletter()?})])?;
        equal("version", contact.version, Some(0))
    }

    async fn unsubscribes_it(&self) -> Outcome {
        let contact = given(self.client.update_contact_status(self.contact_id()?, Change::Unsubscribe).await?)?;
        equal("status", contact.status, Some(("Inactive".to_owned(), Some("Unsubscribe".to_owned()))))?;
        equal("version", contact.version, Some(1))
    }

    async fn cant_make_it_active_again(&self) -> Outcome {
        let answer = self.client.update_contact_status(self.contact_id()?, Change::Activate).await?;
        let message = "An inactive contact can't be made active through the API";
        refused(&answer, (400, "ValidationError", message, Some("status.primary")))
    }

    async fn replaces_it(&mut self) -> Outcome {
        let read = given(self.client.get_contact(self.contact_id()?).await?)?;
        let change = self.client.replace_contact(&read.read, self.field_id("Company")?, json!("Babbage & Co"));
        let replaced = given(change.await?)?;
        equal("values", self.by_label(replaced.values)?, values("Babbage & Co"))?;
        equal("lists", &replaced.lists, &read.lists)?;
        equal("status", replaced.status, Some(("Inactive".to_owned(), Some("Unsubscribe".to_owned()))))?;
        equal("version", replaced.version, read.version.map(|version| version + 1))?;
        self.stale = Some(read.read);
        Ok(())
    }

    async fn is_told_of_a_stale_version(&self) -> Outcome {
        let stale = self.stale.as_ref().ok_or("needs step 6")?;
        let answer = self.client.replace_contact(stale, self.field_id("Company")?, json!("Too late")).await?;
        refused(&answer, (400, "ConcurrencyError", "Document version mismatch", None))
    }

    async fn finds_it_by_key(&self) -> Outcome {
        let page = given(self.client.search_contacts(&self.structure()?.id, &self.key).await?)?;
        equal("total", page.total, 1)?;
        let row = page.rows.into_iter().next().ok_or("no row")?;
        equal("id", row.id, self.contact_id()?)?;
        equal("status", row.status.as_deref(), Some("Inactive"))?;
        equal("values", self.by_label(row.values)?, values("Babbage & Co"))
    }

    async fn lists_all_contacts(&self) -> Outcome {
        let all = given(self.client.list_contacts().await?)?;
        equal("contacts", all.len(), 4)?;
        let id = self.contact_id()?;
        let ours = all.into_iter().find(|contact| contact.id == id).ok_or("ours is missing")?;
        equal("Seats", self.by_label(ours.values)?.get("Seats"), Some(&json!(12)))
    }

    async fn works_with_lists(&self) -> Outcome {
        let (client, id) = (&self.client, &*self.structure()?.id);
        let created = given(client.create_list(id, "Conference").await?)?;
        let first = given(client.list_lists(id, 1).await?)?;
        let second = given(client.list_lists(id, 2).await?)?;
        equal("total", first.total, 3)?;
        equal("lists on page 1", first.rows.len(), 2)?;
        let names: Vec<_> = first.rows.iter().chain(&second.rows).map(|list| &*list.name).collect();
        equal("names on both pages", names, ["Conference", "Newsletter", "Partners"])?;
        let version = created.version.ok_or("a list without a version")?;
        let renamed = given(client.update_list(id, &created.id, "Conference 2027", version).await?)?;
        equal("name", &*renamed.name, "Conference 2027")?;
        equal("version", renamed.version, Some(version + 1))?;
        equal("deletion", client.delete_list(id, &created.id).await?.status, 204)?;
        refused(&client.get_list(id, &created.id).await?, (404, "RecordNotFound", "List not found", None))
    }

    async fn is_told_of_a_duplicate(&self) -> Outcome {
        self.contact_id()?;
        let answer = self.create(&self.client, &self.key).await?;
        refused(&answer, (400, "DuplicateFieldError", "key is already in use", Some("key")))
    }

    async fn is_told_of_a_missing_scope(&self) -> Outcome {
        let reader = C::new(&self.base_url, &env::var("READ_ONLY_API_KEY")?)?;
        let answer = self.create(&reader, "reader@example.com").await?;
        refused(&answer, (403, "ForbiddenError", "API key missing required scope: contacts:write", None))
    }

    async fn is_told_of_a_wrong_key(&self) -> Outcome {
        let answer = C::new(&self.base_url, "bme_us_wrong")?.list_structures().await?;
        refused(&answer, (401, "UnauthorizedError", "Invalid API key", None))
    }

    async fn is_told_of_an_unknown_id(&self) -> Outcome {
        let answer = self.client.get_contact(UNKNOWN_ID).await?;
        refused(&answer, (404, "RecordNotFound", "Contact not found", None))
    }

    async fn is_told_when_to_come_back(&self) -> Outcome {
        self.leave(0).await?;
        let answer = self.client.get_contact(self.contact_id()?).await;
        self.leave(3600).await?;
        let answer = answer?;
        let seconds = number(&answer, "Retry-After").ok_or("no number in Retry-After")?;
        equal("Retry-After is between 1 s and 1 h", (1..=3600).contains(&seconds), true)?;
        equal("X-RateLimit-Remaining when refused", number(&answer, "X-RateLimit-Remaining"), Some(0))?;
        let message = format!("Rate limit exceeded. Retry after {seconds} seconds.");
        refused(&answer, (429, "TooManyRequestsError", &message, None))?;
        let answer = self.client.get_contact(self.contact_id()?).await?;
        equal("X-RateLimit-Limit", number(&answer, "X-RateLimit-Limit"), Some(3600))?;
        equal("X-RateLimit-Remaining", number(&answer, "X-RateLimit-Remaining"), Some(3599))
    }

    async fn exports_it(&self) -> Outcome {
        let csv = given(self.client.export_contacts(&self.structure()?.id, &self.key).await?)?;
        equal("CSV", csv, format!("_id,key\r\n{},{}\r\n", self.contact_id()?, self.key))
    }

    async fn reads_its_events_of_two_types(&self) -> Outcome {
        let types = ["contact-created", "contact-unsubscribed"];
        let page = given(self.client.list_contact_events(self.contact_id()?, &types).await?)?;
        equal("types", page.rows, ["contact-unsubscribed", "contact-created"])?;
        equal("total", page.total, 2)
    }

    async fn deletes_it(&self) -> Outcome {
        let deleted = given(self.client.delete_contact(self.contact_id()?).await?)?;
        equal("id", &*deleted.id, self.contact_id()?)?;
        equal("key", &*deleted.key, &*self.key)?;
        let answer = self.client.get_contact(self.contact_id()?).await?;
        refused(&answer, (404, "RecordNotFound", "Contact not found", None))
    }

    /// Tells the sandbox how many requests are left in the hour.
    async fn leave(&self, requests: u32) -> Outcome {
        let url = format!("{}/_sandbox/account", self.base_url);
        let answer = reqwest::Client::new().put(url).json(&json!({"hourlyLeft": requests})).send().await?;
        equal("the sandbox's status", answer.status().as_u16(), 200)
    }
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

/// What was answered, if it wasn't a refusal.
fn given<T>(answer: Answer<T>) -> Result<T, Trouble> {
    answer.outcome.map_err(|reasons| format!("status {}: {reasons:?}", answer.status).into())
}

/// A header that holds a number.
fn number<T>(answer: &Answer<T>, name: &str) -> Option<u64> {
    answer.headers.get(name)?.to_str().ok()?.parse().ok()
}

#[expect(clippy::needless_pass_by_value, reason = "borrowing would clutter every check")]
fn equal<T: Debug + PartialEq<U>, U: Debug>(what: &str, got: T, wanted: U) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: expected {wanted:?}, got {got:?}").into()) }
}

/// Checks that the service said no, and that the client read why: status, `errorType`, message and `field`.
fn refused<T>(answer: &Answer<T>, wanted: (u16, &str, &str, Option<&str>)) -> Outcome {
    let Err(reasons) = &answer.outcome else {
        return Err(format!("expected status {}, but it was accepted", wanted.0).into());
    };
    let [reason] = reasons.as_slice() else {
        return equal("errors", reasons.len(), 1);
    };
    equal("refusal", (answer.status, &*reason.error_type, &*reason.message, reason.field.as_deref()), wanted)
}
