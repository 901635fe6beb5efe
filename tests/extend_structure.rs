//! A struct held against the account, and the account extended to it, with others changing it meanwhile
//! and answers that get lost.
#![cfg(feature = "schemars")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code
)]

mod support;

use std::time::Duration;

use benchmark_email::{
    Client, ErrorKind, NewContact, Structure, retry::RetryPolicy, structures::DataType,
    typed::DifferenceKind,
};
use benchmark_email_sandbox::Fault;
use schemars::JsonSchema;
use serde_json::{Value, json};
use support::account::Account;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

#[derive(JsonSchema)]
struct Customer {
    #[serde(rename = "Seats")]
    seats: Option<u32>,
    #[serde(rename = "City")]
    city: Option<String>,
    #[serde(rename = "Renewal")]
    renewal: chrono::NaiveDate,
}

#[derive(JsonSchema)]
struct Known {
    #[serde(rename = "Seats")]
    seats: Option<u32>,
}

impl Account {
    fn puts(&self) -> usize {
        let requests = self.sandbox.requests();
        requests
            .iter()
            .filter(|r| r.operation == Some("replaceStructure"))
            .count()
    }
}

fn brisk(client: &Client) -> Client {
    client.with_retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

fn without_clock(structure: &Structure) -> Value {
    let mut json = serde_json::to_value(structure).unwrap();
    for name in ["updatedAt", "__v"] {
        json.as_object_mut().unwrap().remove(name);
    }
    json
}

#[tokio::test]
async fn what_is_missing_is_added_and_everything_else_stays() {
    let account = Account::new().await;
    account
        .change_structure(|body| {
            body["note"] = json!({"b": 1, "a": []});
            body["fields"][0]["width"] = json!(40);
            body["tags"][0]["colour"] = json!("red");
        })
        .await;
    let structures = account.client.structures();
    let before = structures.get(account.structure.id()).await.unwrap();
    let differences = before.check::<Customer>().unwrap_err();
    assert!(
        differences
            .all()
            .iter()
            .all(|d| d.kind == DifferenceKind::Missing)
    );

    let after = structures.extend::<Customer>(&before).await.unwrap();
    after.check::<Customer>().unwrap();
    let added = |label| {
        let field = after.field(label).unwrap();
        (field.data_type.clone(), field.required)
    };
    assert_eq!(added("City"), (DataType::Text, Some(false)));
    assert_eq!(added("Renewal"), (DataType::Date, Some(true)));

    let (old, mut new) = (without_clock(&before), without_clock(&after));
    new["fields"]
        .as_array_mut()
        .unwrap()
        .truncate(before.fields().len());
    assert_eq!(old, new);
    assert_eq!(structures.get(before.id()).await.unwrap(), after);
    // The copy in memory is the new one.
    assert_eq!(structures.primary().await.unwrap(), after);
}

#[tokio::test]
async fn the_request_is_the_one_that_the_document_shows() {
    #[derive(JsonSchema)]
    struct Resident {
        #[serde(rename = "City")]
        city: Option<String>,
    }
    let answer = ResponseTemplate::new(200).set_body_json(support::example("StructureReplaced"));
    let (server, client) = support::server_answering(answer).await;
    let structure = support::structure();
    let after = client
        .structures()
        .extend::<Resident>(&structure)
        .await
        .unwrap();
    assert!(after.field("City").is_ok());
    let requests = server.received_requests().await.unwrap();
    let [put] = requests.as_slice() else {
        panic!("{} requests", requests.len())
    };
    let route = format!("/api/contact-structure/{}", structure.id());
    assert_eq!(
        (put.method.as_str(), put.url.path()),
        ("PUT", route.as_str())
    );
    assert_eq!(
        put.body_json::<Value>().unwrap(),
        support::example("ReplaceStructure")
    );
}

#[tokio::test]
async fn contacts_keep_their_values() {
    let account = Account::new().await;
    let new = NewContact::new(&account.structure, "jane@example.com");
    let new = new
        .field("Seats", 12)
        .unwrap()
        .field("firstName", "Jane")
        .unwrap();
    let jane = account.client.contacts().create(new).await.unwrap();
    account
        .client
        .structures()
        .extend::<Customer>(&account.structure)
        .await
        .unwrap();
    let after = account.client.contacts().get(&jane.id).await.unwrap();
    assert_eq!(after.fields, jane.fields);
}

#[tokio::test]
async fn where_nothing_is_missing_nothing_is_sent() {
    let account = Account::new().await;
    let asked = account.sandbox.requests().len();
    let same = account
        .client
        .structures()
        .extend::<Known>(&account.structure)
        .await
        .unwrap();
    assert_eq!(same, account.structure);
    assert_eq!(account.sandbox.requests().len(), asked);
}

#[tokio::test]
async fn a_difference_that_adding_can_not_cure_is_told_before_anything_is_sent() {
    #[derive(JsonSchema)]
    struct Wrong {
        #[serde(rename = "Seats")]
        seats: Option<String>,
        #[serde(rename = "VIP")]
        vip: Option<bool>,
        #[serde(rename = "Orders")]
        orders: Vec<u32>,
        #[serde(rename = "City")]
        city: Option<String>,
    }
    let account = Account::new().await;
    let asked = account.sandbox.requests().len();
    let refused = account
        .client
        .structures()
        .extend::<Wrong>(&account.structure)
        .await;
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let text = error.to_string();
    assert!(
        ["\"Seats\"", "\"VIP\"", "\"Orders\""]
            .iter()
            .all(|label| text.contains(label)),
        "{text}"
    );
    assert!(!text.contains("\"City\""), "{text}");
    assert_eq!(account.sandbox.requests().len(), asked);
}

#[tokio::test]
async fn a_change_by_somebody_else_is_kept_and_added_to() {
    let account = Account::new().await;
    account
        .change_structure(|body| {
            let theirs = json!({"label": "City", "dataType": "text", "required": false});
            body["fields"].as_array_mut().unwrap().push(theirs);
            body["tags"]
                .as_array_mut()
                .unwrap()
                .push(json!({"label": "Late"}));
        })
        .await;
    let puts = account.puts();
    // The structure at hand is stale.
    let after = account
        .client
        .structures()
        .extend::<Customer>(&account.structure)
        .await
        .unwrap();
    assert_eq!(account.puts() - puts, 2);
    assert!(
        after.tag("Late").is_ok() && after.field("City").is_ok() && after.field("Renewal").is_ok()
    );
    assert_eq!(after.fields().len(), account.structure.fields().len() + 2);
}

#[tokio::test]
async fn a_field_that_somebody_else_added_of_another_type_is_told() {
    let account = Account::new().await;
    account
        .change_structure(|body| {
            let theirs = json!({"label": "City", "dataType": "number", "required": false});
            body["fields"].as_array_mut().unwrap().push(theirs);
        })
        .await;
    let puts = account.puts();
    let refused = account
        .client
        .structures()
        .extend::<Customer>(&account.structure)
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Mismatch);
    assert_eq!(account.puts() - puts, 1);
}

#[tokio::test]
async fn several_at_once_add_each_field_once() {
    macro_rules! extend {
        ($account:ident by $($name:ident: $label:literal),*) => {{
            let mut all = tokio::task::JoinSet::new();
            $({
                #[derive(JsonSchema)]
                struct $name {
                    #[serde(rename = $label)]
                    own: Option<String>,
                    #[serde(rename = "Shared")]
                    shared: Option<u8>,
                }
                let (structures, known) = ($account.client.structures(), $account.structure.clone());
                all.spawn(async move { structures.extend::<$name>(&known).await });
            })*
            all.join_all().await
        }};
    }
    let account = Account::new().await;
    // Each conflict means that another one is through, so four need four rounds at most.
    for outcome in extend!(account by One: "One", Two: "Two", Three: "Three", Four: "Four") {
        outcome.unwrap();
    }
    let after = account
        .client
        .structures()
        .get(account.structure.id())
        .await
        .unwrap();
    for label in ["One", "Two", "Three", "Four", "Shared"] {
        assert!(after.field(label).is_ok(), "{label}");
    }
    assert_eq!(after.fields().len(), account.structure.fields().len() + 5);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_look() {
    // Where no answer came, or a gateway gave up, the server may still be at it.
    for (fault, stays_open) in [
        (Fault::drop_after_commit(), false),
        (Fault::close_mid_body(), false),
        (Fault::truncated_json(), false),
        (Fault::close_before_answer(), true),
        (Fault::html(502), true),
    ] {
        for times in [1, 50] {
            let account = Account::new().await;
            let structures = brisk(&account.client).structures();
            account
                .sandbox
                .fault(fault.clone().on("replaceStructure").times(times));
            let outcome = structures.extend::<Customer>(&account.structure).await;
            account.sandbox.clear_faults();
            let now = account
                .client
                .structures()
                .get(account.structure.id())
                .await
                .unwrap();
            match outcome {
                Ok(after) => assert_eq!(now, after),
                Err(error) => {
                    assert_eq!(error.is_outcome_unknown(), stays_open, "{error}");
                    assert_eq!(now, account.structure, "{error}");
                    assert_eq!(times, 50);
                }
            }
        }
    }
}

#[tokio::test]
async fn where_looking_fails_too_the_outcome_is_unknown() {
    let account = Account::new().await;
    let structures = brisk(&account.client).structures();
    account
        .sandbox
        .fault(Fault::drop_after_commit().on("replaceStructure").times(50));
    account
        .sandbox
        .fault(Fault::close_before_answer().on("getStructure").times(50));
    let error = structures
        .extend::<Customer>(&account.structure)
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    account.sandbox.clear_faults();
}

#[tokio::test]
async fn five_conflicts_are_enough() {
    let server = MockServer::start().await;
    let conflict = support::refusal(400, "ConcurrencyError", "Document version mismatch");
    Mock::given(method("PUT"))
        .respond_with(conflict)
        .mount(&server)
        .await;
    let route = format!("/api/contact-structure/{}", support::structure().id());
    // Somebody else changes it before each replacement.
    let version = std::sync::atomic::AtomicI64::new(1);
    let read = move |_: &Request| {
        let mut structure = support::example("DefaultStructure");
        structure["__v"] = version
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst)
            .into();
        ResponseTemplate::new(200).set_body_json(structure)
    };
    Mock::given(method("GET"))
        .and(path(route))
        .respond_with(read)
        .mount(&server)
        .await;
    let client = support::hasty_client_of(&server.uri());
    let refused = client
        .structures()
        .extend::<Customer>(&support::structure())
        .await;
    assert!(refused.unwrap_err().is_conflict());
    let requests = server.received_requests().await.unwrap();
    let versions: Vec<i64> = requests
        .iter()
        .filter(|request| request.method == "PUT")
        .map(|request| {
            request.body_json::<Value>().unwrap()["__v"]
                .as_i64()
                .unwrap()
        })
        .collect();
    assert_eq!(versions, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn an_answer_without_the_new_fields_is_no_success() {
    let answer = ResponseTemplate::new(200).set_body_json(support::example("DefaultStructure"));
    let (_server, client) = support::server_answering(answer).await;
    let refused = client
        .structures()
        .extend::<Customer>(&support::structure())
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unreadable);
}
