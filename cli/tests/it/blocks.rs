//! Every command in every format, and what the documents show, as console blocks that are run.

use std::{fs, path::Path};

use super::support::sandbox;

#[test]
fn the_console_blocks_say_what_the_commands_do() {
    trycmd::TestCases::new()
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", "/nonexistent")
        .env("TZ", "UTC")
        .case("tests/cmd/*.md")
        .case("../docs/backup.md")
        .case("../docs/cli.md")
        .case("../docs/migration.md");
}

/// One account for all of its blocks, as whoever follows it has.
#[test]
fn the_walkthrough_of_a_sync_goes_as_it_says() {
    let sandbox = sandbox();
    trycmd::TestCases::new()
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("XDG_STATE_HOME", "/nonexistent")
        .env("TZ", "UTC")
        .env("BENCHMARK_EMAIL_BASE_URL", sandbox.base_url())
        .env("BENCHMARK_EMAIL_API_KEY", sandbox.api_key())
        .case("../docs/sync.md");
}

#[test]
fn the_readme_is_read_in_a_few_minutes() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let words = fs::read_to_string(readme)
        .unwrap()
        .split_whitespace()
        .count();
    assert!(words <= 900, "README.md has {words} words");
}

#[test]
fn the_page_shows_the_seed_that_its_blocks_use() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let seed = fs::read_to_string(docs.join("cli.in/seed.json")).unwrap();
    let page = fs::read_to_string(docs.join("cli.md")).unwrap();
    assert!(
        page.contains(&format!("```json\n{seed}```")),
        "docs/cli.md shows another seed"
    );
    let rows = fs::read_to_string(docs.join("sync.in/customers.csv")).unwrap();
    let page = fs::read_to_string(docs.join("sync.md")).unwrap();
    assert!(
        page.contains(&format!("```csv\n{rows}```")),
        "docs/sync.md shows other rows"
    );
    // What README.md shows of it is shown there too, and that is run.
    let readme = fs::read_to_string(docs.join("../README.md")).unwrap();
    let (_, shown) = readme.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert!(shown.lines().count() > 5, "{shown}");
    for line in shown.lines() {
        assert!(page.contains(line), "docs/sync.md doesn't show {line:?}");
    }
}
