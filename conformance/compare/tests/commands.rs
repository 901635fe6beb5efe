//! The program as a script sees it: what it prints, and the code it exits with.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output},
    thread,
};

const RELEASED: &str = include_str!("support/released.yaml");

fn compare(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_compare");
    Command::new(program).args(arguments).output().unwrap()
}

/// A file for one test.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn exit_and_output(arguments: &[&str]) -> (i32, String) {
    let output = compare(arguments);
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    (output.status.code().unwrap(), text)
}

fn drift(name: &str, provider: &str, explanations: &str) -> (i32, String) {
    let ours = file(&format!("{name}-ours.yaml"), RELEASED);
    let explanations = file(&format!("{name}-explanations.yaml"), explanations);
    let arguments = [
        "drift",
        "--ours",
        &ours,
        "--provider",
        provider,
        "--explanations",
        &explanations,
    ];
    exit_and_output(&arguments)
}

fn breaking(name: &str, released: &str, ours: &str) -> (i32, String) {
    let released = file(&format!("{name}-released.yaml"), released);
    let ours = file(&format!("{name}-ours.yaml"), ours);
    exit_and_output(&["breaking", "--released", &released, "--ours", &ours])
}

/// A server that answers one request, and its address.
fn server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        assert!(read > 0);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    format!("http://{address}/openapi.json")
}

#[test]
fn help_names_each_command_and_the_exit_codes() {
    let (code, text) = exit_and_output(&["--help"]);
    assert_eq!(code, 0);
    for word in ["drift", "breaking", "strip", "Exits with 0"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn no_difference_exits_with_0() {
    let provider = file("same-provider.yaml", RELEASED);
    let (code, text) = drift("same", &provider, "[]");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("disagree about: 0 explained, 0 unexplained"),
        "{text}"
    );
}

#[test]
fn an_unexplained_difference_exits_with_1() {
    let provider = file(
        "other-provider.yaml",
        &RELEASED.replace("maximum: 100", "maximum: 50"),
    );
    let (code, text) = drift("other", &provider, "[]");
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains(
            "UNEXPLAINED: GET /things/{thingId}: parameter page: maximum: provider 50, ours 100"
        ),
        "{text}"
    );
}

#[test]
fn a_stale_explanation_exits_with_1() {
    let provider = file("stale-provider.yaml", RELEASED);
    let explanations =
        "[{names: ['GET /things: scope: *'], reason: It was so., source: 'assumed: it'}]";
    let (code, text) = drift("stale", &provider, explanations);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("STALE: GET /things: scope: *"), "{text}");
}

#[test]
fn a_provider_s_document_is_read_from_a_url() {
    let body = RELEASED;
    let length = body.len();
    let url = server(format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ));
    let (code, text) = drift("url", &url, "[]");
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_url_without_a_document_exits_with_2() {
    let url =
        server("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into());
    let (code, text) = drift("gone", &url, "[]");
    assert_eq!(code, 2, "{text}");
    assert!(text.contains(&url) && text.contains("404"), "{text}");
}

#[test]
fn an_unreadable_input_exits_with_2_and_is_named() {
    let dangling = RELEASED.replace("schemas/Refusal'", "schemas/Refused'");
    let cases = [
        (
            "missing",
            "no-such-file.yaml".to_owned(),
            "no-such-file.yaml: ",
        ),
        (
            "shapeless",
            file("shapeless.yaml", "paths: [a, b"),
            "shapeless.yaml: not YAML",
        ),
        (
            "other",
            file("no-paths.yaml", "a: 1"),
            "no-paths.yaml: #: no OpenAPI document",
        ),
        (
            "dangling",
            file("dangling.yaml", &dangling),
            "`#/components/schemas/Refused` leads nowhere",
        ),
        (
            "dangling",
            file("dangling.yaml", &dangling),
            "#/paths/~1things~1{thingId}/get/responses/404/content/application~1json/schema",
        ),
    ];
    for (name, provider, expected) in cases {
        let (code, text) = drift(name, &provider, "[]");
        assert_eq!(code, 2, "{text}");
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn shapeless_explanations_exit_with_2_and_are_named() {
    let provider = file("fine-provider.yaml", RELEASED);
    let (code, text) = drift("fine", &provider, "[{names: ['*']}]");
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("fine-explanations.yaml: missing field `reason`"),
        "{text}"
    );
}

#[test]
fn a_break_exits_with_1_until_the_version_announces_it() {
    let broken = RELEASED.replace("operationId: getThing", "operationId: readThing");
    let (code, text) = breaking("same-version", RELEASED, &broken);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("Breaks between 0.1.0 and 0.1.0: 1"), "{text}");
    let bumped = broken.replace("version: 0.1.0", "version: 0.2.0");
    let (code, text) = breaking("next-version", RELEASED, &bumped);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Breaks between 0.1.0 and 0.2.0: 1"), "{text}");
}

#[test]
fn an_addition_needs_no_version() {
    let more = RELEASED.replace(
        "message: {type: string}",
        "message: {type: string}\n        more: {type: string}",
    );
    let (code, text) = breaking("more", RELEASED, &more);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_version_that_goes_back_exits_with_1() {
    let (code, text) = breaking(
        "back",
        RELEASED,
        &RELEASED.replace("version: 0.1.0", "version: 0.0.9"),
    );
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("The version goes back: 0.0.9"), "{text}");
}

#[test]
fn a_document_without_a_version_exits_with_2() {
    let (code, text) = breaking(
        "unversioned",
        RELEASED,
        &RELEASED.replace(", version: 0.1.0", ""),
    );
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("unversioned-ours.yaml: #/info: no `version`"),
        "{text}"
    );
    let (code, text) = breaking(
        "misversioned",
        RELEASED,
        &RELEASED.replace("version: 0.1.0", "version: soon"),
    );
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("`soon` is no version"), "{text}");
}

#[test]
fn what_strip_prints_gives_no_difference() {
    let whole = file("whole.yaml", RELEASED);
    let (code, structure) = exit_and_output(&["strip", &whole]);
    assert_eq!(code, 0, "{structure}");
    assert!(!structure.contains("Get a thing"), "{structure}");
    let structure = file("structure.json", &structure);
    let (code, text) = drift("structure", &structure, "[]");
    assert_eq!(code, 0, "{text}");
}
