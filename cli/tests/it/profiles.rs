//! Profiles: written, read, and which account is meant.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::support::{bme, on, private_file, run, sandbox};

#[test]
fn a_profile_is_added_used_and_removed_and_comments_stay() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let key = private_file(folder.path(), "key", sandbox.api_key());
    let config = private_file(
        folder.path(),
        "config.toml",
        "# Mine.\n[profiles.old]\nbase_url = \"http://127.0.0.1:1\" # gone\n",
    );
    let here = |args: &[&str]| run(bme(args).env("BME_CONFIG", &config));

    let add = [
        "profile",
        "add",
        "main",
        "--base-url",
        sandbox.base_url(),
        "--api-key-file",
        key.to_str().unwrap(),
        "--default",
    ];
    assert_eq!(here(&add).code, 0);
    let text = fs::read_to_string(&config).unwrap();
    assert!(
        text.contains("# Mine.") && text.contains("# gone"),
        "{text}"
    );
    assert_eq!(
        fs::metadata(&config).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let listed = here(&["profile", "list", "-o", "csv"]).out;
    assert!(listed.contains("main,yes,"), "{listed}");
    let said = here(&["structure", "add-tag", "New"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err
            .contains(&format!("Account: profile main, {}", sandbox.base_url())),
        "{}",
        said.err
    );

    // Another source of the key takes the place of the first one.
    assert_eq!(
        here(&["profile", "add", "main", "--api-key-command", "exit 3"]).code,
        0
    );
    let said = here(&["lists", "list"]);
    assert_eq!(said.code, 4);
    assert!(
        said.err.contains("ended with exit status: 3"),
        "{}",
        said.err
    );

    assert_eq!(here(&["profile", "use", "old"]).code, 0);
    assert_eq!(here(&["profile", "remove", "main"]).code, 0);
    let said = here(&["--profile", "main", "lists", "list"]);
    assert_eq!(said.code, 4);
    assert!(
        said.err.contains("no profile \"main\"") && said.err.contains("old"),
        "{}",
        said.err
    );
    assert!(
        here(&["profile", "add", "new", "--base-url", "http://x"])
            .err
            .contains("--api-key-file")
    );
}

#[test]
fn a_profile_that_is_named_is_taken_whole() {
    let (named, surrounding) = (sandbox(), sandbox());
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[profiles.named]\nbase_url = \"{}\"\napi_key_command = [\"printf\", \"%s\\\\n\", \"{}\"]\n",
        named.base_url(),
        named.api_key()
    );
    let config = private_file(folder.path(), "config.toml", &text);
    let said =
        run(on(&surrounding, &["lists", "list", "--profile", "named"]).env("BME_CONFIG", &config));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        (named.requests().len(), surrounding.requests().len()),
        (2, 0)
    );
    // Unless one is named, the environment comes first.
    assert_eq!(
        run(on(&surrounding, &["lists", "list"]).env("BME_CONFIG", &config)).code,
        0
    );
    assert_eq!(
        (named.requests().len(), surrounding.requests().len()),
        (2, 2)
    );
}

#[test]
fn the_key_comes_from_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[profiles.main]\nbase_url = \"http://127.0.0.1:1\"\napi_key_file = \"a\"\napi_key_variable = \"B\"\n";
    let config = private_file(folder.path(), "config.toml", text);
    let said = run(bme(&["lists", "list"]).env("BME_CONFIG", &config));
    assert_eq!(said.code, 4);
    assert!(said.err.contains("more than once"), "{}", said.err);
}
