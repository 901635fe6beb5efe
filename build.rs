//! `openapi.yaml` -> the generated client and the table of operations, in `OUT_DIR`.
//!
//! What the document must say but the generator can't take is rewritten here, on the parsed
//! document; what is generated is never touched.

use std::{collections::BTreeSet, env, error::Error, fs, panic, path::Path};

use openapiv3::{
    AnySchema, OpenAPI, Operation, Parameter, ParameterSchemaOrContent, QueryStyle, ReferenceOr,
    Schema, SchemaData, SchemaKind, StatusCode, StringType, Type,
};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;

const DOCUMENT: &str = "openapi.yaml";
const SCHEMAS: &str = "#/components/schemas/";

/// The schemas that the generated client meets in a request or an answer and whose Rust type is written
/// by hand, each for the reason above it. One that it doesn't meet fails the build.
const BY_HAND: &[(&str, &str)] = &[
    // Part of a path or of a query, and checked once, where it is made.
    ("ContactId", "crate::ContactId"),
    ("FieldId", "crate::FieldId"),
    ("ListId", "crate::ListId"),
    ("TagId", "crate::TagId"),
    ("StructureId", "crate::StructureId"),
    ("ListSort", "crate::lists::ListSort"),
    // Sets of strings with names for the values known today, and room for others where a set is open.
    ("FilterColumn", "crate::contacts::FilterColumn"),
    ("FilterOperator", "crate::contacts::FilterOperator"),
    ("ListKind", "crate::lists::ListKind"),
    ("SearchColumn", "crate::contacts::SearchColumn"),
    // Personal data, which no `Debug` may show.
    (VALUE, "crate::Value"),
    ("EmailAddress", "crate::EmailAddress"),
    // Read and sent back, with the properties that the document doesn't know to the letter.
    ("Contact", "crate::Contact"),
    ("ContactReplacement", "crate::Contact"),
    ("Structure", "crate::Structure"),
    (
        "StructureReplacement",
        "crate::structures::StructureReplacement",
    ),
    // Only read, likewise to the letter, with methods for what is in it.
    ("ContactList", "crate::List"),
    ("ErrorReason", "crate::error::ApiError"),
    // An array, or a wrapper with a total: the provider's texts disagree. One odd element costs no other.
    ("ContactCollection", "crate::wire::Listing<crate::Contact>"),
    (
        "ContactSearchPage",
        "crate::wire::Listing<crate::contacts::FoundContact>",
    ),
    ("EventPage", "crate::wire::Listing<crate::Event>"),
    ("ListCollection", "crate::wire::Listing<crate::List>"),
    ("ListPage", "crate::wire::Listing<crate::List>"),
    (
        "StructureCollection",
        "crate::wire::Listing<crate::Structure>",
    ),
];

/// The name that a custom field's value gets here. The document gives it none, as a named schema
/// without a type is an empty class or `void` to other generators; without a name, ours would make a
/// `serde_json::Value` of it, which rounds numbers and shows them in `Debug`.
const VALUE: &str = "CustomValue";

/// Where a value stands: a property of a schema, or its elements if it is a list.
const VALUES: &[(&str, &str)] = &[
    ("ContactFieldInput", "value"),
    ("SearchCriterion", "values"),
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
    name_values(&mut document)?;
    keep_what_is_met(&mut document)?;
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
        .with_inner_type(quote! { crate::transport::Hooks })
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

/// Gives the values of custom fields their name: see [`VALUE`].
fn name_values(document: &mut OpenAPI) -> Result<(), String> {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for (schema, property) in VALUES {
        let place = match schemas.get_mut(*schema) {
            Some(ReferenceOr::Item(Schema {
                schema_kind: SchemaKind::Type(Type::Object(object)),
                ..
            })) => object.properties.get_mut(*property),
            _ => None,
        };
        let place = place.ok_or_else(|| {
            format!("components/schemas/{schema}: no property `{property}`, which holds a value")
        })?;
        let named = ReferenceOr::Reference {
            reference: format!("{SCHEMAS}{VALUE}"),
        };
        match place {
            ReferenceOr::Item(inner) => match &mut inner.schema_kind {
                SchemaKind::Type(Type::Array(list)) => list.items = Some(named),
                _ => *place = named,
            },
            ReferenceOr::Reference { .. } => *place = named,
        }
    }
    let any = Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Any(AnySchema::default()),
    };
    schemas.insert(VALUE.to_owned(), ReferenceOr::Item(any));
    Ok(())
}

/// Leaves out the schemas that only stand inside of those that are written by hand.
fn keep_what_is_met(document: &mut OpenAPI) -> Result<(), Box<dyn Error>> {
    let whole = yaml_serde::to_value(&*document)?;
    let mut met = BTreeSet::new();
    let mut next = Vec::new();
    let paths = whole.get("paths").ok_or("no paths")?;
    references(paths, &mut next);
    while let Some(reference) = next.pop() {
        let inside = reference
            .trim_start_matches("#/")
            .split('/')
            .try_fold(&whole, |node, name| node.get(name));
        let by_hand = reference
            .strip_prefix(SCHEMAS)
            .is_some_and(|name| BY_HAND.iter().any(|(schema, _)| *schema == name));
        if met.insert(reference)
            && !by_hand
            && let Some(inside) = inside
        {
            references(inside, &mut next);
        }
    }
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for (schema, _) in BY_HAND {
        let trouble = match schemas.contains_key(*schema) {
            false => "not in the document",
            true if !met.contains(&format!("{SCHEMAS}{schema}")) => {
                "in no request or answer but inside of another such schema"
            }
            true => continue,
        };
        return Err(
            format!("the schema `{schema}` is written by hand in `src/` but {trouble}").into(),
        );
    }
    schemas.retain(|name, _| met.contains(&format!("{SCHEMAS}{name}")));
    Ok(())
}

/// Every reference in this part of the document.
fn references(node: &yaml_serde::Value, found: &mut Vec<String>) {
    match node {
        yaml_serde::Value::Mapping(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_str()) {
                    (Some("$ref"), Some(reference)) => found.push(reference.to_owned()),
                    _ => references(member, found),
                }
            }
        }
        yaml_serde::Value::Sequence(elements) => {
            for element in elements {
                references(element, found);
            }
        }
        _ => {}
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
