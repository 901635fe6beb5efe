//! What the behaviour tests share: clients of a mock or a sandbox, and the document as a judge.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

pub mod account;
pub mod contract;
pub mod everything;
pub mod letters;
pub mod scripted;
pub mod tables;
pub mod virtual_time;
pub mod world;

use benchmark_email::{
    Client, Structure,
    budget::{Budget, Pacing},
    retry::RetryPolicy,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

pub const API_KEY: &str = "bme_us_0123456789012345678901234567890123456789012";

pub fn client_of(base_url: &str, key: &str) -> Client {
    Client::builder()
        .base_url(base_url)
        .api_key(key)
        .build()
        .unwrap()
}

/// A client that asks once, never waits, and knows nothing of what others learned: mock servers come
/// again under the same address.
pub fn hasty_client_of(base_url: &str) -> Client {
    Client::builder()
        .base_url(base_url)
        .api_key(API_KEY)
        .budget(Budget::new())
        .build()
        .unwrap()
        .with_retry(RetryPolicy::none())
        .with_pacing(Pacing::Off)
}

/// A server that answers everything alike, and a client of it.
pub async fn server_answering(answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = hasty_client_of(&server.uri());
    (server, client)
}

/// The error envelope with one item.
pub fn refusal(status: u16, error_type: &str, message: &str) -> ResponseTemplate {
    let item = json!({"errorType": error_type, "message": message});
    ResponseTemplate::new(status).set_body_json(json!({ "errors": [item] }))
}

/// The document, read anew, as its readers see it.
pub fn document() -> Value {
    yaml_serde::from_str(include_str!("../../openapi.yaml")).unwrap()
}

/// A named example of the document.
pub fn example(name: &str) -> Value {
    let document = document();
    let example = &document["components"]["examples"][name]["value"];
    assert!(!example.is_null(), "no example {name}");
    example.clone()
}

/// The structure of the document's examples.
pub fn structure() -> Structure {
    serde_json::from_value(example("DefaultStructure")).unwrap()
}
