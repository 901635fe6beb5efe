//! The program with nothing of this machine's set up, and accounts for it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use benchmark_email_sandbox::{Builder, Sandbox};
use serde_json::{Value, json};

/// The program, in an environment that names no account.
pub(crate) fn bme(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bme"));
    command.args(args).stdin(Stdio::null());
    for name in [
        "BENCHMARK_EMAIL_BASE_URL",
        "BENCHMARK_EMAIL_API_KEY",
        "BME_PROFILE",
        "BME_CONFIG",
    ] {
        command.env_remove(name);
    }
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", state())
        .env("TZ", "UTC")
        .env("TERM", "xterm");
    command
}

/// Where the program keeps what it remembers; it goes with the machine's temporary files.
fn state() -> &'static Path {
    static STATE: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    STATE.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

/// What a run said, and its exit code.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn run(command: &mut Command) -> Said {
    said(command.output().unwrap())
}

pub(crate) fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A sandbox with the example account.
pub(crate) fn sandbox() -> Sandbox {
    start(Sandbox::builder().seed(example()))
}

pub(crate) fn start(builder: Builder) -> Sandbox {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(builder.start()).unwrap()
}

/// The example account.
pub(crate) fn example() -> Value {
    serde_json::from_str(include_str!("../../src/account/example-seed.json")).unwrap()
}

/// The program on this sandbox, by the environment.
pub(crate) fn on(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = bme(args);
    command
        .env("BENCHMARK_EMAIL_BASE_URL", sandbox.base_url())
        .env("BENCHMARK_EMAIL_API_KEY", sandbox.api_key());
    command
}

/// A file with this text, readable by its owner only.
pub(crate) fn private_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::OpenOptionsExt as _;

    let path = folder.join(name);
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    path
}

/// Every command, as the man pages tell: `["contacts", "get"]`.
pub(crate) fn every_command() -> Vec<(Vec<String>, String)> {
    let folder = tempfile::tempdir().unwrap();
    let made = run(&mut bme(&["man", folder.path().to_str().unwrap()]));
    assert_eq!(made.code, 0, "{}", made.err);
    let mut pages: Vec<(String, String)> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|page| {
            let page = page.unwrap();
            let name = page.file_name().into_string().unwrap();
            let name = name
                .trim_end_matches(".1")
                .trim_start_matches("bme")
                .trim_start_matches('-');
            (
                name.to_owned(),
                std::fs::read_to_string(page.path()).unwrap(),
            )
        })
        .collect();
    pages.sort();
    let names: Vec<String> = pages.iter().map(|(name, _)| name.clone()).collect();
    let is_leaf = |name: &str| {
        let above = format!("{name}-");
        !name.is_empty()
            && name != "help"
            && !name.contains("help-")
            && !name.ends_with("-help")
            && !names.iter().any(|other| other.starts_with(&above))
    };
    let words = |name: &str| match name.split_once('-') {
        Some((noun, verb)) if names.iter().any(|name| name == noun) => {
            vec![noun.to_owned(), verb.to_owned()]
        }
        _ => vec![name.to_owned()],
    };
    pages
        .into_iter()
        .filter(|(name, _)| is_leaf(name))
        .map(|(name, page)| (words(&name), page))
        .collect()
}

/// An account with names that no terminal likes.
pub(crate) fn nasty() -> Value {
    let mut seed = example();
    let long = "Wort".repeat(60);
    let names = [
        long.as_str(),
        "佐藤 美咲 株式会社さくら 東京都千代田区丸の内一丁目",
        "👩‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈 family of astronauts 👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
        "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}",
        "tab\there\nand a line\r\nand another",
        "\u{202e}gnp.exe and \u{200f}עברית",
        "=HYPERLINK(\"http://example.com\")",
    ];
    for (number, name) in names.iter().enumerate() {
        let key = format!(
            "{}{number}@{}.example.com",
            "local".repeat(10),
            "domain".repeat(9)
        );
        let lists = seed["lists"].as_array_mut().unwrap();
        lists.push(json!({ "name": format!("{name} list") }));
        let tags = seed["structures"][0]["tags"].as_array_mut().unwrap();
        tags.push(json!({ "label": format!("{name} tag") }));
        let fields = seed["structures"][0]["fields"].as_array_mut().unwrap();
        fields.push(json!({ "label": format!("{name} field"), "dataType": "text" }));
        let contacts = seed["contacts"].as_array_mut().unwrap();
        contacts.push(json!({
            "key": key,
            "fields": { "First Name": name, "Company": name, (format!("{name} field")): name },
            "lists": [format!("{name} list"), "Newsletter"],
            "tags": [format!("{name} tag"), "VIP"],
        }));
        let events = seed["events"].as_array_mut().unwrap();
        events.push(json!({ "contactId": key, "type": "email-opened", "emailSubject": name }));
    }
    seed
}
