//! `openapi.yaml` against the hand-written types, and against what it promises.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::fmt::Debug;

use benchmark_email::{
    Contact, Event, List, Structure,
    contacts::{
        ActorKind, EventType, FilterColumn, FilterOperator, FoundContact, PrimaryStatus,
        SearchColumn, StatusReason,
    },
    error::{ApiError, ErrorType},
    lists::ListKind,
    structures::{DataType, PredefinedField},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use support::{
    contract::{Contract, operations},
    document, example,
};

/// The example as this type reads it and writes it again.
fn round_trip<T: Serialize + DeserializeOwned + Debug>(example: &Value) -> Value {
    let read: T = serde_json::from_value(example.clone()).unwrap();
    serde_json::to_value(read).unwrap()
}

fn keeps<T: Serialize + DeserializeOwned + Debug>(example: &Value) {
    assert_eq!(round_trip::<T>(example), *example);
}

#[test]
fn hand_written_types_read_every_example_and_lose_nothing() {
    for name in ["Jane", "JaneReplaced", "JaneUnsubscribed"] {
        keeps::<Contact>(&example(name));
    }
    keeps::<Vec<Contact>>(&example("Contacts"));
    for name in ["DefaultStructure", "StructureReplaced"] {
        keeps::<Structure>(&example(name));
    }
    for name in [
        "Newsletter",
        "NewsletterRenamed",
        "NewsletterCopy",
        "MergedList",
    ] {
        keeps::<List>(&example(name));
    }
    keeps::<Vec<List>>(&example("AllLists"));
    keeps::<Vec<List>>(&example("ListPage")["records"]);
    let row = &example("SearchFoundJane")["contacts"][0];
    let read: FoundContact = serde_json::from_value(row.clone()).unwrap();
    assert_eq!(read.fields.len(), 2);
    keeps::<Vec<Event>>(&example("Events")["records"]);
    for name in [
        "ValidationError",
        "ContactFieldInUseError",
        "MissingScope",
        "HourlyLimit",
    ] {
        keeps::<Vec<ApiError>>(&example(name)["errors"]);
    }
}

#[test]
fn every_example_matches_its_schema() {
    let contract = Contract::get();
    let document = document();
    let of = |media: &Value| -> Vec<Value> {
        media["examples"]
            .as_object()
            .unwrap()
            .values()
            .map(|e| {
                document
                    .pointer(e["$ref"].as_str().unwrap().trim_start_matches('#'))
                    .unwrap()["value"]
                    .clone()
            })
            .collect()
    };
    let mut checked = 0;
    for (operation, detail) in operations(&document) {
        if let Some(media) = detail.pointer("/requestBody/content/application~1json") {
            for body in of(media) {
                contract.request(&operation, &body);
                checked += 1;
            }
        }
        for (status, response) in detail["responses"].as_object().unwrap() {
            let reference = response["$ref"].as_str().map(|r| r.trim_start_matches('#'));
            let response = reference.map_or(response, |r| document.pointer(r).unwrap());
            if let Some(media) = response.pointer("/content/application~1json") {
                for body in of(media) {
                    contract.answer(&operation, status.parse().unwrap(), &body);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 200, "{checked}");
}

#[test]
fn open_sets_know_what_the_document_lists() {
    let document = document();
    let sets: [(&str, &[&str]); 10] = [
        ("ActorKind", ActorKind::KNOWN),
        ("FilterColumn", FilterColumn::KNOWN),
        ("FilterOperator", FilterOperator::KNOWN),
        ("DataType", DataType::KNOWN),
        ("PredefinedField", PredefinedField::KNOWN),
        ("PrimaryStatus", PrimaryStatus::KNOWN),
        ("StatusReason", StatusReason::KNOWN),
        ("EventType", EventType::KNOWN),
        ("ListKind", ListKind::KNOWN),
        ("ErrorType", ErrorType::KNOWN),
    ];
    for (schema, known) in sets {
        let listed = document["components"]["schemas"][schema]["x-extensible-enum"]
            .as_array()
            .unwrap();
        let listed: Vec<&str> = listed.iter().map(|v| v.as_str().unwrap()).collect();
        assert_eq!(listed, known, "{schema}");
    }
}

#[test]
fn an_event_knows_every_property_that_the_document_lists() {
    let schema = &document()["components"]["schemas"]["ContactEvent"]["properties"];
    let mut whole = serde_json::Map::new();
    for (name, property) in schema.as_object().unwrap() {
        let value = match name.as_str() {
            "triggeredBy" => serde_json::json!({"type": "user", "userId": "u1"}),
            _ => property.get("example").cloned().unwrap_or("x".into()),
        };
        whole.insert(name.clone(), value);
    }
    let whole = Value::Object(whole);
    let event: Event = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(event.unknown_properties().count(), 0);
    assert_eq!(event.email_to.unwrap(), "jane.smith@example.com");
    keeps::<Event>(&whole);
}

#[test]
fn search_columns_are_those_that_the_document_lists() {
    let listed = &document()["components"]["schemas"]["SearchColumn"]["enum"];
    assert_eq!(serde_json::to_value(SearchColumn::ALL).unwrap(), *listed);
}

#[test]
fn every_operation_keeps_the_documents_promises() {
    let document = document();
    let operations = operations(&document);
    assert_eq!(operations.len(), 22);
    for (name, operation) in operations {
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{name}");
        let scope = operation["x-api-key-scope"].as_str().unwrap();
        assert!(
            ["contacts:read", "contacts:write"].contains(&scope),
            "{name}"
        );
        let fact = operation["x-fact"].as_str().unwrap();
        assert!(
            ["documented: ", "observed: ", "assumed: "]
                .iter()
                .any(|mark| fact.starts_with(mark)),
            "{name}: {fact}"
        );
        let responses = operation["responses"].as_object().unwrap();
        for status in ["400", "401", "403", "404", "429"] {
            assert!(
                responses.contains_key(status),
                "{name} declares no {status}"
            );
        }
        let success: Vec<_> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .collect();
        assert_eq!((success.len(), responses.len()), (1, 6), "{name}");
        assert_eq!(
            success[0].1["headers"].as_object().unwrap().len(),
            5,
            "{name}"
        );
    }
}
