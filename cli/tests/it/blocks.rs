//! Every command in every format, as console blocks that are run.

#[test]
fn the_console_blocks_say_what_the_commands_do() {
    trycmd::TestCases::new()
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("TZ", "UTC")
        .case("tests/cmd/*.md");
}
