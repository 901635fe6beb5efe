//! In a terminal of 80 columns: nothing is wider, and questions are asked.

use std::{
    io::{Read as _, Write as _},
    os::fd::{AsFd as _, OwnedFd},
    process::Command,
};

use benchmark_email_sandbox::Sandbox;
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use unicode_width::UnicodeWidthStr as _;

use super::support::{bme, nasty, on, run, sandbox, start};

/// What a person in an 80 x 24 terminal sees of it, and the exit code, after typing this.
fn seen(command: &mut Command, typed: &str) -> (String, i32) {
    let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&keyboard, size).unwrap();
    let name = ptsname(&keyboard, Vec::new()).unwrap();
    let screen = || -> OwnedFd {
        let path = std::path::Path::new(name.to_str().unwrap());
        std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap()
            .into()
    };
    let mut child = command
        .stdin(screen())
        .stdout(screen())
        .stderr(screen())
        .spawn()
        .unwrap();
    // So that reading ends when the program does: nobody else holds the terminal open.
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut master = std::fs::File::from(keyboard.as_fd().try_clone_to_owned().unwrap());
    master.write_all(typed.as_bytes()).unwrap();
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    // The end of a terminal is an error on Linux.
    while let Ok(read @ 1..) = master.read(&mut piece) {
        text.extend(&piece[..read]);
    }
    let code = child.wait().unwrap().code().unwrap_or(-1);
    (String::from_utf8_lossy(&text).into_owned(), code)
}

/// The text without the sequences that colour it.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[test]
fn nothing_is_wider_than_the_terminal_whatever_the_names() {
    let sandbox = start(Sandbox::builder().seed(nasty()));
    let long = format!("{}0@{}.example.com", "local".repeat(10), "domain".repeat(9));
    let emoji = format!("{}2@{}.example.com", "local".repeat(10), "domain".repeat(9));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("observed.json");
    for args in [
        &["check"][..],
        &["probe", "--help"],
        &[
            "probe",
            "--yes",
            "--address",
            &format!(
                "{}+{{n}}@{}.example.com",
                "local".repeat(8),
                "domain".repeat(9)
            ),
            "--out",
            out.to_str().unwrap(),
        ],
        &["contacts", "list"],
        &["contacts", "search", "--tag", "VIP"],
        &["contacts", "get", &long],
        &["contacts", "get", &emoji],
        &["contacts", "events", &emoji],
        &["contacts", "set", &long, "--set", "Seats=4", "--dry-run"],
        &[
            "contacts",
            "set",
            &long,
            "--set",
            &format!("{}=1", "Wort".repeat(40)),
        ],
        &["contacts", "set", &long, "--add-list", &"Wort".repeat(40)],
        &["contacts", "get", &format!("x{long}")],
        &["contacts", "create", &long],
        &[
            "contacts",
            "list",
            "--where",
            &format!("{}=1", "Wort".repeat(40)),
        ],
        &["contacts", "delete", &long, &emoji, "--yes"],
        &["events"],
        &["lists", "list"],
        &["lists", "delete", &"Wort".repeat(40), "--yes"],
        &["structure", "show"],
        &["structure", "show", "--structure", &"Wort".repeat(40)],
        &["structure", "add-tag", &"タグ".repeat(100)],
        &["profile", "list"],
        &["profile", "list", "--config", "/nonexistent"],
        &["--help"],
        &["contacts", "list", "--help"],
        &["help", "exit-codes"],
        &["exit-codes"],
    ] {
        let (text, _) = seen(&mut on(&sandbox, args), "");
        assert!(!text.trim().is_empty(), "{args:?} showed nothing");
        for line in plain(&text).lines() {
            assert!(
                line.width() <= 80,
                "{args:?}: {} columns: {line}",
                line.width()
            );
            assert!(
                !line.contains(['\u{1b}', '\u{7}', '\u{202e}']),
                "{args:?}: {line:?}"
            );
        }
    }
}

#[test]
fn in_a_pipe_there_is_no_escape_sequence() {
    let sandbox = start(Sandbox::builder().seed(nasty()));
    for args in [
        &["contacts", "list"][..],
        &["lists", "list"],
        &["structure", "show"],
        &["--help"],
        &["contacts", "get", "x"],
    ] {
        let said = run(&mut on(&sandbox, args));
        assert!(
            !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
            "{args:?}"
        );
    }
}

#[test]
fn who_is_asked_can_say_no_and_yes() {
    let sandbox = sandbox();
    let delete = ["contacts", "delete", "jane.smith@example.com"];
    for typed in ["n\n", "\n", "yep\n"] {
        let (text, code) = seen(&mut on(&sandbox, &delete), typed);
        assert_eq!(code, 5, "{text}");
        assert!(
            text.contains("Delete jane.smith@example.com for good? [y/N]"),
            "{text}"
        );
        assert!(text.contains("nothing was deleted"), "{text}");
        assert!(
            text.contains("Account: from the environment, http://127.0.0.1"),
            "{text}"
        );
    }
    assert!(sandbox.requests().is_empty());
    let (text, code) = seen(&mut on(&sandbox, &delete), "y\n");
    assert_eq!(code, 0, "{text}");
    let get = ["contacts", "get", "64a1b2c3d4e5f6a7b8c9d401"];
    assert_eq!(run(&mut on(&sandbox, &get)).code, 1);
}

#[test]
fn tables_are_coloured_on_a_terminal_unless_that_is_unwanted() {
    let list = ["lists", "list", "--sandbox"];
    let (text, _) = seen(&mut bme(&list), "");
    assert!(text.contains("\u{1b}[1mNAME"), "{text:?}");
    let (text, _) = seen(bme(&list).env("NO_COLOR", "1"), "");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_long_work_says_how_far_it_is_on_a_terminal_alone() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan");
    let command = |said: &[&str]| {
        let _ = std::fs::remove_file(&plan);
        let mut command = on(&sandbox, &["sync", "plan", "--out", plan.to_str().unwrap()]);
        command.args(["--exec", "echo Email; sleep 1; echo new@example.com"]);
        command.args(said);
        command
    };
    let (text, code) = seen(&mut command(&[]), "");
    assert_eq!(code, 0, "{text}");
    // Said before the command has printed anything, and wiped before the plan is.
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("reading the sources") < at("reading the account"));
    assert!(at("writing the plan\r\u{1b}[2K") < at("requests"));
    let (text, _) = seen(&mut command(&["-q"]), "");
    assert!(!text.contains("reading the"), "{text}");
    let said = run(&mut command(&[]));
    assert!(!said.err.contains("reading the"), "{}", said.err);
}
