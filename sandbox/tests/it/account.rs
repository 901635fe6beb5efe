//! A sandbox and a client of a few lines, for the tests of the other modules.

use benchmark_email_sandbox::{Builder, Sandbox};
use reqwest::{Method, Response};
use serde_json::{Value, json};

pub(crate) struct Account {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
}

/// A status and a JSON body (null, if it is empty).
pub(crate) type Answer = (u16, Value);

impl Account {
    pub(crate) async fn new() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        Self {
            sandbox: builder.start().await.unwrap(),
            http: reqwest::Client::new(),
        }
    }

    /// How many contacts the API lists.
    pub(crate) async fn contact_count(&self) -> usize {
        let (_, all) = self.get("/api/contact").await;
        all.as_array().unwrap().len()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.try_send(method, path, body).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let request = self
            .http
            .request(method, format!("{}{path}", self.sandbox.base_url()));
        let request = request.header("X-API-Key", self.sandbox.api_key());
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        read(self.send(Method::GET, path, None).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        read(self.send(Method::POST, path, Some(body)).await).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        read(self.send(Method::PUT, path, Some(body)).await).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        read(self.send(Method::PATCH, path, Some(body)).await).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        read(self.send(Method::DELETE, path, None).await).await
    }

    pub(crate) async fn structure(&self) -> Value {
        self.get("/api/contact-structure").await.1[0].clone()
    }

    pub(crate) async fn structure_id(&self) -> String {
        id(&self.structure().await)
    }

    /// A minimal contact, created.
    pub(crate) async fn contact(&self, key: &str) -> Value {
        let body = json!({ "key": key, "contactStructureId": self.structure_id().await });
        let (status, contact) = self.post("/api/contact", body).await;
        assert_eq!(status, 200, "{contact}");
        contact
    }

    pub(crate) async fn list(&self, name: &str) -> Value {
        let path = format!("/api/contact-structure/{}/lists", self.structure_id().await);
        let (status, list) = self.post(&path, json!({ "name": name })).await;
        assert_eq!(status, 201, "{list}");
        list
    }

    /// The `_id` of a field of the default structure.
    pub(crate) async fn field(&self, label: &str) -> String {
        let structure = self.structure().await;
        let fields = structure["fields"].as_array().unwrap();
        id(fields.iter().find(|field| field["label"] == label).unwrap())
    }

    pub(crate) async fn tag(&self, label: &str) -> String {
        let structure = self.structure().await;
        let tags = structure["tags"].as_array().unwrap();
        id(tags.iter().find(|tag| tag["label"] == label).unwrap())
    }
}

pub(crate) fn id(value: &Value) -> String {
    value["_id"].as_str().unwrap().to_owned()
}

pub(crate) fn path(contact: &Value) -> String {
    format!("/api/contact/{}", id(contact))
}

/// The status, type and field of a refusal; fails if the answer is none.
pub(crate) fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let error = &answer.1["errors"][0];
    assert!(error["message"].is_string(), "no envelope: {answer:?}");
    (
        answer.0,
        error["errorType"].as_str().unwrap(),
        error["field"].as_str().unwrap_or(""),
    )
}

pub(crate) async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        },
    )
}
