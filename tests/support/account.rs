//! A sandbox account with a client of it. What the two say to each other is held against the document
//! when the test ends.

use benchmark_email::{Client, Contact, NewContact, Structure};
use benchmark_email_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{client_of, contract::Contract};

pub struct Account {
    pub sandbox: Sandbox,
    pub client: Client,
    pub structure: Structure,
}

impl Account {
    pub async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = client_of(sandbox.base_url(), sandbox.api_key());
        let structure = client.structures().primary().await.unwrap();
        Self {
            sandbox,
            client,
            structure,
        }
    }

    /// A client whose API key may only read.
    pub fn reader(&self) -> Client {
        client_of(self.sandbox.base_url(), self.sandbox.read_only_key())
    }

    /// What a client without scruples sends: status and body of the answer.
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox.base_url());
        let request = reqwest::Client::new()
            .request(method.parse().unwrap(), url)
            .header("X-API-Key", self.sandbox.api_key());
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// The refusal that such a request gets: status, `errorType` and message.
    pub async fn refused(&self, method: &str, path: &str, body: Value) -> (u16, String, String) {
        let (status, answer) = self.send(method, path, Some(body)).await;
        let item = &answer["errors"][0];
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        (status, text("errorType"), text("message"))
    }

    /// Somebody else's change of the structure, made to its JSON.
    pub async fn change_structure(&self, change: impl FnOnce(&mut Value)) {
        let path = format!("/api/contact-structure/{}", self.structure.id());
        let (_, mut body) = self.send("GET", &path, None).await;
        for name in ["_id", "createdAt", "updatedAt"] {
            body.as_object_mut().unwrap().remove(name);
        }
        change(&mut body);
        let (status, answer) = self.send("PUT", &path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Creates contacts with these addresses at `example.com`.
    pub async fn populate(&self, names: impl IntoIterator<Item = String>) -> Vec<Contact> {
        let mut created = Vec::new();
        for name in names {
            let new = NewContact::new(&self.structure, format!("{name}@example.com"));
            created.push(self.client.contacts().create(new).await.unwrap());
        }
        created
    }

    /// How often an operation was asked for.
    pub fn asked(&self, operation: &str) -> usize {
        let requests = self.sandbox.requests();
        requests
            .iter()
            .filter(|request| request.operation == Some(operation))
            .count()
    }

    /// A contact to start from, as JSON.
    pub async fn jane(&self) -> Value {
        let body = json!({"key": "jane@example.com", "contactStructureId": self.structure.id()});
        let (status, jane) = self.send("POST", "/api/contact", Some(body)).await;
        assert_eq!(status, 200, "{jane}");
        jane
    }
}

/// Every answer that the sandbox gave, and every request that it accepted, must be what the document
/// declares.
impl Drop for Account {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let contract = Contract::get();
        let requests = self.sandbox.requests();
        assert!(!requests.is_empty());
        for request in requests {
            let (Some(operation), Some(status)) = (request.operation, request.status) else {
                continue;
            };
            if !request.answer.is_empty() && operation != "exportContacts" {
                contract.answer(
                    operation,
                    status,
                    &serde_json::from_slice(&request.answer).unwrap(),
                );
            }
            if status < 300 && !request.body.is_empty() {
                contract.request(operation, &request.json().unwrap());
            }
        }
    }
}
