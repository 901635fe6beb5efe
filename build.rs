//! `openapi.yaml` -> the generated client and the table of operations, in `OUT_DIR`.
//!
//! What the document must say but the generator can't take is rewritten here, on the parsed
//! document; what is generated is never touched.

use std::{env, error::Error, fs, panic, path::Path};

use openapiv3::{
    OpenAPI, Operation, Parameter, ParameterSchemaOrContent, QueryStyle, ReferenceOr, Schema,
    SchemaData, SchemaKind, StatusCode, StringType, Type,
};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;

const DOCUMENT: &str = "openapi.yaml";

/// Schemas whose Rust type is written by hand, and where it is. Ids that become part of a path,
/// open sets of strings, and everything whose `Debug` must hide an address or a value.
const BY_HAND: &[(&str, &str)] = &[
    ("ActorKind", "crate::ActorKind"),
    ("Contact", "crate::Contact"),
    ("ContactEvent", "crate::Event"),
    ("ContactId", "crate::ContactId"),
    ("ContactList", "crate::List"),
    ("ContactReplacement", "crate::Contact"),
    ("ContactStatus", "crate::Status"),
    ("CustomValue", "crate::Value"),
    ("DataType", "crate::DataType"),
    ("EmailAddress", "crate::EmailAddress"),
    ("ErrorReason", "crate::ApiError"),
    ("ErrorType", "crate::ErrorType"),
    ("EventType", "crate::EventType"),
    ("FieldId", "crate::FieldId"),
    ("FilterColumn", "crate::FilterColumn"),
    ("FilterOperator", "crate::FilterOperator"),
    ("FoundContact", "crate::contacts::FoundContact"),
    // An array, or a wrapper with a total: the provider's texts disagree.
    ("ListCollection", "crate::lists::Listing"),
    ("ListId", "crate::ListId"),
    ("ListKind", "crate::ListKind"),
    ("ListPage", "crate::lists::Listing"),
    ("ListSort", "crate::ListSort"),
    ("PredefinedField", "crate::PredefinedField"),
    ("PrimaryStatus", "crate::PrimaryStatus"),
    ("SearchColumn", "crate::SearchColumn"),
    ("StatusReason", "crate::StatusReason"),
    ("Structure", "crate::Structure"),
    ("StructureId", "crate::StructureId"),
    (
        "StructureReplacement",
        "crate::structures::StructureReplacement",
    ),
    ("TagId", "crate::TagId"),
    ("Timestamp", "crate::Timestamp"),
];

fn main() {
    println!("cargo:rerun-if-changed={DOCUMENT}");
    println!("cargo:rerun-if-changed=build.rs");
    // The generator panics on what it can't take. The reason is told once, below, with the place.
    panic::set_hook(Box::new(|_| {}));
    if let Err(why) = run() {
        eprintln!("error: {DOCUMENT}: {why}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    let out = Path::new(&out);
    let generated = generate(&fs::read_to_string(DOCUMENT)?)?;
    fs::write(out.join("operations.rs"), generated.operations)?;
    fs::write(out.join("client.rs"), generated.client)?;
    Ok(())
}

/// The sources made from a document.
pub(crate) struct Generated {
    client: String,
    operations: String,
}

pub(crate) fn generate(text: &str) -> Result<Generated, Box<dyn Error>> {
    let mut document: OpenAPI = yaml_serde::from_str(text)?;
    let operations = operations(&document)?;
    join_query_lists(&mut document);
    for (schema, _) in BY_HAND {
        if document
            .components
            .as_ref()
            .is_none_or(|c| !c.schemas.contains_key(*schema))
        {
            return Err(format!(
                "the schema `{schema}` is written by hand in `src/` but not in the document"
            )
            .into());
        }
    }
    let client = client(&document).map_err(|why| match culprits(&document).as_slice() {
        [] => why,
        // What breaks every operation is no operation's fault.
        all if all.len() == document.operations().count() => {
            format!(
                "components/schemas/{}: {why}",
                broken_schemas(&document).join(", ")
            )
        }
        some => format!("{}: {why}", some.join(", ")),
    })?;
    Ok(Generated { client, operations })
}

fn client(document: &OpenAPI) -> Result<String, String> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::transport::Seam })
        .with_map_type("::std::collections::BTreeMap");
    for (schema, rust) in BY_HAND {
        settings.with_replacement(
            schema,
            rust,
            [TypeImpl::Display, TypeImpl::FromStr].into_iter(),
        );
    }
    // The generator panics on what it can't take; the reason is in the panic.
    let generate = || Generator::new(&settings).generate_tokens(document);
    let tokens = panic::catch_unwind(panic::AssertUnwindSafe(generate))
        .map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            format!(
                "the generator can't take this: {}",
                text.unwrap_or("it says no more")
            )
        })?
        .map_err(|why| why.to_string())?;
    let file = syn::parse2(tokens).map_err(|why| why.to_string())?;
    Ok(prettyplease::unparse(&file))
}

/// The operations that can't be generated even alone. The generator seldom says where it stumbled.
fn culprits(document: &OpenAPI) -> Vec<String> {
    let alone = |path: &str, method: &str| {
        let mut document = document.clone();
        document.paths.paths.retain(|name, _| name == path);
        for item in document.paths.paths.values_mut() {
            if let ReferenceOr::Item(item) = item {
                for (name, operation) in [
                    ("get", &mut item.get),
                    ("put", &mut item.put),
                    ("post", &mut item.post),
                    ("patch", &mut item.patch),
                    ("delete", &mut item.delete),
                ] {
                    if name != method {
                        *operation = None;
                    }
                }
            }
        }
        document
    };
    document
        .operations()
        .filter(|(path, method, _)| client(&alone(path, method)).is_err())
        .map(|(path, method, _)| format!("{} {path}", method.to_uppercase()))
        .collect()
}

/// The schemas without which the rest can be generated.
fn broken_schemas(document: &OpenAPI) -> Vec<String> {
    let names = document.components.iter().flat_map(|c| c.schemas.keys());
    let without = |name: &String| {
        let mut document = document.clone();
        if let Some(schema) = document
            .components
            .as_mut()
            .and_then(|c| c.schemas.get_mut(name))
        {
            *schema = ReferenceOr::Item(Schema {
                schema_data: SchemaData::default(),
                schema_kind: SchemaKind::Type(Type::String(StringType::default())),
            });
        }
        document
    };
    names
        .filter(|name| client(&without(name)).is_ok())
        .cloned()
        .collect()
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
        let success = success(operation).ok_or_else(|| at("no success code"))?;
        let (id, method) = (snake_case(name), method.to_uppercase());
        rows.push(quote! {
            Operation { id: #id, name: #name, method: #method, route: #path, safety: #safety, streams: #streams, success: #success }
        });
    }
    let table = quote! { pub(crate) static OPERATIONS: &[Operation] = &[#(#rows),*]; };
    Ok(prettyplease::unparse(&syn::parse2(table)?))
}

/// The success code that the document declares.
fn success(operation: &Operation) -> Option<u16> {
    operation
        .responses
        .responses
        .keys()
        .find_map(|status| match status {
            StatusCode::Code(code) if (200..300).contains(code) => Some(*code),
            _ => None,
        })
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
