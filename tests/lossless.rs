//! Nothing is lost: contacts and structures with all that nobody knows, in any spelling, are read,
//! changed in one place and sent back, and what goes over the wire differs in that place only.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use benchmark_email::{
    Client, ContactId, ErrorKind, FieldId, NewContact, StructureId, structures::FieldRef,
};
use proptest::{prelude::*, test_runner::TestCaseResult, test_runner::TestRunner};
use serde_json::{Value, json};
use support::{
    account::Account,
    hasty_client_of,
    letters::{Tree, anything, quoted, unknown},
};
use tokio::runtime::Runtime;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

/// Runs a test on so many generated inputs, in a runtime.
fn check<S: Strategy>(cases: u32, input: S, test: impl Fn(&Runtime, S::Value) -> TestCaseResult) {
    let runtime = Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
    let result = runner.run(&input, |input| test(&runtime, input));
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A server that gives out one contact and one structure to the letter, and keeps what is put.
#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    contact: String,
    structure: String,
    put: Vec<String>,
}

impl Respond for Letters {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut kept = self.0.lock().unwrap();
        let body = if request.method == "PUT" {
            kept.put
                .push(String::from_utf8(request.body.clone()).unwrap());
            kept.put.last().unwrap()
        } else if request.url.path().starts_with("/api/contact-structure/") {
            &kept.structure
        } else {
            &kept.contact
        };
        ResponseTemplate::new(200).set_body_raw(body.as_bytes(), "application/json")
    }
}

impl Letters {
    fn start(runtime: &Runtime) -> (Self, MockServer, Client) {
        let letters = Self::default();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let mock = Mock::given(matchers::any()).respond_with(letters.clone());
            mock.mount(&server).await;
            server
        });
        let client = hasty_client_of(&server.uri());
        (letters, server, client)
    }

    /// From now on these, and nothing put.
    fn hold(&self, contact: &str, structure: &str) {
        *self.0.lock().unwrap() = Kept {
            contact: contact.to_owned(),
            structure: structure.to_owned(),
            put: Vec::new(),
        };
    }

    /// The one thing that was put.
    fn put(&self) -> Tree {
        match self.0.lock().unwrap().put.as_slice() {
            [put] => Tree::of(put),
            other => panic!("put {} times", other.len()),
        }
    }
}

/// A field, its label, its unknown members and what a contact has for it.
type Drawn = (String, String, Option<String>);

fn fields() -> impl Strategy<Value = Vec<Drawn>> {
    // Few letters, so that labels occur twice.
    let label = prop_oneof!["[ab.\"\n]", "(?s).{1,16}"];
    let value = prop::option::weighted(0.8, anything());
    prop::collection::vec((label, unknown(), value), 1..5)
}

fn references() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        3 => unknown().prop_map(|extra| format!(r#"{{"_id":"l1"{extra}}}"#)),
        2 => Just(r#""l2""#.to_owned()),
        1 => Just("null".to_owned()),
    ];
    prop::collection::vec(one, 0..4).prop_map(|all| format!("[{}]", all.join(",")))
}

fn structure_of(fields: &[Drawn], whole: &str, number: usize) -> String {
    let fields: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(n, (label, extra, _))| {
            let label = quoted(label);
            format!(r#"{{"_id":"f{n}","label":{label},"dataType":"text"{extra}}}"#)
        })
        .collect();
    let fields = fields.join(",");
    format!(
        r#"{{"_id":"s{number}","label":"Default","fields":[{fields}],"tags":[{{"_id":"t1","label":"VIP"{whole}}}],"__v":7{whole}}}"#
    )
}

/// Spellings of versions, which go back as they came.
const VERSIONS: &[&str] = &["7", "7.0", "7e1", "-0", "\"7\""];

#[test]
fn an_update_of_one_field_changes_that_one_only_to_the_letter() {
    let server = Mutex::new(None);
    let number = AtomicUsize::new(0);
    let version = prop::sample::select(VERSIONS);
    let input = (
        (fields(), any::<prop::sample::Index>()),
        (unknown(), unknown(), unknown()),
        (references(), references()),
        (version, prop::option::of("[fx]9")),
    );
    check(128, input, |runtime, input| {
        let ((fields, target), (whole, entry, status), (lists, tags), (spelt, other)) = input;
        let mut server = server.lock().unwrap();
        let (letters, _, client) = server.get_or_insert_with(|| Letters::start(runtime));
        // A structure that the client has not read.
        let number = number.fetch_add(1, Ordering::Relaxed);
        let mut entries: Vec<_> = fields
            .iter()
            .enumerate()
            .filter_map(|(n, (_, _, value))| {
                let value = value.as_ref()?;
                Some(format!(r#"{{"_id":"f{n}","value":{value}{entry}}}"#))
            })
            .collect();
        // Of a field that the structure doesn't have.
        entries.extend(other.map(|id| format!(r#"{{"_id":"{id}"{entry}}}"#)));
        let entries = entries.join(",");
        let contact = format!(
            r#"{{"_id":"c1","key":"jane@example.com","contactStructureId":"s{number}","fields":[{entries}],"status":{{"primary":"Active"{status}}},"lists":{lists},"tags":{tags},"createdAt":"soon","__v":{spelt}{whole}}}"#
        );
        letters.hold(&contact, &structure_of(&fields, &whole, number));

        let target = target.index(fields.len());
        let label = &fields[target].0;
        let id = FieldId::new(format!("f{target}")).unwrap();
        let is_alone = fields.iter().filter(|(other, ..)| other == label).count() == 1;
        let named = if is_alone {
            FieldRef::from(label)
        } else {
            FieldRef::from(&id)
        };
        let contacts = client.contacts();
        let jane = ContactId::new("c1").unwrap();
        let update = contacts.update(&jane, |c| c.set(named, "A new value\n\u{1f600}"));
        runtime.block_on(update).unwrap();

        let mut expected = Tree::of(&contact);
        let id = Tree::Text(id.as_str().to_owned());
        let new = Tree::Text("A new value\n\u{1f600}".to_owned());
        let entries = expected.elements("fields");
        let mut known = entries.iter_mut().map(Tree::members);
        if let Some(entry) = known.find(|entry| entry["_id"] == id) {
            entry.insert("value".to_owned(), new);
        } else {
            let entry = [("_id".to_owned(), id), ("value".to_owned(), new)];
            entries.push(Tree::Object(entry.into()));
        }
        prop_assert_eq!(letters.put(), expected);
        Ok(())
    });
}

#[test]
fn an_update_of_a_structure_changes_what_it_names_only_to_the_letter() {
    let server = Mutex::new(None);
    let input = (fields(), unknown());
    check(64, input, |runtime, (fields, whole)| {
        let mut server = server.lock().unwrap();
        let (letters, _, client) = server.get_or_insert_with(|| Letters::start(runtime));
        let structure = structure_of(&fields, &whole, 1);
        letters.hold("", &structure);
        let id = StructureId::new("s1").unwrap();
        let structures = client.structures();
        let change = structures.update(&id, |s| s.rename_tag("VIP", "Vip")?.add_tag("New"));
        // It answers what was put, which lacks an id for what is new.
        let refused = runtime.block_on(change).unwrap_err();
        prop_assert_eq!(refused.kind(), ErrorKind::Unreadable);

        let mut expected = Tree::of(&structure);
        expected.members().remove("_id");
        let tags = expected.elements("tags");
        let vip = Tree::Text("Vip".to_owned());
        tags[0].members().insert("label".to_owned(), vip);
        tags.push(Tree::of(r#"{"label":"New"}"#));
        prop_assert_eq!(letters.put(), expected);
        Ok(())
    });
}

#[test]
fn the_sandbox_holds_what_it_was_given_but_for_the_change() {
    // JSON of which no letter is lost where it is parsed and written.
    let plain = || {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            "(?s).{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("(?s).{1,6}", inner, 0..3).prop_map(|map| json!(map)),
            ]
        })
    };
    let extra = || prop::collection::btree_map("x(?s:.){0,5}", plain(), 0..3);
    let input = (extra(), extra(), "(?s).{20,30}", "(?s).{0,20}");
    let account = Mutex::new(None);
    let number = AtomicUsize::new(0);
    check(16, input, |runtime, (of_contact, of_field, label, text)| {
        let mut account = account.lock().unwrap();
        let account = account.get_or_insert_with(|| runtime.block_on(Account::new()));
        let number = number.fetch_add(1, Ordering::Relaxed);
        runtime.block_on(async {
            account
                .change_structure(|now| {
                    let field = now["fields"][1].as_object_mut().unwrap();
                    assert_eq!(field["dataType"], "text");
                    field.extend(of_field.clone());
                    field["label"] = json!(label);
                })
                .await;
            let structures = account.client.structures();
            structures.forget(account.structure.id());
            let structure = structures.known(account.structure.id()).await.unwrap();
            let new = NewContact::new(&structure, format!("n{number}@example.com"));
            let new = new.field("First Name", text.as_str()).unwrap();
            let jane = account.client.contacts().create(new).await.unwrap();
            let path = format!("/api/contact/{}", jane.id);
            let (_, mut before) = account.send("GET", &path, None).await;
            before.as_object_mut().unwrap().extend(of_contact);
            let (_, mut before) = account.send("PUT", &path, Some(before)).await;

            let contacts = account.client.contacts();
            let update = contacts.update(&jane.id, |c| c.set(label.as_str(), "changed"));
            update.await.unwrap();
            let (_, mut after) = account.send("GET", &path, None).await;

            let field =
                json!({"_id": structure.field(label.as_str()).unwrap().id, "value": "changed"});
            before["fields"].as_array_mut().unwrap().push(field);
            for contact in [&mut before, &mut after] {
                for clockwork in ["__v", "updatedAt"] {
                    contact.as_object_mut().unwrap().remove(clockwork).unwrap();
                }
            }
            prop_assert_eq!(after, before);
            Ok(())
        })
    });
}
