//! A broken document fails the build, and the reason says where.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[allow(dead_code, unreachable_pub)]
#[path = "../build.rs"]
mod build;

/// What the build says when this piece of the document is replaced by that.
fn told(piece: &str, by: &str) -> String {
    let document = include_str!("../openapi.yaml");
    assert!(document.contains(piece), "{piece}");
    match build::generate(&document.replacen(piece, by, 1)) {
        Ok(_) => panic!("{by} was taken"),
        Err(why) => why.to_string(),
    }
}

#[test]
fn the_document_as_it_is_is_taken() {
    assert!(build::generate(include_str!("../openapi.yaml")).is_ok());
}

#[test]
fn the_reason_names_the_place() {
    for (piece, by, place) in [
        (
            "  description: |\n    Contacts,",
            "  description: [\n    Contacts,",
            "line ",
        ),
        ("openapi: 3.0.3", "openapi: 3.1.0", "3.1.0"),
        (
            "operationId: getContact\n",
            "summary2: none\n",
            "GET /api/contact/{contactId}: no operationId",
        ),
        (
            "operationId: getContact\n",
            "operationId: listContacts\n",
            "listContacts",
        ),
        (
            "x-safety: safe",
            "x-safety: harmless",
            "GET /api/contact: x-safety",
        ),
        (
            "        '204':\n",
            "        '200':\n          $ref: '#/components/responses/NotFound'\n        '204':\n",
            "DELETE /api/contact-structure/{contactStructureId}/lists: ",
        ),
        (
            "schema:\n                $ref: '#/components/schemas/ContactList'",
            "schema:\n                $ref: '#/components/schemas/Lost'",
            "/lists: ",
        ),
        (
            "    FieldId:\n",
            "    OtherId:\n",
            "`FieldId` is written by hand in `src/` but not in the document",
        ),
        (
            "        type:
          $ref: '#/components/schemas/ListKind'
      x-fact: \"documented: guide Manage Lists\"",
            "      x-fact: \"documented: guide Manage Lists\"",
            "`ListKind` is written by hand in `src/` but in no request",
        ),
        (
            "    ContactFieldInput:\n",
            "    OtherFieldInput:\n",
            "components/schemas/ContactFieldInput: no property `value`",
        ),
        (
            "type: string
      description: A list's name.",
            "type: strin
      description: A list's name.",
            "components/schemas/ListName: ",
        ),
    ] {
        let why = told(piece, by);
        assert!(why.contains(place), "{by:?}: {why}");
    }
}
