//! `openapi.yaml` -> the generated client and the table of operations, in `OUT_DIR`.
//!
//! What the document must say but the generator can't take is rewritten here, on the parsed
//! document; what is generated is never touched.

use std::{env, error::Error, fs, path::Path};

use openapiv3::{
    OpenAPI, Operation, Parameter, ParameterSchemaOrContent, QueryStyle, ReferenceOr, Schema,
    SchemaData, SchemaKind, StringType, Type,
};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;

const DOCUMENT: &str = "openapi.yaml";

/// Schemas whose Rust type is written by hand, and where it is. Ids that become part of a path,
/// open sets of strings, and everything whose `Debug` must hide an address or a value.
const BY_HAND: &[(&str, &str)] = &[
    ("ApiError", "crate::ApiError"),
    ("Contact", "crate::Contact"),
    ("ContactId", "crate::ContactId"),
    ("ContactReplacement", "crate::Contact"),
    ("ContactStatus", "crate::Status"),
    ("CustomValue", "crate::Value"),
    ("DataType", "crate::DataType"),
    ("EmailAddress", "crate::EmailAddress"),
    ("ErrorType", "crate::ErrorType"),
    ("EventType", "crate::EventType"),
    ("FieldId", "crate::FieldId"),
    ("FoundContact", "crate::contacts::FoundContact"),
    ("List", "crate::List"),
    ("ListId", "crate::ListId"),
    ("ListKind", "crate::ListKind"),
    ("ListSort", "crate::ListSort"),
    ("PredefinedField", "crate::PredefinedField"),
    ("PrimaryStatus", "crate::PrimaryStatus"),
    ("StatusReason", "crate::StatusReason"),
    ("Structure", "crate::Structure"),
    ("StructureId", "crate::StructureId"),
    ("TagId", "crate::TagId"),
    ("Timestamp", "crate::Timestamp"),
];

fn main() {
    println!("cargo:rerun-if-changed={DOCUMENT}");
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = generate() {
        // A panic would bury the reason under a backtrace.
        eprintln!("error: {DOCUMENT}: {error}");
        std::process::exit(1);
    }
}

fn generate() -> Result<(), Box<dyn Error>> {
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    let out = Path::new(&out);
    let text = fs::read_to_string(DOCUMENT)?;
    let mut document: OpenAPI = yaml_serde::from_str(&text)?;

    fs::write(out.join("operations.rs"), operations(&document)?)?;
    join_query_lists(&mut document);

    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::transport::Seam })
        .with_map_type("::std::collections::BTreeMap");
    for (schema, rust) in BY_HAND {
        if document
            .components
            .as_ref()
            .is_none_or(|c| !c.schemas.contains_key(*schema))
        {
            return Err(
                format!("schema `{schema}` is written by hand but not in the document").into(),
            );
        }
        settings.with_replacement(
            schema,
            rust,
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    }
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let file = syn::parse2(tokens)?;
    fs::write(out.join("client.rs"), prettyplease::unparse(&file))?;
    Ok(())
}

/// The table that the transport judges by: name, method, route and safety of each operation.
fn operations(document: &OpenAPI) -> Result<String, Box<dyn Error>> {
    let mut rows = Vec::new();
    for (path, method, operation) in document.operations() {
        let at = |what: &str| format!("{} {path}: {what}", method.to_uppercase());
        let name = operation
            .operation_id
            .as_deref()
            .ok_or_else(|| at("no operationId"))?;
        let text = |key: &str| -> Result<&str, String> {
            operation
                .extensions
                .get(key)
                .and_then(|v| v.as_str())
                .ok_or_else(|| at(&format!("no {key}")))
        };
        let safety = match text("x-safety")? {
            "safe" => quote! { Safety::Safe },
            "idempotent" => quote! { Safety::Idempotent },
            "unsafe" => quote! { Safety::NotIdempotent },
            other => {
                return Err(at(&format!(
                    "x-safety is safe, idempotent or unsafe, not `{other}`"
                ))
                .into());
            }
        };
        let streams = streams(operation);
        let (id, method) = (snake_case(name), method.to_uppercase());
        rows.push(quote! {
            Operation { id: #id, name: #name, method: #method, route: #path, safety: #safety, streams: #streams }
        });
    }
    let table = quote! { pub(crate) static OPERATIONS: &[Operation] = &[#(#rows),*]; };
    Ok(prettyplease::unparse(&syn::parse2(table)?))
}

/// Whether the generated method hands the body on as a stream: it does for all but JSON.
fn streams(operation: &Operation) -> bool {
    operation
        .responses
        .responses
        .iter()
        .any(|(status, response)| {
            let ReferenceOr::Item(response) = response else {
                return false;
            };
            status.to_string().starts_with('2')
                && response
                    .content
                    .keys()
                    .any(|kind| kind != "application/json")
        })
}

/// `explode: false` is ignored by the generator, which would send `types=a&types=b`. Declared as one
/// string, the parameter is joined by the caller.
fn join_query_lists(document: &mut OpenAPI) {
    let Some(components) = document.components.as_mut() else {
        return;
    };
    for parameter in components.parameters.values_mut() {
        let ReferenceOr::Item(Parameter::Query {
            parameter_data,
            style: QueryStyle::Form,
            ..
        }) = parameter
        else {
            continue;
        };
        if parameter_data.explode == Some(false) {
            parameter_data.format = ParameterSchemaOrContent::Schema(ReferenceOr::Item(Schema {
                schema_data: SchemaData::default(),
                schema_kind: SchemaKind::Type(Type::String(StringType::default())),
            }));
        }
    }
}

/// `createContact` -> `create_contact`, as the generator names methods.
fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}
