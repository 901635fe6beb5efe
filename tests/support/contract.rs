//! The document as a judge: does a body match the schema that an operation declares for it?

use std::{collections::HashMap, sync::LazyLock};

use serde_json::{Value, json};

use super::document;

/// The schemas of request and answer bodies, by operation.
pub struct Contract {
    document: Value,
    requests: HashMap<String, jsonschema::Validator>,
    answers: HashMap<(String, u16), Option<jsonschema::Validator>>,
}

impl Contract {
    /// Made once for a test binary: compiling the schemas takes a while.
    pub fn get() -> &'static Self {
        static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::new);
        &CONTRACT
    }

    fn new() -> Self {
        let document = document();
        let mut contract = Self {
            requests: HashMap::new(),
            answers: HashMap::new(),
            document: document.clone(),
        };
        for (operation, detail) in operations(&document) {
            if let Some(schema) = detail.pointer("/requestBody/content/application~1json/schema") {
                contract
                    .requests
                    .insert(operation.clone(), contract.validator(schema));
            }
            for (status, response) in detail["responses"].as_object().unwrap() {
                let response = contract.resolve(response);
                let validator = response
                    .pointer("/content/application~1json/schema")
                    .map(|s| contract.validator(s));
                contract
                    .answers
                    .insert((operation.clone(), status.parse().unwrap()), validator);
            }
        }
        contract
    }

    /// Panics with the reason when the request's body is not what the operation declares.
    pub fn request(&self, operation: &str, body: &Value) {
        let validator = self
            .requests
            .get(operation)
            .unwrap_or_else(|| panic!("{operation} takes no body"));
        validator
            .validate(body)
            .unwrap_or_else(|why| panic!("request of {operation}: {why}\n{body:#}"));
    }

    /// Panics with the reason when the answer is not what the operation declares for the status.
    pub fn answer(&self, operation: &str, status: u16, body: &Value) {
        let declared = self.answers.get(&(operation.to_owned(), status));
        let declared = declared.unwrap_or_else(|| panic!("{operation} declares no {status}"));
        if let Some(validator) = declared {
            validator
                .validate(body)
                .unwrap_or_else(|why| panic!("{status} of {operation}: {why}\n{body:#}"));
        }
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self
                .document
                .pointer(reference.trim_start_matches('#'))
                .unwrap(),
            None => value,
        }
    }

    /// OpenAPI 3.0's dialect is close enough to draft 4 for what the document uses.
    fn validator(&self, schema: &Value) -> jsonschema::Validator {
        let mut whole = json!({"components": self.document["components"]});
        whole
            .as_object_mut()
            .unwrap()
            .extend(schema.as_object().unwrap().clone());
        jsonschema::draft4::new(&whole).unwrap()
    }
}

/// Each operation with its id.
pub fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter(|operation| operation["operationId"].is_string())
        .map(|operation| {
            (
                operation["operationId"].as_str().unwrap().to_owned(),
                operation.clone(),
            )
        })
        .collect()
}
