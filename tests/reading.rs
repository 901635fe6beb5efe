//! What a real service may send and no text mentions: whatever isn't understood is kept as it came and can
//! be reached, and costs neither its neighbours nor the contact.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::io::Write as _;

use benchmark_email::{
    Client, Contact, ContactId, Error, ErrorKind, ListId, Structure, error::ErrorType,
};
use support::{hasty_client_of, letters::Tree};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, path_regex},
};

const JANE: &str = r#"{"_id":"c1","key":"jane@example.com","contactStructureId":"s1","fields":[{"_id":"f1","value":"Jane"}],"status":{"primary":"Active"},"lists":["l1"],"tags":[{"_id":"t1"}],"createdAt":"2026-03-28T14:30:00.000Z","updatedAt":"2026-03-28T14:30:00.000Z","__v":3}"#;
const STRUCTURE: &str = r#"{"_id":"s1","label":"Default","keyName":"Email","fields":[{"_id":"f1","label":"First Name","dataType":"text"},{"_id":"f2","label":"Seats","dataType":"number"}],"tags":[{"_id":"t1","label":"VIP"}],"__v":1}"#;

/// Jane with another text in the place of this one.
fn jane_with(replaced: &str, odd: &str) -> String {
    assert!(JANE.contains(replaced), "{replaced}");
    JANE.replace(replaced, odd)
}

fn c1() -> ContactId {
    ContactId::new("c1").unwrap()
}

fn structure() -> Structure {
    serde_json::from_str(STRUCTURE).unwrap()
}

fn json(body: impl Into<Vec<u8>>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

/// A service that has this one contact; what is put comes back.
async fn service_of(contact: &str) -> (MockServer, Client) {
    let server = MockServer::start().await;
    let all = json(format!("[{contact}]"));
    for (verb, route, answer) in [
        ("GET", "^/api/contact$", all),
        ("GET", "^/api/contact-structure/", json(STRUCTURE)),
        (
            "GET",
            "^/api/contact-structure$",
            json(format!("[{STRUCTURE}]")),
        ),
        ("GET", "", json(contact)),
    ] {
        let mock = Mock::given(method(verb)).and(path_regex(route));
        mock.respond_with(answer).mount(&server).await;
    }
    let echo = |request: &wiremock::Request| json(request.body.clone());
    let mock = Mock::given(method("PUT"));
    mock.respond_with(echo).mount(&server).await;
    let client = hasty_client_of(&server.uri());
    (server, client)
}

/// A service that answers everything alike.
async fn answering(answer: ResponseTemplate) -> (MockServer, Client) {
    support::server_answering(answer).await
}

/// Each way of reading Jane gives this contact, and an update of her first name changes nothing else.
async fn read_every_way(body: &str) -> Contact {
    let (server, client) = service_of(body).await;
    let contacts = client.contacts();
    let jane = contacts.get(&c1()).await.unwrap();
    assert_eq!(contacts.list().await.unwrap(), std::slice::from_ref(&jane));
    let mut all = contacts.stream();
    assert_eq!(all.next().await.unwrap().unwrap(), jane);
    assert!(all.next().await.is_none());
    let written = serde_json::to_string(&jane).unwrap();
    assert_eq!(Tree::of(&written), Tree::of(body));

    contacts
        .update(&c1(), |c| c.set("First Name", "Joan"))
        .await
        .unwrap();
    let put = put(&server).await;
    assert_eq!(
        put,
        Tree::of(&body.replace(r#""Jane""#, r#""Joan""#)),
        "{body}"
    );
    jane
}

/// What was put last.
async fn put(server: &MockServer) -> Tree {
    let requests = server.received_requests().await.unwrap();
    let put = requests.iter().rfind(|request| request.method == "PUT");
    Tree::of(std::str::from_utf8(&put.unwrap().body).unwrap())
}

#[tokio::test]
async fn a_null_or_anything_odd_in_a_list_costs_none_of_its_neighbours() {
    for odd in [
        "null",
        "7",
        "\"f9\"",
        "{}",
        r#"{"_id":null,"value":1}"#,
        r#"{"id":"f9","value":[1.50]}"#,
    ] {
        for (list, one) in [
            ("fields", r#"[{"_id":"f1","value":"Jane"}"#),
            ("lists", r#"["l1""#),
            ("tags", r#"[{"_id":"t1"}"#),
        ] {
            if (list, odd) != ("fields", "\"f9\"") && odd == "\"f9\"" {
                continue;
            }
            let whole = format!(r#""{list}":{one}"#);
            let before = one.replacen('[', &format!("[{odd},"), 1);
            for odd in [format!(r#""{list}":{before}"#), format!("{whole},{odd}")] {
                let jane = read_every_way(&jane_with(&whole, &odd)).await;
                let first = jane.field(&structure(), "First Name").unwrap();
                assert_eq!(first.unwrap().as_str(), Some("Jane"));
                assert!(jane.is_on(&ListId::new("l1").unwrap()) && jane.is_active());
                assert_eq!(jane.tag_labels(&structure()).unwrap(), ["VIP"]);
            }
        }
    }
}

#[tokio::test]
async fn a_property_of_another_shape_costs_none_of_its_neighbours() {
    for odd in [
        "1774708200000",
        "1.5",
        "1e400",
        "true",
        "{\"$date\":\"2026\"}",
        "[]",
        "\"\\ud800\"",
    ] {
        let (created, odd) = (
            r#""createdAt":"2026-03-28T14:30:00.000Z""#,
            format!(r#""createdAt":{odd}"#),
        );
        let jane = read_every_way(&jane_with(created, &odd)).await;
        assert_eq!((jane.created_at, jane.version), (None, Some(3)));
    }
    for odd in [
        "\"Active\"",
        "7",
        "{\"primary\":7}",
        "{\"secondary\":\"Bounce\"}",
        "[\"Active\"]",
    ] {
        let odd = format!(r#""status":{odd}"#);
        let jane = read_every_way(&jane_with(r#""status":{"primary":"Active"}"#, &odd)).await;
        assert_eq!(jane.status(), None);
        assert!(!jane.is_active() && !jane.is_inactive());
    }
    for odd in ["\"l1\"", "7", "{\"l1\":true}", "1.0"] {
        let jane = read_every_way(&jane_with(
            r#""lists":["l1"]"#,
            &format!(r#""lists":{odd}"#),
        ))
        .await;
        assert_eq!(jane.lists, []);
    }
}

#[tokio::test]
async fn a_version_is_read_in_any_spelling_and_goes_back_as_it_came() {
    for (spelt, version) in [
        ("3", 3),
        ("3.0", 3),
        ("3e0", 3),
        ("\"3\"", 3),
        ("\"007\"", 7),
        ("-0", 0),
    ] {
        let jane = read_every_way(&jane_with(r#""__v":3"#, &format!(r#""__v":{spelt}"#))).await;
        assert_eq!(jane.version, Some(version), "{spelt}");
    }
    // One that isn't a number is no reason to lose the contact; but what would be replaced isn't known.
    for odd in ["\"abc\"", "1.5", "{}", "99999999999999999999", "1e400"] {
        let (server, client) =
            service_of(&jane_with(r#""__v":3"#, &format!(r#""__v":{odd}"#))).await;
        let jane = client.contacts().get(&c1()).await.unwrap();
        assert_eq!(jane.version, None, "{odd}");
        let contacts = client.contacts();
        let error = contacts
            .update(&c1(), |c| c.set("First Name", "Joan"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains("`__v`"), "{error}");
        let requests = server.received_requests().await.unwrap();
        assert!(requests.iter().all(|request| request.method != "PUT"));
    }
}

/// The Unicode mark that some servers, and many text editors, begin a text with.
const MARK: &str = "\u{feff}";

#[tokio::test]
async fn a_byte_order_mark_before_the_json_is_passed_over() {
    let (_server, client) = answering(json(format!("{MARK}{JANE}"))).await;
    assert_eq!(client.contacts().get(&c1()).await.unwrap().id, c1());
    let (_server, client) = answering(json(format!("{MARK}[{JANE}]"))).await;
    assert_eq!(client.contacts().list().await.unwrap().len(), 1);
    assert_eq!(
        client.contacts().stream().next().await.unwrap().unwrap().id,
        c1()
    );
    let refusal = r#"{"errors":[{"errorType":"DuplicateFieldError","message":"exists"}]}"#;
    let refusal =
        ResponseTemplate::new(400).set_body_raw(format!("{MARK}{refusal}"), "application/json");
    let (_server, client) = answering(refusal).await;
    assert!(
        client
            .contacts()
            .get(&c1())
            .await
            .unwrap_err()
            .is_duplicate()
    );
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(body).unwrap();
    gzip.finish().unwrap()
}

#[tokio::test]
async fn gzip_is_known_by_its_old_name_and_in_capitals_too() {
    for name in ["gzip", "x-gzip", "X-GZip", "GZIP"] {
        let compressed =
            |body: &str| json(gzip(body.as_bytes())).insert_header("Content-Encoding", name);
        let (_server, client) = answering(compressed(JANE)).await;
        let jane = client.contacts().get(&c1()).await;
        assert_eq!(
            jane.unwrap_or_else(|error| panic!("{name}: {error}")).id,
            c1()
        );
        let (_server, client) = answering(compressed(&format!("[{JANE}]"))).await;
        let all: Vec<_> = [client.contacts().stream().next().await.unwrap().unwrap().id].into();
        assert_eq!(all, [c1()], "{name}");
        let csv = ResponseTemplate::new(200).set_body_raw(gzip(b"_id\r\nc1\r\n"), "text/csv");
        let csv = csv.insert_header("Content-Encoding", name);
        let (_server, client) = answering(csv).await;
        let mut written = Vec::new();
        let search = client.contacts().search(&structure()).everybody();
        search.export_to(&mut written).await.unwrap();
        assert_eq!(written, b"_id\r\nc1\r\n", "{name}");
        // The bound is on what comes out of it.
        let client = Client::builder().max_body(1 << 16);
        let bomb = json(gzip(&vec![b' '; 1 << 22])).insert_header("Content-Encoding", name);
        let (server, _) = answering(bomb).await;
        let client = client
            .base_url(server.uri())
            .api_key(support::API_KEY)
            .build()
            .unwrap();
        let error = client.contacts().get(&c1()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{name}: {error}");
    }
    let broken = json("no gzip at all").insert_header("Content-Encoding", "x-gzip");
    let (_server, client) = answering(broken).await;
    assert!(client.contacts().get(&c1()).await.is_err());
}

async fn refused(body: &str) -> Error {
    let answer = ResponseTemplate::new(400).set_body_raw(body, "application/json");
    let (_server, client) = answering(answer).await;
    client.contacts().get(&c1()).await.unwrap_err()
}

#[tokio::test]
async fn an_error_in_another_envelope_keeps_the_services_words() {
    let one =
        r#"{"errors":{"errorType":"DuplicateFieldError","message":"it exists","field":"key"}}"#;
    let error = refused(one).await;
    assert!(
        error.is_duplicate() && error.to_string().contains("it exists"),
        "{error}"
    );
    assert_eq!(error.errors()[0].field(), Some("key"));

    for nameless in [
        r#"{"errors":[{"message":"it exists"}]}"#,
        r#"{"errors":[{"errorType":null,"message":"it exists"}]}"#,
        r#"{"errors":[{"errorType":7,"message":"it exists"}]}"#,
        r#"{"errors":["it exists"]}"#,
        r#"{"errors":"it exists"}"#,
        r#"{"errors":{"message":"it exists","field":{"name":"key"},"fieldId":9}}"#,
    ] {
        let error = refused(nameless).await;
        assert_eq!(error.kind(), ErrorKind::Validation, "{nameless}");
        assert_eq!(error.errors()[0].message(), "it exists", "{nameless}");
        let shown = error.to_string();
        assert!(
            shown.contains("it exists") && !shown.contains("not the service's own"),
            "{shown}"
        );
    }
    for nothing in [
        "{\"errors\":[]}",
        "{\"errors\":null}",
        "{\"errors\":[7,null]}",
        "{\"error\":\"x\"}",
    ] {
        assert!(refused(nothing).await.errors().is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn a_field_in_use_is_told_as_such_whatever_its_forms_look_like() {
    for forms in [
        r#"[{"_id":1}]"#,
        "[7]",
        "{}",
        "\"form\"",
        "null",
        r#"[{"name":["x"]},{"name":"Footer"}]"#,
    ] {
        let error = refused(&format!(
            r#"{{"errors":[{{"errorType":"ContactFieldInUseError","message":"in use","debug":{{"affectedForms":{forms}}}}}]}}"#
        ))
        .await;
        assert_eq!(error.kind(), ErrorKind::FieldInUse, "{forms}");
        assert_eq!(
            error.errors()[0].error_type,
            Some(ErrorType::ContactFieldInUse)
        );
        if forms.contains("Footer") {
            assert!(error.to_string().contains("Footer"), "{error}");
        }
    }
}

#[tokio::test]
async fn all_contacts_are_read_from_each_envelope_by_each_verb() {
    for envelope in [
        format!("[{JANE}]"),
        format!(r#"{{"records":[{JANE}],"total":1}}"#),
        format!(r#"{{"contacts":[{JANE}],"totalRecords":1}}"#),
        format!(r#"{{"page":{{"records":[]}},"contacts":[{JANE}]}}"#),
    ] {
        let (_server, client) = answering(json(envelope.clone())).await;
        let all = client.contacts().list().await;
        assert_eq!(
            all.unwrap_or_else(|error| panic!("{envelope}: {error}"))
                .len(),
            1
        );
        let streamed = client.contacts().stream().next().await.unwrap();
        assert_eq!(streamed.unwrap().id, c1());
    }
}

/// A page of a search, of 100 rows of 250.
fn found(page: u64, total: &str) -> String {
    let rows = 250_u64.saturating_sub((page - 1) * 100).min(100);
    let rows = (0..rows).map(|row| format!(r#"{{"_id":"p{page}r{row}","key":"a@example.com"}}"#));
    let rows: Vec<_> = rows.collect();
    format!(r#"{{"contacts":[{}]{total}}}"#, rows.join(","))
}

#[tokio::test]
async fn a_total_that_is_wrong_or_missing_loses_no_row() {
    for total in [
        "",
        r#","totalRecords":0"#,
        r#","totalRecords":null"#,
        r#","totalRecords":-1"#,
        r#","totalRecords":"many""#,
        r#","totalRecords":{"value":250}"#,
        r#","totalRecords":"250""#,
        r#","totalRecords":250.0"#,
        r#","total":250"#,
        r#","totalRecords":7"#,
    ] {
        let server = MockServer::start().await;
        let answer = {
            let total = total.to_owned();
            move |request: &wiremock::Request| {
                let body: serde_json::Value = request.body_json().unwrap();
                json(found(body["page"].as_u64().unwrap(), &total))
            }
        };
        let mock = Mock::given(path("/api/contact/search"));
        mock.respond_with(answer).mount(&server).await;
        let client = hasty_client_of(&server.uri());
        let search = client.contacts().search(&structure()).everybody();
        let all = search.clone().stream().all().await;
        let all = all.unwrap_or_else(|error| panic!("{total}: {error}"));
        assert_eq!(all.len(), 250, "{total}");
        let page = search.page(1).await.unwrap();
        let known = matches!(
            total,
            r#","totalRecords":"250""# | r#","totalRecords":250.0"# | r#","total":250"#
        );
        if known {
            assert_eq!(page.total, Some(250), "{total}");
        } else if !total.contains([':']) || total.contains("null") || total.contains("many") {
            assert_eq!(page.total, None, "{total}");
        }
    }
}

#[tokio::test]
async fn events_and_lists_are_paged_without_a_total_too() {
    let event = r#"{"contactId":"c1","type":7,"timestamp":1774708200000,"triggeredBy":"Jane"}"#;
    for envelope in [
        format!(r#"{{"records":[{event}]}}"#),
        format!(r#"{{"records":[{event}],"total":"1"}}"#),
        format!("[{event}]"),
    ] {
        let (_server, client) = answering(json(envelope.clone())).await;
        let events = client.contacts().all_events().stream().all().await;
        let events = events.unwrap_or_else(|error| panic!("{envelope}: {error}"));
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].contact_id, Some(c1()));
    }
    let list =
        r#"{"_id":"l1","name":"News","type":7,"totalContacts":"12","createdAt":5,"__v":"3"}"#;
    for envelope in [
        format!("[{list}]"),
        format!(r#"{{"records":[{list}],"total":"1"}}"#),
    ] {
        let (_server, client) = answering(json(envelope)).await;
        let lists = client.lists(structure().id());
        let all = lists.all().await.unwrap();
        assert_eq!((all[0].version, all[0].total_contacts), (Some(3), Some(12)));
        assert_eq!(lists.query().stream().all().await.unwrap(), all);
    }
}

#[tokio::test]
async fn structures_are_read_with_all_that_is_odd_in_them() {
    let odd = STRUCTURE
        .replace(
            r#""tags":["#,
            r#""createdAt":7,"tags":[null,{"label":"No id"},"#,
        )
        .replace(
            r#""fields":["#,
            r#""fields":[null,{"_id":"f9","label":"No type"},"#,
        );
    for envelope in [format!("[{odd}]"), format!(r#"{{"records":[{odd}]}}"#)] {
        let (_server, client) = answering(json(envelope)).await;
        let structure = client.structures().primary().await.unwrap();
        assert_eq!(structure.fields().len(), 2);
        assert_eq!(structure.tag("VIP").unwrap().id.as_str(), "t1");
        let written = serde_json::to_string(&structure).unwrap();
        assert_eq!(Tree::of(&written), Tree::of(&odd));
    }
}

#[tokio::test]
async fn a_list_that_was_not_understood_is_not_written_over() {
    let odd = jane_with(
        r#""fields":[{"_id":"f1","value":"Jane"}]"#,
        r#""fields":{"f1":"Jane"}"#,
    );
    let (server, client) = service_of(&odd).await;
    let contacts = client.contacts();
    let jane = contacts.get(&c1()).await.unwrap();
    let asked = jane.field(&structure(), "First Name").unwrap_err();
    assert!(asked.to_string().contains("`fields`"), "{asked}");
    let error = contacts
        .update(&c1(), |c| c.set("First Name", "Joan"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`fields`"), "{error}");
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method != "PUT"));
    // What was understood can be changed, and the rest goes back as it came.
    contacts
        .update(&c1(), |c| {
            c.add_tag("VIP")?.remove_list(&ListId::new("l1").unwrap())
        })
        .await
        .unwrap();
    assert_eq!(
        put(&server).await,
        Tree::of(&odd.replace(r#"["l1"]"#, "[]"))
    );
}

#[tokio::test]
async fn what_was_not_understood_can_be_reached() {
    let odd = JANE
        .replace(r#""lists":["l1"]"#, r#""lists":["l1",{"list":1.50}]"#)
        .replace(
            r#"{"primary":"Active"}"#,
            r#"{"primary":"Active","secondary":[7]}"#,
        )
        .replace(
            r#""createdAt":"2026-03-28T14:30:00.000Z""#,
            r#""createdAt":1774708200000"#,
        )
        .replace(r#""__v":3"#, r#""__v":"3","score":1.0"#);
    let (_server, client) = service_of(&odd).await;
    let jane = client.contacts().get(&c1()).await.unwrap();
    let unexpected: Vec<_> = jane.unexpected_properties().collect();
    assert_eq!(
        unexpected,
        [
            ("lists", r#"{"list":1.50}"#),
            ("createdAt", "1774708200000")
        ]
    );
    assert_eq!(
        jane.unknown_properties().collect::<Vec<_>>(),
        [("score", "1.0")]
    );
    let of_status: Vec<_> = jane.status().unwrap().unexpected_properties().collect();
    assert_eq!(of_status, [("secondary", "[7]")]);
    assert!(!format!("{jane:?}").contains("1774708200000"));
}

/// A contact, something that none can be made of, and another contact.
fn with_one_odd() -> (String, &'static str) {
    let odd = r#"{"_id":"c2","key":["joe@example.com"]}"#;
    let third = JANE.replace(r#""_id":"c1""#, r#""_id":"c3""#);
    (format!("[{JANE},{odd},{third}]"), odd)
}

#[tokio::test]
async fn an_odd_contact_ends_a_stream_only_if_the_caller_says_so() {
    let (body, odd) = with_one_odd();
    let (server, client) = answering(json(body)).await;
    let (mut came, mut skipped) = (Vec::new(), Vec::new());
    let mut all = client.contacts().stream();
    while let Some(contact) = all.next().await {
        match contact {
            Ok(contact) => came.push(contact.id),
            Err(error) => skipped.push(error),
        }
    }
    assert_eq!(came, ["c1", "c3"].map(|id| ContactId::new(id).unwrap()));
    let [error] = skipped.as_slice() else {
        panic!("{skipped:?}");
    };
    assert_eq!(
        (error.element(), error.kind()),
        (Some(1), ErrorKind::Unreadable)
    );
    assert_eq!(Tree::of(&error.body()), Tree::of(odd));
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("joe@") && shown.contains("element 1"),
        "{shown}"
    );

    // A list is whole or none.
    let error = client.contacts().list().await.unwrap_err();
    assert_eq!((error.element(), error.status()), (Some(1), Some(200)));

    let url = server.uri();
    let blocking = std::thread::spawn(move || {
        let builder = Client::builder().base_url(url).api_key(support::API_KEY);
        let client = builder.build_blocking().unwrap();
        let all = client.contacts().stream();
        all.map(|contact| contact.map_err(|error| error.element()))
            .collect::<Vec<_>>()
    });
    let all = blocking.join().unwrap();
    assert!(
        matches!(all.as_slice(), [Ok(_), Err(Some(1)), Ok(_)]),
        "{all:?}"
    );
}

#[tokio::test]
async fn an_odd_list_or_structure_costs_no_other() {
    let list = r#"{"_id":"l1","name":"News"}"#;
    let (_server, client) = answering(json(format!("[{{\"name\":7}},{list}]"))).await;
    let mut lists = client.lists(structure().id()).query().stream();
    assert_eq!(lists.next().await.unwrap().unwrap().name, "News");
    assert_eq!(lists.next().await.unwrap().unwrap_err().element(), Some(0));
    assert!(lists.next().await.is_none());

    let (_server, client) = answering(json(format!("[{STRUCTURE},7]"))).await;
    assert_eq!(client.structures().primary().await.unwrap(), structure());
    assert!(client.structures().all().await.is_err());
    let (_server, client) = answering(json(format!("[7,{STRUCTURE}]"))).await;
    assert!(client.structures().primary().await.is_err());
}

#[tokio::test]
async fn a_structure_that_was_not_understood_is_not_replaced() {
    let odd = STRUCTURE
        .replace(r#""fields":["#, r#""fields":{"all":["#)
        .replace(r#"],"tags""#, r#"]},"tags""#);
    let (server, client) = answering(json(odd)).await;
    let structures = client.structures();
    let error = structures
        .update(structure().id(), |s| s.add_tag("New"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`fields`"), "{error}");
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method == "GET"));
}

#[tokio::test]
async fn the_generated_client_reads_the_same() {
    let (body, odd) = with_one_odd();
    let (_server, client) = answering(json(format!("{MARK}{body}"))).await;
    let all = client.raw().list_contacts().await.unwrap().into_inner();
    assert_eq!(all.rows.len(), 2);
    assert_eq!(Tree::of(&all.unread[0].json), Tree::of(odd));
    let (_server, client) = answering(ResponseTemplate::new(400).set_body_raw(
        r#"{"errors":{"message":"it exists","debug":1e400}}"#,
        "application/json",
    ))
    .await;
    let error = client.raw().list_contacts().await.unwrap_err();
    assert!(error.to_string().contains("it exists"), "{error}");
}

#[tokio::test]
async fn what_the_parser_itself_refuses_costs_no_contact_and_no_list() {
    // Half of a character, as of an emoji that was cut, and a number beyond all floats: JSON, both of them.
    for (place, odd) in [
        (
            r#""createdAt":"2026-03-28T14:30:00.000Z""#,
            r#""createdAt":"\ud83d""#,
        ),
        (
            r#""createdAt":"2026-03-28T14:30:00.000Z""#,
            r#""createdAt":1e400"#,
        ),
        (r#""lists":["l1"]"#, r#""lists":["l1",1e400]"#),
        (r#""lists":["l1"]"#, r#""lists":["l1","\udc00"]"#),
        (r#"{"primary":"Active"}"#, "1e400"),
    ] {
        read_every_way(&jane_with(place, odd)).await;
    }
    let odd = JANE.replace("jane@", r"jane\ud83d@");
    let (_server, client) = answering(json(format!("[{odd},{JANE}]"))).await;
    let mut all = client.contacts().stream();
    assert_eq!(all.next().await.unwrap().unwrap_err().element(), Some(0));
    assert_eq!(all.next().await.unwrap().unwrap().id, c1());
    assert_eq!(
        client.contacts().list().await.unwrap_err().element(),
        Some(0)
    );

    let list = r#"[{"_id":"l1","name":"News \ud83d"}]"#;
    let (_server, client) = answering(json(list)).await;
    let lists = client.lists(structure().id()).all().await.unwrap();
    assert!(
        lists[0].name.starts_with("News \u{fffd}"),
        "{:?}",
        lists[0].name
    );
    assert_eq!(serde_json::to_string(&lists).unwrap(), list);
    let event = r#"{"records":[{"emailSubject":"Sale \ud83d","type":"email-sent"}],"total":1}"#;
    let (_server, client) = answering(json(event)).await;
    let events = client.contacts().all_events().stream().all().await.unwrap();
    assert!(
        events[0]
            .email_subject
            .as_deref()
            .unwrap()
            .starts_with("Sale ")
    );
}

/// A structure with a field of each of these types, called as the type is, and a contact with values.
fn holding(values: &[(&str, &str)]) -> (Structure, Contact) {
    let of = |name: &str| format!(r#"{{"_id":"{name}","label":"{name}","dataType":"{name}"}}"#);
    let fields: Vec<_> = values.iter().map(|(name, _)| of(name)).collect();
    let held = values
        .iter()
        .map(|(name, json)| format!(r#"{{"_id":"{name}","value":{json}}}"#));
    let held: Vec<_> = held.collect();
    let structure = format!(
        r#"{{"_id":"s1","label":"Default","fields":[{}]}}"#,
        fields.join(",")
    );
    let contact = format!(
        r#"{{"_id":"c1","key":"j@example.com","contactStructureId":"s1","fields":[{}]}}"#,
        held.join(",")
    );
    (
        serde_json::from_str(&structure).unwrap(),
        serde_json::from_str(&contact).unwrap(),
    )
}

#[test]
fn a_date_is_the_same_day_to_a_value_and_to_chrono() {
    #[derive(serde::Deserialize, Debug)]
    #[allow(dead_code, reason = "it is only decoded")]
    struct Text {
        text: chrono::NaiveDate,
    }

    #[derive(serde::Deserialize)]
    struct Dated<T> {
        date: T,
    }

    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 28).unwrap();
    for text in [
        "2026-03-28",
        "2026-03-28T00:00:00.000Z",
        "2026-03-28T14:30:00.000Z",
        "2026-03-28 00:00:00",
    ] {
        let (structure, contact) = holding(&[("date", &format!("{text:?}"))]);
        let value = contact.field(&structure, "date").unwrap().unwrap();
        assert_eq!(value.as_date(), Some(day), "{text}");
        let decoded: Dated<chrono::NaiveDate> = structure.decode(&contact).unwrap();
        assert_eq!(decoded.date, day, "{text}");
        let optional: Dated<Option<chrono::NaiveDate>> = structure.decode(&contact).unwrap();
        assert_eq!(optional.date, Some(day), "{text}");
        // Who asks for text gets all of it.
        assert_eq!(
            structure.decode::<Dated<String>>(&contact).unwrap().date,
            text
        );
    }
    let instant = r#""2026-03-28T14:30:00.000Z""#;
    let (structure, contact) = holding(&[("date", instant), ("text", instant)]);
    let at: Dated<chrono::DateTime<chrono::Utc>> = structure.decode(&contact).unwrap();
    assert_eq!(at.date.timestamp(), 1_774_708_200);
    // A text is no date.
    assert!(structure.decode::<Text>(&contact).is_err());
    let (structure, contact) = holding(&[("date", "\"28.3.2026\"")]);
    assert!(
        structure
            .decode::<Dated<chrono::NaiveDate>>(&contact)
            .is_err()
    );
}

#[test]
fn a_whole_number_is_one_to_every_integer_however_it_is_spelt() {
    #[derive(serde::Deserialize)]
    struct Counted<T> {
        number: T,
    }

    for (spelt, number) in [
        ("12", 12),
        ("12.0", 12),
        ("1.2e1", 12),
        ("\"12\"", 12),
        ("\"12.0\"", 12),
        ("-0.0", 0),
    ] {
        let (structure, contact) = holding(&[("number", spelt)]);
        let value = contact.field(&structure, "number").unwrap().unwrap();
        if !spelt.starts_with('"') {
            assert_eq!(value.as_i64(), Some(number), "{spelt}");
        }
        assert_eq!(
            structure.decode::<Counted<i64>>(&contact).unwrap().number,
            number,
            "{spelt}"
        );
        assert_eq!(
            i64::from(structure.decode::<Counted<u8>>(&contact).unwrap().number),
            number
        );
        let optional: Counted<Option<u32>> = structure.decode(&contact).unwrap();
        assert_eq!(optional.number.map(i64::from), Some(number));
        let float: Counted<f64> = structure.decode(&contact).unwrap();
        assert!((float.number - 12.0).abs() < 0.1 || number == 0, "{spelt}");
    }
    let (structure, contact) = holding(&[("number", "12345678901234567890123")]);
    let big: Counted<u128> = structure.decode(&contact).unwrap();
    assert_eq!(big.number, 12_345_678_901_234_567_890_123);
    for broken in ["12.5", "1e30", "300", "-1", "\"12.5\""] {
        let (structure, contact) = holding(&[("number", broken)]);
        assert!(
            structure.decode::<Counted<u8>>(&contact).is_err(),
            "{broken}"
        );
    }
}

/// What goes over the wire to create this contact.
async fn sent(new: benchmark_email::NewContact) -> Tree {
    let (server, client) = answering(json(JANE)).await;
    client.contacts().create(new).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    Tree::of(std::str::from_utf8(&requests[0].body).unwrap())
}

#[tokio::test]
async fn what_a_single_field_takes_a_struct_may_hold() {
    use benchmark_email::{NewContact, Value};
    use std::collections::BTreeMap;

    #[derive(serde::Serialize)]
    struct Odd {
        number: u128,
        colours: Vec<Option<&'static str>>,
        shape: serde_json::Value,
        seats: serde_json::Value,
        as_it_came: Value,
    }

    let (structure, contact) = holding(&[
        ("number", "12345678901234567890123"),
        ("colours", "[\"red\",null]"),
        ("shape", r#"{"a":[1,null]}"#),
        ("seats", "3"),
        ("as_it_came", "[1.50]"),
    ]);
    let odd = Odd {
        number: 12_345_678_901_234_567_890_123,
        colours: vec![Some("red"), None],
        shape: serde_json::json!({"a": [1, null]}),
        seats: serde_json::json!(3),
        as_it_came: serde_json::from_str("[1.50]").unwrap(),
    };
    let new = || NewContact::new(&structure, "j@example.com");
    let mut one_by_one = new();
    for field in structure.fields() {
        let value = contact.field(&structure, &field.id).unwrap().unwrap();
        one_by_one = one_by_one.field(&field.id, value.clone()).unwrap();
    }
    let expected = sent(one_by_one).await;
    assert_eq!(sent(new().fields(&odd).unwrap()).await, expected);
    let mut decoded: BTreeMap<String, Value> = structure.decode(&contact).unwrap();
    decoded.remove("key");
    let mut named = sent(new().fields(&decoded).unwrap()).await;
    // A map has an order of its own.
    let by_id = |tree: &mut Tree| {
        let fields = tree.elements("fields");
        fields.sort_by_key(|field| format!("{field:?}"));
    };
    let mut sorted = expected;
    by_id(&mut named);
    by_id(&mut sorted);
    assert_eq!(named, sorted);

    // What the structure doesn't take is told as by a single field, and nothing is a number that is none.
    let (structure, _) = holding(&[("text", "\"\"")]);
    let new = || NewContact::new(&structure, "j@example.com");
    let by_struct = new().fields(&serde_json::json!({"text": ["a"]}));
    let list = Value::try_from(vec![Value::from("a")]).unwrap();
    let alone = new().field("text", list);
    let told = |refused: Result<NewContact, Error>| refused.unwrap_err().to_string();
    assert_eq!(told(by_struct), told(alone));
    assert!(
        new()
            .fields(&BTreeMap::from([("text", [f64::NAN])]))
            .is_err()
    );
}
