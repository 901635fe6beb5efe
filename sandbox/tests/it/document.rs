//! Where the API's document comes from when the crate is built.

use std::path::{Path, PathBuf};

#[allow(dead_code, reason = "its main is cargo's")]
#[path = "../../build.rs"]
mod build;

/// A folder with these files, for the time of a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let name = format!("sandbox-document-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join("sandbox")).unwrap();
        for (path, text) in files {
            std::fs::write(folder.join(path), text).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_checkout_without_symbolic_links_finds_the_document() {
    let files = [
        ("openapi.yaml", "openapi: 3.0.3\n"),
        ("sandbox/openapi.yaml", "../openapi.yaml"),
    ];
    let folder = Folder::new("checkout", &files);
    let (path, text) = build::document(&folder.0.join("sandbox")).unwrap();
    assert_eq!(path, folder.0.join("sandbox/../openapi.yaml"));
    assert_eq!(text, "openapi: 3.0.3\n");
}

#[test]
fn a_package_has_a_document_of_its_own() {
    let files = [
        ("openapi.yaml", "another\n"),
        ("sandbox/openapi.yaml", "openapi: 3.0.3\n"),
    ];
    let folder = Folder::new("package", &files);
    let (path, _) = build::document(&folder.0.join("sandbox")).unwrap();
    assert_eq!(path, folder.0.join("sandbox/openapi.yaml"));
}

#[test]
fn a_package_that_was_made_without_the_document_says_so() {
    for (files, said) in [
        (
            &[("sandbox/openapi.yaml", "../openapi.yaml")][..],
            "openapi.yaml can't be read",
        ),
        (
            &[("sandbox/openapi.yaml", "swagger: 2.0\n")][..],
            "is no OpenAPI document",
        ),
        (&[][..], "openapi.yaml can't be read"),
    ] {
        let folder = Folder::new("broken", files);
        let error = build::document(&folder.0.join("sandbox")).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn the_document_of_this_checkout_is_the_workspaces() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspaces = std::fs::read_to_string(package.join("../openapi.yaml")).unwrap();
    assert!(build::document(package).unwrap().1 == workspaces);
}
